package flows

import (
	"fmt"

	"github.com/dappcore/core-dev/budget"
)

// Plan is an ordered list of steps, shown before it runs and applied as it
// was shown. A plan without steps means there is nothing to do.
type Plan struct {
	Flow    string `json:"flow"`   // the flow's name, e.g. "dispatch"
	Target  string `json:"target"` // what it is about, e.g. "owner/repo#118"
	Cost    Cost   `json:"cost"`
	Steps   []Step `json:"steps"`
	Skipped []Skip `json:"skipped"`
}

// Cost is what applying a plan spends.
type Cost struct {
	Tasks    int `json:"tasks"`    // of the agents' daily quota
	Requests int `json:"requests"` // to GitHub, reads before and after each write included
	Points   int `json:"points"`   // GraphQL points among them
	Writes   int `json:"-"`        // requests among them that write: they go one at a time
	Content  int `json:"-"`        // writes among them that create content: GitHub limits them by minute and hour
}

// Skip is what a person might have expected in the plan and why it is not.
type Skip struct {
	Target string `json:"target"`
	Reason string `json:"reason"`
}

// Add appends a step and counts its cost.
func (p *Plan) Add(s Step) {
	p.Steps = append(p.Steps, s)
	p.Cost.Add(s.Effect.cost())
}

// Add counts another cost in.
func (c *Cost) Add(d Cost) {
	c.Tasks += d.Tasks
	c.Requests += d.Requests
	c.Points += d.Points
	c.Writes += d.Writes
	c.Content += d.Content
}

// Skip notes what the plan leaves out.
func (p *Plan) Skip(target, reason string) {
	p.Skipped = append(p.Skipped, Skip{Target: target, Reason: reason})
}

// Refusal is a plan that may not be made: it would pass a quota. There is no
// override (spec/2-flows "Stage 3").
type Refusal struct {
	Wanted int    // tasks the plan would spend
	Fits   int    // of them, what today's budget allows
	Why    string // what is exhausted
	// Cause is budget.NoMember or budget.NoToken where waiting does not help: a
	// file or a token has to be mended first.
	Cause budget.Why
}

// Local tells that other plans are not concerned: they may spend another's tasks.
func (r *Refusal) Local() bool { return true }

func (r *Refusal) Error() string {
	wanted := fmt.Sprintf("%d tasks wanted", r.Wanted)
	if r.Wanted == 1 {
		wanted = "1 task wanted"
	}
	if r.Fits == 0 {
		return fmt.Sprintf("%s, none fits: %s", wanted, r.Why)
	}
	return fmt.Sprintf("%s, %d would fit (--max %d): %s", wanted, r.Fits, r.Fits, r.Why)
}
