package orchestrator

import (
	"context"
	"fmt"
	"slices"

	"github.com/dappcore/core-dev/inventory"
)

// tie ties an issue to another one, or unties it. Both may be sent again
// without harm; each is judged by what is there.
type tie struct {
	*run
	issue, to    inventory.Ref
	dependencies bool
	on           bool // what it shall be
	// there tells how the two stand: tied, and if not why they cannot be.
	there func(one, other inventory.Standing) (tied bool, why string)
	// write names the other issue by its id.
	write func(ctx context.Context, id int64) error
	id    func(one, other inventory.Standing) int64
	said  string
}

func (r *run) linking(child, parent inventory.Ref, on bool) deed {
	d := tie{run: r, issue: child, to: parent, on: on,
		there: func(one, other inventory.Standing) (bool, string) {
			switch {
			case same(one.Parent, parent):
				return true, ""
			case !one.Parent.Repo.IsZero():
				return false, "is a sub-issue of " + one.Parent.From(child.Repo) + " already, and stays it"
			case other.Children >= inventory.MostSubIssues:
				return false, fmt.Sprintf("%s has %d sub-issues, the most GitHub allows: the checklist alone names it", parent.From(child.Repo), other.Children)
			}
			return false, ""
		},
		id:   func(one, _ inventory.Standing) int64 { return one.Database },
		said: "of " + parent.From(child.Repo),
	}
	d.write = func(ctx context.Context, id int64) error { return r.Hub.LinkChild(ctx, parent, id) }
	if !on {
		d.said += " no more"
		d.write = func(ctx context.Context, id int64) error { return r.Hub.UnlinkChild(ctx, parent, id) }
	}
	return d
}

func (r *run) blocking(issue, by inventory.Ref, on bool) deed {
	d := tie{run: r, issue: issue, to: by, on: on, dependencies: true,
		there: func(one, _ inventory.Standing) (bool, string) {
			switch {
			case slices.ContainsFunc(one.BlockedBy, func(b inventory.Dependency) bool { return same(b.Ref, by) }):
				return true, ""
			case len(one.BlockedBy) >= inventory.MostBlocked:
				return false, fmt.Sprintf("is blocked by %d issues, the most GitHub allows", len(one.BlockedBy))
			}
			return false, ""
		},
		id:   func(_, other inventory.Standing) int64 { return other.Database },
		said: "by " + by.From(issue.Repo),
	}
	d.write = func(ctx context.Context, id int64) error { return r.Hub.Block(ctx, issue, id) }
	if !on {
		d.said += " no more"
		d.write = func(ctx context.Context, id int64) error { return r.Hub.Unblock(ctx, issue, id) }
	}
	return d
}

func same(a, b inventory.Ref) bool { return a.Number == b.Number && a.Repo.Same(b.Repo) }

func (d tie) look(ctx context.Context) (Baseline, *result, error) {
	one, other, err := d.Hub.Tie(ctx, d.issue, d.to, d.dependencies)
	if err != nil {
		return Baseline{}, nil, goneStale(d.issue.String(), err)
	}
	if found := d.found(one, other); found != nil {
		return Baseline{}, found, nil
	}
	switch {
	case one.Archived || other.Archived:
		return Baseline{}, nil, &Stale{d.issue.String(), "a repository of it was archived meanwhile"}
	case d.on && other.Closed:
		return Baseline{}, nil, &Stale{d.to.String(), "it was closed meanwhile"}
	}
	return Baseline{ID: d.id(one, other)}, nil, nil
}

// found is what needs no write; nil: it does.
func (d tie) found(one, other inventory.Standing) *result {
	tied, why := d.there(one, other)
	switch {
	case tied == d.on:
		return &result{outcome: Skipped, detail: d.said + " already"}
	case d.on && why != "":
		return &result{outcome: Skipped, detail: why}
	}
	return nil
}

func (d tie) send(ctx context.Context, base Baseline) (result, error) {
	err := d.write(ctx, base.ID)
	if err != nil && !doubtful(err) {
		if one, other, lookErr := d.Hub.Tie(ctx, d.issue, d.to, d.dependencies); lookErr == nil {
			if found := d.found(one, other); found != nil { // another was faster
				return *found, nil
			}
		}
	}
	return result{outcome: Done, detail: d.said}, err
}

func (d tie) judge(ctx context.Context, _ Baseline) (*result, error) {
	one, other, err := d.Hub.Tie(ctx, d.issue, d.to, d.dependencies)
	if err != nil {
		return nil, err
	}
	if tied, why := d.there(one, other); tied == d.on {
		return &result{outcome: Done, detail: d.said}, nil
	} else if d.on && why != "" {
		return &result{outcome: Skipped, detail: why}, nil
	}
	return nil, nil
}
