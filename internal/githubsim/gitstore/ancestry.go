package gitstore

import (
	"errors"
	"fmt"
	"sync"
)

// remembered keeps what object ids stand for: that never changes, whatever repository the object lies in.
type remembered[T any] struct {
	mu  sync.Mutex
	all map[string]T
	max int
}

func (m *remembered[T]) get(id string) (T, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.all[id]
	return v, ok
}

func (m *remembered[T]) put(id string, v T) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.all == nil || len(m.all) >= m.max {
		m.all = map[string]T{}
	}
	m.all[id] = v
}

var (
	parents = remembered[[]string]{max: 200_000} // of commits
	trees   = remembered[[]treeEntry]{max: 20_000}
)

// errPacked says that a commit lies in a pack, where git itself is quicker.
var errPacked = errors.New("not a loose object")

// parentsOf are a commit's parents; errPacked where it is not loose.
func (r *Repo) parentsOf(id string) ([]string, error) {
	if list, ok := parents.get(id); ok {
		return list, nil
	}
	o, loose, err := readLoose(r.dir, id)
	if err != nil {
		return nil, err
	}
	if !loose || o.kind != "commit" {
		return nil, errPacked
	}
	list := parseCommit(id, o.data).Parents
	parents.put(id, list)
	return list, nil
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
		list, err := r.parentsOf(id)
		if err != nil {
			return fmt.Errorf("history of %s: %w", from, err)
		}
		for _, p := range list {
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
