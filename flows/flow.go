// Package flows says what to do next: every flow is a pure function from what
// is (snapshot, ledger, now) to a plan a person can read. It does nothing
// itself; the orchestrator applies plans (spec/2-flows).
package flows

import (
	"time"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/inventory"
)

// World is all a flow may look at.
type World struct {
	Snapshot  *inventory.Snapshot
	Fleet     *inventory.Fleet
	Rules     inventory.Rules
	Records   inventory.Records
	Budget    budget.State
	Said      Said      // comments that need not be posted again
	TakenBack TakenBack // issues of ours that an undo closed
	Courses   Courses   // what the journal remembers of pull requests
	Made      Made      // issues that were made here
	Now       time.Time
}

// Courses are what the journal remembers of pull requests, by Ref.Key.
type Courses map[string]inventory.Course

// Of is what is remembered of one; empty where it was never seen.
func (c Courses) Of(pull inventory.Ref) inventory.Course { return c[pull.Key()] }

// Returned is how many pull requests of a child ended without a merge.
func (c Courses) Returned(child inventory.Ref) int {
	n := 0
	for _, course := range c {
		if course.Ended == inventory.PullClosed && course.Child.Key() == child.Key() {
			n++
		}
	}
	return n
}
