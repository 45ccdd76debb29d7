package finding

import (
	"slices"
	"strings"

	"github.com/dappcore/core-dev/inventory/finding/pattern"
)

// once drops what the body says twice: the same id in another list, or nearly
// the same words about no other place. Neighbours in one list are different
// findings to their author, unless they are the same to the letter.
func (r *reader) once(list []record) []record {
	var out []record
	bags := []bag{}
	exact := map[string]int{}
	ids := map[string][]int{}
	for _, f := range list {
		own := r.bagOf(f.Title)
		twin := -1
		if k, ok := exact[f.Title]; ok && samePlaces(out[k], f, out[k].batch != f.batch) {
			twin = k
		}
		if twin < 0 && f.id != "" {
			for _, k := range ids[f.id] {
				if out[k].batch != f.batch && (likeness(bags[k], own) >= 0.3 || !isOrdinal(f.id) && overlap(out[k], f)) && samePlaces(out[k], f, true) {
					twin = k
				}
			}
		}
		if twin < 0 {
			for k := range out {
				if out[k].batch == f.batch {
					continue
				}
				l := likeness(bags[k], own)
				if l >= 0.75 && samePlaces(out[k], f, true) || l >= 0.4 && overlap(out[k], f) {
					twin = k
					break
				}
			}
		}
		if twin >= 0 {
			merge(&out[twin], f)
			continue
		}
		exact[f.Title] = len(out)
		if f.id != "" {
			ids[f.id] = append(ids[f.id], len(out))
		}
		out = append(out, f)
		bags = append(bags, own)
	}
	return out
}

// again parts what stands behind the headings from what only says them once
// more, as an action list or an overview without a name does. Where at least half
// of such a list says headings again, those of it that resemble one do, too; an
// entry that resembles none is a finding in any list.
func (r *reader) again(list []record) (fresh, repeats []record) {
	var heads []record
	for _, f := range list {
		if !f.apart {
			heads = append(heads, f)
		}
	}
	same := make([]bool, len(list))
	all, twins := map[int]int{}, map[int]int{}
	for k, f := range list {
		if !f.apart {
			continue
		}
		all[f.batch]++
		if slices.ContainsFunc(heads, func(h record) bool { return r.restates(h, f) }) {
			same[k] = true
			twins[f.batch]++
		}
	}
	for k, f := range list {
		if f.apart && !same[k] && twins[f.batch]*2 >= all[f.batch] {
			same[k] = slices.ContainsFunc(heads, func(h record) bool { return r.resembles(h, f) })
		}
		if same[k] {
			repeats = append(repeats, f)
		} else {
			fresh = append(fresh, f)
		}
	}
	return fresh, repeats
}

// restates tells whether an entry behind the headings is one of their findings:
// it points to its number, or has the telling words of the shorter title, names
// no other place and is not graver.
func (r *reader) restates(head, f record) bool {
	if head.id != "" {
		if m := pointed.FindStringSubmatch(f.Title); m != nil && m[1] != "" && strings.EqualFold(m[1], head.id) {
			return true
		}
		if head.id == f.id && !isOrdinal(f.id) {
			return true
		}
	}
	both, least, ok := r.alike(head, f)
	return ok && both >= 2 && (both == least || least > 3 && both*4 >= least*3)
}

// resembles is the same by fewer words.
func (r *reader) resembles(head, f record) bool {
	both, least, ok := r.alike(head, f)
	return ok && (both >= 2 && both*2 >= least || both >= 1 && head.Severity == f.Severity && len(head.Locations) > 0 && len(f.Locations) > 0)
}

// alike is how many telling words two titles have in common and how many the
// shorter has; ok is false where the places or a graver severity speak against
// their being one finding.
func (r *reader) alike(head, f record) (both, least int, ok bool) {
	if !samePlaces(head, f, true) || f.explicit && head.Severity != "" && f.Severity.Rank() < head.Severity.Rank() {
		return 0, 0, false
	}
	a, b := r.bagOf(head.Title), r.bagOf(f.Title)
	return shared(a, b), min(len(a), len(b)), true
}

// pointed is the number of a finding that an entry points to: "fix #1 first".
var pointed = pattern.New(`(?i)(?:#|\b(?:finding|issue|item|point|no\.?)\s*#?)\s*((?:[a-z]{1,6}-?)?\d{1,4}(?:\.\d{1,3})*)\b`)

func isOrdinal(id string) bool { return isNumber(id) || len(id) < 2 }

// merge keeps the fuller of two descriptions of one finding, and the severity
// that was told.
func merge(a *record, b record) {
	if len(b.whole) > len(a.whole) && len(b.Text) > len(a.Text) {
		b, *a = *a, b
		a.at = min(a.at, b.at)
	}
	if !a.explicit && (b.explicit || a.Severity == "" && b.Severity != "") {
		a.Severity, a.explicit = b.Severity, b.explicit
	}
	if len(a.Locations) == 0 {
		a.Locations = b.Locations
	}
	if a.Fix == "" {
		a.Fix = b.Fix
	}
	if a.size == "" {
		a.size = b.size
	}
	a.kindOf += " " + b.kindOf
}

// enrich takes the severity from an overview where the finding tells none.
func (r *reader) enrich(list, spare []record) {
	bags := make([]bag, len(spare))
	for k, s := range spare {
		bags[k] = r.bagOf(s.Title)
	}
	for k := range list {
		f := &list[k]
		own := r.bagOf(f.Title)
		for j, s := range spare {
			if f.id != "" && f.id == s.id || likeness(own, bags[j]) >= 0.6 {
				if !f.explicit && s.explicit {
					f.Severity, f.explicit = s.Severity, true
				}
				if len(f.Locations) == 0 {
					f.Locations = s.Locations
				}
				if f.Fix == "" {
					f.Fix = s.Fix
				}
				break
			}
		}
	}
}

var stop = set("the a an of in on to for and or is are was be by with from at as it its this that no not into")

// bag is the words of a title that tell something, as ascending numbers.
type bag []int

func (r *reader) bagOf(t string) bag {
	out, ok := r.bags[t]
	if ok {
		return out
	}
	for _, w := range words(t) {
		if stop[w] {
			continue
		}
		n, ok := r.numbers[w]
		if !ok {
			n = len(r.numbers)
			r.numbers[w] = n
		}
		out = append(out, n)
	}
	slices.Sort(out)
	out = slices.Compact(out)
	r.bags[t] = out
	return out
}

// likeness is the share of words two titles have in common.
func likeness(a, b bag) float64 {
	both := shared(a, b)
	if both == 0 {
		return 0
	}
	return float64(both) / float64(len(a)+len(b)-both)
}

// shared is how many words two titles have in common.
func shared(a, b bag) int {
	both := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			both, i, j = both+1, i+1, j+1
		}
	}
	return both
}

// overlap tells whether two findings name the same line.
func overlap(a, b record) bool {
	for _, l := range a.Locations {
		if l.Line > 0 && slices.Contains(b.Locations, l) {
			return true
		}
	}
	return false
}

// samePlaces tells whether nothing in their places speaks against two records
// being one; loosely, a record without places agrees with every other.
func samePlaces(a, b record, loosely bool) bool {
	if len(a.Locations) == 0 || len(b.Locations) == 0 {
		return loosely || len(a.Locations) == len(b.Locations)
	}
	for _, x := range a.Locations {
		for _, y := range b.Locations {
			if x.Path == y.Path && (x.Line == y.Line || x.Line == 0 || y.Line == 0) {
				return true
			}
		}
	}
	return false
}
