package world

import (
	"slices"
	"strings"
)

// UserByLogin finds an account without regard to case, a bot's with or without
// "[bot]"; nil when absent.
func (tx *Tx) UserByLogin(login string) *User {
	login = strings.ToLower(login)
	if bare, isBot := strings.CutSuffix(login, "[bot]"); isBot {
		if u := tx.s.userByLogin[bare]; u != nil && u.Kind == Bot {
			return u
		}
		return nil
	}
	return tx.s.userByLogin[login]
}

// User is the account with that id, nil when absent.
func (tx *Tx) User(id int64) *User { return tx.s.users.rows[id] }

// Users are all accounts by id.
func (tx *Tx) Users() []*User { return byID(tx.s.users.rows, func(u *User) int64 { return u.ID }) }

// TokenByText finds a token, expired or not; nil when absent.
func (tx *Tx) TokenByText(text string) *Token { return tx.s.tokenByText[text] }

// ActorByToken is who acts with a token; false when it is unknown or expired.
func (tx *Tx) ActorByToken(text string) (Actor, bool) {
	t := tx.s.tokenByText[text]
	if t == nil || (!t.Expires.IsZero() && !tx.Now().Before(t.Expires)) {
		return Actor{}, false
	}
	return Actor{User: tx.s.users.rows[t.UserID], Token: t}, true
}

// Tokens are all tokens in order of making.
func (tx *Tx) Tokens() []*Token {
	var list []*Token
	for _, row := range byID(tx.s.tokens.rows, func(t *tokenRow) int64 { return t.ID }) {
		list = append(list, &row.Token)
	}
	return list
}

// Repo finds a repository by owner login and name without regard to case,
// whoever asks; redirected tells that the name is a former one. nil when absent.
func (tx *Tx) Repo(owner, name string) (repo *Repo, redirected bool) {
	u := tx.UserByLogin(owner)
	if u == nil {
		return nil, false
	}
	if r := tx.s.repoByName[key(u.ID, name)]; r != nil {
		return r, false
	}
	var latest int64
	for id := range tx.s.repoByOldName[key(u.ID, name)] {
		latest = max(latest, id)
	}
	return tx.s.repos.rows[latest], latest != 0
}

// RepoByID is the repository with that id, nil when absent.
func (tx *Tx) RepoByID(id int64) *Repo { return tx.s.repos.rows[id] }

// Repos are all repositories by id.
func (tx *Tx) Repos() []*Repo { return byID(tx.s.repos.rows, func(r *Repo) int64 { return r.ID }) }

// ReposOf are an account's repositories by id.
func (tx *Tx) ReposOf(ownerID int64) []*Repo { return slices.Clone(tx.s.reposOf[ownerID]) }

// FullName is "owner/name".
func (tx *Tx) FullName(repo *Repo) string {
	if owner := tx.s.users.rows[repo.OwnerID]; owner != nil {
		return owner.Login + "/" + repo.Name
	}
	return repo.Name
}

// Label is the label with that id, nil when absent.
func (tx *Tx) Label(id int64) *Label { return tx.s.labels.rows[id] }

// LabelByName finds a label without regard to case, nil when absent.
func (tx *Tx) LabelByName(repo *Repo, name string) *Label {
	return tx.s.labelByName[key(repo.ID, name)]
}

// Labels are a repository's labels by id.
func (tx *Tx) Labels(repo *Repo) []*Label { return slices.Clone(tx.s.labelsOf[repo.ID]) }

// LabelsOf are the labels on an issue, in the order they were added.
func (tx *Tx) LabelsOf(issue *Issue) []*Label {
	list := make([]*Label, 0, len(issue.LabelIDs))
	for _, id := range issue.LabelIDs {
		if l := tx.s.labels.rows[id]; l != nil {
			list = append(list, l)
		}
	}
	return list
}

// Issue is the live issue or pull request of that number, nil when there is
// none, or a deleted or transferred one (see Tombstone).
func (tx *Tx) Issue(repoID int64, number int) *Issue {
	if i := tx.numbered(repoID, number); i != nil && !i.Deleted && i.MovedTo == 0 {
		return i
	}
	return nil
}

// Tombstone is the deleted (410) or transferred (301, MovedTo) issue of that
// number, nil when there is none.
func (tx *Tx) Tombstone(repoID int64, number int) *Issue {
	if i := tx.numbered(repoID, number); i != nil && (i.Deleted || i.MovedTo != 0) {
		return i
	}
	return nil
}

func (tx *Tx) numbered(repoID int64, number int) *Issue {
	list := tx.s.issuesOf[repoID]
	// Numbers are given out without holes, so the place is almost always number-1.
	if number >= 1 && number <= len(list) && list[number-1].Number == number {
		return list[number-1]
	}
	at, found := slices.BinarySearchFunc(list, number, func(i *Issue, n int) int { return i.Number - n })
	if !found {
		return nil
	}
	return list[at]
}

