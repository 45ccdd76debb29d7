package gitstore

import (
	"errors"
	"fmt"
	"sync"
)

// lineage remembers the parents of commits by object id: a commit's never change, whatever repository it lies in.
type lineage struct {
	mu      sync.Mutex
	parents map[string][]string
}

// maxLineage is how many commits are remembered.
const maxLineage = 200_000

var known = lineage{parents: map[string][]string{}}

// errPacked says that a commit lies in a pack, where git itself is quicker.
var errPacked = errors.New("not a loose object")

// parentsOf are a commit's parents; errPacked where it is not loose.
func (r *Repo) parentsOf(id string) ([]string, error) {
	known.mu.Lock()
	parents, ok := known.parents[id]
	known.mu.Unlock()
	if ok {
		return parents, nil
	}
	o, loose, err := readLoose(r.dir, id)
	if err != nil {
		return nil, err
	}
	if !loose || o.kind != "commit" {
		return nil, errPacked
	}
	parents = parseCommit(id, o.data).Parents
	known.mu.Lock()
	defer known.mu.Unlock()
	if len(known.parents) >= maxLineage {
		clear(known.parents)
	}
	known.parents[id] = parents
	return parents, nil
}

// reach has every commit that is reachable from one visited, until visit says that this is enough.
func (r *Repo) reach(from string, visit func(id string) (enough bool)) error {
	seen := map[string]bool{from: true}
	for todo := []string{from}; len(todo) > 0; {
		id := todo[0]
		todo = todo[1:]
		if visit(id) {
			return nil
		}
		parents, err := r.parentsOf(id)
		if err != nil {
			return fmt.Errorf("history of %s: %w", from, err)
		}
		for _, p := range parents {
			if !seen[p] {
				seen[p] = true
				todo = append(todo, p)
			}
		}
	}
	return nil
}

// IsAncestor tells whether a is b or among its ancestors.
func (r *Repo) IsAncestor(a, b string) (found bool, err error) {
	err = r.reach(b, func(id string) bool { found = found || id == a; return found })
	if !errors.Is(err, errPacked) {
		return found, err
	}
	_, err = r.git(nil, "merge-base", "--is-ancestor", a, b)
	if exitCode(err) == 1 {
		return false, nil
	}
	return err == nil, err
}

// Related tells whether two commits have an ancestor in common.
func (r *Repo) Related(a, b string) (found bool, err error) {
	of := map[string]bool{}
	err = r.reach(a, func(id string) bool { of[id] = true; return false })
	if err == nil {
		err = r.reach(b, func(id string) bool { found = found || of[id]; return found })
	}
	if errors.Is(err, errPacked) {
		base, err := r.MergeBase(a, b)
		return base != "", err
	}
	return found, err
}
