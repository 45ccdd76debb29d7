package openapi_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/dappcore/core-dev/internal/githubsim/openapi"
)

const label = `{"id":1,"node_id":"LA_1","url":"http://x/y","name":"bug","description":null,"color":"ededed","default":false}`

// The judge must find what is wrong, or its silence means nothing.
func TestTheJudgeJudges(t *testing.T) {
	c, err := openapi.New(map[string]string{"GET /repos/{owner}/{repo}/git/refs/{ref}": "undocumented", "* * 307": "renamed"})
	if err != nil {
		t.Fatal(err)
	}
	basic := `{"message":"No","documentation_url":"http://x","status":"418"}`
	for _, x := range []struct {
		method, path, sent string
		status             int
		answer, wrong      string
	}{
		{"GET", "/repos/o/r/labels/bug", "", 200, label, ""},
		{"GET", "/repos/o/r/labels/bug", "", 200, strings.Replace(label, `"id":1,`, "", 1), "id"},
		{"GET", "/repos/o/r/labels/bug", "", 200, strings.Replace(label, `"id":1`, `"id":"1"`, 1), "id"},
		{"GET", "/repos/o/r/labels/bug", "", 200, "{", "decode"},
		{"GET", "/repos/o/r/labels/bug", "", 202, label, "not described"},
		{"POST", "/repos/o/r/labels", `{"name":"bug"}`, 201, label, ""},
		{"POST", "/repos/o/r/labels", `{"color":"ededed"}`, 201, label, "name"},
		{"POST", "/repos/o/r/labels", `{"color":"ededed"}`, 422, `{"message":"Validation Failed","documentation_url":"http://x","errors":[{"code":"missing_field"}]}`, ""},
		{"POST", "/repos/o/r/labels", `{"color":"ededed"}`, 422, `{"message":"Validation Failed","documentation_url":"http://x","errors":[{"field":"name"}]}`, "code"},
		{"GET", "/repos/o/r/labels/bug", "", 418, basic, ""},
		{"GET", "/repos/o/r/labels/bug", "", 418, `{"error":"No"}`, "message"},
		{"GET", "/repos/o/r/labels/bug", "", 307, basic, ""},
		{"GET", "/repos/o/r/wrong", "", 200, "{}", "no such operation"},
		{"GET", "/repos/o/r/wrong", "", 404, basic, ""},
		{"GET", "/repos/o/r/git/refs/heads/a/b", "", 200, "{}", ""},
		{"GET", "/repos/o/r/git/ref/heads/a/b", "", 200, `{"ref":"refs/heads/a/b","node_id":"R","url":"http://x","object":{"type":"commit","sha":"1111111111111111111111111111111111111111","url":"http://x"}}`, ""},
		{"GET", "/repos/o/r/commits/a/b/check-runs", "", 200, `{"total_count":0,"check_runs":[]}`, ""},
		{"GET", "/repos/o/r/commits/a/b/check-runs", "", 200, `{"check_runs":[]}`, "total_count"},
		{"PATCH", "/repos/o/r/issues/1", `{"state":"ajar"}`, 200, "{}", "state"},
	} {
		r, err := http.NewRequestWithContext(t.Context(), x.method, "http://host"+x.path, strings.NewReader(x.sent))
		if err != nil {
			t.Fatal(err)
		}
		err = c.Check(r, x.path, []byte(x.sent), x.status, http.Header{"Content-Type": {"application/json; charset=utf-8"}}, []byte(x.answer))
		switch {
		case x.wrong == "" && err != nil:
			t.Errorf("%s %s %d: %v", x.method, x.path, x.status, err)
		case x.wrong != "" && (err == nil || !strings.Contains(err.Error(), x.wrong)):
			t.Errorf("%s %s %d: %v, want it to complain of %q", x.method, x.path, x.status, err, x.wrong)
		}
	}
	lines, total := c.Counts()
	if total < 15 || len(lines) < 10 {
		t.Errorf("%d exchanges, %v", total, lines)
	}
}

type canned struct{ status int }

func (c canned) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: c.status, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(label)), Request: r}, nil
}

func TestAClientsTransportIsJudged(t *testing.T) {
	c, err := openapi.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: c.RoundTripper(canned{201})}
	for body, want := range map[string]int{`{"name":"bug"}`: 0, `{"color":"ededed"}`: 1} {
		before := len(c.Faults())
		a, err := client.Post("http://host/api/v3/repos/o/r/labels", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(a.Body)
		if err != nil || string(text) != label {
			t.Errorf("the client reads %q, %v", text, err)
		}
		if got := len(c.Faults()) - before; got != want {
			t.Errorf("%s: %d faults, want %d: %v", body, got, want, c.Faults())
		}
	}
	for _, path := range []string{"/graphql", "/api/graphql", "/o/r.git/info/refs", "/_sim/clock"} {
		if _, err := client.Get("http://host" + path); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(c.Faults()); n != 1 {
		t.Errorf("%d faults after requests that are no REST: %v", n, c.Faults())
	}
}
