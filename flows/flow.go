// Package flows says what to do next: every flow is a pure function from what
// is (snapshot, ledger, now) to a plan a person can read. It does nothing
// itself; the orchestrator applies plans (spec/2-flows).
package flows

import (
	"time"

	"github.com/dappcore/core-dev/inventory"
)

// World is all a flow may look at.
type World struct {
	Snapshot *inventory.Snapshot
	Fleet    *inventory.Fleet
	Rules    inventory.Rules
	Records  inventory.Records
	Purse    Purse
	Now      time.Time
}

// Purse tells what today's budget still allows. It answers for the ledger as
// it was read: the check that counts is made again, under the lock, when a
// task is reserved.
type Purse interface {
	// Take asks for one more task of an agent in a repository, on top of what
	// was taken before, and names the member it is charged to. A refusal says
	// what is exhausted and when it resets.
	Take(repo inventory.RepoRef, agent string) (member string, refusal error)
}
