package world

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dappcore/core-dev/internal/githubsim/gitstore"
)

var methodNames = map[string]string{"merge": "Merge commits", "squash": "Squash merges", "rebase": "Rebase merges"}

// MergePull merges an open pull request by git; Write. 409 when its head is
// not m.SHA, 405 when it cannot be merged (now).
func (tx *Tx) MergePull(pull *Issue, m Merge) (*Issue, error) {
	pull, repo, err := tx.needPull(pull.ID, Write)
	if err != nil {
		return nil, err
	}
	if m.Method == "" {
		m.Method = "merge"
	}
	p := pull.Pull
	if methodNames[m.Method] == "" {
		return nil, invalid(FieldError{Resource: "PullRequest", Field: "merge_method", Code: "invalid", Value: m.Method})
	}
	if pull.Closed {
		return nil, status(405, "Pull Request is not mergeable")
	}
	if m.SHA != "" && m.SHA != p.HeadSHA {
		return nil, status(409, "Head branch was modified. Review and try the merge again.")
	}
	if refusal := tx.obstacle(repo, pull, m.Method); refusal != "" {
		return nil, status(405, "%s", refusal)
	}
	sha, err := tx.mergeCommit(repo, pull, m)
	if errors.Is(err, gitstore.ErrConflict) {
		return nil, status(405, "Pull Request is not mergeable")
	}
	if err != nil {
		return nil, err
	}
	closes := tx.ClosingIssues(pull)
	pull = tx.merged(pull, sha)
	if repo, err = tx.moveRef(repo, heads+p.BaseRef, sha); err != nil {
		return nil, err
	}
	for _, issue := range closes {
		if issue = tx.IssueByID(issue.ID); !issue.Closed {
			tx.closeIssue(issue, Event{SHA: sha, SourceID: pull.ID})
		}
	}
	head := tx.s.repos.rows[p.HeadRepoID]
	if repo.Settings.DeleteBranch && head.Refs[heads+p.HeadRef] != "" && p.HeadRef != head.DefaultBranch && head.ID == repo.ID {
		if _, err := tx.moveRef(head, heads+p.HeadRef, ""); err != nil {
			return nil, err
		}
		tx.record(pull.ID, Event{Kind: HeadDeleted, From: p.HeadRef})
	}
	return tx.IssueByID(pull.ID), nil
}

// RecordMerge marks an open pull request merged by a commit that its base
// branch has already, as seeds make it without the git program; Write.
func (tx *Tx) RecordMerge(pull *Issue, sha string) (*Issue, error) {
	pull, repo, err := tx.needPull(pull.ID, Write)
	if err != nil {
		return nil, err
	}
	if pull.Closed {
		return nil, status(405, "Pull Request is not mergeable")
	}
	if err := tx.needCommit(repo, sha); err != nil {
		return nil, err
	}
	contained, err := tx.isAncestor(repo, sha, repo.Refs[heads+pull.Pull.BaseRef])
	if err != nil {
		return nil, err
	}
	if !contained {
		return nil, refused("Update is not a fast forward")
	}
	return tx.merged(pull, sha), nil
}

// merged marks a pull request merged as sha.
func (tx *Tx) merged(pull *Issue, sha string) *Issue {
	base := tx.s.repos.rows[pull.RepoID].Refs[heads+pull.Pull.BaseRef]
	if base == sha { // a push brought it: the base before is where the branch left it
		base = pull.Pull.BaseSHA
	}
	tx.change(pull.ID, func(i *Issue) {
		i.Pull.Merged, i.Pull.MergedAt, i.Pull.MergedByID, i.Pull.MergeSHA = true, tx.Now(), tx.actorID(), sha
		i.Pull.BaseSHA = base
		i.Pull.Mergeable, i.Pull.MergeableFor = Unknown, ""
	})
	tx.record(pull.ID, Event{Kind: Merged, SHA: sha, To: pull.Pull.BaseRef})
	return tx.closeIssue(tx.IssueByID(pull.ID), Event{SHA: sha})
}

// mergeCommit makes what the base branch becomes.
func (tx *Tx) mergeCommit(repo *Repo, pull *Issue, m Merge) (string, error) {
	git, err := tx.git(repo)
	if err != nil {
		return "", err
	}
	p := pull.Pull
	base := repo.Refs[heads+p.BaseRef]
	if m.Method == "rebase" {
		return git.Rebase(base, p.HeadSHA, tx.signature())
	}
	tree, err := git.MergeTree(base, p.HeadSHA)
	if err != nil {
		return "", err
	}
	title, message, parents := m.Title, m.Message, []string{base, p.HeadSHA}
	if m.Method == "squash" {
		parents = parents[:1]
		commits, err := git.Between(base, p.HeadSHA)
		if err != nil {
			return "", err
		}
		if title == "" {
			title = fmt.Sprintf("%s (#%d)", pull.Title, pull.Number)
		}
		if message == "" && len(commits) > 1 {
			for _, c := range commits {
				message += "* " + c.Message + "\n\n"
			}
		}
	} else {
		if title == "" {
			owner := tx.s.users.rows[tx.s.repos.rows[p.HeadRepoID].OwnerID]
			title = fmt.Sprintf("Merge pull request #%d from %s/%s", pull.Number, owner.Login, p.HeadRef)
		}
		if message == "" {
			message = pull.Title
		}
	}
	text := strings.TrimSpace(title + "\n\n" + strings.TrimSpace(message))
	return git.WriteCommit(tree, parents, tx.signature(), tx.robot(), text)
}

