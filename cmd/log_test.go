package cmd

import (
	"testing"

	"github.com/dappcore/core-dev/orchestrator"
)

// TestACompletePlanNamesItsRefusals: the steps behind one that GitHub refused go on,
// and "complete" alone would say that it was done, too.
func TestACompletePlanNamesItsRefusals(t *testing.T) {
	complete := orchestrator.State(orchestrator.Complete)
	for _, c := range []struct {
		state   orchestrator.State
		refused int
		want    string
	}{{complete, 0, "complete"}, {complete, 1, "complete, 1 refused"}, {orchestrator.Open, 1, "open"}, {orchestrator.Undone, 2, "undone"}} {
		if got := stateWord(orchestrator.Entry{State: c.state, Refused: c.refused}); got != c.want {
			t.Errorf("%s with %d refused: %q", c.state, c.refused, got)
		}
	}
}
