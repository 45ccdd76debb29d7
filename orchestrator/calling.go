package orchestrator

import (
	"context"
	"fmt"
	"time"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// Caller is an agent that is called, where others are handed work by a label.
type Caller interface {
	// Start has it work on a task, in its own process: it goes on when this one
	// ends. Once a task's ID is known to it, starting that again starts nothing.
	// An error means that it was not started; it is Busy where it has as many tasks
	// as it takes at once.
	Start(ctx context.Context, t CallTask) error
	// Started is when it was started on the task of that ID; zero: never.
	Started(ctx context.Context, id string) (time.Time, error)
	// Has tells whether it was given a child and not stopped since.
	Has(ctx context.Context, child inventory.Ref) (bool, error)
	// Stop ends whatever it does for a child; nothing is fine.
	Stop(ctx context.Context, child inventory.Ref) error
}

// CallTask is what an agent that is called has to know.
type CallTask struct {
	ID     string // of the reservation that pays for it
	Child  inventory.Ref
	Epic   inventory.Ref // zero: a direct dispatch
	Branch string        // that its pull request goes into; short name
}

// call starts an agent. It is judged by the agent's own record of the reservation,
// which is on disk before the agent begins.
type call struct {
	*run
	flows.Call
}

func (r *run) caller(agent string) (Caller, error) {
	if c := r.Callers[agent]; c != nil {
		return c, nil
	}
	return nil, fmt.Errorf("the agent %s has no command here: see agents: in .core/config.yaml", agent)
}

func (d call) look(ctx context.Context) (Baseline, *result, error) {
	res := d.open[d.Child.Key()]
	if res == nil {
		return Baseline{}, nil, fmt.Errorf("%s: a call that spends a task needs a reservation first", d.Child)
	}
	c, err := d.caller(d.Agent)
	if err != nil {
		return Baseline{}, nil, err
	}
	if has, err := c.Has(ctx, d.Child); err != nil {
		return Baseline{}, nil, err
	} else if has {
		return Baseline{}, nil, &Stale{d.Child.String(), d.Agent + " has it already; \"core dev recall\" takes it back"}
	}
	return Baseline{Reservation: res.id}, nil, nil
}

func (d call) send(ctx context.Context, base Baseline) (result, error) {
	res := d.open[d.Child.Key()]
	c, err := d.caller(d.Agent)
	if err != nil {
		return result{}, err
	}
	if err := Cleared(ctx); err != nil {
		return result{}, err
	}
	err = c.Start(ctx, CallTask{ID: base.Reservation, Child: d.Child, Epic: d.Epic, Branch: d.Branch})
	if res != nil {
		res.sent = err == nil || doubtful(err)
	}
	return result{outcome: Done, detail: d.Agent + " began"}, err
}

func (d call) judge(ctx context.Context, base Baseline) (*result, error) {
	c, err := d.caller(d.Agent)
	if err != nil {
		return nil, err
	}
	at, err := c.Started(ctx, base.Reservation)
	if err != nil || at.IsZero() {
		return nil, err
	}
	if res := d.open[d.Child.Key()]; res != nil {
		res.sent = true
	}
	return &result{outcome: Done, detail: d.Agent + " began", evidence: Evidence{Event: callEvent(base.Reservation), At: at}}, nil
}

// callEvent stands where a label's dispatch has the id of its LABELED event.
func callEvent(reservation string) string { return "call:" + reservation }

// called looks for the start of an agent that is called.
func (r *run) called(ctx context.Context, agent string, res *reservation) (event string, at time.Time, err error) {
	c, err := r.caller(agent)
	if err != nil {
		return "", time.Time{}, err
	}
	if at, err = c.Started(ctx, res.id); err != nil || at.IsZero() {
		return "", time.Time{}, err
	}
	return callEvent(res.id), at, nil
}

// dispatchOf is the step that dispatches a child: its label, or the call.
func (r *run) dispatchOf(child inventory.Ref) (int, *state) {
	if k, s := r.stepOf(child, flows.Call{}.Kind()); s != nil {
		return k, s
	}
	return r.stepOf(child, flows.AddLabel{}.Kind())
}

// stopCalled ends what agents of this machine do for a child that is taken back.
func (r *run) stopCalled(ctx context.Context, child inventory.Ref) error {
	for name, c := range r.Callers {
		if err := c.Stop(ctx, child); err != nil {
			return fmt.Errorf("stop %s on %s: %w", name, child, err)
		}
	}
	return nil
}
