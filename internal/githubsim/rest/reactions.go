package rest

import (
	"net/http"
	"slices"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

func (c *call) reactions(subject int64) (*reply, error) {
	content := c.Query.Get("content")
	list := slices.DeleteFunc(c.tx.Reactions(subject), func(r *world.Reaction) bool { return content != "" && r.Content != content })
	return listed(c, list, func(r *world.Reaction) any { return c.reaction(r) })
}

func issueReactions(c *call) (*reply, error) {
	_, i, err := c.issueAt()
	if err != nil {
		return nil, err
	}
	return c.reactions(i.ID)
}

func commentReactions(c *call) (*reply, error) {
	m, err := c.commentAt()
	if err != nil {
		return nil, err
	}
	return c.reactions(m.ID)
}

func (c *call) react(add func(content string) (*world.Reaction, bool, error)) (*reply, error) {
	var in struct{ Content string }
	if err := c.decode(&in, true); err != nil {
		return nil, err
	}
	r, isNew, err := add(in.Content)
	if err != nil {
		return nil, err
	}
	a := &reply{status: http.StatusOK, body: c.reaction(r)}
	if isNew {
		a.status = http.StatusCreated
	}
	return a, nil
}

func reactToIssue(c *call) (*reply, error) {
	_, i, err := c.issueAt()
	if err != nil {
		return nil, err
	}
	return c.react(func(content string) (*world.Reaction, bool, error) { return c.tx.AddIssueReaction(i, content) })
}

func reactToComment(c *call) (*reply, error) {
	m, err := c.commentAt()
	if err != nil {
		return nil, err
	}
	return c.react(func(content string) (*world.Reaction, bool, error) { return c.tx.AddCommentReaction(m, content) })
}

func (c *call) dropReaction(subject int64) (*reply, error) {
	id, err := c.id("reaction_id")
	if err != nil {
		return nil, err
	}
	r := c.tx.Reaction(id)
	if r == nil || r.IssueID+r.CommentID != subject {
		return nil, errNotFound
	}
	if err := c.tx.RemoveReaction(r); err != nil {
		return nil, err
	}
	return noContent()
}

func dropIssueReaction(c *call) (*reply, error) {
	_, i, err := c.issueAt()
	if err != nil {
		return nil, err
	}
	return c.dropReaction(i.ID)
}

func dropCommentReaction(c *call) (*reply, error) {
	m, err := c.commentAt()
	if err != nil {
		return nil, err
	}
	return c.dropReaction(m.ID)
}
