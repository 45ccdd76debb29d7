package graph

import (
	"fmt"
	"slices"

	"github.com/dappcore/core-dev/internal/githubsim/gitstore"
	"github.com/dappcore/core-dev/internal/githubsim/world"
)

func (x *execution) pull(i *world.Issue, f *selected) (any, error) {
	if v, ok, err := x.shared(i, f); ok {
		return v, err
	}
	p, base, head := i.Pull, x.tx.RepoByID(i.RepoID), x.tx.RepoByID(i.Pull.HeadRepoID)
	switch f.def.Name {
	case "isDraft":
		return p.Draft, nil
	case "merged":
		return p.Merged, nil
	case "mergedAt":
		return p.MergedAt, nil
	case "mergedBy":
		return x.user(p.MergedByID), nil
	case "mergeCommit":
		if p.MergeSHA == "" {
			return nil, nil
		}
		return &world.CommitNode{Repo: base, SHA: p.MergeSHA}, nil
	case "potentialMergeCommit":
		return nil, nil
	case "mergeable":
		return x.tx.Mergeable(i), nil
	case "mergeStateStatus":
		return x.tx.MergeState(i), nil
	case "canBeRebased":
		return x.tx.Mergeable(i) == "MERGEABLE", nil
	case "baseRefName":
		return p.BaseRef, nil
	case "baseRefOid":
		return p.BaseSHA, nil
	case "baseRef":
		return x.refNamed(base, "refs/heads/"+p.BaseRef), nil
	case "baseRepository":
		return base, nil
	case "headRefName":
		return p.HeadRef, nil
	case "headRefOid":
		return p.HeadSHA, nil
	case "headRef":
		if head == nil {
			return nil, nil
		}
		return x.refNamed(head, "refs/heads/"+p.HeadRef), nil
	case "headRepository":
		if head == nil || !x.tx.CanSee(x.actor, head) {
			return nil, nil
		}
		return head, nil
	case "headRepositoryOwner":
		if head == nil {
			return nil, nil
		}
		return x.user(head.OwnerID), nil
	case "isCrossRepository":
		return p.HeadRepoID != i.RepoID, nil
	case "maintainerCanModify":
		return false, nil
	case "permalink":
		return x.web + x.issuePath(i), nil
	case "closingIssuesReferences":
		if f.args.flag("userLinkedOnly") {
			return x.connection(f, list{})
		}
		return x.connection(f, list{items: many(x.closes(i))})
	case "totalCommentsCount":
		n := len(x.tx.Comments(i.ID))
		for _, t := range x.tx.Threads(i.ID) {
			n += len(t.Comments)
		}
		return n, nil
	}
	return x.pullMerge(i, f)
}

// pullMerge answers what stands between a pull request and its merge.
func (x *execution) pullMerge(i *world.Issue, f *selected) (any, error) {
	p, base := i.Pull, x.tx.RepoByID(i.RepoID)
	switch f.def.Name {
	case "reviewDecision":
		if d := x.tx.ReviewDecision(i); d != "" {
			return d, nil
		}
		return nil, nil
	case "reviews", "latestReviews", "latestOpinionatedReviews":
		return x.connection(f, x.reviews(i, f))
	case "reviewThreads":
		return x.connection(f, list{items: many(x.tx.Threads(i.ID))})
	case "reviewRequests":
		return x.connection(f, list{items: x.reviewRequests(i)})
	case "viewerLatestReview":
		if x.actor.User == nil {
			return nil, nil
		}
		return x.latestReviewBy(i, x.actor.User.ID), nil
	case "statusCheckRollup":
		return x.rollup(base, p.HeadSHA), nil
	case "autoMergeRequest":
		return x.autoMerge(i), nil
	case "isInMergeQueue":
		return p.Queued, nil
	case "isMergeQueueEnabled":
		return base.Settings.MergeQueue, nil
	case "mergeQueue":
		return x.mergeQueue(base), nil
	case "mergeQueueEntry":
		return x.queueEntry(i), nil
	case "commits":
		return x.commitsOf(i, f)
	case "files", "additions", "deletions", "changedFiles":
		return x.files(i, f)
	case "viewerCanEnableAutoMerge":
		return base.Settings.AutoMerge && p.AutoMerge == "" && !i.Closed && x.may(base, world.Write), nil
	case "viewerCanDisableAutoMerge":
		return p.AutoMerge != "" && x.may(base, world.Write), nil
	case "viewerCanMergeAsAdmin":
		return !i.Closed && x.may(base, world.Admin), nil
	case "viewerCanUpdateBranch":
		return !i.Closed && x.tx.MergeState(i) == "BEHIND" && x.may(base, world.Write), nil
	case "viewerCanDeleteHeadRef":
		head := x.tx.RepoByID(p.HeadRepoID)
		return head != nil && head.Refs["refs/heads/"+p.HeadRef] != "" && i.Closed && x.may(head, world.Write), nil
	case "viewerCanApplySuggestion":
		return !i.Closed && x.may(base, world.Write), nil
	}
	return nil, unresolved("PullRequest", f)
}

func (x *execution) autoMerge(i *world.Issue) any {
	if i.Pull.AutoMerge == "" {
		return nil
	}
	var since any
	for _, e := range x.tx.Events(i.ID) {
		if e.Kind == world.AutoMergeOn {
			since = e.CreatedAt
		}
	}
	return record{"AutoMergeRequest", map[string]any{
		"mergeMethod": upper(i.Pull.AutoMerge), "enabledBy": x.user(i.Pull.AutoMergeByID), "enabledAt": since, "pullRequest": i,
		"authorEmail": nil, "commitBody": nil, "commitHeadline": nil,
	}}
}

