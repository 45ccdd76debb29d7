package orchestrator

import "github.com/dappcore/core-dev/flows"

// Approval is what a person allowed for a flow of several rounds: so many steps
// of each kind and so many tasks, this round's and all later ones' together. A
// round that goes beyond it is shown and asked about again (spec/2-flows).
type Approval struct {
	Steps map[string]int // left, by kind
	Tasks int            // left
}

// Approve allows what these plans come to.
func Approve(plans []flows.Plan) Approval {
	a := Approval{Steps: map[string]int{}}
	for _, p := range plans {
		for _, s := range p.Steps {
			a.Steps[s.Effect.Kind()]++
		}
		a.Tasks += p.Cost.Tasks
	}
	return a
}

// Covers tells whether these plans stay within what is left.
func (a Approval) Covers(plans []flows.Plan) bool {
	want := Approve(plans)
	for kind, n := range want.Steps {
		if n > a.Steps[kind] {
			return false
		}
	}
	return want.Tasks <= a.Tasks
}

// Used is what is left after these plans.
func (a Approval) Used(plans []flows.Plan) Approval {
	want := Approve(plans)
	left := Approval{Steps: map[string]int{}, Tasks: a.Tasks - want.Tasks}
	for kind, n := range a.Steps {
		left.Steps[kind] = n - want.Steps[kind]
	}
	return left
}
