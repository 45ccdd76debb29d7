package world

import (
	"slices"
	"strings"

	"github.com/dappcore/core-dev/internal/githubsim/gitstore"
)

// pushed does to pull requests and issues what GitHub does when a branch was
// made (old empty), moved, or deleted (now empty).
func (tx *Tx) pushed(repoID int64, branch, old, now string) error {
	repo := tx.s.repos.rows[repoID]
	for _, pull := range tx.PullsOf(repoID) {
		p := pull.Pull
		if p.HeadRepoID == repoID && p.HeadRef == branch {
			if err := tx.headMoved(pull, old, now); err != nil {
				return err
			}
		}
	}
	if now == "" {
		tx.baseDeleted(repo, branch)
		return nil
	}
	if !tx.matters(repo, branch) {
		return nil
	}
	commits, err := tx.between(repo, old, now)
	if err != nil {
		return err
	}
	fresh := map[string]bool{}
	for _, c := range commits {
		fresh[c.SHA] = true
	}
	for _, pull := range tx.PullsOf(repoID) {
		if pull.RepoID == repoID && pull.Pull.BaseRef == branch && fresh[pull.Pull.HeadSHA] {
			tx.merged(pull, now)
		}
	}
	if branch == repo.DefaultBranch && old != "" {
		tx.closeByCommits(repo, commits)
	}
	return nil
}

// matters tells whether anything depends on the commits of a branch: it is the
// default one, or the base of an open pull request.
func (tx *Tx) matters(repo *Repo, branch string) bool {
	if branch == repo.DefaultBranch {
		return true
	}
	return slices.ContainsFunc(tx.PullsOf(repo.ID), func(i *Issue) bool {
		return i.RepoID == repo.ID && i.Pull.BaseRef == branch
	})
}

func (tx *Tx) between(repo *Repo, old, now string) ([]*gitstore.CommitInfo, error) {
	draft, err := tx.drafted(repo)
	if err != nil {
		return nil, err
	}
	if draft != nil {
		return draft.Between(old, now), nil
	}
	git, err := tx.git(repo)
	if err != nil {
		return nil, err
	}
	return git.Between(old, now)
}

// headMoved follows a pull request's head branch; its deletion closes it.
func (tx *Tx) headMoved(pull *Issue, old, now string) error {
	if now == "" {
		tx.record(pull.ID, Event{Kind: HeadDeleted, From: pull.Pull.HeadRef})
		tx.closeIssue(pull, Event{})
		return nil
	}
	head := tx.s.repos.rows[pull.Pull.HeadRepoID]
	forward := true
	if old != "" {
		var err error
		if forward, err = tx.isAncestor(head, old, now); err != nil {
			return err
		}
	}
	if !forward {
		tx.record(pull.ID, Event{Kind: HeadForcePushed, From: old, To: now, SHA: now})
	}
	_, err := tx.syncPull(pull)
	return err
}

// syncPull takes the head branch's tip as the pull request's head.
func (tx *Tx) syncPull(pull *Issue) (*Issue, error) {
	p := pull.Pull
	head, repo := tx.s.repos.rows[p.HeadRepoID], tx.s.repos.rows[pull.RepoID]
	now := head.Refs[heads+p.HeadRef]
	if now == p.HeadSHA || now == "" {
		return pull, nil
	}
	if err := tx.share(head, repo, now); err != nil {
		return nil, err
	}
	tx.setRefs(repo.ID, map[string]string{pullRef(pull.Number): now})
	if err := tx.outdate(repo, pull, now); err != nil {
		return nil, err
	}
	return tx.change(pull.ID, func(i *Issue) {
		i.Pull.HeadSHA, i.Pull.BaseSHA = now, repo.Refs[heads+i.Pull.BaseRef]
		i.Pull.Mergeable, i.Pull.MergeableFor = Unknown, ""
	}), nil
}

