package finding

import (
	"slices"
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
	var out bag
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
	return slices.Compact(out)
}

// likeness is the share of words two titles have in common.
func likeness(a, b bag) float64 {
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
	if both == 0 {
		return 0
	}
	return float64(both) / float64(len(a)+len(b)-both)
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
