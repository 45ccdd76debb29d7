package orchestrator

import (
	"context"
	"errors"
	"fmt"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// Taken tells that another machine has claimed a child.
type Taken struct{ Child inventory.Ref }

func (e *Taken) Error() string {
	return e.Child.String() + ": another machine has claimed it; \"core dev recall\" frees a claim that was left"
}

// claim creates the reference of an attempt, which GitHub lets one alone do. It
// points to a commit of our own: the sha names the winner, also when the answer
// was lost. (A commit, where spec/2-flows says a tag object: as much ours, and
// one kind of object less to make.) It is noted before it is sent: one that
// lands when this process is long gone, and its plan settled, is the folder's
// all the same, and does not keep everybody from the child.
type claim struct {
	*run
	flows.Claim
}

func (d claim) look(ctx context.Context) (Baseline, *result, error) {
	if found, err := d.standing(ctx, ""); err != nil || found != nil {
		return Baseline{}, found, err
	}
	if sha := d.marked(); sha != "" {
		return Baseline{SHA: sha}, nil, nil
	}
	// Until something refers to it, an object more or less is nothing.
	text := fmt.Sprintf("claim of %s, attempt %d, by plan %s (%s)", d.Child, d.Attempt, d.id, newNonce())
	sha, err := d.Hub.MakeMark(ctx, d.Child.Repo, d.From, text)
	for try := 1; doubtful(err) && try < tries; try++ {
		sha, err = d.Hub.MakeMark(ctx, d.Child.Repo, d.From, text)
	}
	if err != nil {
		return Baseline{}, nil, err
	}
	return Baseline{SHA: sha}, nil, d.Journal.NoteClaim(d.now(), d.Child, sha)
}

// marked is the object this plan made before, where the claim is sent again: the
// first one may still land, and is ours then, too.
func (d claim) marked() string {
	for _, s := range d.steps {
		if e, ok := s.Effect.(flows.Claim); ok && e == d.Claim && s.intent != nil && s.intent.Baseline != nil {
			return s.intent.Baseline.SHA
		}
	}
	return ""
}

// standing finds whose claim there is, if any: ours is one made with sha, or one
// noted for an attempt that was not dispatched.
func (d claim) standing(ctx context.Context, sha string) (*result, error) {
	there, ok, err := d.Hub.Ref(ctx, d.Child.Repo, flows.ClaimRef(d.Child, d.Attempt))
	if err != nil || !ok {
		return nil, err
	}
	if there == sha {
		done := d.won(sha)
		return &done, nil
	}
	ours, err := d.Journal.Claimed(d.Child, there)
	if err != nil {
		return nil, err
	}
	if !ours {
		return nil, &Taken{d.Child}
	}
	return &result{outcome: Skipped, detail: "claimed before, by " + short(there), evidence: Evidence{SHA: there}}, nil
}

func (d claim) send(ctx context.Context, base Baseline) (result, error) {
	err := d.Hub.CreateRef(ctx, d.Child.Repo, flows.ClaimRef(d.Child, d.Attempt), base.SHA)
	if err == nil {
		return d.won(base.SHA), nil
	}
	if !doubtful(err) {
		if found, lookErr := d.standing(ctx, base.SHA); found != nil {
			return *found, nil
		} else if lookErr != nil {
			err = lookErr
		}
	}
	return result{}, err
}

func (d claim) judge(ctx context.Context, base Baseline) (*result, error) {
	return d.standing(ctx, base.SHA)
}

func (d claim) won(sha string) result {
	return result{outcome: Done, detail: flows.ClaimRef(d.Child, d.Attempt) + " at " + short(sha), evidence: Evidence{SHA: sha}}
}

// pass gives up a child that another machine has: its task is given back and its
// steps are left out; the plan goes on with the next child. Any other error is
// returned.
func (r *run) pass(ctx context.Context, k int, err error) error {
	var taken *Taken
	if !errors.As(err, &taken) {
		return err
	}
	if res := r.open[taken.Child.Key()]; res != nil {
		if err := r.giveBack(ctx, taken.Child.Key(), "another machine has claimed the child"); err != nil {
			return err
		}
	}
	target := taken.Child.String()
	for n := k; n < len(r.steps); n++ {
		if r.steps[n].Effect.Target() != target {
			continue
		}
		if err := r.close(n, &result{outcome: Refused, detail: "another machine has claimed it"}, nil); err != nil {
			return err
		}
	}
	r.passed[target] = true
	return nil
}

type freeClaim struct {
	*run
	flows.FreeClaim
}

func (d freeClaim) look(ctx context.Context) (Baseline, *result, error) {
	sha, ok, err := d.Hub.Ref(ctx, d.Child.Repo, flows.ClaimRef(d.Child, d.Attempt))
	if err == nil && !ok {
		return Baseline{}, &result{outcome: Skipped, detail: "nobody has claimed it"}, nil
	}
	return Baseline{SHA: sha}, nil, err
}

func (d freeClaim) send(ctx context.Context, base Baseline) (result, error) {
	err := d.Hub.DeleteRef(ctx, d.Child.Repo, flows.ClaimRef(d.Child, d.Attempt))
	return d.freed(base), err
}

func (d freeClaim) judge(ctx context.Context, base Baseline) (*result, error) {
	_, ok, err := d.Hub.Ref(ctx, d.Child.Repo, flows.ClaimRef(d.Child, d.Attempt))
	if err != nil || ok {
		return nil, err
	}
	done := d.freed(base)
	return &done, nil
}

func (d freeClaim) freed(base Baseline) result {
	return result{outcome: Done, detail: d.Detail(), evidence: Evidence{SHA: base.SHA}}
}
