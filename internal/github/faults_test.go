package github

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/inventory"
)

func TestFaultsChangeNothingThatIsRead(t *testing.T) {
	l := acme(t)
	l.label("wendy", 5, "accepted")
	l.label("ada", 2, "jules")
	want := l.survey(l.client("ada")) // the first look sets GitHub working out what can be merged
	want = l.survey(l.client("ada"))
	want.TakenAt, want.Since = time.Time{}, time.Time{}
	for k := range want.Repos {
		want.Repos[k].ReadAt = time.Time{}
	}
	for _, fault := range []string{"500", "502", "503", "cut-before", "cut-after", "timeout", "partial", "secondary", "garbage"} {
		for _, where := range []string{"Fleet#1", "FleetDetails#1", "FleetDetails#2", "*%30"} {
			if err := l.sim.Faults().Replace(fault + "@" + where); err != nil {
				t.Fatal(err)
			}
			c := l.client("ada")
			got, err := c.Survey(t.Context(), []inventory.RepoRef{mainRepo, otherRepo}, SurveyOptions{Since: l.clock.Now().Add(-24 * time.Hour)})
			if err := l.sim.Faults().Replace(""); err != nil {
				t.Fatal(err)
			}
			if err != nil {
				if strings.HasPrefix(where, "*") {
					continue // chance may well exhaust what retries bear
				}
				t.Errorf("%s at %s: %v", fault, where, err)
				continue
			}
			got.TakenAt, got.Since = time.Time{}, time.Time{}
			damaged := false
			for k := range got.Repos {
				got.Repos[k].ReadAt = time.Time{}
				damaged = damaged || got.Repos[k].Problem != nil
			}
			if damaged && strings.HasPrefix(where, "*") {
				continue // said, not hidden
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s at %s:\n%s", fault, where, diff)
			}
			if c.Stats().Retries+c.Stats().Splits+c.Stats().Waits == 0 && !strings.HasPrefix(where, "*") {
				t.Errorf("%s at %s: was not met", fault, where)
			}
		}
	}
	l.nothingSecret()
}

func TestAUsedUpLimitIsSaid(t *testing.T) {
	l := acme(t)
	if err := l.sim.Faults().Replace("ratelimit@Fleet"); err != nil {
		t.Fatal(err)
	}
	_, err := l.client("ada").Survey(t.Context(), []inventory.RepoRef{mainRepo}, SurveyOptions{})
	if kindOf(err) != KindRateLimited || !strings.Contains(err.Error(), "UTC") {
		t.Errorf("%v", err)
	}
}

func TestWritesUnderFaultsLandAtMostOnce(t *testing.T) {
	l := acme(t)
	l.unjudged()
	two := inventory.Ref{Repo: mainRepo, Number: 2}
	comments := func() (n int) {
		if err := l.sim.World().View(func(tx *world.Tx) error {
			n = len(tx.Comments(l.issue(tx, "main", 2).ID))
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return n
	}
	for fault, landed := range map[string]int{"500": 0, "502": 0, "503": 0, "502-after": 1, "cut-before": 0, "cut-after": 1, "garbage": 1, "secondary": 0, "ratelimit": 0} {
		before := comments()
		if err := l.sim.Faults().Replace(fault + "@POST /repos/*/*/issues/*/comments"); err != nil {
			t.Fatal(err)
		}
		c := l.client("ada")
		mark := l.sim.Requests().Last()
		err := post(c, t.Context(), two, "x")
		if err := l.sim.Faults().Replace(""); err != nil {
			t.Fatal(err)
		}
		if n := len(l.since(mark)); n != 1 {
			t.Errorf("%s: sent %d times", fault, n)
		}
		if got := comments() - before; got != landed {
			t.Errorf("%s: %d comments landed", fault, got)
		}
		var e *Error
		if !asError(err, &e) || e.InDoubt != (fault != "secondary" && fault != "ratelimit") {
			t.Errorf("%s: %v", fault, err)
		}
		l.clock.Advance(2 * time.Hour)
	}
}

func TestOldDataStandsBesideAProblem(t *testing.T) {
	l := acme(t)
	old := l.survey(l.client("ada"))
	l.as("ada", func(tx *world.Tx) {
		r, _ := tx.Repo("acme", "other")
		private := true
		must(tx.EditRepo(r, world.RepoEdit{Private: &private, MemberAccess: new(world.Permission)}))
	})
	s, err := l.client("mallory").Survey(t.Context(), []inventory.RepoRef{mainRepo, otherRepo}, SurveyOptions{Previous: &old})
	if err != nil {
		t.Fatal(err)
	}
	r := s.Repos[1]
	if r.Problem == nil || r.Problem.Kind != "not-found" || len(r.Issues) != 1 || !r.ReadAt.Equal(old.TakenAt) || s.Repos[0].Problem != nil {
		t.Errorf("%+v", r)
	}
}

// A GitHub whose GraphQL knows dependencies is asked for them in the same breath.
func TestDependenciesByGraphQL(t *testing.T) {
	asked := 0
	url, _ := serve(t, func(n int, w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		var q sent
		if err := json.Unmarshal(raw, &q); err != nil {
			t.Error(err)
		}
		page := func(nodes string) string {
			return `{"totalCount":1,"pageInfo":{"hasNextPage":false},"nodes":[` + nodes + `]}`
		}
		if q.OperationName == "Fleet" {
			issue := func(n int, body string) string {
				return fmt.Sprintf(`{"id":"I%d","number":%d,"title":"t","state":"OPEN","authorAssociation":"OWNER","body":%q,"updatedAt":"2020-01-01T00:00:00Z"}`, n, n, body)
			}
			reply(w, 200, `{"data":{"viewer":{"login":"me"},"features":{"fields":[{"name":"body"},{"name":"blockedBy"}]},"r0":{"id":"R","nameWithOwner":"o/r","hasIssuesEnabled":true,"issues":`+
				page(issue(1, "- [ ] #7")+","+issue(7, ""))+`,"pullRequests":`+page("")+`,"branches":`+page("")+`,"touched":`+page("")+`}}}`)
			return
		}
		asked++
		if !strings.Contains(q.Query, "blockedBy(first: 50)") {
			t.Errorf("not asked for: %s", q.Query)
		}
		reply(w, 200, `{"data":{"r0":{"id":"R","nameWithOwner":"o/r","e7":{"labelEvents":{"nodes":[]},"blockedBy":{"pageInfo":{},"nodes":[{"number":3,"state":"OPEN","repository":{"nameWithOwner":"x/y"}},{"number":4,"state":"CLOSED","repository":{"nameWithOwner":"O/R"}}]}}}}}`)
	})
	c, _ := clientOf(t, url)
	s, err := c.Survey(t.Context(), []inventory.RepoRef{home}, SurveyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	i, ok := s.Find(issue)
	want := []inventory.Dependency{{Ref: inventory.Ref{Repo: inventory.RepoRef{Owner: "x", Name: "y"}, Number: 3}}, {Ref: inventory.Ref{Repo: home, Number: 4}, Closed: true}}
	if diff := cmp.Diff(want, i.BlockedBy); !ok || diff != "" {
		t.Error(diff)
	}
	if err := c.Dependencies(t.Context(), &s, []inventory.Ref{issue}); err != nil || asked != 1 {
		t.Errorf("read twice: %v", err)
	}
}
