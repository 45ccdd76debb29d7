package epic

import (
	"regexp"
	"strings"
	"sync"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// joining is what an open epic takes in.
type joining struct {
	epic    *inventory.Epic
	members []member
}

// sort finds the candidates that belong to an open epic of their theme, and
// those that are left. An issue from an audit also belongs to the epic of the
// repository's audits.
func (o Organise) sort(w flows.World) (joins []joining, rest []member) {
	homes := map[string]*joining{}
	var order []*joining
	epics := w.Fleet.Of(o.Repo)
	for k := range epics {
		e := &epics[k]
		theme := themeOf(e)
		if theme == "" || !e.Running() {
			continue
		}
		if h := homes[theme]; h == nil || len(e.Children) < len(h.epic.Children) {
			homes[theme] = &joining{epic: e}
		}
	}
	for _, i := range o.Candidates {
		m := member{i, subjectOf(i, o.Themes)}
		h := homes[m.theme]
		if _, ok := inventory.ParentAudit(i.Body, i.Ref.Repo, w.Snapshot.Host); ok && h == nil {
			h = homes[auditor]
		}
		if h == nil || len(h.epic.Children)+len(h.members) >= atMost {
			rest = append(rest, m)
			continue
		}
		if len(h.members) == 0 {
			order = append(order, h)
		}
		h.members = append(h.members, m)
	}
	for _, h := range order {
		joins = append(joins, *h)
	}
	return joins, rest
}

var epicTitle = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)^\s*epic\s*\(([^()]+)\)\s*:`) })

// themeOf is the theme an epic's title names; empty where it names none. Its
// author is trusted, or it would be no epic.
func themeOf(e *inventory.Epic) string {
	if m := epicTitle().FindStringSubmatch(e.Title); m != nil {
		return strings.ToLower(strings.TrimSpace(m[1]))
	}
	return ""
}

// extend plans the children's links and then, last, their lines on the
// checklist: until these stand there the children are candidates still, and a
// plan that broke off is made again.
func extend(plan *flows.Plan, w flows.World, repo *inventory.Repo, j joining) {
	head, at := headings(j.members), phases(j.members)
	add := flows.AddChildren{Epic: j.epic.Ref}
	for k, m := range j.members {
		link(plan, w, repo, j.epic, m.issue)
		add.Children = append(add.Children, flows.NewChild{Ref: m.issue.Ref, Title: flows.HarmlessWithin(m.issue.Title, titleRunes), Phase: phaseIn(j.epic, at[k], head[at[k]])})
	}
	plan.Add(flows.Step{Reason: "the epic of theme " + themeOf(j.epic) + " is open: no second one is made", Effect: add})
}

// phaseIn is the heading of an epic's phase of that ordinal, as it stands there
// already, or the one it gets.
func phaseIn(e *inventory.Epic, phase int, name string) string {
	for _, p := range e.Phases {
		if p.HasOrdinal && p.Ordinal == phase+1 {
			return p.Name
		}
	}
	return name
}

// complete plans what an epic of ours lacks: its branch, and its children's
// links.
func complete(plan *flows.Plan, w flows.World, repo *inventory.Repo, e *inventory.Epic) {
	i, ok := w.Snapshot.Find(e.Ref)
	if !ok || w.Mark(i).Kind != inventory.MarkEpic || !e.Running() {
		return
	}
	for _, c := range e.Children {
		if !c.Ref.Repo.Same(repo.Ref) {
			continue // somebody else's repository, perhaps: nothing is written there unasked
		}
		if c.Issue != nil && !c.Issue.Closed && !c.Issue.Missing && !c.Issue.IsPull {
			link(plan, w, repo, e, c.Issue)
		}
	}
	if _, there := repo.Branch(e.Branch.Name); !there && len(e.Rivals) == 0 {
		plan.Add(flows.Step{Reason: "the epic " + e.Ref.From(repo.Ref) + " has no branch yet", Effect: flows.MakeBranch{Repo: repo.Ref, Name: e.Branch.Name, From: repo.DefaultBranch}})
	}
}

// link plans the comment that names the epic and the native link, which comes
// last and so shows that both are there.
func link(plan *flows.Plan, w flows.World, repo *inventory.Repo, e *inventory.Epic, child *inventory.Issue) {
	native := repo.Details.SubIssues
	switch {
	case native && child.Parent.Key() == e.Ref.Key():
		return
	case native && child.Parent != (inventory.Ref{}):
		plan.Skip(child.Ref.String(), "it is a sub-issue of "+child.Parent.From(repo.Ref)+" already: it keeps that parent")
		return
	}
	if text := inventory.ParentLine(e.Ref, child.Ref.Repo); !w.Said.Has(child.Ref, text) {
		plan.Add(flows.Step{Reason: "a child names its epic", Effect: flows.Comment{Issue: child.Ref, Body: text, Once: true}})
	}
	if native {
		plan.Add(flows.Step{Reason: "GitHub shows the epic's progress by its sub-issues", Effect: flows.LinkChild{Parent: e.Ref, Child: child.Ref}})
	}
}
