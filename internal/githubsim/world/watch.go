package world

import "slices"

// EventsAfter are the events of every timeline whose id is above id, in the
// order they were recorded.
func (tx *Tx) EventsAfter(id int64) []*Event {
	all := tx.s.allEvents[everywhere]
	at, found := slices.BinarySearchFunc(all, id, func(e *Event, id int64) int { return int(e.ID - id) })
	if found {
		at++
	}
	return slices.Clone(all[at:])
}

// everywhere is the one list of events that has them all.
const everywhere = 1

// Changes are the ids of what changed, each kind in order: pull requests,
// repositories and checks, of which no event tells.
type Changes struct{ Pulls, Repos, Checks []int64 }

// Empty tells whether nothing changed.
func (c Changes) Empty() bool { return len(c.Pulls)+len(c.Repos)+len(c.Checks) == 0 }

// Touched is what the running Update has changed so far.
func (tx *Tx) Touched() Changes {
	var c Changes
	tx.s.issues.each(func(id int64) {
		if i := tx.s.issues.rows[id]; i != nil && i.Pull != nil {
			c.Pulls = append(c.Pulls, id)
		}
	})
	tx.s.repos.each(func(id int64) { c.Repos = append(c.Repos, id) })
	tx.s.checks.each(func(id int64) { c.Checks = append(c.Checks, id) })
	return c
}

// watch collects what Updates change until somebody asks.
type watch struct {
	on                   bool
	pulls, repos, checks map[int64]bool
}

// Watch has what Updates change collected from now on, for Changed.
func (w *World) Watch() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.watch = watch{on: true, pulls: map[int64]bool{}, repos: map[int64]bool{}, checks: map[int64]bool{}}
}

// Changed is what Updates have changed since it was last asked. Nothing of it
// is on disk: whoever opens a world looks at everything once.
func (w *World) Changed() Changes {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.watch.on {
		return Changes{}
	}
	take := func(set map[int64]bool) []int64 {
		var ids []int64
		for id := range set {
			ids = append(ids, id)
		}
		clear(set)
		slices.Sort(ids)
		return ids
	}
	return Changes{take(w.watch.pulls), take(w.watch.repos), take(w.watch.checks)}
}

// collect notes what the running Update changed.
func (w *World) collect(tx *Tx) {
	if !w.watch.on {
		return
	}
	c := tx.Touched()
	for _, id := range c.Pulls {
		w.watch.pulls[id] = true
	}
	for _, id := range c.Repos {
		w.watch.repos[id] = true
	}
	for _, id := range c.Checks {
		w.watch.checks[id] = true
	}
}
