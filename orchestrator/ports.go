// Package orchestrator makes it happen: it asks a flow for its plan and
// applies the plan step by step, the same for every caller, so that a process
// may die at any instruction and nothing is done twice (spec/2-flows "Writing
// to GitHub, exactly once"). What it needs of the world it names here; wiring
// is cmd's.
package orchestrator

import (
	"context"
	"time"

	"github.com/dappcore/core-dev/inventory"
)

// Hub is GitHub as applying a plan needs it. Writes are sent once: no layer
// below retries one; right before one leaves it asks Cleared. Its errors may implement Doubtful, Limited and Gone.
type Hub interface {
	Making
	Pulling
	// Look reads the structure of one issue afresh: state, labels, label events.
	Look(ctx context.Context, ref inventory.Ref) (inventory.Issue, error)
	// Recheck reads afresh all that the dispatch of a child rests on: Look, what
	// blocks it, whether its acceptor still may write, whether its epic was closed
	// or edited; and the baseline of a comment.
	Recheck(ctx context.Context, q inventory.Question) (inventory.Fresh, error)
	// Comments lists the comments newer than the id since, oldest first; with
	// since 0 only the newest, whose last has the highest id.
	Comments(ctx context.Context, ref inventory.Ref, since int64) ([]inventory.Comment, error)
	// Head is the head of a branch; false when there is no such branch.
	Head(ctx context.Context, repo inventory.RepoRef, branch string) (sha string, ok bool, err error)

	// Ref is Head for a reference by its full name.
	Ref(ctx context.Context, repo inventory.RepoRef, name string) (sha string, ok bool, err error)

	// MakeMark makes an object of our own that nothing refers to, with the
	// files of a branch.
	MakeMark(ctx context.Context, repo inventory.RepoRef, branch, text string) (sha string, err error)
	CreateRef(ctx context.Context, repo inventory.RepoRef, name, sha string) error
	DeleteRef(ctx context.Context, repo inventory.RepoRef, name string) error
	CreateBranch(ctx context.Context, repo inventory.RepoRef, branch, sha string) error
	DeleteBranch(ctx context.Context, repo inventory.RepoRef, branch string) error
	PostComment(ctx context.Context, ref inventory.Ref, body string) (id int64, err error)
	DeleteComment(ctx context.Context, ref inventory.Ref, id int64) error
	AddLabel(ctx context.Context, ref inventory.Ref, label string) error
	RemoveLabel(ctx context.Context, ref inventory.Ref, label string) error
}

// Doubtful is implemented by errors of writes whose answer was lost or is no
// answer: only a look can tell whether they landed.
type Doubtful interface{ Doubtful() bool }

// Limited is implemented by errors of writes that a rate limit refused for
// sure: after RetryIn they may be sent. 0: it was something else.
type Limited interface{ RetryIn() time.Duration }

// Gone is implemented by errors that tell that what was asked about is not
// there any more, or hidden.
type Gone interface{ Gone() bool }

// Local is implemented by errors that concern what was written to and nothing
// else: refused for sure, there, as it would be again. Work elsewhere goes on.
type Local interface{ Local() bool }

// Overtaken is implemented by errors of writes that were refused for sure because
// what they were based on is no longer so.
type Overtaken interface{ Overtaken() bool }

// Moot is implemented by errors of writes that were refused for sure because what
// they were to bring about is so already.
type Moot interface{ Moot() bool }

// Ripe is implemented by errors of leaving a merge to GitHub that was refused for
// sure because it can be merged at once.
type Ripe interface{ Ripe() bool }

// Labeler puts the label on that spends a task, as the account whose quota it is.
type Labeler interface {
	AddLabel(ctx context.Context, ref inventory.Ref, label string) error
}

// Task is one dispatch to be paid for.
type Task struct {
	ID     string // of the reservation, chosen before it is made
	Child  inventory.Ref
	Agent  string
	Member string        // to be charged, as the plan said
	Epic   inventory.Ref // zero: a direct dispatch
	Lines  int           // of the child in dispatch.log, as the plan knew it
}