// obstacle is why a pull request may not be merged by this method, in GitHub's
// words; "" when nothing stands against it. Conflicts are found by merging.
func (tx *Tx) obstacle(repo *Repo, pull *Issue, method string) string {
	p := pull.Pull
	switch {
	case p.Draft:
		return "Pull Request is still a draft"
	case method == "merge" && repo.Settings.NoMergeCommit,
		method == "squash" && repo.Settings.NoSquash,
		method == "rebase" && repo.Settings.NoRebase:
		return methodNames[method] + " are not allowed on this repository."
	}
	return tx.unmet(repo, pull)
}

// Unmet is what the rules of a pull request's base still demand before a merge,
// in GitHub's words; "" when nothing.
func (tx *Tx) Unmet(pull *Issue) string {
	if pull = tx.IssueByID(pull.ID); pull == nil || pull.Pull == nil {
		return "Not Found"
	}
	return tx.unmet(tx.s.repos.rows[pull.RepoID], pull)
}

// unmet is what the base branch's rules still demand, "" when nothing.
func (tx *Tx) unmet(repo *Repo, pull *Issue) string {
	rules := tx.RulesFor(repo, pull.Pull.BaseRef)
	if rules == nil {
		return ""
	}
	approvals, changes := tx.opinions(pull)
	switch {
	case rules.Approvals > 0 && changes > 0:
		return "Changes have been requested by reviewers with write access."
	case approvals < rules.Approvals:
		return fmt.Sprintf("At least %d approving review is required by reviewers with write access.", rules.Approvals)
	}
	for _, name := range rules.RequiredChecks {
		switch tx.checkState(repo.ID, pull.Pull.HeadSHA, name) {
		case "":
			return fmt.Sprintf("Required status check %q is expected.", name)
		case "PENDING":
			return fmt.Sprintf("Required status check %q is in progress.", name)
		case "FAILURE":
			return fmt.Sprintf("Required status check %q is failing.", name)
		}
	}
	if rules.Resolved && slices.ContainsFunc(tx.s.threadsOf[pull.ID], func(t *Thread) bool { return !t.Resolved }) {
		return "A conversation must be resolved before this pull request can be merged."
	}
	if rules.UpToDate {
		if behind, err := tx.behind(repo, pull); err != nil || behind {
			return "Head branch is out of date. Update it before merging."
		}
	}
	return ""
}

// MergeBranch merges a branch or commit into a branch; Write. sha is the merge, empty
// where the branch has all of it. 404: base or head is not there; 409: they conflict.
func (tx *Tx) MergeBranch(repo *Repo, base, head, message string) (sha string, err error) {
	repo, err = tx.need(repo.ID, Write)
	if err != nil {
		return "", err
	}
	into := repo.Refs[heads+base]
	if into == "" {
		return "", &Error{Status: 404, Message: "Base does not exist"}
	}
	from, ok := tx.Resolve(repo, head)
	if !ok {
		return "", &Error{Status: 404, Message: "Head does not exist"}
	}
	if contained, err := tx.isAncestor(repo, from, into); err != nil || contained {
		return "", err
	}
	git, err := tx.git(repo)
	if err != nil {
		return "", err
	}
	tree, err := git.MergeTree(into, from)
	if errors.Is(err, gitstore.ErrConflict) {
		return "", &Error{Status: 409, Message: "Merge conflict"}
	}
	if err != nil {
		return "", err
	}
	if message == "" {
		message = fmt.Sprintf("Merge %s into %s", head, base)
	}
	if sha, err = git.WriteCommit(tree, []string{into, from}, tx.signature(), tx.robot(), message); err != nil {
		return "", err
	}
	_, err = tx.moveRef(repo, heads+base, sha)
	return sha, err
}

// behind tells whether the base has commits the head has not.
func (tx *Tx) behind(repo *Repo, pull *Issue) (bool, error) {
	contained, err := tx.isAncestor(repo, repo.Refs[heads+pull.Pull.BaseRef], pull.Pull.HeadSHA)
	return !contained, err
}

// UpdateBranch merges the base into the head branch; Write on the head's
// repository. expectedHead, when set, must be the head: 422.
func (tx *Tx) UpdateBranch(pull *Issue, expectedHead string) (*Issue, error) {
	pull, repo, err := tx.needPull(pull.ID, Read)
	if err != nil {
		return nil, err
	}
	p := pull.Pull
	head, err := tx.need(p.HeadRepoID, Write)
	if err != nil {
		return nil, err
	}
	if pull.Closed {
		return nil, refused("Pull request is closed")
	}
	if expectedHead != "" && expectedHead != p.HeadSHA {
		return nil, refused("expected head sha didn’t match current head ref.")
	}
	behind, err := tx.behind(repo, pull)
	if err != nil {
		return nil, err
	}
	if !behind {
		return nil, refused("There are no new commits on the base branch.")
	}
	git, err := tx.git(repo)
	if err != nil {
		return nil, err
	}
	base := repo.Refs[heads+p.BaseRef]
	tree, err := git.MergeTree(p.HeadSHA, base)
	if errors.Is(err, gitstore.ErrConflict) {
		return nil, refused("merge conflict between base and head")
	}
	if err != nil {
		return nil, err
	}
	sha, err := git.WriteCommit(tree, []string{p.HeadSHA, base}, tx.signature(), tx.robot(),
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
