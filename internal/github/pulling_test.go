package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/limits"
	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/inventory"
)

var nine = inventory.Ref{Repo: mainRepo, Number: 9}

// settings changes what main allows and demands.
func (l *lab) settings(change func(s *world.RepoSettings), rules *world.Rules) {
	l.Helper()
	l.as("ada", func(tx *world.Tx) {
		r := must2(tx.Repo("acme", "main"))
		s := r.Settings
		change(&s)
		must(tx.EditRepo(r, world.RepoEdit{Settings: &s}))
		for _, b := range []string{"dev", "epic/1-all"} {
			must(tx.Protect(must2(tx.Repo("acme", "main")), b, rules))
		}
	})
}

func (l *lab) now(c *Client, ref inventory.Ref) inventory.PullNow {
	l.Helper()
	p, err := c.PullNow(l.Context(), ref)
	if err != nil {
		l.Fatal(err)
	}
	return p
}

// refused wants an error of that kind that is sure, and says what was wanted.
func refused(t *testing.T, what string, err error, want Kind) {
	t.Helper()
	e := errorOf(err)
	if e == nil || e.Kind != want || e.InDoubt || e.Doing == "" || strings.Contains(e.Error(), "ghp_") {
		t.Errorf("%s: %v, want %s", what, err, want)
	}
}

func TestPullNow(t *testing.T) {
	l := pulled(t)
	c := l.client("ada")
	first := l.now(c, nine)
	if first.State != inventory.PullOpen || first.Mergeable != "UNKNOWN" || first.Behind != -1 || first.Comment != 0 || len(first.Parents) != 1 || first.Base != "epic/1-all" || first.Archived {
		t.Errorf("%+v", first)
	}
	l.as("ada", func(tx *world.Tx) {
		must(tx.CreateComment(l.issue(tx, "main", 9), "secret"))
		for range 155 {
			must(tx.CreateThread(l.issue(tx, "main", 9), world.NewThread{Path: "b.txt", Line: 1, Body: "secret"}))
		}
		for k := range 15 {
			must(tx.AddLabels(l.issue(tx, "main", 9), []string{fmt.Sprintf("label %02d", k)}))
		}
	})
	p := l.now(c, nine)
	if p.Comment == 0 || len(p.Threads) != 155 || len(p.Labels) != 15 || p.Mergeable != "MERGEABLE" {
		t.Errorf("%d threads, %d labels, %+v", len(p.Threads), len(p.Labels), p.Comment)
	}
	seen := map[string]bool{}
	for _, th := range p.Threads {
		seen[th.ID] = true
	}
	if len(seen) != 155 {
		t.Errorf("%d different threads", len(seen))
	}
	if m := l.now(c, inventory.Ref{Repo: mainRepo, Number: 12}); m.State != inventory.PullMerged || m.MergedBy != "wendy" || m.MergeSHA == "" {
		t.Errorf("%+v", m)
	}
	for _, ref := range []inventory.Ref{{Repo: mainRepo, Number: 2}, {Repo: mainRepo, Number: 999}, {Repo: inventory.RepoRef{Owner: "acme", Name: "none"}, Number: 9}} {
		_, err := c.PullNow(t.Context(), ref)
		refused(t, ref.String(), err, KindNotFound)
	}
	l.nothingSecret()
}

// A pull request that moves on between two pages is not read as one.
func TestPullNowOfTwoMoments(t *testing.T) {
	url, _ := serve(t, func(n int, w http.ResponseWriter, r *http.Request) {
		threads := `"reviewThreads":{"pageInfo":{"hasNextPage":true,"endCursor":"c"},"nodes":[]}`
		if n == 1 {
			reply(w, 200, `{"data":{"repository":{"pullRequest":{"number":7,"headRefOid":"a",`+threads+`}}}}`)
			return
		}
		reply(w, 200, `{"data":{"repository":{"pullRequest":{"headRefOid":"b",`+threads+`}}}}`)
	})
	c, _ := clientOf(t, url)
	_, err := c.PullNow(t.Context(), issue)
	refused(t, "pushed to", err, KindStale)
}

