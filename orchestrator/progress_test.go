package orchestrator

import (
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

var noon = time.Date(2026, 2, 4, 12, 0, 0, 0, time.UTC)

func TestAbout(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "", 400 * time.Millisecond: "", time.Second: "about 1 s", 19400 * time.Millisecond: "about 19 s", 42 * time.Second: "about 40 s",
		88 * time.Second: "about 90 s", 100 * time.Second: "about 2 min", 239 * time.Second: "about 4 min", 59*time.Minute + 29*time.Second: "about 59 min",
		59*time.Minute + 40*time.Second: "about 1 h", 128 * time.Minute: "about 2 h 10 min", 26 * time.Hour: "about 26 h",
	} {
		if got := About(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}

func TestProgressInWords(t *testing.T) {
	for _, c := range []struct {
		p    Progress
		want string
	}{
		{Progress{Done: 12, Of: 60, Rate: 54, Left: 3 * time.Minute}, "12 of 60 steps, 54 writes a minute, about 3 min left"},
		{Progress{Done: 0, Of: 1, Left: 2 * time.Second}, "0 of 1 step, about 2 s left"},
		{Progress{Done: 60, Of: 60, Rate: 54}, "60 of 60 steps, 54 writes a minute"},
	} {
		if got := c.p.String(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// comments are steps that write, each after a look.
func comments(n int) []flows.Step {
	steps := make([]flows.Step, n)
	for k := range steps {
		steps[k] = flows.Step{Effect: flows.Comment{Issue: inventory.Ref{Number: k + 1}}}
	}
	return steps
}

// TestTheTimeLeftOfAnyApply: never negative and within a tenth of the truth,
// whichever limit binds; the plans of a proposal count together.
func TestTheTimeLeftOfAnyApply(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		first, second := comments(rapid.IntRange(1, 120).Draw(rt, "first")), comments(rapid.IntRange(0, 120).Draw(rt, "second"))
		pace := flows.PublishedPace()
		pace.PerMinute = rapid.IntRange(20, 80).Draw(rt, "minute")
		answer := time.Duration(rapid.Int64Range(int64(20*time.Millisecond), int64(2*time.Second)).Draw(rt, "answer"))
		// The world: what GitHub allows, one step after the other.
		now := noon
		m := &meter{pace: func() flows.Pace { return pace }, of: len(first) + len(second), later: second}
		var told []Progress
		for len(first) > 0 || len(m.later) > 0 {
			if len(first) == 0 {
				first, m.later = m.later, nil
			}
			m.begin(now, first[0])
			took, left := pace.Ahead(now, first[:1], answer)
			now = now.Add(took)
			pace.Last, pace.Content = left, append(pace.Content, now)
			m.end(now, first[0].Cost(), Done)
			first = first[1:]
			told = append(told, m.read(now, time.Time{}, append([]flows.Step(nil), first...)))
		}
		for k, p := range told {
			if p.Left < 0 || p.Done != k+1 || p.Of != len(told) || p.Rate < 0 || p.Rate > 61 {
				rt.Fatalf("step %d of %d: %+v", k+1, len(told), p)
			}
			if k > 0 && p.Left > told[k-1].Left {
				rt.Fatalf("step %d of %d: the time left rose from %v to %v", k+1, len(told), told[k-1].Left, p.Left)
			}
			if left := now.Sub(p.At); (p.Left - left).Abs() > left/10+time.Second {
				rt.Fatalf("step %d of %d: said %v, were %v; answers %v, %d a minute", k+1, len(told), p.Left, left, answer, pace.PerMinute)
			}
		}
		if p := told[len(told)-1]; p.Left != 0 || !p.Held.IsZero() {
			rt.Fatalf("in the end: %+v", p)
		}
	})
}

// TestAnswersThatVary by half: the time left is within a tenth of the truth once
// a few answers were measured, and seldom rises.
func TestAnswersThatVary(t *testing.T) {
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 1))
		steps, least := comments(200), 100*time.Millisecond+time.Duration(seed)*50*time.Millisecond
		pace, now, rises := flows.PublishedPace(), noon, 0
		m := &meter{pace: func() flows.Pace { return pace }, of: len(steps)}
		var told []Progress
		for k, s := range steps {
			m.begin(now, s)
			took, left := pace.Ahead(now, steps[:1], least+time.Duration(random.Int64N(int64(least/2))))
			now = now.Add(took)
			pace.Last, pace.Content = left, append(pace.Content, now)
			m.end(now, s.Cost(), Done)
			told = append(told, m.read(now, time.Time{}, steps[k+1:]))
		}
		for k, p := range told[20:] {
			if left := now.Sub(p.At); (p.Left - left).Abs() > left/10+2*time.Second {
				t.Errorf("answers from %v, step %d: said %v, were %v", least, k+21, p.Left, left)
			}
			if p.Left > told[k+19].Left {
				rises++
			}
		}
		if rises > 5 {
			t.Errorf("answers from %v: it rose %d times", least, rises)
		}
	}
}

// TestAWaitIsPartOfTheTimeLeft: until it ends, and what comes then.
func TestAWaitIsPartOfTheTimeLeft(t *testing.T) {
	m := &meter{of: 10}
	p := m.read(noon, noon.Add(time.Minute), comments(10))
	if p.Left != time.Minute+9*time.Second || p.Done != 0 {
		t.Errorf("%+v", p)
	}
	if left := p.LeftAt(noon.Add(30 * time.Second)); left != 39*time.Second {
		t.Errorf("half a minute later %v", left)
	}
	if left := p.LeftAt(noon.Add(time.Hour)); left != 0 {
		t.Errorf("an hour later %v", left)
	}
}

// TestWhatHoldsAWriteBack: the limit that binds is told with until when.
func TestWhatHoldsAWriteBack(t *testing.T) {
	pace := flows.PublishedPace()
	for k := range pace.PerHour {
		pace.Content = append(pace.Content, noon.Add(time.Duration(k-600)*time.Second))
	}
	m := &meter{pace: func() flows.Pace { return pace }, of: 2}
	if p := m.read(noon, time.Time{}, comments(2)); !p.Held.Equal(noon.Add(50*time.Minute)) || p.Left != 50*time.Minute+time.Second {
		t.Errorf("%+v", p)
	}
}
