package orchestrator

import (
	"context"
	"errors"
	"strings"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// A plan that follows an epic holds steps on many pull requests. One that cannot be
// written to as planned keeps nobody from the others: its step is refused for good,
// the steps behind it on the same target are left out, and the plan goes on to its
// end. The error is told then, so that a new look decides about the target anew.

// leaveOut does so for an error of step k, where it may; else it returns the error.
func (r *run) leaveOut(ctx context.Context, k int, err error) error {
	if err == nil || ctx.Err() != nil || !r.alone(k, err) {
		return err
	}
	why := err.Error()
	var stale *Stale
	if errors.As(err, &stale) {
		why = stale.Why
	}
	branch := false // its target is a repository, where other steps have nothing to do with it
	switch r.steps[k].Effect.(type) {
	case flows.DeleteBranch, flows.MergeUp, flows.MakeLabel:
		branch = true
	}
	if err := r.close(k, &result{outcome: Refused, detail: why, evidence: Evidence{Final: true, Ends: !branch}}, nil); err != nil {
		return err
	}
	if e, ok := r.steps[k].Effect.(flows.AddLabel); ok && refusal(err) {
		if err := r.noteNoLabel(ctx, e, err); err != nil {
			return err
		}
	}
	if r.steps[k].ends() {
		if err := r.leaveBehind(k); err != nil {
			return err
		}
	}
	r.missed = append(r.missed, err)
	return nil
}

// noteNoLabel has the journal remember that GitHub refused a label at the present
// head of a pull request, so that the next decision there asks a person instead.
func (r *run) noteNoLabel(ctx context.Context, e flows.AddLabel, why error) error {
	p, err := r.Hub.PullNow(ctx, e.Issue)
	if err != nil {
		return nil //nolint:nilerr // what cannot be read is decided about again
	}
	return r.Journal.NotePull(r.now(), e.Issue, inventory.PullNote{Kind: inventory.NoteRefused, What: e.Kind(), SHA: p.HeadSHA, Why: why.Error()})
}

// leaveBehind leaves out the steps behind step k on its target, as far as that was
// not noted yet; and the note that all was done which the end of a pull request asks
// for, where some of it was left out.
func (r *run) leaveBehind(k int) error {
	s := r.steps[k]
	children := map[string]bool{childOf(s.Effect): true}
	for n := k + 1; n < len(r.steps); n++ {
		behind := r.steps[n]
		note, ok := behind.Effect.(flows.NotePull)
		unfinished := ok && note.Note.Kind == inventory.NoteEnded && note.Note.Child != "" && children[note.Note.Child]
		if behind.over() && !behind.leftOut() || behind.asked() || behind.Effect.Target() != s.Effect.Target() && !unfinished {
			continue
		}
		children[childOf(behind.Effect)] = true
		if behind.over() {
			continue
		}
		left := result{outcome: Refused, detail: "left out: " + s.outcome.Detail, evidence: Evidence{Final: true}}
		if err := r.close(n, &left, nil); err != nil {
			return err
		}
	}
	return nil
}

// leftOut tells that the step was refused for good.
func (s *state) leftOut() bool { return s.over() && !s.finished() }

// childOf is the child whose end a step sees to; empty: none.
func childOf(e flows.Effect) string {
	switch e := e.(type) {
	case flows.CloseIssue:
		return e.Issue.String()
	case flows.Tick:
		return e.Child.String()
	case flows.Capture:
		return e.Child.String()
	}
	return ""
}

// alone tells whether an error of step k concerns its target and nothing else,
// leaves no question, and no task rests on the target. What takes a plan back stops
// as a whole: it is run again for what it lacks.
func (r *run) alone(k int, err error) bool {
	s := r.steps[k]
	var unsettled *Unsettled
	if s.asked() || doubtful(err) || retryIn(err) > 0 || errors.As(err, &unsettled) || r.sheet.Flow == undoFlow {
		return false
	}
	target := s.Effect.Target()
	for _, other := range r.steps {
		if _, task := other.Effect.(flows.Reserve); task && other.Effect.Target() == target {
			return false
		}
	}
	switch s.Effect.(type) {
	case flows.Retarget, flows.Ask, flows.ResolveThread, flows.UpdateBranch, flows.MergeUp, flows.AutoMerge, flows.AutoMergeOff, flows.Enqueue, flows.MergePull, flows.ClosePull, flows.Mend:
		return onlyStale(err) || local(err)
	case flows.AddLabel, flows.Comment:
		return r.followed(target) && (onlyStale(err) || local(err))
	case flows.MakeLabel: // GitHub may make it with the first that is put on
		return strings.EqualFold(s.Effect.(flows.MakeLabel).Name, flows.InterventionLabel) && local(err)
	case flows.Tick, flows.CloseIssue, flows.Capture, flows.DeleteBranch:
		return local(err) && !onlyStale(err)
	}
	return false
}

// followed tells whether a target is a pull request that the plan follows: another
// step says so, or the label that only pull requests bear.
func (r *run) followed(target string) bool {
	for _, s := range r.steps {
		if s.Effect.Target() != target {
			continue
		}
		switch e := s.Effect.(type) {
		case flows.Retarget, flows.Ask, flows.ResolveThread, flows.UpdateBranch, flows.AutoMerge, flows.AutoMergeOff, flows.Enqueue, flows.MergePull, flows.ClosePull, flows.Mend, flows.NotePull:
			return true
		case flows.AddLabel:
			if strings.EqualFold(e.Label, flows.InterventionLabel) {
				return true
			}
		}
	}
	return false
}