// IssueByID is the live issue or pull request with that id, nil when absent.
func (tx *Tx) IssueByID(id int64) *Issue {
	if i := tx.s.issues.rows[id]; i != nil && !i.Deleted && i.MovedTo == 0 {
		return i
	}
	return nil
}

// Issues are a repository's live issues and pull requests by number.
func (tx *Tx) Issues(repoID int64) []*Issue {
	list := make([]*Issue, 0, len(tx.s.issuesOf[repoID]))
	for _, i := range tx.s.issuesOf[repoID] {
		if !i.Deleted && i.MovedTo == 0 {
			list = append(list, i)
		}
	}
	return list
}

// Comment is the comment with that id, nil when absent.
func (tx *Tx) Comment(id int64) *Comment { return tx.s.comments.rows[id] }

// Comments are an issue's comments, oldest first.
func (tx *Tx) Comments(issueID int64) []*Comment { return slices.Clone(tx.s.commentsOf[issueID]) }

// Event is the event with that id, nil when absent.
func (tx *Tx) Event(id int64) *Event { return tx.s.events.rows[id] }

// Events are an issue's timeline, oldest first, its comments and reviews among
// them as commented and reviewed.
func (tx *Tx) Events(issueID int64) []*Event { return slices.Clone(tx.s.eventsOf[issueID]) }

// Edits are the saved versions of the body of an issue or comment, oldest
// first. There are none before the first edit; then the first is the original.
func (tx *Tx) Edits(subjectID int64) []*Edit { return slices.Clone(tx.s.editsOf[subjectID]) }

// Reactions are those to the issue or comment with that id, oldest first.
func (tx *Tx) Reactions(subjectID int64) []*Reaction {
	return slices.Clone(tx.s.reactionsOf[subjectID])
}

// Reaction is the reaction with that id, nil when absent.
func (tx *Tx) Reaction(id int64) *Reaction { return tx.s.reactions.rows[id] }

// Review is the review with that id, nil when absent.
func (tx *Tx) Review(id int64) *Review { return tx.s.reviews.rows[id] }

// Reviews are a pull request's reviews, oldest first.
func (tx *Tx) Reviews(issueID int64) []*Review { return slices.Clone(tx.s.reviewsOf[issueID]) }

// Thread is the review thread with that id, nil when absent.
func (tx *Tx) Thread(id int64) *Thread { return tx.s.threads.rows[id] }

// Threads are a pull request's review threads, oldest first.
func (tx *Tx) Threads(issueID int64) []*Thread { return slices.Clone(tx.s.threadsOf[issueID]) }

// ThreadComment finds a comment of a review thread; nils when absent.
func (tx *Tx) ThreadComment(id int64) (*Thread, *ThreadComment) {
	t := tx.s.threads.rows[tx.s.threadComments[id]]
	if t == nil {
		return nil, nil
	}
	for i := range t.Comments {
		if t.Comments[i].ID == id {
			return t, &t.Comments[i]
		}
	}
	return nil, nil
}

// Check is the check run or commit status with that id, nil when absent.
func (tx *Tx) Check(id int64) *Check { return tx.s.checks.rows[id] }

// Checks are the check runs and commit statuses of a commit that count, oldest
// first: of every name (of a status: context) the newest.
func (tx *Tx) Checks(repoID int64, sha string) []*Check {
	all := tx.s.checksOf[key(repoID, sha)]
	list := make([]*Check, 0, len(all))
	for i, c := range all {
		superseded := slices.ContainsFunc(all[i+1:], func(later *Check) bool {
			return later.Name == c.Name && (later.Status != "") == (c.Status != "") && later.Workflow == c.Workflow
		})
		if !superseded {
			list = append(list, c)
		}
	}
	return list
}

// Blocking are the issues this one blocks, by id.
func (tx *Tx) Blocking(issueID int64) []*Issue {
	var list []*Issue
	for id := range tx.s.blocking[issueID] {
		if i := tx.IssueByID(id); i != nil {
			list = append(list, i)
		}
	}
	slices.SortFunc(list, func(a, b *Issue) int { return int(a.ID - b.ID) })
	return list
}

// PullsOf are the open pull requests whose head or base lies in a repository, by id.
func (tx *Tx) PullsOf(repoID int64) []*Issue {
	var list []*Issue
	for id := range tx.s.pullsByHead[repoID] {
		if i := tx.IssueByID(id); i != nil {
			list = append(list, i)
		}
	}
	slices.SortFunc(list, func(a, b *Issue) int { return int(a.ID - b.ID) })
	return list
}

func byID[T any](rows map[int64]*T, id func(*T) int64) []*T {
	list := make([]*T, 0, len(rows))
	for _, row := range rows {
		list = append(list, row)
	}
	slices.SortFunc(list, func(a, b *T) int { return int(id(a) - id(b)) })
	return list
}
