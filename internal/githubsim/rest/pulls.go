package rest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/dappcore/core-dev/internal/githubsim/gitstore"
	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// pull is the shape of lists of pull requests.
func (c *call) pull(i *world.Issue) object {
	r, p := c.tx.RepoByID(i.RepoID), i.Pull
	at := fmt.Sprintf("%s/pulls/%d", c.at(r), i.Number)
	issue := c.issueAddress(i)
	page := fmt.Sprintf("%s/%s/pull/%d", c.HTML, c.tx.FullName(r), i.Number)
	assignees := c.users(i.AssigneeIDs)
	link := func(to string) object { return object{"href": to} }
	o := object{
		"url": at, "id": i.ID, "node_id": world.NodeID(i), "html_url": page, "diff_url": page + ".diff", "patch_url": page + ".patch", "issue_url": issue,
		"number": i.Number, "state": state(i), "locked": i.Locked, "title": i.Title, "user": c.userByID(i.AuthorID), "created_at": stamp(i.CreatedAt),
		"updated_at": stamp(i.UpdatedAt), "closed_at": stamp(i.ClosedAt), "merged_at": stamp(p.MergedAt), "merge_commit_sha": text(p.MergeSHA),
		"assignee": first(assignees), "assignees": assignees, "requested_reviewers": c.users(p.RequestedReviewers), "requested_teams": []any{},
		"labels": c.labels(i.LabelIDs), "milestone": nil, "draft": p.Draft, "commits_url": at + "/commits", "review_comments_url": at + "/comments",
		"review_comment_url": c.at(r) + "/pulls/comments{/number}", "comments_url": issue + "/comments", "statuses_url": c.at(r) + "/statuses/" + p.HeadSHA,
		"head": c.end(c.tx.RepoByID(p.HeadRepoID), p.HeadRef, p.HeadSHA), "base": c.end(r, p.BaseRef, p.BaseSHA),
		"_links": object{"self": link(at), "html": link(page), "issue": link(issue), "comments": link(issue + "/comments"), "review_comments": link(at + "/comments"),
			"review_comment": link(c.at(r) + "/pulls/comments{/number}"), "commits": link(at + "/commits"), "statuses": link(c.at(r) + "/statuses/" + p.HeadSHA)},
		"author_association": c.tx.AuthorAssociation(i), "auto_merge": nil, "active_lock_reason": text(i.LockReason),
	}
	for _, l := range o["labels"].([]any) {
		if m := l.(object); m["description"] == nil {
			m["description"] = ""
		}
	}
	c.bodies(o, i.Body, true)
	if p.AutoMerge != "" {
		o["auto_merge"] = object{"enabled_by": c.userByID(p.AutoMergeByID), "merge_method": strings.ToLower(p.AutoMerge), "commit_title": i.Title, "commit_message": ""}
	}
	return o
}

// end is the head or base of a pull request.
func (c *call) end(r *world.Repo, ref, sha string) object {
	if r == nil {
		return object{"label": "unknown:" + ref, "ref": ref, "sha": sha, "user": nil, "repo": nil}
	}
	owner := c.tx.User(r.OwnerID)
	return object{"label": owner.Login + ":" + ref, "ref": ref, "sha": sha, "user": c.user(owner), "repo": c.repoObject(r)}
}