func TestOpenPulls(t *testing.T) {
	l := pulled(t)
	c := l.client("ada")
	for _, q := range []struct {
		head, base string
		want       []int
	}{{"work", "epic/1-all", []int{9}}, {"work", "dev", nil}, {"closed", "dev", nil}, {"stray", "dev", []int{11}}, {"none", "dev", nil}} {
		got, err := c.OpenPulls(t.Context(), mainRepo, q.head, q.base)
		if err != nil {
			t.Fatal(err)
		}
		var n []int
		for _, p := range got {
			n = append(n, p.Ref.Number)
		}
		if !slices.Equal(n, q.want) {
			t.Errorf("%s into %s: %v", q.head, q.base, n)
		}
	}
	l.nothingSecret()
}

// Those of forks bear any branch's name, and as many as a stranger likes.
func TestOpenPullsOfForksAreNone(t *testing.T) {
	url, count := serve(t, func(n int, w http.ResponseWriter, r *http.Request) {
		more := n < 3
		reply(w, 200, fmt.Sprintf(`{"data":{"repository":{"pullRequests":{"pageInfo":{"hasNextPage":%v,"endCursor":"c"},"nodes":[
			{"number":%d,"isCrossRepository":true},{"number":%d,"isCrossRepository":%v}]}}}}`, more, 10*n, 10*n+1, more))
	})
	c, _ := clientOf(t, url)
	got, err := c.OpenPulls(t.Context(), home, "epic/1", "dev")
	if err != nil || len(got) != 1 || got[0].Ref.Number != 31 || count() != 3 {
		t.Errorf("%+v, %v, %d requests", got, err, count())
	}
}

func TestRetargetCloseAndOpen(t *testing.T) {
	l := pulled(t)
	c := l.client("ada")
	ctx := t.Context()
	if err := c.Retarget(ctx, nine, "dev"); err != nil || l.now(c, nine).Base != "dev" {
		t.Error(err)
	}
	refused(t, "no such branch", c.Retarget(ctx, nine, "nowhere"), KindInvalid)
	n, err := c.OpenPull(ctx, mainRepo, "work", "epic/1-all", "epic: \"quoted\"", "body")
	if err != nil || n != 13 {
		t.Fatal(n, err)
	}
	refused(t, "another has these branches", c.Retarget(ctx, nine, "epic/1-all"), KindExists)
	_, err = c.OpenPull(ctx, mainRepo, "work", "epic/1-all", "again", "")
	refused(t, "again", err, KindExists)
	_, err = c.OpenPull(ctx, mainRepo, "epic/1-all", "dev", "nothing to merge", "")
	refused(t, "no commits", err, KindInvalid)
	_, err = c.OpenPull(ctx, mainRepo, "nowhere", "dev", "no branch", "")
	refused(t, "no branch", err, KindInvalid)
	_, err = l.client("mallory").OpenPull(ctx, mainRepo, "work", "dev", "evil", "")
	if e := errorOf(err); e == nil || e.InDoubt || !e.Local() {
		t.Errorf("%v", err)
	}
	if err := c.ClosePull(ctx, nine); err != nil {
		t.Error(err)
	}
	if p := l.now(c, nine); p.State != inventory.PullClosed || p.MergeSHA != "" {
		t.Errorf("%+v", p)
	}
	if err := c.ClosePull(ctx, nine); err != nil {
		t.Errorf("closed already: %v", err)
	}
	refused(t, "closed", c.Retarget(ctx, nine, "epic/1-all"), KindInvalid)
	refused(t, "no rights", l.client("mallory").ClosePull(ctx, inventory.Ref{Repo: mainRepo, Number: n}), KindForbidden)
	refused(t, "gone", c.ClosePull(ctx, inventory.Ref{Repo: mainRepo, Number: 999}), KindNotFound)
}

