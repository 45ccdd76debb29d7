package world

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dappcore/core-dev/internal/githubsim/gitstore"
)

// What Mergeable says.
const (
	Mergeable   = "MERGEABLE"
	Conflicting = "CONFLICTING"
	Unknown     = "UNKNOWN"
)

func pullRef(number int) string { return fmt.Sprintf("refs/pull/%d/head", number) }

// CreatePull opens a pull request; Read on the base repository, and Write on
// the head one, as GitHub demands of all but maintainers.
func (tx *Tx) CreatePull(repo *Repo, n NewPull) (*Issue, error) {
	repo, err := tx.need(repo.ID, Read)
	if err != nil {
		return nil, err
	}
	n.Title = strings.TrimSpace(n.Title)
	if err := checkTitle("PullRequest", n.Title); err != nil {
		return nil, err
	}
	if err := checkBody("PullRequest", n.Body); err != nil {
		return nil, err
	}
	from, branch := tx.headOf(repo, n)
	base := repo.Refs[heads+n.Base]
	if base == "" {
		return nil, invalid(coded("PullRequest", "base", "invalid"))
	}
	if from == nil || from.Refs[heads+branch] == "" {
		return nil, invalid(coded("PullRequest", "head", "invalid"))
	}
	if !tx.may(from, Write) && !tx.may(repo, Write) {
		return nil, forbidden("Must have admin rights to Repository.")
	}
	head := from.Refs[heads+branch]
	if tx.openPull(repo, from.ID, branch, n.Base) != nil {
		return nil, invalid(FieldError{Resource: "PullRequest", Code: "custom",
			Message: fmt.Sprintf("A pull request already exists for %s:%s.", tx.s.users.rows[from.OwnerID].Login, branch)})
	}
	if err := tx.checkCommits(repo, from, head, base, branch, n.Base); err != nil {
		return nil, err
	}
	pull := tx.putIssue(repo, n.Title, n.Body, &Pull{HeadRepoID: from.ID, HeadRef: branch, HeadSHA: head,
		BaseRef: n.Base, BaseSHA: base, Draft: n.Draft, Mergeable: Unknown})
	tx.setRefs(repo.ID, map[string]string{pullRef(pull.Number): head})
	tx.crossReference(pull, n.Body)
	return pull, nil
}

// checkCommits demands that head has something base has not, and an ancestor
// in common with it.
func (tx *Tx) checkCommits(repo, from *Repo, head, base, headRef, baseRef string) error {
	if err := tx.share(from, repo, head); err != nil {
		return err
	}
	contained, err := tx.isAncestor(repo, head, base)
	if err != nil {
		return err
	}
	if contained {
		return invalid(FieldError{Resource: "PullRequest", Code: "custom",
			Message: fmt.Sprintf("No commits between %s and %s", baseRef, headRef)})
	}
	related, err := tx.related(repo, head, base)
	if err != nil {
		return err
	}
	if !related {
		return invalid(FieldError{Resource: "PullRequest", Code: "custom",
			Message: fmt.Sprintf("The %s branch has no history in common with %s", headRef, baseRef)})
	}
	return nil
}

// headOf reads "branch" and "owner:branch".
func (tx *Tx) headOf(repo *Repo, n NewPull) (from *Repo, branch string) {
	owner, branch, qualified := strings.Cut(n.Head, ":")
	if !qualified {
		branch = n.Head
	}
	if n.HeadRepo != nil {
		return tx.s.repos.rows[n.HeadRepo.ID], branch
	}
	if !qualified {
		return repo, branch
	}
	u := tx.UserByLogin(owner)
	if u == nil {
		return nil, branch
	}
	if u.ID == repo.OwnerID {
		return repo, branch
	}
	for _, r := range tx.s.reposOf[u.ID] {
		if r.ParentID == repo.ID {
			return r, branch
		}
	}
	return nil, branch
}

// openPull finds the open pull request between two branches, nil when there is none.
func (tx *Tx) openPull(repo *Repo, headRepo int64, head, base string) *Issue {
	for _, i := range tx.PullsOf(repo.ID) {
		if p := i.Pull; i.RepoID == repo.ID && p.HeadRepoID == headRepo && p.HeadRef == head && p.BaseRef == base {
			return i
		}
	}
	return nil
}

// authorOr is the gate of what a pull request's author may do too.
func (tx *Tx) authorOr(id int64, p Permission) (*Issue, *Repo, error) {
	pull, repo, err := tx.needPull(id, Read)
	if err == nil && !tx.may(repo, p) && (pull.AuthorID == 0 || pull.AuthorID != tx.actorID()) {
		err = forbidden("Must have admin rights to Repository.")
	}
	return pull, repo, err
}

