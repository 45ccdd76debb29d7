package orchestrator_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/dappcore/core-dev/orchestrator"
)

// busyLedger fails to give a task back so many times.
type busyLedger struct {
	*stage
	fails int
}

func (b *busyLedger) Release(ctx context.Context, id string) error {
	if b.fails > 0 {
		b.fails--
		return errors.New("dispatch.lock is held by another process")
	}
	return b.stage.Release(ctx, id)
}

// TestATaskThatCouldNotBeGivenBackIsNotLost: a contradicted plan whose task could
// not be given back stays open until that is done.
func TestATaskThatCouldNotBeGivenBackIsNotLost(t *testing.T) {
	s := newStage(t)
	p := s.plan()
	s.shut(1)
	a := s.applier(nil)
	a.Ledger = &busyLedger{s, 1}
	var stale *orchestrator.Stale
	if err := a.Apply(t.Context(), s.proposal(p)); !errors.As(err, &stale) {
		t.Fatal(err)
	}
	if open, err := s.log.Unfinished(); err != nil || len(open) != 1 || s.state().held != 1 {
		t.Fatalf("open plans %v, %v; %d tasks held", open, err, s.state().held)
	}
	if left, err := s.applier(nil).Settle(t.Context()); err != nil || len(left) != 1 {
		t.Errorf("%v, %v", left, err)
	}
	if held := s.state().held; held != 0 {
		t.Errorf("%d tasks are held", held)
	}
	s.wantNothingOpen()
}

// TestTasksOfEndedPlansAreAccountedFor: wherever a plan's journal was ended with a
// task still reserved, settling gives it back or writes its line, by what GitHub
// shows.
func TestTasksOfEndedPlansAreAccountedFor(t *testing.T) {
	points := 0
	for dies := 1; ; dies++ {
		s := newStage(t)
		m, a := s.process(dies, after)
		_ = a.Apply(t.Context(), s.proposal(s.plan()))
		if !m.dead {
			break
		}
		open, err := s.log.Unfinished()
		if err != nil {
			t.Fatal(err)
		}
		if s.state().held == 0 || len(open) != 1 {
			continue
		}
		points++
		if ok, err := s.log.Take(open[0]); !ok || err != nil {
			t.Fatal(ok, err)
		}
		if err := s.log.Append(open[0], []byte(`{"kind":"end","at":"2026-01-02T03:04:05Z","end":"stale"}`)); err != nil {
			t.Fatal(err)
		}
		if err := s.log.Leave(open[0], true); err != nil {
			t.Fatal(err)
		}
		left, err := s.applier(nil).Settle(t.Context())
		if err != nil || len(left) != 1 || left[0].Plan != open[0] || left[0].End != orchestrator.Settled {
			t.Errorf("died at %d: settled %v, %v", dies, left, err)
		}
		if got := s.state(); got.held != 0 || len(got.lines) != got.events[1]+got.events[2] {
			t.Errorf("died at %d: %d tasks held, %d and %d LABELED events, lines %v", dies, got.held, got.events[1], got.events[2], got.lines)
		}
		if err := s.recover(s.applier(nil), false); err != nil {
			t.Errorf("died at %d: %v", dies, err)
		}
		if got := s.state(); got.events[1] != 1 || got.events[2] != 1 || len(got.lines) != 2 {
			t.Errorf("died at %d: in the end %+v", dies, got)
		}
	}
	if points < 10 {
		t.Errorf("only %d plans were left with a task", points)
	}
}

// TestNoLineIsInvented: a reservation that a rebuilding lost was not settled, and
// the plan's journal does not say so.
func TestNoLineIsInvented(t *testing.T) {
	points := 0
	for dies := 1; ; dies++ {
		for _, resume := range []bool{false, true} {
			s := newStage(t)
			m, a := s.process(dies, after)
			_ = a.Apply(t.Context(), s.proposal(s.plan()))
			if !m.dead {
				if points < 4 {
					t.Errorf("only %d plans were left with a label and no line", points)
				}
				return
			}
			if s.state().events[1] != 1 || len(s.state().lines) != 0 || s.state().held != 1 {
				continue
			}
			points++
			if err := s.book.Rebuild(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			_ = s.clock.Sleep(t.Context(), time.Minute)
			a = s.applier(nil)
			left, err := a.Rest("")
			if err != nil {
				t.Fatal(err)
			}
			if resume {
				err = a.Resume(t.Context(), idsOf(left)...)
			} else {
				_, err = a.Settle(t.Context())
			}
			if err != nil {
				t.Errorf("died at %d: %v", dies, err)
			}
			e, err := a.Plan(left[0].ID)
			if err != nil {
				t.Fatal(err)
			}
			if lines := s.state().lines; e.Tasks != len(lines) {
				t.Errorf("died at %d, gone on with %v: the journal says %d tasks, dispatch.log has %v", dies, resume, e.Tasks, lines)
			}
			for _, x := range e.Steps {
				if x.Step.Effect.Kind() == "log" && x.Step.Effect.Target() == s.ref(1).String() && (x.Outcome == orchestrator.Done || x.Outcome == orchestrator.Skipped) {
					t.Errorf("died at %d, gone on with %v: its log step is %s: %s", dies, resume, x.Outcome, x.Detail)
				}
			}
		}
	}
}
