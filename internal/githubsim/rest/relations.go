package rest

import (
	"net/http"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// seenIssues leaves out issues in repositories the actor may not know of.
func (c *call) seenIssues(list []*world.Issue) []*world.Issue {
	var out []*world.Issue
	for _, i := range list {
		if c.tx.CanSee(c.Actor, c.tx.RepoByID(i.RepoID)) {
			out = append(out, i)
		}
	}
	return out
}

func (c *call) issuesAnswer(list []*world.Issue) (*reply, error) {
	return listed(c, c.seenIssues(list), func(i *world.Issue) any { return c.issue(i) })
}

func subIssues(c *call) (*reply, error) {
	_, i, err := c.issueAt()
	if err != nil {
		return nil, err
	}
	return c.issuesAnswer(c.issuesByID(i.SubIssues))
}

func addSubIssue(c *call) (*reply, error) {
	_, i, err := c.issueAt()
	if err != nil {
		return nil, err
	}
	var in struct {
		ID      int64 `json:"sub_issue_id"`
		Replace bool  `json:"replace_parent"`
	}
	if err := c.decode(&in, true); err != nil {
		return nil, err
	}
	child := c.issueByID(in.ID)
	if child == nil {
		return nil, errNotFound
	}
	if i, err = c.tx.AddSubIssue(i, child, in.Replace); err != nil {
		return nil, err
	}
	return created(c.issue(i))
}

func removeSubIssue(c *call) (*reply, error) {
	_, i, err := c.issueAt()
	if err != nil {
		return nil, err
	}
	var in struct {
		ID int64 `json:"sub_issue_id"`
	}
	if err := c.decode(&in, true); err != nil {
		return nil, err
	}
	child := c.issueByID(in.ID)
	if child == nil {
		return nil, errNotFound
	}
	if i, err = c.tx.RemoveSubIssue(i, child); err != nil {
		return nil, err
	}
	return ok(c.issue(i))
}

func moveSubIssue(c *call) (*reply, error) {
	_, i, err := c.issueAt()
	if err != nil {
		return nil, err
	}
	var in struct {
		ID     int64 `json:"sub_issue_id"`
		After  int64 `json:"after_id"`
		Before int64 `json:"before_id"`
	}
	if err := c.decode(&in, true); err != nil {
		return nil, err
	}
	child := c.issueByID(in.ID)
	if child == nil {
		return nil, errNotFound
	}
	if (in.After == 0) == (in.Before == 0) {
		return nil, fail(http.StatusUnprocessableEntity, "Exactly one of after_id and before_id must be given.")
	}
	if i, err = c.tx.ReprioritizeSubIssue(i, child, c.issueByID(in.After), c.issueByID(in.Before)); err != nil {
		return nil, err
	}
	return ok(c.issue(i))
}

func parentIssue(c *call) (*reply, error) {
	_, i, err := c.issueAt()
	if err != nil {
		return nil, err
	}
	parent := c.issueByID(i.ParentID)
	if parent == nil {
		return nil, errNotFound
	}
	return ok(c.issue(parent))
}

func blockedBy(c *call) (*reply, error) {
	_, i, err := c.issueAt()
	if err != nil {
		return nil, err
	}
	return c.issuesAnswer(c.issuesByID(i.BlockedBy))
}

func blocking(c *call) (*reply, error) {
	_, i, err := c.issueAt()
	if err != nil {
		return nil, err
	}
	return c.issuesAnswer(c.tx.Blocking(i.ID))
}

func addBlockedBy(c *call) (*reply, error) {
	_, i, err := c.issueAt()
	if err != nil {
		return nil, err
	}
	var in struct {
		ID int64 `json:"issue_id"`
	}
	if err := c.decode(&in, true); err != nil {
		return nil, err
	}
	blocker := c.issueByID(in.ID)
	if blocker == nil {
		return nil, errNotFound
	}
	if i, err = c.tx.AddBlockedBy(i, blocker); err != nil {
		return nil, err
	}
	return created(c.issue(i))
}

func removeBlockedBy(c *call) (*reply, error) {
	_, i, err := c.issueAt()
	if err != nil {
		return nil, err
	}
	id, err := c.id("issue_id")
	if err != nil {
		return nil, err
	}
	blocker := c.issueByID(id)
	if blocker == nil {
		return nil, errNotFound
	}
	if i, err = c.tx.RemoveBlockedBy(i, blocker); err != nil {
		return nil, err
	}
	return ok(c.issue(i))
}
