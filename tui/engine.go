package tui

import (
	"context"
	"time"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
)

// Engine is all the screen needs of the program. Every method may be called
// from any goroutine; the screen calls at most one of each at a time.
type Engine interface {
	// Cached is the view kept from an earlier run, without asking anybody;
	// false when there is none. It should take well under 100 ms; where it would not
	// with all there is, the view is a partial one.
	Cached() (orchestrator.View, bool)
	// Kept is all that was kept, however long it takes to read. It is asked for where
	// Cached gave a part and GitHub cannot be read.
	Kept() (orchestrator.View, bool)
	// Paused tells whether writing is paused, and the reason given. It is asked
	// every second and reads a small file at most.
	Paused() (reason string, on bool)
	// Recent are the plans of the last day, oldest first, from our files alone.
	Recent() ([]orchestrator.Entry, error)
	// Refresh looks at GitHub and our files. A view that came is never changed
	// afterwards. When it fails the screen keeps what it has.
	Refresh(ctx context.Context) (orchestrator.View, error)
	// Changed returns once this folder's dispatch log changed, whoever wrote it;
	// false when the context ended, or where nobody can tell.
	Changed(ctx context.Context) bool
	// Propose plans and sends nothing. Beyond the budget it fails with
	// *flows.Refusal, which says what would fit.
	Propose(ctx context.Context, ask Ask) (orchestrator.Proposal, error)
	// Apply carries out exactly the proposal of that id, and the later rounds of
	// it that it announced, telling emit of each step; emit does not block. When
	// the world moved it fails with *orchestrator.Stale, and with *Further before a
	// round that goes beyond what was announced. A cancelled context stops it before
	// its next write.
	Apply(ctx context.Context, id string, emit func(orchestrator.Event)) error
	// Follow is one look of the follow whose proposal was applied last: it looks,
	// decides, and sends what is decided within what was approved.
	Follow(ctx context.Context, emit func(orchestrator.Event)) (Round, error)
	// Pulls looks at the pull requests of what is dispatched, and says of each
	// what would be done next. It sends nothing and remembers nothing.
	Pulls(ctx context.Context) ([]Pull, error)
	// Spent are the tasks of the last days, the oldest first, today last; from our
	// files alone.
	Spent() ([]budget.DayUse, error)
	// Ahead is what today's plan is, and when the epics will be complete.
	Ahead(ctx context.Context) (Ahead, error)
	// Sittings are the steps of the day's sessions, in their order, each with what
	// there is to do now.
	Sittings(ctx context.Context) ([]Sitting, error)
}

// Further ends an apply whose next round goes beyond what was announced: what was
// approved is done, and the rest has to be shown first.
type Further struct{ Target string }

func (e *Further) Error() string {
	return e.Target + ": the next round goes beyond what was announced"
}

// Verb is what is asked for. Each is a command of the command line.
type Verb string

const (
	Dispatch Verb = "dispatch" // the READY children of epics are handed out
	Audit    Verb = "audit"    // the findings of audits become issues
	Organise Verb = "epic"     // issues become epics
	Tick     Verb = "tick"     // checklists are kept in step with their children
	Follow   Verb = "follow"   // what runs is followed to its end, look by look
	Undo     Verb = "undo"     // what was sent is taken back
	Plan     Verb = "plan"     // the day's plan is handed out
	Sit      Verb = "session"  // a step of a day's session
)

// Ask asks for a plan.
type Ask struct {
	Verb   Verb
	Repos  []inventory.RepoRef // Audit, Organise
	Epics  []inventory.Ref     // Dispatch, Tick
	Issues []inventory.Ref     // Organise: these alone; nil: all that belong nowhere
	Max    int                 // Dispatch: children at the most; 0: all that are READY
	Plan   string              // Undo: that one; empty: what was sent last, with all its rounds
	Step   int                 // Sit: its number
	// Of is the proposal that was made last, less the step of that number, counted
	// from 1 over its plans, and those that rest on it (flows.Plan.Without). Nothing is
	// looked at for it, no further round follows what it leaves. Empty: all anew.
	Of      string
	Without int
}

// Round is what one look of a follow came to.
type Round struct {
	View  orchestrator.View
	Pulls []Pull
	Sent  int           // steps
	Over  bool          // nothing is left that following could do
	Pause time.Duration // until the next look, as the screen's clock goes
	// Trouble is what went wrong with one target, or may pass by itself: it is
	// looked at again.
	Trouble []error
}

// Pull is a pull request, or a dispatched child that has none yet, as one look
// sees it, and what is done about it.
type Pull struct {
	Ref     inventory.Ref // of the child where there is no pull request
	Child   inventory.Ref
	Epic    inventory.Ref // zero: dispatched directly
	Title   string
	Agent   string // who opened it
	Open    bool   // false: it has none, or it ended
	State   string // of one that ended, or of the session: "merged", "closed", "no pull request"
	Checks  inventory.Checks
	Threads int // review threads that are not resolved
	Of      int // review threads
	Fits    string
	Tries   int // requests for a fix so far
	Since   time.Time
	Row     string // of the table by which it is judged
	Seen    string
	Next    string
	Person  string // what a person is needed for; empty: nothing
}

// Ahead is what is to come.
type Ahead struct {
	Said   string // of today's plan, in a line
	Tasks  int    // that the plan hands out
	Shares []Share
	Notes  []string
	Epics  []Finish
	// Picture is the burn-up: text, a row each, of what every terminal has where the
	// screen is ASCII only.
	Picture []string
}

// Share is a repository's part of today's plan.
type Share struct {
	Repo         string
	Tasks, Ready int
}

// Finish is by when something is complete, in 50, 85 and 95 percent of the trials:
// dates, or "later".
type Finish struct {
	Name               string
	Open               int
	Half, Likely, Sure string
}

// Sitting is a step of a session of the day.
type Sitting struct {
	Step    int
	Session string // morning, midday, evening
	Title   string
	Count   int
	Said    string // what there is to do, in a line
	State   string // open, done, changed
	Sends   bool   // there is a plan to be sent
	Problem error  // it could not be looked at
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
