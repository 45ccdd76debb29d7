package cmd

import (
	"errors"
	"testing"

	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
	"github.com/dappcore/core-dev/tui"
)

// TestAStepLeftOutOnTheScreen: what is sent is what was left, and nothing makes up
// for the rest; what was shown before is not to be had any more.
func TestAStepLeftOutOnTheScreen(t *testing.T) {
	s := demoScreen(t)
	v, err := s.Refresh(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var epic inventory.Ref
	for k := range v.Fleet.Epics {
		if len(v.Fleet.Epics[k].Ready()) > 1 {
			epic = v.Fleet.Epics[k].Ref
		}
	}
	ask := tui.Ask{Verb: tui.Dispatch, Epics: []inventory.Ref{epic}}
	p, err := s.Propose(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	at := 0
	for k, step := range p.Plans[0].Steps {
		if step.Effect.Kind() == "label" {
			at = k + 1
		}
	}
	gone := p.Plans[0].Steps[at-1].Effect.Target()
	ask.Of, ask.Without = p.ID, at
	less, err := s.Propose(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	if less.ID == p.ID || less.Command != "" || less.Cost().Tasks != p.Cost().Tasks-1 || less.Left != p.Left {
		t.Errorf("of %d tasks is left %+v", p.Cost().Tasks, less)
	}
	var stale *orchestrator.Stale
	if err := s.Apply(t.Context(), p.ID, func(orchestrator.Event) {}); !errors.As(err, &stale) {
		t.Errorf("what was shown before is applied: %v", err)
	}
	if _, err := s.Propose(t.Context(), tui.Ask{Verb: tui.Dispatch, Of: less.ID, Without: 1000}); err == nil {
		t.Error("a step that there is not was left out")
	}
	done := 0
	err = s.Apply(t.Context(), less.ID, func(e orchestrator.Event) {
		if e.Step.Effect.Target() == gone {
			t.Errorf("%s %s was carried out", e.Step.Effect.Kind(), gone)
		}
		if e.Outcome == orchestrator.Done {
			done++
		}
	})
	if err != nil || done == 0 {
		t.Errorf("%d steps, %v", done, err)
	}
}

// TestAFindingLeftOut is not made by a later round.
func TestAFindingLeftOut(t *testing.T) {
	s := demoScreen(t)
	v, err := s.Refresh(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ask := tui.Ask{Verb: tui.Audit}
	for k := range v.Fleet.Rows {
		if len(v.Fleet.Rows[k].Audits) > 0 {
			ask.Repos = []inventory.RepoRef{v.Fleet.Rows[k].Repo.Ref}
			break
		}
	}
	p, err := s.Propose(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	for k, step := range p.Plans[0].Steps {
		if step.Effect.Kind() == "new-issue" {
			ask.Of, ask.Without = p.ID, k+1
		}
	}
	less, err := s.Propose(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	if less.Later != "" {
		t.Errorf("later rounds are announced: %s", less.Later)
	}
	steps := 0
	err = s.Apply(t.Context(), less.ID, func(e orchestrator.Event) {
		if e.Outcome == orchestrator.Done {
			steps++
		}
	})
	if err != nil || steps != len(less.Plans[0].Steps) {
		t.Errorf("%d steps of %d, %v", steps, len(less.Plans[0].Steps), err)
	}
}

// TestOneStepOfTheDay has no command of its own, and is not done when a part of it is
// left out.
func TestOneStepOfTheDay(t *testing.T) {
	s := demoScreen(t)
	list, err := s.Sittings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, st := range list {
		if !st.Sends {
			continue
		}
		p, err := s.Propose(t.Context(), tui.Ask{Verb: tui.Sit, Step: st.Step})
		if err != nil {
			t.Fatal(err)
		}
		if p.Command != "" {
			t.Errorf("step %d is the same as %q", st.Step, p.Command)
		}
		less, err := s.Propose(t.Context(), tui.Ask{Verb: tui.Sit, Step: st.Step, Of: p.ID, Without: 1})
		if err != nil {
			t.Fatal(err)
		}
		if s.shown[less.ID].done != nil {
			t.Errorf("step %d would be done by a part of it", st.Step)
		}
		return
	}
	t.Error("the demo's day has nothing to send: this test looks at nothing")
}