// fullPull is the shape of one pull request; looking at it has GitHub find out whether it merges.
func (c *call) fullPull(i *world.Issue) object {
	o := c.pull(i)
	p := i.Pull
	o["merged"], o["merged_by"] = p.Merged, nil
	if p.Merged {
		o["merged_by"] = c.userByID(p.MergedByID)
	}
	o["mergeable"], o["rebaseable"], o["mergeable_state"] = nil, nil, "unknown"
	if !i.Closed {
		switch c.tx.Mergeable(i) {
		case "MERGEABLE":
			o["mergeable"], o["rebaseable"] = true, true
			o["mergeable_state"] = strings.ToLower(c.tx.MergeState(i))
		case "CONFLICTING":
			o["mergeable"], o["rebaseable"], o["mergeable_state"] = false, false, "dirty"
		}
	}
	files, _ := c.tx.PullFiles(i)
	commits, _ := c.tx.PullCommits(i)
	plus, minus := 0, 0
	for _, f := range files {
		plus, minus = plus+f.Additions, minus+f.Deletions
	}
	talk := 0
	for _, t := range c.tx.Threads(i.ID) {
		talk += len(t.Comments)
	}
	o["comments"], o["review_comments"], o["maintainer_can_modify"] = len(c.tx.Comments(i.ID)), talk, false
	o["commits"], o["additions"], o["deletions"], o["changed_files"] = len(commits), plus, minus, len(files)
	return o
}

func listPulls(c *call) (*reply, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	which, err := c.choice("PullRequest", "state", "open", "closed", "all")
	if err != nil {
		return nil, err
	}
	by, err := c.choice("PullRequest", "sort", "created", "updated", "popularity", "long-running")
	if err != nil {
		return nil, err
	}
	fallback := []string{"desc", "asc"}
	if by != "created" {
		fallback = []string{"asc", "desc"}
	}
	direction, err := c.choice("PullRequest", "direction", fallback...)
	if err != nil {
		return nil, err
	}
	owner, head, _ := strings.Cut(c.Query.Get("head"), ":")
	base := c.Query.Get("base")
	list := slices.DeleteFunc(c.tx.Issues(r.ID), func(i *world.Issue) bool {
		if i.Pull == nil || !c.listed(i.CreatedAt) || (which != "all" && state(i) != which) || (base != "" && i.Pull.BaseRef != base) {
			return true
		}
		if head == "" {
			return false
		}
		from := c.tx.RepoByID(i.Pull.HeadRepoID)
		return i.Pull.HeadRef != head || from == nil || !strings.EqualFold(c.tx.User(from.OwnerID).Login, owner)
	})
	slices.SortStableFunc(list, func(a, b *world.Issue) int {
		n := a.Number - b.Number
		switch by {
		case "updated":
			n = a.UpdatedAt.Compare(b.UpdatedAt)
		case "popularity":
			n = len(c.tx.Comments(a.ID)) - len(c.tx.Comments(b.ID))
		}
		if direction == "desc" {
			return -n
		}
		return n
	})
	return listed(c, list, func(i *world.Issue) any { return c.pull(i) })
}

func getPull(c *call) (*reply, error) {
	r, i, err := c.pullAt()
	if err != nil {
		return nil, err
	}
	if text, err := c.patch(r, i.Pull.BaseSHA, i.Pull.HeadSHA); text != nil || err != nil {
		return text, err
	}
	return &reply{status: http.StatusOK, body: c.fullPull(i), modified: i.UpdatedAt}, nil
}

func createPull(c *call) (*reply, error) {
	r, err := c.repository()
	if err != nil {
		return nil, err
	}
	var in struct {
		Title      *title
		Head, Base *string
		HeadRepo   string `json:"head_repo"`
		Body       *string
		Draft      bool
		Issue      int
	}
	if err := c.decode(&in, true); err != nil {
		return nil, err
	}
	for field, value := range map[string]*string{"head": in.Head, "base": in.Base} {
		if value == nil {
			return nil, malformed(fmt.Sprintf("%q wasn't supplied.", field))
		}
	}
	n := world.NewPull{Head: *in.Head, Base: *in.Base, Draft: in.Draft}
	if in.Title != nil {
		n.Title = string(*in.Title)
	} else {
		return nil, invalid("PullRequest", "title", "missing_field")
	}
	if in.Body != nil {
		n.Body = *in.Body
	}
	if owner, name, given := strings.Cut(in.HeadRepo, "/"); given {
		if from, _ := c.tx.Repo(owner, name); from != nil && c.tx.CanSee(c.Actor, from) {
			n.HeadRepo = from
		} else {
			return nil, invalid("PullRequest", "head_repo", "invalid")
		}
	}
	i, err := c.tx.CreatePull(r, n)
	if err != nil {
		return nil, err
	}
	return created(c.fullPull(i))
}

