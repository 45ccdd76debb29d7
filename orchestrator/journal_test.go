package orchestrator_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
)

// cutAt stops the run, as Ctrl-C does, at the first step of a kind.
func (s *stage) cutAt(kind string, p flows.Plan) error {
	ctx, cancel := context.WithCancel(s.t.Context())
	defer cancel()
	return s.applyIn(ctx, p, func(e orchestrator.Event) {
		if e.Step.Effect.Kind() == kind {
			cancel()
		}
	})
}

// TestCtrlCStopsBeforeTheNextStep: nothing is waited for, nothing is held that
// was not spent, and the plan can be gone on with.
func TestCtrlCStopsBeforeTheNextStep(t *testing.T) {
	for _, c := range []struct {
		at                     string
		comments, events, line int
	}{{"branch", 0, 0, 0}, {"reserve", 0, 0, 0}, {"comment", 1, 0, 0}, {"label", 1, 1, 1}} {
		t.Run(c.at, func(t *testing.T) {
			s := newStage(t)
			if err := s.cutAt(c.at, s.plan()); !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			got := s.state()
			if got.comments[1] != c.comments || got.events[1] != c.events || len(got.lines) != c.line || got.held != 0 || s.clock.slept != 0 {
				t.Errorf("%+v, slept %v", got, s.clock.slept)
			}
			left, err := s.applier(nil).Rest("")
			if err != nil || len(left) != 1 || len(left[0].Plan.Steps) == 0 || len(left[0].Plan.Steps) > 8 {
				t.Fatalf("left: %+v, %v", left, err)
			}
			if err := s.applier(nil).Resume(t.Context(), left[0].ID); err != nil {
				t.Fatal(err)
			}
			s.wantOnce()
			s.wantNothingOpen()
		})
	}
}

// TestWhatAnotherProcessWorksOnIsLeftAlone, and so is its child.
func TestWhatAnotherProcessWorksOnIsLeftAlone(t *testing.T) {
	s := newStage(t)
	p := s.plan()
	_ = s.apply(p, func(e orchestrator.Event) {
		if e.Step.Effect.Kind() != "comment" {
			return
		}
		_, other := s.process(0, before)
		if left, err := other.Settle(t.Context()); err != nil || len(left) != 0 {
			t.Errorf("settled under its hands: %v, %v", left, err)
		}
		if got := s.state(); got.held != 1 {
			t.Errorf("%d held", got.held)
		}
	})
	s.wantOnce()
}

// TestAGoneIssueCounts: its label may have been seen, so the task is spent.
func TestAGoneIssueCounts(t *testing.T) {
	s := newStage(t)
	if err := s.sim.Faults().Replace("cut-before@POST /repos/*/*/issues/*/labels#1,503@Look#1+"); err != nil {
		t.Fatal(err)
	}
	var unsettled *orchestrator.Unsettled
	if err := s.apply(s.plan(), nil); !errors.As(err, &unsettled) {
		t.Fatal(err)
	}
	if err := s.sim.Faults().Replace(""); err != nil {
		t.Fatal(err)
	}
	s.update(func(tx *world.Tx) error { return tx.DeleteIssue(s.issue(tx, 1)) })
	if _, err := s.applier(nil).Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.wantNothingOpen()
	held, err := s.book.Held()
	lines, lineErr := s.book.Dispatched()
	if err != nil || lineErr != nil || len(held) != 0 || len(lines) != 1 {
		t.Errorf("%d held, %v in the log, %v, %v", len(held), lines, err, lineErr)
	}
}

// TestUndoTakesBackWhatItCan: and says of the rest why not.
func TestUndoTakesBackWhatItCan(t *testing.T) {
	s := newStage(t)
	if err := s.apply(s.plan(), nil); err != nil {
		t.Fatal(err)
	}
	s.clock.at = s.clock.at.Add(time.Second)
	a := s.applier(nil)
	undo, err := a.Undo("")
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Apply(t.Context(), s.proposal(undo)); err != nil {
		t.Fatal(err)
	}
	got := s.state()
	if got.comments[1] != 0 || got.comments[2] != 0 || got.events[1] != 1 || len(got.lines) != 2 || got.held != 0 {
		t.Errorf("%+v", got)
	}
	if _, ok, err := s.hub.Head(t.Context(), s.repo, "epic/3-audit"); ok || err != nil {
		t.Errorf("the branch is there: %v, %v", ok, err)
	}
	var cannot *orchestrator.CannotUndo
	if _, err := a.Undo(undo.Target); !errors.As(err, &cannot) {
		t.Errorf("taken back twice: %v", err)
	}
	again := s.plan()
	if again.Cost.Tasks != 2 {
		t.Fatalf("after it %d tasks are planned: %+v", again.Cost.Tasks, again.Skipped)
	}
	if err := s.apply(again, nil); err != nil {
		t.Fatal(err)
	}
	if got := s.state(); got.comments[1] != 1 || got.events[1] != 2 || len(got.lines) != 4 || got.held != 0 {
		t.Errorf("dispatched again: %+v", got)
	}
	// The first plan's dispatches are not the children's newest any more.
	if _, err := a.Undo(undo.Target); !errors.As(err, &cannot) {
		t.Error(err)
	}
}

