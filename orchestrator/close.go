package orchestrator

import (
	"context"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// turn closes an issue or opens it again: judged by its state, and by whose
// event it was that made it so.
type turn struct {
	*run
	issue inventory.Ref
	shut  bool // what it shall be
	write func(context.Context) error
	fits  func(inventory.Standing) error // whether it is as the plan knew it
	note  func() error                   // in the journal, before the outcome: that we made it so
}

func (r *run) closing(e flows.CloseIssue) deed {
	return turn{r, e.Issue, true,
		func(ctx context.Context) error { return r.Hub.CloseIssue(ctx, e.Issue, e.Reason) },
		func(s inventory.Standing) error {
			if e.Edited.IsZero() {
				return nil
			}
			return r.unchanged(s, e.Issue, e.Edited)
		},
		func() error {
			if !e.TakesBack {
				return nil
			}
			return r.Journal.NoteTakenBack(r.now(), e.Issue)
		}}
}

func (r *run) reopening(e flows.ReopenIssue) deed {
	return turn{r, e.Issue, false,
		func(ctx context.Context) error { return r.Hub.ReopenIssue(ctx, e.Issue) },
		func(inventory.Standing) error { return nil },
		func() error { return r.Journal.NoteGivenAgain(r.now(), e.Issue) }}
}

func (d turn) look(ctx context.Context) (Baseline, *result, error) {
	s, err := d.Hub.Standing(ctx, d.issue)
	switch {
	case err != nil:
		return Baseline{}, nil, goneStale(d.issue.String(), err)
	case s.Closed == d.shut:
		return Baseline{}, &result{outcome: Skipped, detail: d.said() + " already"}, nil
	case s.Archived:
		return Baseline{}, nil, &Stale{d.issue.String(), "its repository was archived meanwhile"}
	}
	return Baseline{Event: s.Turned}, nil, d.fits(s)
}

func (d turn) send(ctx context.Context, _ Baseline) (result, error) {
	if err := d.write(ctx); err != nil {
		return result{}, err
	}
	return result{outcome: Done, detail: d.said()}, d.note()
}

func (d turn) judge(ctx context.Context, base Baseline) (*result, error) {
	s, err := d.Hub.Standing(ctx, d.issue)
	switch {
	case err != nil || s.Turned == base.Event:
		return nil, err
	case s.Closed != d.shut: // it was so, and somebody did not want it
		return &result{outcome: Skipped, detail: d.said() + ", and turned back meanwhile"}, nil
	case !s.Mine:
		return &result{outcome: Skipped, detail: d.said() + " by somebody else meanwhile"}, nil
	}
	return &result{outcome: Done, detail: d.said(), evidence: Evidence{Event: s.Turned, At: s.TurnedAt}}, d.note()
}

func (d turn) said() string {
	if d.shut {
		return "closed"
	}
	return "open"
}
