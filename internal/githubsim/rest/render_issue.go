package rest

import (
	"fmt"
	"html"
	"net/url"
	"strings"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

func (c *call) label(l *world.Label) object {
	r := c.tx.RepoByID(l.RepoID)
	return object{"id": l.ID, "node_id": world.NodeID(l), "url": c.at(r) + "/labels/" + url.PathEscape(l.Name), "name": l.Name, "color": l.Color,
		"default": l.Default, "description": text(l.Description)}
}

func (c *call) labels(ids []int64) []any {
	out := []any{}
	for _, id := range ids {
		if l := c.tx.Label(id); l != nil {
			out = append(out, c.label(l))
		}
	}
	return out
}

// bodies adds the representations of a Markdown text that the client asked for.
func (c *call) bodies(o object, body string, nullable bool) {
	media := c.media()
	if media == "" || media == "raw" || media == "full" {
		if nullable {
			o["body"] = text(body)
		} else {
			o["body"] = body
		}
	}
	if media == "text" || media == "full" {
		o["body_text"] = body
	}
	if media == "html" || media == "full" {
		o["body_html"] = "<p dir=\"auto\">" + strings.ReplaceAll(html.EscapeString(body), "\n", "<br>\n") + "</p>"
	}
}

func kindOf(i *world.Issue) string {
	if i.Pull != nil {
		return "pull"
	}
	return "issues"
}

// issue is the shape of the issues API, which pull requests have, too.
func (c *call) issue(i *world.Issue) object {
	r := c.tx.RepoByID(i.RepoID)
	at := fmt.Sprintf("%s/issues/%d", c.at(r), i.Number)
	assignees := c.users(i.AssigneeIDs)
	o := object{
		"url": at, "repository_url": c.at(r), "labels_url": at + "/labels{/name}", "comments_url": at + "/comments", "events_url": at + "/events",
		"html_url": fmt.Sprintf("%s/%s/%s/%d", c.HTML, c.tx.FullName(r), kindOf(i), i.Number), "id": i.ID, "node_id": world.NodeID(i), "number": i.Number,
		"title": i.Title, "user": c.userByID(i.AuthorID), "labels": c.labels(i.LabelIDs), "state": state(i), "locked": i.Locked, "assignee": first(assignees),
		"assignees": assignees, "milestone": nil, "comments": len(c.tx.Comments(i.ID)), "created_at": stamp(i.CreatedAt), "updated_at": stamp(i.UpdatedAt),
		"closed_at": stamp(i.ClosedAt), "author_association": c.tx.AuthorAssociation(i), "active_lock_reason": text(i.LockReason),
		"reactions": c.rollup(at, c.tx.Reactions(i.ID)), "timeline_url": at + "/timeline", "performed_via_github_app": nil, "state_reason": text(i.Reason),
	}
	c.bodies(o, i.Body, true)
	if i.Closed {
		o["closed_by"] = c.userByID(i.ClosedByID)
	}
	if p := i.Pull; p != nil {
		page := o["html_url"].(string)
		o["draft"] = p.Draft
		o["pull_request"] = object{"url": fmt.Sprintf("%s/pulls/%d", c.at(r), i.Number), "html_url": page, "diff_url": page + ".diff",
			"patch_url": page + ".patch", "merged_at": stamp(p.MergedAt)}
		return o
	}
	o["sub_issues_summary"], o["issue_dependencies_summary"] = c.subIssues(i), c.dependencies(i)
	if parent := c.tx.IssueByID(i.ParentID); parent != nil {
		o["parent_issue_url"] = fmt.Sprintf("%s/issues/%d", c.at(c.tx.RepoByID(parent.RepoID)), parent.Number)
	}
	return o
}

func state(i *world.Issue) string {
	if i.Closed {
		return "closed"
	}
	return "open"
}

func (c *call) association(userID int64, r *world.Repo) string {
	return c.tx.Association(c.tx.User(userID), r)
}

func (c *call) subIssues(i *world.Issue) object {
	done := 0
	for _, id := range i.SubIssues {
		if child := c.tx.IssueByID(id); child != nil && child.Closed {
			done++
		}
	}
	percent := 0
	if len(i.SubIssues) > 0 {
		percent = done * 100 / len(i.SubIssues)
	}
	return object{"total": len(i.SubIssues), "completed": done, "percent_completed": percent}
}

func (c *call) dependencies(i *world.Issue) object {
	open := func(list []*world.Issue) (n int) {
		for _, other := range list {
			if !other.Closed {
				n++
			}
		}
		return n
	}
	by, to := c.issuesByID(i.BlockedBy), c.tx.Blocking(i.ID)
	return object{"blocked_by": open(by), "total_blocked_by": len(by), "blocking": open(to), "total_blocking": len(to)}
}

func (c *call) issuesByID(ids []int64) []*world.Issue {
	var out []*world.Issue
	for _, id := range ids {
		if i := c.tx.IssueByID(id); i != nil {
			out = append(out, i)
		}
	}
	return out
}

func (c *call) rollup(at string, reactions []*world.Reaction) object {
	o := object{"url": at + "/reactions", "total_count": len(reactions), "+1": 0, "-1": 0, "laugh": 0, "hooray": 0, "confused": 0, "heart": 0, "rocket": 0, "eyes": 0}
	for _, r := range reactions {
		n, _ := o[r.Content].(int)
		o[r.Content] = n + 1
	}
	return o
}

func (c *call) reaction(r *world.Reaction) object {
	return object{"id": r.ID, "node_id": world.NodeID(r), "user": c.userByID(r.UserID), "content": r.Content, "created_at": stamp(r.CreatedAt)}
}

func (c *call) comment(m *world.Comment) object {
	i := c.tx.IssueByID(m.IssueID)
	r := c.tx.RepoByID(i.RepoID)
	at := fmt.Sprintf("%s/issues/comments/%d", c.at(r), m.ID)
	o := object{
		"url": at, "html_url": fmt.Sprintf("%s/%s/%s/%d#issuecomment-%d", c.HTML, c.tx.FullName(r), kindOf(i), i.Number, m.ID),
		"issue_url": fmt.Sprintf("%s/issues/%d", c.at(r), i.Number), "id": m.ID, "node_id": world.NodeID(m), "user": c.userByID(m.AuthorID),
		"created_at": stamp(m.CreatedAt), "updated_at": stamp(m.UpdatedAt), "author_association": c.association(m.AuthorID, r),
		"reactions": c.rollup(at, c.tx.Reactions(m.ID)), "performed_via_github_app": nil,
	}
	c.bodies(o, m.Body, false)
	return o
}
