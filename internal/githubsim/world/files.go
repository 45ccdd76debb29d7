package world

import (
	"errors"
	"fmt"
	"path"

	"github.com/dappcore/core-dev/internal/githubsim/gitstore"
)

// PutFile creates, updates or deletes one file by a commit of its own; Write.
// 404 for a branch that is not there, 422 when an update names no sha, 409 when
// it names another than the file's.
func (tx *Tx) PutFile(repo *Repo, f NewFile) (*WrittenFile, error) {
	repo, err := tx.need(repo.ID, Write)
	if err != nil {
		return nil, err
	}
	if err := gitstore.CheckPath(f.Path); err != nil {
		return nil, refused("path contains a malformed path component")
	}
	if f.Branch == "" {
		f.Branch = repo.DefaultBranch
	}
	tip := repo.Refs[heads+f.Branch]
	empty := tip == "" && f.Branch == repo.DefaultBranch
	if tip == "" && !empty {
		return nil, &Error{Status: 404, Type: "NOT_FOUND", Message: fmt.Sprintf("Branch %s not found", f.Branch)}
	}
	git, err := tx.git(repo)
	if err != nil {
		return nil, err
	}
	var old *gitstore.File
	if !empty {
		if old, err = git.File(tip, f.Path); err != nil && !errors.Is(err, gitstore.ErrNotFound) {
			return nil, err
		}
	}
	if err := checkFile(f, old); err != nil {
		return nil, err
	}
	c := tx.fileCommit(f, old)
	if !empty {
		c.Parents = []string{tip}
	}
	written := &WrittenFile{Created: old == nil}
	if written.CommitSHA, err = git.AddCommit(c); err != nil {
		if errors.Is(err, gitstore.ErrFolder) {
			return nil, refused("path exists as a folder, or a part of it as a file")
		}
		return nil, err
	}
	if !f.Delete {
		if written.BlobSHA, err = git.WriteBlob(f.Content); err != nil {
			return nil, err
		}
	}
	_, err = tx.moveRef(repo, heads+f.Branch, written.CommitSHA)
	return written, err
}

func checkFile(f NewFile, old *gitstore.File) error {
	switch {
	case old == nil && f.Delete:
		return notFound()
	case old == nil && f.SHA != "":
		return status(409, "%s does not match %s", f.Path, f.SHA)
	case old != nil && f.SHA == "":
		return refused("Invalid request.\n\n\"sha\" wasn't supplied.")
	case old != nil && f.SHA != old.SHA:
		return status(409, "%s does not match %s", f.Path, f.SHA)
	}
	return nil
}

func (tx *Tx) fileCommit(f NewFile, old *gitstore.File) gitstore.Commit {
	c := gitstore.Commit{Message: f.Message, Author: tx.signature()}
	if f.Author != nil {
		c.Author = *f.Author
	}
	c.Committer = c.Author
	if f.Committer != nil {
		c.Committer = *f.Committer
	}
	for _, p := range []*gitstore.Person{&c.Author, &c.Committer} {
		if p.When.IsZero() {
			p.When = tx.Now()
		}
	}
	verb := "Update "
	switch {
	case f.Delete:
		verb = "Delete "
		c.Remove = []string{f.Path}
	case old == nil:
		verb = "Create "
		fallthrough
	default:
		c.Files = map[string]string{f.Path: string(f.Content)}
	}
	if c.Message == "" {
		c.Message = verb + path.Base(f.Path)
	}
	return c
}
