package rest

import (
	"net/http"
	"slices"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

func issueComments(c *call) (*reply, error) {
	_, i, err := c.issueAt()
	if err != nil {
		return nil, err
	}
	since, err := c.when("since")
	if err != nil {
		return nil, err
	}
	list := slices.DeleteFunc(c.tx.Comments(i.ID), func(m *world.Comment) bool { return m.UpdatedAt.Before(since) })
	return listed(c, list, func(m *world.Comment) any { return c.comment(m) })
}

func repoComments(c *call) (*reply, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	since, err := c.when("since")
	if err != nil {
		return nil, err
	}
	by := c.Query.Get("sort")
	direction, err := c.choice("IssueComment", "direction", "asc", "desc")
	if err != nil {
		return nil, err
	}
	var list []*world.Comment
	for _, i := range c.tx.Issues(r.ID) {
		for _, m := range c.tx.Comments(i.ID) {
			if !m.UpdatedAt.Before(since) {
				list = append(list, m)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b *world.Comment) int {
		n := int(a.ID - b.ID)
		if by == "updated" && !a.UpdatedAt.Equal(b.UpdatedAt) {
			n = a.UpdatedAt.Compare(b.UpdatedAt)
		}
		if by != "" && direction == "desc" {
			return -n
		}
		return n
	})
	return listed(c, list, func(m *world.Comment) any { return c.comment(m) })
}

func (c *call) commentAt() (*world.Comment, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	id, err := c.id("comment_id")
	if err != nil {
		return nil, err
	}
	m := c.tx.Comment(id)
	if m == nil {
		return nil, errNotFound
	}
	if i := c.tx.IssueByID(m.IssueID); i == nil || i.RepoID != r.ID {
		return nil, errNotFound
	}
	return m, nil
}

// bodyIn reads the one field of a comment.
func (c *call) bodyIn() (string, error) {
	var in struct{ Body *string }
	if err := c.decode(&in, true); err != nil {
		return "", err
	}
	if in.Body == nil {
		return "", malformed(`"body" wasn't supplied.`)
	}
	return *in.Body, nil
}

func createComment(c *call) (*reply, error) {
	_, i, err := c.issueAt()
	if err != nil {
		return nil, err
	}
	body, err := c.bodyIn()
	if err != nil {
		return nil, err
	}
	m, err := c.tx.CreateComment(i, body)
	if err != nil {
		return nil, err
	}
	return created(c.comment(m))
}

func getComment(c *call) (*reply, error) {
	m, err := c.commentAt()
	if err != nil {
		return nil, err
	}
	return &reply{status: http.StatusOK, body: c.comment(m), modified: m.UpdatedAt}, nil
}

func patchComment(c *call) (*reply, error) {
	m, err := c.commentAt()
	if err != nil {
		return nil, err
	}
	body, err := c.bodyIn()
	if err != nil {
		return nil, err
	}
	if m, err = c.tx.EditComment(m, body); err != nil {
		return nil, err
	}
	return ok(c.comment(m))
}

func deleteComment(c *call) (*reply, error) {
	m, err := c.commentAt()
	if err != nil {
		return nil, err
	}
	if err := c.tx.DeleteComment(m); err != nil {
		return nil, err
	}
	return noContent()
}