// TestAnUndoIsTakenBack: label, comment and branch are there again, and of what
// would cost a task it is said.
func TestAnUndoIsTakenBack(t *testing.T) {
	s := newStage(t)
	dispatch := s.plan()
	one := inventory.Ref{Repo: s.repo, Number: 1}
	dispatch.Add(flows.Step{Reason: "a test", Effect: flows.AddLabel{Issue: one, Label: "checked"}})
	dispatch.Add(flows.Step{Reason: "a test", Effect: flows.Comment{Issue: one, Body: "once said"}})
	a := s.applier(nil)
	for turn, p := range []func() flows.Plan{
		func() flows.Plan { return dispatch },
		func() flows.Plan { return must(a.Undo(""))(t) },
		func() flows.Plan { return must(a.Undo(must(a.History(1))(t)[0].ID))(t) },
	} {
		plan := p()
		from := len(s.sim.Requests().Since(0))
		if err := a.Apply(t.Context(), s.proposal(plan)); err != nil {
			t.Fatal(err)
		}
		if n := len(s.sim.Requests().Since(0)) - from; n != plan.Cost.Requests {
			t.Errorf("plan %d took %d requests, and said %d", turn+1, n, plan.Cost.Requests)
		}
		s.clock.at = s.clock.at.Add(time.Second)
		_, branch, err := s.hub.Head(t.Context(), s.repo, "epic/3-audit")
		if err != nil {
			t.Fatal(err)
		}
		i, err := s.hub.Look(t.Context(), one)
		if err != nil {
			t.Fatal(err)
		}
		undone := turn == 1
		if comments := s.state().comments[1]; branch == undone || i.HasLabel("checked") == undone || i.HasLabel("jules") != (turn == 0) || comments != []int{2, 0, 1}[turn] {
			t.Errorf("after plan %d: branch %v, labels %v, %d comments", turn+1, branch, i.Labels, comments)
		}
		if turn < 2 {
			continue
		}
		said := fmt.Sprint(plan.Skipped)
		for _, part := range []string{"put on again it would cost another task", "it stays taken back", "the next dispatch names the branch again"} {
			if !strings.Contains(said, part) {
				t.Errorf("without %q: %s", part, said)
			}
		}
		if plan.Cost.Tasks != 0 || s.state().events[1] != 1 {
			t.Errorf("it spent a task: %+v", plan.Cost)
		}
	}
	if p := s.plan(); p.Cost.Tasks != 2 {
		t.Errorf("%d tasks are planned: what was taken back is READY", p.Cost.Tasks)
	}
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// TestABranchWithCommitsStays: the agents' work is not taken away.
func TestABranchWithCommitsStays(t *testing.T) {
	s := newStage(t)
	if err := s.apply(s.plan(), nil); err != nil {
		t.Fatal(err)
	}
	s.update(func(tx *world.Tx) error {
		repo, _ := tx.Repo(s.repo.Owner, s.repo.Name)
		_, err := tx.PutFile(repo, world.NewFile{Path: "work.go", Branch: "epic/3-audit", Content: []byte("package work\n")})
		return err
	})
	a := s.applier(nil)
	undo, err := a.Undo("")
	if err != nil {
		t.Fatal(err)
	}
	var stale *orchestrator.Stale
	if err := a.Apply(t.Context(), s.proposal(undo)); !errors.As(err, &stale) {
		t.Fatalf("%v", err)
	}
	if _, ok, err := s.hub.Head(t.Context(), s.repo, "epic/3-audit"); !ok || err != nil {
		t.Errorf("the branch is gone: %v", err)
	}
}