// Ledger is the budget's files under their lock.
type Ledger interface {
	// Reserve checks the budget and takes the task, in one step under the
	// lock, fsynced; it names the member who is charged: the task's, and nobody
	// else. A task that does not fit is refused with *flows.Refusal; one that was
	// reserved or dispatched meanwhile, or that only another member has room
	// for, with *Stale.
	Reserve(ctx context.Context, t Task) (member string, err error)
	// IsHeld tells whether a reservation is open.
	IsHeld(ctx context.Context, id string) (bool, error)
	// OpenIDs are the ids of the open reservations.
	OpenIDs(ctx context.Context) ([]string, error)
	// WasSettled tells whether a reservation that is open no more was settled, and
	// not given back or lost; lines are the child's in dispatch.log as it was made.
	WasSettled(ctx context.Context, id string, child inventory.Ref, lines int) (bool, error)
	// Settle writes the dispatch.log line, dated, and closes the reservation.
	Settle(ctx context.Context, id string, at time.Time) error
	// Release gives the task back: nothing was dispatched.
	Release(ctx context.Context, id string) error
}

// Journal is `.core/journal/`. Records are single lines of JSON; whatever is
// written is on disk when the call returns.
type Journal interface {
	// Begin makes a plan's file with its first record and takes it.
	Begin(id string, record []byte) error
	// Take takes an open plan that nobody works on; false: another process
	// does, or it has ended meanwhile.
	Take(id string) (bool, error)
	// Append adds a record to a plan that was begun or taken.
	Append(id string, record []byte) error
	// Leave gives a plan up, and closes its file for good when it has ended.
	Leave(id string, ended bool) error
	// Read returns a plan's records and whether it is open.
	Read(id string) (records [][]byte, open bool, err error)
	// Held tells whether a process works on an open plan.
	Held(id string) (bool, error)
	// Unfinished are the open plans, IDs all of them, oldest first.
	Unfinished() ([]string, error)
	IDs() ([]string, error)

	// Standing is the target comment that was posted for an attempt which was
	// not dispatched, with the digest of its text; 0: there is none.
	Standing(ref inventory.Ref) (comment int64, digest string, err error)
	// Claimed tells whether a claim of a child with that object is ours: one that
	// was noted for the attempt which was not dispatched.
	Claimed(ref inventory.Ref, sha string) (bool, error)
	// Posted is the comment of that text that this folder posted on an issue once
	// and for all; 0: none, or it was taken back.
	Posted(ref inventory.Ref, digest string) (comment int64, err error)
	// MadeAs is the newest issue of a repository that this folder made with a mark;
	// 0: none.
	MadeAs(repo inventory.RepoRef, mark inventory.Mark) (number int, err error)
	// Lock waits until nobody else of this folder does what the name says.
	Lock(ctx context.Context, name string) (unlock func() error, err error)
	// LastDispatch is the LABELED event of a child's newest dispatch, empty
	// where there was none, and whether it was taken back since.
	LastDispatch(ref inventory.Ref) (event string, recalled bool, err error)
	// The notes add nothing when they are noted already.
	NoteComment(at time.Time, ref inventory.Ref, id int64, digest string) error
	NotePosted(at time.Time, ref inventory.Ref, id int64, digest string) error
	NoteWithdrawn(at time.Time, ref inventory.Ref, id int64) error
	NoteMade(at time.Time, ref inventory.Ref, mark inventory.Mark) error
	NoteTakenBack(at time.Time, ref inventory.Ref) error
	NoteGivenAgain(at time.Time, ref inventory.Ref) error
	NoteClaim(at time.Time, ref inventory.Ref, sha string) error
	NoteDispatch(at time.Time, ref inventory.Ref, event string) error
	NoteRecall(at time.Time, ref inventory.Ref) error
	NotePull(at time.Time, pull inventory.Ref, n inventory.PullNote) error
	// Course is what the notes about a pull request come to.
	Course(pull inventory.Ref) (inventory.Course, error)
}

// Brake tells whether writing is paused (`core dev pause`).
type Brake interface{ Paused() (bool, error) }

// Clock is the time everything is reckoned by.
type Clock interface {
	Now() time.Time
	// Sleep returns after d, or with the context's error as soon as it ends.
	Sleep(ctx context.Context, d time.Duration) error
}
