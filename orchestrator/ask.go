package orchestrator

import (
	"context"
	"fmt"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// asking posts one of the fixed comments. Nothing on GitHub tells whether it was
// asked before; our own journal does, and counts it before the step is closed.
func (r *run) asking(e flows.Ask) deed {
	d := &change{onPull: r.onPull(e, e.Pull, e.Head)}
	d.met = func(p inventory.PullNow) (*result, error) {
		if err := d.stands(p); err != nil {
			return nil, err
		}
		c, err := d.Journal.Course(e.Pull)
		if err != nil {
			return nil, err
		}
		for _, a := range c.Asks {
			if a.What == e.Fix && a.Head == e.Head && a.Comment > e.After {
				return &result{outcome: Skipped, detail: fmt.Sprintf("was asked meanwhile, comment %d", a.Comment), evidence: Evidence{Comment: a.Comment}}, nil
			}
		}
		switch {
		case e.Fix == inventory.FixConflict && p.Mergeable == "MERGEABLE":
			return skipped("does not conflict any more"), nil
		case e.Fix == inventory.FixReviews && len(p.Unresolved()) == 0 && p.ReviewDecision != "CHANGES_REQUESTED" && p.Objected == 0:
			return skipped("no thread is unresolved any more, and no changes are requested"), nil
		}
		return nil, nil
	}
	asked := func(id int64) (result, error) {
		return result{outcome: Done, detail: e.Body, evidence: Evidence{Comment: id}},
			d.Journal.NotePull(d.now(), e.Pull, inventory.PullNote{Kind: inventory.NoteAsked, Fix: e.Fix, Comment: id, SHA: e.Head})
	}
	d.write = func(ctx context.Context, _ inventory.PullNow, _ Baseline) (result, error) {
		id, err := d.Hub.PostComment(ctx, e.Pull, e.Body)
		if err != nil {
			return result{}, err
		}
		done, err := asked(id)
		if err != nil {
			err = unread{err}
		}
		return done, err
	}
	d.landed = func(ctx context.Context, p inventory.PullNow, base Baseline) (*result, error) {
		if p.Comment <= base.Comment {
			return nil, nil
		}
		list, err := d.Hub.Comments(ctx, e.Pull, base.Comment)
		for _, c := range list {
			if c.Mine && c.ID > base.Comment {
				done, err := asked(c.ID)
				return &done, err
			}
		}
		return nil, err
	}
	return d
}
