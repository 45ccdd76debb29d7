package execute

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// next hands out what is READY in an epic that was begun, as far as today's budget
// goes.
func (x Watch) next(w flows.World, out *Watched, e *inventory.Epic, sights map[string]*Sight) {
	if len(e.Ready()) == 0 {
		if Begun(w, e) || x.Begin && !runs(w, e) {
			x.gated(out, e)
		}
		return
	}
	if !Begun(w, e) {
		out.State += ", not begun"
		switch {
		case !x.Begin:
			out.Plan.Skip(e.Ref.String(), fmt.Sprintf("not begun: core dev epic %d --repo %s --dispatch begins it", e.Ref.Number, e.Ref.Repo))
			return
		case runs(w, e):
			out.Plan.Skip(e.Ref.String(), "not begun: its turn comes when the epic that runs in its repository is done")
			return
		}
	}
	for _, c := range e.Ready() {
		if r, ok := w.Snapshot.Repo(c.Ref.Repo); !ok || r.Work == nil {
			out.Plan.Skip(e.Ref.String(), "nothing is handed out while the pull requests of "+c.Ref.Repo.String()+" cannot be read")
			return
		}
	}
	for _, c := range e.Ready() {
		if pull, ok := claimant(w, c); ok {
			out.person(c.Ref, pull.From(c.Ref.Repo)+" is open for it, though it was taken back", "merge that by hand, or close it: then it is handed out again, for another task")
		}
	}
	d := x.Dispatch
	d.Epic = e.Ref
	d.Instead = reassigned(w, x.Gates.Reassign)
	p, err := d.Plan(w)
	var refusal *flows.Refusal
	if errors.As(err, &refusal) && refusal.Fits > 0 {
		out.Plan.Skip(e.Ref.String(), refusal.Error())
		d.Max = refusal.Fits
		p, err = d.Plan(w)
	}
	if err != nil {
		out.Plan.Skip(e.Ref.String(), err.Error())
		wait := Decision{About: e.Ref, Child: e.Ref, Row: RowBudget, Seen: fmt.Sprintf("%s READY, and none is handed out: %v", count(len(e.Ready()), "child"), err), Next: "they are handed out when the budget allows"}
		if errors.As(err, &refusal) && refusal.Cause != "" {
			wait.Person = wait.Seen
		}
		out.Decisions = append(out.Decisions, wait)
		return
	}
	for _, s := range p.Steps {
		out.Plan.Add(s)
	}
	x.gated(out, e)
	for _, s := range p.Skipped {
		if c, ok := childOf(e, s.Target); !ok || c.Verdict.Code != inventory.CodeDispatched && c.Verdict.Code != inventory.CodePhase {
			out.Plan.Skipped = append(out.Plan.Skipped, s)
		}
	}
}

func childOf(e *inventory.Epic, target string) (inventory.Child, bool) {
	for _, c := range e.Children {
		if c.Ref.String() == target {
			return c, true
		}
	}
	return inventory.Child{}, false
}

// gated names the READY-but-for-a-word children, and whatever else keeps an epic
// from going on that only a person can settle.
func (x Watch) gated(out *Watched, e *inventory.Epic) {
	for _, c := range e.Children {
		switch c.Verdict.Code {
		case inventory.CodeFeature, inventory.CodeUntrusted, inventory.CodeChecked, inventory.CodeLocked, inventory.CodeUnknown, inventory.CodeElsewhere,
			inventory.CodeEpic, inventory.CodeAudit, inventory.CodePull, inventory.CodeBranch:
			if e.Phases[c.Phase].Open {
				out.person(c.Ref, c.Verdict.Reason, "settle that, and it is handed out")
			}
		}
	}
}

