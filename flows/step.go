package flows

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/dappcore/core-dev/inventory"
)

// Step is one effect with why it is wanted.
type Step struct {
	Reason string // the rule and the evidence
	Effect Effect
}

// Cost is what carrying the step out spends.
func (s Step) Cost() Cost { return s.Effect.cost() }

// MarshalJSON prints {"kind","target","reason","tasks"} and the effect's
// detail, the text or name it would write.
func (s Step) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Kind   string `json:"kind"`
		Target string `json:"target"`
		Reason string `json:"reason"`
		Tasks  int    `json:"tasks"`
		Detail string `json:"detail"`
	}{s.Effect.Kind(), s.Effect.Target(), s.Reason, s.Effect.cost().Tasks, s.Effect.Detail()})
}

// Effect is one thing done to the world. The list is sealed: the orchestrator
// has the only switch over it.
type Effect interface {
	Kind() string   // machine's word
	Target() string // what it acts on
	Detail() string // what it writes there
	cost() Cost
}

// MakeBranch creates a branch at the head of another, unless it is there.
type MakeBranch struct {
	Repo inventory.RepoRef
	Name string // short name
	From string // branch whose head it starts at
	// SHA is the commit it starts at where it is made again; empty: From's head.
	SHA string `json:",omitempty"`
}

// Reserve takes one task out of the budget before anything is written; it is
// settled by LogDispatch, or released when the child turns out not to be
// dispatchable.
type Reserve struct {
	Child  inventory.Ref
	Agent  string
	Member string        // charged; login
	Epic   inventory.Ref // zero: a direct dispatch
	Label  string        // whose LABELED event will spend the task
	// Newest is the id of that label's newest LABELED event when the plan was
	// made, empty when there was none. Another one at apply means that somebody
	// dispatched it meanwhile. Presence of the label alone proves nothing: an
	// agent or a person may have taken it off (spec/2-flows, rule 4).
	Newest string
	// Lines is how many lines of the child dispatch.log had then; more at apply
	// means the same.
	Lines int
	// Acceptor is who accepted a stranger's issue: that they still may write is
	// asked again. Empty: its author is trusted.
	Acceptor string
	// Apart tells that what blocks the child takes a request of its own.
	Apart bool
	// Word tells that a person gave theirs for it in spite of the feature gate.
	Word bool
	// EpicEdited is when the epic's body was last edited when the plan was made,
	// and Listing the digest of its checklist then (inventory.Listing). Empty:
	// any edit since contradicts the plan.
	EpicEdited time.Time `json:",omitzero"`
	Listing    string    `json:",omitempty"`
}

// Comment posts a comment of ours.
type Comment struct {
	Issue inventory.Ref
	Body  string
	// Reuse: the same text that was posted for an attempt which was not
	// dispatched stands for it, and none is posted. The look of the issue's
	// Reserve is its baseline: it costs no other.
	Reuse bool
	// Once: where this folder posted the same text on the issue before, that
	// stands, and none is posted.
	Once bool
}

// AddLabel puts a label on. With Spends set, its LABELED event is a dispatch.
type AddLabel struct {
	Issue  inventory.Ref
	Label  string
	Spends bool
	// Attempt is the claim's that the dispatch rests on: that it stands is looked
	// at again before the label. 0: none.
	Attempt int `json:",omitempty"`
}

// LogDispatch writes the dispatch.log line, dated by the LABELED event, and
// settles the reservation.
type LogDispatch struct {
	Child  inventory.Ref
	Agent  string
	Member string
}

// RemoveLabel takes a label off, where it is on.
type RemoveLabel struct {
	Issue inventory.Ref
	Label string
	// Free tells that putting it on again would cost no task.
	Free bool `json:",omitempty"`
	// Event is the id of the label's newest LABELED event when the plan was made:
	// the dispatch that is taken back. Another one at apply contradicts the plan,
	// which would take back what somebody paid for since. Not looked at with Free.
	Event string `json:",omitempty"`
}

// MakeMark makes the object of the claimant's own that a Claim points to. Until
// something refers to it, one more or less is nothing.
type MakeMark struct {
	Child   inventory.Ref
	Attempt int    // of the Claim
	From    string // branch whose files the object is made with
}

// Claim takes a child before the first write on it, against other machines: it
// creates a reference on GitHub, which one of them alone can. It points to the
// object of the MakeMark before it, so that its sha names the winner.
type Claim struct {
	Child   inventory.Ref
	Attempt int // 1 + the agent LABELED events of the child
}

// FreeClaim takes away the claim of an attempt that was never dispatched.
type FreeClaim struct {
	Child   inventory.Ref
	Attempt int
	SHA     string // of the claim when the plan was made; another one at apply is somebody else's
}

// ClaimRef is the full name of the reference that claims an attempt.
func ClaimRef(child inventory.Ref, attempt int) string {
	return fmt.Sprintf("refs/core/dispatch/%d/%d", child.Number, attempt)
}

// NoteRecall notes in the journal that a dispatch was taken back: from then on
// the child may be READY again. Its task stays spent.
type NoteRecall struct {
	Child inventory.Ref
	// Event is the id of the newest LABELED event of any agent's label when the
	// plan was made, empty when there was none. Another one at apply is another
	// dispatch, and contradicts the plan.
	Event string `json:",omitempty"`
}

