package orchestrator

import (
	"context"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// closingPull closes a pull request unmerged.
func (r *run) closingPull(e flows.ClosePull) deed {
	d := &change{onPull: r.onPull(e, e.Pull, e.Head)}
	done := result{outcome: Done, detail: "closed"}
	d.met = func(p inventory.PullNow) (*result, error) {
		if p.State == inventory.PullClosed {
			return skipped("closed already"), nil
		}
		return nil, d.stands(p)
	}
	d.write = func(ctx context.Context, _ inventory.PullNow, _ Baseline) (result, error) {
		return done, d.Hub.ClosePull(ctx, e.Pull)
	}
	d.landed = func(_ context.Context, p inventory.PullNow, _ Baseline) (*result, error) {
		switch p.State {
		case inventory.PullClosed:
			return &done, nil
		case inventory.PullMerged:
			return skipped("was merged meanwhile"), nil
		}
		return nil, nil
	}
	return d
}