func TestMergePull(t *testing.T) {
	l := pulled(t)
	c := l.client("ada")
	ctx := t.Context()
	head := l.now(c, nine).HeadSHA
	_, err := c.MergePull(ctx, nine, "squash", strings.Repeat("a", 40))
	refused(t, "another head", err, KindStale)
	l.settings(func(s *world.RepoSettings) { s.NoSquash = true }, &world.Rules{Approvals: 1})
	_, err = c.MergePull(ctx, nine, "merge", head)
	refused(t, "not approved", err, KindUnmergeable)
	l.settings(func(s *world.RepoSettings) {}, nil)
	_, err = c.MergePull(ctx, nine, "squash", head)
	refused(t, "not allowed", err, KindUnmergeable)
	_, err = l.client("mallory").MergePull(ctx, nine, "merge", head)
	refused(t, "no rights", err, KindForbidden)
	sha, err := c.MergePull(ctx, nine, "merge", head)
	if err != nil || len(sha) != 40 {
		t.Fatal(sha, err)
	}
	if p := l.now(c, nine); p.State != inventory.PullMerged || p.MergeSHA != sha || p.MergedBy != "ada" {
		t.Errorf("%+v", p)
	}
	_, err = c.MergePull(ctx, nine, "merge", head)
	refused(t, "merged already", err, KindUnmergeable)
	l.conflict("clash", "dev")
	clash := inventory.Ref{Repo: mainRepo, Number: 13}
	_, err = c.MergePull(ctx, clash, "merge", l.now(c, clash).HeadSHA)
	refused(t, "conflict", err, KindUnmergeable)
	_, err = c.MergePull(ctx, inventory.Ref{Repo: mainRepo, Number: 2}, "merge", head)
	refused(t, "an issue", err, KindNotFound)
}

// conflict opens a pull request that cannot be merged.
func (l *lab) conflict(head, base string) {
	l.Helper()
	l.branch(head, head+".txt", "one\n")
	l.as("ada", func(tx *world.Tx) {
		r := must2(tx.Repo("acme", "main"))
		must(tx.CreatePull(r, world.NewPull{Title: head, Head: head, Base: base}))
		must(tx.PutFile(r, world.NewFile{Path: head + ".txt", Content: []byte("another\n"), Message: "x", Branch: base}))
	})
}

func TestUpdateBranch(t *testing.T) {
	l := pulled(t)
	c := l.client("ada")
	ctx := t.Context()
	head := l.now(c, nine).HeadSHA
	refused(t, "nothing new", c.UpdateBranch(ctx, nine, head), KindExists)
	l.as("ada", func(tx *world.Tx) {
		must(tx.PutFile(must2(tx.Repo("acme", "main")), world.NewFile{Path: "x.txt", Content: []byte("x\n"), Message: "on", Branch: "epic/1-all"}))
	})
	refused(t, "another head", c.UpdateBranch(ctx, nine, strings.Repeat("a", 40)), KindStale)
	if l.now(c, nine).HeadSHA != head {
		t.Error("moved all the same")
	}
	if err := c.UpdateBranch(ctx, nine, head); err != nil {
		t.Fatal(err)
	}
	p := l.now(c, nine)
	if p.HeadSHA == head || !slices.Contains(p.Parents, head) || len(p.Parents) != 2 {
		t.Errorf("%+v", p)
	}
	refused(t, "the old head", c.UpdateBranch(ctx, nine, head), KindStale)
	l.conflict("clash", "dev")
	clash := inventory.Ref{Repo: mainRepo, Number: 13}
	refused(t, "conflict", c.UpdateBranch(ctx, clash, l.now(c, clash).HeadSHA), KindUnmergeable)
}

