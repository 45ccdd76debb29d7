package orchestrator

import (
	"context"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// retargeting changes a pull request's base, judged by what the base is.
func (r *run) retargeting(e flows.Retarget) deed {
	d := &change{onPull: r.onPull(e, e.Pull, "")}
	d.met = func(p inventory.PullNow) (*result, error) {
		if p.Base == e.To {
			return skipped("its base is " + e.To + " already"), nil
		}
		if err := d.stands(p); err != nil {
			return nil, err
		}
		if p.Base != e.From {
			return nil, d.stale("its base is " + p.Base + " meanwhile")
		}
		return nil, nil
	}
	done := result{outcome: Done, detail: e.Detail()}
	d.write = func(ctx context.Context, _ inventory.PullNow, _ Baseline) (result, error) {
		return done, d.Hub.Retarget(ctx, e.Pull, e.To)
	}
	d.landed = func(_ context.Context, p inventory.PullNow, _ Baseline) (*result, error) {
		if p.Base != e.To {
			return nil, nil
		}
		return &done, nil
	}
	return d
}
