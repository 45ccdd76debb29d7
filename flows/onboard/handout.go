package onboard

import (
	"errors"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/flows/execute"
	"github.com/dappcore/core-dev/inventory"
)

// HandOut plans the dispatch of several epics, in their order, as one budget allows
// it: what one takes the next ones do not have. An epic for which there is too
// little gets what fits, and is told of in its plan's skipped. Where nothing at all
// fits it is the first refusal.
func HandOut(w flows.World, d execute.Dispatch, epics []inventory.Ref) ([]flows.Plan, error) {
	var out []flows.Plan
	var first error
	steps := 0
	for _, e := range epics {
		d := d
		d.Epic = e
		p, err := d.Plan(w)
		var refusal *flows.Refusal
		if errors.As(err, &refusal) {
			if first == nil {
				first = err
			}
			p = flows.Plan{Flow: dispatching, Target: e.String(), Steps: []flows.Step{}, Skipped: []flows.Skip{}}
			if refusal.Fits > 0 {
				d.Max = refusal.Fits
				if p, err = d.Plan(w); err != nil {
					return nil, err
				}
			}
			p.Skip(e.String(), refusal.Error())
		} else if err != nil {
			return nil, err
		}
		w.Budget = committed(w, p)
		steps += len(p.Steps)
		out = append(out, p)
	}
	if steps == 0 && first != nil {
		return nil, first
	}
	return out, nil
}
