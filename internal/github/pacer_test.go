package github

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dappcore/core-dev/inventory"
)

func testPacer(clock Clock, maxWait time.Duration) *pacer {
	return newPacer(clock, mutationGap, maxWait, func(time.Duration, string) {})
}

// Whatever is written and however the caller pauses in between, GitHub's
// published limits are never passed.
func TestWritesStayWithinGitHubsLimits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		clock := newClock()
		gap := rapid.SampledFrom([]time.Duration{0, mutationGap}).Draw(t, "gap")
		p := newPacer(clock, gap, 24*time.Hour, func(time.Duration, string) {})
		var all, content []time.Time
		for range rapid.SampledFrom([]int{20, 120, 800}).Draw(t, "writes") {
			creates := rapid.IntRange(0, 9).Draw(t, "kind") < 9
			if rapid.IntRange(0, 1000).Draw(t, "rest") > 950 { // small numbers are drawn more often
				_ = clock.Sleep(t.Context(), time.Duration(rapid.IntRange(0, 900).Draw(t, "pause"))*time.Second)
			}
			done, err := p.write(t.Context(), restLimit, creates)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, clock.Now())
			if creates {
				content = append(content, clock.Now())
			}
			done()
		}
		within := func(times []time.Time, limit int, span time.Duration) {
			for k := limit; k < len(times); k++ {
				if d := times[k].Sub(times[k-limit]); d < span {
					t.Fatalf("%d writes within %v", limit+1, d)
				}
			}
		}
		within(all, 1, gap)
		within(content, contentPerMinute, time.Minute)
		within(content, contentPerHour, time.Hour)
	})
}

func header(kv ...string) http.Header {
	h := http.Header{}
	for k := 0; k < len(kv); k += 2 {
		h.Set(kv[k], kv[k+1])
	}
	return h
}

func TestWaitsAreAsLongAsGitHubSays(t *testing.T) {
	clock := newClock()
	// GitHub's clock is an hour ahead of ours; the limit starts anew in 30 s of its time.
	theirs := clock.Now().Add(time.Hour)
	reset := strconv.FormatInt(theirs.Add(30*time.Second).Unix(), 10)
	for name, c := range map[string]struct {
		status  int
		header  http.Header
		message string
		want    time.Duration
	}{
		"retry-after":        {403, header("Retry-After", "17"), "You have exceeded a secondary rate limit", 17 * time.Second},
		"429":                {429, header("Retry-After", "5"), "", 5 * time.Second},
		"no header":          {403, header(), "You have exceeded a secondary rate limit", time.Minute},
		"primary":            {403, header("X-Ratelimit-Remaining", "0", "X-Ratelimit-Reset", reset, "Date", theirs.Format(http.TimeFormat)), "API rate limit exceeded", 31 * time.Second},
		"used up, answered":  {200, header("X-Ratelimit-Remaining", "0", "X-Ratelimit-Reset", reset, "Date", theirs.Format(http.TimeFormat)), "", 31 * time.Second},
		"forbidden":          {403, header("X-Ratelimit-Remaining", "4000", "X-Ratelimit-Reset", reset), "Resource not accessible", 0},
		"GraphQL, HTTP 200":  {200, header("X-Ratelimit-Remaining", "0", "X-Ratelimit-Reset", reset, "Date", theirs.Format(http.TimeFormat)), rateLimitedType, 31 * time.Second},
		"GraphQL, secondary": {200, header("Retry-After", "9"), rateLimitedType, 9 * time.Second},
	} {
		clock := newClock()
		p := testPacer(clock, time.Hour)
		refused := p.learn(restLimit, false, c.status, c.header, c.message)
		if (refused != nil) != (c.want > 0 && (c.status != 200 || c.message != "")) {
			t.Errorf("%s: refused %v", name, refused)
		}
		if refused != nil && refused.RetryAfter.Round(time.Second) != c.want {
			t.Errorf("%s: retry after %v", name, refused.RetryAfter)
		}
		if err := p.read(t.Context(), restLimit); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := clock.total(); got != c.want {
			t.Errorf("%s: waited %v, want %v", name, got, c.want)
		}
	}
}

func TestSecondaryRefusalsInARowDoubleTheWait(t *testing.T) {
	clock := newClock()
	p := testPacer(clock, time.Hour)
	for _, want := range []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 15 * time.Minute} {
		if e := p.learn(restLimit, false, 403, header(), "secondary rate limit"); e == nil || e.RetryAfter != want {
			t.Fatalf("%v, want %v", e, want)
		}
	}
	p.learn(restLimit, false, 200, header(), "")
	if e := p.learn(restLimit, false, 403, header(), "secondary rate limit"); e.RetryAfter != time.Minute {
		t.Errorf("after an answer: %v", e.RetryAfter)
	}
}

