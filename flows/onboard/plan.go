// Package onboard takes a repository from audits to running epics: audit,
// organise, first dispatch, in rounds (spec/2-flows, "core dev onboard"). It is
// the one flow that is made of others.
package onboard

import (
	"errors"
	"fmt"
	"slices"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/flows/audit"
	"github.com/dappcore/core-dev/flows/epic"
	"github.com/dappcore/core-dev/flows/execute"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/inventory/finding"
)

// Onboard asks for one repository to be taken as far as it goes. The snapshot
// holds the repository's Details.
type Onboard struct {
	Repo   inventory.RepoRef
	Read   func(audit inventory.Issue) []finding.Finding // nil: the rules
	Themes []epic.Theme
	// Dispatch is how children are handed out; Max is how many an epic gets at
	// first.
	Dispatch execute.Dispatch
	Stages   Stages
	// Only are the issues that are organised; nil: all that belong to no epic.
	Only []inventory.Ref
}

// Stages are those that are gone through; each ends where nothing is left to do.
type Stages struct {
	Audit    bool
	Organise bool
	Dispatch bool // the first children of new epics
	Direct   bool // issues that are too few for an epic
}

// mostRounds bounds an imagined course: what takes more is a fault in a flow.
const mostRounds = 12

// dispatching is the name of the last stage's plans.
const dispatching = "dispatch"

// Plan plans the repository's next round: what is left of the first stage that
// is not done. A plan without steps means that nothing is left at all, and its
// skipped say why the repository got no further.
func (o Onboard) Plan(w flows.World) flows.Plan {
	skipped := []flows.Skip{}
	for _, stage := range []struct {
		on   bool
		plan func(flows.World) flows.Plan
	}{{o.Stages.Audit, o.audit}, {o.Stages.Organise, o.organise}, {o.Stages.Dispatch || o.Stages.Direct, o.dispatch}} {
		if !stage.on {
			continue
		}
		if r, ok := w.Snapshot.Repo(o.Repo); !ok || r.Details == nil && len(skipped) > 0 {
			break // a stage that could not be judged ends it: no task is spent on a guess
		}
		p := stage.plan(w)
		if len(p.Steps) > 0 {
			p.Skipped = append(skipped, p.Skipped...)
			return p
		}
		for _, s := range p.Skipped {
			if !slices.Contains(skipped, s) {
				skipped = append(skipped, s)
			}
		}
	}
	return flows.Plan{Flow: "onboard", Target: o.Repo.String(), Steps: []flows.Step{}, Skipped: skipped}
}

// Course is every round from here on as it goes when nobody else is at work:
// the first is the one to be applied, the others are imagined.
func (o Onboard) Course(w flows.World) ([]flows.Plan, error) {
	first := o.Plan(w)
	if len(first.Steps) == 0 {
		return nil, nil
	}
	later, err := o.after(within(w, places(w), o.Repo), first)
	return append([]flows.Plan{first}, later...), err
}

// after are the rounds that follow one, imagined. The dispatch is the last stage,
// and what it leaves out it would leave out again.
func (o Onboard) after(w flows.World, p flows.Plan) ([]flows.Plan, error) {
	var out []flows.Plan
	for len(out) < mostRounds-1 {
		if p.Flow == dispatching {
			return out, nil
		}
		w = flows.Imagine(w, p)
		if p = o.Plan(w); len(p.Steps) == 0 {
			return out, nil
		}
		out = append(out, p)
	}
	return out, fmt.Errorf("%s: the course of its onboarding does not end", o.Repo)
}

func (o Onboard) auditing() audit.Process { return audit.Process{Repo: o.Repo, Read: o.Read} }

func (o Onboard) audit(w flows.World) flows.Plan { return o.auditing().Plan(w) }

func (o Onboard) organise(w flows.World) flows.Plan { return o.organising(w).Plan(w) }

func (o Onboard) organising(w flows.World) epic.Organise {
	list := inventory.Candidates(w.Snapshot, w.Fleet, w.Rules, w.Records, o.Repo)
	if o.Only != nil {
		only := map[string]bool{}
		for _, ref := range o.Only {
			only[ref.Key()] = true
		}
		list = slices.DeleteFunc(list, func(i *inventory.Issue) bool { return !only[i.Ref.Key()] })
	}
	return epic.Organise{Repo: o.Repo, Themes: o.Themes, Candidates: list}
}

// dispatch hands out the first children of epics of ours that were never begun,
// and the issues that are too few for an epic. What the budget has no room for is
// left out, with the reason.
func (o Onboard) dispatch(w flows.World) flows.Plan {
	plan := flows.Plan{Flow: dispatching, Target: o.Repo.String(), Steps: []flows.Step{}, Skipped: []flows.Skip{}}
	// most is how many are wanted, 0: all there are.
	add := func(target string, most int, make func(flows.World, int) (flows.Plan, error)) {
		p, err := make(w, most)
		var refusal *flows.Refusal
		if errors.As(err, &refusal) && refusal.Fits > 0 {
			plan.Skip(target, refusal.Error())
			p, err = make(w, refusal.Fits)
		}
		if err != nil {
			plan.Skip(target, err.Error())
			return
		}
		for _, s := range p.Steps {
			plan.Add(s)
		}
		w.Budget = committed(w, p)
		plan.Skipped = append(plan.Skipped, p.Skipped...)
	}
	epics := w.Fleet.Of(o.Repo)
	for k := range epics {
		e := &epics[k]
		if !o.Stages.Dispatch {
			break
		}
		if begun(e) {
			continue
		}
		if i, ok := w.Snapshot.Find(e.Ref); !ok || w.Mark(i).IsZero() {
			continue
		}
		add(e.Ref.String(), o.Dispatch.Max, func(w flows.World, most int) (flows.Plan, error) {
			d := o.Dispatch
			d.Epic, d.Max = e.Ref, most
			return d.Plan(w)
		})
	}
	if row, ok := w.Fleet.Row(o.Repo); o.Stages.Direct && ok && len(row.Audits) > 0 {
		plan.Skip(o.Repo.String(), "nothing is dispatched directly while audits are open: their findings may make an epic of it")
	} else if direct := o.organising(w).Direct(w); o.Stages.Direct && len(direct) > 0 {
		add(o.Repo.String(), 0, func(w flows.World, most int) (flows.Plan, error) {
			d := o.Dispatch
			d.Max = most
			return d.Direct(w, o.Repo, direct)
		})
	}
	return plan
}

// committed is the budget with the tasks of a plan taken.
func committed(w flows.World, p flows.Plan) budget.State {
	b := w.Budget
	for _, s := range p.Steps {
		if e, ok := s.Effect.(flows.Reserve); ok {
			b = flows.Committed(b, e)
		}
	}
	return b
}

// begun tells whether a child of an epic was ever handed out or is done.
func begun(e *inventory.Epic) bool {
	for _, c := range e.Children {
		if c.Closed() || c.Verdict.Code == inventory.CodeDispatched {
			return true
		}
	}
	return false
}
