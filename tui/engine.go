package tui

import (
	"context"
	"time"

	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
)

// Engine is all the screen needs of the program. Every method may be called
// from any goroutine; the screen calls at most one Refresh, one Propose and one
// Apply at a time.
type Engine interface {
	// Cached is the view kept from an earlier run, without asking anybody;
	// false when there is none. It should take well under 100 ms.
	Cached() (orchestrator.View, bool)
	// Paused tells whether writing is paused, and the reason given. It is asked
	// every second and reads a small file at most.
	Paused() (reason string, on bool)
	// Recent are the plans of the last day, oldest first, from our files alone.
	Recent() []orchestrator.Entry
	// Refresh looks at GitHub and our files. A view that came is never changed
	// afterwards. When it fails the screen keeps what it has.
	Refresh(ctx context.Context) (orchestrator.View, error)
	// Propose plans and sends nothing. Beyond the budget it fails with
	// *flows.Refusal, which says what would fit.
	Propose(ctx context.Context, d Dispatch) (orchestrator.Proposal, error)
	// Apply carries out exactly the proposal of that id, telling emit of each
	// step; emit does not block. When the world moved it fails with
	// *orchestrator.Stale. A cancelled context stops it before its next write.
	Apply(ctx context.Context, id string, emit func(orchestrator.Event)) error
}

// Dispatch asks for the READY children of an epic to be handed out.
type Dispatch struct {
	Epic inventory.Ref
	Max  int // children at the most; 0: all that are READY
}

// Clock tells the time and waits; tests bring their own.
type Clock interface {
	Now() time.Time
	After(d time.Duration) <-chan time.Time
}

// wallClock is the machine's.
type wallClock struct{}

func (wallClock) Now() time.Time                         { return time.Now() }
func (wallClock) After(d time.Duration) <-chan time.Time { return time.After(d) }
