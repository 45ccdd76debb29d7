package orchestrator

import (
	"context"
	"fmt"
	"time"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

const nothingNew = "lacks nothing of its base any more"

// updating has GitHub merge the base into a branch. GitHub does so after it has
// answered; that it did is a merge commit at the head with the old head among its
// parents, and the journal knows that head as ours.
func (r *run) updating(e flows.UpdateBranch) deed {
	d := &change{onPull: r.onPull(e, e.Pull, e.Head)}
	note := func(n inventory.PullNote) error { return d.Journal.NotePull(d.now(), e.Pull, n) }
	// made is what came of it.
	made := func(p inventory.PullNow, outcome Outcome) (*result, error) {
		c, err := d.Journal.Course(e.Pull)
		if err != nil {
			return nil, err
		}
		for _, sha := range c.Updated {
			if sha == e.Head {
				err = note(inventory.PullNote{Kind: inventory.NoteMade, SHA: e.Head, New: p.HeadSHA, Threads: threads(p)})
			}
		}
		return &result{outcome: outcome, detail: "its head is " + short(p.HeadSHA), evidence: Evidence{SHA: p.HeadSHA}}, err
	}
	d.met = func(p inventory.PullNow) (*result, error) {
		if p.State == inventory.PullOpen && mergeOf(p, e.Head) {
			return made(p, Skipped)
		}
		return nil, d.stands(p)
	}
	d.landed = func(_ context.Context, p inventory.PullNow, _ Baseline) (*result, error) {
		switch {
		case p.HeadSHA == e.Head:
			return nil, nil
		case mergeOf(p, e.Head):
			return made(p, Done)
		}
		return skipped(fmt.Sprintf("its head is %s meanwhile, of somebody else", short(p.HeadSHA))), nil
	}
	d.write = func(ctx context.Context, _ inventory.PullNow, base Baseline) (result, error) {
		if err := note(inventory.PullNote{Kind: inventory.NoteUpdated, SHA: e.Head}); err != nil {
			return result{}, err
		}
		if err := d.Hub.UpdateBranch(ctx, e.Pull, e.Head); moot(err) {
			return *skipped(nothingNew), nil
		} else if err != nil {
			return result{}, err
		}
		for pause := time.Second; ; pause *= 2 {
			p, err := d.Hub.PullNow(ctx, e.Pull)
			if err != nil {
				return result{}, unread{err}
			}
			if found, err := d.landed(ctx, p, base); err != nil {
				return result{}, unread{err}
			} else if found != nil {
				return *found, nil
			}
			if pause > 8*time.Second {
				return result{}, unread{fmt.Errorf("%s: GitHub took the update, and shows no new head yet", e.Pull)}
			}
			if err := d.Clock.Sleep(ctx, pause); err != nil {
				return result{}, unread{err}
			}
		}
	}
	return d
}
