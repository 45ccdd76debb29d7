package rest

import (
	"fmt"
	"slices"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// timelineOnly are the kinds that the events operations leave out.
var timelineOnly = map[world.EventKind]bool{world.Commented: true, world.CrossReferenced: true, world.Reviewed: true}

// event is the shape of the events operations.
func (c *call) event(e *world.Event) object {
	i := c.tx.IssueByID(e.IssueID)
	r := c.tx.RepoByID(i.RepoID)
	o := object{"id": e.ID, "node_id": world.NodeID(e), "url": fmt.Sprintf("%s/issues/events/%d", c.at(r), e.ID), "actor": c.userByID(e.ActorID),
		"event": string(e.Kind), "commit_id": text(e.SHA), "commit_url": nil, "created_at": stamp(e.CreatedAt), "performed_via_github_app": nil}
	if e.SHA != "" {
		o["commit_url"] = c.at(r) + "/commits/" + e.SHA
	}
	switch e.Kind {
	case world.Labeled, world.Unlabeled:
		o["label"] = object{"name": e.Label, "color": e.Color}
	case world.Assigned, world.Unassigned:
		o["assignee"], o["assigner"] = c.userByID(e.UserID), c.userByID(e.ActorID)
	case world.Renamed:
		o["rename"] = object{"from": e.From, "to": e.To}
	case world.Locked:
		o["lock_reason"] = text(i.LockReason)
	case world.ClosedEvent:
		o["state_reason"] = text(e.Reason)
	case world.ReviewRequested, world.ReviewRequestRemoved:
		o["requested_reviewer"], o["review_requester"] = c.userByID(e.UserID), c.userByID(e.ActorID)
	case world.SubIssueAdded, world.SubIssueRemoved:
		o["sub_issue"] = c.reference(e.SourceID)
	case world.ParentAdded, world.ParentRemoved:
		o["parent_issue"] = c.reference(e.SourceID)
	case world.BlockedByAdded, world.BlockedByGone:
		o["blocked_by"] = c.reference(e.SourceID)
	}
	return o
}

// timelineEntry is the shape of the timeline, which has comments, reviews and references in full.
func (c *call) timelineEntry(e *world.Event) object {
	switch e.Kind {
	case world.Commented:
		m := c.tx.Comment(e.CommentID)
		if m == nil {
			return nil
		}
		o := c.comment(m)
		o["event"], o["actor"] = "commented", o["user"]
		return o
	case world.CrossReferenced:
		source := c.tx.IssueByID(e.SourceID)
		if source == nil || !c.tx.CanSee(c.Actor, c.tx.RepoByID(source.RepoID)) {
			return nil
		}
		in := c.issue(source)
		in["repository"] = c.repoObject(c.tx.RepoByID(source.RepoID))
		return object{"event": "cross-referenced", "actor": c.userByID(e.ActorID), "created_at": stamp(e.CreatedAt), "updated_at": stamp(e.CreatedAt),
			"source": object{"type": "issue", "issue": in}}
	case world.Reviewed:
		v := c.tx.Review(e.ReviewID)
		if v == nil {
			return nil
		}
		o := c.review(v)
		o["event"] = "reviewed"
		return o
	}
	return c.event(e)
}

// reference is the short form of another issue in an event, null where the actor may not see it.
func (c *call) reference(id int64) any {
	i := c.issueByID(id)
	if i == nil {
		return nil
	}
	return object{"number": i.Number, "title": i.Title, "state": state(i), "state_reason": text(i.Reason), "issue_type": nil,
		"repository": c.repoObject(c.tx.RepoByID(i.RepoID))}
}

func (c *call) issueAddress(i *world.Issue) string {
	return fmt.Sprintf("%s/issues/%d", c.at(c.tx.RepoByID(i.RepoID)), i.Number)
}

func issueEvents(c *call) (*reply, error) {
	_, i, err := c.issueAt()
	if err != nil {
		return nil, err
	}
	list := slices.DeleteFunc(c.tx.Events(i.ID), func(e *world.Event) bool { return timelineOnly[e.Kind] })
	return listed(c, list, func(e *world.Event) any { return c.event(e) })
}

func repoEvents(c *call) (*reply, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	var list []*world.Event
	for _, i := range c.tx.Issues(r.ID) {
		for _, e := range c.tx.Events(i.ID) {
			if !timelineOnly[e.Kind] {
				list = append(list, e)
			}
		}
	}
	slices.SortFunc(list, func(a, b *world.Event) int { return int(b.ID - a.ID) })
	return listed(c, list, func(e *world.Event) any {
		o := c.event(e)
		o["issue"] = c.issue(c.tx.IssueByID(e.IssueID))
		return o
	})
}

func timeline(c *call) (*reply, error) {
	_, i, err := c.issueAt()
	if err != nil {
		return nil, err
	}
	var entries []object
	for _, e := range c.tx.Events(i.ID) {
		if o := c.timelineEntry(e); o != nil {
			entries = append(entries, o)
		}
	}
	return listed(c, entries, func(o object) any { return o })
}
