package flows

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dappcore/core-dev/inventory"
)

// TestWhatAStepCosts: a look is one request of one point, and what is neither
// that nor REST alone writes; a mutation writes and costs a point, too, and a
// look that lists pull requests with their threads costs two.
func TestWhatAStepCosts(t *testing.T) {
	for kind := range readers {
		s, err := (Recorded{Kind: kind, Effect: json.RawMessage("{}")}).Step()
		if err != nil {
			t.Fatal(kind, err)
		}
		c := s.Cost()
		dearer := 0
		switch s.Effect.(type) {
		case ResolveThread, AutoMerge, AutoMergeOff, Enqueue, OpenPull:
			dearer = 1
		}
		if c.Writes != c.Requests-c.Points+dearer || c.Content > c.Writes {
			t.Errorf("%s costs %+v: every request but the looks writes", kind, c)
		}
	}
}

// dispatches are the steps of so many children.
func dispatches(children int) []Step {
	var p Plan
	p.Add(Step{Effect: MakeBranch{}})
	for n := range children {
		ref := inventory.Ref{Number: n + 1}
		p.Add(Step{Effect: Reserve{Child: ref}})
		p.Add(Step{Effect: Comment{Issue: ref}})
		p.Add(Step{Effect: AddLabel{Issue: ref, Spends: true}})
		p.Add(Step{Effect: LogDispatch{Child: ref}})
	}
	return p.Steps
}

func TestHowLongItTakesAtTheLeast(t *testing.T) {
	now := time.Date(2026, 2, 4, 6, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		children int
		want     time.Duration
	}{
		{0, 0},
		{1, 2 * time.Second}, // the first of three writes leaves at once
		{100, 200 * time.Second},
		{250, 500 * time.Second},
		// The 501st that creates content waits an hour for the first.
		{251, time.Hour + 2*time.Second},
		{1000, 3*time.Hour + 500*time.Second},
	} {
		got, _ := PublishedPace().Ahead(now, dispatches(c.children), 0)
		if got != c.want {
			t.Errorf("%d children: %v, want %v", c.children, got, c.want)
		}
	}
	slow := PublishedPace()
	slow.PerMinute = 20
	if got, _ := slow.Ahead(now, dispatches(100), 0); got != 9*time.Minute+20*time.Second {
		t.Errorf("at 20 a minute: %v", got)
	}
	// 2 s before the first comment; five answers and the second between comment
	// and label, less the comment's own answer, from child to child.
	if got, _ := PublishedPace().Ahead(now, dispatches(10), 400*time.Millisecond); got != 2*time.Second+9*2600*time.Millisecond+1800*time.Millisecond {
		t.Errorf("at answers of 400 ms: %v", got)
	}
}

// TestTheTimeAhead: never negative, never less for more steps or slower answers,
// and what was written lately only puts it off.
func TestTheTimeAhead(t *testing.T) {
	now := time.Date(2026, 2, 4, 6, 0, 0, 0, time.UTC)
	rapid.Check(t, func(rt *rapid.T) {
		p := Pace{
			Gap:       time.Duration(rapid.Int64Range(0, int64(3*time.Second)).Draw(rt, "gap")),
			PerMinute: rapid.IntRange(0, 90).Draw(rt, "minute"),
			PerHour:   rapid.IntRange(0, 120).Draw(rt, "hour"),
		}
		idle := p
		at := now.Add(-2 * time.Hour)
		for range rapid.IntRange(0, 150).Draw(rt, "written") {
			if at = at.Add(time.Duration(rapid.Int64Range(0, int64(2*time.Minute)).Draw(rt, "pause"))); at.After(now) {
				break
			}
			p.Content, p.Last = append(p.Content, at), at
		}
		steps := dispatches(rapid.IntRange(0, 80).Draw(rt, "children"))
		answer := time.Duration(rapid.Int64Range(0, int64(time.Second)).Draw(rt, "answer"))
		left, first := p.Ahead(now, steps, answer)
		if left < 0 || len(steps) > 0 && first.Before(now) {
			rt.Fatalf("%v left, first write at %v", left, first)
		}
		if fewer, _ := p.Ahead(now, steps[:len(steps)/2], answer); fewer > left {
			rt.Fatalf("half of the steps take %v, all %v", fewer, left)
		}
		if slower, _ := p.Ahead(now, steps, answer+time.Millisecond); slower < left {
			rt.Fatalf("slower answers, sooner done: %v before %v", slower, left)
		}
		if unburdened, _ := idle.Ahead(now, steps, answer); unburdened > left {
			rt.Fatalf("%v for an account that wrote nothing, %v for one that did", unburdened, left)
		}
	})
}
