package orchestrator

import (
	"context"
	"errors"
	"fmt"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// mend is the stuck flow. The merge is made before the intent, here alone; what is
// sent is its push, which only a branch that stands where it began takes, and what
// is judged is where the branch stands.
type mend struct {
	onPull
	flows.Mend
	work Work // made by look, until it was sent
}

func (d *mend) look(ctx context.Context) (Baseline, *result, error) {
	if d.Workshop == nil {
		return Baseline{}, nil, fmt.Errorf("%s: no workshop is there to merge in", d.Pull)
	}
	p, err := d.onPull.look(ctx)
	if err != nil {
		return Baseline{}, nil, err
	}
	if found, err := d.met(p); found != nil || err != nil {
		return Baseline{}, found, err
	}
	work, err := d.Workshop.Merge(ctx, d.Pull.Repo, d.Pull.Number, d.Branch, d.Base, d.Mend.Head)
	if err != nil && refusal(err) { // the next decision waits before it tries again
		left, noted := d.refused(d.Mend.Head, err)
		return d.baseline(p), &left, noted
	}
	if err != nil {
		return Baseline{}, nil, err
	}
	base := d.baseline(p)
	base.SHA, base.How = work.SHA(), work.How()
	if base.SHA != "" {
		d.work = work
		return base, nil, nil
	}
	failed := refusedFor("it could not be merged: " + base.How)
	return base, &failed, errors.Join(d.mended("", base.How), work.Discard())
}

func (d *mend) met(p inventory.PullNow) (*result, error) {
	if err := d.stands(p); err != nil {
		return nil, err
	}
	switch {
	case p.Base != d.Base:
		return nil, d.stale("its base is " + p.Base + " meanwhile")
	case p.Head != d.Branch:
		return nil, d.stale("its branch is " + p.Head)
	case p.CrossRepo:
		return nil, d.stale("it comes from a fork")
	case p.Mergeable == "MERGEABLE":
		return skipped("does not conflict any more"), nil
	}
	return nil, nil
}

// mended notes what the stuck flow came to.
func (d *mend) mended(sha, how string) error {
	return d.Journal.NotePull(d.now(), d.Pull, inventory.PullNote{Kind: inventory.NoteMended, SHA: d.Mend.Head, New: sha, Why: how})
}

// send has the journal know the head as ours before it can be anybody's to see.
func (d *mend) send(ctx context.Context, base Baseline) (result, error) {
	work := d.work
	d.work = nil
	defer work.Discard() //nolint:errcheck // what is left is swept away by the next one
	if err := Cleared(ctx); err != nil {
		return result{}, err
	}
	p, err := d.onPull.look(ctx) // the merge may have taken its time
	if err != nil {
		return result{}, err
	}
	if found, err := d.met(p); err != nil {
		return result{}, err
	} else if found != nil {
		return *found, nil
	}
	made := inventory.PullNote{Kind: inventory.NoteMade, SHA: d.Mend.Head, New: base.SHA, Threads: threads(p)}
	if err := d.Journal.NotePull(d.now(), d.Pull, made); err != nil {
		return result{}, err
	}
	err = work.Push(ctx)
	switch {
	case err == nil:
		done, err := d.pushed(base)
		if err != nil {
			err = unread{err}
		}
		return done, err
	case doubtful(err) || isLate(err) || errors.As(err, new(Paused)) || ctx.Err() != nil:
		return result{}, err
	}
	if p, lookErr := d.onPull.look(ctx); lookErr != nil {
		return result{}, lookErr
	} else if found, metErr := d.met(p); metErr != nil {
		return result{}, metErr
	} else if found != nil {
		return *found, nil
	}
	if overtaken(err) {
		return result{}, d.stale(err.Error())
	}
	var later interface{ NotNow() bool }
	if errors.As(err, &later) && later.NotNow() {
		return d.refused(d.Mend.Head, err)
	}
	if noted := d.mended("", "its push was refused: "+err.Error()); noted != nil {
		return result{}, noted
	}
	return d.refused(d.Mend.Head, err)
}

func (d *mend) pushed(base Baseline) (result, error) {
	return result{outcome: Done, detail: base.How + ", " + short(base.SHA), evidence: Evidence{SHA: base.SHA}}, d.mended(base.SHA, base.How)
}

// judge: the branch stands at the merge, or at something made right on it.
func (d *mend) judge(ctx context.Context, base Baseline) (*result, error) {
	p, err := d.Hub.PullNow(ctx, d.Pull)
	if err != nil {
		return nil, err
	}
	if p.HeadSHA == base.SHA || mergeOf(p, base.SHA) || len(p.Parents) == 1 && p.Parents[0] == base.SHA {
		done, err := d.pushed(base)
		return &done, err
	}
	base.SHA = d.Mend.Head
	return d.refusedSince(base)
}
