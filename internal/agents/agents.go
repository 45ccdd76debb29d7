// Package agents is what all who implement children have in common, and how each
// kind of them is handed its work (spec/1-domain "agent").
package agents

import (
	"context"
	"errors"
	"fmt"

	"github.com/dappcore/core-dev/inventory"
)

// Agent is one who implements. What it makes is a pull request into the task's
// branch that refers to the child; from then on that is watched like any other.
type Agent interface {
	// Start hands it a task, once for an ID: again with the same starts nothing. It
	// is *Busy where it works on as many as it takes at once.
	Start(ctx context.Context, t Task) error
	// Has tells whether it was given a child and that was not taken back since.
	Has(ctx context.Context, child inventory.Ref) (bool, error)
	// Stop takes a child back and ends what is done for it; twice is fine.
	Stop(ctx context.Context, child inventory.Ref) error
	// Ask asks it to mend its pull request; ErrCannot: it cannot be asked.
	Ask(ctx context.Context, pull inventory.Ref, fix inventory.Fix) error
}

// Task is one child to be implemented.
type Task struct {
	ID     string        `json:"id"` // of the dispatch
	Child  inventory.Ref `json:"child"`
	Epic   inventory.Ref `json:"epic,omitzero"` // zero: a direct dispatch
	Branch string        `json:"branch"`        // that the pull request goes into; short name
}

// ErrCannot tells that an agent cannot be asked for anything.
var ErrCannot = errors.New("this agent cannot be asked")

// Busy tells that an agent takes no more tasks for now. Nothing was started.
type Busy struct {
	Agent string
	Limit int
}

func (b *Busy) Error() string {
	return fmt.Sprintf("%s works on %d tasks, which is its limit (agents.%s.concurrency)", b.Agent, b.Limit, b.Agent)
}

// Local tells that other plans are not concerned.
func (b *Busy) Local() bool { return true }
