package execute

import (
	"fmt"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// Day asks for children of several epics to be handed out together, as a plan of
// the day has it: who implements each and who is charged was decided for all of
// them at once.
type Day struct {
	Dispatch Dispatch // how; its Epic, Max, Only, Payer and Instead are the day's to fill
	Children []Given
	// Reassign gets the children whose pull requests stayed red instead; empty: they
	// go where the plan has them.
	Reassign string
}

// Given is one child of a day.
type Given struct {
	Child, Epic   inventory.Ref
	Agent, Member string
}

// Plans are a dispatch an epic, in the order in which the children name them. What
// the budget has no room for any more is an error: the day has to be planned anew.
func (d Day) Plans(w flows.World) ([]flows.Plan, error) {
	type share struct {
		epic inventory.Ref
		only map[string]bool
	}
	var order []*share
	of := map[string]*share{}
	x := d.Dispatch
	x.Max, x.Payer, x.Instead = 0, map[string]string{}, map[string]string{}
	for _, g := range d.Children {
		s := of[g.Epic.Key()]
		if s == nil {
			s = &share{g.Epic, map[string]bool{}}
			of[g.Epic.Key()] = s
			order = append(order, s)
		}
		s.only[g.Child.Key()] = true
		x.Payer[g.Child.Key()], x.Instead[g.Child.Key()] = g.Member, g.Agent
	}
	for key, agent := range reassigned(w, d.Reassign) {
		if _, given := x.Instead[key]; given {
			x.Instead[key], x.Payer[key] = agent, ""
		}
	}
	out := []flows.Plan{}
	for _, s := range order {
		x.Epic, x.Only = s.epic, s.only
		p, err := x.Plan(w)
		if err != nil {
			return out, fmt.Errorf("%s: %w", s.epic, err)
		}
		out = append(out, p)
		w.Budget = committed(w, p)
	}
	return out, nil
}
