package orchestrator

import (
	"context"
	"strings"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// mergeUp has GitHub merge a branch into an epic's. That it was done shows in the
// epic's branch standing elsewhere: where somebody else moved it meanwhile, the next
// look asks again how far behind it is.
type mergeUp struct {
	*run
	flows.MergeUp
}

func (d mergeUp) look(ctx context.Context) (Baseline, *result, error) {
	sha, ok, err := d.Hub.Head(ctx, d.Repo, d.Branch)
	switch {
	case err != nil:
		return Baseline{}, nil, err
	case !ok:
		return Baseline{}, nil, &Stale{d.Repo.String(), "its branch " + d.Branch + " is gone"}
	case !strings.EqualFold(sha, d.Head):
		return Baseline{}, nil, &Stale{d.Repo.String(), "its branch " + d.Branch + " has other commits meanwhile"}
	}
	return Baseline{SHA: sha}, nil, nil
}

func (d mergeUp) send(ctx context.Context, _ Baseline) (result, error) {
	sha, err := d.Hub.MergeUp(ctx, d.Repo, d.Branch, d.From)
	switch {
	case err != nil && refusal(err): // the next decision must not ask again at this head
		note := inventory.PullNote{Kind: inventory.NoteRefused, What: d.Kind(), SHA: d.Head, Why: err.Error()}
		return refusedFor(err.Error()), d.Journal.NotePull(d.now(), d.Epic, note)
	case err != nil:
		return result{}, err
	case sha == "":
		return *skipped("lacks nothing of " + d.From + " any more"), nil
	}
	return d.merged(sha), nil
}

func (d mergeUp) judge(ctx context.Context, base Baseline) (*result, error) {
	sha, ok, err := d.Hub.Head(ctx, d.Repo, d.Branch)
	if err != nil || !ok || strings.EqualFold(sha, base.SHA) {
		return nil, err
	}
	done := d.merged(sha)
	return &done, nil
}

func (d mergeUp) merged(sha string) result {
	return result{outcome: Done, detail: d.Branch + " is at " + short(sha), evidence: Evidence{SHA: sha}}
}
