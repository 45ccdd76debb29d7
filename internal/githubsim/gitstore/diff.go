package gitstore

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// diffs are by the two trees and whether they have patches.
var diffs = remembered[[]FileChange]{max: 20_000}

// Diff lists the files that differ between two commits (or trees), in order of
// path, with their patches when asked for.
func (r *Repo) Diff(from, to string, patches bool) ([]FileChange, error) {
	before, err := r.treeOf(from)
	if err != nil {
		return nil, err
	}
	after, err := r.treeOf(to)
	if err != nil {
		return nil, err
	}
	key := before + after + strconv.FormatBool(patches)
	if list, ok := diffs.get(key); ok {
		return slices.Clone(list), nil
	}
	list, err := r.diff(before, after, patches)
	if err == nil {
		diffs.put(key, slices.Clone(list))
	}
	return list, err
}

// treeOf is a commit's tree, or the tree itself.
func (r *Repo) treeOf(id string) (string, error) {
	if id == Empty {
		return id, nil
	}
	o, err := r.object(id)
	if err != nil || o.kind != "commit" {
		return id, err
	}
	return parseCommit(id, o.data).Tree, nil
}

func (r *Repo) diff(from, to string, patches bool) ([]FileChange, error) {
	out, err := r.git(nil, "diff-tree", "-r", "-M", "-z", "--raw", "--numstat", "--no-commit-id", from, to, "--")
	if err != nil {
		return nil, err
	}
	list, at := parseRaw(strings.Split(string(out), "\x00"))
	if !patches || len(list) == 0 {
		return list, nil
	}
	out, err = r.git(nil, "diff-tree", "-r", "-M", "-p", "--no-color", "--no-ext-diff", "--no-textconv", "--no-commit-id", from, to, "--")
	if err != nil {
		return nil, err
	}
	sections := strings.Split("\n"+string(out), "\ndiff --git ")[1:]
	if len(sections) != len(list) {
		return nil, fmt.Errorf("git diff-tree: %d files and %d patches", len(at), len(sections))
	}
	for i, section := range sections {
		if _, hunks, ok := strings.Cut(section, "\n@@ "); ok {
			list[i].Patch = strings.TrimSuffix("@@ "+hunks, "\n")
		}
	}
	return list, nil
}

// DiffText is what git diff prints between two commits or trees.
func (r *Repo) DiffText(from, to string) ([]byte, error) {
	return r.git(nil, "diff-tree", "-r", "-M", "-p", "--no-color", "--no-ext-diff", "--no-textconv", "--no-commit-id", from, to, "--")
}

// MailText is the commits base..head as mails, oldest first, as git format-patch prints them.
func (r *Repo) MailText(base, head string) ([]byte, error) {
	return r.git(nil, "format-patch", "--stdout", "-M", "--no-signature", base+".."+head)
}

var statusNames = map[byte]string{'A': "added", 'D': "removed", 'M': "modified", 'R': "renamed", 'C': "copied", 'T': "changed"}

// parseRaw reads --raw entries followed by --numstat entries, both with -z.
func parseRaw(fields []string) ([]FileChange, map[string]int) {
	var list []FileChange
	at := map[string]int{}
	for i := 0; i < len(fields); {
		if head, isRaw := strings.CutPrefix(fields[i], ":"); isRaw {
			parts := strings.Fields(head)
			if len(parts) < 5 || i+1 >= len(fields) {
				break
			}
			c := FileChange{Status: statusNames[parts[4][0]], SHA: parts[3], Path: fields[i+1]}
			if c.Status == "removed" {
				c.SHA = parts[2]
			}
			i += 2
			if (c.Status == "renamed" || c.Status == "copied") && i < len(fields) {
				c.OldPath, c.Path = c.Path, fields[i]
				i++
			}
			at[c.Path] = len(list)
			list = append(list, c)
			continue
		}
		counts := strings.SplitN(fields[i], "\t", 3)
		i++
		if len(counts) < 3 {
			continue
		}
		path := counts[2]
		if path == "" && i+1 < len(fields) { // a rename: old and new path follow
			path = fields[i+1]
			i += 2
		}
		if place, ok := at[path]; ok {
			list[place].Additions, _ = strconv.Atoi(counts[0]) // "-" of a binary file stays 0
			list[place].Deletions, _ = strconv.Atoi(counts[1])
		}
	}
	return list, at
}

// MergeBase is the best common ancestor of two commits, "" when there is none.
func (r *Repo) MergeBase(a, b string) (string, error) {
	if a == b {
		return a, nil
	}
	if base, err := r.soleBase(a, b); base != "" && err == nil {
		return base, nil
	}
	out, err := r.git(nil, "merge-base", a, b)
	if exitCode(err) == 1 {
		return "", nil
	}
	return strings.TrimSpace(string(out)), err
}

// Compare tells what head has that base has not.
func (r *Repo) Compare(base, head string, patches bool) (*Comparison, error) {
	fork, err := r.MergeBase(base, head)
	if err != nil {
		return nil, err
	}
	if fork == "" {
		return nil, fmt.Errorf("no common ancestor of %s and %s: %w", base, head, ErrNotFound)
	}
	c := &Comparison{MergeBase: fork}
	if c.Ahead, c.Behind, _, err = r.Counts(base, head); err != nil {
		return nil, err
	}
	if list, ok := r.chain(fork, head); ok {
		c.Commits = list
	} else if c.Commits, err = r.Between(base, head); err != nil {
		return nil, err
	}
	c.Files, err = r.Diff(fork, head, patches)
	return c, err
}

// Between lists the commits of to that from ("" for none) has not, oldest first.
func (r *Repo) Between(from, to string) ([]*CommitInfo, error) {
	if list, ok := r.chain(from, to); ok && from != "" {
		return list, nil
	}
	var exclude []string
	if from != "" {
		exclude = []string{from}
	}
	list, err := r.Log(to, exclude, 0)
	for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
		list[i], list[j] = list[j], list[i]
	}
	return list, err
}
