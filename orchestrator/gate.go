package orchestrator

import (
	"context"
	"errors"
	"time"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

const (
	// sendLimit bounds how old the intent of a write, and the look it rests on,
	// may be when its bytes leave: it may have waited for GitHub's limits and for
	// the writes of others, or this machine slept.
	sendLimit = 2 * time.Minute
	// checkLimit is how old the look at a child may be when a write to it is
	// begun. It is well below sendLimit, so that what was refused as too late is
	// always looked at again.
	checkLimit = time.Minute
)

type gateKey struct{}

// Cleared tells whether a write sent with this context may still leave. Whoever
// sends asks right before the bytes leave, after every wait of its own; an error
// refuses the write for sure: nothing was sent, and nothing may be.
func Cleared(ctx context.Context) error {
	if gate, ok := ctx.Value(gateKey{}).(func() error); ok {
		return gate()
	}
	return nil
}

// late refuses a write whose intent or look grew old before it could leave.
type late struct{ age time.Duration }

func (e late) Error() string {
	return "nothing was sent: it had waited for " + e.age.Round(time.Second).String()
}

func isLate(err error) bool {
	var l late
	return errors.As(err, &l)
}

// gated is the context a step is sent with: paused or too late, nothing leaves.
func (r *run) gated(ctx context.Context, k int) context.Context {
	since := r.steps[k].intent.At
	if res := r.taskOf(k); res != nil && !res.checked.IsZero() && res.checked.Before(since) {
		since = res.checked
	}
	return context.WithValue(ctx, gateKey{}, func() error {
		if age := r.now().Sub(since); age > sendLimit {
			return late{age}
		}
		return r.unpaused()
	})
}

// unpaused is *Paused where writing is paused.
func (r *run) unpaused() error {
	paused, err := r.Brake.Paused()
	if err == nil && paused {
		err = Paused{}
	}
	return err
}

// taskOf is the task for which a step writes to a child; nil: the step rests on
// none.
func (r *run) taskOf(k int) *reservation {
	var child inventory.Ref
	switch e := r.steps[k].Effect.(type) {
	case flows.MakeMark:
		child = e.Child
	case flows.Claim:
		child = e.Child
	case flows.Comment:
		child = e.Issue
	case flows.Call:
		child = e.Child
	case flows.AddLabel:
		if !e.Spends {
			return nil
		}
		child = e.Issue
	default:
		return nil
	}
	return r.open[child.Key()]
}

// fresh looks at the child again that a step is about to write to, unless that
// was done a moment ago. A run that goes on with a left plan, or that waited,
// always looks: the child may have been closed meanwhile.
func (r *run) fresh(ctx context.Context, k int) error {
	res := r.taskOf(k)
	if res == nil || !res.checked.IsZero() && r.now().Sub(res.checked) <= checkLimit {
		return nil
	}
	return r.check(ctx, r.steps[res.step].Effect.(flows.Reserve).Child, res.newest)
}

// forget makes the looks at children count no more: something was waited for.
func (r *run) forget() {
	for _, res := range r.open {
		res.checked, res.comment = time.Time{}, nil
	}
}
