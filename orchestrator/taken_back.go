package orchestrator

import (
	"fmt"

	"github.com/dappcore/core-dev/flows"
)

// TakenBack is how much of a plan an undo took back.
type TakenBack struct {
	Steps int
	Of    int // steps that the plan had done; a reservation goes with its dispatch, a mark with its claim, and what was noted stays so
}

// Partly tells whether something of the plan stays.
func (t TakenBack) Partly() bool { return t.Steps < t.Of }

func (t TakenBack) String() string {
	return fmt.Sprintf("partly: %d of %s taken back", t.Steps, countSteps(t.Of))
}

// TakenBack is how much of a plan the undo of an id took back.
func (a *Applier) TakenBack(plan, undo string) (TakenBack, error) {
	of, err := a.Plan(plan)
	if err != nil {
		return TakenBack{}, err
	}
	by, err := a.Plan(undo)
	return takenBack(of, by), err
}

func takenBack(of, by Entry) TakenBack {
	var t TakenBack
	for _, s := range of.Steps {
		switch s.Step.Effect.(type) {
		case flows.Reserve, flows.MakeMark, flows.NotePull:
			continue
		}
		if s.Outcome == Done {
			t.Of++
		}
	}
	t.Steps = min(by.Done, t.Of)
	return t
}