func TestMutations(t *testing.T) {
	l := pulled(t)
	c := l.client("ada")
	ctx := t.Context()
	l.as("wendy", func(tx *world.Tx) {
		must(tx.CreateThread(l.issue(tx, "main", 9), world.NewThread{Path: "b.txt", Line: 1, Body: "secret"}))
	})
	p := l.now(c, nine)
	refused(t, "no such thread", c.ResolveThread(ctx, nine, "PRRT_none"), KindNotFound)
	refused(t, "no rights", l.client("mallory").ResolveThread(ctx, nine, p.Threads[0].ID), KindForbidden)
	for range 2 {
		if err := c.ResolveThread(ctx, nine, p.Threads[0].ID); err != nil {
			t.Error(err)
		}
	}
	if len(l.now(c, nine).Unresolved()) != 0 {
		t.Error("not resolved")
	}

	elsewhere := strings.Repeat("a", 40)
	refused(t, "not allowed", c.AutoMerge(ctx, nine, p.ID, "squash", p.HeadSHA), KindInvalid)
	l.settings(func(s *world.RepoSettings) { s.AutoMerge = true }, nil)
	refused(t, "nothing in the way", c.AutoMerge(ctx, nine, p.ID, "squash", p.HeadSHA), KindClean)
	l.settings(func(s *world.RepoSettings) {}, &world.Rules{Approvals: 1})
	refused(t, "another head", c.AutoMerge(ctx, nine, p.ID, "squash", elsewhere), KindStale)
	refused(t, "no such method", c.AutoMerge(ctx, nine, p.ID, "magic", p.HeadSHA), KindInvalid)
	refused(t, "no rights", l.client("mallory").AutoMerge(ctx, nine, p.ID, "squash", p.HeadSHA), KindForbidden)
	if l.now(c, nine).AutoMerge {
		t.Error("enabled all the same")
	}
	if err := c.AutoMerge(ctx, nine, p.ID, "squash", p.HeadSHA); err != nil || !l.now(c, nine).AutoMerge {
		t.Error(err)
	}

	refused(t, "no queue", c.Enqueue(ctx, nine, p.ID, p.HeadSHA), KindInvalid)
	l.settings(func(s *world.RepoSettings) { s.MergeQueue = true }, &world.Rules{Approvals: 1})
	refused(t, "another head", c.Enqueue(ctx, nine, p.ID, elsewhere), KindStale)
	if err := c.Enqueue(ctx, nine, p.ID, p.HeadSHA); err != nil {
		t.Error(err)
	}
	if q := l.now(c, nine); !q.Queued || !q.QueueOn {
		t.Errorf("%+v", q)
	}
	refused(t, "queued", c.Enqueue(ctx, nine, p.ID, p.HeadSHA), KindExists)
	stray := l.now(c, inventory.Ref{Repo: mainRepo, Number: 10})
	refused(t, "closed", c.Enqueue(ctx, stray.Ref, stray.ID, stray.HeadSHA), KindUnmergeable)
	l.nothingSecret()
}

// aWrite is one of the writes, where it arrives, and what tells that it did.
type aWrite struct {
	where  string
	send   func(*Client, context.Context) error
	landed func(inventory.PullNow) bool
}

