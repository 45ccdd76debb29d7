package epic

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/dappcore/core-dev/inventory"
)

// slot is a phase of an epic that has an ordinal: it stands there, or is begun
// for what is added.
type slot struct {
	ordinal int
	kind    int // blocking, parallel or cleanup
	name    string
}

// layout are the phases of an epic that is added to, by ordinal.
type layout struct {
	slots []slot
	head  [3]string // of phases that are begun
}

var (
	saysParallel = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)\b(parallel\w*|non-?blocking)\b`) })
	saysBlocking = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)\b(block(ing|ers?)|foundations?|foundational|groundwork|prerequisites?|scaffold(ing)?)\b`)
	})
	saysCleanup = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)\b(clean-?\s?up|integration|docs|documentation|deprecations?|final\w*|validation|polish\w*|release)\b`)
	})
	saysWork = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)\b(fix(es)?|features?|implementation)\b`) })
	// counted is the word before the ordinal of a heading.
	counted = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)^\W*(phase|wave|stage|step|milestone|sprint|part|iteration|round|batch)\b`)
	})
)

// mostOrdinal is the highest that a heading is read to have.
const mostOrdinal = 999_999

// layoutOf reads the phases of an epic. What a heading does not say of its kind,
// its place does: the first of several is blocking, the last of three or more
// cleanup.
func layoutOf(e *inventory.Epic, head [3]string) *layout {
	l := &layout{head: head}
	const unsaid = -1
	for _, p := range e.Phases {
		if !p.HasOrdinal || slices.ContainsFunc(l.slots, func(s slot) bool { return s.ordinal == p.Ordinal }) {
			continue
		}
		kind := unsaid
		switch {
		case saysParallel().MatchString(p.Name):
			kind = parallel
		case saysBlocking().MatchString(p.Name):
			kind = blocking
		case saysCleanup().MatchString(p.Name):
			kind = cleanup
		case saysWork().MatchString(p.Name):
			kind = parallel
		}
		l.slots = append(l.slots, slot{p.Ordinal, kind, p.Name})
	}
	l.sort()
	for k := range l.slots {
		if l.slots[k].kind != unsaid {
			continue
		}
		switch n := len(l.slots); {
		case k == 0 && n > 1:
			l.slots[k].kind = blocking
		case k == n-1 && n > 2:
			l.slots[k].kind = cleanup
		default:
			l.slots[k].kind = parallel
		}
	}
	return l
}

func (l *layout) sort() {
	slices.SortFunc(l.slots, func(a, b slot) int { return cmp.Compare(a.ordinal, b.ordinal) })
}

// choose is the earliest phase of a kind from one ordinal to another; else one
// that is begun there; else the latest of those that come before that kind, or the
// earliest of the others. One of the phases is in that range.
func (l *layout) choose(kind, from, to int) slot {
	there := func(s slot) bool { return from <= s.ordinal && s.ordinal <= to }
	for _, s := range l.slots {
		if s.kind == kind && there(s) {
			return s
		}
	}
	if s, ok := l.begun(kind); ok && there(s) {
		l.slots = append(l.slots, s)
		l.sort()
		return s
	}
	for _, s := range slices.Backward(l.slots) {
		if s.kind < kind && there(s) {
			return s
		}
	}
	at := slices.IndexFunc(l.slots, there)
	return l.slots[max(at, 0)]
}

// begun is the phase of a kind that the epic has none of, where the others
// leave an ordinal for it: behind those of the kinds before, before those of the
// kinds after. What blocks is never put before what stands there.
func (l *layout) begun(kind int) (slot, bool) {
	lower, upper := 0, mostOrdinal+1
	for _, s := range l.slots {
		switch {
		case s.kind == kind:
			return slot{}, false
		case s.kind < kind:
			lower = max(lower, s.ordinal)
		default:
			upper = min(upper, s.ordinal)
		}
	}
	n := lower + 1
	if usual := kind + 1; lower < usual && usual < upper {
		n = usual
	}
	if kind == blocking || n >= upper {
		return slot{}, false
	}
	word := "Phase"
	for _, s := range l.slots {
		if m := counted().FindStringSubmatch(s.name); m != nil {
			word = m[1]
		}
	}
	_, text, _ := strings.Cut(l.head[kind], ": ")
	return slot{n, kind, fmt.Sprintf("%s %d: %s", word, n, text)}, true
}

// stuck tells of an epic whose phases stand the other way round than what its
// children wait for, be it through others: neither of the two ever starts.
func stuck(e *inventory.Epic, w web) (waits, later inventory.Ref, is bool) {
	for _, c := range e.Children {
		if !binds(e, c) || c.Issue == nil {
			continue
		}
		behind := w.behind(c.Issue)
		for _, d := range e.Children {
			if binds(e, d) && e.Phases[d.Phase].Ordinal > e.Phases[c.Phase].Ordinal && behind[d.Ref.Key()] {
				return c.Ref, d.Ref, true
			}
		}
	}
	return inventory.Ref{}, inventory.Ref{}, false
}

// binds tells whether a child is open in a phase with an ordinal: others wait for
// it, or it for others.
func binds(e *inventory.Epic, c inventory.Child) bool {
	return e.Phases[c.Phase].HasOrdinal && !c.Closed()
}

// place says under which heading of an open epic that is not stuck each of these
// issues goes: the earliest phase of its kind that is
//   - not before the first unfinished one: what could be dispatched there and
//     later would wait for it, for nothing,
//   - not before an open child that it waits for, be it through others,
//   - not behind an open child that waits for it.
//
// So nothing ever waits for itself: along what issues wait for the ordinals never
// rise, and from a phase to those before it they fall. Phases without an ordinal
// are open at once and bind nothing.
func place(e *inventory.Epic, members []member, w web) []string {
	names := make([]string, len(members))
	l := layoutOf(e, headings(members))
	if len(l.slots) == 0 {
		for k, m := range members {
			names[k] = unordered(e, m)
		}
		return names
	}
	begin := math.MaxInt // of the first unfinished phase
	for _, p := range e.Phases {
		if p.HasOrdinal && !p.Finished() {
			begin = min(begin, p.Ordinal)
		}
	}
	if begin == math.MaxInt {
		begin = l.slots[0].ordinal
	}
	at := make([]int, len(members))
	for k, m := range members {
		from, to := begin, math.MaxInt
		for _, c := range e.Children {
			if !binds(e, c) {
				continue
			}
			n := e.Phases[c.Phase].Ordinal
			if w.behind(m.issue)[c.Ref.Key()] {
				from = max(from, n)
			}
			if c.Issue != nil && w.behind(c.Issue)[m.issue.Ref.Key()] {
				to = min(to, n)
			}
		}
		at[k] = l.choose(kindOf(e, m), from, to).ordinal
	}
	hasten(members, at, w)
	for k, n := range at {
		names[k] = l.slots[slices.IndexFunc(l.slots, func(s slot) bool { return s.ordinal == n })].name
	}
	return names
}

// kindOf is the kind of phase an issue that is added belongs to. A critical one
// waits for nobody, and documentation is no cleanup where the epic is about it.
func kindOf(e *inventory.Epic, m member) int {
	switch kind := phaseOf(m); {
	case m.issue.HasLabel("critical"):
		return blocking
	case kind == cleanup && m.theme == "docs" && themeOf(e) == "docs":
		return parallel
	default:
		return kind
	}
}

// unordered is the heading for an issue in an epic without any order: the one
// that names its package or theme, else none, else the last.
func unordered(e *inventory.Epic, m member) string {
	for _, word := range []string{scopeOf(m.issue), m.theme} {
		for _, p := range e.Phases {
			words := strings.FieldsFunc(strings.ToLower(p.Name), func(r rune) bool { return strings.ContainsRune(" \t:,;()/&", r) })
			if word != "" && slices.Contains(words, word) {
				return p.Name
			}
		}
	}
	if slices.ContainsFunc(e.Phases, func(p inventory.Phase) bool { return p.Name == "" }) {
		return ""
	}
	return e.Phases[len(e.Phases)-1].Name
}
