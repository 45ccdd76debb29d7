package gitstore

import (
	"errors"
	"maps"
	"slices"
	"strings"
)

// quickMerge merges two commits without a process where git's own merge could only come to the same: one merge base, no
// file deleted on either side (so nothing can be a rename), and no file changed on both but alike. ok is false for
// everything else.
func (r *Repo) quickMerge(ours, theirs string) (tree string, ok bool, err error) {
	base, err := r.soleBase(ours, theirs)
	if base == "" || err != nil {
		return "", false, ignore(err)
	}
	trees := map[string]string{}
	for _, id := range []string{base, ours, theirs} {
		o, loose, err := readLoose(r.dir, id)
		if !loose || err != nil {
			return "", false, err
		}
		trees[id] = parseCommit(id, o.data).Tree
	}
	mine, theirsToo := map[string]change{}, map[string]change{}
	if err := r.changes(trees[base], trees[ours], "", mine); err != nil {
		return "", false, ignore(err)
	}
	if err := r.changes(trees[base], trees[theirs], "", theirsToo); err != nil {
		return "", false, ignore(err)
	}
	files, ok := disjoint(mine, theirsToo)
	if !ok {
		return "", false, nil
	}
	tree, err = r.EditTree(trees[ours], files)
	return tree, err == nil, ignore(err)
}

// ignore drops the errors that mean no more than that git has to do it.
func ignore(err error) error {
	if errors.Is(err, errPacked) || errors.Is(err, ErrFolder) {
		return nil
	}
	return err
}

// change is what became of a file.
type change struct{ before, after treeEntry }

// disjoint gives the files to lay over our side; false where the sides meet.
func disjoint(mine, theirs map[string]change) (map[string]string, bool) {
	files := map[string]string{}
	for path, c := range theirs {
		own, both := mine[path]
		switch {
		case c.after.sha == "" || c.after.mode != "100644" || c.before.sha != "" && c.before.mode != c.after.mode:
			return nil, false
		case both && own.after != c.after:
			return nil, false
		case !both:
			files[path] = c.after.sha
		}
	}
	for path, c := range mine {
		if c.after.sha == "" {
			return nil, false
		}
		for folder := path; ; {
			at := strings.LastIndexByte(folder, '/')
			if at < 0 {
				break
			}
			folder = folder[:at]
			if _, file := theirs[folder]; file {
				return nil, false // a file there, a folder here
			}
		}
	}
	return files, true
}

// changes collects the files that differ between two trees; errPacked where one is not loose.
func (r *Repo) changes(from, to, under string, into map[string]change) error {
	if from == to {
		return nil
	}
	before, err := r.looseTree(from)
	if err != nil {
		return err
	}
	after, err := r.looseTree(to)
	if err != nil {
		return err
	}
	names := map[string]bool{}
	for name := range before {
		names[name] = true
	}
	for name := range after {
		names[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		a, b := before[name], after[name]
		if a == b {
			continue
		}
		path := under + name
		oldTree, newTree := Empty, Empty
		if a.mode == folderMode {
			oldTree, a = a.sha, treeEntry{}
		}
		if b.mode == folderMode {
			newTree, b = b.sha, treeEntry{}
		}
		if err := r.changes(oldTree, newTree, path+"/", into); err != nil {
			return err
		}
		if a != b {
			into[path] = change{a, b}
		}
	}
	return nil
}

func (r *Repo) looseTree(id string) (map[string]treeEntry, error) {
	all := map[string]treeEntry{}
	if id == Empty {
		return all, nil
	}
	o, loose, err := readLoose(r.dir, id)
	if err != nil {
		return nil, err
	}
	if !loose {
		return nil, errPacked
	}
	entries, err := parseTree(o.data)
	for _, e := range entries {
		all[e.name] = e
	}
	return all, err
}

// soleBase is the best common ancestor of two commits, "" where there are none or several.
func (r *Repo) soleBase(a, b string) (string, error) {
	of := map[string]bool{}
	if err := r.reach(a, func(id string) bool { of[id] = true; return false }); err != nil {
		return "", err
	}
	common, above := map[string]bool{}, map[string]bool{}
	err := r.reach(b, func(id string) bool {
		if of[id] {
			common[id] = true
		}
		return false
	})
	if err != nil {
		return "", err
	}
	for id := range common {
		parents, err := r.parentsOf(id)
		if err != nil {
			return "", err
		}
		for _, p := range parents {
			above[p] = true
		}
	}
	best := ""
	for id := range common {
		if above[id] {
			continue
		}
		if best != "" {
			return "", nil
		}
		best = id
	}
	return best, nil
}

// TouchedPaths are the paths of files that differ between two commits, both names of a renamed one.
func (r *Repo) TouchedPaths(from, to string) ([]string, error) {
	a, err := r.Commit(from)
	if err != nil {
		return nil, err
	}
	b, err := r.Commit(to)
	if err != nil {
		return nil, err
	}
	found := map[string]change{}
	if err := r.changes(a.Tree, b.Tree, "", found); err == nil {
		return slices.Sorted(maps.Keys(found)), nil
	} else if !errors.Is(err, errPacked) {
		return nil, err
	}
	files, err := r.Diff(from, to, false)
	var paths []string
	for _, f := range files {
		paths = append(paths, f.Path)
		if f.OldPath != "" {
			paths = append(paths, f.OldPath)
		}
	}
	return paths, err
}

// chain lists the commits from..to, oldest first, where they follow each other one by one and git need not be asked.
func (r *Repo) chain(from, to string) ([]*CommitInfo, bool) {
	var list []*CommitInfo
	for id := to; id != from; {
		o, loose, err := readLoose(r.dir, id)
		if !loose || err != nil || o.kind != "commit" {
			return nil, false
		}
		c := parseCommit(id, o.data)
		if len(c.Parents) != 1 {
			return nil, false
		}
		list = append(list, c)
		id = c.Parents[0]
	}
	slices.Reverse(list)
	return list, true
}
