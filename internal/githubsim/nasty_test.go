package githubsim

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/limits"
	"github.com/dappcore/core-dev/internal/githubsim/requestlog"
	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// What fakes of GitHub leave out, asked from outside over loopback with plain net/http.

func TestPagesAreLinked(t *testing.T) {
	p := opened(t, Options{Limits: unlimited()})
	a := p.do("GET", widgets+"/issues?per_page=2&page=2&labels=bug", nil).want(200)
	link := a.Header.Get("Link")
	id := json.Number(fmt.Sprint(int64(p.do("GET", widgets, nil).object()["id"].(float64))))
	for rel, page := range map[string]int{"prev": 1, "next": 3, "last": 3, "first": 1} {
		want := fmt.Sprintf(`<%s/repositories/%v/issues?per_page=2&page=%d&labels=bug>; rel="%s"`, p.url, id, page, rel)
		if !strings.Contains(link, want) {
			t.Errorf("Link has no %s in %s", want, link)
		}
	}
	if first := p.do("GET", widgets+"/issues?per_page=2", nil).Header.Get("Link"); strings.Contains(first, `rel="prev"`) || strings.Contains(first, `rel="first"`) {
		t.Errorf("the first page links back: %s", first)
	}
	if l := p.do("GET", widgets+"/issues", nil).Header.Get("Link"); l != "" {
		t.Errorf("one page has a Link: %s", l)
	}
	if n := len(p.do("GET", widgets+"/issues?per_page=2&page=9", nil).want(200).list()); n != 0 {
		t.Errorf("behind the last page are %d issues", n)
	}
	seen := map[any]bool{}
	for next := widgets + "/issues?per_page=2"; next != ""; {
		a := p.do("GET", next, nil).want(200)
		for _, i := range a.list() {
			seen[i["number"]] = true
		}
		next = ""
		for _, part := range strings.Split(a.Header.Get("Link"), ", ") {
			if to, found := strings.CutSuffix(part, `>; rel="next"`); found {
				next = strings.TrimPrefix(to, "<"+p.url)
			}
		}
	}
	if len(seen) != 5 {
		t.Errorf("following next finds %d issues, want 5", len(seen))
	}
}

func TestAConditionalReadIsFree(t *testing.T) {
	p := opened(t, Options{})
	a := p.do("GET", widgets+"/issues/1", nil).want(200)
	tag := a.Header.Get("ETag")
	if !strings.HasPrefix(tag, `W/"`) || a.Header.Get("Last-Modified") == "" {
		t.Fatalf("ETag %q, Last-Modified %q", tag, a.Header.Get("Last-Modified"))
	}
	before := a.Header.Get("X-RateLimit-Remaining")
	q := p.request("GET", widgets+"/issues/1", nil)
	q.Header.Set("If-None-Match", tag)
	same := p.send(q).want(304)
	if len(same.Body) != 0 || same.Header.Get("ETag") != tag || same.Header.Get("X-RateLimit-Remaining") != before {
		t.Errorf("304 with %d bytes, ETag %s, remaining %s (before %s)", len(same.Body), same.Header.Get("ETag"), same.Header.Get("X-RateLimit-Remaining"), before)
	}
	p.do("POST", widgets+"/issues/1/labels", object{"labels": []string{"new"}}).want(200)
	q = p.request("GET", widgets+"/issues/1", nil)
	q.Header.Set("If-None-Match", tag)
	if p.send(q).want(200).Header.Get("ETag") == tag {
		t.Error("the issue changed, its ETag did not")
	}
	q = p.request("GET", widgets, nil)
	q.Header.Set("If-Modified-Since", p.clock.Now().Add(time.Hour).Format(http.TimeFormat))
	p.send(q).want(304)
	recs := p.s.Requests().Since(0)
	if last := recs[len(recs)-1]; last.Points != 0 || last.Status != 304 {
		t.Errorf("the journal says %+v", last)
	}
}

func TestHeadersOfEveryAnswer(t *testing.T) {
	p := opened(t, Options{})
	for _, path := range []string{widgets, "/nothing", "/api/v3" + widgets} {
		h := p.do("GET", path, nil).Header
		for name, want := range map[string]string{"X-GitHub-Media-Type": "github.v3; format=json", "X-OAuth-Scopes": "admin:org, project, repo, user, workflow",
			"X-RateLimit-Limit": "5000", "X-RateLimit-Resource": "core", "Content-Type": "application/json; charset=utf-8", "Date": "Wed, 04 Feb 2026 10:00:00 GMT"} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
		if h.Get("X-GitHub-Request-Id") == "" || h.Get("Vary") == "" {
			t.Errorf("%s: %v", path, h)
		}
		if got := h.Get("X-GitHub-Enterprise-Version") != ""; got != strings.HasPrefix(path, "/api/v3") {
			t.Errorf("%s: says to be GitHub Enterprise: %v", path, got)
		}
	}
	if anonymous := p.as("").do("GET", widgets, nil).want(200).Header; anonymous.Get("X-RateLimit-Limit") != "60" || anonymous.Get("X-OAuth-Scopes") != "" {
		t.Errorf("anonymous: %v", anonymous)
	}
	reset, err := strconv.ParseInt(p.do("GET", widgets, nil).Header.Get("X-RateLimit-Reset"), 10, 64)
	if err != nil || reset != p.clock.Now().Add(time.Hour).Unix() {
		t.Errorf("reset %d, want an hour of virtual time on", reset)
	}
}

