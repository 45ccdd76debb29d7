package cmd

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/budget/plan"
	"github.com/dappcore/core-dev/flows/day"
	"github.com/dappcore/core-dev/flows/execute"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
)

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
	k.left = func(ctx context.Context) (string, error) {
		_, _, rest, err := s.part(ctx, n)
		return day.Digest(rest.Plans), err
	}
	return k, nil
}

// part is the day's plan as far as a step hands it out: of an epic that nobody works
// on yet one first child, of those that are under way what is READY. An epic that was
// begun on the session's own day is not under way before the next one, whatever process
// began it: a morning that is run again, or was broken off, pays for what an unbroken
// one does. Nobody pays for a child whose pull request is open, as with a watch.
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
	from, lines, err := s.linesOfTheDay(l)
	if err != nil {
		return nil, p, none, err
	}
	first := map[string]bool{}
	for _, r := range p.Repos {
		for _, c := range r.Children {
			e, ok := l.fleet.Epic(c.Of)
			begun := !ok || execute.Begun(w, e)
			now := ok && execute.BegunSince(w, e, from, lines)
			switch {
			case n == day.Phases && (!begun || now), n == day.Blockers && (begun || now || first[c.Epic]):
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

// linesOfTheDay counts the dispatch log's lines about an issue since the session's day
// began.
func (s *sitting) linesOfTheDay(l *look) (from time.Time, of func(inventory.Ref) int, err error) {
	if from, err = time.Parse(time.DateOnly, s.record.Date); err != nil {
		return from, nil, err
	}
	lines, err := s.app.lines(l.conf, budget.DayOf(from))
	if err != nil {
		return from, nil, err
	}
	n := map[string]int{}
	for _, line := range lines {
		line.Ref.Repo = l.seen.Present(line.Ref.Repo)
		n[line.Ref.Key()]++
	}
	return from, func(ref inventory.Ref) int { return n[ref.Key()] }, nil
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
