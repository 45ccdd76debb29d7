package orchestrator

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// TestAnApprovalIsNeverExceeded: rounds that are covered, one after another, come
// to no more than what was approved, of no kind and in tasks.
func TestAnApprovalIsNeverExceeded(t *testing.T) {
	plan := rapid.Custom(func(t *rapid.T) flows.Plan {
		var p flows.Plan
		for _, k := range rapid.SliceOfN(rapid.IntRange(0, 2), 0, 6).Draw(t, "steps") {
			ref := inventory.Ref{Number: 1}
			p.Add(flows.Step{Effect: []flows.Effect{flows.AddLabel{Issue: ref, Spends: true}, flows.Comment{Issue: ref}, flows.CloseIssue{Issue: ref}}[k]})
		}
		return p
	})
	rapid.Check(t, func(rt *rapid.T) {
		approved := rapid.SliceOfN(plan, 0, 4).Draw(rt, "approved")
		left := Approve(approved)
		var sent []flows.Plan
		for _, p := range rapid.SliceOfN(plan, 0, 6).Draw(rt, "rounds") {
			if left.Covers([]flows.Plan{p}) {
				left = left.Used([]flows.Plan{p})
				sent = append(sent, p)
			}
		}
		limit, total := Approve(approved), Approve(sent)
		for kind, n := range total.Steps {
			if n > limit.Steps[kind] {
				rt.Errorf("%d %s of %d", n, kind, limit.Steps[kind])
			}
		}
		if total.Tasks > limit.Tasks {
			rt.Errorf("%d tasks of %d", total.Tasks, limit.Tasks)
		}
	})
}