// writes are all of Pulling on #9, none of which was done yet.
func (l *lab) writes() map[string]aWrite {
	l.settings(func(s *world.RepoSettings) { s.AutoMerge, s.MergeQueue = true, true }, nil)
	l.as("wendy", func(tx *world.Tx) {
		must(tx.CreateThread(l.issue(tx, "main", 9), world.NewThread{Path: "b.txt", Line: 1, Body: "secret"}))
		must(tx.PutFile(must2(tx.Repo("acme", "main")), world.NewFile{Path: "x.txt", Content: []byte("x\n"), Message: "on", Branch: "epic/1-all"}))
	})
	l.settings(func(*world.RepoSettings) {}, &world.Rules{Approvals: 1})
	p := l.now(l.client("ada"), nine)
	return map[string]aWrite{
		"retarget": {"PATCH /repos/*/*/pulls/*", func(c *Client, ctx context.Context) error { return c.Retarget(ctx, nine, "dev") },
			func(n inventory.PullNow) bool { return n.Base == "dev" }},
		"close": {"PATCH /repos/*/*/pulls/*", func(c *Client, ctx context.Context) error { return c.ClosePull(ctx, nine) },
			func(n inventory.PullNow) bool { return n.State == inventory.PullClosed }},
		"update": {"PUT /repos/*/*/pulls/*/update-branch", func(c *Client, ctx context.Context) error { return c.UpdateBranch(ctx, nine, p.HeadSHA) },
			func(n inventory.PullNow) bool { return n.HeadSHA != p.HeadSHA }},
		"merge-up": {"POST /repos/*/*/merges", func(c *Client, ctx context.Context) error {
			_, err := c.MergeUp(ctx, mainRepo, "work", "epic/1-all")
			return err
		}, func(inventory.PullNow) bool {
			lacks := 0
			l.as("ada", func(tx *world.Tx) { _, lacks, _ = tx.Counts(must2(tx.Repo("acme", "main")), "epic/1-all", "work") })
			return lacks == 0
		}},
		"merge": {"PUT /repos/*/*/pulls/*/merge", func(c *Client, ctx context.Context) error {
			l.settings(func(*world.RepoSettings) {}, nil)
			_, err := c.MergePull(ctx, nine, "squash", p.HeadSHA)
			return err
		}, func(n inventory.PullNow) bool { return n.State == inventory.PullMerged }},
		"open": {"POST /repos/*/*/pulls", func(c *Client, ctx context.Context) error {
			_, err := c.OpenPull(ctx, mainRepo, "work", "dev", "t", "b")
			return err
		}, func(inventory.PullNow) bool {
			open, err := l.client("ada").OpenPulls(l.Context(), mainRepo, "work", "dev")
			if err != nil {
				l.Fatal(err)
			}
			return len(open) == 1
		}},
		"resolve": {"resolveReviewThread", func(c *Client, ctx context.Context) error { return c.ResolveThread(ctx, nine, p.Threads[0].ID) },
			func(n inventory.PullNow) bool { return len(n.Unresolved()) == 0 }},
		"auto": {"enablePullRequestAutoMerge", func(c *Client, ctx context.Context) error { return c.AutoMerge(ctx, nine, p.ID, "", p.HeadSHA) },
			func(n inventory.PullNow) bool { return n.AutoMerge }},
		"auto off": {"disablePullRequestAutoMerge", func(c *Client, ctx context.Context) error {
			l.as("ada", func(tx *world.Tx) { _, _ = tx.EnableAutoMerge(l.issue(tx, "main", 9), "") })
			return c.AutoMergeOff(ctx, nine, p.ID)
		}, func(n inventory.PullNow) bool { return !n.AutoMerge }},
		"queue": {"enqueuePullRequest", func(c *Client, ctx context.Context) error { return c.Enqueue(ctx, nine, p.ID, p.HeadSHA) },
			func(n inventory.PullNow) bool { return n.Queued }},
	}
}