func TestAWaitTooLongIsRefused(t *testing.T) {
	clock := newClock()
	p := testPacer(clock, time.Minute)
	p.learn(graphQLLimit, false, 200, header("X-Ratelimit-Remaining", "0", "X-Ratelimit-Reset", strconv.FormatInt(clock.Now().Add(time.Hour).Unix(), 10)), "")
	err := p.read(t.Context(), graphQLLimit)
	var e *Error
	if !errors.As(err, &e) || e.Kind != KindRateLimited || e.RetryAfter < time.Hour || clock.total() != 0 {
		t.Errorf("%v after %v", err, clock.total())
	}
	if err := p.read(t.Context(), restLimit); err != nil {
		t.Errorf("REST has a limit of its own: %v", err)
	}
}

func TestContentLimitIsLearnedFromARefusal(t *testing.T) {
	clock := newClock()
	p := testPacer(clock, time.Hour)
	write := func() {
		done, err := p.write(t.Context(), restLimit, true)
		if err != nil {
			t.Fatal(err)
		}
		done()
	}
	for range 30 {
		write()
	}
	p.learn(restLimit, true, 403, header("Retry-After", "60"), "You have exceeded a secondary rate limit")
	start := clock.Now()
	for range 29 {
		write()
	}
	first := clock.Now()
	write()
	if first.Sub(start) < time.Minute || clock.Now().Sub(first) < 30*time.Second {
		t.Errorf("29 writes until %v, the next at %v", first.Sub(start), clock.Now().Sub(start))
	}
}

// The hour's limit that we keep by ourselves refuses at once, and tells how long
// it holds: who waits so long notes a new intent afterwards. From then on the
// next hour's writes go as fast as the first's.
func TestTheNextHourGoesOn(t *testing.T) {
	clock := newClock()
	p := testPacer(clock, time.Minute)
	start := clock.Now()
	for n := range 2 * contentPerHour {
		done, err := p.write(t.Context(), restLimit, true)
		var e *Error
		if errors.As(err, &e) {
			if n != contentPerHour || e.RetryIn() != time.Hour-contentPerHour*time.Second+time.Second {
				t.Fatalf("write %d: %v", n+1, err)
			}
			_ = clock.Sleep(t.Context(), e.RetryIn())
			done, err = p.write(t.Context(), restLimit, true)
		}
		if err != nil {
			t.Fatalf("write %d: %v", n+1, err)
		}
		done()
	}
	if got, want := clock.Now().Sub(start), time.Hour+(contentPerHour-1)*time.Second; got != want {
		t.Errorf("%d writes took %v, want %v", 2*contentPerHour, got, want)
	}
}

// A second between writes counts from one being sent to the next being sent: how
// long GitHub takes to answer is part of it.
func TestAnswersAreNoPartOfTheGap(t *testing.T) {
	clock := newClock()
	p := testPacer(clock, time.Minute)
	start := clock.Now()
	for range 61 {
		done, err := p.write(t.Context(), restLimit, true)
		if err != nil {
			t.Fatal(err)
		}
		_ = clock.Sleep(t.Context(), 400*time.Millisecond) // GitHub answers
		done()
	}
	if got := clock.Now().Sub(start); got != 60*time.Second+400*time.Millisecond {
		t.Errorf("61 writes took %v", got)
	}
}

// One refusal does not slow down the rest of a long apply.
func TestTheLearnedPaceIsRaisedAgain(t *testing.T) {
	clock := newClock()
	p := testPacer(clock, time.Hour)
	write := func() {
		done, err := p.write(t.Context(), restLimit, true)
		if err != nil {
			t.Fatal(err)
		}
		done()
	}
	write()
	p.learn(restLimit, true, 403, header("Retry-After", "60"), "You have exceeded a secondary rate limit")
	if p.perMinute != leastPerMinute {
		t.Fatalf("%d a minute after a refusal of the first", p.perMinute)
	}
	start := clock.Now()
	for p.perMinute < contentPerMinute {
		if write(); clock.Now().Sub(start) > time.Hour {
			t.Fatalf("%d a minute after an hour without a refusal", p.perMinute)
		}
	}
}

// A write is asked about right before it leaves, when all its waiting is done;
// one that may not leave is not sent, counts against no limit, and holds nobody
// back.
func TestAWriteThatMayNotLeaveIsNotSent(t *testing.T) {
	l := acme(t)
	c := l.client("ada")
	two := inventory.Ref{Repo: mainRepo, Number: 2}
	held := errors.New("paused")
	asked := 0
	until := c.clock.Now().Add(time.Minute)
	c.wire.pacer.blocked = until
	c.wire.pacer.clear = func(context.Context) error {
		if asked++; c.clock.Now().Before(until) {
			t.Error("it was asked before the wait was over")
		}
		return held
	}
	mark := l.sim.Requests().Last()
	for range 2 {
		if err := post(c, t.Context(), two, "x"); err != held {
			t.Errorf("%v, want the error as it is", err)
		}
	}
	if sent := l.since(mark); len(sent) != 0 || asked != 2 || len(c.Pace().Content) != 0 || c.Stats().Writes != 0 {
		t.Errorf("asked %d times; %d requests were sent, %d counted, %d as content", asked, len(sent), c.Stats().Writes, len(c.Pace().Content))
	}
	c.wire.pacer.clear = func(context.Context) error { return nil }
	if err := post(c, t.Context(), two, "x"); err != nil {
		t.Error(err)
	}
}
