package world

import (
	"errors"

	"github.com/dappcore/core-dev/internal/githubsim/gitstore"
)

// The git database: objects made one by one, which no reference reaches until
// CreateRef or UpdateRef. They are no part of the state and need no rollback.

// WriteBlob stores content and returns its object id.
func (tx *Tx) WriteBlob(repo *Repo, content []byte) (string, error) {
	git, err := tx.objects(repo)
	if err != nil {
		return "", err
	}
	return git.WriteBlob(content)
}

// WriteTree stores the tree that base ("" for the empty one) becomes when every
// path of files holds that blob, or is gone where the blob is "".
func (tx *Tx) WriteTree(repo *Repo, base string, files map[string]string) (string, error) {
	git, err := tx.objects(repo)
	if err != nil {
		return "", err
	}
	if base == "" {
		base = gitstore.Empty
	} else if kind, err := git.Kind(base); err != nil || kind != "tree" {
		return "", refused("base_tree is not a valid tree")
	}
	for path, blob := range files {
		if blob == "" {
			continue
		}
		if kind, err := git.Kind(blob); err != nil || kind != "blob" {
			return "", refused("tree.sha %s is not a valid blob", blob)
		}
		if err := gitstore.CheckPath(path); err != nil {
			return "", refused("tree.path contains a malformed path component")
		}
	}
	tree, err := git.EditTree(base, files)
	if errors.Is(err, gitstore.ErrNotFound) || errors.Is(err, gitstore.ErrFolder) {
		return "", refused("GitRPC::BadObjectState")
	}
	return tree, err
}

// WriteCommit stores a commit. A nil author is the actor, a nil committer the author.
func (tx *Tx) WriteCommit(repo *Repo, tree string, parents []string, author, committer *gitstore.Person, message string) (string, error) {
	git, err := tx.objects(repo)
	if err != nil {
		return "", err
	}
	if kind, err := git.Kind(tree); err != nil || kind != "tree" {
		return "", refused("Tree SHA does not exist")
	}
	for _, p := range parents {
		if kind, err := git.Kind(p); err != nil || kind != "commit" {
			return "", refused("Parent SHA does not exist or is not a commit object")
		}
	}
	if author == nil {
		me := tx.signature()
		author = &me
	}
	if committer == nil {
		committer = author
	}
	return git.WriteCommit(tree, parents, *author, *committer, message)
}

func (tx *Tx) objects(repo *Repo) (*gitstore.Repo, error) {
	repo, err := tx.need(repo.ID, Write)
	if err != nil {
		return nil, err
	}
	return tx.git(repo)
}
