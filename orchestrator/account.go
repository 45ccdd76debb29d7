package orchestrator

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// reservation is a task taken and not yet settled.
type reservation struct {
	id    string
	step  int // of the Reserve, from 0
	label string
	// checked is when the child was last looked at after the task was taken; zero:
	// nobody looked, or something was waited for since.
	checked time.Time
	newest  string // id of the label's newest LABELED event then
	events  int    // how many there were
	// comment is the highest comment id then: the baseline of the first comment
	// that is sent after it; nil: used up, or nobody looked.
	comment *int64
	sent    bool // the label was sent, or may have been
}

// abandon ends a run that cannot go on. A task whose label was never sent is
// given back; one that was sent is settled when a look finds its event, and
// otherwise stays reserved and so counts as spent. A plan that was contradicted
// has ended; any other stays open, to be gone on with or settled.
func (r *run) abandon(ctx context.Context, why error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookTime)
	defer cancel()
	question := slices.ContainsFunc(r.steps, (*state).asked)
	for _, ref := range r.reserved() {
		res := r.open[ref.Key()]
		if !res.sent {
			if err := r.giveBack(ctx, ref.Key(), "the run stopped before the label"); err != nil {
				question = true // the task is reserved still: whoever settles the plan gives it back
				why = join(why, err)
			}
			continue
		}
		event, at, err := r.spent(ctx, ref, res)
		if err == nil && event != "" {
			if err = r.settle(ctx, ref, res, event, at); err == nil {
				err = r.logged(ref, res.id, event, at)
			}
		}
		if err != nil || event == "" {
			question = true
			why = &Unsettled{Plan: r.id, Target: ref.String(), Err: join(why, err)}
		}
	}
	var stale *Stale
	if errors.As(why, &stale) && !question {
		return join(why, r.leave(Outdated, why.Error()))
	}
	return join(why, r.leave("", ""))
}

// reserved are the children whose tasks are not settled yet, in a lasting order.
func (r *run) reserved() []inventory.Ref {
	var out []inventory.Ref
	for _, child := range slices.Sorted(maps.Keys(r.open)) {
		out = append(out, r.steps[r.open[child].step].Effect.(flows.Reserve).Child)
	}
	return out
}

// giveBack releases the task of a child.
func (r *run) giveBack(ctx context.Context, child, why string) error {
	res := r.open[child]
	if err := r.Ledger.Release(ctx, res.id); err != nil {
		return err
	}
	delete(r.open, child)
	return r.outcome(res.step, result{outcome: Released, detail: why, evidence: Evidence{Reservation: res.id}})
}

// spent looks for what shows this dispatch: the LABELED event that was not there
// before, or the start of the agent that was called. Without it the id is empty.
func (r *run) spent(ctx context.Context, child inventory.Ref, res *reservation) (event string, at time.Time, err error) {
	if _, s := r.stepOf(child, flows.Call{}.Kind()); s != nil {
		return r.called(ctx, s.Effect.(flows.Call).Agent, res)
	}
	i, err := r.Hub.Look(ctx, child)
	if err != nil {
		return "", time.Time{}, err
	}
	id, at, _ := lastAdded(i, res.label)
	if id == res.newest {
		return "", time.Time{}, nil
	}
	return id, at, nil
}

// settle writes down that a task was spent.
func (r *run) settle(ctx context.Context, child inventory.Ref, res *reservation, event string, at time.Time) error {
	if err := r.Journal.NoteDispatch(at, child, event); err != nil {
		return err
	}
	if err := r.Ledger.Settle(ctx, res.id, at); err != nil {
		return err
	}
	delete(r.open, child.Key())
	return nil
}

func join(why, more error) error {
	if more == nil {
		return why
	}
	return errors.Join(why, more)
}
