package epic

import (
	"cmp"
	"slices"
	"strings"

	"github.com/dappcore/core-dev/inventory"
)

// The sizes of spec/2-flows "Stage 2".
const (
	fewest  = 3                       // children an epic is worth making for
	most    = 10                      // children of an epic with a theme
	small   = 5                       // audits below which one epic is made for the repository
	large   = 10                      // audits from which on epics are made by theme
	atMost  = inventory.MostSubIssues // children of one epic at all
	auditor = "audit"
)

// member is a candidate with what it is about.
type member struct {
	issue *inventory.Issue
	subject
	audited bool // made from an audit's finding
}

// group is what becomes one epic.
type group struct {
	theme   string
	part    int  // from 1, of those with that theme that are open or made now
	parts   int  // made now
	further bool // open ones of that theme, which take no more, are not counted in parts
	why     string
	members []member
	at      []int // their phases
}

// bound is how many children an epic of a theme gets: the one of a repository's
// audits as many as GitHub allows.
func bound(theme string) int {
	if theme == auditor {
		return atMost
	}
	return most
}

// size is what the number of epics goes by: the audits the candidates came
// from, or without any the candidates themselves.
func size(members []member, home inventory.RepoRef, host string) (n int, audits []inventory.Ref) {
	seen := map[string]bool{}
	for _, m := range members {
		if a, ok := inventory.ParentAudit(m.issue.Body, home, host); ok && !seen[a.Key()] {
			seen[a.Key()] = true
			audits = append(audits, a)
		}
	}
	slices.SortFunc(audits, inventory.Ref.Compare)
	if len(audits) == 0 {
		return len(members), nil
	}
	return len(audits), audits
}

// divide makes the groups: one below large, else one a theme, each of 3 to 10
// where there is enough for it.
func divide(members []member, n int, fromAudits bool) []group {
	if n < large {
		return chop(group{theme: single(members, fromAudits), members: members}, atMost)
	}
	byTheme := map[string][]member{}
	var order []string
	for _, m := range members {
		if byTheme[m.theme] == nil {
			order = append(order, m.theme)
		}
		byTheme[m.theme] = append(byTheme[m.theme], m)
	}
	slices.Sort(order)
	var groups []group
	var rest []member
	for _, t := range order {
		if len(byTheme[t]) < fewest {
			rest = append(rest, byTheme[t]...)
			continue
		}
		groups = append(groups, group{theme: t, members: byTheme[t]})
	}
	groups = fold(groups, rest)
	var out []group
	for _, g := range groups {
		out = append(out, chop(g, most)...)
	}
	return out
}

// fold finds a place for what is too little for an epic of its own: an epic
// together, where that is enough, else the smallest there is; a feature goes to
// an epic of features where there is one, and nothing else does.
func fold(groups []group, rest []member) []group {
	switch {
	case len(rest) == 0:
		return groups
	case len(rest) >= fewest || len(groups) == 0:
		slices.SortFunc(rest, byNumber)
		at := slices.IndexFunc(groups, func(g group) bool { return g.theme == general })
		if at < 0 {
			return append(groups, group{theme: general, members: rest})
		}
		groups[at].members = append(groups[at].members, rest...)
		return groups
	}
	for _, m := range rest {
		at := slices.IndexFunc(groups, func(g group) bool { return g.members[0].feature == m.feature })
		at = max(at, 0)
		alike := groups[at].members[0].feature == m.feature
		for k, g := range groups {
			if len(g.members) < len(groups[at].members) && (!alike || g.members[0].feature == m.feature) {
				at = k
			}
		}
		groups[at].members = append(groups[at].members, m)
	}
	for k := range groups {
		slices.SortFunc(groups[k].members, byNumber)
	}
	return groups
}

// chop splits a group into as few even parts as hold no more than limit; what is
// of one package stays together as far as that goes.
func chop(g group, limit int) []group {
	n := (len(g.members) + limit - 1) / limit
	if n <= 1 {
		g.part, g.parts = 1, 1
		return []group{g}
	}
	g.members = slices.Clone(g.members)
	slices.SortStableFunc(g.members, func(a, b member) int { return strings.Compare(scopeOf(a.issue), scopeOf(b.issue)) })
	var out []group
	for k := range n {
		from, to := k*len(g.members)/n, (k+1)*len(g.members)/n
		out = append(out, group{theme: g.theme, part: k + 1, parts: n, members: g.members[from:to]})
	}
	return out
}

// single names the one epic of a repository.
func single(members []member, fromAudits bool) string {
	if fromAudits {
		return auditor
	}
	first := members[0].theme
	for _, m := range members {
		if m.theme != first {
			return general
		}
	}
	return first
}

func byNumber(a, b member) int { return cmp.Compare(a.issue.Ref.Number, b.issue.Ref.Number) }
