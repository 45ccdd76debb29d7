package orchestrator

import (
	"fmt"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// undoPulling plans what takes back a step by which a pull request was followed, or
// says why nothing does; false: it is another kind of step.
func undoPulling(plan *flows.Plan, e flows.Effect, shown *Evidence) bool {
	cannot := func(why string) { plan.Skip(e.Target(), "cannot be taken back: "+why) }
	switch f := e.(type) {
	case flows.Retarget:
		plan.Add(flows.Step{Reason: "this plan changed its base", Effect: flows.Retarget{Pull: f.Pull, From: f.To, To: f.From}})
	case flows.Ask:
		if shown == nil || shown.Comment == 0 {
			plan.Skip(f.Target(), "which comment was posted is not known")
			return true
		}
		plan.Skip(f.Target(), "that it was asked stays counted, and its agent may be at work on it")
		plan.Add(flows.Step{Reason: "this plan posted it", Effect: flows.DeleteComment{Issue: f.Pull, ID: shown.Comment}})
	case flows.OpenPull:
		if shown == nil || shown.Number == 0 {
			plan.Skip(f.Target(), "which pull request was opened is not known")
			return true
		}
		ref := inventory.Ref{Repo: f.Repo, Number: shown.Number}
		plan.Skip(ref.String(), "a pull request cannot be deleted: it is closed")
		plan.Add(flows.Step{Reason: "this plan opened it", Effect: flows.ClosePull{Pull: ref}})
	case flows.ResolveThread:
		cannot("thread " + f.Thread + " stays resolved; unresolve it by hand")
	case flows.UpdateBranch:
		cannot("its branch keeps the merge of its base")
	case flows.MergeUp:
		cannot(f.Branch + " keeps the merge of " + f.From)
	case flows.AutoMerge:
		cannot("GitHub merges it as soon as it may; disable auto-merge by hand")
	case flows.AutoMergeOff:
		cannot("GitHub does not merge it by itself any more; enable auto-merge by hand")
	case flows.Enqueue:
		cannot("it is the merge queue's; take it out by hand")
	case flows.MergePull:
		cannot("a merge stays; revert it by a pull request of its own")
	case flows.ClosePull:
		cannot("it stays closed; open it again by hand")
	case flows.Mend:
		cannot("its branch keeps the merge that was pushed")
	case flows.Tick:
		cannot(fmt.Sprintf("its checklist keeps %s ticked: the child is done", f.Detail()))
	case flows.Capture:
		cannot("a training record is kept")
	default:
		return false
	}
	return true
}
