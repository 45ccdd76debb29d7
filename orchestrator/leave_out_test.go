package orchestrator_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
)

// moved is a stage on which the pull request that is to be merged became a draft,
// and a plan that merges it, asks on it, and has steps on others before and behind;
// the checklist lacks a child that is to be ticked.
func (p *pulling) moved() flows.Plan {
	p.update(func(tx *world.Tx) error {
		_, err := tx.SetDraft(p.issue(tx, toMerge), true)
		return err
	})
	plan := flows.Plan{Flow: "watch", Target: p.repo.String()}
	for _, e := range []flows.Effect{
		flows.Retarget{Pull: p.ref(toRetarget), From: "main", To: epicBranch},
		flows.MergePull{Pull: p.ref(toMerge), Head: p.head(toMerge), Base: epicBranch, Method: "squash"},
		flows.ResolveThread{Pull: p.ref(toResolve), Thread: p.threads[toResolve]},
		flows.Ask{Pull: p.ref(toMerge), Fix: inventory.FixConflict, Body: "Can you fix the merge conflict?", Head: p.head(toMerge)},
		flows.Tick{Epic: p.ref(3), Child: p.ref(99)},
		flows.ClosePull{Pull: p.ref(toClose), Head: p.head(toClose)},
		flows.CloseIssue{Issue: p.ref(3), Reason: "completed"},
		flows.Capture{Epic: p.ref(3), Child: p.ref(1), Pull: p.ref(toMerge)},
		flows.NotePull{Pull: p.ref(toNote), Note: inventory.PullNote{Kind: inventory.NoteEnded, What: "MERGED", Child: p.ref(99).String()}},
		flows.NotePull{Pull: p.ref(toLeave), Note: inventory.PullNote{Kind: inventory.NoteEnded, What: "MERGED", Child: p.ref(1).String()}},
	} {
		plan.Add(flows.Step{Reason: "test", Effect: e})
	}
	return plan
}

// wantLeftOut: what concerns one target stopped that target only.
func (p *pulling) wantLeftOut() {
	p.t.Helper()
	got := p.pulls()
	for _, part := range []string{"#4 work-4 -> epic/3-audit", "#9 work-9 -> epic/3-audit, 1 commits, closed false merged false auto \"\" queued false, 0 of 0 threads resolved, 0 comments",
		"#9 0 asked", "1 of 1 threads resolved", "#10 work-10 -> epic/3-audit, 1 commits, closed true merged false", fmt.Sprint("captured [", p.ref(1), "]")} {
		if !strings.Contains(got, part) {
			p.t.Errorf("without %q:\n%s", part, got)
		}
	}
	_ = p.sim.World().View(func(tx *world.Tx) error {
		if p.issue(tx, 3).Closed {
			p.t.Error("the epic was closed, and its tick was left out")
		}
		return nil
	})
	list, err := p.stage.applier(nil).History(0)
	if err != nil || len(list) != 1 || list[0].State != orchestrator.State(orchestrator.Complete) {
		p.t.Fatalf("%+v, %v", list, err)
	}
	want := []orchestrator.Outcome{orchestrator.Done, orchestrator.Refused, orchestrator.Done, orchestrator.Refused, orchestrator.Refused, orchestrator.Done, orchestrator.Refused, orchestrator.Done,
		orchestrator.Refused, orchestrator.Done} // its tick was left out, so its end was not all done
	for k, s := range list[0].Steps {
		if s.Outcome != want[k] {
			p.t.Errorf("step %d %s: %s %s", k+1, s.Step.Effect.Kind(), s.Outcome, s.Detail)
		}
	}
	p.wantNothingOpen()
}

// TestOnePullStopsNoOther: the steps of a plan that the world contradicts, or that a
// person has to see to, are left out with those behind them on the same target; the
// others are carried out, the plan is complete, and the error is told.
func TestOnePullStopsNoOther(t *testing.T) {
	p := newPulling(t)
	plan := p.moved()
	var told []string
	err := p.apply(plan, func(e orchestrator.Event) { told = append(told, string(e.Outcome)+" "+e.Detail) })
	var stale *orchestrator.Stale
	var person *orchestrator.NeedsPerson
	if !errors.As(err, &stale) || stale.Target != p.ref(toMerge).String() || !errors.As(err, &person) {
		t.Errorf("%v", err)
	}
	if len(told) != len(plan.Steps) || !slices.Contains(told, "refused it became a draft meanwhile") || !slices.Contains(told, "refused left out: it became a draft meanwhile") {
		t.Errorf("told %q", told)
	}
	p.wantLeftOut()
}

// TestLeavingOutKilledAtEveryChange: whenever the process dies, what was left out
// stays so when the plan is gone on with, and the rest is done once.
func TestLeavingOutKilledAtEveryChange(t *testing.T) {
	tried := drawn(t)
	whole := newPulling(t)
	m, a := whole.process(0, after)
	_ = a.Apply(t.Context(), whole.proposal(whole.moved()))
	for dies := range m.remote {
		if !tried() {
			continue
		}
		t.Run(fmt.Sprint(dies+1), func(t *testing.T) {
			t.Parallel()
			p := newPulling(t)
			m, a := p.process(dies+1, after)
			if err := a.Apply(t.Context(), p.proposal(p.moved())); !m.dead {
				t.Fatalf("it did not die: %v", err)
			}
			_, a = p.process(0, after)
			left, err := a.Rest("")
			var nothing *orchestrator.NothingOpen
			if errors.As(err, &nothing) { // it died before its first record, or after its last
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			// The draft is ready again: what was left out is for a new look all the same.
			noted := false
			for _, s := range m.steps() {
				noted = noted || s.Outcome == orchestrator.Refused && s.Step.Effect.Kind() == "merge"
			}
			if noted {
				p.update(func(tx *world.Tx) error {
					_, err := tx.SetDraft(p.issue(tx, toMerge), false)
					return err
				})
			}
			var stale *orchestrator.Stale
			var person *orchestrator.NeedsPerson
			if err := a.Resume(t.Context(), idsOf(left)...); err != nil && !errors.As(err, &stale) && !errors.As(err, &person) {
				t.Fatal(err)
			}
			p.wantLeftOut()
		})
	}
}

// steps are those of the newest plan, as its journal has them.
func (m *mortal) steps() []orchestrator.StepEntry {
	m.t.Helper()
	list, err := m.applier(nil).History(1)
	if err != nil || len(list) != 1 {
		m.t.Fatal(list, err)
	}
	return list[0].Steps
}

// TestADoubtIsNeverLeftOut: a step of which nobody knows whether it landed stops the
// plan, as one does that more than its target stands against.
func TestADoubtIsNeverLeftOut(t *testing.T) {
	p := newPulling(t)
	plan := p.following()
	plan.Steps = slices.DeleteFunc(plan.Steps, func(s flows.Step) bool { return s.Effect.Kind() != "merge" && s.Effect.Kind() != "tick" })
	if err := p.sim.Faults().Replace("cut-before@PUT /repos/*/*/pulls/*/merge#1,503@PullNow#2+"); err != nil {
		t.Fatal(err)
	}
	if err := p.apply(plan, nil); err == nil {
		t.Fatal("no error")
	}
	list, err := p.stage.applier(nil).History(1)
	if err != nil || list[0].State != orchestrator.Open || list[0].Steps[0].Outcome != "" || !list[0].Steps[1].Asked.IsZero() {
		t.Errorf("%+v, %v", list, err)
	}
}
