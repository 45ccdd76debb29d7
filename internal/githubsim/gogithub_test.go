package githubsim

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-github/v92/github"

	"github.com/dappcore/core-dev/internal/githubsim/limits"
)

func (p *probe) goGithub() *github.Client {
	p.Helper()
	c, err := github.NewClient(github.WithAuthToken(p.token), github.WithEnterpriseURLs(p.url+"/api/v3/", p.url+"/api/uploads/"))
	if err != nil {
		p.Fatal(err)
	}
	return c
}

// go-github drives the server through what an issue goes through from its making to the merge.
func TestGoGithub(t *testing.T) {
	p := opened(t, Options{Limits: unlimited()})
	ctx, c := t.Context(), p.goGithub()
	ok := func(what string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	me, _, err := c.Users.Get(ctx, "")
	ok("user", err)
	if me.GetLogin() != "ann" {
		t.Errorf("I am %s", me.GetLogin())
	}
	repos, _, err := c.Repositories.ListByOrg(ctx, "acme", nil)
	ok("repositories", err)
	if len(repos) != 4 {
		t.Errorf("%d repositories", len(repos))
	}
	repo, _, err := c.Repositories.Get(ctx, "acme", "widgets")
	ok("repository", err)
	if repo.GetDefaultBranch() != "dev" || repo.GetCreatedAt().IsZero() || !repo.GetPermissions().GetAdmin() {
		t.Errorf("%v", repo)
	}
	issue, _, err := c.Issues.Create(ctx, "acme", "widgets", github.CreateIssueRequest{Title: "From go-github", Body: new("- [ ] #1"), Labels: []string{"epic"}})
	ok("create an issue", err)
	number := issue.GetNumber()
	_, _, err = c.Issues.Update(ctx, "acme", "widgets", number, github.UpdateIssueRequest{Body: new("- [x] #1")})
	ok("edit an issue", err)
	_, _, err = c.Issues.CreateComment(ctx, "acme", "widgets", number, github.IssueCommentRequest{Body: "Target branch: `epic/1`"})
	ok("comment", err)
	labels, _, err := c.Issues.AddLabelsToIssue(ctx, "acme", "widgets", number, []string{"jules"})
	ok("label", err)
	if len(labels) != 2 {
		t.Errorf("labels %v", labels)
	}
	_, err = c.Issues.RemoveLabelForIssue(ctx, "acme", "widgets", number, "jules")
	ok("unlabel", err)
	events, _, err := c.Issues.ListIssueTimeline(ctx, "acme", "widgets", number, nil)
	ok("timeline", err)
	if len(events) < 4 {
		t.Errorf("%d timeline entries", len(events))
	}
	seen := 0
	list := &github.IssueListByRepoOptions{State: "all", ListOptions: github.ListOptions{PerPage: 2}}
	for {
		page, answer, err := c.Issues.ListByRepo(ctx, "acme", "widgets", list)
		ok("issues", err)
		seen += len(page)
		if answer.NextPage == 0 {
			break
		}
		list.ListOptions.Page = answer.NextPage
	}
	if seen != 6 {
		t.Errorf("%d issues over all pages", seen)
	}
	child, _, err := c.Issues.Get(ctx, "acme", "widgets", 1)
	ok("issue", err)
	_, _, err = c.SubIssue.Add(ctx, "acme", "widgets", int64(number), github.SubIssueRequest{SubIssueID: child.GetID()})
	ok("sub-issue", err)
	subs, _, err := c.SubIssue.ListByIssue(ctx, "acme", "widgets", int64(number), nil)
	ok("sub-issues", err)
	if len(subs) != 1 {
		t.Errorf("%d sub-issues", len(subs))
	}
	_, _, err = c.Issues.CreateLabel(ctx, "acme", "widgets", github.CreateIssueLabelRequest{Name: "jules", Color: new("ededed")})
	var refused *github.ErrorResponse
	if !errors.As(err, &refused) || refused.Response.StatusCode != 422 || refused.Errors[0].Code != "already_exists" {
		t.Errorf("a label that exists: %v", err)
	}

	dev, _, err := c.Git.GetRef(ctx, "acme", "widgets", "heads/dev")
	ok("ref", err)
	_, _, err = c.Git.CreateRef(ctx, "acme", "widgets", github.CreateRef{Ref: "refs/heads/epic/1-x", SHA: dev.GetObject().GetSHA()})
	ok("create a ref", err)
	_, _, err = c.Repositories.CreateFile(ctx, "acme", "widgets", "x.txt", &github.RepositoryContentFileOptions{Message: new("x"), Content: []byte("x\n"), Branch: new("epic/1-x")})
	ok("create a file", err)
	file, _, _, err := c.Repositories.GetContents(ctx, "acme", "widgets", "x.txt", &github.RepositoryContentGetOptions{Ref: "epic/1-x"})
	ok("contents", err)
	if text, err := file.GetContent(); err != nil || text != "x\n" {
		t.Errorf("%q, %v", text, err)
	}
	pull, _, err := c.PullRequests.Create(ctx, "acme", "widgets", github.CreatePullRequest{Title: new("Epic"), Head: "epic/1-x", Base: "dev"})
	ok("create a pull request", err)
	head := pull.GetHead().GetSHA()
	_, _, err = c.Checks.CreateCheckRun(ctx, "acme", "widgets", github.CreateCheckRunOptions{Name: "ci", HeadSHA: head, Status: new("completed"), Conclusion: new("success")})
	ok("check run", err)
	runs, _, err := c.Checks.ListCheckRunsForRef(ctx, "acme", "widgets", head, nil)
	ok("check runs", err)
	if runs.GetTotal() != 1 {
		t.Errorf("%d check runs", runs.GetTotal())
	}
	for range 2 {
		pull, _, err = c.PullRequests.Get(ctx, "acme", "widgets", pull.GetNumber())
		ok("pull request", err)
	}
	if !pull.GetMergeable() {
		t.Errorf("mergeable %v, state %s", pull.Mergeable, pull.GetMergeableState())
	}
	merged, _, err := c.PullRequests.Merge(ctx, "acme", "widgets", pull.GetNumber(), "", &github.PullRequestOptions{SHA: head, MergeMethod: "merge"})
	ok("merge", err)
	if !merged.GetMerged() {
		t.Errorf("%v", merged)
	}
	found, _, err := c.Search.Issues(ctx, "repo:acme/widgets is:issue label:epic", nil)
	ok("search", err)
	if found.GetTotal() != 1 {
		t.Errorf("%d found", found.GetTotal())
	}
	_, err = c.Git.DeleteRef(ctx, "acme", "widgets", "heads/epic/1-x")
	ok("delete a ref", err)
	_, answer, err := c.Repositories.Get(ctx, "acme", "nothing")
	if err == nil || answer.StatusCode != http.StatusNotFound {
		t.Errorf("%v", err)
	}
}

// go-github knows both kinds of limit by GitHub's answers alone.
func TestGoGithubSeesLimits(t *testing.T) {
	cfg := limits.Defaults()
	cfg.Core, cfg.ContentMinute = 6, 1
	p := opened(t, Options{Limits: &cfg})
	ctx, c := t.Context(), p.goGithub()
	comment := github.IssueCommentRequest{Body: "x"}
	if _, _, err := c.Issues.CreateComment(ctx, "acme", "widgets", 1, comment); err != nil {
		t.Fatal(err)
	}
	_, _, err := c.Issues.CreateComment(ctx, "acme", "widgets", 1, comment)
	var abuse *github.AbuseRateLimitError
	if !errors.As(err, &abuse) || abuse.GetRetryAfter() != time.Minute {
		t.Fatalf("%v", err)
	}
	c = p.goGithub()
	for range 5 {
		if _, _, err := c.Repositories.Get(ctx, "acme", "widgets"); err != nil {
			t.Fatal(err)
		}
	}
	_, _, err = c.Repositories.Get(ctx, "acme", "widgets")
	var primary *github.RateLimitError
	if !errors.As(err, &primary) || primary.Rate.Remaining != 0 {
		t.Errorf("%v", err)
	}
	rate, _, err := c.RateLimit.Get(ctx)
	if err != nil || rate.GetCore().Remaining != 0 || rate.GetGraphQL().Remaining != 5000 {
		t.Errorf("%v %v", rate, err)
	}
}