// Each write is sent once, whatever comes of it; what may have happened is in
// doubt, and nothing else is.
func TestPullingUnderFaultsLandsAtMostOnce(t *testing.T) {
	attempt := func(l *lab, name, fault string, w aWrite, landed, doubt bool) {
		t.Helper()
		if err := l.sim.Faults().Replace(fault + "@" + w.where); err != nil {
			t.Fatal(err)
		}
		mark := l.sim.Requests().Last()
		err := w.send(l.client("ada"), t.Context())
		if err := l.sim.Faults().Replace(""); err != nil {
			t.Fatal(err)
		}
		if n := len(l.since(mark)); n != 1 {
			t.Errorf("%s at %s: sent %d times", fault, name, n)
		}
		e := errorOf(err)
		switch {
		case fault == "garbage" && name == "update":
			if err != nil {
				t.Errorf("202 says enough: %v", err)
			}
		case e == nil || e.InDoubt != doubt || e.Doing == "" || !doubt && (e.Kind != KindRateLimited || e.RetryIn() == 0):
			t.Errorf("%s at %s: %v", fault, name, err)
		}
		l.clock.Advance(2 * time.Hour)
		if got := w.landed(l.now(l.client("ada"), nine)); got != landed {
			t.Errorf("%s at %s: landed %v", fault, name, got)
		}
	}
	for _, name := range []string{"auto", "close", "merge", "open", "queue", "resolve", "retarget", "update"} {
		landing := []string{"cut-after", "502-after"}
		if name == "resolve" || name == "merge" || name == "update" {
			landing = append(landing, "garbage")
		}
		for k, fault := range landing {
			l := pulled(t)
			l.unjudged()
			w := l.writes()[name]
			if k == 0 { // these leave everything as it was
				for _, fault := range []string{"500", "502", "cut-before", "timeout"} {
					attempt(l, name, fault, w, false, true)
				}
				for _, fault := range []string{"secondary", "ratelimit"} {
					attempt(l, name, fault, w, false, false)
				}
			}
			attempt(l, name, fault, w, true, true)
		}
	}
}

// A write that is not cleared leaves nothing, over REST and over GraphQL.
func TestPullingAsksToBeCleared(t *testing.T) {
	l := pulled(t)
	stop := errors.New("the lease is gone")
	for name, w := range l.writes() {
		c := l.client("ada")
		c.wire.pacer.clear = func(context.Context) error { return stop }
		mark := l.sim.Requests().Last()
		if err := w.send(c, t.Context()); err != stop {
			t.Errorf("%s: %v", name, err)
		}
		if n := len(l.since(mark)); n != 0 {
			t.Errorf("%s: %d requests left", name, n)
		}
	}
}

// What counts as content is what the embedded GitHub's table counts.
func TestPullingCountsContent(t *testing.T) {
	l := pulled(t)
	keys := map[string]string{"retarget": "PATCH /repos/{owner}/{repo}/pulls/{pull_number}", "close": "PATCH /repos/{owner}/{repo}/pulls/{pull_number}",
		"update": "PUT /repos/{owner}/{repo}/pulls/{pull_number}/update-branch", "merge": "PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge",
		"merge-up": "POST /repos/{owner}/{repo}/merges",
		"open":     "POST /repos/{owner}/{repo}/pulls", "resolve": "resolveReviewThread", "auto": "enablePullRequestAutoMerge", "auto off": "disablePullRequestAutoMerge", "queue": "enqueuePullRequest"}
	table := limits.New(limits.Defaults(), time.Now)
	for name, w := range l.writes() {
		c := l.client("ada")
		_ = w.send(c, t.Context()) // one may stand in another's way: it was sent all the same
		if got, want := len(c.Pace().Content) == 1, table.CreatesContent(keys[name]); got != want {
			t.Errorf("%s: content %v, the table says %v", name, got, want)
		}
		if st := c.Stats(); st.Writes != 1 || st.Points != 1 || st.Requests != 1 {
			t.Errorf("%s: %+v", name, st)
		}
	}
}

