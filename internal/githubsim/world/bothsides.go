package world

import (
	"errors"
	"fmt"

	"github.com/dappcore/core-dev/internal/githubsim/gitstore"
)

// Merges asks git whether a pull request merges into its base as both are now,
// without the delay of Mergeable.
func (tx *Tx) Merges(pull *Issue) (bool, error) {
	pull = tx.IssueByID(pull.ID)
	if pull == nil || pull.Pull == nil {
		return false, notFound()
	}
	repo := tx.s.repos.rows[pull.RepoID]
	base := repo.Refs[heads+pull.Pull.BaseRef]
	if base == "" {
		return false, nil
	}
	pair := key(repo.ID, base+".."+pull.Pull.HeadSHA)
	tx.w.askedMu.Lock()
	clean, known := tx.w.merges[pair]
	tx.w.askedMu.Unlock()
	if known {
		return clean, nil
	}
	git, err := tx.git(repo)
	if err != nil {
		return false, err
	}
	_, err = git.MergeTree(base, pull.Pull.HeadSHA)
	clean = err == nil
	if err != nil && !errors.Is(err, gitstore.ErrConflict) {
		return false, err
	}
	tx.w.askedMu.Lock()
	defer tx.w.askedMu.Unlock()
	if len(tx.w.merges) >= maxContents {
		clear(tx.w.merges)
	}
	tx.w.merges[pair] = clean
	return clean, nil
}

// MergeBothSides merges the base into the head branch as somebody does who
// keeps both sides of every conflict; Write on the head's repository. 422 when
// the head has all of the base already.
func (tx *Tx) MergeBothSides(pull *Issue) (*Issue, error) {
	pull, repo, err := tx.needPull(pull.ID, Read)
	if err != nil {
		return nil, err
	}
	p := pull.Pull
	head, err := tx.need(p.HeadRepoID, Write)
	if err != nil {
		return nil, err
	}
	if pull.Closed || head.Refs[heads+p.HeadRef] != p.HeadSHA {
		return nil, refused("Pull request is closed")
	}
	if behind, err := tx.behind(repo, pull); err != nil || !behind {
		return nil, errors.Join(err, refused("There are no new commits on the base branch."))
	}
	git, err := tx.git(repo)
	if err != nil {
		return nil, err
	}
	base := repo.Refs[heads+p.BaseRef]
	tree, err := git.MergeBoth(p.HeadSHA, base)
	if err != nil {
		return nil, err
	}
	sha, err := git.WriteCommit(tree, []string{p.HeadSHA, base}, tx.signature(), tx.signature(),
		fmt.Sprintf("Merge branch '%s' into %s", p.BaseRef, p.HeadRef))
	if err != nil {
		return nil, err
	}
	if err := tx.share(repo, head, sha); err != nil {
		return nil, err
	}
	if _, err := tx.moveRef(head, heads+p.HeadRef, sha); err != nil {
		return nil, err
	}
	return tx.IssueByID(pull.ID), nil
}