// DeleteComment deletes a comment of ours, by its id.
type DeleteComment struct {
	Issue inventory.Ref
	ID    int64
}

// DeleteBranch deletes a branch, while it stands at the commit it was made at.
type DeleteBranch struct {
	Repo inventory.RepoRef
	Name string
	SHA  string
	// Epic is whose branch it is, for the journal to remember that GitHub refused;
	// zero: nobody asks.
	Epic inventory.Ref `json:",omitzero"`
}

func (MakeBranch) Kind() string    { return "branch" }
func (Reserve) Kind() string       { return "reserve" }
func (Comment) Kind() string       { return "comment" }
func (AddLabel) Kind() string      { return "label" }
func (LogDispatch) Kind() string   { return "log" }
func (RemoveLabel) Kind() string   { return "unlabel" }
func (MakeMark) Kind() string      { return "mark" }
func (Claim) Kind() string         { return "claim" }
func (FreeClaim) Kind() string     { return "free-claim" }
func (NoteRecall) Kind() string    { return "recall" }
func (DeleteComment) Kind() string { return "delete-comment" }
func (DeleteBranch) Kind() string  { return "delete-branch" }

func (e MakeBranch) Target() string  { return e.Repo.String() }
func (e Reserve) Target() string     { return e.Child.String() }
func (e Comment) Target() string     { return e.Issue.String() }
func (e AddLabel) Target() string    { return e.Issue.String() }
func (e LogDispatch) Target() string { return e.Child.String() }

func (e RemoveLabel) Target() string   { return e.Issue.String() }
func (e MakeMark) Target() string      { return e.Child.String() }
func (e Claim) Target() string         { return e.Child.String() }
func (e FreeClaim) Target() string     { return e.Child.String() }
func (e NoteRecall) Target() string    { return e.Child.String() }
func (e DeleteComment) Target() string { return e.Issue.String() }
func (e DeleteBranch) Target() string  { return e.Repo.String() }

func (e MakeBranch) Detail() string {
	if e.SHA != "" {
		return e.Name + " at " + e.SHA[:min(7, len(e.SHA))]
	}
	return e.Name + " from " + e.From
}
func (e Reserve) Detail() string     { return e.Agent + " @" + e.Member }
func (e Comment) Detail() string     { return e.Body }
func (e AddLabel) Detail() string    { return e.Label }
func (e LogDispatch) Detail() string { return e.Agent + " @" + e.Member }

func (e RemoveLabel) Detail() string   { return e.Label }
func (e MakeMark) Detail() string      { return "for " + ClaimRef(e.Child, e.Attempt) }
func (e Claim) Detail() string         { return ClaimRef(e.Child, e.Attempt) }
func (e FreeClaim) Detail() string     { return ClaimRef(e.Child, e.Attempt) }
func (NoteRecall) Detail() string      { return "READY again; the task stays spent" }
func (e DeleteComment) Detail() string { return "comment " + strconv.FormatInt(e.ID, 10) }
func (e DeleteBranch) Detail() string  { return e.Name }

// The costs are those of orchestrator.Apply: each write is one REST request,
// each look before and after it one GraphQL request of one point. What takes
// away, and refs, are no content (internal/github: createsContent).
func (e MakeBranch) cost() Cost {
	if e.SHA != "" {
		return Cost{Requests: 2, Points: 1, Writes: 1}
	}
	return Cost{Requests: 3, Points: 2, Writes: 1}
}
func (e Reserve) cost() Cost {
	c := Cost{Requests: 1, Points: 1}
	if e.Apart {
		c.Requests++
	}
	return c
}
func (e Comment) cost() Cost {
	if e.Reuse { // the look of its Reserve
		return Cost{Requests: 1, Writes: 1, Content: 1}
	}
	return Cost{Requests: 2, Points: 1, Writes: 1, Content: 1}
}
func (e AddLabel) cost() Cost {
	if e.Attempt > 0 { // its claim is looked at
		return Cost{Tasks: 1, Requests: 2, Points: 1, Writes: 1, Content: 1}
	}
	if e.Spends { // the look of its Reserve
		return Cost{Tasks: 1, Requests: 1, Writes: 1, Content: 1}
	}
	return Cost{Requests: 2, Points: 1, Writes: 1, Content: 1}
}
func (LogDispatch) cost() Cost   { return Cost{Requests: 1, Points: 1} }
func (RemoveLabel) cost() Cost   { return Cost{Requests: 2, Points: 1, Writes: 1} }
func (MakeMark) cost() Cost      { return Cost{Requests: 3, Points: 2, Writes: 1, Content: 1} }
func (Claim) cost() Cost         { return Cost{Requests: 1, Writes: 1} }
func (FreeClaim) cost() Cost     { return Cost{Requests: 2, Points: 1, Writes: 1} }
func (NoteRecall) cost() Cost    { return Cost{Requests: 1, Points: 1} }
func (DeleteComment) cost() Cost { return Cost{Requests: 2, Points: 1, Writes: 1} }
func (DeleteBranch) cost() Cost  { return Cost{Requests: 2, Points: 1, Writes: 1} }
