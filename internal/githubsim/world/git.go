package world

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dappcore/core-dev/internal/githubsim/gitstore"
)

// GitEnv is the environment every git process (http-backend too) must run in,
// beside its own variables: no system or user configuration, no prompts, no hooks.
func GitEnv() []string { return gitstore.Env() }

// GitDir is the path of the bare git repository, made now if it was not yet:
// what git http-backend serves.
func (w *World) GitDir(repoID int64) (dir string, err error) {
	err = w.View(func(tx *Tx) error {
		repo := tx.s.repos.rows[repoID]
		if repo == nil {
			return notFound()
		}
		git, err := tx.git(repo)
		if err == nil {
			dir = git.Dir()
		}
		return err
	})
	return dir, err
}

// SyncRefs runs Tx.SyncRefs as actor: to be called after a receive-pack.
func (w *World) SyncRefs(actor Actor, repoID int64) error {
	return w.Update(actor, func(tx *Tx) error {
		repo := tx.s.repos.rows[repoID]
		if repo == nil {
			return notFound()
		}
		_, err := tx.SyncRefs(repo)
		return err
	})
}

// git gives a repository's git repository. It is made with the references that
// are on disk already: those of a running Update follow at its commit.
func (tx *Tx) git(repo *Repo) (*gitstore.Repo, error) {
	if r, made := tx.w.git.Lookup(repo.ID); made {
		return r, nil
	}
	head, refs := repo.DefaultBranch, map[string]string(nil)
	if kept := tx.s.repos.committed(repo.ID); kept != nil {
		head, refs = kept.DefaultBranch, kept.Refs
	}
	return tx.w.git.Make(repo.ID, func() (*gitstore.Draft, error) { return tx.draft(repo.ID) }, head, refs)
}

func (tx *Tx) draft(repoID int64) (*gitstore.Draft, error) {
	if d := tx.drafts[repoID]; d != nil {
		return d, nil
	}
	var commits []gitstore.Commit
	if plan := tx.s.plans.rows[repoID]; plan != nil {
		commits = plan.Commits
	}
	d, err := gitstore.NewDraft(commits)
	if err == nil && tx.writing {
		if tx.drafts == nil {
			tx.drafts = map[int64]*gitstore.Draft{}
		}
		tx.drafts[repoID] = d
	}
	return d, err
}

// drafted gives the draft of a repository that has no git repository yet.
func (tx *Tx) drafted(repo *Repo) (*gitstore.Draft, error) {
	if _, made := tx.w.git.Lookup(repo.ID); made {
		return nil, nil
	}
	return tx.draft(repo.ID)
}

func (tx *Tx) hasCommit(repo *Repo, sha string) (bool, error) {
	if !gitstore.IsID(sha) {
		return false, nil
	}
	d, err := tx.drafted(repo)
	if err != nil {
		return false, err
	}
	if d != nil {
		return d.Has(sha), nil
	}
	git, err := tx.git(repo)
	if err != nil {
		return false, err
	}
	kind, err := git.Kind(sha)
	if errors.Is(err, gitstore.ErrNotFound) {
		return false, nil
	}
	return kind == "commit", err
}

func (tx *Tx) isAncestor(repo *Repo, a, b string) (bool, error) {
	if a == b {
		return true, nil
	}
	d, err := tx.drafted(repo)
	if err != nil {
		return false, err
	}
	if d != nil {
		return d.IsAncestor(a, b), nil
	}
	git, err := tx.git(repo)
	if err != nil {
		return false, err
	}
	return git.IsAncestor(a, b)
}

func (tx *Tx) related(repo *Repo, a, b string) (bool, error) {
	d, err := tx.drafted(repo)
	if err != nil {
		return false, err
	}
	if d != nil {
		return d.Related(a, b), nil
	}
	git, err := tx.git(repo)
	if err != nil {
		return false, err
	}
	return git.Related(a, b)
}

// refUpdates are the references a running Update moved, by repository.
func (tx *Tx) refUpdates() map[int64][]gitstore.RefUpdate {
	all := map[int64][]gitstore.RefUpdate{}
	for id, old := range tx.s.repos.before {
		now := tx.s.repos.rows[id]
		if now == nil {
			continue
		}
		var before map[string]string
		if old != nil {
			before = old.Refs
		}
		if taken, ok := tx.synced[id]; ok {
			before = taken
		}
		var list []gitstore.RefUpdate
		for name, sha := range now.Refs {
			if before[name] != sha {
				list = append(list, gitstore.RefUpdate{Name: name, Old: before[name], New: sha})
			}
		}
		for name, sha := range before {
			if now.Refs[name] == "" {
				list = append(list, gitstore.RefUpdate{Name: name, Old: sha})
			}
		}
		if len(list) > 0 {
			slices.SortFunc(list, func(a, b gitstore.RefUpdate) int { return cmp.Compare(a.Name, b.Name) })
			all[id] = list
		}
	}
	return all
}

