package cmd

import (
	"context"
	"errors"
	"fmt"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/budget/plan"
	"github.com/dappcore/core-dev/flows/day"
	"github.com/dappcore/core-dev/flows/execute"
	"github.com/dappcore/core-dev/orchestrator"
)

// lookToPlan looks and works the day's plan out.
func (a *app) lookToPlan(ctx context.Context) (*look, plan.Plan, error) {
	l, err := a.look(ctx)
	if err != nil {
		return nil, plan.Plan{}, err
	}
	p, err := a.dayPlan(ctx, l, "")
	return l, p, err
}

// uses is what was dispatched on each of the last days, today included.
func (a *app) uses(days int) ([]budget.DayUse, error) {
	_, sp, _, err := a.budgetFromFiles(days)
	if err != nil {
		return nil, err
	}
	return budget.History(sp, a.now(), days), nil
}

// dispatching is a step that hands out a part of the day's plan: what the strategy,
// the reserve and the repositories' limits leave for it.
func (s *sitting) dispatching(ctx context.Context, n day.Step) (looked, error) {
	a := s.app
	l, p, proposal, err := s.part(ctx, n)
	if err != nil {
		return looked{}, err
	}
	k := looked{plans: proposal.Plans, fact: day.Fact{Step: n, Count: p.Tasks, Digest: day.Digest(proposal.Plans)}}
	k.fact.Said = fmt.Sprintf("%s of %d today at the most, %d dispatched so far, %d READY", count(p.Tasks, "task"), p.Limit, p.Spent, p.Gauge.Ready)
	if n == day.More {
		k.fact.Said += fmt.Sprintf("; %s", atWork(l))
		s.shape.Advice = p.Advice
	}
	k.show = func() error {
		if !a.opt.json && n == day.More {
			a.printAdvice(p.Advice)
		}
		return nil
	}
	k.act = func(ctx context.Context, shape *sessionStepShape) (bool, error) {
		d := newDelivery()
		d.run, d.quiet = s.run, true
		for round := 1; ; round++ {
			before := d.tasks
			err := a.send(ctx, l, proposal, s.o.sendOptions, d, func(e *orchestrator.Applier) error { return e.Apply(ctx, proposal) })
			shape.Results = d.shape.Results
			if d.shape.Sent {
				s.run = d.run
				for _, x := range proposal.Plans {
					s.begun[x.Target] = true
				}
			}
			var stale *orchestrator.Stale
			if !errors.As(err, &stale) || round == staleRounds || p.Tasks == d.tasks-before {
				return d.shape.Sent, err
			}
			a.notice("%s: %s; planning again", stale.Target, stale.Why)
			if l, p, proposal, err = s.part(ctx, n); err != nil {
				return d.shape.Sent, err
			}
		}
	}
	return k, nil
}

// part is the day's plan as far as a step hands it out: of an epic that nobody works
// on yet one first child, of those that are under way what is READY. Nobody pays for
// a child whose pull request is open, as with a watch.
func (s *sitting) part(ctx context.Context, n day.Step) (*look, plan.Plan, orchestrator.Proposal, error) {
	a := s.app
	none := orchestrator.Proposal{}
	l, w, _, err := a.lookAtWork(ctx, &watchOptions{sendOptions: s.o.sendOptions})
	if err != nil {
		return nil, plan.Plan{}, none, err
	}
	p, err := a.dayPlan(ctx, l, "")
	if err != nil {
		return nil, p, none, err
	}
	x := execute.Day{Dispatch: a.dispatching(l, 0), Reassign: l.conf.Reassign}
	first := map[string]bool{}
	for _, r := range p.Repos {
		for _, c := range r.Children {
			e, ok := l.fleet.Epic(c.Of)
			fresh := ok && !execute.Begun(w, e) || s.begun[c.Epic]
			switch {
			case n == day.Phases && fresh, n == day.Blockers && (!fresh || s.begun[c.Epic] || first[c.Epic]):
				continue
			}
			first[c.Epic] = true
			x.Children = append(x.Children, execute.Given{Child: c.Child, Epic: c.Of, Agent: c.Agent, Member: c.Member})
		}
	}
	plans, err := x.Plans(w)
	if err != nil {
		return nil, p, none, err
	}
	proposal := a.proposal("core dev "+string(s.o.session), withSteps(plans)...)
	p.Tasks = proposal.Cost().Tasks
	return l, p, proposal, nil
}

// atWork says how many tasks the agents have in hand.
func atWork(l *look) string {
	n := 0
	for _, g := range l.budget.Status().Agents {
		if g.Running != nil {
			n += *g.Running
		}
	}
	if n == 0 {
		return "the agents are idle"
	}
	return fmt.Sprintf("the agents have %s in hand", count(n, "task"))
}