func TestErrorsInGitHubsShape(t *testing.T) {
	p := opened(t, Options{Limits: unlimited()})
	wrong := *p
	wrong.token = "ghp_wrong"
	for _, c := range []struct {
		by           *probe
		method, path string
		body         any
		status       int
		message      string
	}{
		{&wrong, "GET", widgets, nil, 401, "Bad credentials"},
		{&wrong, "POST", "/graphql", object{"query": "{viewer{login}}"}, 401, "Bad credentials"},
		{p.as(""), "POST", "/graphql", object{"query": "{viewer{login}}"}, 401, "This endpoint requires you to be authenticated."},
		{p.as("cat"), "GET", "/repos/acme/vault", nil, 404, "Not Found"},
		{p.as(""), "GET", "/repos/acme/vault/issues", nil, 404, "Not Found"},
		{p, "POST", "/repos/acme/attic/issues", object{"title": "x"}, 403, "Repository was archived so is read-only."},
		{p, "POST", "/repos/acme/attic/issues/1/comments", object{"body": "x"}, 403, "Repository was archived so is read-only."},
		{p, "POST", "/repos/acme/mute/issues", object{"title": "x"}, 410, "Issues has been disabled in this repository."},
		{p, "POST", widgets + "/issues", "{", 400, "Problems parsing JSON"},
		{p, "POST", widgets + "/issues", `{"title":"x"} trailing`, 400, "Problems parsing JSON"},
		{p, "POST", "/graphql", "{", 400, "Problems parsing JSON"},
		{p, "POST", widgets + "/issues", object{"title": object{}}, 422, ""},
		{p, "POST", widgets + "/issues", object{"title": ""}, 422, "Validation Failed"},
		{p, "POST", widgets + "/issues", nil, 422, ""},
		{p, "POST", widgets + "/issues", object{"title": "x", "body": strings.Repeat("ä", 65537)}, 422, "Validation Failed"},
		{p, "POST", widgets + "/issues", object{"title": "x", "body": strings.Repeat("ä", 65536)}, 201, ""},
		{p, "POST", widgets + "/issues/1/comments", object{"body": strings.Repeat("x", 65537)}, 422, "Validation Failed"},
		{p, "PATCH", widgets + "/issues/1", object{"state": "ajar"}, 422, "Validation Failed"},
		{p.as("cat"), "PATCH", widgets + "/issues/1", object{"title": "x"}, 403, ""},
		{p.as(""), "POST", widgets + "/issues", object{"title": "x"}, 401, "Requires authentication"},
		{p, "DELETE", widgets + "/issues/1", nil, 404, "Not Found"},
		{p, "GET", widgets + "/issues/999", nil, 404, "Not Found"},
		{p, "GET", widgets + "/issues/abc", nil, 404, "Not Found"},
		{p, "GET", widgets + "/issues/99999999999999999999", nil, 404, "Not Found"},
	} {
		a := c.by.do(c.method, c.path, c.body)
		if a.Status != c.status {
			t.Errorf("%s %s: %d, want %d: %.200s", c.method, c.path, a.Status, c.status, a.Body)
			continue
		}
		if a.Status < 400 {
			continue
		}
		o := a.object()
		if c.message != "" && o["message"] != c.message {
			t.Errorf("%s %s: %q, want %q", c.method, c.path, o["message"], c.message)
		}
		if o["status"] != strconv.Itoa(c.status) || o["documentation_url"] == nil {
			t.Errorf("%s %s: %s", c.method, c.path, a.Body)
		}
	}
	q := p.request("PATCH", widgets+"/issues/1", object{"title": "x"})
	q.Header.Set("If-Match", `"tag"`)
	p.send(q).want(400)
	q = p.request("GET", widgets, nil)
	q.Header.Set("User-Agent", "")
	p.send(q).want(403)
	q = p.request("GET", widgets, nil)
	q.Header.Set("X-GitHub-Api-Version", "1999-01-01")
	p.send(q).want(400)
	q = p.request("GET", "/user", nil)
	q.Header.Del("Authorization")
	q.SetBasicAuth("whoever", p.token)
	p.send(q).want(200)
}

