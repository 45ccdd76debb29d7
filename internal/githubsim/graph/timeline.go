package graph

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// eventTypes are the timeline events the schema has; others do not show in a timeline.
var eventTypes = map[world.EventKind]string{
	world.Labeled: "LabeledEvent", world.Unlabeled: "UnlabeledEvent",
	world.Assigned: "AssignedEvent", world.Unassigned: "UnassignedEvent",
	world.ClosedEvent: "ClosedEvent", world.Reopened: "ReopenedEvent", world.Renamed: "RenamedTitleEvent",
	world.Locked: "LockedEvent", world.Unlocked: "UnlockedEvent", world.CrossReferenced: "CrossReferencedEvent",
	world.Merged: "MergedEvent", world.HeadForcePushed: "HeadRefForcePushedEvent", world.HeadDeleted: "HeadRefDeletedEvent",
	world.BaseChanged: "BaseRefChangedEvent", world.ReviewRequested: "ReviewRequestedEvent",
	world.ReadyForReview: "ReadyForReviewEvent", world.ConvertedDraft: "ConvertToDraftEvent",
	world.SubIssueAdded: "SubIssueAddedEvent", world.SubIssueRemoved: "SubIssueRemovedEvent",
	world.ParentAdded: "ParentIssueAddedEvent", world.ParentRemoved: "ParentIssueRemovedEvent",
}

// itemType is a type as IssueTimelineItemsItemType spells it: LabeledEvent is LABELED_EVENT.
func itemType(typ string) string {
	var b strings.Builder
	for i, r := range typ {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte('_')
		}
		b.WriteRune(r)
	}
	return strings.ToUpper(b.String())
}

// timeline is Issue.timelineItems and PullRequest.timelineItems.
func (x *execution) timeline(i *world.Issue, f *selected) (any, error) {
	types := f.args.texts("itemTypes")
	wanted := func(v any) bool { return len(types) == 0 || slices.Contains(types, itemType(typeOf(v))) }
	since := f.args.time("since")
	var items []any
	add := func(v any, when time.Time) {
		if typeOf(v) != "" && wanted(v) && !when.Before(since) {
			items = append(items, v)
		}
	}
	commits, err := x.timelineCommits(i, types)
	if err != nil {
		return nil, err
	}
	for _, e := range x.tx.Events(i.ID) {
		for len(commits) > 0 && !commits[0].info.Committer.When.After(e.CreatedAt) {
			add(commits[0], commits[0].info.Committer.When)
			commits = commits[1:]
		}
		if v := x.item(e); v != nil {
			add(v, e.CreatedAt)
		}
	}
	for _, c := range commits {
		add(c, c.info.Committer.When)
	}
	items = items[min(len(items), f.args.number("skip")):]
	return x.connection(f, list{items: items, more: map[string]any{"updatedAt": i.UpdatedAt}})
}

func (x *execution) timelineCommits(i *world.Issue, types []string) ([]pullCommit, error) {
	if i.Pull == nil || len(types) > 0 && !slices.Contains(types, "PULL_REQUEST_COMMIT") {
		return nil, nil
	}
	return x.pullCommits(i)
}

// item is what an event shows as; nil when the actor may not see it or it is gone.
func (x *execution) item(e *world.Event) any {
	switch e.Kind {
	case world.Commented:
		if c := x.tx.Comment(e.CommentID); c != nil {
			return c
		}
		return nil
	case world.Reviewed:
		if r := x.tx.Review(e.ReviewID); r != nil {
			return r
		}
		return nil
	case world.CrossReferenced:
		if s := x.tx.IssueByID(e.SourceID); s == nil || !x.visible(s) || !x.listed(s.CreatedAt) {
			return nil
		}
	case world.SubIssueAdded, world.SubIssueRemoved, world.ParentAdded, world.ParentRemoved:
		if s := x.tx.IssueByID(e.SourceID); s == nil || !x.visible(s) {
			return nil
		}
	}
	return e
}

