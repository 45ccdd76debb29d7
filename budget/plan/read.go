package plan

import (
	"slices"
	"strings"
	"time"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/inventory"
)

// Reading is how a fleet becomes the input of a plan.
type Reading struct {
	Snapshot *inventory.Snapshot
	Fleet    *inventory.Fleet // what Assess made of it
	Agent    string           // who implements where the inventory names nobody
	StandIns []string         // who takes what the repository's own agent has no room for, in order
	// Silent says why an agent cannot be handed anything here; empty: it can.
	Silent func(agent string) string
}

// Input reads the fleet: of every repository its READY children, in the order of
// epics and checklists, and what else decides about it. A child belongs to the
// repository its issue lives in, wherever its epic does.
func (r Reading) Input(b budget.State, s Settings) Input {
	in := Input{Budget: b, Settings: s, Taken: r.Snapshot.TakenAt}
	at := map[string]int{}
	for _, row := range r.Fleet.Rows {
		at[row.Repo.Ref.Key()] = len(in.Repos)
		p := Repo{Ref: row.Repo.Ref, Tier: row.Tier, Audits: len(row.Audits), Unfit: row.Repo.Undispatchable(), Closed: row.Repo.Unwritable()}
		p.Agents, p.Unfit = r.agents(row.Agent, p.Unfit)
		for _, pull := range row.Repo.Pulls {
			switch pull.Checks.State {
			case "SUCCESS":
				p.Passed++
			case "FAILURE", "ERROR":
				p.Failed++
			}
			if stuck(pull) {
				p.Stuck++
			}
		}
		in.Repos = append(in.Repos, p)
	}
	counted := map[string]bool{}
	audits := map[string]bool{}
	for k := range r.Fleet.Epics {
		e := &r.Fleet.Epics[k]
		if n, ok := at[e.Ref.Repo.Key()]; ok {
			in.Repos[n].Epics++
			if e.Running() {
				in.Repos[n].Running++
			}
		}
		for _, c := range e.Children {
			key := c.Ref.Key()
			if c.Issue != nil && !counted[key] {
				if audit, ok := inventory.ParentAudit(c.Issue.Body, c.Ref.Repo, r.Snapshot.Host); ok {
					in.Made++
					audits[audit.Key()] = true
				}
			}
			n, ok := at[c.Ref.Repo.Key()]
			if !ok || counted[key] || c.Closed() {
				counted[key] = true
				continue
			}
			p := &in.Repos[n]
			if counted[key] = true; !c.Verdict.Ready() {
				p.Left++
				continue
			}
			p.Left++
			p.Ready = append(p.Ready, Child{Ref: c.Ref, Epic: e.Ref, Severity: severity(c.Issue), Depends: len(c.Issue.BlockedBy) > 0})
		}
	}
	in.Processed = len(audits)
	return in
}

// stuck tells whether a child's pull request, or an epic's, waits for a fix.
func stuck(p inventory.Pull) bool {
	if p.Draft || len(p.Mentions) == 0 && !strings.HasPrefix(p.Base, "epic/") {
		return false
	}
	return p.Mergeable == "CONFLICTING" || slices.ContainsFunc(p.Threads, func(t inventory.Thread) bool { return !t.Resolved })
}

// agents are who is tried for a repository, and why nobody can be, added to what
// else stands in the way.
func (r Reading) agents(own, unfit string) ([]string, string) {
	if own == "" {
		own = r.Agent
	}
	var out []string
	var why string
	for _, name := range append([]string{own}, r.StandIns...) {
		if slices.Contains(out, name) {
			continue
		}
		if said := r.silent(name); said != "" {
			if why == "" {
				why = said
			}
			continue
		}
		out = append(out, name)
	}
	if len(out) == 0 && unfit == "" {
		unfit = why
	}
	return out, unfit
}

func (r Reading) silent(agent string) string {
	if r.Silent == nil {
		return ""
	}
	return r.Silent(agent)
}

// severity is what an issue's label says, those that stage 1 puts on.
func severity(i *inventory.Issue) Severity {
	switch {
	case i.HasLabel("critical"):
		return Critical
	case i.HasLabel("high"):
		return High
	}
	return Other
}

// Done tells of a child when it was closed as completed; closed, and with a zero
// time, where it ended otherwise; known is false where nothing is known of it.
type Done func(inventory.Ref) (at time.Time, closed, known bool)

// clocksDiffer is by how much a line may be dated ahead by another's clock.
const clocksDiffer = 5 * time.Minute

// Outcomes tell how each day went, the oldest first, by the dispatch log's lines: a
// child counts for the day it was last dispatched on, and each dispatch before that
// as stuck. Today is left out, it is not over, and so is what is dated later than now.
func Outcomes(lines []inventory.Line, done Done, now time.Time) []Outcome {
	last := map[string]time.Time{}
	for _, l := range lines {
		if at := last[l.Ref.Key()]; l.At.After(at) && l.At.Sub(now) <= clocksDiffer {
			last[l.Ref.Key()] = l.At
		}
	}
	today := budget.DayOf(now)
	days := map[budget.Day]*Outcome{}
	for _, l := range lines {
		day := budget.DayOf(l.At)
		at, closed, known := done(l.Ref)
		if day >= today {
			continue
		}
		o := days[day]
		if o == nil {
			o = &Outcome{Date: day.String()}
			days[day] = o
		}
		if o.Sent++; !known {
			continue
		}
		o.Dispatched++
		switch {
		case l.At.Before(last[l.Ref.Key()]):
			o.Stuck++
		case !at.IsZero():
			o.Merged++
		case !closed && now.Sub(l.At) >= 24*time.Hour:
			o.Stuck++
		}
	}
	out := make([]Outcome, 0, len(days))
	for _, o := range days {
		out = append(out, *o)
	}
	slices.SortFunc(out, func(a, b Outcome) int { return strings.Compare(a.Date, b.Date) })
	return out
}
