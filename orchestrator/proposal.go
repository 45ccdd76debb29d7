package orchestrator

import (
	"fmt"
	"time"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// View is everything a screen or a report shows: one look, and what it means.
type View struct {
	Snapshot *inventory.Snapshot
	Fleet    *inventory.Fleet
	Budget   budget.Status
	At       time.Time // when it was put together
	// CheckedAt is when GitHub was last asked whether anything changed: at or
	// after Snapshot.TakenAt, which is when it was last read. Zero: not known.
	CheckedAt time.Time
	// Web is where GitHub's pages are, "https://github.com", without a slash.
	Web string
	// Beside is how another command reaches the embedded GitHub that this
	// process serves; empty where it serves none.
	Beside string
	// Partial tells that it is what was ready to be drawn at once: the repositories
	// and epics, without the issues that no epic lists.
	Partial bool
}

// Proposal is what a flow would do, ready to be approved. It is applied
// exactly as it was shown, or not at all.
type Proposal struct {
	ID      string // names it for Apply and in the journal
	Plans   []flows.Plan
	Command string // the same on the command line
	Left    int    // usable tasks left today, before it
	MadeAt  time.Time
	Takes   time.Duration // to apply all its plans, at the best GitHub allows
	// Later is what its approval goes for besides, in words: the rounds that follow
	// this one. Empty: there are none.
	Later string
	// Note is what whoever approves it should know besides; may be empty.
	Note string
}

// PlanID names the plan at that place in the journal.
func (p Proposal) PlanID(k int) string {
	if len(p.Plans) == 1 {
		return p.ID
	}
	return fmt.Sprintf("%s.%d", p.ID, k+1)
}

// Cost is what applying all its plans spends.
func (p Proposal) Cost() flows.Cost {
	var c flows.Cost
	for _, plan := range p.Plans {
		c.Add(plan.Cost)
	}
	return c
}

// Empty tells whether there is nothing to do.
func (p Proposal) Empty() bool {
	for _, plan := range p.Plans {
		if len(plan.Steps) > 0 {
			return false
		}
	}
	return true
}
