package orchestrator

import (
	"fmt"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// undoMaking plans what takes back a step by which an issue was made, closed or
// tied, or says why nothing does; false: it is another kind of step.
func undoMaking(plan *flows.Plan, e flows.Effect, shown *Evidence) bool {
	switch f := e.(type) {
	case flows.MakeIssue:
		if shown == nil || shown.Number == 0 {
			plan.Skip(f.Target(), "which issue was made is not known")
			return true
		}
		ref := inventory.Ref{Repo: f.Repo, Number: shown.Number}
		plan.Skip(ref.String(), "an issue cannot be deleted: it is closed as not planned")
		plan.Add(flows.Step{Reason: "this plan made it", Effect: flows.CloseIssue{Issue: ref, Reason: "not_planned", TakesBack: true}})
	case flows.CloseIssue:
		plan.Add(flows.Step{Reason: "this plan closed it", Effect: flows.ReopenIssue{Issue: f.Issue, Again: f.TakesBack}})
	case flows.LinkChild:
		plan.Add(flows.Step{Reason: "this plan linked it", Effect: flows.UnlinkChild(f)})
	case flows.Block:
		plan.Add(flows.Step{Reason: "this plan noted it", Effect: flows.Unblock(f)})
	case flows.AddChildren:
		plan.Skip(f.Target(), fmt.Sprintf("its checklist keeps %s: take the lines out by hand", f.Detail()))
	case flows.MakeLabel:
		plan.Skip(f.Target(), "the label "+f.Name+" stays: other issues may bear it")
	default:
		return false
	}
	return true
}
