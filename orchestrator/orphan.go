package orchestrator

import (
	"context"
	"strings"
)

// orphans accounts for the tasks that are still reserved for plans that have
// ended: the reservation's id names its plan, and nobody goes on with one. A task
// whose plan no journal here holds stays reserved, and so counts as spent.
func (a *Applier) orphans(ctx context.Context) ([]Left, error) {
	ids, err := a.Ledger.OpenIDs(ctx)
	if err != nil {
		return nil, nil //nolint:nilerr // damaged: the ledger itself refuses whatever spends, and says what to do
	}
	var out []Left
	for _, id := range ids {
		plan, _, ok := strings.Cut(id, "/")
		if !ok {
			continue
		}
		p, open, err := a.read(plan)
		if err != nil || open || p.end == nil {
			continue
		}
		by := a.over(closed{a.Journal})
		by.Emit = a.Emit
		r := newRun(by, p)
		if err := r.reopen(ctx); err != nil {
			return out, err
		}
		for _, child := range r.reserved() { // none: it was accounted for with another of its plan
			res := r.open[child.Key()]
			if err := r.account(ctx, child, res); err != nil {
				return out, err
			}
			out = append(out, Left{Plan: plan, Flow: p.sheet.Flow, Target: p.sheet.Target, End: Settled, Detail: "with the task that it left reserved for " + child.String()})
		}
	}
	return out, nil
}

// closed is the journal for a plan that has ended: its own file takes no more
// records.
type closed struct{ Journal }

func (closed) Append(string, []byte) error { return nil }