func patchPull(c *call) (*reply, error) {
	_, i, err := c.pullAt()
	if err != nil {
		return nil, err
	}
	var in struct {
		Title       *title
		Body        json.RawMessage
		State, Base *string
	}
	if err := c.decode(&in, false); err != nil {
		return nil, err
	}
	var e world.IssueEdit
	if in.Title != nil {
		t := string(*in.Title)
		e.Title = &t
	}
	if len(in.Body) > 0 {
		body := ""
		if err := json.Unmarshal(in.Body, &body); err != nil {
			return nil, malformed("For 'properties/body', it is not a string.")
		}
		e.Body = &body
	}
	if in.State != nil {
		if *in.State != "open" && *in.State != "closed" {
			return nil, invalid("PullRequest", "state", "invalid")
		}
		e.State = in.State
	}
	if in.Base != nil && *in.Base != i.Pull.BaseRef {
		if i, err = c.tx.EditPullBase(i, *in.Base); err != nil {
			return nil, err
		}
	}
	if e.Title != nil || e.Body != nil || e.State != nil {
		if i, err = c.tx.EditIssue(i, e); err != nil {
			return nil, err
		}
	}
	return ok(c.fullPull(i))
}

func pullFiles(c *call) (*reply, error) {
	r, i, err := c.pullAt()
	if err != nil {
		return nil, err
	}
	files, err := c.tx.PullFiles(i)
	if err != nil {
		return nil, err
	}
	part, header := page(c, files)
	return &reply{status: http.StatusOK, header: header, body: c.files(r, i.Pull.HeadSHA, part)}, nil
}

func pullCommits(c *call) (*reply, error) {
	r, i, err := c.pullAt()
	if err != nil {
		return nil, err
	}
	list, err := c.tx.PullCommits(i)
	if err != nil {
		return nil, err
	}
	return listed(c, list, func(m *gitstore.CommitInfo) any { return c.commit(r, m) })
}

func isMerged(c *call) (*reply, error) {
	_, i, err := c.pullAt()
	if err != nil {
		return nil, err
	}
	if !i.Pull.Merged {
		return nil, errNotFound
	}
	return noContent()
}

func mergePull(c *call) (*reply, error) {
	_, i, err := c.pullAt()
	if err != nil {
		return nil, err
	}
	var in struct {
		SHA     string
		Method  string `json:"merge_method"`
		Title   string `json:"commit_title"`
		Message string `json:"commit_message"`
	}
	if err := c.decode(&in, false); err != nil {
		return nil, err
	}
	if in.Method != "" && !slices.Contains([]string{"merge", "squash", "rebase"}, in.Method) {
		return nil, invalid("PullRequest", "merge_method", "invalid")
	}
	if i, err = c.tx.MergePull(i, world.Merge{Method: in.Method, SHA: in.SHA, Title: in.Title, Message: in.Message}); err != nil {
		return nil, err
	}
	return ok(object{"sha": i.Pull.MergeSHA, "merged": true, "message": "Pull Request successfully merged"})
}

func updateBranch(c *call) (*reply, error) {
	_, i, err := c.pullAt()
	if err != nil {
		return nil, err
	}
	var in struct {
		Expected string `json:"expected_head_sha"`
	}
	if err := c.decode(&in, false); err != nil {
		return nil, err
	}
	if i, err = c.tx.UpdateBranch(i, in.Expected); err != nil {
		return nil, err
	}
	page := fmt.Sprintf("%s/%s/pull/%d", c.HTML, c.tx.FullName(c.repo), i.Number)
	return &reply{status: http.StatusAccepted, body: object{"message": "Updating pull request branch.", "url": page}}, nil
}
