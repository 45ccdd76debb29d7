package inventory

import (
	"strings"
	"time"
)

// Rules are what a maintainer configured that bears on reading a snapshot.
type Rules struct {
	Trust Trust
	// Labels maps an agent's label, lower case, to the agent: the label whose
	// LABELED event spends a task.
	Labels map[string]string
	// Repos is the inventory as kept in .core/inventory.yaml, in its order;
	// what is absent there is computed.
	Repos []RepoRule
	// Feature lists children a person gave the word for in spite of the
	// feature gate, by Ref.Key.
	Feature map[string]bool
}

// RepoRule is what the inventory file says of one repository.
type RepoRule struct {
	Ref      RepoRef
	Tier     int  // 1 to 4
	TierSet  bool // false: computed from the snapshot
	Language string
	Agent    string // who implements here; empty: the default agent
	CI       string // "none": gated by reviews alone
}

// Record is what our own files know of one issue's dispatches.
type Record struct {
	Lines    int       // dispatch.log lines, ever, that call its repository by the present name
	LastLine time.Time // the newest, by whatever name, UTC, minute precision; zero: none
	Epic     Ref       // for which that was; zero: a direct dispatch, or there is none
	Held     bool      // an open reservation
	Recalled time.Time // last recall; zero: never
	// Began is when the command of an agent of this machine was run for it; zero:
	// there is none. GaveUp is why it ended without a pull request; empty: it did not.
	Began  time.Time
	GaveUp string
}

// Records finds an issue's record by Ref.Key.
type Records map[string]Record

// Agent returns the agent whose label the name is.
func (r Rules) Agent(label string) (string, bool) {
	a, ok := r.Labels[strings.ToLower(label)]
	return a, ok
}

func (r Rules) repo(ref RepoRef) (RepoRule, int, bool) {
	for k, p := range r.Repos {
		if p.Ref.Same(ref) {
			return p, k, true
		}
	}
	return RepoRule{Ref: ref}, len(r.Repos), false
}
