package orchestrator

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

const undoFlow = "undo"

// CannotUndo tells why a plan cannot be taken back.
type CannotUndo struct {
	Plan string
	Why  string
}

func (e *CannotUndo) Error() string {
	if e.Plan == "" {
		return e.Why
	}
	return "plan " + e.Plan + " cannot be taken back: " + e.Why
}

// Undo plans what takes a plan back; where id is empty the newest one of which
// something can be taken back, newer ones being passed over, which the first of the
// skipped says: labels and comments of ours, branches that nobody used, issues that
// were made (closed again), closed or tied, pull requests that were opened or
// retargeted. An undo is taken back by its id, but
// for what costs a task. What cannot be taken back is among the skipped, with why.
func (a *Applier) Undo(id string) (flows.Plan, error) {
	list, err := a.History(0)
	if err != nil {
		return flows.Plan{}, err
	}
	var passed []string // plans of which nothing can be taken back
	for k, e := range list {
		if id != "" && e.ID != id || id == "" && (e.Flow == undoFlow || e.State == Undone || e.Done == 0) {
			continue
		}
		switch e.State {
		case Open, Running:
			return flows.Plan{}, &CannotUndo{e.ID, "it has not ended yet"}
		case Undone:
			return flows.Plan{}, &CannotUndo{e.ID, "it was taken back already"}
		case Broken:
			return flows.Plan{}, &CannotUndo{e.ID, e.Detail}
		}
		plan, err := a.undo(e, list[:k], list[k+1:])
		if err == nil && id == "" && len(plan.Steps) == 0 {
			passed = append(passed, e.ID)
			continue
		}
		if err == nil && len(passed) > 0 {
			plan.Skipped = append([]flows.Skip{passedOver(passed)}, plan.Skipped...)
		}
		return plan, err
	}
	if id != "" {
		_, err := a.Plan(id)
		return flows.Plan{}, err
	}
	return flows.Plan{}, &CannotUndo{"", "there is no plan that left anything that can be taken back"}
}

// passedOver tells of the plans, newest first, that an undo without a plan's name
// leaves as they are.
func passedOver(plans []string) flows.Skip {
	s := flows.Skip{Target: plans[0], Reason: "nothing of this plan can be taken back; named, it says why"}
	if n := len(plans) - 1; n > 0 {
		s.Reason = fmt.Sprintf("nothing of this plan and of %d before it can be taken back; named, each says why", n)
	}
	return s
}

// undo takes the steps back in reverse; since are the plans made after it, before
// those made before.
func (a *Applier) undo(e Entry, since, before []Entry) (flows.Plan, error) {
	plan := flows.Plan{Flow: undoFlow, Target: e.ID, Steps: []flows.Step{}, Skipped: []flows.Skip{}}
	for _, s := range slices.Backward(e.Steps) {
		if s.Outcome != Done {
			continue
		}
		switch f := s.Step.Effect.(type) {
		case flows.LogDispatch:
			if err := a.undoDispatch(&plan, e, f, s.Evidence); err != nil {
				return plan, err
			}
		case flows.AddLabel:
			if !f.Spends {
				plan.Add(flows.Step{Reason: "this plan put it on", Effect: flows.RemoveLabel{Issue: f.Issue, Label: f.Label, Free: true}})
			}
		case flows.Comment:
			if recalls(e, f) {
				plan.Skip(f.Target(), "the comment stays: what it tells of stays so")
			} else if s.Evidence != nil && s.Evidence.Comment != 0 {
				plan.Add(flows.Step{Reason: "this plan posted it", Effect: flows.DeleteComment{Issue: f.Issue, ID: s.Evidence.Comment}})
			}
		case flows.MakeBranch:
			if by := sentTo(f, since); by != "" {
				plan.Skip(f.Repo.String(), "the branch "+f.Name+" stays: plan "+by+" sent agents to it")
			} else if s.Evidence != nil {
				plan.Add(flows.Step{Reason: "this plan made it; it goes only while it stands at " + short(s.Evidence.SHA), Effect: flows.DeleteBranch{Repo: f.Repo, Name: f.Name, SHA: s.Evidence.SHA}})
			}
		case flows.CloseIssue:
			if merged(e, f.Issue) { // opened again it would be one that is done and not
				plan.Skip(f.Target(), "it stays closed: its work is merged; revert that by a pull request of its own, then open it again by hand")
			} else {
				undoMaking(&plan, f, s.Evidence)
			}
		case flows.Reserve, flows.MakeMark, flows.Call, flows.NotePull: // settled or given back with its dispatch; nothing; what was seen stays seen
		default:
			if undoMaking(&plan, f, s.Evidence) || undoPulling(&plan, f, s.Evidence) || redo(&plan, f, before) {
				continue
			}
			plan.Skip(f.Target(), fmt.Sprintf("%s %s cannot be taken back", f.Kind(), f.Detail()))
		}
	}
	return plan, nil
}

