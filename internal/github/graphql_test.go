package github

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/inventory"
)

type sent struct {
	Query         string         `json:"query"`
	OperationName string         `json:"operationName"`
	Variables     map[string]any `json:"variables"`
}

// fleetOf answers Fitness queries for any repository, one by one by what f says:
// data, or an error type.
func fleetOf(t *testing.T, f func(repo string, n int, of int) (errType string)) (url string, count func() int) {
	return serve(t, func(n int, w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		var s sent
		if err := json.Unmarshal(raw, &s); err != nil || s.OperationName != "Fitness" {
			t.Errorf("request %d: %v %q", n, err, s.OperationName)
		}
		data := map[string]any{"rateLimit": map[string]int{"cost": 1}}
		var problems []map[string]any
		of := strings.Count(s.Query, "repository(owner")
		for k := range of {
			name := fmt.Sprint(s.Variables[fmt.Sprintf("n%d", k)])
			alias := fmt.Sprintf("r%d", k)
			switch e := f(name, n, of); e {
			case "":
				data[alias] = map[string]any{"id": name, "nameWithOwner": "o/" + name, "hasIssuesEnabled": true, "viewerPermission": "WRITE", "label": map[string]string{"name": "x"}}
			case "HTTP 502":
				reply(w, 502, "<html>")
				return
			case "RATE_LIMITED":
				w.Header().Set("Retry-After", "30")
				reply(w, 200, map[string]any{"errors": []any{map[string]any{"type": e, "message": "API rate limit exceeded"}}})
				return
			case "MAX_NODE_LIMIT_EXCEEDED", "INSUFFICIENT_SCOPES":
				reply(w, 200, map[string]any{"errors": []any{map[string]any{"type": e, "message": "no"}}})
				return
			default:
				data[alias] = nil
				problems = append(problems, map[string]any{"type": e, "message": "no " + name, "path": []any{alias}})
			}
		}
		reply(w, 200, map[string]any{"data": data, "errors": problems})
	})
}

func refs(n int) []inventory.RepoRef {
	var out []inventory.RepoRef
	for k := range n {
		out = append(out, inventory.RepoRef{Owner: "o", Name: fmt.Sprintf("r%d", k)})
	}
	return out
}

func TestOneRepositoryHidesNoOther(t *testing.T) {
	for errType, want := range map[string]string{"NOT_FOUND": "not-found", "FORBIDDEN": "forbidden", "RESOURCE_LIMITS_EXCEEDED": "unavailable", "HTTP 502": "unavailable", "SOMETHING_NEW": "unavailable"} {
		url, _ := fleetOf(t, func(repo string, n, of int) string {
			if repo == "r5" {
				return errType
			}
			return ""
		})
		c, _ := clientOf(t, url)
		got, err := c.Fitness(t.Context(), refs(16), "agent")
		if err != nil {
			t.Errorf("%s: %v", errType, err)
			continue
		}
		for k, f := range got {
			switch {
			case k == 5 && (f.Problem == nil || f.Problem.Kind != want):
				t.Errorf("%s: r5 has problem %v", errType, f.Problem)
			case k != 5 && (f.Problem != nil || f.Permission != "WRITE"):
				t.Errorf("%s: r%d: %+v", errType, k, f)
			}
		}
	}
}

func TestAQueryTooLargeIsSplit(t *testing.T) {
	for _, errType := range []string{"HTTP 502", "MAX_NODE_LIMIT_EXCEEDED"} {
		url, count := fleetOf(t, func(repo string, n, of int) string {
			if of > 4 {
				return errType
			}
			return ""
		})
		c, _ := clientOf(t, url)
		for pass := range 2 {
			before := count()
			got, err := c.Fitness(t.Context(), refs(16), "agent")
			if err != nil || slices.ContainsFunc(got, func(f Fitness) bool { return f.Problem != nil }) {
				t.Fatalf("%s: %v %+v", errType, err, got)
			}
			if n := count() - before; pass == 0 && n != 7 || pass == 1 && n != 4 { // 16; 8, 8; 4 times 4. Then 4 times 4 at once.
				t.Errorf("%s: pass %d took %d requests", errType, pass, n)
			}
		}
	}
}

