package execute

import (
	"fmt"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// About is what one look decides about a pull request or a child, and of the pull
// request that a child has; false: nothing is followed that it belongs to.
func (x Watch) About(w flows.World, ref inventory.Ref) (Decision, bool) {
	var found Decision
	ok := false
	for _, e := range x.Look(w) {
		for _, d := range e.Decisions {
			switch {
			case d.About.Key() == ref.Key():
				return d, true
			case d.Child.Key() == ref.Key() && (!ok || d.Row != RowClosed):
				found, ok = d, true
			}
		}
	}
	return found, ok
}

// Owner is the epic that a pull request belongs to, of those followed; false: none.
func (x Watch) Owner(w flows.World, pull inventory.Ref) (inventory.Ref, bool) {
	for _, b := range x.gather(w).pulls {
		if b.pull.Ref.Key() == pull.Key() && b.epic != nil {
			return b.epic.Ref, true
		}
	}
	return inventory.Ref{}, false
}

// Told is what the journal remembers of a pull request, a line a fact, oldest
// first within each kind.
func Told(c inventory.Course) []string {
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if c.Child.Number != 0 {
		add("by our record it belongs to %s", c.Child)
	}
	for _, h := range c.Heads {
		whose, checks := "", ""
		if h.Ours {
			whose = ", made by us"
		}
		if h.Red {
			checks = ", its checks failed"
		} else if h.Green {
			checks = ", its checks passed"
		}
		add("head %.7s first seen %s%s%s", h.SHA, clock(h.Seen), whose, checks)
	}
	for _, a := range c.Asks {
		add("asked for a fix of the %s at %s, at head %.7s", a.What, clock(a.At), a.Head)
	}
	if n := len(c.Resolved); n > 0 {
		add("%s resolved by us, the last at %s", count(n, "thread"), clock(c.Resolved[n-1].At))
	}
	for _, m := range c.Mended {
		result := "could not: "
		if m.SHA != "" {
			result = fmt.Sprintf("pushed %.7s: ", m.SHA)
		}
		add("merged its base here at %s, %s%s", clock(m.At), result, m.How)
	}
	for _, s := range c.Sent {
		add("%s at %s, at head %.7s", s.Deed, clock(s.At), s.Head)
	}
	for _, r := range c.Refused {
		add("GitHub refused %s at %s: %s", r.Deed, clock(r.At), r.Why)
	}
	for _, a := range c.Alerts {
		add("a person was told at %s: %s", clock(a.At), a.What)
	}
	return out
}
