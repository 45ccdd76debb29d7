package execute

import "github.com/dappcore/core-dev/inventory"

// waits says why an epic is not done, after one look at it: what a person is needed
// for, else what this look sends, else what is waited for. It is never empty but for
// one that is done: an epic that stands has a reason that can be told.
func waits(out *Watched, e *inventory.Epic) string {
	if out.State == stateDone {
		return ""
	}
	about := func(d Decision) string { return d.About.From(e.Ref.Repo) + ": " + d.Seen }
	for _, d := range out.Decisions {
		if d.Person != "" {
			return about(d) + "; " + d.Next
		}
	}
	if n := len(out.Plan.Steps); n > 0 {
		return "it goes on: " + count(n, "step") + " at this look"
	}
	for _, d := range out.Decisions {
		if d.Row != RowMerged && d.Row != RowClosed {
			return about(d) + "; " + d.Next
		}
	}
	for _, c := range e.Children {
		if !c.Closed() && e.Phases[c.Phase].Open && !c.Verdict.Ready() {
			return c.Ref.From(e.Ref.Repo) + ": " + c.Verdict.Reason
		}
	}
	for _, s := range out.Plan.Skipped {
		return s.Reason
	}
	return "nothing of it is open for an agent: " + out.State
}

// blocked names the children of open phases that wait for other issues: nothing is
// decided about those, and the epic may stand for them.
func blocked(out *Watched, e *inventory.Epic) {
	for _, c := range e.Children {
		if !e.Phases[c.Phase].Open || c.Issue == nil {
			continue
		}
		switch c.Verdict.Code {
		case inventory.CodeDependency, inventory.CodeListed:
			out.Plan.Skip(c.Ref.String(), c.Verdict.Reason)
			out.Decisions = append(out.Decisions, Decision{About: c.Ref, Child: c.Ref, Row: RowBlocked, Seen: c.Verdict.Reason, Next: "then it is handed out"})
		}
	}
}
