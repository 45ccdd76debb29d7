package flows

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/inventory/checklist"
)

// The effects by which pull requests are followed to their merge (spec/2-flows
// "Stage 3: execute"). Each names the head it was decided on: another one at
// apply contradicts the plan.

// Retarget changes the base branch of a pull request.
type Retarget struct {
	Pull     inventory.Ref
	From, To string // short names
}

// Ask posts one of the two fixed comments on a pull request; that it was asked is
// noted in the journal, with the head, and counted there.
type Ask struct {
	Pull inventory.Ref
	Fix  inventory.Fix
	Body string
	Head string // sha
	// After is the comment of the newest request for the same fix that the plan knew
	// of (Course.Asks); 0: none. One noted since, at this head, was made by another
	// run, and stands for this.
	After int64 `json:",omitzero"`
}

// ResolveThread resolves a review thread, unread.
type ResolveThread struct {
	Pull   inventory.Ref
	Thread string // node id
}

// UpdateBranch has GitHub merge the base into a pull request's branch. The new
// head is ours.
type UpdateBranch struct {
	Pull inventory.Ref
	Head string
}

// MergeUp has GitHub merge a branch into an epic's that has fallen behind it.
type MergeUp struct {
	Repo         inventory.RepoRef
	Branch, From string // short names
	Head         string // of Branch
	Epic         inventory.Ref
}

// AutoMerge has GitHub merge a pull request as soon as it may. Method is squash,
// merge or rebase; empty where a merge queue rules the base, which decides.
type AutoMerge struct {
	Pull   inventory.Ref
	Head   string
	Base   string `json:",omitzero"` // short name; another one contradicts the plan; empty: any
	Method string
}

// RipeAtOnce is why auto-merge was refused where nothing was left to wait for, as the
// journal remembers it: that is no refusal of the merge.
const RipeAtOnce = "it can be merged at once"

// AutoMergeOff takes back that GitHub merges a pull request as soon as it may.
type AutoMergeOff struct {
	Pull inventory.Ref
	Head string
}

// Enqueue puts a pull request into the merge queue of its base.
type Enqueue struct {
	Pull inventory.Ref
	Head string
	Base string `json:",omitzero"` // as of AutoMerge
}

// MergePull merges a pull request, if its head is still that one.
type MergePull struct {
	Pull   inventory.Ref
	Head   string
	Base   string `json:",omitzero"` // as of AutoMerge
	Method string // squash, merge, rebase
}

// ClosePull closes a pull request unmerged, if its head is still that one.
type ClosePull struct {
	Pull inventory.Ref
	Head string
}

// OpenPull opens a pull request of ours, unless one of the same branches is open.
type OpenPull struct {
	Repo       inventory.RepoRef
	Head, Base string // short names
	Title      string // made harmless already
	Body       string
	Epic       inventory.Ref // whose branch it brings home
}

// Tick ticks a child on its epic's checklist: one byte, by the protocol of
// spec/1-domain "Checklists".
type Tick struct{ Epic, Child inventory.Ref }

// On is the epic's body with that child ticked, however its repository is written
// there; ticked already, it is the same. The errors wrap checklist.ErrAbsent and
// checklist.ErrAmbiguous.
func (e Tick) On(body []byte) ([]byte, error) {
	full := checklist.Reference{Owner: e.Child.Repo.Owner, Repo: e.Child.Repo.Name, Number: e.Child.Number}
	next, err := checklist.Tick(body, full)
	if !e.Child.Repo.Same(e.Epic.Repo) {
		return next, err
	}
	short, shortErr := checklist.Tick(body, checklist.Reference{Number: e.Child.Number})
	switch {
	case errors.Is(err, checklist.ErrAbsent):
		return short, shortErr
	case errors.Is(shortErr, checklist.ErrAbsent):
		return next, err
	case err == nil && shortErr == nil && bytes.Equal(next, body) && bytes.Equal(short, body):
		return body, nil
	}
	return nil, fmt.Errorf("%s %w, with its repository and without: leave one", e.Child.From(e.Epic.Repo), checklist.ErrAmbiguous)
}

// Mend is the stuck flow: in a worktree of its own the base is merged into the
// branch, by git, by what git remembers of an earlier resolution, or by the local
// agent's command, and pushed; or it is noted that none of it helped.
type Mend struct {
	Pull         inventory.Ref
	Branch, Base string // short names
	Head         string
}

// Capture writes the training record of a child that is done.
type Capture struct {
	Epic  inventory.Ref // zero: dispatched directly
	Child inventory.Ref
	Pull  inventory.Ref
}

// NotePull writes a note about a pull request into the journal, and nothing to
// GitHub: what was seen, what a person was told.
type NotePull struct {
	Pull inventory.Ref
	Note inventory.PullNote
}

