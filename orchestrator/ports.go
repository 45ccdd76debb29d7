// Package orchestrator makes it happen: it asks a flow for its plan and
// applies the plan step by step, the same for every caller. What it needs of
// the world it names here; wiring is cmd's.
package orchestrator

import (
	"context"
	"time"

	"github.com/dappcore/core-dev/inventory"
)

// Hub is GitHub as applying a plan needs it. Writes are sent once: no layer
// below retries one. An error for which Doubtful reports true may have landed.
type Hub interface {
	// Look reads the structure of one issue afresh: state, labels, label events.
	Look(ctx context.Context, ref inventory.Ref) (inventory.Issue, error)
	// Head is the head of a branch; false when there is no such branch.
	Head(ctx context.Context, repo inventory.RepoRef, branch string) (sha string, ok bool, err error)
	CreateBranch(ctx context.Context, repo inventory.RepoRef, branch, sha string) error
	Comment(ctx context.Context, ref inventory.Ref, body string) error
	AddLabel(ctx context.Context, ref inventory.Ref, label string) error
}

// Doubtful is implemented by errors of writes whose answer was lost or is no
// answer: only a look can tell whether they landed.
type Doubtful interface{ Doubtful() bool }

// Task is one dispatch to be paid for.
type Task struct {
	Child inventory.Ref
	Agent string
	Epic  inventory.Ref // zero: a direct dispatch
	Lines int           // of the child in dispatch.log, as the plan knew it
}

// Ledger is the budget's files under their lock.
type Ledger interface {
	// Reserve checks the budget and takes the task, in one step under the
	// lock, fsynced; it names the member who is charged. A task that does not
	// fit is refused with *flows.Refusal, one that was reserved or dispatched
	// meanwhile with *Stale.
	Reserve(ctx context.Context, t Task) (id, member string, err error)
	// Settle writes the dispatch.log line, dated, and closes the reservation.
	Settle(ctx context.Context, id string, at time.Time) error
	// Release gives the task back: nothing was dispatched.
	Release(ctx context.Context, id string) error
}

// Brake tells whether writing is paused (`core dev pause`).
type Brake interface{ Paused() (bool, error) }