// share makes a commit of one repository known to another.
func (tx *Tx) share(from, to *Repo, sha string) error {
	if from.ID == to.ID {
		return nil
	}
	if done, err := tx.shareDraft(from, to, sha); done || err != nil {
		return err
	}
	source, err := tx.git(from)
	if err != nil {
		return err
	}
	target, err := tx.git(to)
	if err != nil {
		return err
	}
	return target.Import(source, sha)
}

// shareDraft is share between repositories of which neither has a git
// repository yet: what one plans becomes part of the other's plan.
func (tx *Tx) shareDraft(from, to *Repo, sha string) (bool, error) {
	source, err := tx.drafted(from)
	if err != nil || source == nil {
		return false, err
	}
	target, err := tx.drafted(to)
	if err != nil || target == nil {
		return false, err
	}
	if target.Has(sha) {
		return true, nil
	}
	for _, c := range tx.s.plans.rows[from.ID].Commits {
		c.Branch = ""
		if _, err := tx.planCommit(to, target, c); err != nil {
			return false, err
		}
	}
	return true, nil
}

// outdate marks the review threads on files that the new head changed.
func (tx *Tx) outdate(repo *Repo, pull *Issue, now string) error {
	if len(tx.s.threadsOf[pull.ID]) == 0 {
		return nil
	}
	git, err := tx.git(repo)
	if err != nil {
		return err
	}
	paths, err := git.TouchedPaths(pull.Pull.HeadSHA, now)
	if err != nil {
		return err
	}
	for _, t := range tx.Threads(pull.ID) {
		if slices.Contains(paths, t.Path) && !t.Outdated {
			tx.s.threads.update(t.ID, func(t *Thread) { t.Outdated = true })
		}
	}
	return nil
}

// baseDeleted retargets the pull requests upon a deleted branch to where that
// branch itself was merged, or closes them.
func (tx *Tx) baseDeleted(repo *Repo, branch string) {
	to := ""
	for _, i := range tx.s.issuesOf[repo.ID] {
		if p := i.Pull; p != nil && p.Merged && p.HeadRepoID == repo.ID && p.HeadRef == branch && repo.Refs[heads+p.BaseRef] != "" {
			to = p.BaseRef
		}
	}
	for _, pull := range tx.PullsOf(repo.ID) {
		if pull.RepoID != repo.ID || pull.Pull.BaseRef != branch {
			continue
		}
		if to == "" || to == pull.Pull.HeadRef || tx.openPull(repo, pull.Pull.HeadRepoID, pull.Pull.HeadRef, to) != nil {
			tx.closeIssue(pull, Event{})
			continue
		}
		tx.retarget(repo, pull, to)
	}
}

func (tx *Tx) retarget(repo *Repo, pull *Issue, base string) *Issue {
	old := pull.Pull.BaseRef
	pull = tx.change(pull.ID, func(i *Issue) {
		i.Pull.BaseRef, i.Pull.BaseSHA = base, repo.Refs[heads+base]
		i.Pull.Mergeable, i.Pull.MergeableFor = Unknown, ""
	})
	tx.record(pull.ID, Event{Kind: BaseChanged, From: old, To: base})
	return pull
}

// closeByCommits closes the issues that commits on the default branch name
// with a closing keyword.
func (tx *Tx) closeByCommits(repo *Repo, commits []*gitstore.CommitInfo) {
	slices.SortFunc(commits, func(a, b *gitstore.CommitInfo) int {
		if c := a.Committer.When.Compare(b.Committer.When); c != 0 {
			return c
		}
		return strings.Compare(a.SHA, b.SHA)
	})
	for _, c := range commits {
		for _, issue := range tx.mentioned(repo, closing(), c.Message) {
			target := tx.s.repos.rows[issue.RepoID]
			if issue.Pull == nil && !issue.Closed && tx.may(target, Triage) {
				tx.closeIssue(issue, Event{SHA: c.SHA})
			}
		}
	}
}
