package gitstore

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

func (r *Repo) object(id string) (object, error) {
	if !IsID(id) {
		return object{}, fmt.Errorf("%q: %w", id, ErrNotFound)
	}
	o, loose, err := readLoose(r.dir, id)
	if loose || err != nil {
		return o, err
	}
	if packed, err := r.packed(); err != nil || !packed && id != Empty {
		return object{}, errors.Join(err, fmt.Errorf("%s: %w", id, ErrNotFound))
	}
	out, err := r.git([]byte(id+"\n"), "cat-file", "--batch")
	if err != nil {
		return object{}, err
	}
	head, rest, _ := bytes.Cut(out, []byte("\n"))
	fields := strings.Fields(string(head))
	if len(fields) != 3 {
		return object{}, fmt.Errorf("%s: %w", id, ErrNotFound)
	}
	size, err := strconv.Atoi(fields[2])
	if err != nil || size > len(rest) {
		return object{}, fmt.Errorf("object %s: unreadable answer of git cat-file", id)
	}
	return object{kind: fields[1], data: rest[:size]}, nil
}

// packed tells whether the repository has objects that are not loose.
func (r *Repo) packed() (bool, error) {
	entries, err := os.ReadDir(filepath.Join(r.dir, "objects", "pack"))
	return len(entries) > 0, err
}

// Kind is what an object is: blob, tree, commit or tag.
func (r *Repo) Kind(id string) (string, error) {
	o, err := r.object(id)
	return o.kind, err
}

// Commit reads a commit.
func (r *Repo) Commit(id string) (*CommitInfo, error) {
	o, err := r.object(id)
	if err != nil {
		return nil, err
	}
	if o.kind != "commit" {
		return nil, fmt.Errorf("%s is a %s: %w", id, o.kind, ErrNotFound)
	}
	return parseCommit(id, o.data), nil
}

// Blob reads a file's content by its object id.
func (r *Repo) Blob(id string) ([]byte, error) {
	o, err := r.object(id)
	if err != nil {
		return nil, err
	}
	if o.kind != "blob" {
		return nil, fmt.Errorf("%s is a %s: %w", id, o.kind, ErrNotFound)
	}
	return o.data, nil
}

// tree reads a tree by its own id.
func (r *Repo) tree(id string) ([]treeEntry, error) {
	if id == Empty {
		return nil, nil
	}
	if entries, ok := trees.get(id); ok {
		return slices.Clone(entries), nil
	}
	o, err := r.object(id)
	if err != nil {
		return nil, err
	}
	if o.kind != "tree" {
		return nil, fmt.Errorf("%s is a %s: %w", id, o.kind, ErrNotFound)
	}
	entries, err := parseTree(o.data)
	if err == nil {
		trees.put(id, slices.Clone(entries))
	}
	return entries, err
}

// find walks from a commit's tree down to path ("" is the tree itself).
func (r *Repo) find(commit, path string) (treeEntry, error) {
	c, err := r.Commit(commit)
	if err != nil {
		return treeEntry{}, err
	}
	return r.at(c.Tree, path)
}

// at walks from a tree down to path ("" is the tree itself).
func (r *Repo) at(tree, path string) (treeEntry, error) {
	at := treeEntry{mode: folderMode, sha: tree}
	if path == "" {
		return at, nil
	}
	for _, part := range strings.Split(path, "/") {
		if at.mode != folderMode {
			return treeEntry{}, fmt.Errorf("%s: %w", path, ErrNotFound)
		}
		entries, err := r.tree(at.sha)
		if err != nil {
			return treeEntry{}, err
		}
		at = treeEntry{}
		for _, e := range entries {
			if e.name == part {
				at = e
			}
		}
		if at.sha == "" {
			return treeEntry{}, fmt.Errorf("%s: %w", path, ErrNotFound)
		}
	}
	return at, nil
}

// File reads a file of a commit.
func (r *Repo) File(commit, path string) (*File, error) {
	e, err := r.find(commit, path)
	if err != nil {
		return nil, err
	}
	content, err := r.Blob(e.sha)
	if err != nil {
		return nil, err
	}
	return &File{Mode: e.mode, SHA: e.sha, Content: content}, nil
}

// Tree lists a folder of a commit, "" its root. ErrNotFound for a file.
func (r *Repo) Tree(commit, path string) ([]Entry, error) {
	at, err := r.find(commit, path)
	if err != nil {
		return nil, err
	}
	if at.mode != folderMode {
		return nil, fmt.Errorf("%s is a file: %w", path, ErrNotFound)
	}
	return r.List(at.sha)
}

// Names lists a folder of a commit as Tree does, without the sizes.
func (r *Repo) Names(commit, path string) ([]Entry, error) {
	at, err := r.find(commit, path)
	if err != nil {
		return nil, err
	}
	if at.mode != folderMode {
		return nil, fmt.Errorf("%s is a file: %w", path, ErrNotFound)
	}
	entries, err := r.tree(at.sha)
	var list []Entry
	for _, e := range entries {
		kind := "blob"
		if e.mode == folderMode {
			kind = "tree"
		}
		list = append(list, Entry{Mode: e.mode, Type: kind, SHA: e.sha, Name: e.name})
	}
	return list, err
}

// List lists a tree by its own id.
func (r *Repo) List(tree string) ([]Entry, error) {
	if !IsID(tree) {
		return nil, fmt.Errorf("%q: %w", tree, ErrNotFound)
	}
	out, err := r.git(nil, "ls-tree", "-l", "-z", tree)
	if err != nil {
		if exitCode(err) > 0 {
			return nil, fmt.Errorf("%s: %w", tree, ErrNotFound)
		}
		return nil, err
	}
	var list []Entry
	for line := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		head, name, _ := strings.Cut(line, "\t")
		fields := strings.Fields(head)
		if len(fields) != 4 {
			continue
		}
		size, _ := strconv.ParseInt(fields[3], 10, 64) // "-" of a tree stays 0
		list = append(list, Entry{Mode: fields[0], Type: fields[1], SHA: fields[2], Name: name, Size: size})
	}
	return list, nil
}

// Log lists commits reachable from a commit and not from exclude, newest
// first, at most limit (0: all).
func (r *Repo) Log(from string, exclude []string, limit int) ([]*CommitInfo, error) {
	args := []string{"rev-list", "--header", "--topo-order"}
	if limit > 0 {
		args = append(args, "--max-count="+strconv.Itoa(limit))
	}
	args = append(args, from)
	for _, x := range exclude {
		args = append(args, "^"+x)
	}
	out, err := r.git(nil, append(args, "--")...)
	if err != nil {
		return nil, err
	}
	var list []*CommitInfo
	for record := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		id, raw, ok := strings.Cut(record, "\n")
		if !ok {
			continue
		}
		// This format indents the message by four spaces.
		head, message, _ := strings.Cut(raw, "\n\n")
		message = strings.ReplaceAll("\n"+message, "\n    ", "\n")
		list = append(list, parseCommit(strings.TrimSpace(id), []byte(head+"\n\n"+strings.TrimPrefix(message, "\n"))))
	}
	return list, nil
}
