package graph

import (
	"fmt"
	"html"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

func (x *execution) issuePath(i *world.Issue) string {
	kind := "issues"
	if i.Pull != nil {
		kind = "pull"
	}
	return fmt.Sprintf("%s/%s/%d", x.repoPath(x.tx.RepoByID(i.RepoID)), kind, i.Number)
}

func (x *execution) issueText(i *world.Issue) written {
	return written{
		of: i, id: i.ID, issue: i, author: i.AuthorID, body: i.Body, assoc: x.tx.AuthorAssociation(i), stored: true,
		created: i.CreatedAt, updated: i.UpdatedAt, edited: i.LastEditedAt, editor: i.EditorID, path: x.issuePath(i),
	}
}

func (x *execution) issue(i *world.Issue, f *selected) (any, error) {
	if v, ok, err := x.shared(i, f); ok {
		return v, err
	}
	switch f.def.Name {
	case "stateReason":
		return reason(i, f.args.flag("enableDuplicate")), nil
	case "isPinned":
		return false, nil
	case "parent":
		if p := x.tx.IssueByID(i.ParentID); p != nil && x.visible(p) {
			return p, nil
		}
		return nil, nil
	case "subIssues":
		return x.connection(f, list{items: x.subIssues(i)})
	case "subIssuesSummary":
		return x.subIssuesSummary(i), nil
	case "blockedBy":
		return x.connection(f, list{items: x.blockers(i)})
	case "blocking":
		return x.connection(f, list{items: x.blocked(i)})
	case "issueDependenciesSummary":
		return x.dependencies(i), nil
	case "closedByPullRequestsReferences":
		return x.connection(f, list{items: x.closers(i, f.args.flag("includeClosedPrs"))})
	case "trackedIssues", "trackedInIssues":
		return x.connection(f, list{})
	case "trackedIssuesCount":
		return 0, nil
	}
	return nil, unresolved("Issue", f)
}

// reason is IssueStateReason. Until a client asks for DUPLICATE GitHub calls it NOT_PLANNED.
func reason(i *world.Issue, duplicates bool) any {
	switch i.Reason {
	case "completed":
		return "COMPLETED"
	case "not_planned":
		return "NOT_PLANNED"
	case "duplicate":
		if duplicates {
			return "DUPLICATE"
		}
		return "NOT_PLANNED"
	case "reopened":
		return "REOPENED"
	}
	return nil
}

func (x *execution) subIssues(i *world.Issue) []any {
	var out []any
	for _, id := range i.SubIssues {
		if s := x.tx.IssueByID(id); s != nil && x.visible(s) {
			out = append(out, s)
		}
	}
	return out
}

func (x *execution) subIssuesSummary(i *world.Issue) any {
	total, done := 0, 0
	for _, v := range x.subIssues(i) {
		total++
		if v.(*world.Issue).Closed {
			done++
		}
	}
	percent := 0
	if total > 0 {
		percent = done * 100 / total
	}
	return record{"SubIssuesSummary", map[string]any{"total": total, "completed": done, "percentCompleted": percent}}
}

// shared answers what Issue and PullRequest have in common; not ok: the field is not of that.
func (x *execution) shared(i *world.Issue, f *selected) (v any, ok bool, err error) {
	repo := x.tx.RepoByID(i.RepoID)
	conn := func(l list) (any, bool, error) {
		v, err := x.connection(f, l)
		return v, true, err
	}
	switch f.def.Name {
	case "number":
		return i.Number, true, nil
	case "title":
		return i.Title, true, nil
	case "titleHTML":
		return html.EscapeString(i.Title), true, nil
	case "state":
		return state(i), true, nil
	case "closed":
		return i.Closed, true, nil
	case "closedAt":
		return i.ClosedAt, true, nil
	case "locked":
		return i.Locked, true, nil
	case "activeLockReason":
		return lockReason(i.LockReason), true, nil
	case "labels":
		return conn(x.labels(x.tx.LabelsOf(i), f.args))
	case "assignees":
		return conn(list{items: x.users(i.AssigneeIDs)})
	case "assignedActors":
		return conn(list{items: x.users(i.AssigneeIDs)})
	case "suggestedActors":
		return conn(list{items: x.suggested(repo, f.args.text("query"))})
	case "participants":
		return conn(list{items: x.users(x.participants(i))})
	case "comments":
		_, desc := f.args.order("", false)
		return conn(list{items: many(x.tx.Comments(i.ID)), desc: desc, key: func(v any) string { return stamp(v.(*world.Comment).CreatedAt) }})
	case "timelineItems":
		v, err := x.timeline(i, f)
		return v, true, err
	case "milestone":
		return nil, true, nil
	case "projectCards", "projectItems":
		return conn(list{})
	case "isReadByViewer":
		return true, true, nil
	case "viewerSubscription":
		if x.actor.User != nil && x.actor.User.ID == i.AuthorID {
			return "SUBSCRIBED", true, nil
		}
		return "UNSUBSCRIBED", true, nil
	case "viewerCanSubscribe":
		return x.actor.User != nil, true, nil
	case "viewerCanLabel":
		return x.may(repo, world.Triage), true, nil
	case "viewerCanClose", "viewerCanReopen":
		can := x.may(repo, world.Triage) || x.actor.User != nil && x.actor.User.ID == i.AuthorID
		return can && i.Closed == (f.def.Name == "viewerCanReopen") && state(i) != "MERGED", true, nil
	}
	return x.text(x.issueText(i), f)
}

func lockReason(rest string) any {
	switch rest {
	case "off-topic":
		return "OFF_TOPIC"
	case "too heated":
		return "TOO_HEATED"
	case "resolved":
		return "RESOLVED"
	case "spam":
		return "SPAM"
	}
	return nil
}

// participants are the author and those who commented, each once.
func (x *execution) participants(i *world.Issue) []int64 {
	ids := []int64{i.AuthorID}
	seen := map[int64]bool{i.AuthorID: true}
	for _, c := range x.tx.Comments(i.ID) {
		if !seen[c.AuthorID] {
			seen[c.AuthorID] = true
			ids = append(ids, c.AuthorID)
		}
	}
	return ids
}

func (x *execution) comment(c *world.Comment, f *selected) (any, error) {
	i := x.tx.IssueByID(c.IssueID)
	if i == nil {
		return nil, nil
	}
	switch f.def.Name {
	case "issue":
		if i.Pull != nil {
			// GitHub answers with the issue behind a pull request, under the pull request's number.
			as := *i
			as.Pull = nil
			return &as, nil
		}
		return i, nil
	case "pullRequest":
		if i.Pull != nil {
			return i, nil
		}
		return nil, nil
	}
	w := written{
		of: c, id: c.ID, issue: i, author: c.AuthorID, body: c.Body, stored: true, created: c.CreatedAt, updated: c.UpdatedAt,
		assoc: x.tx.Association(x.tx.User(c.AuthorID), x.tx.RepoByID(i.RepoID)), path: fmt.Sprintf("%s#issuecomment-%d", x.issuePath(i), c.ID),
	}
	if c.Edited {
		if saved := x.tx.Edits(c.ID); len(saved) > 0 {
			w.edited, w.editor = saved[len(saved)-1].EditedAt, saved[len(saved)-1].EditorID
		}
	}
	if v, ok, err := x.text(w, f); ok {
		return v, err
	}
	return nil, unresolved("IssueComment", f)
}

func (x *execution) label(l *world.Label, f *selected) (any, error) {
	repo := x.tx.RepoByID(l.RepoID)
	switch f.def.Name {
	case "id":
		return world.NodeID(l), nil
	case "name":
		return l.Name, nil
	case "color":
		return l.Color, nil
	case "description":
		if l.Description == "" {
			return nil, nil
		}
		return l.Description, nil
	case "isDefault":
		return l.Default, nil
	case "createdAt", "updatedAt":
		return l.CreatedAt, nil
	case "repository":
		return repo, nil
	case "resourcePath":
		return x.repoPath(repo) + "/labels/" + escape(l.Name), nil
	case "url":
		return x.web + x.repoPath(repo) + "/labels/" + escape(l.Name), nil
	case "issues", "pullRequests":
		keep := x.filter(f.args, f.def.Name == "pullRequests")
		var items []any
		for _, v := range x.withLabel(l, f.def.Name == "pullRequests") {
			if keep(v.(*world.Issue)) {
				items = append(items, v)
			}
		}
		return x.connection(f, x.sorted(items, f.args))
	}
	return nil, unresolved("Label", f)
}
