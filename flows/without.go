package flows

import "fmt"

// Without is the plan less step k, counted from 0, and those that rest on it, which
// are noted as skipped. A task's reservation, comment, label and log go together; on
// what makes a branch, a label or a pull request rests all that is behind it; else
// what is behind a step on the same target rests on it. Costs are counted anew.
func (p Plan) Without(k int) Plan {
	out := Plan{Flow: p.Flow, Target: p.Target, Steps: []Step{}, Skipped: append([]Skip(nil), p.Skipped...)}
	why := "left out by you"
	for n, s := range p.Steps {
		if n == k || p.rests(n, k) {
			reason := why
			if n != k {
				reason = fmt.Sprintf("rests on what was %s", why)
			}
			out.Skip(s.Effect.Target(), s.Effect.Kind()+": "+reason)
			continue
		}
		out.Add(s)
	}
	return out
}

// rests tells whether step n means nothing, or does harm, without step k.
func (p Plan) rests(n, k int) bool {
	left, other := p.Steps[k].Effect, p.Steps[n].Effect
	if subject(left) == subject(other) && p.tasked(subject(left)) {
		return true
	}
	if n < k {
		return false
	}
	switch left.(type) {
	case MakeBranch, MakeLabel, OpenPull, AddChildren, MergeUp:
		return true
	case MakeIssue: // the others of its kind stand for themselves
		_, also := other.(MakeIssue)
		return !also
	case Tick: // the epic is not closed before all its children are ticked
		_, also := other.(Tick)
		return subject(left) == subject(other) || !also && left.Target() == other.Target()
	}
	return subject(left) == subject(other)
}

// tasked tells whether a task is reserved for a target.
func (p Plan) tasked(target string) bool {
	for _, s := range p.Steps {
		if r, ok := s.Effect.(Reserve); ok && r.Target() == target {
			return true
		}
	}
	return false
}

// subject is what an effect is about: the child of a tick, else its target.
func subject(e Effect) string {
	if t, ok := e.(Tick); ok {
		return t.Child.String()
	}
	return e.Target()
}
