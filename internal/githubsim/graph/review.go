package graph

import (
	"fmt"
	"strings"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

func upper(s string) string { return strings.ToUpper(s) }

func (x *execution) review(r *world.Review, f *selected) (any, error) {
	pull := x.tx.IssueByID(r.IssueID)
	if pull == nil {
		return nil, nil
	}
	repo := x.tx.RepoByID(pull.RepoID)
	switch f.def.Name {
	case "state":
		return r.State, nil
	case "submittedAt":
		if r.State == "PENDING" {
			return nil, nil
		}
		return r.SubmittedAt, nil
	case "commit":
		if r.SHA == "" {
			return nil, nil
		}
		return &world.CommitNode{Repo: repo, SHA: r.SHA}, nil
	case "pullRequest":
		return pull, nil
	case "authorCanPushToRepository":
		return x.tx.Permission(x.tx.User(r.AuthorID), repo) >= world.Write, nil
	case "comments":
		var items []any
		for _, t := range x.tx.Threads(pull.ID) {
			if t.ReviewID == r.ID {
				items = append(items, threadComments(t)...)
			}
		}
		return x.connection(f, list{items: items})
	}
	w := written{
		of: r, id: r.ID, issue: pull, author: r.AuthorID, body: r.Body, created: r.SubmittedAt, updated: r.SubmittedAt,
		assoc: x.tx.Association(x.tx.User(r.AuthorID), repo), path: fmt.Sprintf("%s#pullrequestreview-%d", x.issuePath(pull), r.ID),
	}
	if v, ok, err := x.text(w, f); ok {
		return v, err
	}
	return nil, unresolved("PullRequestReview", f)
}

func threadComments(t *world.Thread) []any {
	out := make([]any, len(t.Comments))
	for i := range t.Comments {
		out[i] = &t.Comments[i]
	}
	return out
}

func (x *execution) thread(t *world.Thread, f *selected) (any, error) {
	pull := x.tx.IssueByID(t.IssueID)
	if pull == nil {
		return nil, nil
	}
	repo := x.tx.RepoByID(pull.RepoID)
	can := x.may(repo, world.Write) || x.actor.User != nil && x.actor.User.ID == pull.AuthorID
	switch f.def.Name {
	case "id":
		return world.NodeID(t), nil
	case "isResolved":
		return t.Resolved, nil
	case "isOutdated":
		return t.Outdated, nil
	case "isCollapsed":
		return t.Resolved || t.Outdated, nil
	case "resolvedBy":
		if u := x.tx.User(t.ResolverID); u != nil && u.Kind == world.Person {
			return u, nil
		}
		return nil, nil
	case "path":
		return t.Path, nil
	case "line":
		return line(t, !t.Outdated), nil
	case "originalLine":
		return line(t, true), nil
	case "diffSide":
		return "RIGHT", nil
	case "subjectType":
		if t.Line == 0 {
			return "FILE", nil
		}
		return "LINE", nil
	case "pullRequest":
		return pull, nil
	case "repository":
		return repo, nil
	case "comments":
		return x.connection(f, list{items: threadComments(t)})
	case "viewerCanReply":
		return x.actor.User != nil && !pull.Locked, nil
	case "viewerCanResolve":
		return can && !t.Resolved, nil
	case "viewerCanUnresolve":
		return can && t.Resolved, nil
	}
	return nil, unresolved("PullRequestReviewThread", f)
}

// line is a thread's line as a value: null of a whole file, or when the line is no longer there.
func line(t *world.Thread, there bool) any {
	if t.Line == 0 || !there {
		return nil
	}
	return t.Line
}

func (x *execution) threadComment(c *world.ThreadComment, f *selected) (any, error) {
	t := x.tx.Thread(c.ThreadID)
	if t == nil {
		return nil, nil
	}
	pull := x.tx.IssueByID(t.IssueID)
	if pull == nil {
		return nil, nil
	}
	review := x.tx.Review(t.ReviewID)
	switch f.def.Name {
	case "path":
		return t.Path, nil
	case "line":
		return line(t, !t.Outdated), nil
	case "originalLine":
		return line(t, true), nil
	case "outdated":
		return t.Outdated, nil
	case "diffHunk":
		return "", nil
	case "state":
		if review != nil && review.State == "PENDING" {
			return "PENDING", nil
		}
		return "SUBMITTED", nil
	case "pullRequest":
		return pull, nil
	case "pullRequestReview":
		if review == nil {
			return nil, nil
		}
		return review, nil
	case "replyTo":
		if len(t.Comments) == 0 || t.Comments[0].ID == c.ID {
			return nil, nil
		}
		return &t.Comments[0], nil
	case "commit":
		if review == nil || review.SHA == "" {
			return nil, nil
		}
		return &world.CommitNode{Repo: x.tx.RepoByID(pull.RepoID), SHA: review.SHA}, nil
	}
	w := written{
		of: c, id: c.ID, issue: pull, author: c.AuthorID, body: c.Body, created: c.CreatedAt, updated: c.CreatedAt,
		assoc: x.tx.Association(x.tx.User(c.AuthorID), x.tx.RepoByID(pull.RepoID)), path: fmt.Sprintf("%s#discussion_r%d", x.issuePath(pull), c.ID),
	}
	if v, ok, err := x.text(w, f); ok {
		return v, err
	}
	return nil, unresolved("PullRequestReviewComment", f)
}
