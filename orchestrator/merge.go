package orchestrator

import (
	"context"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// merging merges a pull request that nothing came up against since the decision,
// judged by its state and the head it was merged at.
func (r *run) merging(e flows.MergePull) deed {
	d := &change{onPull: r.onPull(e, e.Pull, e.Head)}
	merged := func(p inventory.PullNow) *result {
		by := ""
		if p.MergedBy != "" {
			by = " by @" + p.MergedBy
		}
		return &result{outcome: Skipped, detail: "is merged already" + by + ", at " + short(p.HeadSHA), evidence: Evidence{SHA: p.MergeSHA}}
	}
	d.met = func(p inventory.PullNow) (*result, error) {
		if p.State == inventory.PullMerged {
			return merged(p), nil
		}
		if err := d.stands(p); err != nil {
			return nil, err
		}
		if s := p.Checks.State; s == "PENDING" || s == "EXPECTED" {
			return nil, d.stale("a check runs again meanwhile")
		}
		return nil, d.ripe(p, e.Base)
	}
	d.write = func(ctx context.Context, _ inventory.PullNow, _ Baseline) (result, error) {
		sha, err := d.Hub.MergePull(ctx, e.Pull, e.Method, e.Head)
		return result{outcome: Done, detail: e.Detail(), evidence: Evidence{SHA: sha}}, err
	}
	d.landed = func(_ context.Context, p inventory.PullNow, _ Baseline) (*result, error) {
		switch {
		case p.State != inventory.PullMerged:
			return nil, nil
		case p.HeadSHA != e.Head: // ours would have been refused
			return merged(p), nil
		}
		return &result{outcome: Done, detail: e.Detail(), evidence: Evidence{SHA: p.MergeSHA}}, nil
	}
	return d
}