// claimant is the open pull request that a child which is READY has all the same:
// by our own record; or an agent's, made after the child was handed out, that refers
// to it, though the child was taken back before it came. Nobody pays for a second
// one. What merges needs more (belong); to hold back a task that is enough, and
// nobody but an agent's account can bring it about.
func claimant(w flows.World, c inventory.Child) (inventory.Ref, bool) {
	r, ok := w.Snapshot.Repo(c.Ref.Repo)
	if !ok {
		return inventory.Ref{}, false
	}
	if r.Work != nil {
		for k := range r.Work.Pulls {
			p := &r.Work.Pulls[k]
			if p.State == inventory.PullOpen && w.Courses.Of(p.Ref).Child.Key() == c.Ref.Key() {
				return p.Ref, true
			}
		}
	}
	first := firstDispatch(c.Issue, w.Rules)
	for k := range r.Pulls {
		p := &r.Pulls[k]
		whose := w.Courses.Of(p.Ref).Child
		late := !first.IsZero() && whose.Number == 0 && !p.CrossRepo && !p.CreatedAt.Before(first) && agents(w, p) &&
			slices.ContainsFunc(p.Mentions, func(m inventory.Ref) bool { return m.Key() == c.Ref.Key() })
		if ended, known := r.Work.Pull(p.Ref.Number); known && ended.State != inventory.PullOpen {
			continue
		}
		if late || whose.Number != 0 && whose.Key() == c.Ref.Key() {
			return p.Ref, true
		}
	}
	return inventory.Ref{}, false
}

// firstDispatch is when an agent's label was first put on an issue, as far as its
// events were read; zero: never.
func firstDispatch(i *inventory.Issue, rules inventory.Rules) (at time.Time) {
	if i == nil {
		return at
	}
	for _, e := range i.LabelEvents {
		if _, ok := rules.Agent(e.Label); ok && e.Added && (at.IsZero() || e.At.Before(at)) {
			at = e.At
		}
	}
	return at
}

// Claimed are the READY children of the fleet's epics that have an open pull request
// all the same, by Ref.Key: a plan of the day has no room for them.
func Claimed(w flows.World) map[string]bool {
	out := map[string]bool{}
	for k := range w.Fleet.Epics {
		for _, c := range w.Fleet.Epics[k].Ready() {
			if _, claimed := claimant(w, c); claimed {
				out[c.Ref.Key()] = true
			}
		}
	}
	return out
}

// reassigned are the children whose pull requests stayed red and were closed, with
// the agent that gets them instead, by Ref.Key.
func reassigned(w flows.World, agent string) map[string]string {
	if agent == "" {
		return nil
	}
	out := map[string]string{}
	for _, c := range w.Courses {
		s := Sight{Course: c}
		if c.Ended == inventory.PullClosed && s.red() >= mostRedHeads {
			out[c.Child.Key()] = agent
		}
	}
	return out
}

// Begun tells whether any child of an epic was ever dispatched or done.
func Begun(w flows.World, e *inventory.Epic) bool {
	return slices.ContainsFunc(e.Children, func(c inventory.Child) bool {
		return c.Closed() || c.Verdict.Code == inventory.CodeDispatched || w.Records[c.Ref.Key()].Lines > 0
	})
}

// BegunSince tells whether all that was ever dispatched of an epic was since an
// instant; false where nothing was. lines are how many of the dispatch log's lines
// about a child are since then.
func BegunSince(w flows.World, e *inventory.Epic, from time.Time, lines func(inventory.Ref) int) bool {
	began := false
	for _, c := range e.Children {
		r, n := w.Records[c.Ref.Key()], lines(c.Ref)
		switch {
		case r.Lines > n:
			return false
		case n > 0 || r.Held:
			began = true
		case c.Closed(), c.Verdict.Code == inventory.CodeDispatched && labelled(c.Issue, w.Rules).Before(from):
			return false
		case c.Verdict.Code == inventory.CodeDispatched: // by hand, or from another folder
			began = true
		}
	}
	return began
}

// labelled is when an agent's label was last put on; zero: nothing tells.
func labelled(i *inventory.Issue, rules inventory.Rules) (at time.Time) {
	if i == nil {
		return at
	}
	for _, e := range i.LabelEvents {
		if _, ok := rules.Agent(e.Label); ok && e.Added && e.At.After(at) {
			at = e.At
		}
	}
	return at
}

// runs tells whether another epic of the repository is begun and not done.
func runs(w flows.World, but *inventory.Epic) bool {
	epics := w.Fleet.Of(but.Ref.Repo)
	for k := range epics {
		e := &epics[k]
		if e.Ref.Key() != but.Ref.Key() && e.Running() && (Begun(w, e) || e.Ref.Number < but.Ref.Number && len(e.Ready()) > 0) {
			return true
		}
	}
	return false
}