// TestVerdict: what an answer to a mutation says of it.
func TestVerdict(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		kind   Kind // empty: it happened
		doubt  bool
	}{
		"done":               {200, `{"data":{"x":{"clientMutationId":null}}}`, "", false},
		"done, partly shown": {200, `{"data":{"x":{"clientMutationId":null}},"errors":[{"type":"FORBIDDEN","message":"m","path":["x","actor"]}]}`, "", false},
		"refused":            {200, `{"data":{"x":null},"errors":[{"type":"UNPROCESSABLE","message":"no","path":["x"]}]}`, KindInvalid, false},
		"no rights":          {200, `{"data":{"x":null},"errors":[{"type":"FORBIDDEN","message":"no","path":["x"]}]}`, KindForbidden, false},
		"no node":            {200, `{"data":{"x":null},"errors":[{"type":"NOT_FOUND","message":"no","path":["x"]}]}`, KindNotFound, false},
		"no scope":           {200, `{"errors":[{"type":"INSUFFICIENT_SCOPES","message":"no"}]}`, KindScope, false},
		"unknown field":      {200, `{"errors":[{"message":"no","extensions":{"code":"undefinedField"}}]}`, KindInvalid, false},
		"head moved":         {200, `{"data":{"x":null},"errors":[{"type":"UNPROCESSABLE","message":"Head branch was modified. Review and try the merge again."}]}`, KindStale, false},
		"limit":              {200, `{"errors":[{"type":"RATE_LIMITED","message":"API rate limit exceeded"}]}`, KindRateLimited, false},
		"gave up":            {200, `{"data":{"x":null},"errors":[{"message":"Something went wrong while executing your query."}]}`, KindServer, true},
		"timeout":            {200, `{"data":null,"errors":[{"type":"RESOURCE_LIMITS_EXCEEDED","message":"m"}]}`, KindServer, true},
		"a new kind":         {200, `{"data":{"x":null},"errors":[{"type":"NOVEL","message":"m","path":["x"]}]}`, KindServer, true},
		"one of each":        {200, `{"data":{"x":null},"errors":[{"type":"FORBIDDEN","message":"m"},{"type":"INTERNAL","message":"m"}]}`, KindServer, true},
		"nothing":            {200, `{"data":{"x":null}}`, KindServer, true},
		"empty":              {200, ``, KindServer, true},
		"a page":             {200, `<html>`, KindServer, true},
		"gateway":            {502, `<html>`, KindServer, true},
		"redirect":           {301, ``, KindServer, false},
		"bad token":          {401, `{"message":"Bad credentials"}`, KindBadToken, false},
		"forbidden":          {403, `{"message":"Resource protected by organization SAML enforcement"}`, KindForbidden, false},
		"secondary":          {403, `{"message":"You have exceeded a secondary rate limit"}`, KindRateLimited, false},
		"not there":          {404, `{"message":"Not Found"}`, KindServer, false},
	} {
		url, count := serve(t, func(n int, w http.ResponseWriter, r *http.Request) { reply(w, c.status, c.body) })
		client, _ := clientOf(t, url)
		err := client.ResolveThread(t.Context(), issue, "T")
		e := errorOf(err)
		switch {
		case c.kind == "":
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		case e == nil || e.Kind != c.kind || e.InDoubt != c.doubt || e.Doing == "" || strings.Contains(e.Error(), testToken):
			t.Errorf("%s: %v", name, err)
		}
		if count() != 1 {
			t.Errorf("%s: sent %d times", name, count())
		}
	}
}

// A used-up limit of GraphQL holds mutations back before they are sent, and no
// REST write.
func TestMutationsWaitForTheirOwnLimit(t *testing.T) {
	l := pulled(t)
	c := l.client("ada")
	p := l.now(c, nine)
	if err := l.sim.Faults().Replace("ratelimit@resolveReviewThread"); err != nil {
		t.Fatal(err)
	}
	refused(t, "limited", c.ResolveThread(t.Context(), nine, "T"), KindRateLimited)
	if err := l.sim.Faults().Replace(""); err != nil {
		t.Fatal(err)
	}
	mark := l.sim.Requests().Last()
	if err := c.Enqueue(t.Context(), nine, p.ID, p.HeadSHA); kindOf(err) != KindRateLimited || errorOf(err).InDoubt {
		t.Error(err)
	}
	if n := len(l.since(mark)); n != 0 {
		t.Errorf("%d requests left", n)
	}
	if err := c.ClosePull(t.Context(), nine); err != nil {
		t.Error(err)
	}
}
