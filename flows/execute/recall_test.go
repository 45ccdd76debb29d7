package execute

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/flows"
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

// TestRecallFreesNoLiveClaim: a claim of a moment ago may be of a dispatch that is
// under way; an older one is freed, and it is said whose it was.
func TestRecallFreesNoLiveClaim(t *testing.T) {
	child := issue(home, 1, "one", "")
	r := Recall{Child: child.Ref, Lives: 3 * time.Minute, Claim: inventory.Claim{SHA: "abc", By: "ann"}}
	w := world("- [ ] #1\n", 300, child)
	w.Now = now
	for age, frees := range map[time.Duration]bool{0: false, 3*time.Minute - time.Second: false, 3 * time.Minute: true, -time.Hour: false} {
		r.Claim.At = now.Add(-age)
		p, err := r.Plan(w)
		var lives *ClaimLives
		if frees != (err == nil) || !frees && (!errors.As(err, &lives) || !strings.Contains(err.Error(), "@ann claimed it at ")) {
			t.Errorf("%v old: %v", age, err)
		}
		if frees && (len(p.Steps) != 1 || p.Steps[0].Effect != flows.Effect(flows.FreeClaim{Child: child.Ref, Attempt: 1, SHA: "abc"}) || !strings.Contains(p.Steps[0].Reason, "@ann claimed it at ")) {
			t.Errorf("%v old: %+v", age, p.Steps)
		}
	}
	r.Claim = inventory.Claim{}
	var not *NotDispatched
	if _, err := r.Plan(w); !errors.As(err, &not) {
		t.Error(err)
	}
}
