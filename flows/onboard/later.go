package onboard

import (
	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// Later are the rounds after the first of several repositories, imagined, and
// what kept one's from being worked out: the others are told all the same. first
// are their first rounds, as Round plans them. Its work grows with the
// repositories and their issues, not with their square: each is imagined in the
// part of the world that it touches.
func Later(w flows.World, list []Onboard, first []flows.Plan) (later []flows.Plan, broken []error) {
	at := places(w)
	for k, o := range list {
		if len(first[k].Steps) == 0 {
			continue
		}
		plans, err := o.after(within(w, at, o.Repo), first[k])
		if err != nil {
			broken = append(broken, err)
			continue
		}
		later = append(later, plans...)
	}
	return later, broken
}

// places are where the repositories are in the snapshot, by RepoRef.Key.
func places(w flows.World) map[string]int {
	at := make(map[string]int, len(w.Snapshot.Repos))
	for k := range w.Snapshot.Repos {
		at[w.Snapshot.Repos[k].Ref.Key()] = k
	}
	return at
}

// within is the world as far as the onboarding of a repository looks: itself, and
// those its epics name children of.
func within(w flows.World, at map[string]int, repo inventory.RepoRef) flows.World {
	snap := *w.Snapshot
	snap.Repos = nil
	taken := map[string]bool{}
	take := func(r inventory.RepoRef) {
		key := r.Key()
		if k, ok := at[key]; ok && !taken[key] {
			snap.Repos = append(snap.Repos, w.Snapshot.Repos[k])
		}
		taken[key] = true
	}
	take(repo)
	epics := w.Fleet.Of(repo)
	for k := range epics {
		for _, c := range epics[k].Children {
			take(c.Ref.Repo)
		}
	}
	w.Snapshot = &snap
	return w
}
