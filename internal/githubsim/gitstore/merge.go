package gitstore

import (
	"errors"
	"strings"
)

// ErrConflict says that two histories do not merge by themselves.
var ErrConflict = errors.New("merge conflict")

// MergeTree merges two commits by git's own merge and returns the tree, or
// ErrConflict.
func (r *Repo) MergeTree(ours, theirs string) (string, error) {
	if tree, ok, err := r.quickMerge(ours, theirs); ok || err != nil {
		return tree, err
	}
	return r.slowMerge(ours, theirs)
}

// slowMerge is MergeTree by git itself.
func (r *Repo) slowMerge(ours, theirs string) (string, error) {
	out, err := r.git(nil, "merge-tree", "--write-tree", "--no-messages", ours, theirs)
	if exitCode(err) == 1 {
		return "", ErrConflict
	}
	if err != nil {
		return "", err
	}
	tree, _, _ := strings.Cut(string(out), "\n")
	return tree, nil
}

// Rebase puts the commits of base..head that are not merges onto base, one by
// one, and returns the new tip. Authors stay; committer is everybody's.
func (r *Repo) Rebase(base, head string, committer Person) (string, error) {
	commits, err := r.Between(base, head)
	if err != nil {
		return "", err
	}
	tip := base
	for _, c := range commits {
		if len(c.Parents) != 1 {
			continue
		}
		on, err := r.Commit(tip)
		if err != nil {
			return "", err
		}
		// merge-tree of git 2.39 finds the merge base by itself: a commit of
		// the tip's tree upon c's parent makes that parent the base.
		stand, err := r.WriteCommit(on.Tree, c.Parents, committer, committer, "rebase")
		if err != nil {
			return "", err
		}
		tree, err := r.MergeTree(stand, c.SHA)
		if err != nil {
			return "", err
		}
		if tip, err = r.WriteCommit(tree, []string{tip}, c.Author, committer, c.Message); err != nil {
			return "", err
		}
	}
	return tip, nil
}
