package orchestrator

import (
	"fmt"
	"slices"

	"github.com/dappcore/core-dev/flows"
)

// redo plans what takes back a step that itself took something back, or says why
// nothing does; false: it is another kind of step. before are the plans made
// before it: what was deleted is known from the one that made it.
func redo(plan *flows.Plan, e flows.Effect, before []Entry) bool {
	const why = "this plan took it away"
	switch f := e.(type) {
	case flows.RemoveLabel:
		if !f.Free {
			plan.Skip(f.Target(), "the label "+f.Label+" stays off: put on again it would cost another task")
			return true
		}
		plan.Add(flows.Step{Reason: "this plan took it off", Effect: flows.AddLabel{Issue: f.Issue, Label: f.Label}})
	case flows.NoteRecall:
		plan.Skip(f.Target(), "it stays taken back: to dispatch it again costs another task")
	case flows.DeleteComment:
		c, ok := posted(f, before)
		switch {
		case requested(f, before):
			plan.Skip(f.Target(), fmt.Sprintf("comment %d stays deleted: its request stays counted as made", f.ID))
		case !ok:
			plan.Skip(f.Target(), fmt.Sprintf("comment %d stays deleted: no journal here holds its text", f.ID))
		case c.Reuse:
			plan.Skip(f.Target(), fmt.Sprintf("comment %d stays deleted: the next dispatch names the branch again", f.ID))
		default:
			plan.Add(flows.Step{Reason: fmt.Sprintf("this plan deleted comment %d; it gets a new id", f.ID), Effect: flows.Comment{Issue: f.Issue, Body: c.Body, Once: c.Once}})
		}
	case flows.DeleteBranch:
		plan.Add(flows.Step{Reason: why + "; it is made where it stood, unless one of its name is there", Effect: flows.MakeBranch{Repo: f.Repo, Name: f.Name, SHA: f.SHA}})
	case flows.UnlinkChild:
		plan.Add(flows.Step{Reason: why, Effect: flows.LinkChild(f)})
	case flows.Unblock:
		plan.Add(flows.Step{Reason: why, Effect: flows.Block(f)})
	case flows.ReopenIssue:
		if f.Again {
			plan.Add(flows.Step{Reason: "this plan opened it again after it was taken back", Effect: flows.CloseIssue{Issue: f.Issue, Reason: "not_planned", TakesBack: true}})
			return true
		}
		plan.Skip(f.Target(), "it stays open: close it by hand")
	case flows.FreeClaim:
		plan.Skip(f.Target(), "it stays free: the next dispatch claims it anew")
	case flows.Claim:
		plan.Skip(f.Target(), "its claim stays with the attempt; \"core dev recall\" frees one that was never dispatched")
	default:
		return false
	}
	return true
}

// posted is the comment of ours that was deleted, as its plan has it.
func posted(d flows.DeleteComment, plans []Entry) (flows.Comment, bool) {
	for _, e := range plans {
		for _, s := range e.Steps {
			c, ok := s.Step.Effect.(flows.Comment)
			if ok && s.Evidence != nil && s.Evidence.Comment == d.ID && c.Issue.Key() == d.Issue.Key() {
				return c, true
			}
		}
	}
	return flows.Comment{}, false
}

// requested tells whether the comment that was deleted asked for a fix.
func requested(d flows.DeleteComment, plans []Entry) bool {
	return slices.ContainsFunc(plans, func(e Entry) bool {
		return slices.ContainsFunc(e.Steps, func(s StepEntry) bool {
			a, ok := s.Step.Effect.(flows.Ask)
			return ok && s.Evidence != nil && s.Evidence.Comment == d.ID && a.Pull.Key() == d.Issue.Key()
		})
	})
}