func TestGraphQLLimitsAreWaitedFor(t *testing.T) {
	url, count := fleetOf(t, func(repo string, n, of int) string {
		if n == 1 {
			return "RATE_LIMITED"
		}
		return ""
	})
	c, clock := clientOf(t, url)
	if _, err := c.Fitness(t.Context(), refs(2), "agent"); err != nil {
		t.Fatal(err)
	}
	if count() != 2 || clock.total() != 30*time.Second || c.Stats().Waits != 1 {
		t.Errorf("%d requests, waited %v, %+v", count(), clock.total(), c.Stats())
	}
	url, count = fleetOf(t, func(string, int, int) string { return "RATE_LIMITED" })
	c, _ = clientOf(t, url, func(o *Options) { o.MaxWait = 10 * time.Second })
	_, err := c.Fitness(t.Context(), refs(2), "agent")
	var e *Error
	if !errors.As(err, &e) || e.Kind != KindRateLimited || e.RetryAfter <= 0 || count() != 1 {
		t.Errorf("%v after %d requests", err, count())
	}
}

func TestWhatFailsTheWholeFleet(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		want   Kind
	}{
		"expired":        {401, `{"message":"Bad credentials"}`, KindBadToken},
		"scope":          {200, `{"errors":[{"type":"INSUFFICIENT_SCOPES","message":"needs repo"}]}`, KindScope},
		"down":           {503, "no", KindServer},
		"not GitHub":     {200, "<html>", KindServer},
		"nothing there":  {404, `{"message":"Not Found"}`, KindServer},
		"no such path":   {405, "", KindServer},
		"too old":        {200, `{"errors":[{"message":"Field 'x' doesn't exist on type 'Issue'","extensions":{"code":"undefinedField"}}]}`, KindInvalid},
		"an empty array": {200, "[]", KindServer},
	} {
		url, count := serve(t, func(n int, w http.ResponseWriter, r *http.Request) { reply(w, c.status, c.body) })
		client, _ := clientOf(t, url)
		_, err := client.Survey(t.Context(), refs(16), SurveyOptions{})
		var e *Error
		if !errors.As(err, &e) || e.Kind != c.want || e.Hint == "" || e.Doing == "" {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), "verysecret") {
			t.Errorf("%s shows the token: %v", name, err)
		}
		if count() > 40 {
			t.Errorf("%s: %d requests", name, count())
		}
	}
}

func TestChunksHoldWhatGitHubAccepts(t *testing.T) {
	var asks []*ask
	for k := range 100 {
		for range k%40 + 1 {
			asks = append(asks, &ask{repo: inventory.RepoRef{Owner: "o", Name: fmt.Sprint(k)}, nodes: k * 173, key: []string{"", "i1"}[k%2]})
		}
	}
	seen := map[*ask]int{}
	for _, chunk := range chunks(asks, 24) {
		nodes := 0
		whole := map[string]bool{}
		for _, a := range chunk {
			seen[a]++
			nodes += a.nodes
			if a.key == "" {
				whole[a.repo.Key()] = true
			}
		}
		if len(chunk) > maxAsks || nodes > maxNodes || len(whole) > 24 {
			t.Errorf("%d asks, %d nodes, %d repositories", len(chunk), nodes, len(whole))
		}
	}
	for _, a := range asks {
		if seen[a] != 1 {
			t.Fatalf("an ask is in %d requests", seen[a])
		}
	}
}

func TestASurveyStopsWhenTold(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	release := make(chan struct{})
	url, count := serve(t, func(n int, w http.ResponseWriter, r *http.Request) {
		cancel()
		<-release
	})
	defer close(release)
	c, _ := clientOf(t, url)
	_, err := c.Survey(ctx, refs(16), SurveyOptions{})
	if !errors.Is(err, context.Canceled) || count() != 1 {
		t.Errorf("%v after %d requests", err, count())
	}
}
