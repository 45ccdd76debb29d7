package gitstore

import (
	"bytes"
	"strings"
)

// MergeBoth merges two commits as MergeTree does, and where they conflict keeps
// the lines of both sides, ours first. A conflict that has no lines (a file
// deleted on one side) is left as git leaves it.
func (r *Repo) MergeBoth(ours, theirs string) (tree string, err error) {
	out, err := r.git(nil, "merge-tree", "--write-tree", "--no-messages", "--name-only", "-z", ours, theirs)
	if code := exitCode(err); code != 0 && code != 1 {
		return "", err
	}
	fields := strings.Split(strings.TrimRight(string(out), "\x00"), "\x00")
	tree = strings.TrimSpace(fields[0])
	resolved := map[string]string{}
	for _, path := range fields[1:] {
		at, err := r.at(tree, path)
		if err != nil || at.sha == "" {
			continue // deleted by the merge
		}
		content, err := r.Blob(at.sha)
		if err != nil {
			return "", err
		}
		if resolved[path], err = r.WriteBlob(withoutMarkers(content)); err != nil {
			return "", err
		}
	}
	return r.EditTree(tree, resolved)
}

// withoutMarkers is a file without the lines that git marks a conflict with.
func withoutMarkers(content []byte) []byte {
	var b bytes.Buffer
	for line := range bytes.Lines(content) {
		marker := false
		for _, m := range []string{"<<<<<<< ", "=======\n", ">>>>>>> "} {
			marker = marker || bytes.HasPrefix(line, []byte(m))
		}
		if !marker {
			b.Write(line)
		}
	}
	return b.Bytes()
}