func TestScopesDecide(t *testing.T) {
	p := opened(t, Options{Limits: unlimited()})
	var vault, widgetsID int64
	err := p.s.world.Update(world.System(), func(tx *world.Tx) error {
		ann := tx.UserByLogin("ann")
		v, _ := tx.Repo("acme", "vault")
		w, _ := tx.Repo("acme", "widgets")
		vault, widgetsID = v.ID, w.ID
		for text, n := range map[string]world.NewToken{"public": {Scopes: []string{"public_repo"}}, "none": {}, "fine": {Repos: []int64{w.ID}}, "old": {Scopes: []string{"repo"}, Expires: tx.Now().Add(time.Hour)}} {
			n.Text, n.User = "ghp_"+text, ann
			if _, err := tx.CreateToken(n); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || vault == 0 || widgetsID == 0 {
		t.Fatal(err)
	}
	with := func(text string) *probe { c := *p; c.token = "ghp_" + text; return &c }
	with("public").do("GET", "/repos/acme/vault", nil).want(404)
	with("public").do("POST", widgets+"/issues", object{"title": "x"}).want(201)
	with("none").do("GET", widgets, nil).want(200)
	if s := with("none").do("POST", widgets+"/issues", object{"title": "x"}).Status; s != 403 && s != 404 {
		t.Errorf("a token without scopes may write: %d", s)
	}
	with("fine").do("GET", "/repos/acme/vault", nil).want(404)
	with("fine").do("POST", widgets+"/issues", object{"title": "x"}).want(201)
	if h := with("fine").do("GET", widgets, nil).Header; h.Get("X-OAuth-Scopes") != "" {
		t.Errorf("a fine-grained token has scopes: %q", h.Get("X-OAuth-Scopes"))
	}
	with("old").do("GET", "/repos/acme/vault", nil).want(200)
	p.clock.Advance(2 * time.Hour)
	with("old").do("GET", "/repos/acme/vault", nil).want(401)
}

func TestRenamedMovedAndDeleted(t *testing.T) {
	p := opened(t, Options{Limits: unlimited()})
	p.do("PATCH", widgets, object{"name": "gadgets"}).want(200)
	a := p.do("GET", widgets+"/issues/1?x=y", nil).want(301)
	to := a.Header.Get("Location")
	if !strings.HasPrefix(to, p.url+"/repositories/") || !strings.HasSuffix(to, "/issues/1?x=y") {
		t.Fatalf("Location %q", to)
	}
	if n := p.do("GET", strings.TrimPrefix(to, p.url), nil).want(200).object()["number"]; n != 1.0 {
		t.Errorf("the redirect leads to issue %v", n)
	}
	p.do("POST", widgets+"/issues", object{"title": "x"}).want(307)
	err := p.s.world.Update(world.System(), func(tx *world.Tx) error {
		tx.As(world.Actor{User: tx.UserByLogin("ann")})
		from, _ := tx.Repo("acme", "gadgets")
		into, _ := tx.Repo("acme", "vault")
		if err := tx.DeleteIssue(tx.Issue(from.ID, 2)); err != nil {
			return err
		}
		_, err := tx.TransferIssue(tx.Issue(from.ID, 3), into, true)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	p.do("GET", "/repos/acme/gadgets/issues/2", nil).want(410)
	moved := p.do("GET", "/repos/acme/gadgets/issues/3/labels", nil).want(301).Header.Get("Location")
	p.do("GET", strings.TrimPrefix(moved, p.url), nil).want(200)
	p.as("cat").do("GET", "/repos/acme/gadgets/issues/3", nil).want(404)
}

func TestLastWriteWinsOnABody(t *testing.T) {
	p := opened(t, Options{Limits: unlimited()})
	var wg sync.WaitGroup
	for n := range 8 {
		wg.Go(func() { p.do("PATCH", widgets+"/issues/1", object{"body": fmt.Sprintf("version %d", n)}) })
	}
	wg.Wait()
	last := p.do("GET", widgets+"/issues/1", nil).object()["body"]
	edits := p.do("POST", "/graphql", object{"query": `{repository(owner:"acme",name:"widgets"){issue(number:1){userContentEdits(first:20){totalCount nodes{diff}}}}}`}).want(200).object()
	nodes := edits["data"].(object)["repository"].(object)["issue"].(object)["userContentEdits"].(object)["nodes"].([]any)
	if len(nodes) < 8 || nodes[0].(object)["diff"] != last {
		t.Errorf("%d edits kept, newest %v, body %v", len(nodes), nodes[0], last)
	}
}

func TestPrimaryLimit(t *testing.T) {
	cfg := limits.Defaults()
	cfg.Core, cfg.GraphQL, cfg.Search = 3, 2, 1
	p := opened(t, Options{Limits: &cfg})
	for range 3 {
		p.do("GET", widgets, nil).want(200)
	}
	a := p.do("GET", widgets, nil).want(403)
	if a.Header.Get("X-RateLimit-Remaining") != "0" || a.Header.Get("Retry-After") != "" || !strings.HasPrefix(a.object()["message"].(string), "API rate limit exceeded for user ID") {
		t.Errorf("%v %s", a.Header, a.Body)
	}
	p.do("GET", "/rate_limit", nil).want(200)
	p.do("GET", "/search/issues?q=wrong", nil).want(200)
	p.do("GET", "/search/issues?q=wrong", nil).want(403)
	for range 2 {
		if o := p.do("POST", "/graphql", object{"query": "{viewer{login}}"}).want(200).object(); o["errors"] != nil {
			t.Fatal(o)
		}
	}
	g := p.do("POST", "/graphql", object{"query": "{viewer{login}}"}).want(200)
	if e := g.object()["errors"].([]any)[0].(object); e["type"] != "RATE_LIMITED" || g.Header.Get("X-RateLimit-Remaining") != "0" || g.Header.Get("X-RateLimit-Resource") != "graphql" {
		t.Errorf("%s", g.Body)
	}
	p.as("bob").do("GET", widgets, nil).want(200)
	p.clock.Advance(time.Hour)
	p.do("GET", widgets, nil).want(200)
}

func TestSecondaryLimits(t *testing.T) {
	p := opened(t, Options{})
	made := 0
	for range 85 {
		a := p.do("POST", widgets+"/issues/1/comments", object{"body": "x"})
		if a.Status == 201 {
			made++
			continue
		}
		a.want(403)
		if a.Header.Get("Retry-After") != "60" || !strings.Contains(a.object()["message"].(string), "secondary rate limit") {
			t.Fatalf("%v %s", a.Header, a.Body)
		}
	}
	if made != 80 {
		t.Errorf("%d comments in a minute, want 80", made)
	}
	q := `mutation{addComment(input:{subjectId:"` + p.do("GET", widgets+"/issues/1", nil).object()["node_id"].(string) + `",body:"y"}){clientMutationId}}`
	g := p.do("POST", "/graphql", object{"query": q}).want(200)
	if e := g.object()["errors"].([]any)[0].(object); e["type"] != "RATE_LIMITED" || g.Header.Get("Retry-After") != "60" {
		t.Errorf("%s", g.Body)
	}
	p.clock.Advance(time.Minute)
	p.do("POST", "/graphql", object{"query": q}).want(200)
	for range 900 {
		p.do("GET", widgets+"/labels?per_page=1", nil)
	}
	p.do("GET", widgets, nil).want(403)
}

func TestAtMostAHundredAtOnce(t *testing.T) {
	p := opened(t, Options{})
	release := make(chan struct{})
	arrived := make(chan struct{}, 200)
	p.s.OnRequest(func(at Boundary, _ requestlog.Record) {
		if at == BeforeEffect {
			arrived <- struct{}{}
			<-release
		}
	})
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() { p.do("GET", "/", nil) })
	}
	for range 100 {
		<-arrived
	}
	p.do("GET", "/", nil).want(403)
	close(release)
	wg.Wait()
}

func TestProxyTargets(t *testing.T) {
	p := opened(t, Options{Limits: unlimited()})
	c, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	through := *p
	for _, target := range []string{"http://api.github.localhost" + widgets, "http://github.localhost/api/v3" + widgets} {
		q, err := http.NewRequestWithContext(t.Context(), "GET", target, nil)
		if err != nil {
			t.Fatal(err)
		}
		q.Header.Set("Authorization", "token "+p.token)
		o := through.via(q).want(200).object()
		base, _, _ := strings.Cut(target, "/repos/")
		if o["url"] != base+widgets || o["html_url"] != "http://github.localhost/acme/widgets" {
			t.Errorf("%s: url %v, html_url %v", target, o["url"], o["html_url"])
		}
	}
	q, _ := http.NewRequestWithContext(t.Context(), "GET", "http://github.localhost/acme/widgets/issues/1", nil)
	if a := through.via(q).want(200); !strings.Contains(string(a.Body), "Issue 1") {
		t.Errorf("%s", a.Body)
	}
	fmt.Fprintf(c, "CONNECT api.github.com:443 HTTP/1.1\r\nHost: api.github.com:443\r\n\r\n")
	var buf [64]byte
	n, _ := c.Read(buf[:])
	if !strings.HasPrefix(string(buf[:n]), "HTTP/1.1 405 ") {
		t.Errorf("CONNECT: %q", buf[:n])
	}
}