// Resolve finds the commit a revision names: a full object id, HEAD, a full
// reference name, a branch or a tag, in this order.
func (tx *Tx) Resolve(repo *Repo, rev string) (sha string, ok bool) {
	repo = tx.s.repos.rows[repo.ID]
	if rev == "" || rev == "HEAD" {
		rev = repo.DefaultBranch
	}
	for _, name := range []string{rev, "refs/" + rev, "refs/heads/" + rev, "refs/tags/" + rev} {
		if sha := repo.Refs[name]; sha != "" && strings.HasPrefix(name, "refs/") {
			return sha, true
		}
	}
	if has, err := tx.hasCommit(repo, rev); err == nil && has {
		return rev, true
	}
	return "", false
}

// read resolves a revision in the repository's git repository.
func (tx *Tx) read(repo *Repo, rev string) (*gitstore.Repo, string, error) {
	sha, ok := tx.Resolve(repo, rev)
	if !ok {
		e := notFound()
		e.Message = fmt.Sprintf("No commit found for the ref %s", rev)
		return nil, "", e
	}
	git, err := tx.git(repo)
	return git, sha, err
}

// Commit reads the commit a revision names.
func (tx *Tx) Commit(repo *Repo, rev string) (*gitstore.CommitInfo, error) {
	git, sha, err := tx.read(repo, rev)
	if err != nil {
		return nil, err
	}
	return found(git.Commit(sha))
}

// Commits lists history from a revision, newest first, without what is
// reachable from exclude (object ids), at most limit (0: all).
func (tx *Tx) Commits(repo *Repo, from string, exclude []string, limit int) ([]*gitstore.CommitInfo, error) {
	git, sha, err := tx.read(repo, from)
	if err != nil {
		return nil, err
	}
	for _, id := range exclude {
		if !gitstore.IsID(id) {
			return nil, notFound()
		}
	}
	return git.Log(sha, exclude, limit)
}

// Tree lists a folder at a revision, "" its root; 404 when path is none.
func (tx *Tx) Tree(repo *Repo, rev, path string) ([]gitstore.Entry, error) {
	git, sha, err := tx.read(repo, rev)
	if err != nil {
		return nil, err
	}
	return found(git.Tree(sha, path))
}

// Names lists a folder at a revision, without the sizes of its files; 404 when
// path is none.
func (tx *Tx) Names(repo *Repo, rev, path string) ([]gitstore.Entry, error) {
	git, sha, err := tx.read(repo, rev)
	if err != nil {
		return nil, err
	}
	return found(git.Names(sha, path))
}

// TreeByID lists a tree object; 404 when there is none.
func (tx *Tx) TreeByID(repo *Repo, sha string) ([]gitstore.Entry, error) {
	git, err := tx.git(repo)
	if err != nil {
		return nil, err
	}
	return found(git.List(sha))
}

// File reads a file at a revision; 404 when path is none.
func (tx *Tx) File(repo *Repo, rev, path string) (*gitstore.File, error) {
	git, sha, err := tx.read(repo, rev)
	if err != nil {
		return nil, err
	}
	return found(git.File(sha, path))
}

// Blob reads a blob by its object id; 404 when there is none.
func (tx *Tx) Blob(repo *Repo, sha string) ([]byte, error) {
	git, err := tx.git(repo)
	if err != nil {
		return nil, err
	}
	return found(git.Blob(sha))
}

// Compare tells what head has that base has not, both revisions; files with patches.
func (tx *Tx) Compare(repo *Repo, base, head string) (*gitstore.Comparison, error) {
	_, from, err := tx.read(repo, base)
	if err != nil {
		return nil, err
	}
	git, to, err := tx.read(repo, head)
	if err != nil {
		return nil, err
	}
	return found(git.Compare(from, to, true))
}

// Counts tells how many commits head has that base has not, and the other way round; not found where they have nothing in
// common.
func (tx *Tx) Counts(repo *Repo, base, head string) (ahead, behind int, err error) {
	_, from, err := tx.read(repo, base)
	if err != nil {
		return 0, 0, err
	}
	git, to, err := tx.read(repo, head)
	if err != nil {
		return 0, 0, err
	}
	ahead, behind, related, err := git.Counts(from, to)
	if err == nil && !related {
		err = notFound()
	}
	return ahead, behind, err
}

// DiffText is the difference between two revisions as git diff prints it: from their merge base to head.
func (tx *Tx) DiffText(repo *Repo, base, head string) ([]byte, error) {
	_, from, err := tx.read(repo, base)
	if err != nil {
		return nil, err
	}
	git, to, err := tx.read(repo, head)
	if err != nil {
		return nil, err
	}
	fork, err := git.MergeBase(from, to)
	if err != nil || fork == "" {
		return nil, errors.Join(err, notFound())
	}
	return found(git.DiffText(fork, to))
}

// MailText is what head has that base has not, a mail a commit, as git format-patch prints them.
func (tx *Tx) MailText(repo *Repo, base, head string) ([]byte, error) {
	_, from, err := tx.read(repo, base)
	if err != nil {
		return nil, err
	}
	git, to, err := tx.read(repo, head)
	if err != nil {
		return nil, err
	}
	return found(git.MailText(from, to))
}

// found turns "no such object" into GitHub's 404.
func found[T any](value T, err error) (T, error) {
	if errors.Is(err, gitstore.ErrNotFound) {
		err = notFound()
	}
	return value, err
}
