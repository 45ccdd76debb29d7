package orchestrator

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// Applier applies plans, goes on with those that were left, and settles them.
type Applier struct {
	Hub     Hub
	Ledger  Ledger
	Journal Journal
	Brake   Brake
	// Judge says whether a child may still be dispatched, by what a fresh look
	// shows; word: a person gave theirs for it. Without it nothing is.
	Judge func(i inventory.Issue, word bool) (ok bool, why string)
	// Agent tells whose label one is: putting it on dispatches to that agent. A
	// recall cannot be noted without it.
	Agent func(label string) (agent string, ok bool)
	Clock Clock
	Host  string // whose GitHub it is, as the journal names it
	// Hand is who puts an agent's label on for a task of a member: a client with
	// that member's token, since the token says whose quota is spent. It fails
	// when there is none at hand. Nil: Hub is everybody's.
	Hand func(ctx context.Context, agent, member string) (Labeler, error)
	// Callers are the agents of this machine that are called, by name.
	Callers map[string]Caller
	// Quiet is how long a write whose answer was lost may still land.
	Quiet time.Duration
	// Pace tells how fast GitHub lets us write now, for the time left; nil: as
	// it publishes. It holds nothing back: that is Hub's.
	Pace func() flows.Pace
	// Emit hears of every step carried out and of every wait, one at a time; nil:
	// nobody does.
	Emit func(Event)
	// Trust says whose issues count where one with our mark is looked for, and
	// whose epics are read and written.
	Trust inventory.Trust
	// Workshop makes merges that GitHub cannot, and Recorder keeps training records;
	// without one the steps that need it fail.
	Workshop Workshop
	Recorder Recorder
	// Side is how many plans are carried out side by side; 0: eight.
	Side int
	// Run names the run of a command that plans are applied in, where it has
	// several rounds: what is taken back together. Empty: each proposal is one.
	Run string

	telling sync.Mutex
}

const (
	// tries is how often a step is sent at the most, each time only after it
	// was found not to have happened.
	tries = 3
	// lookTime bounds the last looks of a run that was interrupted.
	lookTime = 10 * time.Second
)

func (a *Applier) apply(ctx context.Context, id string, p Proposal, plan flows.Plan, at *seat) error {
	r := newRun(a, &page{id: id})
	r.seat = at
	if err := r.ready(ctx); err != nil {
		return err
	}
	s := sheet{Host: a.Host, Command: p.Command, Flow: plan.Flow, Target: plan.Target, MadeAt: p.MadeAt.UTC(), Run: a.Run}
	for _, step := range plan.Steps {
		w, err := flows.Record(step)
		if err != nil {
			return err
		}
		s.Steps = append(s.Steps, w)
		r.steps = append(r.steps, &state{Step: step})
	}
	raw, err := json.Marshal(record{Kind: kindPlan, At: a.now(), Plan: &s})
	if err != nil {
		return err
	}
	if err := a.Journal.Begin(id, raw); err != nil {
		return err
	}
	r.sheet = s
	return r.all(ctx)
}

// hand is who puts the label on for a task.
func (a *Applier) hand(ctx context.Context, agent, member string) (Labeler, error) {
	if a.Hand == nil {
		return a.Hub, nil
	}
	return a.Hand(ctx, agent, member)
}

func (a *Applier) now() time.Time { return a.Clock.Now().UTC() }
