package epic

import (
	"regexp"
	"slices"
	"sync"

	"github.com/dappcore/core-dev/inventory"
)

// The phases of an epic, and their headings (spec/2-flows "Stage 2"). The
// ordinals stand even where a phase has no children, so that what is added
// later finds its place.
var (
	works    = [3]string{"Phase 1: Blockers (blocking)", "Phase 2: Fixes (parallelisable)", "Phase 3: Cleanup (cleanup)"}
	features = [3]string{"Phase 1: Foundation (blocking)", "Phase 2: Features (parallelisable)", "Phase 3: Integration (cleanup)"}
)

const (
	blocking = iota
	parallel
	cleanup
)

var (
	first = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)\b(shared (types?|interfaces?|contracts?|schemas?)|type definitions?|base class(es)?|scaffold(ing)?|(define|extract|introduce|add|create|agree on|design)( \w+){0,3} (interfaces?|contracts?|schemas?|foundations?))\b`)
	})
	last = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)^\s*docs?\s*[(:]|\b(deprecat\w*|documentation|readme|changelog|release notes|clean ?up|final (validation|check|review)|validate everything|integration|end-to-end|e2e)\b`)
	})
)

// phases says for every member of a new epic which of the three it belongs to.
func phases(members []member) []int {
	at := make([]int, len(members))
	for k, m := range members {
		at[k] = phaseOf(m)
	}
	if !slices.ContainsFunc(at, func(p int) bool { return p != cleanup }) {
		for k := range at { // nothing comes before it
			at[k] = parallel
		}
	}
	// Nobody waits with a critical one until a refactoring is done.
	if slices.Contains(at, blocking) {
		for k, m := range members {
			if m.issue.HasLabel("critical") {
				at[k] = blocking
			}
		}
	}
	return at
}

// settle gives the members of new epics their phases. What blocks an issue, be
// it through others, may not wait for a later phase than the issue's own, of
// whichever of the epics: neither would ever start.
func settle(groups []group, w web) {
	var all []member
	var at []int
	for _, g := range groups {
		all, at = append(all, g.members...), append(at, phases(g.members)...)
	}
	hasten(all, at, w)
	for k := range groups {
		n := len(groups[k].members)
		groups[k].at, at = at[:n:n], at[n:]
	}
}

// hasten moves what others wait for to the earliest of their places.
func hasten(members []member, at []int, w web) {
	for moved := true; moved; {
		moved = false
		for k, m := range members {
			before := w.behind(m.issue)
			if len(before) == 0 {
				continue
			}
			for j := range members {
				if at[j] > at[k] && before[members[j].issue.Ref.Key()] {
					at[j], moved = at[k], true
				}
			}
		}
	}
}

func phaseOf(m member) int {
	i := m.issue
	switch {
	case i.HasLabel("framework"), inventory.ReadMark(i.Body).Kind == inventory.MarkFramework, first().MatchString(i.Title):
		return blocking
	case m.theme == "docs", i.HasLabel("docs"), i.HasLabel("documentation"), last().MatchString(i.Title):
		return cleanup
	}
	return parallel
}

// headings are those of features where most of the children are.
func headings(members []member) [3]string {
	n := 0
	for _, m := range members {
		if m.feature {
			n++
		}
	}
	if 2*n > len(members) {
		return features
	}
	return works
}
