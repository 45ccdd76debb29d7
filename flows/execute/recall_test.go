package execute

import (
	"errors"
	"strings"
	"testing"

	"github.com/dappcore/core-dev/inventory"
)

// TestRecallOfAClosedChild: what is done is not taken back.
func TestRecallOfAClosedChild(t *testing.T) {
	done := issue(home, 1, "one", "")
	done.Closed, done.StateReason, done.Labels = true, "COMPLETED", []string{"jules"}
	_, err := Recall{Child: done.Ref}.Plan(world("- [ ] #1\n", 300, done))
	var not *NotDispatched
	if !errors.As(err, &not) || !strings.Contains(err.Error(), "it is closed as completed; there is nothing to take back") {
		t.Errorf("%v", err)
	}
}

// TestRecallTellsWhatStands: a line in dispatch.log is named only where there is one.
func TestRecallTellsWhatStands(t *testing.T) {
	dispatched := issue(home, 1, "one", "")
	dispatched.Labels = []string{"jules"}
	dispatched.LabelEvents = []inventory.LabelEvent{{ID: "1", Label: "jules", Added: true, At: now}}
	w := world("- [ ] #1\n", 300, dispatched)
	for lines, want := range []string{
		"its task stays spent: the label event stands; dispatch.log has no line of it",
		"its task stays spent: the label event and the line in dispatch.log stand",
	} {
		w.Records = inventory.Records{dispatched.Ref.Key(): {Lines: lines, LastLine: now}}
		p, err := Recall{Child: dispatched.Ref}.Plan(w)
		if err != nil || len(p.Skipped) != 1 || p.Skipped[0].Reason != want {
			t.Errorf("%d lines: %+v, %v", lines, p.Skipped, err)
		}
	}
}