// pullCommit is a commit as part of a pull request; info is nil where only its id was needed.
type pullCommit struct {
	pull *world.Issue
	sha  string
	info *gitstore.CommitInfo
}

func (x *execution) pullCommits(i *world.Issue) ([]pullCommit, error) {
	infos, err := x.tx.PullCommits(i)
	if err != nil {
		return nil, err
	}
	out := make([]pullCommit, len(infos))
	for n, info := range infos {
		out[n] = pullCommit{i, info.SHA, info}
	}
	return out, nil
}

// commitsOf is PullRequest.commits. The last commit is the head: for commits(last: 1), which every
// client asks of every pull request for its checks, git is not needed.
func (x *execution) commitsOf(i *world.Issue, f *selected) (any, error) {
	if f.args.number("last") == 1 && !f.args.given("before") && !f.args.given("first") && !x.wants(f, "totalCount", "pageInfo", "edges") {
		return x.connection(f, list{items: []any{pullCommit{pull: i, sha: i.Pull.HeadSHA}}})
	}
	commits, err := x.pullCommits(i)
	if err != nil {
		return nil, err
	}
	return x.connection(f, list{items: many(commits)})
}

func (x *execution) pullCommit(c pullCommit, f *selected) (any, error) {
	at := x.issuePath(c.pull) + "/commits/" + c.sha
	switch f.def.Name {
	case "id":
		return "PURC_" + encode64(world.NodeID(c.pull)+" "+c.sha), nil
	case "commit":
		return &world.CommitNode{Repo: x.tx.RepoByID(c.pull.RepoID), SHA: c.sha}, nil
	case "pullRequest":
		return c.pull, nil
	case "resourcePath":
		return at, nil
	case "url":
		return x.web + at, nil
	}
	return nil, unresolved("PullRequestCommit", f)
}

func (x *execution) files(i *world.Issue, f *selected) (any, error) {
	changes, err := x.tx.PullFiles(i)
	if err != nil {
		return nil, err
	}
	added, deleted := 0, 0
	var items []any
	for _, c := range changes {
		added, deleted = added+c.Additions, deleted+c.Deletions
		kind := map[string]string{"added": "ADDED", "removed": "DELETED", "renamed": "RENAMED"}[c.Status]
		if kind == "" {
			kind = "MODIFIED"
		}
		items = append(items, record{"PullRequestChangedFile", map[string]any{
			"path": c.Path, "additions": c.Additions, "deletions": c.Deletions, "changeType": kind,
		}})
	}
	switch f.def.Name {
	case "additions":
		return added, nil
	case "deletions":
		return deleted, nil
	case "changedFiles":
		return len(changes), nil
	}
	return x.connection(f, list{items: items})
}

func (x *execution) reviewRequests(i *world.Issue) []any {
	var out []any
	for _, v := range x.users(i.Pull.RequestedReviewers) {
		u := v.(*world.User)
		out = append(out, record{"ReviewRequest", map[string]any{
			"id": "RR_" + encode64(fmt.Sprintf("%s %d", world.NodeID(i), u.ID)), "databaseId": u.ID, "asCodeOwner": false,
			"pullRequest": i, "requestedReviewer": u,
		}})
	}
	return out
}

// reviews are those of a pull request; a pending one is seen by its author alone.
func (x *execution) reviews(i *world.Issue, f *selected) list {
	var shown []*world.Review
	for _, r := range x.tx.Reviews(i.ID) {
		if r.State != "PENDING" || x.actor.User != nil && x.actor.User.ID == r.AuthorID {
			shown = append(shown, r)
		}
	}
	opinion := func(r *world.Review) bool { return r.State == "APPROVED" || r.State == "CHANGES_REQUESTED" }
	switch f.def.Name {
	case "latestReviews":
		shown = latest(shown, func(r *world.Review) bool { return opinion(r) || r.State == "COMMENTED" || r.State == "DISMISSED" })
	case "latestOpinionatedReviews":
		if f.args.flag("writersOnly") {
			repo := x.tx.RepoByID(i.RepoID)
			shown = slices.DeleteFunc(shown, func(r *world.Review) bool { return x.tx.Permission(x.tx.User(r.AuthorID), repo) < world.Write })
		}
		shown = latest(shown, func(r *world.Review) bool { return opinion(r) || r.State == "DISMISSED" })
	default:
		states, author := f.args.texts("states"), f.args.text("author")
		shown = slices.DeleteFunc(shown, func(r *world.Review) bool {
			u := x.tx.UserByLogin(author)
			return len(states) > 0 && !slices.Contains(states, r.State) || author != "" && (u == nil || u.ID != r.AuthorID)
		})
	}
	return list{items: many(shown)}
}

// latest keeps the last review of each author among those that count.
func latest(reviews []*world.Review, counts func(*world.Review) bool) []*world.Review {
	var out []*world.Review
	for _, r := range reviews {
		if !counts(r) {
			continue
		}
		out = append(slices.DeleteFunc(out, func(o *world.Review) bool { return o.AuthorID == r.AuthorID }), r)
	}
	return out
}

func (x *execution) latestReviewBy(i *world.Issue, user int64) any {
	var found any
	for _, r := range x.tx.Reviews(i.ID) {
		if r.AuthorID == user {
			found = r
		}
	}
	return found
}
