package orchestrator

import (
	"context"
	"errors"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// leaving leaves the merge to GitHub, as soon as it may be.
func (r *run) leaving(e flows.AutoMerge) deed {
	d := &change{onPull: r.onPull(e, e.Pull, e.Head)}
	d.handOver(e.Detail(), e.Base, func(p inventory.PullNow) string {
		switch {
		case p.Queued:
			return "is in the merge queue"
		case p.AutoMerge:
			return "auto-merge is on"
		}
		return ""
	}, func(ctx context.Context, p inventory.PullNow) error {
		return d.Hub.AutoMerge(ctx, e.Pull, p.ID, e.Method, e.Head)
	})
	hand := d.write
	d.write = func(ctx context.Context, p inventory.PullNow, base Baseline) (result, error) {
		done, err := hand(ctx, p, base)
		if !ripe(err) {
			return done, err
		}
		note := inventory.PullNote{Kind: inventory.NoteRefused, What: d.kind, SHA: base.SHA, Why: flows.RipeAtOnce}
		return *skipped("nothing is to be waited for: the next look merges it"), d.Journal.NotePull(d.now(), d.pull, note)
	}
	return d
}

func ripe(err error) bool {
	var r Ripe
	return errors.As(err, &r) && r.Ripe()
}

// keeping takes the merge out of GitHub's hands again, at whatever head it is.
func (r *run) keeping(e flows.AutoMergeOff) deed {
	d := &change{onPull: r.onPull(e, e.Pull, "")}
	d.met = func(p inventory.PullNow) (*result, error) {
		switch {
		case p.State == inventory.PullMerged:
			return skipped("is merged already"), nil
		case p.State != inventory.PullOpen:
			return skipped("was closed"), nil
		case !p.AutoMerge:
			return skipped("auto-merge is off already"), nil
		}
		return nil, d.stands(p)
	}
	d.write = func(ctx context.Context, p inventory.PullNow, _ Baseline) (result, error) {
		return result{outcome: Done, detail: e.Detail()}, d.Hub.AutoMergeOff(ctx, e.Pull, p.ID)
	}
	d.landed = func(_ context.Context, p inventory.PullNow, _ Baseline) (*result, error) {
		if p.State == inventory.PullOpen && p.AutoMerge {
			return nil, nil
		}
		return &result{outcome: Done, detail: e.Detail()}, nil
	}
	return d
}

// queuing puts it into the merge queue of its base.
func (r *run) queuing(e flows.Enqueue) deed {
	d := &change{onPull: r.onPull(e, e.Pull, e.Head)}
	d.handOver(e.Detail(), e.Base, func(p inventory.PullNow) string {
		if p.Queued {
			return "is in the merge queue"
		}
		return ""
	}, func(ctx context.Context, p inventory.PullNow) error {
		return d.Hub.Enqueue(ctx, e.Pull, p.ID, e.Head)
	})
	return d
}

// handOver is what both have in common: GitHub may have merged it since. so tells
// how it is GitHub's already; empty: it is not.
func (d *change) handOver(said, base string, so func(inventory.PullNow) string, write func(context.Context, inventory.PullNow) error) {
	note := func() error { // GitHub may undo it: how often it was done is ours to know
		return d.Journal.NotePull(d.now(), d.pull, inventory.PullNote{Kind: inventory.NoteSent, What: d.kind, SHA: d.head})
	}
	d.met = func(p inventory.PullNow) (*result, error) {
		if p.State == inventory.PullMerged {
			return skipped("is merged already"), nil
		}
		if err := d.stands(p); err != nil {
			return nil, err
		}
		if is := so(p); is != "" {
			return skipped(is + " already"), nil
		}
		return nil, d.ripe(p, base)
	}
	d.write = func(ctx context.Context, p inventory.PullNow, _ Baseline) (result, error) {
		done := result{outcome: Done, detail: said}
		if err := write(ctx, p); err != nil {
			return done, err
		}
		return done, note()
	}
	d.landed = func(_ context.Context, p inventory.PullNow, _ Baseline) (*result, error) {
		if p.State != inventory.PullMerged && (p.State != inventory.PullOpen || so(p) == "") {
			return nil, nil
		}
		return &result{outcome: Done, detail: said}, note()
	}
}
