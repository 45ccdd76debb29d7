package githubsim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/limits"
	"github.com/dappcore/core-dev/internal/githubsim/requestlog"
	"github.com/dappcore/core-dev/internal/githubsim/worldtest"
)

// cut sends a request whose connection must close without an answer.
func (p *probe) cut(method, path string, body any) {
	p.Helper()
	q := p.request(method, path, body)
	q.GetBody = nil // net/http must not repeat it
	a, err := client.Do(q)
	if err == nil {
		a.Body.Close()
		p.Fatalf("%s %s was answered %d, want a cut", method, path, a.StatusCode)
	}
	if !errors.Is(err, io.EOF) && !strings.Contains(err.Error(), "EOF") {
		p.Fatalf("%s %s: %v, want a cut", method, path, err)
	}
}

func (p *probe) labels(n string) string {
	p.Helper()
	var names []string
	for _, l := range p.do("GET", widgets+"/issues/"+n+"/labels", nil).want(200).list() {
		names = append(names, l["name"].(string))
	}
	return strings.Join(names, " ")
}

func TestFaultsOnREST(t *testing.T) {
	p := opened(t, Options{Limits: unlimited()})
	add := func(name string) (string, string, any) {
		return "POST", widgets + "/issues/1/labels", object{"labels": []string{name}}
	}
	do := func(name string) *answer { m, path, b := add(name); return p.do(m, path, b) }
	set := func(spec string) {
		t.Helper()
		if err := p.s.Faults().Replace(spec); err != nil {
			t.Fatal(err)
		}
	}
	set("502@POST /repos/*/*/issues/*/labels#2")
	do("a").want(200)
	do("b").want(502)
	do("c").want(200)
	set("502-after@POST /repos/*/*/issues/*/labels")
	do("d").want(502)
	set("cut-before@POST /repos/*/*/issues/*/labels")
	p.cut(add("e"))
	set("cut-after@POST /repos/*/*/issues/*/labels")
	p.cut(add("f"))
	set("garbage@POST /repos/*/*/issues/*/labels")
	unjudged := httptest.NewServer(p.s)
	defer unjudged.Close()
	q := *p
	q.url = unjudged.URL
	if a := q.do("POST", widgets+"/issues/1/labels", object{"labels": []string{"g"}}).want(200); json.Valid(a.Body) {
		t.Errorf("%s is valid JSON", a.Body)
	}
	set("")
	if got := p.labels("1"); got != "bug a c d f g" {
		t.Errorf("labels %q: want those of answered and cut-after requests only", got)
	}
	set("secondary@*,ratelimit@GET /user")
	if a := p.do("GET", widgets, nil).want(403); a.Header.Get("Retry-After") != "60" {
		t.Errorf("%v", a.Header)
	}
	set("ratelimit@GET /user")
	if a := p.do("GET", "/user", nil).want(403); a.Header.Get("X-RateLimit-Remaining") != "0" {
		t.Errorf("%v", a.Header)
	}
	set("500@*,503@*")
	p.do("GET", widgets, nil).want(500)
	set("503@*")
	p.do("GET", widgets, nil).want(503)
	set("timeout@*")
	p.do("GET", widgets, nil).want(504)
	set("")
	p.do("GET", widgets, nil).want(200)
}

func TestAWriteThatLandsAfterTheCut(t *testing.T) {
	p := opened(t, Options{Limits: unlimited(), Faults: "late=90s@POST /repos/*/*/issues/*/comments#1,late=1m@addComment#1"})
	p.cut("POST", widgets+"/issues/1/comments", object{"body": "late"})
	id := p.do("GET", widgets+"/issues/1", nil).object()["node_id"].(string)
	p.cut("POST", "/graphql", object{"query": `mutation($i:AddCommentInput!){addComment(input:$i){clientMutationId}}`, "variables": object{"i": object{"subjectId": id, "body": "sooner"}}})
	count := func() int { return len(p.do("GET", widgets+"/issues/1/comments", nil).want(200).list()) }
	if n := count(); n != 0 {
		t.Fatalf("%d comments before their time", n)
	}
	p.clock.Advance(time.Minute)
	if n := count(); n != 1 {
		t.Errorf("%d comments after a minute, want the sooner one", n)
	}
	p.s.Advance(30 * time.Second)
	list := p.do("GET", widgets+"/issues/1/comments", nil).list()
	if len(list) != 2 || list[0]["body"] != "sooner" || list[1]["body"] != "late" || list[1]["created_at"] != "2026-02-04T10:01:30Z" {
		t.Errorf("%v", list)
	}
	var landed []requestlog.Record
	for _, r := range p.s.Requests().Since(0) {
		if r.Lands != 0 {
			landed = append(landed, r)
		}
	}
	if len(landed) != 2 || len(landed[1].Effect) == 0 || landed[1].Login != "ann" {
		t.Errorf("the journal has %+v", landed)
	}
}

