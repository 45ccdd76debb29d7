package rest

import (
	"fmt"
	"net/http"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

func (c *call) review(v *world.Review) object {
	i := c.tx.IssueByID(v.IssueID)
	r := c.tx.RepoByID(i.RepoID)
	pull := fmt.Sprintf("%s/pulls/%d", c.at(r), i.Number)
	page := fmt.Sprintf("%s/%s/pull/%d#pullrequestreview-%d", c.HTML, c.tx.FullName(r), i.Number, v.ID)
	o := object{"id": v.ID, "node_id": world.NodeID(v), "user": c.userByID(v.AuthorID), "state": v.State, "html_url": page, "pull_request_url": pull,
		"author_association": c.association(v.AuthorID, r), "_links": object{"html": object{"href": page}, "pull_request": object{"href": pull}},
		"commit_id": text(v.SHA), "body": v.Body}
	if v.State != "PENDING" {
		o["submitted_at"] = stamp(v.SubmittedAt)
	}
	c.bodies(o, v.Body, false)
	o["body"] = v.Body
	return o
}

func (c *call) reviewComment(t *world.Thread, m *world.ThreadComment) object {
	i := c.tx.IssueByID(t.IssueID)
	r := c.tx.RepoByID(i.RepoID)
	at := fmt.Sprintf("%s/pulls/comments/%d", c.at(r), m.ID)
	pull := fmt.Sprintf("%s/pulls/%d", c.at(r), i.Number)
	page := fmt.Sprintf("%s/%s/pull/%d#discussion_r%d", c.HTML, c.tx.FullName(r), i.Number, m.ID)
	o := object{"url": at, "pull_request_review_id": t.ReviewID, "id": m.ID, "node_id": world.NodeID(m), "diff_hunk": "", "path": t.Path,
		"commit_id": i.Pull.HeadSHA, "original_commit_id": i.Pull.HeadSHA, "user": c.userByID(m.AuthorID), "body": m.Body, "created_at": stamp(m.CreatedAt),
		"updated_at": stamp(m.CreatedAt), "html_url": page, "pull_request_url": pull, "author_association": c.association(m.AuthorID, r),
		"_links": object{"self": object{"href": at}, "html": object{"href": page}, "pull_request": object{"href": pull}}, "subject_type": "line", "side": "RIGHT"}
	if t.Line > 0 {
		o["line"], o["original_line"] = t.Line, t.Line
	}
	if t.ReviewID == 0 {
		o["pull_request_review_id"] = nil
	}
	if head := t.Comments[0].ID; head != m.ID {
		o["in_reply_to_id"] = head
	}
	return o
}

func reviews(c *call) (*reply, error) {
	_, i, err := c.pullAt()
	if err != nil {
		return nil, err
	}
	return listed(c, c.tx.Reviews(i.ID), func(v *world.Review) any { return c.review(v) })
}

func createReview(c *call) (*reply, error) {
	_, i, err := c.pullAt()
	if err != nil {
		return nil, err
	}
	var in struct {
		Commit   string `json:"commit_id"`
		Body     string
		Event    string
		Comments []struct {
			Path, Body string
			Line       int
			Position   int
		}
	}
	if err := c.decode(&in, false); err != nil {
		return nil, err
	}
	state, known := map[string]string{"": "PENDING", "APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED", "COMMENT": "COMMENTED"}[in.Event]
	if !known {
		return nil, fail(http.StatusUnprocessableEntity, "Unprocessable Entity: event is not one of APPROVE, REQUEST_CHANGES, COMMENT")
	}
	n := world.NewReview{State: state, Body: in.Body, SHA: in.Commit}
	for _, m := range in.Comments {
		n.Threads = append(n.Threads, world.NewThread{Path: m.Path, Body: m.Body, Line: max(m.Line, m.Position)})
	}
	v, err := c.tx.CreateReview(i, n)
	if err != nil {
		return nil, err
	}
	return ok(c.review(v))
}

type threadComment struct {
	thread  *world.Thread
	comment *world.ThreadComment
}

func reviewComments(c *call) (*reply, error) {
	_, i, err := c.pullAt()
	if err != nil {
		return nil, err
	}
	since, err := c.when("since")
	if err != nil {
		return nil, err
	}
	var list []threadComment
	for _, t := range c.tx.Threads(i.ID) {
		for n := range t.Comments {
			if !t.Comments[n].CreatedAt.Before(since) {
				list = append(list, threadComment{t, &t.Comments[n]})
			}
		}
	}
	return listed(c, list, func(m threadComment) any { return c.reviewComment(m.thread, m.comment) })
}

func createReviewComment(c *call) (*reply, error) {
	_, i, err := c.pullAt()
	if err != nil {
		return nil, err
	}
	var in struct {
		Body, Path *string
		Line       int
		Position   int
		ReplyTo    int64 `json:"in_reply_to"`
	}
	if err := c.decode(&in, true); err != nil {
		return nil, err
	}
	if in.Body == nil {
		return nil, malformed(`"body" wasn't supplied.`)
	}
	var t *world.Thread
	var m *world.ThreadComment
	if in.ReplyTo != 0 {
		if t, _ = c.tx.ThreadComment(in.ReplyTo); t == nil || t.IssueID != i.ID {
			return nil, errNotFound
		}
		if m, err = c.tx.ReplyThread(t, *in.Body); err != nil {
			return nil, err
		}
		t = c.tx.Thread(t.ID)
	} else {
		if in.Path == nil {
			return nil, malformed(`"path" wasn't supplied.`)
		}
		if t, err = c.tx.CreateThread(i, world.NewThread{Path: *in.Path, Body: *in.Body, Line: max(in.Line, in.Position)}); err != nil {
			return nil, err
		}
		m = &t.Comments[0]
	}
	return created(c.reviewComment(t, m))
}

func requestedReviewers(c *call) (*reply, error) {
	_, i, err := c.pullAt()
	if err != nil {
		return nil, err
	}
	return ok(object{"users": c.users(i.Pull.RequestedReviewers), "teams": []any{}})
}

func changeReviewers(c *call, change func(*world.Issue, []string) (*world.Issue, error), status int) (*reply, error) {
	_, i, err := c.pullAt()
	if err != nil {
		return nil, err
	}
	var in struct{ Reviewers []string }
	if err := c.decode(&in, true); err != nil {
		return nil, err
	}
	if i, err = change(i, in.Reviewers); err != nil {
		return nil, err
	}
	return &reply{status: status, body: c.pull(i)}, nil
}

func requestReviewers(c *call) (*reply, error) {
	return changeReviewers(c, c.tx.RequestReviewers, http.StatusCreated)
}

func removeReviewers(c *call) (*reply, error) {
	return changeReviewers(c, c.tx.RemoveReviewers, http.StatusOK)
}
