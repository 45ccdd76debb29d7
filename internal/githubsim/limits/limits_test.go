package limits

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func start() (*clock, func() time.Time) {
	c := &clock{time.Unix(1_700_000_000, 0)}
	return c, c.now
}

func TestContentIsRefusedAfter80AMinuteAnd500AnHour(t *testing.T) {
	c, now := start()
	l := New(Defaults(), now)
	taken, minutes := 0, 0
	for c.t.Before(time.Unix(1_700_000_000, 0).Add(time.Hour)) {
		r := l.Take("me", Use{Resource: Core, Points: 1, Secondary: 5, Content: true})
		if r == nil {
			taken++
			continue
		}
		if r.Kind != "content" || r.RetryAfter <= 0 || r.Status != 403 {
			t.Fatalf("after %d: %+v", taken, r)
		}
		if taken == 80 && minutes == 0 && r.RetryAfter != time.Minute {
			t.Errorf("retry after %s, want a minute", r.RetryAfter)
		}
		c.t = c.t.Add(r.RetryAfter)
		minutes++
	}
	if taken != 500 || minutes != 7 {
		t.Errorf("%d in the hour with %d waits, want 500 with 7", taken, minutes)
	}
}

func TestPrimaryLimitResetsAfterItsHourAndA304IsFree(t *testing.T) {
	c, now := start()
	cfg := Defaults()
	cfg.RESTPoints = 0
	l := New(cfg, now)
	for range 5000 {
		if r := l.Take("me", Use{Resource: Core, Points: 1, Secondary: 1}); r != nil {
			t.Fatal(r)
		}
	}
	r := l.Take("me", Use{Resource: Core, Points: 1, Secondary: 1})
	if r == nil || r.Kind != "primary" || r.RetryAfter != 0 {
		t.Fatalf("%+v", r)
	}
	if s := l.State("me", Core); s.Remaining != 0 || s.Used != 5000 || !s.Reset.Equal(c.t.Add(time.Hour)) {
		t.Errorf("%+v", s)
	}
	if r := l.Take("you", Use{Resource: Core, Points: 1}); r != nil {
		t.Errorf("another user is refused: %+v", r)
	}
	l.Refund("me", Core, 1)
	if r := l.Take("me", Use{Resource: Core, Points: 1}); r != nil {
		t.Errorf("a refunded point is refused: %+v", r)
	}
	c.t = c.t.Add(time.Hour)
	if s := l.State("me", Core); s.Remaining != 5000 {
		t.Errorf("%+v", s)
	}
}

func TestHundredAtOnce(t *testing.T) {
	_, now := start()
	l := New(Defaults(), now)
	var leave func()
	for range 100 {
		var r *Refusal
		if leave, r = l.Enter("me"); r != nil {
			t.Fatal(r)
		}
	}
	if _, r := l.Enter("me"); r == nil || r.Kind != "concurrency" {
		t.Errorf("%+v", r)
	}
	leave()
	if _, r := l.Enter("me"); r != nil {
		t.Errorf("%+v", r)
	}
}

// In every minute at most the cap is taken, and a client that waits as told is served.
func TestSecondaryWindowProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, now := start()
		cfg := Defaults()
		cfg.RESTPoints = rapid.IntRange(5, 40).Draw(t, "cap")
		l := New(cfg, now)
		var taken []mark
		for range rapid.IntRange(1, 200).Draw(t, "requests") {
			c.t = c.t.Add(time.Duration(rapid.IntRange(0, 9000).Draw(t, "gap")) * time.Millisecond)
			points := rapid.SampledFrom([]int{1, 5}).Draw(t, "points")
			if r := l.Take("me", Use{Resource: Core, Secondary: points}); r != nil {
				c.t = c.t.Add(r.RetryAfter)
				if r := l.Take("me", Use{Resource: Core, Secondary: points}); r != nil {
					t.Fatalf("refused after the wait it was told: %+v", r)
				}
			}
			taken = append(taken, mark{c.t, points})
			sum := 0
			for _, m := range taken {
				if m.at.After(c.t.Add(-time.Minute)) {
					sum += m.points
				}
			}
			if sum > cfg.RESTPoints {
				t.Fatalf("%d points in a minute, cap %d", sum, cfg.RESTPoints)
			}
		}
	})
}

func TestRestoredUsageCounts(t *testing.T) {
	c, now := start()
	l := New(Defaults(), now)
	for i := range 80 {
		l.Restore("me", c.t.Add(time.Duration(i-80)*time.Millisecond), Use{Resource: GraphQL, Points: 1, Secondary: 5, Content: true})
	}
	if r := l.Take("me", Use{Resource: GraphQL, Points: 1, Secondary: 5, Content: true}); r == nil || r.Kind != "content" {
		t.Errorf("%+v", r)
	}
	if s := l.State("me", GraphQL); s.Used != 80 {
		t.Errorf("%+v", s)
	}
}
