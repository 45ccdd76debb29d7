package gitstore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Import copies a commit with its history from another repository.
func (r *Repo) Import(from *Repo, id string) error {
	if _, err := r.object(id); err == nil {
		return nil
	}
	err := r.link(from, id)
	if errors.Is(err, errPacked) { // where git itself is quicker
		_, err = r.git(nil, "fetch", "-q", "--no-tags", "--no-write-fetch-head", from.dir, id)
	}
	return err
}

// link has this repository share an object of another and all that the object
// needs, which comes first: an object that is there is there with what it needs.
// errPacked when one of them is not loose.
func (r *Repo) link(from *Repo, id string) error {
	path := filepath.Join("objects", id[:2], id[2:])
	if _, err := os.Stat(filepath.Join(r.dir, path)); err == nil {
		return nil
	}
	o, loose, err := readLoose(from.dir, id)
	if err != nil {
		return err
	}
	if !loose && id == Empty { // git knows it without having it
		return nil
	}
	if !loose {
		return errPacked
	}
	needs, err := o.needs(id)
	if err != nil {
		return fmt.Errorf("object %s: %w", id, err)
	}
	for _, n := range needs {
		if !IsID(n) {
			return fmt.Errorf("object %s is damaged: it names %q", id, n)
		}
		if err := r.link(from, n); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Join(r.dir, filepath.Dir(path)), 0o755); err != nil {
		return err
	}
	err = os.Link(filepath.Join(from.dir, path), filepath.Join(r.dir, path))
	if err == nil || errors.Is(err, fs.ErrExist) {
		return nil
	}
	_, err = writeLoose(r.dir, o) // not every file system has links
	return err
}

// needs are the objects that this one names.
func (o object) needs(id string) ([]string, error) {
	switch o.kind {
	case "commit":
		c := parseCommit(id, o.data)
		return append([]string{c.Tree}, c.Parents...), nil
	case "tree":
		entries, err := parseTree(o.data)
		if err != nil {
			return nil, err
		}
		var ids []string
		for _, e := range entries {
			if e.mode != "160000" { // a commit of another repository
				ids = append(ids, e.sha)
			}
		}
		return ids, nil
	case "blob":
		return nil, nil
	}
	return nil, errPacked // a tag: rare, and git knows what it names
}
