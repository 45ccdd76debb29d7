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
	Made      Made      // issues that were made here
	Now       time.Time
}
