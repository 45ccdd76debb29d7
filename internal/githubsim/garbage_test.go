package githubsim

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dappcore/core-dev/internal/githubsim/openapi"
	"github.com/dappcore/core-dev/internal/githubsim/rest"
	"github.com/dappcore/core-dev/internal/githubsim/worldtest"
)

// No request, however wrong, is a server error; each answer is of the described form, and each leaves a record.
func TestGarbageIsNoServerError(t *testing.T) {
	p := opened(t, Options{Limits: unlimited(), Clock: worldtest.NewManualClock(time.Date(2026, 2, 4, 10, 0, 0, 0, time.UTC))})
	c, err := openapi.New(openapi.Undescribed)
	if err != nil {
		t.Fatal(err)
	}
	c.AnswersOnly = true
	judged := c.Middleware(p.s)
	operations := rest.Operations()
	bodies := []string{"", "{", "null", "[]", "[1]", `"x"`, "{}", `{"title":1}`, `{"labels":{}}`, `{"labels":[null]}`, `{"body":"\u0000"}`, `{"sub_issue_id":-1}`, `{"state":null,"title":null}`,
		`{"title":"x","head":"dev","base":"feature/one"}`, `{"ref":"refs/heads/..","sha":"x"}`, `{"sha":""}`, `{"content":"%","message":"m"}`, `{"content":"eA==","message":"m","sha":"zz"}`,
		`{"name":"","color":"zzzzzz"}`, `{"query":"{viewer{login}}"}`, `{"query":"mutation{addComment(input:{subjectId:\"x\",body:\"y\"}){clientMutationId}}"}`, `{"query":"{","variables":[]}`,
		`{"reviewers":[""],"assignees":["nobody"]}`, `{"name":"c","head_sha":"","conclusion":"bogus"}`, `{"tree":[{"path":"","mode":"100644"}]}`, `{"message":"","tree":"","parents":[""]}`}
	values := []string{"1", "0", "-1", "99", "dev", "feature/one", "heads/dev", "acme", "widgets", "bug", "%00", "..", "%2e%2e", "a%2Fb", "bob", strings.Repeat("9", 40), "dev...feature/one", "README.md", "src"}
	rapid.Check(t, func(t *rapid.T) {
		method, template, _ := strings.Cut(rapid.SampledFrom(append(operations, "POST /graphql")).Draw(t, "operation"), " ")
		path := template
		for strings.Contains(path, "{") {
			from, to := strings.Index(path, "{"), strings.Index(path, "}")
			value := rapid.SampledFrom(values).Draw(t, path[from:to])
			switch path[from : to+1] {
			case "{owner}":
				value = "acme"
			case "{repo}":
				value = rapid.SampledFrom([]string{"widgets", "vault", "attic", "mute", "none"}).Draw(t, "repo")
			}
			path = path[:from] + value + path[to+1:]
		}
		query := url.Values{}
		for _, name := range []string{"page", "per_page", "since", "sort", "direction", "state", "labels", "q", "ref"} {
			if rapid.IntRange(0, 4).Draw(t, "has "+name) == 0 {
				query.Set(name, rapid.SampledFrom([]string{"", "0", "-1", "1e9", "x", "open", "desc", "2026-01-01", "is:", `"`, "repo:acme/widgets is:issue"}).Draw(t, name))
			}
		}
		q := httptest.NewRequest(method, "http://host"+path+"?"+query.Encode(), strings.NewReader(rapid.SampledFrom(bodies).Draw(t, "body")))
		q.Header.Set("User-Agent", "test")
		if rapid.IntRange(0, 3).Draw(t, "signed in") > 0 {
			q.Header.Set("Authorization", "token "+p.token)
		}
		before := p.s.Requests().Last()
		a := httptest.NewRecorder()
		judged.ServeHTTP(a, q)
		if a.Code >= 500 || a.Code < 200 {
			t.Fatalf("%s %s: %d %s", method, q.URL, a.Code, a.Body)
		}
		if recs := p.s.Requests().Since(before); len(recs) != 1 || recs[0].Status != a.Code {
			t.Fatalf("%s %s: records %+v", method, q.URL, recs)
		}
		if faults := c.Faults(); len(faults) > 0 {
			t.Fatal(faults[0])
		}
	})
}