func TestFaultsOnGraphQL(t *testing.T) {
	p := opened(t, Options{Limits: unlimited()})
	ask := func(q string) *answer { return p.do("POST", "/graphql", object{"query": q}) }
	two := `query Two{a:repository(owner:"acme",name:"widgets"){id} b:repository(owner:"acme",name:"attic"){id}}`
	_ = p.s.Faults().Replace("partial@Two")
	o := ask(two).want(200).object()
	data := o["data"].(object)
	if data["a"] == nil || data["b"] != nil || o["errors"].([]any)[0].(object)["type"] != "RESOURCE_LIMITS_EXCEEDED" {
		t.Errorf("%v", o)
	}
	_ = p.s.Faults().Replace("timeout@Two")
	ask(two).want(502)
	if recs := p.s.Requests().Since(0); recs[len(recs)-1].Points != 2 {
		t.Errorf("a timeout took %d points, want twice the query's", recs[len(recs)-1].Points)
	}
	_ = p.s.Faults().Replace("ratelimit@Two#1,secondary@Two#2,502@viewer")
	for _, retry := range []string{"", "60"} {
		a := ask(two).want(200)
		if a.object()["errors"].([]any)[0].(object)["type"] != "RATE_LIMITED" || a.Header.Get("Retry-After") != retry {
			t.Errorf("%v %s", a.Header, a.Body)
		}
	}
	ask("{viewer{login}}").want(502)
	_ = p.s.Faults().Replace("cut-before@*")
	p.cut("POST", "/graphql", object{"query": two})
}

func TestStaleSearch(t *testing.T) {
	p := opened(t, Options{Limits: unlimited()})
	p.clock.Advance(time.Hour)
	p.do("POST", widgets+"/issues", object{"title": "Newest"}).want(201)
	count := func() any {
		return p.do("GET", "/search/issues?q=repo:acme/widgets+is:issue", nil).want(200).object()["total_count"]
	}
	if n := count(); n != 6.0 {
		t.Errorf("%v found", n)
	}
	_ = p.s.Faults().Replace("stale-search@GET /search/issues")
	if n := count(); n != 5.0 {
		t.Errorf("%v found in a stale index", n)
	}
	p.clock.Advance(time.Minute)
	if n := count(); n != 6.0 {
		t.Errorf("%v found once the index has caught up", n)
	}
}

// TestListsLagBehind: what was just made is in no list and no timeline, and there
// by its number.
func TestListsLagBehind(t *testing.T) {
	p := opened(t, Options{Limits: unlimited()})
	p.clock.Advance(time.Hour)
	made := p.do("POST", widgets+"/issues", object{"title": "Newest", "body": "See #1"}).want(201).object()
	query := `query L{repository(owner:"acme",name:"widgets"){issues(first:100){totalCount nodes{title}} issue(number:1){timelineItems(first:100,itemTypes:[CROSS_REFERENCED_EVENT]){totalCount}}}}`
	shown := func() string {
		text := string(p.do("POST", "/graphql", object{"query": query}).want(200).Body)
		listed := strings.Contains(string(p.do("GET", widgets+"/issues?state=all&per_page=100", nil).want(200).Body), `"Newest"`)
		found := strings.Contains(string(p.do("GET", "/search/issues?q=repo:acme/widgets+is:issue", nil).want(200).Body), `"Newest"`)
		one := p.do("GET", fmt.Sprint(widgets, "/issues/", made["number"]), nil).want(200).object()["title"]
		return fmt.Sprintln(strings.Contains(text, `"Newest"`), strings.Contains(text, `"timelineItems":{"totalCount":1}`), listed, found, one)
	}
	for _, c := range []struct {
		faults, want string
		wait         time.Duration
	}{
		{"", "true true true true Newest", 0},
		{"lag=30s@*", "false false false false Newest", 0},
		{"lag=30s@L", "false false true true Newest", 0},
		{"lag=30s@*", "true true true true Newest", time.Minute},
	} {
		p.clock.Advance(c.wait)
		_ = p.s.Faults().Replace(c.faults)
		if got := strings.TrimSpace(shown()); got != c.want {
			t.Errorf("%q: %s, want %s", c.faults, got, c.want)
		}
	}
}

