package plan

import (
	"cmp"
	"slices"
)

// key orders the READY children: grave ones first, then by the repositories' work,
// children that never depended on anything, and by what the checks promise.
type key struct {
	rank  uint64
	repo  int32
	child int32
}

// sort puts what can be dispatched in order.
func (d *day) sort() {
	byWork := make([]int, len(d.repos))
	for k := range byWork {
		byWork[k] = k
	}
	rank := func(better func(a, b *place) int) []uint64 {
		slices.SortStableFunc(byWork, func(a, b int) int { return better(&d.repos[a], &d.repos[b]) })
		out := make([]uint64, len(d.repos))
		for n, k := range byWork {
			if n > 0 && better(&d.repos[byWork[n-1]], &d.repos[k]) == 0 {
				out[k] = out[byWork[n-1]]
			} else {
				out[k] = uint64(n)
			}
		}
		return out
	}
	work := rank(func(a, b *place) int { return cmp.Compare(b.Left, a.Left) })
	checks := rank(func(a, b *place) int { return cmp.Compare(b.passes(), a.passes()) })
	total := 0
	for k := range d.repos {
		if d.repos[k].why == "" {
			total += len(d.repos[k].Ready)
		}
	}
	d.all = make([]key, 0, total)
	for k := range d.repos {
		if d.repos[k].why != "" {
			continue
		}
		for c, child := range d.repos[k].Ready {
			r := uint64(Critical-min(child.Severity, Critical))<<62 | work[k]<<31 | checks[k]
			if child.Depends {
				r |= 1 << 30
			}
			d.all = append(d.all, key{r, int32(k), int32(c)})
		}
	}
	slices.SortFunc(d.all, func(a, b key) int { // of 100,000: cmp.Or takes its time
		if a.rank != b.rank {
			return cmp.Compare(a.rank, b.rank)
		}
		if a.repo != b.repo {
			return int(a.repo - b.repo)
		}
		return int(a.child - b.child)
	})
	for k := range d.repos {
		if r := &d.repos[k]; r.why == "" {
			r.order = make([]int32, 0, len(r.Ready))
		}
	}
	for _, k := range d.all {
		d.repos[k.repo].order = append(d.repos[k.repo].order, k.child)
	}
}

// passes is how likely the checks of a repository pass, by what they did so far; a
// repository of which nothing is known stands in the middle.
func (p *place) passes() float64 { return float64(p.Passed+1) / float64(p.Passed+p.Failed+2) }