func (x *execution) event(e *world.Event, f *selected) (any, error) {
	i := x.tx.IssueByID(e.IssueID)
	if i == nil {
		return nil, nil
	}
	repo := x.tx.RepoByID(i.RepoID)
	at := fmt.Sprintf("%s#event-%d", x.issuePath(i), e.ID)
	switch f.def.Name {
	case "id":
		return world.NodeID(e), nil
	case "databaseId":
		return e.ID, nil
	case "actor":
		return x.user(e.ActorID), nil
	case "createdAt", "referencedAt":
		return e.CreatedAt, nil
	case "url":
		return x.web + at, nil
	case "resourcePath":
		return at, nil
	case "label":
		return x.eventLabel(repo, e), nil
	case "labelable", "assignable", "closable", "lockable", "pullRequest", "subject", "target":
		return i, nil
	case "assignee", "requestedReviewer":
		return x.user(e.UserID), nil
	case "user":
		if u := x.tx.User(e.UserID); u != nil && u.Kind == world.Person {
			return u, nil
		}
		return nil, nil
	case "source", "subIssue", "parent":
		if s := x.tx.IssueByID(e.SourceID); s != nil {
			return s, nil
		}
		return nil, nil
	case "isCrossRepository":
		s := x.tx.IssueByID(e.SourceID)
		return s != nil && s.RepoID != i.RepoID, nil
	case "willCloseTarget":
		return x.willClose(e, i), nil
	case "stateReason":
		if e.Kind == world.Reopened {
			return "REOPENED", nil
		}
		return reason(&world.Issue{Reason: e.Reason}, true), nil
	case "closer":
		return x.closer(repo, i, e), nil
	case "lockReason":
		return lockReason(e.Reason), nil
	case "previousTitle", "previousRefName":
		return e.From, nil
	case "currentTitle", "currentRefName":
		return e.To, nil
	}
	return x.pullEvent(repo, i, e, f)
}

// pullEvent answers the fields that only events of pull requests have.
func (x *execution) pullEvent(repo *world.Repo, i *world.Issue, e *world.Event, f *selected) (any, error) {
	if i.Pull == nil {
		return nil, unresolved(eventTypes[e.Kind], f)
	}
	head := x.tx.RepoByID(i.Pull.HeadRepoID)
	commit := func(r *world.Repo, sha string) any {
		if r == nil || sha == "" {
			return nil
		}
		return &world.CommitNode{Repo: r, SHA: sha}
	}
	switch f.def.Name {
	case "commit":
		return commit(repo, e.SHA), nil
	case "mergeRefName":
		return i.Pull.BaseRef, nil
	case "mergeRef":
		return x.refNamed(repo, "refs/heads/"+i.Pull.BaseRef), nil
	case "headRefName":
		return i.Pull.HeadRef, nil
	case "headRef", "ref":
		if head == nil {
			return nil, nil
		}
		return x.refNamed(head, "refs/heads/"+i.Pull.HeadRef), nil
	case "beforeCommit":
		return commit(head, e.From), nil
	case "afterCommit":
		if e.To != "" {
			return commit(head, e.To), nil
		}
		return commit(head, e.SHA), nil
	}
	return nil, unresolved(eventTypes[e.Kind], f)
}

// eventLabel is the label an event was about; one deleted since is shown as it was then.
func (x *execution) eventLabel(repo *world.Repo, e *world.Event) *world.Label {
	if l := x.tx.LabelByName(repo, e.Label); l != nil {
		return l
	}
	return &world.Label{ID: e.ID, RepoID: repo.ID, Name: e.Label, Color: e.Color, CreatedAt: e.CreatedAt}
}

func (x *execution) willClose(e *world.Event, target *world.Issue) bool {
	s := x.tx.IssueByID(e.SourceID)
	if s == nil || s.Pull == nil {
		return false
	}
	return slices.ContainsFunc(x.closes(s), func(i *world.Issue) bool { return i.ID == target.ID })
}

// closer is the pull request or commit that closed an issue; null when a person did.
func (x *execution) closer(repo *world.Repo, i *world.Issue, e *world.Event) any {
	if p := x.tx.IssueByID(e.SourceID); p != nil && p.Pull != nil {
		return p
	}
	if e.SHA == "" {
		return nil
	}
	for _, v := range x.closers(i, true) {
		if p := v.(*world.Issue); p.Pull.MergeSHA == e.SHA {
			return p
		}
	}
	return &world.CommitNode{Repo: repo, SHA: e.SHA}
}