func TestTheJournal(t *testing.T) {
	p := opened(t, Options{})
	from := p.s.Requests().Last()
	made := p.do("POST", widgets+"/issues", object{"title": "x"}).want(201).object()
	p.do("GET", "/api/v3"+widgets+"/git/refs/heads/dev", nil).want(200)
	p.do("POST", "/api/graphql", object{"query": "query Who{viewer{login} rateLimit{cost}}"}).want(200)
	p.as("").do("GET", "/repos/acme/vault", nil).want(404)
	recs := p.s.Requests().Since(from)
	if len(recs) != 4 {
		t.Fatalf("%d records", len(recs))
	}
	write, ref, who, hidden := recs[0], recs[1], recs[2], recs[3]
	if write.Route != "/repos/{owner}/{repo}/issues" || write.Login != "ann" || !write.Content || write.Secondary != 5 || write.Points != 1 {
		t.Errorf("%+v", write)
	}
	found := false
	for _, e := range write.Effect {
		found = found || (e.Kind == "issue" && float64(e.ID) == made["id"])
	}
	if !found {
		t.Errorf("effect %v, want the issue %v", write.Effect, made["id"])
	}
	if ref.Path != widgets+"/git/refs/heads/dev" || ref.Route != "/repos/{owner}/{repo}/git/refs/{ref}" || len(ref.Effect) != 0 {
		t.Errorf("%+v", ref)
	}
	if who.Operation != "Who" || strings.Join(who.Fields, " ") != "viewer rateLimit" || who.Points != 1 || who.Resource != limits.GraphQL || who.Kind != "query" {
		t.Errorf("%+v", who)
	}
	if hidden.Login != "" || hidden.Status != 404 {
		t.Errorf("%+v", hidden)
	}
	text, err := json.Marshal(p.s.Requests().Since(0))
	if err != nil || bytes.Contains(text, []byte(p.token)) {
		t.Error("a token is in the journal")
	}
}

func TestControl(t *testing.T) {
	p := opened(t, Options{Limits: unlimited()})
	p.do("POST", "/_sim/faults", object{"spec": "502@GET /user#1"}).want(200)
	p.do("GET", "/user", nil).want(502)
	if m := p.do("POST", "/_sim/faults", object{"spec": "bogus"}).want(400).object()["message"].(string); !strings.Contains(m, "KIND@MATCH") {
		t.Errorf("%q", m)
	}
	if now := p.do("POST", "/_sim/clock", object{"advance": "90s"}).want(200).object()["now"]; now != "2026-02-04T10:01:30Z" {
		t.Errorf("now %v", now)
	}
	p.do("POST", "/_sim/clock", object{"advance": "-1s"}).want(400)
	o := p.do("GET", "/_sim/requests?since=0", nil).want(200).object()
	if len(o["requests"].([]any)) != 1 || o["last"] != 1.0 {
		t.Errorf("%v", o)
	}
	p.do("GET", "/_sim/requests?since=x", nil).want(400)
	p.do("GET", "/_sim/nothing", nil).want(404)
	with := *p
	with.token = p.do("GET", "/_sim/token?login=bob", nil).want(200).object()["token"].(string)
	if who := with.do("GET", "/user", nil).want(200).object()["login"]; who != "bob" {
		t.Errorf("the token is of %v", who)
	}
	p.do("GET", "/_sim/token?login=nobody", nil).want(404)
}

func TestStateSurvivesARestart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "github")
	clock := worldtest.NewManualClock(time.Date(2026, 2, 4, 10, 0, 0, 0, time.UTC))
	opts := Options{Dir: dir, Clock: clock, Fleet: "empty", Seed: 3}
	var number any
	var tag string
	t.Run("first", func(t *testing.T) {
		p := opened(t, opts)
		if _, err := Open(t.Context(), opts); err == nil || !strings.Contains(err.Error(), "in use") {
			t.Errorf("a second server on the folder: %v", err)
		}
		number = p.do("POST", widgets+"/issues", object{"title": "Kept", "body": "text"}).want(201).object()["number"]
		tag = p.do("GET", widgets, nil).Header.Get("X-RateLimit-Used")
	})
	other := opts
	other.Seed = 4
	if _, err := Open(t.Context(), other); err == nil || !strings.Contains(err.Error(), "choose another folder") {
		t.Errorf("another seed on the folder: %v", err)
	}
	opts.Fleet = ""
	s, err := Open(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	url, err := s.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &probe{T: t, s: s, clock: clock, url: url, token: s.Token("ann")}
	list := p.do("GET", widgets+"/issues", nil).want(200)
	if got := list.list()[0]; got["number"] != number || got["title"] != "Kept" {
		t.Errorf("%v", got)
	}
	if list.Header.Get("X-RateLimit-Used") <= tag {
		t.Errorf("used %s after the restart, %s before it", list.Header.Get("X-RateLimit-Used"), tag)
	}
	recs := s.Requests().Since(0)
	if len(recs) != 3 || recs[0].Method != http.MethodPost {
		t.Errorf("the journal has %d records", len(recs))
	}
}
