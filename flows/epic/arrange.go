package epic

import (
	"fmt"
	"slices"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// arrangement is where every candidate goes.
type arrangement struct {
	joins  []joining
	groups []group // new epics
	direct []left
	skips  []flows.Skip // what is left alone, and why
	n      int          // what the number of new epics goes by
}

// left is an issue that no epic takes: it is dispatched by itself.
type left struct {
	member
	why string
}

// arrange finds every candidate its place: an open epic of its theme, a new one,
// or none. In a repository whose issues come from audits features make epics of
// their own, by subsystem, or none: what an audit found does not wait for the
// owner's word on them.
func (o Organise) arrange(w flows.World, repo *inventory.Repo) arrangement {
	web := newWeb(w.Snapshot)
	a := o.join(w, web, repo)
	rest := a.rest
	var apart []member
	if o.audited(w, repo) {
		set := func(one bool) {
			rest = slices.DeleteFunc(rest, func(m member) bool {
				if m.apart(one) {
					apart = append(apart, m)
				}
				return m.apart(one)
			})
		}
		set(false)
		if n, _ := size(rest, repo.Ref, w.Snapshot.Host); n < large {
			set(true)
		}
	}
	out := arrangement{joins: a.joins, skips: a.skips}
	n, audits := size(rest, repo.Ref, w.Snapshot.Host)
	out.n = n
	switch {
	case len(rest) < fewest:
		for _, m := range rest {
			out.direct = append(out.direct, left{m, fmt.Sprintf("fewer than %d issues make no epic: it would be dispatched directly, its target %s", fewest, repo.DefaultBranch)})
		}
	default:
		out.groups = divide(rest, n, len(audits) > 0)
		for k := range out.groups {
			out.groups[k].why = number(n, len(audits) > 0)
		}
	}
	slices.SortFunc(apart, byNumber)
	for len(apart) > 0 {
		theme := apart[0].theme
		other := func(m member) bool { return m.theme != theme }
		same := slices.DeleteFunc(slices.Clone(apart), other)
		apart = slices.DeleteFunc(apart, func(m member) bool { return !other(m) })
		if len(same) < fewest {
			for _, m := range same {
				out.direct = append(out.direct, left{m, fmt.Sprintf("a feature is no part of an epic made from audits, and fewer than %d of theme %s make none: it would be dispatched directly, its target %s", fewest, theme, repo.DefaultBranch)})
			}
			continue
		}
		for _, g := range chop(group{theme: theme, members: same}, most) {
			g.why = "features of one subsystem are apart from what audits found"
			out.groups = append(out.groups, g)
		}
	}
	tell(out.groups, repo)
	settle(out.groups, web)
	return out
}

// number says why there are as many new epics as there are.
func number(n int, fromAudits bool) string {
	switch {
	case fromAudits && n < large:
		return fmt.Sprintf("from fewer than %d audits (%d) comes one epic", large, n)
	case fromAudits:
		return fmt.Sprintf("from %d audits or more (%d) come epics by theme", large, n)
	case n < large:
		return fmt.Sprintf("fewer than %d make one epic", large)
	}
	return fmt.Sprintf("%d or more make epics by theme", large)
}

// audited tells whether issues of a repository come from audits: those that are
// open, and those that its open epics name.
func (o Organise) audited(w flows.World, repo *inventory.Repo) bool {
	for k := range repo.Issues {
		if i := &repo.Issues[k]; !i.IsPull {
			if _, ok := inventory.ParentAudit(i.Body, repo.Ref, w.Snapshot.Host); ok {
				return true
			}
		}
	}
	return false
}

// tell gives new epics numbers, by which their marks and titles are told from
// those of the epics that are open: of one theme there is another where they take
// no more.
func tell(groups []group, repo *inventory.Repo) {
	taken := func(g group) bool {
		mark, title := g.mark(repo.Ref), g.title()
		return slices.ContainsFunc(repo.Issues, func(i inventory.Issue) bool {
			return !i.Closed && !i.IsPull && (inventory.ReadMark(i.Body) == mark || i.Title == title)
		})
	}
	last := map[string]int{}
	for k := range groups {
		g := &groups[k]
		g.part = max(g.part, last[g.theme]+1)
		g.further = g.part > g.parts
		for taken(*g) {
			g.part, g.further = g.part+1, true
		}
		last[g.theme] = g.part
	}
}
