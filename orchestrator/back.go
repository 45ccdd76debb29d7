package orchestrator

import (
	"context"
	"fmt"
	"strings"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// What takes something back may be sent again without harm, so it is judged by
// what is there.

type removeLabel struct {
	*run
	flows.RemoveLabel
}

func (d removeLabel) look(ctx context.Context) (Baseline, *result, error) {
	i, err := d.Hub.Look(ctx, d.Issue)
	if err != nil {
		return Baseline{}, nil, err
	}
	event, _, events := lastAdded(i, d.Label)
	switch {
	case !d.Free && event != d.Event:
		return Baseline{}, nil, dispatchedAgain(d.Issue)
	case !i.HasLabel(d.Label):
		return Baseline{}, &result{outcome: Skipped, detail: "does not bear it any more"}, nil
	}
	return Baseline{Event: event, Events: events}, nil, nil
}

// dispatchedAgain: the dispatch that is there now is not the one the plan takes
// back, and somebody paid for it.
func dispatchedAgain(child inventory.Ref) error {
	return &Stale{child.String(), "it was dispatched again meanwhile"}
}

func (d removeLabel) send(ctx context.Context, _ Baseline) (result, error) {
	err := d.Hub.RemoveLabel(ctx, d.Issue, d.Label)
	return result{outcome: Done, detail: "- " + d.Label}, err
}

func (d removeLabel) judge(ctx context.Context, _ Baseline) (*result, error) {
	i, err := d.Hub.Look(ctx, d.Issue)
	if err != nil || i.HasLabel(d.Label) {
		return nil, err
	}
	return &result{outcome: Done, detail: "- " + d.Label}, nil
}

// noteRecall dates the recall no earlier than any label event of the child, by
// GitHub's clock: what was dispatched before counts as taken back whatever our
// own clock says.
type noteRecall struct {
	*run
	flows.NoteRecall
}

func (d noteRecall) look(ctx context.Context) (Baseline, *result, error) {
	if d.Agent == nil {
		return Baseline{}, nil, fmt.Errorf("%s: nobody is there to tell which labels dispatch", d.Child)
	}
	i, err := d.Hub.Look(ctx, d.Child)
	if err != nil {
		return Baseline{}, nil, err
	}
	var base Baseline
	for _, e := range i.LabelEvents {
		if _, ok := d.Agent(e.Label); ok && e.Added {
			base.Event = e.ID
		}
		if e.At.After(base.At) {
			base.At = e.At
		}
	}
	if strings.HasPrefix(d.Event, callEvent("")) { // no label tells of it
		base.Event, _, err = d.Journal.LastDispatch(d.Child)
		if err != nil {
			return Baseline{}, nil, err
		}
	}
	if base.Event != d.Event {
		return Baseline{}, nil, dispatchedAgain(d.Child)
	}
	return base, nil, nil
}

func (d noteRecall) send(ctx context.Context, base Baseline) (result, error) {
	if err := d.stopCalled(ctx, d.Child); err != nil {
		return result{}, err // it may go on working: it is not READY
	}
	at := d.now()
	if base.At.After(at) {
		at = base.At
	}
	return result{outcome: Done, detail: d.Detail(), evidence: Evidence{At: at}}, d.Journal.NoteRecall(at, d.Child)
}

// judge: noting it again adds nothing that matters.
func (d noteRecall) judge(context.Context, Baseline) (*result, error) { return nil, nil }

type deleteBranch struct {
	*run
	flows.DeleteBranch
}

func (d deleteBranch) look(ctx context.Context) (Baseline, *result, error) {
	sha, ok, err := d.Hub.Head(ctx, d.Repo, d.Name)
	switch {
	case err != nil:
		return Baseline{}, nil, err
	case !ok:
		return Baseline{}, &result{outcome: Skipped, detail: d.Name + " is gone already"}, nil
	case !strings.EqualFold(sha, d.SHA):
		return Baseline{}, nil, &Stale{d.Repo.String(), "its branch " + d.Name + " has other commits meanwhile"}
	}
	return Baseline{SHA: sha}, nil, nil
}

func (d deleteBranch) send(ctx context.Context, _ Baseline) (result, error) {
	err := d.Hub.DeleteBranch(ctx, d.Repo, d.Name)
	if d.Epic.Number == 0 || err == nil || gone(err) || !refusal(err) {
		return d.deleted(), err
	}
	// The next decision must not ask again: a ruleset may keep such branches.
	note := inventory.PullNote{Kind: inventory.NoteRefused, What: d.Kind(), SHA: d.SHA, Why: err.Error()}
	return refusedFor(err.Error()), d.Journal.NotePull(d.now(), d.Epic, note)
}

func (d deleteBranch) judge(ctx context.Context, _ Baseline) (*result, error) {
	_, ok, err := d.Hub.Head(ctx, d.Repo, d.Name)
	if err != nil || ok {
		return nil, err
	}
	done := d.deleted()
	return &done, nil
}

func (d deleteBranch) deleted() result {
	return result{outcome: Done, detail: d.Name, evidence: Evidence{SHA: d.SHA}}
}
