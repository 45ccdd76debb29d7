package gitstore

import (
	"errors"
	"fmt"
	"strings"
)

// WriteBlob stores content and returns its object id.
func (r *Repo) WriteBlob(content []byte) (string, error) {
	return writeLoose(r.dir, object{kind: "blob", data: content})
}

// WriteCommit makes a commit of a tree that exists.
func (r *Repo) WriteCommit(tree string, parents []string, author, committer Person, message string) (string, error) {
	return writeLoose(r.dir, object{kind: "commit", data: encodeCommit(tree, parents, author, committer, message)})
}

// AddCommit makes a described commit over its first parent's tree.
func (r *Repo) AddCommit(c Commit) (string, error) {
	tree := Empty
	for i, parent := range c.Parents {
		p, err := r.Commit(parent)
		if err != nil {
			return "", fmt.Errorf("parent %s: %w", parent, err)
		}
		if i == 0 {
			tree = p.Tree
		}
	}
	var err error
	for _, path := range c.Remove {
		if tree, err = r.withFile(tree, path, ""); err != nil {
			return "", err
		}
	}
	for path, content := range c.Files {
		if err := CheckPath(path); err != nil {
			return "", err
		}
		blob, err := r.WriteBlob([]byte(content))
		if err != nil {
			return "", err
		}
		if tree, err = r.withFile(tree, path, blob); err != nil {
			return "", err
		}
	}
	if tree == Empty {
		if tree, err = writeLoose(r.dir, object{kind: "tree"}); err != nil {
			return "", err
		}
	}
	return r.WriteCommit(tree, c.Parents, c.Author, c.Committer, c.Message)
}

// ErrFolder says that a path runs through a file, or names a folder.
var ErrFolder = errors.New("a folder where a file should be, or the reverse")

// withFile gives the tree in which path holds blob, or is gone when blob is
// empty. A folder that becomes empty goes too; a file's mode stays.
func (r *Repo) withFile(tree, path, blob string) (string, error) {
	entries, err := r.tree(tree)
	if err != nil {
		return "", err
	}
	name, rest, nested := strings.Cut(path, "/")
	at := -1
	for i := range entries {
		if entries[i].name == name {
			at = i
		}
	}
	switch {
	case at >= 0 && (entries[at].mode == folderMode) != nested:
		return "", fmt.Errorf("%s: %w", path, ErrFolder)
	case at < 0 && blob == "":
		return "", fmt.Errorf("%s: %w", path, ErrNotFound)
	case at < 0 && nested:
		entries, at = append(entries, treeEntry{mode: folderMode, name: name, sha: Empty}), len(entries)
	case at < 0:
		entries, at = append(entries, treeEntry{mode: "100644", name: name}), len(entries)
	}
	if nested {
		if entries[at].sha, err = r.withFile(entries[at].sha, rest, blob); err != nil {
			return "", err
		}
	} else {
		entries[at].sha = blob
	}
	if sha := entries[at].sha; sha == "" || (nested && sha == Empty) {
		entries = append(entries[:at], entries[at+1:]...)
	}
	if len(entries) == 0 {
		return Empty, nil
	}
	return writeLoose(r.dir, object{kind: "tree", data: encodeTree(entries)})
}
