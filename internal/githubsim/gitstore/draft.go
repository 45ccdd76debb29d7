package gitstore

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Draft is a history in memory: what a repository will hold once it is made.
// Equal commits give equal object ids, so references to it are known before.
type Draft struct {
	objects map[string]object
	commits map[string]draftCommit
}

type draftCommit struct {
	parents []string
	files   map[string]string // path -> blob id
}

// NewDraft makes the history of commits, which must come after their parents.
func NewDraft(commits []Commit) (*Draft, error) {
	d := &Draft{objects: map[string]object{}, commits: map[string]draftCommit{}}
	for _, c := range commits {
		if _, err := d.Add(c); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// Add makes one more commit and returns its object id.
func (d *Draft) Add(c Commit) (string, error) {
	files := map[string]string{}
	for i, parent := range c.Parents {
		p, ok := d.commits[parent]
		if !ok {
			return "", fmt.Errorf("parent %s: %w", parent, ErrNotFound)
		}
		if i == 0 {
			maps.Copy(files, p.files)
		}
	}
	for _, path := range c.Remove {
		delete(files, path)
	}
	for path, content := range c.Files {
		if err := CheckPath(path); err != nil {
			return "", err
		}
		files[path] = d.keep(object{kind: "blob", data: []byte(content)})
	}
	tree, err := d.tree(files)
	if err != nil {
		return "", err
	}
	id := d.keep(object{kind: "commit", data: encodeCommit(tree, c.Parents, c.Author, c.Committer, c.Message)})
	d.commits[id] = draftCommit{parents: slices.Clone(c.Parents), files: files}
	return id, nil
}

func (d *Draft) keep(o object) string {
	id := o.id()
	d.objects[id] = o
	return id
}

// tree makes the tree of a flat list of files.
func (d *Draft) tree(files map[string]string) (string, error) {
	var entries []treeEntry
	folders := map[string]map[string]string{}
	for path, blob := range files {
		folder, rest, nested := strings.Cut(path, "/")
		if !nested {
			entries = append(entries, treeEntry{mode: "100644", name: path, sha: blob})
			continue
		}
		if folders[folder] == nil {
			folders[folder] = map[string]string{}
		}
		folders[folder][rest] = blob
	}
	for name, inside := range folders {
		if _, taken := files[name]; taken {
			return "", fmt.Errorf("path %q is a file and a folder", name)
		}
		id, err := d.tree(inside)
		if err != nil {
			return "", err
		}
		entries = append(entries, treeEntry{mode: folderMode, name: name, sha: id})
	}
	return d.keep(object{kind: "tree", data: encodeTree(entries)}), nil
}

// Has tells whether a commit is part of the draft.
func (d *Draft) Has(id string) bool { _, ok := d.commits[id]; return ok }

// Len is the number of commits.
func (d *Draft) Len() int { return len(d.commits) }

// IsAncestor tells whether a is b or among its ancestors.
func (d *Draft) IsAncestor(a, b string) bool { return d.reach(b)[a] }

// Related tells whether two commits have an ancestor in common.
func (d *Draft) Related(a, b string) bool {
	of := d.reach(a)
	for id := range d.reach(b) {
		if of[id] {
			return true
		}
	}
	return false
}

// Between lists the commits of to that from ("" for none) has not, in no order.
func (d *Draft) Between(from, to string) []*CommitInfo {
	old := d.reach(from)
	var list []*CommitInfo
	for id := range d.reach(to) {
		if !old[id] {
			list = append(list, parseCommit(id, d.objects[id].data))
		}
	}
	return list
}

func (d *Draft) reach(from string) map[string]bool {
	seen := map[string]bool{}
	for todo := []string{from}; len(todo) > 0; {
		id := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if c, ok := d.commits[id]; ok && !seen[id] {
			seen[id] = true
			todo = append(todo, c.parents...)
		}
	}
	return seen
}
