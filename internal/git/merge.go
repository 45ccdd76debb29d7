package git

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/dappcore/core-dev/inventory"
)

// Work is a merge that was made and not pushed. It keeps its worktree until it is
// discarded.
type Work struct {
	*job
	ref, head string // of the branch: its full name, and where it stood
	sha, how  string
}

// SHA is the merge; empty where none could be made.
func (w *Work) SHA() string { return w.sha }

// How tells in a few words how it came about, or why it could not be made.
func (w *Work) How() string { return w.how }

// Merge merges base into branch of repo, which stands at head: by git, by what git
// remembers of an earlier resolution, or by the local agent command. Where none of
// it helps there is no SHA, How says why, and nothing is left to discard. A head
// that is another, or a branch that is gone, is *Stale. What a process that died
// left is swept away first.
func (s *Shop) Merge(ctx context.Context, repo inventory.RepoRef, pull int, branch, base, head string) (*Work, error) {
	at, err := s.site(repo)
	if err != nil {
		return nil, err
	}
	target := fmt.Sprintf("%s#%d", repo, pull)
	ref, err := branchRef(branch)
	if err != nil {
		return nil, err
	}
	baseRef, err := branchRef(base)
	if err != nil {
		return nil, err
	}
	if !isSHA(head) {
		return nil, errors.New("a head is no commit's name")
	}
	if err := s.Sweep(ctx); err != nil {
		return nil, fmt.Errorf("sweep the worktrees: %w", err)
	}
	j, heads, err := at.begin(ctx, ref, baseRef)
	if err != nil {
		return nil, err
	}
	stale := ""
	switch {
	case heads[ref] == "":
		stale = "its branch is gone"
	case heads[baseRef] == "":
		stale = "its base branch is gone"
	case heads[ref] != head:
		stale = "its head is " + short(heads[ref]) + " by now"
	}
	if stale != "" {
		var left error
		if j != nil {
			left = j.Discard()
		}
		return nil, errors.Join(&Stale{target, stale}, left)
	}
	w := &Work{job: j, ref: ref, head: head}
	tip := heads[baseRef]
	if err := w.merge(ctx, pull, branch, base, tip); err != nil {
		return nil, errors.Join(err, j.Discard())
	}
	switch w.sha {
	case head:
		return nil, errors.Join(&Stale{target, "its base is merged into it already"}, j.Discard())
	case "":
		return w, j.Discard()
	}
	return w, nil
}

// begin fetches branches and makes a job; none where one of them is not there.
func (s *site) begin(ctx context.Context, refs ...string) (*job, map[string]string, error) {
	text := ""
	if s.Token != nil {
		var err error
		if text, err = s.Token(ctx); err != nil {
			return nil, nil, err
		}
	}
	token := newSecret(text, s.Site)
	lock, err := lockFile(ctx, filepath.Join(s.dir, "lock"))
	if err != nil {
		return nil, nil, err
	}
	defer unlock(lock)
	heads, err := s.fetch(ctx, lock, token, refs...)
	if err != nil {
		return nil, nil, err
	}
	for _, ref := range refs {
		if heads[ref] == "" {
			return nil, heads, nil
		}
	}
	if err := s.sweep(ctx); err != nil {
		return nil, nil, err
	}
	j, err := s.job(ctx, token)
	return j, heads, err
}

// merge sets sha and how.
func (w *Work) merge(ctx context.Context, pull int, branch, base, tip string) error {
	p := w.program()
	if _, err := p.run(ctx, "merge-base", "--end-of-options", w.head, tip); ended(err, 1) {
		w.how = "the branches have no history in common"
		return nil
	} else if err != nil {
		return err
	}
	if _, err := p.run(ctx, "merge-base", "--is-ancestor", "--end-of-options", tip, w.head); err == nil {
		w.sha = w.head
		return nil
	} else if !ended(err, 1) {
		return err
	}
	if err := w.recall(); err != nil {
		return err
	}
	if _, err := p.run(ctx, "checkout", "--quiet", "--force", "--detach", "--no-recurse-submodules", w.head); err != nil {
		return w.refused(err)
	}
	_, mergeErr := p.run(ctx, "merge", "--quiet", "--no-commit", "--no-ff", "--no-stat", "--strategy=ort", tip)
	if mergeErr != nil && !ended(mergeErr, 1) {
		return w.refused(mergeErr)
	}
	left, err := w.unmerged(ctx, p, filepath.Join(w.git(), "index"))
	switch {
	case err != nil:
		return err
	case len(left) > 0:
		if why, err := w.resolve(ctx, left, pull, branch, base, tip); why != "" || err != nil {
			w.how = why
			return err
		}
		w.how = "the command"
	case mergeErr != nil:
		w.how = "rerere"
	default:
		w.how = "clean"
	}
	w.sha, err = w.commit(ctx, "Merge the target branch", w.head, tip)
	return err
}

// refused takes what git will not do with a repository for an answer: it would
// say the same the next time. A server that was not reached is none.
func (w *Work) refused(err error) error {
	var f *failure
	if !errors.As(err, &f) || f.code < 0 || strings.Contains(f.all, "unable to access") || strings.Contains(f.all, "promisor remote") {
		return err
	}
	w.how = "git could not merge: " + f.Error()
	return nil
}

// commit makes a commit of what is in the index.
func (j *job) commit(ctx context.Context, text string, parents ...string) (sha string, err error) {
	p := j.program()
	tree, err := p.run(ctx, "write-tree")
	if err != nil {
		return "", err
	}
	args := []string{"commit-tree", "--no-gpg-sign", "-m", text}
	for _, sha := range parents {
		args = append(args, "-p", sha)
	}
	out, err := p.run(ctx, append(args, strings.TrimSpace(string(tree)))...)
	return strings.TrimSpace(string(out)), err
}
