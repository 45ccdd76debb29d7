package orchestrator

import "github.com/dappcore/core-dev/flows"

// Outcome is what became of a step.
type Outcome string

const (
	Done    Outcome = "done"
	Skipped Outcome = "skipped" // was so already
)

// Event reports a step that was carried out.
type Event struct {
	Step    flows.Step
	Number  int // of the step, from 1
	Of      int
	Outcome Outcome
	Detail  string
}

// Stale stops an apply: what a step met contradicts what the plan was made on.
// Nothing more was sent; a new plan sees what is.
type Stale struct {
	Target string
	Why    string
}

func (e *Stale) Error() string {
	return e.Target + ": " + e.Why + "; nothing more was sent. Run the command again to plan anew"
}

// Unsettled stops an apply after a task may have been spent: the reservation
// stays open and counts as spent until it is settled.
type Unsettled struct {
	Target string
	Err    error
}

func (e *Unsettled) Error() string {
	return e.Target + ": it is not known whether the task was spent, so it stays reserved: " + e.Err.Error()
}

func (e *Unsettled) Unwrap() error { return e.Err }

// Paused refuses every write while .core/PAUSE exists.
type Paused struct{}

func (Paused) Error() string {
	return "writing is paused (.core/PAUSE): run \"core dev resume\" to go on"
}
