package inventory

import "time"

// Work is what following pull requests needs to know of a repository besides
// what every look reads (spec/2-flows "Stage 3: execute"). All of it is structure.
type Work struct {
	Merge MergeRules `json:"merge"`
	// Pulls are the pull requests that an event ties to a child of ours, and those
	// that our journal knows, open or ended, by number.
	Pulls []PullWork `json:"pulls,omitempty"`
	// Children are the dispatched children of this repository, by number.
	Children []ChildWork `json:"children,omitempty"`
	// Lags are how the epics' branches that were asked about stand to the default
	// branch; of one that is not among them it is not known.
	Lags   []Lag     `json:"lags,omitempty"`
	ReadAt time.Time `json:"read_at"`
}

// MergeRules are a repository's settings that bear on a merge.
type MergeRules struct {
	Squash    bool `json:"squash"` // allowed
	Commit    bool `json:"commit"`
	Rebase    bool `json:"rebase"`
	AutoMerge bool `json:"auto_merge"` // may be enabled
}

// Method is how a pull request is merged there: squashed where that is allowed.
func (m MergeRules) Method() string {
	switch {
	case m.Squash:
		return "squash"
	case m.Commit:
		return "merge"
	}
	return "rebase"
}

// PullWork is a pull request as one decision needs it.
type PullWork struct {
	Pull               // of an ended one, too
	State    PullState `json:"state"`
	EndedAt  time.Time `json:"ended_at,omitzero"`   // merged or closed
	MergeSHA string    `json:"merge_sha,omitempty"` // the commit that came of it
	// Parents are the head commit's, by sha.
	Parents []string `json:"parents,omitempty"`
	// Behind is how many commits of its base the head lacks; -1: not known.
	Behind  int  `json:"behind"`
	QueueOn bool `json:"queue_on,omitempty"` // a merge queue rules its base
	// Reviews counts the reviews by others than its author who belong to the
	// repository, or are apps installed there; Approved and Objected those that stand, of accounts that may write: each one's newest opinion.
	Reviews  int `json:"reviews"`
	Approved int `json:"approved,omitempty"`
	// ObjectedAt is when the newest of those was said; zero: there is none.
	ObjectedAt time.Time `json:"objected_at,omitzero"`
	Objected   int       `json:"objected,omitempty"`
	// Acks are the comments of ours that an eyes reaction of an agent stands on.
	Acks []Ack `json:"acks,omitempty"`
}

// PullState is GitHub's state of a pull request.
type PullState string

const (
	PullOpen   PullState = "OPEN"
	PullClosed PullState = "CLOSED" // without a merge
	PullMerged PullState = "MERGED"
)

// Ack is an agent's acknowledgement: its eyes reaction.
type Ack struct {
	Comment int64     `json:"comment,omitempty"` // on which of our comments; 0: on the issue itself
	Login   string    `json:"login"`             // without "[bot]"
	Kind    string    `json:"kind,omitempty"`    // of the account: User, Bot
	At      time.Time `json:"at"`
}

// ChildWork is a dispatched child as one decision needs it.
type ChildWork struct {
	Ref  Ref   `json:"ref"`
	Acks []Ack `json:"acks,omitempty"` // on the issue
	// Pulls are the pull requests of its repository with a cross-reference event to
	// it, open or ended, by number.
	Pulls []Ref `json:"pulls,omitempty"`
}

// Pull returns the pull request of that number.
func (w *Work) Pull(number int) (*PullWork, bool) {
	if w == nil {
		return nil, false
	}
	for k := range w.Pulls {
		if w.Pulls[k].Ref.Number == number {
			return &w.Pulls[k], true
		}
	}
	return nil, false
}

// Child returns what was read of that child.
func (w *Work) Child(number int) (*ChildWork, bool) {
	if w == nil {
		return nil, false
	}
	for k := range w.Children {
		if w.Children[k].Ref.Number == number {
			return &w.Children[k], true
		}
	}
	return nil, false
}

// Unresolved are the ids of the review threads that are not resolved.
func (p PullWork) Unresolved() []string {
	var out []string
	for _, t := range p.Threads {
		if !t.Resolved {
			out = append(out, t.ID)
		}
	}
	return out
}

// PullNow is what is read of a pull request right before and after a write to it.
type PullNow struct {
	PullWork
	Comment  int64  // highest id among its comments; 0: it has none
	MergedBy string // login
	Archived bool   // its repository
}

// Lag is how a branch stands to the default branch.
type Lag struct {
	Branch string `json:"branch"` // short name
	Behind int    `json:"behind"` // commits of the default branch that it lacks
	Ahead  int    `json:"ahead"`  // its commits that the default branch lacks
}

// Lag is how a branch stands to the default branch; false: it is not known.
func (w *Work) Lag(branch string) (Lag, bool) {
	for _, l := range w.Lags {
		if l.Branch == branch {
			return l, true
		}
	}
	return Lag{}, false
}
