package orchestrator

import (
	"context"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// resolving resolves a review thread, judged by whether it is.
func (r *run) resolving(e flows.ResolveThread) deed {
	d := &change{onPull: r.onPull(e, e.Pull, "")}
	done := result{outcome: Done, detail: e.Detail()}
	resolved := func(p inventory.PullNow) (there, resolved bool) {
		for _, t := range p.Threads {
			if t.ID == e.Thread {
				return true, t.Resolved
			}
		}
		return false, false
	}
	d.met = func(p inventory.PullNow) (*result, error) {
		there, resolved := resolved(p)
		if resolved {
			return skipped("is resolved already"), nil
		}
		if err := d.stands(p); err != nil {
			return nil, err
		}
		if !there {
			return nil, d.stale("its thread " + e.Thread + " is gone")
		}
		return nil, nil
	}
	note := func() error {
		return d.Journal.NotePull(d.now(), e.Pull, inventory.PullNote{Kind: inventory.NoteResolved, Threads: []string{e.Thread}})
	}
	d.write = func(ctx context.Context, _ inventory.PullNow, _ Baseline) (result, error) {
		if err := d.Hub.ResolveThread(ctx, e.Pull, e.Thread); err != nil {
			return done, err
		}
		return done, note()
	}
	d.landed = func(_ context.Context, p inventory.PullNow, _ Baseline) (*result, error) {
		if _, ok := resolved(p); !ok {
			return nil, nil
		}
		return &done, note()
	}
	return d
}
