package orchestrator

import (
	"time"

	"github.com/dappcore/core-dev/flows"
)

// Outcome is what became of a step.
type Outcome string

const (
	Done     Outcome = "done"
	Skipped  Outcome = "skipped"  // was so already
	NotDone  Outcome = "not-done" // sent, and found not to have happened
	Refused  Outcome = "refused"  // for sure: nothing happened
	Released Outcome = "released" // of a reservation: given back
	Unknown  Outcome = "unknown"  // nobody can tell any more: what was written to is gone, or the task's reservation
	Waiting  Outcome = "waiting"  // only told, never recorded: it goes on after Until
)

// Event tells what an apply does: a step that was carried out, or that it
// waits, and until when.
type Event struct {
	Plan    string // its id
	Step    flows.Step
	Number  int // of the step, from 1
	Of      int
	Outcome Outcome
	Detail  string
	Made    int // number of the issue that the step made, or that stood there; 0: it makes none
	Until   time.Time
	// Progress is how far the apply is, all plans of its proposal together.
	Progress Progress
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

// Failed is the end of one plan among several by an error that concerns its
// target alone: the others went on.
type Failed struct {
	Target string // the plan's
	Err    error
}

func (e *Failed) Error() string { return e.Err.Error() }

func (e *Failed) Unwrap() error { return e.Err }

// Unsettled stops an apply while nobody knows whether a task was spent: its
// reservation stays open and counts as spent, and the journal stays open. The
// next command that writes finds it out first.
type Unsettled struct {
	Plan   string
	Target string
	Err    error
}

func (e *Unsettled) Error() string {
	return e.Target + ": it is not known whether the task was spent, so it stays reserved: " + e.Err.Error()
}

func (e *Unsettled) Unwrap() error { return e.Err }

// Paused refuses every write while .core/PAUSE exists.
type Paused struct {
	Note string // why, as it was given; may be empty
}

func (e Paused) Error() string {
	why := ".core/PAUSE"
	if e.Note != "" {
		why += ": " + e.Note
	}
	return "writing is paused (" + why + "): run \"core dev resume\" to go on"
}
