package cmd

import (
	"errors"
	"fmt"
	"slices"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/orchestrator"
	"github.com/dappcore/core-dev/tui"
)

// less is what was shown without one step and those that rest on it. Neither later
// rounds nor the mark of a day's step go with it: they would make up for it, or say
// that all was done.
func (s *screenEngine) less(ask tui.Ask) (orchestrator.Proposal, error) {
	was, ok := s.shown[ask.Of]
	if !ok {
		return orchestrator.Proposal{}, &orchestrator.Stale{Target: "proposal " + ask.Of, Why: "it was sent already, or another was made since"}
	}
	if was.follow != nil {
		return orchestrator.Proposal{}, errors.New("no step of a watch can be left out: its next look would do it")
	}
	plans, ok := withoutStep(was.proposal.Plans, ask.Without)
	if !ok {
		return orchestrator.Proposal{}, fmt.Errorf("the plan has no step %d", ask.Without)
	}
	p := s.a.proposal("", plans...) // the command line has no word for it
	p.Left, p.Note = was.proposal.Left, was.proposal.Note
	clear(s.shown)
	s.shown[p.ID] = shown{look: was.look, proposal: p}
	return p, nil
}

// withoutStep leaves out a step by its number over all plans, counted from 1; false
// when there is none of that number.
func withoutStep(plans []flows.Plan, number int) ([]flows.Plan, bool) {
	k := number - 1
	for n, plan := range plans {
		if k >= 0 && k < len(plan.Steps) {
			plans = slices.Clone(plans)
			plans[n] = plan.Without(k)
			return plans, true
		}
		k -= len(plan.Steps)
	}
	return nil, false
}
