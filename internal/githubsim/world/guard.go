package world

import (
	"errors"
	"unicode/utf8"
)

// Limits of GitHub, in characters.
const (
	maxBody  = 65536
	maxTitle = 256
	maxLabel = 50
)

var errReadOnly = errors.New("mutation outside World.Update")

// need is the gate of every mutation of a repository: it answers as GitHub
// does to an actor who must not even know of it (404), lacks the scope (404 to
// REST, INSUFFICIENT_SCOPES to GraphQL) or the permission (403), and to
// anybody when it is archived.
func (tx *Tx) need(repoID int64, p Permission) (*Repo, error) {
	if !tx.writing {
		return nil, errReadOnly
	}
	repo := tx.s.repos.rows[repoID]
	if repo == nil {
		return nil, notFound()
	}
	if tx.actor.system {
		return repo, nil
	}
	user := tx.Viewer()
	if user == nil {
		return nil, &Error{Status: 401, Type: "UNAUTHENTICATED", Message: "Requires authentication"}
	}
	if !tx.CanSee(tx.actor, repo) {
		return nil, notFound()
	}
	if !tx.actor.HasScope("public_repo") {
		e := notFound()
		e.Type = "INSUFFICIENT_SCOPES"
		return nil, e
	}
	if repo.Archived {
		return nil, forbidden("Repository was archived so is read-only.")
	}
	if tx.Permission(user, repo) < p {
		return nil, forbidden("Must have admin rights to Repository.")
	}
	return repo, nil
}

// needIssue is need for an issue or pull request as it is now.
func (tx *Tx) needIssue(id int64, p Permission) (*Issue, *Repo, error) {
	issue := tx.IssueByID(id)
	if issue == nil {
		return nil, nil, notFound()
	}
	repo, err := tx.need(issue.RepoID, p)
	return issue, repo, err
}

// needPull is needIssue for a pull request.
func (tx *Tx) needPull(id int64, p Permission) (*Issue, *Repo, error) {
	issue, repo, err := tx.needIssue(id, p)
	if err == nil && issue.Pull == nil {
		err = notFound()
	}
	return issue, repo, err
}

// may tells whether the actor has a permission in a repository.
func (tx *Tx) may(repo *Repo, p Permission) bool {
	return tx.actor.system || tx.Permission(tx.Viewer(), repo) >= p
}

// actorID is 0, GitHub's ghost, for the system.
func (tx *Tx) actorID() int64 {
	if tx.actor.User == nil {
		return 0
	}
	return tx.actor.User.ID
}

// record writes an event of an issue's timeline.
func (tx *Tx) record(issueID int64, e Event) *Event {
	e.ID, e.IssueID, e.ActorID, e.CreatedAt = tx.nextID(), issueID, tx.actorID(), tx.Now()
	tx.s.events.put(e.ID, &e)
	return &e
}

// change applies change to an issue and moves its updated_at.
func (tx *Tx) change(id int64, change func(*Issue)) *Issue {
	return tx.s.issues.update(id, func(i *Issue) {
		change(i)
		i.UpdatedAt = tx.Now()
	})
}

func checkBody(resource, body string) error {
	if utf8.RuneCountInString(body) > maxBody {
		return invalid(custom(resource, "body", "body is too long (maximum is 65536 characters)"))
	}
	return nil
}

func checkTitle(resource, title string) error {
	if title == "" {
		return invalid(coded(resource, "title", "missing_field"))
	}
	if utf8.RuneCountInString(title) > maxTitle {
		return invalid(custom(resource, "title", "title is too long (maximum is 256 characters)"))
	}
	return nil
}