func (Retarget) Kind() string      { return "retarget" }
func (Ask) Kind() string           { return "ask" }
func (ResolveThread) Kind() string { return "resolve" }
func (UpdateBranch) Kind() string  { return "update-branch" }
func (MergeUp) Kind() string       { return "merge-up" }
func (AutoMerge) Kind() string     { return "auto-merge" }
func (AutoMergeOff) Kind() string  { return "auto-merge-off" }
func (Enqueue) Kind() string       { return "enqueue" }
func (MergePull) Kind() string     { return "merge" }
func (ClosePull) Kind() string     { return "close-pull" }
func (OpenPull) Kind() string      { return "new-pull" }
func (Tick) Kind() string          { return "tick" }
func (Mend) Kind() string          { return "mend" }
func (Capture) Kind() string       { return "capture" }
func (NotePull) Kind() string      { return "note" }

func (e Retarget) Target() string      { return e.Pull.String() }
func (e Ask) Target() string           { return e.Pull.String() }
func (e ResolveThread) Target() string { return e.Pull.String() }
func (e UpdateBranch) Target() string  { return e.Pull.String() }
func (e MergeUp) Target() string       { return e.Repo.String() }
func (e AutoMerge) Target() string     { return e.Pull.String() }
func (e AutoMergeOff) Target() string  { return e.Pull.String() }
func (e Enqueue) Target() string       { return e.Pull.String() }
func (e MergePull) Target() string     { return e.Pull.String() }
func (e ClosePull) Target() string     { return e.Pull.String() }
func (e OpenPull) Target() string      { return e.Repo.String() }
func (e Tick) Target() string          { return e.Epic.String() }
func (e Mend) Target() string          { return e.Pull.String() }
func (e Capture) Target() string       { return e.Child.String() }
func (e NotePull) Target() string      { return e.Pull.String() }

func (e Retarget) Detail() string      { return e.From + " -> " + e.To }
func (e Ask) Detail() string           { return e.Body }
func (e ResolveThread) Detail() string { return "thread " + e.Thread }
func (e UpdateBranch) Detail() string  { return "merge the base into it, at " + short(e.Head) }
func (e MergeUp) Detail() string       { return e.From + " into " + e.Branch + ", at " + short(e.Head) }
func (e AutoMerge) Detail() string {
	if e.Method == "" {
		return "by the merge queue, at " + short(e.Head)
	}
	return e.Method + ", at " + short(e.Head)
}
func (e AutoMergeOff) Detail() string { return "at " + short(e.Head) }
func (e Enqueue) Detail() string      { return "at " + short(e.Head) }
func (e MergePull) Detail() string    { return e.Method + ", at " + short(e.Head) }
func (e OpenPull) Detail() string     { return e.Head + " -> " + e.Base + "  " + e.Title }
func (e Tick) Detail() string         { return e.Child.From(e.Epic.Repo) }
func (e Mend) Detail() string         { return e.Base + " into " + e.Branch }
func (e Capture) Detail() string      { return "training record of " + e.Pull.From(e.Child.Repo) }
func (e NotePull) Detail() string {
	if e.Note.What != "" {
		return string(e.Note.Kind) + " " + e.Note.What
	}
	return string(e.Note.Kind)
}

func (e ClosePull) Detail() string {
	if e.Head == "" {
		return "unmerged"
	}
	return "unmerged, at " + short(e.Head)
}

func short(sha string) string { return sha[:min(7, len(sha))] }

// Reads before and after, as for the other effects; merging, resolving and the
// rest of what notifies somebody is content (internal/githubsim/limits).
func (Retarget) cost() Cost      { return Cost{Requests: 2, Points: 1, Writes: 1, Content: 1} }
func (Ask) cost() Cost           { return Cost{Requests: 2, Points: 1, Writes: 1, Content: 1} }
func (ResolveThread) cost() Cost { return Cost{Requests: 2, Points: 2, Writes: 1} }
func (UpdateBranch) cost() Cost  { return Cost{Requests: 3, Points: 2, Writes: 1} }
func (MergeUp) cost() Cost       { return Cost{Requests: 2, Points: 1, Writes: 1} }
func (AutoMerge) cost() Cost     { return Cost{Requests: 2, Points: 2, Writes: 1} }
func (AutoMergeOff) cost() Cost  { return Cost{Requests: 2, Points: 2, Writes: 1} }
func (Enqueue) cost() Cost       { return Cost{Requests: 2, Points: 2, Writes: 1} }
func (MergePull) cost() Cost     { return Cost{Requests: 2, Points: 1, Writes: 1, Content: 1} }
func (ClosePull) cost() Cost     { return Cost{Requests: 2, Points: 1, Writes: 1, Content: 1} }
func (OpenPull) cost() Cost      { return Cost{Requests: 2, Points: 2, Writes: 1, Content: 1} }
func (Tick) cost() Cost          { return Cost{Requests: 3, Points: 2, Writes: 1, Content: 1} }
func (Mend) cost() Cost          { return Cost{Requests: 2, Points: 2} } // and its push, which is git's
func (Capture) cost() Cost       { return Cost{Requests: 1, Points: 1} }
func (NotePull) cost() Cost      { return Cost{} }
