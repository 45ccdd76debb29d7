package orchestrator

import (
	"context"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// openPull opens a pull request of ours. GitHub has one open pull request between
// two branches at the most, so it is known again by them.
type openPull struct {
	*run
	flows.OpenPull
}

func (d openPull) alone() string { return "pulls " + d.Repo.Key() + " " + d.Head + " " + d.Base }

func (d openPull) look(ctx context.Context) (Baseline, *result, error) {
	if n := utf8.RuneCountInString(d.Title); n == 0 || n > mostTitle {
		return Baseline{}, nil, tooLong(fmt.Sprintf("%s: a title of %d characters, and GitHub takes 1 to %d", d.Repo, n, mostTitle))
	}
	if n := utf8.RuneCountInString(d.Body); n > inventory.MostBody {
		return Baseline{}, nil, tooLong(fmt.Sprintf("%s: %q has a body of %d characters, and GitHub takes %d", d.Repo, d.Title, n, inventory.MostBody))
	}
	p, err := d.there(ctx)
	switch {
	case err != nil:
		return Baseline{}, nil, goneStale(d.Repo.String(), err)
	case p != nil:
		found, err := d.opened(Skipped, p.Ref.Number)
		return Baseline{}, found, err
	}
	return Baseline{At: d.now().Truncate(time.Second)}, nil, nil
}

// there is the open pull request of the two branches; nil: there is none.
func (d openPull) there(ctx context.Context) (*inventory.PullNow, error) {
	list, err := d.Hub.OpenPulls(ctx, d.Repo, d.Head, d.Base)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

func (d openPull) send(ctx context.Context, _ Baseline) (result, error) {
	n, err := d.Hub.OpenPull(ctx, d.Repo, d.Head, d.Base, d.Title, d.Body)
	switch {
	case err == nil:
		found, err := d.opened(Done, n)
		return *found, err
	case gone(err) && !doubtful(err):
		return result{}, goneStale(d.Repo.String(), err)
	case !refusal(err):
		return result{}, err
	}
	p, lookErr := d.there(ctx)
	switch {
	case lookErr != nil:
		return result{}, lookErr
	case p != nil: // another was faster
		found, err := d.opened(Skipped, p.Ref.Number)
		return *found, err
	}
	sha, ok, lookErr := d.Hub.Head(ctx, d.Repo, d.Head)
	switch {
	case lookErr != nil:
		return result{}, lookErr
	case !ok:
		return result{}, &Stale{d.Repo.String(), "its branch " + d.Head + " is gone"}
	}
	if d.Epic.Number != 0 { // there is no pull request to remember it of
		note := inventory.PullNote{Kind: inventory.NoteRefused, What: d.Kind(), SHA: sha, Why: err.Error()}
		if err := d.Journal.NotePull(d.now(), d.Epic, note); err != nil {
			return result{}, err
		}
	}
	return refusedFor(err.Error()), nil
}

func (d openPull) judge(ctx context.Context, base Baseline) (*result, error) {
	p, err := d.there(ctx)
	switch {
	case err != nil:
		return nil, err
	case p != nil:
		return d.opened(Done, p.Ref.Number)
	}
	c, err := d.Journal.Course(d.Epic)
	for _, r := range c.Refused {
		if r.Deed == d.Kind() && !r.At.Before(base.At) {
			found := refusedFor(r.Why)
			return &found, err
		}
	}
	return nil, err
}

// opened notes whose the pull request is, before the outcome: nothing on GitHub
// says so.
func (d openPull) opened(o Outcome, n int) (*result, error) {
	said := fmt.Sprintf("#%d %s", n, d.Title)
	if o == Skipped {
		said = fmt.Sprintf("#%d of these branches is open already", n)
	}
	found := &result{outcome: o, detail: said, evidence: Evidence{Number: n}}
	if d.Epic.Number == 0 {
		return found, nil
	}
	return found, d.Journal.NotePull(d.now(), inventory.Ref{Repo: d.Repo, Number: n}, inventory.PullNote{Kind: inventory.NoteOpened, Child: d.Epic.String()})
}
