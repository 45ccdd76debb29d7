package orchestrator

import (
	"fmt"
	"time"

	"github.com/dappcore/core-dev/flows"
)

// Reserved is a task that a plan left open reserved and may still hold.
type Reserved struct {
	Task
	At time.Time // of its intent
}

// Busy tells that a process works on a plan.
type Busy struct{ Plan string }

func (e *Busy) Error() string { return "a process of this folder works on plan " + e.Plan }

// Reserved are the tasks that plans left open may hold, by their journals alone:
// begun, and neither given back, found not reserved, nor written to dispatch.log.
// More than there are, never fewer. It fails with *Busy while a process works on
// one of the plans, and where a journal cannot be read.
func (a *Applier) Reserved() ([]Reserved, error) {
	ids, err := a.Journal.Unfinished()
	if err != nil {
		return nil, err
	}
	var out []Reserved
	for _, id := range ids {
		held, err := a.Journal.Held(id)
		if err != nil {
			return nil, err
		}
		if held {
			return nil, &Busy{id}
		}
		lines, _, err := a.Journal.Read(id)
		if err != nil {
			return nil, err
		}
		p, err := readPage(id, lines)
		if err != nil {
			return nil, fmt.Errorf("what is reserved cannot be told: %w", err)
		}
		out = append(out, p.reserved()...)
	}
	return out, nil
}

func (p *page) reserved() (out []Reserved) {
	logged := map[string]bool{}
	for _, s := range p.steps {
		if e, ok := s.Effect.(flows.LogDispatch); ok && s.finished() {
			logged[e.Child.Key()] = true
		}
	}
	for _, s := range p.steps {
		e, ok := s.Effect.(flows.Reserve)
		if !ok || s.intent == nil || p.end != nil || logged[e.Child.Key()] {
			continue
		}
		member := e.Member
		if o := s.outcome; o != nil {
			if o.Outcome == Released || o.Outcome == NotDone {
				continue
			}
			if o.Evidence != nil && o.Evidence.Member != "" {
				member = o.Evidence.Member
			}
		}
		out = append(out, Reserved{At: s.intent.At, Task: Task{ID: s.intent.Baseline.Reservation, Child: e.Child, Agent: e.Agent, Member: member, Epic: e.Epic, Lines: s.intent.Baseline.Lines}})
	}
	return out
}
