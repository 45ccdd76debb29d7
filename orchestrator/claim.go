package orchestrator

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// Taken tells that another machine has claimed a child.
type Taken struct{ Child inventory.Ref }

func (e *Taken) Error() string {
	return e.Child.String() + ": another machine has claimed it; \"core dev recall\" frees a claim that was left"
}

// makeMark makes the commit of our own that a claim points to: its sha names the
// winner, also when the answer to the claim was lost. (A commit, where
// spec/2-flows says a tag object: as much ours, and one kind of object less to
// make.) One whose answer was lost is made again: it cannot be looked for, and
// nothing refers to it.
type makeMark struct {
	*run
	flows.MakeMark
}

func (d makeMark) look(ctx context.Context) (Baseline, *result, error) {
	found, err := d.standing(ctx, d.Child, d.Attempt, "")
	return Baseline{}, found, err
}

// send notes the mark before a claim can point to it: a claim that lands when this
// process is long gone, and its plan settled, is the folder's all the same, and
// does not keep everybody from the child.
func (d makeMark) send(ctx context.Context, _ Baseline) (result, error) {
	text := fmt.Sprintf("claim of %s, attempt %d, by plan %s (%s)", d.Child, d.Attempt, d.id, newNonce())
	sha, err := d.Hub.MakeMark(ctx, d.Child.Repo, d.From, text)
	if err != nil {
		return result{}, err
	}
	return result{outcome: Done, detail: short(sha), evidence: Evidence{SHA: sha}}, d.Journal.NoteClaim(d.now(), d.Child, sha)
}

func (d makeMark) judge(context.Context, Baseline) (*result, error) { return nil, nil }

// claim creates the reference of an attempt, which GitHub lets one alone do.
type claim struct {
	*run
	flows.Claim
}

// look asks GitHub nothing where the mark was made for this claim: creating it is
// the look.
func (d claim) look(ctx context.Context) (Baseline, *result, error) {
	mark := d.mark()
	if mark == nil || mark.Evidence == nil || mark.Evidence.SHA == "" {
		return Baseline{}, nil, &Stale{d.Child.String(), "nothing was made that its claim could point to"}
	}
	base := Baseline{SHA: mark.Evidence.SHA}
	if mark.Outcome == Done {
		return base, nil, nil
	}
	found, err := d.standing(ctx, d.Child, d.Attempt, base.SHA)
	return base, found, err
}

// mark is what came of the claim's MakeMark; nil: it is not there, or not finished.
func (d claim) mark() *record {
	for _, s := range d.steps {
		if e, ok := s.Effect.(flows.MakeMark); ok && e.Child.Key() == d.Child.Key() && e.Attempt == d.Attempt && s.finished() {
			return s.outcome
		}
	}
	return nil
}

// standing finds whose claim there is, if any: ours is one made with sha, or one
// noted for an attempt that was not dispatched.
func (r *run) standing(ctx context.Context, child inventory.Ref, attempt int, sha string) (*result, error) {
	there, ok, err := r.Hub.Ref(ctx, child.Repo, flows.ClaimRef(child, attempt))
	if err != nil || !ok {
		return nil, err
	}
	if there == sha {
		done := won(child, attempt, sha)
		return &done, nil
	}
	ours, err := r.Journal.Claimed(child, there)
	if err != nil {
		return nil, err
	}
	if !ours {
		return nil, &Taken{child}
	}
	return &result{outcome: Skipped, detail: "claimed before, by " + short(there), evidence: Evidence{SHA: there}}, nil
}

func (d claim) send(ctx context.Context, base Baseline) (result, error) {
	err := d.Hub.CreateRef(ctx, d.Child.Repo, flows.ClaimRef(d.Child, d.Attempt), base.SHA)
	if err == nil {
		return won(d.Child, d.Attempt, base.SHA), nil
	}
	if !doubtful(err) {
		if found, lookErr := d.standing(ctx, d.Child, d.Attempt, base.SHA); found != nil {
			return *found, nil
		} else if lookErr != nil {
			err = lookErr
		}
	}
	return result{}, err
}

func (d claim) judge(ctx context.Context, base Baseline) (*result, error) {
	return d.standing(ctx, d.Child, d.Attempt, base.SHA)
}

func won(child inventory.Ref, attempt int, sha string) result {
	return result{outcome: Done, detail: flows.ClaimRef(child, attempt) + " at " + short(sha), evidence: Evidence{SHA: sha}}
}

// stands looks whether the claim that a label rests on is still ours: it may have
// been freed, and the child claimed by another machine, while this one waited.
func (r *run) stands(ctx context.Context, child inventory.Ref, attempt int) error {
	sha, ok, err := r.Hub.Ref(ctx, child.Repo, flows.ClaimRef(child, attempt))
	if err != nil {
		return err
	}
	for _, s := range r.steps {
		if e, is := s.Effect.(flows.Claim); is && ok && e.Child.Key() == child.Key() && e.Attempt == attempt && s.finished() && s.outcome.Evidence != nil && s.outcome.Evidence.SHA == sha {
			return nil
		}
	}
	return &Taken{child}
}

// Lives is how long a claim may be of a dispatch that is under way in another
// folder: as long as one write may wait and land. Who waits longer looks whether
// its claim still stands.
func Lives(quiet time.Duration) time.Duration { return sendLimit + quiet }

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
	switch {
	case err != nil:
		return Baseline{}, nil, err
	case !ok:
		return Baseline{}, &result{outcome: Skipped, detail: "nobody has claimed it"}, nil
	case sha != d.SHA:
		return Baseline{}, nil, &Stale{d.Child.String(), "its claim was freed and made anew meanwhile"}
	}
	return Baseline{SHA: sha}, nil, nil
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
