package orchestrator

import "github.com/dappcore/core-dev/flows"

// ticking ticks a child. One that is on the checklist no more, or more than once,
// is a person's (NeedsPerson); every look derives it from the child's state again,
// so that nothing is lost by it.
func (r *run) ticking(e flows.Tick) deed {
	return &rewrite{run: r, epic: e.Epic, said: e.Detail() + " ticked", change: e.On}
}
