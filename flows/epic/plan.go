// Package epic is stage 2, organise: open issues become epics with phases, a
// branch, and links to their children (spec/2-flows "Stage 2").
package epic

import (
	"fmt"
	"strings"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// Organise asks for one repository's open issues to be organised. The snapshot
// holds the repository's Details.
type Organise struct {
	Repo       inventory.RepoRef
	Themes     []Theme            // in the order in which they are tried
	Candidates []*inventory.Issue // inventory.Candidates, by number
}

// Plan plans the next round: children are added to the open epic of their
// theme, epics that are missing are made; those that we made get their branch,
// and their children the link to their parent. A plan without steps means that
// nothing is missing.
func (o Organise) Plan(w flows.World) flows.Plan {
	plan := flows.Plan{Flow: "organise", Target: o.Repo.String(), Steps: []flows.Step{}, Skipped: []flows.Skip{}}
	repo, ok := w.Snapshot.Repo(o.Repo)
	if why := unfit(repo, ok); why != "" {
		plan.Skip(o.Repo.String(), why)
		return plan
	}
	if row, ok := w.Fleet.Row(repo.Ref); ok && len(row.Audits) > 0 {
		plan.Skip(repo.Ref.String(), fmt.Sprintf("%d audit issues are open: \"core dev audit %s\" makes issues of their findings first", len(row.Audits), repo.Ref.Name))
	}
	a := o.arrange(w, repo)
	plan.Skipped = append(plan.Skipped, a.skips...)
	for _, j := range a.joins {
		extend(&plan, w, repo, j)
	}
	for _, l := range a.direct {
		plan.Skip(l.issue.Ref.String(), l.why)
	}
	groups := a.groups
	if hidden := untrusted(w, repo); hidden != nil && len(groups) > 0 {
		plan.Skip(repo.Ref.String(), hidden.Ref.From(repo.Ref)+" is an epic that was made here, and GitHub does not say that its author belongs here: no second one is made; label it as accepted, or make the membership of @"+hidden.Author+" public")
		groups = nil
	}
	for _, g := range groups {
		if old := takenBack(w, repo, g); old != nil {
			plan.Add(flows.Step{Reason: fmt.Sprintf("the epic of theme %s was made here and taken back by an undo: it is opened again, no second one is made", g.theme),
				Effect: flows.ReopenIssue{Issue: old.Ref, Again: true}})
			continue
		}
		o.make(&plan, repo, w.Snapshot.Host, g, a.n)
	}
	epics := w.Fleet.Of(repo.Ref)
	for k := range epics {
		complete(&plan, w, repo, &epics[k])
	}
	return plan
}

// Direct are the candidates that no epic takes, open or to be made: each is
// dispatched by itself, its target the default branch. Where nothing can be
// organised there are none.
func (o Organise) Direct(w flows.World) []*inventory.Issue {
	repo, ok := w.Snapshot.Repo(o.Repo)
	if unfit(repo, ok) != "" {
		return nil
	}
	var out []*inventory.Issue
	for _, l := range o.arrange(w, repo).direct {
		out = append(out, l.issue)
	}
	return out
}

// unfit says why nothing can be organised in a repository.
func unfit(repo *inventory.Repo, known bool) string {
	if why := flows.NoGround(repo, known); why != "" {
		return why
	}
	if repo.DefaultHead == "" {
		return "the default branch " + repo.DefaultBranch + " has no commit: an epic branch cannot start anywhere"
	}
	return ""
}

// takenBack is the epic of a group that we made, by its mark, and took back.
func takenBack(w flows.World, repo *inventory.Repo, g group) *inventory.Issue {
	mark := g.mark(repo.Ref)
	for _, list := range [][]inventory.Issue{repo.Issues, repo.Details.Made} {
		for k := range list {
			i := &list[k]
			if w.TakenBack.Holds(i) && w.Mark(i) == mark {
				return i
			}
		}
	}
	return nil
}

// untrusted is an open epic that we made and that takes no part, since GitHub hides
// what its author has to do with the repository. Nil: there is none.
func untrusted(w flows.World, repo *inventory.Repo) *inventory.Issue {
	for k := range repo.Issues {
		i := &repo.Issues[k]
		if i.Closed || w.Mark(i).Kind != inventory.MarkEpic {
			continue
		}
		if ok, _ := w.Rules.Trust.Issue(*i); !ok {
			return i
		}
	}
	return nil
}

// make plans an epic with its labels. Where the repository is of middle size
// the themes of its one epic are labels of it.
func (o Organise) make(plan *flows.Plan, repo *inventory.Repo, host string, g group, n int) {
	labels := []string{"agentic", "complexity:large"}
	add := func(theme string) {
		l, ok := labelOf(theme, o.Themes)
		for _, had := range labels {
			ok = ok && !strings.EqualFold(had, l)
		}
		if ok {
			labels = append(labels, l)
		}
	}
	add(g.theme)
	if n >= small && n < large {
		for _, m := range g.members {
			add(m.theme)
		}
	}
	plan.NeedLabels(repo, labels)
	why := fmt.Sprintf("%d open issues on no checklist, theme %s: %s", len(g.members), g.theme, g.why)
	if g.further {
		why += "; the open epic of that theme takes no more"
	}
	plan.Add(flows.Step{Reason: why, Effect: flows.MakeIssue{
		Repo: repo.Ref, Title: g.title(), Body: g.body(repo.Ref, host), Labels: labels, Mark: g.mark(repo.Ref), Newest: repo.Details.Newest,
	}})
}
