package flows

import (
	"strings"
	"time"

	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/inventory/checklist"
)

// The effects by which audits become issues and issues become epics. Every one
// of them names what it acts on: what a step makes is known only to a later
// round's plan, which is made on a fresh look.

// Source is an issue a step rests on: it must still be open, and its title and
// body as they were, or the plan is stale.
type Source struct {
	Issue  inventory.Ref `json:"issue"`
	Edited time.Time     `json:"edited,omitzero"` // last edit of title or body as the plan knew it
}

// MakeLabel creates a label, unless one of that name is there.
type MakeLabel struct {
	Repo  inventory.RepoRef
	Name  string
	Color string // six hexadecimal digits
	About string // its description
}

// MakeIssue opens an issue, unless one of ours with the same mark is there.
type MakeIssue struct {
	Repo   inventory.RepoRef
	Title  string
	Body   string // its last line is Mark
	Labels []string
	Mark   inventory.Mark
	// Newest is the repository's highest number when the plan was made: an issue
	// with the same mark by a trusted author among those opened since means that
	// somebody else made it.
	Newest  int
	Sources []Source
}

// CloseIssue closes an issue, unless it is closed.
type CloseIssue struct {
	Issue  inventory.Ref
	Reason string    // completed, not_planned
	Edited time.Time `json:",omitzero"` // its last edit as the plan knew it; another makes the plan stale
	// TakesBack tells that we made the issue and take that back: the journal notes
	// it (World.TakenBack), and what it was made for counts as not done.
	TakesBack bool `json:",omitzero"`
}

// ReopenIssue opens it again; an issue that was taken back counts as made again.
type ReopenIssue struct {
	Issue inventory.Ref
	Again bool `json:",omitzero"` // we made it and took it back; an undo takes it back once more
}

// LinkChild makes an issue a native sub-issue of its epic, unless it has a parent.
type LinkChild struct{ Parent, Child inventory.Ref }

// UnlinkChild takes it out again.
type UnlinkChild struct{ Parent, Child inventory.Ref }

// Block notes with GitHub that an issue is blocked by another.
type Block struct{ Issue, By inventory.Ref }

// Unblock takes that back.
type Unblock struct{ Issue, By inventory.Ref }

// AddChildren adds children to an epic's checklist, those that are not on it
// yet. Nothing else in the body changes; whoever edits it at the same time
// loses nothing (spec/1-domain "Checklists").
type AddChildren struct {
	Epic     inventory.Ref
	Children []NewChild
}

// NewChild is a line to be added to a checklist.
type NewChild struct {
	Ref   inventory.Ref
	Title string // made harmless already
	Phase string // heading it goes under, e.g. "Phase 2: Fixes (parallelisable)"; made where it is missing
}

// On is the epic's body with these children on its checklist. The error wraps
// checklist.ErrNoPlace where that cannot be had.
func (e AddChildren) On(body []byte) ([]byte, error) {
	list := make([]checklist.New, len(e.Children))
	for k, c := range e.Children {
		list[k] = checklist.New{Reference: reference(c.Ref, e.Epic.Repo), Title: c.Title, Phase: c.Phase}
	}
	return checklist.Add(body, checklist.Reference{Owner: e.Epic.Repo.Owner, Repo: e.Epic.Repo.Name}, list)
}

// reference is how a checklist of home writes an issue.
func reference(ref inventory.Ref, home inventory.RepoRef) checklist.Reference {
	if ref.Repo.Same(home) {
		return checklist.Reference{Number: ref.Number}
	}
	return checklist.Reference{Owner: ref.Repo.Owner, Repo: ref.Repo.Name, Number: ref.Number}
}

func (MakeLabel) Kind() string   { return "new-label" }
func (MakeIssue) Kind() string   { return "new-issue" }
func (CloseIssue) Kind() string  { return "close" }
func (ReopenIssue) Kind() string { return "reopen" }
func (LinkChild) Kind() string   { return "sub-issue" }
func (UnlinkChild) Kind() string { return "no-sub-issue" }
func (Block) Kind() string       { return "blocked-by" }
func (Unblock) Kind() string     { return "not-blocked-by" }
func (AddChildren) Kind() string { return "checklist" }

func (e MakeLabel) Target() string   { return e.Repo.String() }
func (e MakeIssue) Target() string   { return e.Repo.String() }
func (e CloseIssue) Target() string  { return e.Issue.String() }
func (e ReopenIssue) Target() string { return e.Issue.String() }
func (e LinkChild) Target() string   { return e.Child.String() }
func (e UnlinkChild) Target() string { return e.Child.String() }
func (e Block) Target() string       { return e.Issue.String() }
func (e Unblock) Target() string     { return e.Issue.String() }
func (e AddChildren) Target() string { return e.Epic.String() }

func (e MakeLabel) Detail() string   { return e.Name }
func (e MakeIssue) Detail() string   { return e.Title }
func (e CloseIssue) Detail() string  { return strings.ReplaceAll(e.Reason, "_", " ") }
func (ReopenIssue) Detail() string   { return "open again" }
func (e LinkChild) Detail() string   { return "of " + e.Parent.From(e.Child.Repo) }
func (e UnlinkChild) Detail() string { return "of " + e.Parent.From(e.Child.Repo) + " no more" }
func (e Block) Detail() string       { return e.By.From(e.Issue.Repo) }
func (e Unblock) Detail() string     { return e.By.From(e.Issue.Repo) }
func (e AddChildren) Detail() string {
	refs := make([]string, len(e.Children))
	for k, c := range e.Children {
		refs[k] = "+ " + c.Ref.From(e.Epic.Repo)
	}
	return strings.Join(refs, ", ")
}

func (MakeLabel) cost() Cost   { return Cost{Requests: 2, Points: 1, Writes: 1, Content: 1} }
func (MakeIssue) cost() Cost   { return Cost{Requests: 2, Points: 1, Writes: 1, Content: 1} }
func (CloseIssue) cost() Cost  { return Cost{Requests: 2, Points: 1, Writes: 1, Content: 1} }
func (ReopenIssue) cost() Cost { return Cost{Requests: 2, Points: 1, Writes: 1, Content: 1} }
func (LinkChild) cost() Cost   { return Cost{Requests: 2, Points: 1, Writes: 1, Content: 1} }
func (UnlinkChild) cost() Cost { return Cost{Requests: 2, Points: 1, Writes: 1} }
func (Block) cost() Cost       { return Cost{Requests: 2, Points: 1, Writes: 1, Content: 1} }
func (Unblock) cost() Cost     { return Cost{Requests: 2, Points: 1, Writes: 1} }
func (AddChildren) cost() Cost { return Cost{Requests: 3, Points: 2, Writes: 1, Content: 1} }