// undoDispatch takes the label off again and makes the child READY, unless
// that dispatch is not the child's newest one any more.
func (a *Applier) undoDispatch(plan *flows.Plan, e Entry, f flows.LogDispatch, shown *Evidence) error {
	event, recalled, err := a.Journal.LastDispatch(f.Child)
	switch {
	case err != nil:
		return err
	case shown == nil || shown.Event != "" && shown.Event != event:
		plan.Skip(f.Child.String(), "it was dispatched again since")
		return nil
	case recalled:
		plan.Skip(f.Child.String(), "it was taken back already")
		return nil
	}
	plan.Skip(f.Child.String(), "its task stays spent: the label event and the line in dispatch.log stand")
	for _, s := range e.Steps {
		if l, ok := s.Step.Effect.(flows.AddLabel); ok && l.Spends && l.Issue.Key() == f.Child.Key() {
			plan.Add(flows.Step{Reason: "this plan dispatched it to " + f.Agent, Effect: flows.RemoveLabel{Issue: l.Issue, Label: l.Label, Event: event}})
			plan.Add(flows.Step{Reason: "it may be dispatched again, for another task", Effect: flows.NoteRecall{Child: f.Child, Event: event}})
		}
		if l, ok := s.Step.Effect.(flows.Call); ok && l.Child.Key() == f.Child.Key() {
			plan.Add(flows.Step{Reason: "this plan called " + f.Agent + ", which is ended; it may be dispatched again, for another task", Effect: flows.NoteRecall{Child: f.Child, Event: event}})
		}
	}
	return nil
}

// sentTo is the plan that posted a comment naming the branch.
func sentTo(b flows.MakeBranch, plans []Entry) string {
	for _, e := range plans {
		for _, s := range e.Steps {
			c, ok := s.Step.Effect.(flows.Comment)
			if ok && e.State != Undone && (s.Outcome == Done || s.Outcome == Skipped) && c.Issue.Repo.Same(b.Repo) && strings.Contains(c.Body, "`"+b.Name+"`") {
				return e.ID
			}
		}
	}
	return ""
}

// recalls tells whether a plan took a dispatch back that its comment tells of:
// the recall stands, so the comment does.
func recalls(e Entry, c flows.Comment) bool {
	return slices.ContainsFunc(e.Steps, func(s StepEntry) bool {
		n, ok := s.Step.Effect.(flows.NoteRecall)
		return ok && s.Outcome == Done && n.Child.Key() == c.Issue.Key()
	})
}

// merged tells whether a plan followed up the merge of an issue's work.
func merged(e Entry, issue inventory.Ref) bool {
	return slices.ContainsFunc(e.Steps, func(s StepEntry) bool {
		n, ok := s.Step.Effect.(flows.NotePull)
		return ok && n.Note.Kind == inventory.NoteEnded && n.Note.What == string(inventory.PullMerged) && n.Note.Child == issue.String()
	})
}
