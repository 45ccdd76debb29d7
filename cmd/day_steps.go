package cmd

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/flows/day"
	"github.com/dappcore/core-dev/flows/execute"
	"github.com/dappcore/core-dev/flows/onboard"
	"github.com/dappcore/core-dev/orchestrator"
)

// mostLooks bounds the looks of one step: what one look sends, such as a merge, has
// the next one see more to do. What is left then waits for the next session.
const mostLooks = 12

// noteKind is of steps that only write down what was seen.
const noteKind = "note"

// look looks at one step: what there is to do, as the flow behind it plans it.
func (s *sitting) look(ctx context.Context, n day.Step) (looked, error) {
	switch n {
	case day.Results:
		return s.watching(ctx, n, execute.Scope{Tick: true, Merge: true, Finish: true})
	case day.Budget:
		return s.budget(ctx)
	case day.Unstick, day.Interventions:
		return s.watching(ctx, n, execute.Unstick)
	case day.Conflicts:
		return s.watching(ctx, n, execute.Scope{Tick: true, Merge: true})
	case day.Blockers, day.Phases, day.More:
		return s.dispatching(ctx, n)
	case day.Review:
		return s.review(ctx)
	case day.Tomorrow:
		return s.tomorrow(ctx)
	}
	return s.refill(ctx)
}

// watching is a step that follows running epics, in one part of what that does.
func (s *sitting) watching(ctx context.Context, n day.Step, scope execute.Scope) (looked, error) {
	a := s.app
	o := watchOptions{sendOptions: s.o.sendOptions, scope: scope, once: true, verb: string(s.o.session), run: s.run}
	seen, err := a.decideOnce(ctx, &o)
	if err != nil {
		return looked{}, err
	}
	if !s.o.dryRun {
		s.tell.people(ctx, seen.watched, true)
	}
	k := looked{plans: seen.proposal.Plans}
	k.fact = day.Fact{Step: n, Digest: day.Digest(k.plans)}
	k.fact.Count, k.fact.Said = planned(k.plans)
	if waiting, people := waits(seen.watched); waiting+people > 0 {
		k.fact.Said += fmt.Sprintf("; %d wait, %d need a person", waiting, people)
	}
	if n == day.Conflicts {
		k.fact.Said += "; " + count(inConflict(seen.watched), "conflict")
	}
	told := newTelling(a, true)
	told.acts = true
	k.act = func(ctx context.Context, shape *sessionStepShape) (bool, error) {
		told.keep = func(w watchShape) { shape.Results = append(shape.Results, w.Results...) }
		for looks := 1; ; looks++ {
			err := a.actOnce(ctx, &o, told, seen)
			s.run = o.run
			if err != nil || seen.declined || s.o.dryRun || !seen.moved || looks == mostLooks {
				return !seen.declined, err
			}
			a.flush()
			if err := a.clock.Sleep(ctx, execute.Pause(seen.watched, true, seen.look.conf.Watch.Interval)); err != nil {
				return true, err
			}
			if seen, err = a.decideOnce(ctx, &o); err != nil {
				return true, err
			}
		}
	}
	k.left = func(context.Context) (string, error) { return day.Digest(seen.proposal.Plans), nil }
	return k, nil
}

// planned counts what plans do, in words.
func planned(plans []flows.Plan) (int, string) {
	does := orchestrator.Approval{Steps: map[string]int{}}
	n := 0
	for _, p := range plans {
		for _, step := range p.Steps {
			if step.Effect.Kind() != noteKind {
				does.Steps[step.Effect.Kind()]++
				n++
			}
		}
	}
	if n == 0 {
		return 0, "nothing to do"
	}
	return n, fmt.Sprintf("%s: %s", count(n, "step"), kinds(does))
}

// waits counts what nothing is done about now: what waits, and what needs a person.
func waits(watched []execute.Watched) (waiting, people int) {
	for _, e := range watched {
		for _, d := range e.Decisions {
			switch {
			case d.Person != "":
				people++
			case len(d.Steps) == 0 && d.Row != execute.RowMerged && d.Row != execute.RowClosed:
				waiting++
			}
		}
	}
	return waiting, people
}

func inConflict(watched []execute.Watched) int {
	n := 0
	for _, e := range watched {
		for _, d := range e.Decisions {
			if d.Row == execute.RowConflict || d.Row == execute.RowStuck {
				n++
			}
		}
	}
	return n
}

// budget is the step that shows today's budget, and what the mission's rules say
// about it.
func (s *sitting) budget(ctx context.Context) (looked, error) {
	a := s.app
	l, p, err := a.lookToPlan(ctx, planOptions{})
	if err != nil {
		return looked{}, err
	}
	st, err := a.fullStatus(l.conf, l.budget)
	if err != nil {
		return looked{}, err
	}
	days, err := a.uses(2)
	if err != nil {
		return looked{}, err
	}
	lapsed := max(st.Usable-days[0].Used, 0)
	k := looked{fact: day.Fact{Step: day.Budget, Count: st.UsableRemaining,
		Said: fmt.Sprintf("%d of %d left today; yesterday %d were used and %d lapsed", st.UsableRemaining, st.Usable, days[0].Used, lapsed)}}
	s.shape.Advice = p.Advice
	k.show = func() error {
		if !a.opt.json {
			a.printBudget(st, l.snap.TakenAt)
			a.printGauge(p)
			a.printAdvice(p.Advice)
		}
		return nil
	}
	return k, nil
}

// refill is stages 1 and 2 for the repositories that the mission's rules name.
func (s *sitting) refill(ctx context.Context) (looked, error) {
	a := s.app
	k := looked{fact: day.Fact{Step: day.Refill}}
	l, p, err := a.lookToPlan(ctx, planOptions{})
	if err != nil {
		return k, err
	}
	o := onboardOptions{sendOptions: s.o.sendOptions, stages: onboard.Stages{Audit: true, Organise: true}, verb: "onboard"}
	for _, tip := range p.Advice {
		if (tip.Rule == "refill" || tip.Rule == "next-tier") && !slices.Contains(o.names, tip.Repo) {
			o.names = append(o.names, tip.Repo)
		}
	}
	if len(o.names) == 0 {
		k.fact.Said = fmt.Sprintf("nothing to do: %d READY", p.Gauge.Ready)
		return k, nil
	}
	repos, _, err := l.chosen(o)
	if err != nil {
		return k, err
	}
	read := a.auditReader(ctx)
	work := a.onboardings(l, read.findings, repos, o)
	if err := a.readDetails(ctx, l, work); err != nil {
		return k, err
	}
	if k.plans = onboard.Round(l.world(), work); read.err != nil {
		return k, read.err
	}
	k.fact.Digest = day.Digest(k.plans)
	k.fact.Count = len(repos)
	_, does := planned(k.plans)
	k.fact.Said = fmt.Sprintf("%s, with %d READY: %s", strings.Join(o.names, ", "), p.Gauge.Ready, does)
	k.act = func(ctx context.Context, shape *sessionStepShape) (bool, error) {
		o.into = newDelivery()
		o.into.part, o.into.quiet, o.into.run = true, true, s.run
		err := a.onboard(ctx, o.names, o)
		shape.Results = append(shape.Results, o.into.shape.Results...)
		s.refilled = o.into.shape.Sent
		return s.refilled, err
	}
	return k, nil
}