// EditPullBase retargets an open pull request to another branch; its author or Write.
func (tx *Tx) EditPullBase(pull *Issue, base string) (*Issue, error) {
	pull, repo, err := tx.authorOr(pull.ID, Write)
	if err != nil {
		return nil, err
	}
	p := pull.Pull
	if base == p.BaseRef {
		return pull, nil
	}
	if pull.Closed {
		return nil, invalid(custom("PullRequest", "base", "Cannot change the base branch of a closed pull request."))
	}
	if repo.Refs[heads+base] == "" {
		return nil, invalid(coded("PullRequest", "base", "invalid"))
	}
	if tx.openPull(repo, p.HeadRepoID, p.HeadRef, base) != nil {
		return nil, invalid(custom("PullRequest", "base", fmt.Sprintf(
			"A pull request already exists for base branch '%s' and head branch '%s'", base, p.HeadRef)))
	}
	contained, err := tx.isAncestor(repo, p.HeadSHA, repo.Refs[heads+base])
	if err != nil {
		return nil, err
	}
	if contained {
		return nil, invalid(custom("PullRequest", "base", fmt.Sprintf("There are no new commits between base branch '%s' and head branch '%s'", base, p.HeadRef)))
	}
	return tx.retarget(repo, pull, base), nil
}

// SetDraft turns a pull request into a draft, or marks it ready for review;
// its author or Write.
func (tx *Tx) SetDraft(pull *Issue, draft bool) (*Issue, error) {
	pull, _, err := tx.authorOr(pull.ID, Write)
	if err != nil {
		return nil, err
	}
	if pull.Closed {
		return nil, refused("Pull request is closed")
	}
	if pull.Pull.Draft == draft {
		return pull, nil
	}
	pull = tx.change(pull.ID, func(i *Issue) { i.Pull.Draft = draft })
	kind := ReadyForReview
	if draft {
		kind = ConvertedDraft
	}
	tx.record(pull.ID, Event{Kind: kind})
	return tx.proceed(pull)
}

// RequestReviewers asks users for review; Triage. Only those with access, and
// not the author.
func (tx *Tx) RequestReviewers(pull *Issue, logins []string) (*Issue, error) {
	pull, repo, err := tx.needPull(pull.ID, Triage)
	if err != nil {
		return nil, err
	}
	for _, login := range logins {
		u := tx.UserByLogin(login)
		if u == nil || !tx.Assignable(u, repo) {
			return nil, refused("Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the %s repository.", tx.FullName(repo))
		}
		if u.ID == pull.AuthorID {
			return nil, refused("Review cannot be requested from pull request author.")
		}
		if slices.Contains(pull.Pull.RequestedReviewers, u.ID) {
			continue
		}
		pull = tx.change(pull.ID, func(i *Issue) {
			i.Pull.RequestedReviewers = append(i.Pull.RequestedReviewers, u.ID)
		})
		tx.record(pull.ID, Event{Kind: ReviewRequested, UserID: u.ID})
	}
	return pull, nil
}

// RemoveReviewers takes requests for review back; Triage.
func (tx *Tx) RemoveReviewers(pull *Issue, logins []string) (*Issue, error) {
	pull, _, err := tx.needPull(pull.ID, Triage)
	if err != nil {
		return nil, err
	}
	for _, login := range logins {
		u := tx.UserByLogin(login)
		if u == nil || !slices.Contains(pull.Pull.RequestedReviewers, u.ID) {
			continue
		}
		pull = tx.change(pull.ID, func(i *Issue) { i.Pull.RequestedReviewers = without(i.Pull.RequestedReviewers, u.ID) })
		tx.record(pull.ID, Event{Kind: ReviewRequestRemoved, UserID: u.ID})
	}
	return pull, nil
}

// PullCommits are a pull request's commits, oldest first. Not to be changed.
func (tx *Tx) PullCommits(pull *Issue) ([]*gitstore.CommitInfo, error) {
	c, err := tx.contents(pull)
	return c.commits, err
}

// PullFiles are a pull request's changed files, with patches. Not to be changed.
func (tx *Tx) PullFiles(pull *Issue) ([]gitstore.FileChange, error) {
	c, err := tx.contents(pull)
	return c.files, err
}

// contents are what a pull request brings.
type contents struct {
	commits []*gitstore.CommitInfo
	files   []gitstore.FileChange
}

// maxContents bounds how many answers of git are remembered.
const maxContents = 4096

// contents asks git once for every pair of base and head: the answer for two
// commits never changes. The base of a merged pull request is the one before.
func (tx *Tx) contents(pull *Issue) (contents, error) {
	if pull.Pull == nil {
		return contents{}, notFound()
	}
	repo := tx.s.repos.rows[pull.RepoID]
	base, head := pull.Pull.BaseSHA, pull.Pull.HeadSHA
	if tip := repo.Refs[heads+pull.Pull.BaseRef]; tip != "" && !pull.Closed {
		base = tip
	}
	pair := key(repo.ID, base+".."+head)
	w := tx.w
	w.askedMu.Lock()
	known, ok := w.asked[pair]
	w.askedMu.Unlock()
	if ok {
		return known, nil
	}
	git, err := tx.git(repo)
	if err != nil {
		return contents{}, err
	}
	c, err := git.Compare(base, head, true)
	if err != nil {
		return contents{}, err
	}
	w.askedMu.Lock()
	defer w.askedMu.Unlock()
	if len(w.asked) >= maxContents {
		clear(w.asked)
	}
	w.asked[pair] = contents{commits: c.Commits, files: c.Files}
	return w.asked[pair], nil
}
