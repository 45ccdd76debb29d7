package github

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/inventory"
)

var findingMark = inventory.NewMark(inventory.MarkFinding, "acme/main", "10", "one")

// audited is acme with an audit, #10 of main, what was made from it, and what
// only looks like it.
func audited(t *testing.T) *lab {
	l := acme(t)
	l.open("ada", mainRepo, "[Audit] main", "1. a finding")                                           // 10
	l.open("ada", mainRepo, "fix(a): one", "Parent audit: #10\n\n"+findingMark.String())              // 11
	l.open("ada", mainRepo, "fix(b): two", "Parent audit: #10")                                       // 12, closed
	l.open("mallory", mainRepo, "fix(c): evil", "evil\n\nParent audit: #10\n\n"+findingMark.String()) // 13
	l.open("ada", mainRepo, "fix(d): edited", "nothing yet")                                          // 14
	l.open("mallory", mainRepo, "[Audit] evil", "evil")                                               // 15
	l.open("ada", mainRepo, "fix(e): of the evil one", "Parent audit: #15")                           // 16
	l.open("ada", mainRepo, "[Audit] done", "")                                                       // 17, closed
	l.open("ada", mainRepo, "fix(f): of the closed one", "Parent audit: #17")                         // 18
	l.open("ada", otherRepo, "elsewhere", "Parent audit: acme/main#10")                               // other#2
	l.as("ada", func(tx *world.Tx) {
		closeIssue(tx, l.issue(tx, "main", 12))
		closeIssue(tx, l.issue(tx, "main", 17))
		must(tx.AddLabels(l.issue(tx, "main", 11), []string{"security", "audit"}))
		text := "Parent audit: #10"
		must(tx.EditIssue(l.issue(tx, "main", 14), world.IssueEdit{Body: &text}))
		must(tx.AddSubIssue(l.issue(tx, "main", 1), l.issue(tx, "main", 2), false))
		must(tx.AddSubIssue(l.issue(tx, "other", 1), l.issue(tx, "main", 3), false))
	})
	return l
}

func (l *lab) open(login string, repo inventory.RepoRef, title, body string) {
	l.Helper()
	l.as(login, func(tx *world.Tx) {
		r, _ := tx.Repo(repo.Owner, repo.Name)
		must(tx.CreateIssue(r, world.NewIssue{Title: title, Body: body}))
	})
}

func numbersOf(issues []inventory.Issue) []int {
	var out []int
	for _, i := range issues {
		out = append(out, i.Ref.Number)
	}
	return out
}

func TestDetailsAreWhatMakingIssuesNeeds(t *testing.T) {
	l := audited(t)
	c := l.client("ada")
	s := l.survey(c)
	mark := l.sim.Requests().Last()
	paths := []string{"a.txt", "gone.txt", "b.txt", ".github/workflows", "../a.txt", "/a.txt", "a\x00.txt", "a\n.txt", "a\xff", "a//b", ".git/config", "", strings.Repeat("x/", 3000) + "a", "gone.txt", `"}) { x } {`, "$v0_1"}
	err := c.Details(t.Context(), &s, []inventory.RepoRef{mainRepo, otherRepo, mainRepo, {Owner: "acme", Name: "unknown"}},
		DetailsOptions{Paths: map[string][]string{mainRepo.Key(): paths}, Known: map[string][]int{mainRepo.Key(): {12, 13, 17, 999}}})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(l.since(mark)); n != 1 {
		t.Errorf("%d requests", n)
	}
	main, other := s.Repos[0], s.Repos[1]
	d := main.Details
	if d == nil || other.Details == nil || main.Problem != nil {
		t.Fatalf("no details: %+v %+v", main.Problem, other.Problem)
	}
	if got, want := numbersOf(d.Made), []int{11, 12, 14, 17}; !slices.Equal(got, want) { // #17 because it was asked for
		t.Fatalf("made %v, want %v", got, want)
	}
	one := d.Made[0]
	if one.Closed || one.Author != "ada" || one.Association == "" || !one.HasLabel("security") || inventory.ReadMark(one.Body) != findingMark {
		t.Errorf("#11: %+v", one)
	}
	if ref, ok := inventory.ParentAudit(one.Body, mainRepo, s.Host); !ok || ref.Number != 10 {
		t.Errorf("#11 came from %v", ref)
	}
	if !d.Made[1].Closed || d.Made[1].StateReason != "COMPLETED" {
		t.Errorf("#12: %+v", d.Made[1])
	}
	for _, name := range []string{"jules", "accepted", "security", "audit"} {
		if !slices.Contains(d.Labels, name) {
			t.Errorf("label %s is not among %v", name, d.Labels)
		}
	}
	if d.Newest != 18 || other.Details.Newest != 2 {
		t.Errorf("newest %d and %d", d.Newest, other.Details.Newest)
	}
	if want := []string{"gone.txt", "b.txt", "../a.txt", "/a.txt", "a\x00.txt", "a\n.txt", "a\xff", "a//b", ".git/config", "", paths[12], `"}) { x } {`, "$v0_1"}; !slices.Equal(d.Absent, want) {
		t.Errorf("absent %q", d.Absent)
	}
	if !d.SubIssues {
		t.Error("this GitHub knows sub-issues")
	}
	parents := map[int]string{}
	if i, _ := s.Repos[0].Issue(1); i.SubIssues != 1 {
		t.Errorf("#1 has %d sub-issues", i.SubIssues)
	}
	for _, i := range main.Issues {
		if i.Parent.Number > 0 {
			parents[i.Ref.Number] = i.Parent.String()
		}
	}
	if diff := cmp.Diff(map[int]string{2: "acme/main#1", 3: "acme/other#1"}, parents); diff != "" {
		t.Error(diff)
	}
	if text := string(must(json.Marshal(d))); strings.Contains(text, "evil") {
		t.Error("a stranger's text came out")
	}
	last := l.sent[len(l.sent)-1]
	var q sent
	if err := json.Unmarshal([]byte(last), &q); err != nil {
		t.Fatal(err)
	}
	asked := 0
	for name, v := range q.Variables {
		if strings.HasPrefix(name, "v") && strings.HasPrefix(fmt.Sprint(v), main.DefaultHead+":") {
			asked++
		}
	}
	if asked != 6 { // what git cannot have is not asked after
		t.Errorf("%d paths asked after", asked)
	}
	if strings.Contains(q.Query, "gone.txt") || strings.Contains(q.Query, "{ x }") {
		t.Errorf("a path is part of the document: %s", q.Query)
	}
	l.nothingSecret()

	// Afresh: what was true and is not any more is gone.
	l.as("ada", func(tx *world.Tx) { must(tx.RemoveSubIssue(l.issue(tx, "main", 1), l.issue(tx, "main", 2))) })
	if err := c.Details(t.Context(), &s, []inventory.RepoRef{mainRepo}, DetailsOptions{}); err != nil {
		t.Fatal(err)
	}
	if i, _ := s.Repos[0].Issue(2); i.Parent.Number != 0 || s.Repos[0].Details.Absent != nil || s.Repos[1].Details == nil {
		t.Errorf("as before: %+v", i)
	}
}

// What came after the look has a number above Newest, so that whoever made it is
// looked for.
func TestNewestIsNeverAboveWhatTheLookKnew(t *testing.T) {
	for _, after := range []int{1, 5, 25} {
		l := audited(t)
		c := l.client("ada")
		s := l.survey(c)
		for k := range after {
			l.open("ada", mainRepo, fmt.Sprint("made meanwhile ", k), "Parent audit: #10")
		}
		if err := c.Details(t.Context(), &s, []inventory.RepoRef{mainRepo}, DetailsOptions{}); err != nil {
			t.Fatal(err)
		}
		d := s.Repos[0].Details
		if got := d.Newest; got < 18 && after < 10 || got < 8 || got > 18+max(0, after-10) {
			t.Errorf("%d made since: newest %d", after, got)
		}
		if len(d.Made) != 3+after {
			t.Errorf("%d made since: %v", after, numbersOf(d.Made))
		}
	}
}

func TestDetailsAreReadToTheLastPage(t *testing.T) {
	l := audited(t)
	l.as("ada", func(tx *world.Tx) {
		r, _ := tx.Repo("acme", "main")
		for k := range 230 {
			must(tx.CreateLabel(r, world.NewLabel{Name: fmt.Sprintf("label %03d", k), Color: "ffffff"}))
		}
		var many []string
		for k := range 30 {
			many = append(many, fmt.Sprintf("label %03d", k))
		}
		for k := range 260 {
			i := must(tx.CreateIssue(r, world.NewIssue{Title: fmt.Sprint("fix ", k), Body: "Parent audit: #10"}))
			if k%3 == 0 {
				must(tx.AddLabels(i, many))
			}
			if k%4 == 0 {
				must(tx.AddSubIssue(l.issue(tx, "main", 1), i, false))
			}
		}
	})
	c := l.client("ada")
	s := l.survey(c)
	mark := l.sim.Requests().Last()
	var paths []string
	for k := range 900 {
		paths = append(paths, fmt.Sprintf("gone/%d.go", k))
	}
	if err := c.Details(t.Context(), &s, []inventory.RepoRef{mainRepo}, DetailsOptions{Paths: map[string][]string{mainRepo.Key(): append(paths, "a.txt")}}); err != nil {
		t.Fatal(err)
	}
	d := s.Repos[0].Details
	if d == nil {
		t.Fatalf("%+v", s.Repos[0].Problem)
	}
	parents, labelled := 0, 0
	for _, i := range s.Repos[0].Issues {
		if i.Parent.String() == "acme/main#1" {
			parents++
		}
	}
	for _, i := range d.Made {
		if len(i.Labels) == 30 {
			labelled++
		}
	}
	if slices.Sort(d.Labels); len(slices.Compact(d.Labels)) != l.labelsIn("main") || len(d.Labels) < 230 || len(d.Made) != 263 || len(d.Absent) != 900 || parents != 66 || labelled != 87 {
		t.Errorf("%d labels, %d made, %d absent, %d parents, %d with all labels", len(d.Labels), len(d.Made), len(d.Absent), parents, labelled)
	}
	if n := len(l.since(mark)); n > 7 {
		t.Errorf("%d requests", n)
	}
	for _, r := range l.since(mark) {
		if r.Nodes > 500_000 {
			t.Errorf("%d nodes", r.Nodes)
		}
	}
	l.nothingSecret()
}

func (l *lab) labelsIn(repo string) (n int) {
	l.as("", func(tx *world.Tx) {
		r, _ := tx.Repo("acme", repo)
		n = len(tx.Labels(r))
	})
	return n
}

// older makes the lab's GitHub one whose Issue lacks a field: its introspection
// does not list it, and it refuses a query that names it.
func (l *lab) older(field string) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			l.Error(err)
		}
		if strings.Contains(string(raw), field+" {") {
			l.Errorf("asked for %s: %s", field, raw)
		}
		r.Body = io.NopCloser(bytes.NewReader(raw))
		answer := httptest.NewRecorder()
		l.sim.ServeHTTP(answer, r)
		text := strings.ReplaceAll(answer.Body.String(), `{"name":"`+field+`"}`, `{"name":"nothing"}`)
		for k, v := range answer.Header() {
			if k != "Content-Length" {
				w.Header()[k] = v
			}
		}
		w.WriteHeader(answer.Code)
		_, _ = io.WriteString(w, text)
	}))
	l.Cleanup(server.Close)
	l.url = server.URL
}

func TestAGitHubWithoutSubIssuesIsNotAskedForParents(t *testing.T) {
	l := audited(t)
	l.older("parent")
	c := l.client("ada")
	s := l.survey(c)
	if s.SubIssues || !s.Dependencies {
		t.Fatalf("sub-issues %v, dependencies %v", s.SubIssues, s.Dependencies)
	}
	if err := c.Details(t.Context(), &s, []inventory.RepoRef{mainRepo}, DetailsOptions{}); err != nil {
		t.Fatal(err)
	}
	if d := s.Repos[0].Details; d == nil || d.SubIssues || len(d.Made) != 3 {
		t.Errorf("%+v %+v", d, s.Repos[0].Problem)
	}
}

// Details are whole or not there: a fault changes nothing that is read, or it is
// said and nothing can be made on it.
func TestFaultsLeaveDetailsWholeOrAbsent(t *testing.T) {
	l := audited(t)
	paths := map[string][]string{mainRepo.Key(): {"a.txt", "gone.txt"}}
	both := []inventory.RepoRef{mainRepo, otherRepo}
	c := l.client("ada")
	s := l.survey(c)
	if err := c.Details(t.Context(), &s, both, DetailsOptions{Paths: paths}); err != nil {
		t.Fatal(err)
	}
	want := []*inventory.Details{s.Repos[0].Details, s.Repos[1].Details}
	for _, fault := range []string{"500", "502", "503", "cut-before", "cut-after", "timeout", "partial", "secondary", "garbage"} {
		for _, where := range []string{"Details#1", "Details#1+", "Details%40"} {
			c := l.client("ada")
			s := l.survey(c)
			if err := c.Details(t.Context(), &s, both, DetailsOptions{}); err != nil { // older ones are not taken for today's
				t.Fatal(err)
			}
			if err := l.sim.Faults().Replace(fault + "@" + where); err != nil {
				t.Fatal(err)
			}
			err := c.Details(t.Context(), &s, both, DetailsOptions{Paths: paths})
			if err := l.sim.Faults().Replace(""); err != nil {
				t.Fatal(err)
			}
			if err != nil && where == "Details#1" {
				t.Errorf("%s at %s: %v", fault, where, err)
			}
			for k, r := range s.Repos {
				switch {
				case err != nil:
					if r.Details != nil {
						t.Errorf("%s at %s: an error, and %s has details", fault, where, r.Ref)
					}
				case r.Details == nil:
					if r.Problem == nil {
						t.Errorf("%s at %s: %s has neither details nor a problem", fault, where, r.Ref)
					}
				default:
					if diff := cmp.Diff(want[k], r.Details); diff != "" {
						t.Errorf("%s at %s:\n%s", fault, where, diff)
					}
				}
				if where == "Details#1" && r.Details == nil {
					t.Errorf("%s at %s: %s has no details: %+v", fault, where, r.Ref, r.Problem)
				}
			}
			l.clock.Advance(2 * time.Hour)
		}
	}
}

func TestDetailsOfWhatCannotBeRead(t *testing.T) {
	l := audited(t)
	c := l.client("ada")
	s := l.survey(c)
	s.Repos[1].Problem = &inventory.Problem{Kind: "partial", Message: "half of it"}
	l.as("ada", func(tx *world.Tx) { must(tx.CreateRepo(world.NewRepo{Owner: tx.UserByLogin("ada"), Name: "empty"})) })
	unborn := inventory.RepoRef{Owner: "ada", Name: "empty"}
	gone := inventory.RepoRef{Owner: "acme", Name: "gone"}
	s.Repos = append(s.Repos, inventory.Repo{Ref: unborn}, inventory.Repo{Ref: gone})
	err := c.Details(t.Context(), &s, []inventory.RepoRef{mainRepo, otherRepo, unborn, gone}, DetailsOptions{Paths: map[string][]string{unborn.Key(): {"a.txt"}}})
	if err != nil {
		t.Fatal(err)
	}
	if s.Repos[0].Details == nil || s.Repos[1].Details != nil || s.Repos[1].Problem.Message != "half of it" {
		t.Errorf("%+v", s.Repos[1].Problem)
	}
	if d := s.Repos[2].Details; d == nil || !slices.Equal(d.Absent, []string{"a.txt"}) || d.Newest != 0 {
		t.Errorf("unborn: %+v", d)
	}
	if r := s.Repos[3]; r.Details != nil || r.Problem == nil {
		t.Errorf("gone: %+v", r)
	}
}

// A renamed repository is still known by the name it was asked by.
func TestDetailsOfARenamedRepository(t *testing.T) {
	l := audited(t)
	l.as("ada", func(tx *world.Tx) {
		r, _ := tx.Repo("acme", "main")
		must(tx.RenameRepo(r, "renamed"))
	})
	c := l.client("ada")
	s := l.survey(c)
	if err := c.Details(t.Context(), &s, []inventory.RepoRef{mainRepo}, DetailsOptions{}); err != nil {
		t.Fatal(err)
	}
	d := s.Repos[0].Details
	if d == nil || !slices.Equal(numbersOf(d.Made), []int{11, 12, 14}) || !d.Made[0].Ref.Repo.Same(mainRepo) {
		t.Fatalf("%+v", d)
	}
	if i, _ := s.Repos[0].Issue(2); i.Parent.String() != "acme/main#1" {
		t.Errorf("parent %v", i.Parent)
	}
}

// What it costs, by the server's journal.
func TestDetailsOfAFleetTakeFewRequests(t *testing.T) {
	for _, f := range []struct {
		fleet            string
		requests, points int
	}{{"mission", 1, 15}, {"scale:40x60", 2, 60}} {
		l := openLab(t, f.fleet)
		c := l.client(l.sim.Fleet().Owner)
		s, err := c.Survey(t.Context(), l.fleet(), SurveyOptions{})
		if err != nil {
			t.Fatal(err)
		}
		paths := map[string][]string{}
		for _, ref := range l.fleet() {
			for k := range 15 {
				paths[ref.Key()] = append(paths[ref.Key()], fmt.Sprintf("dir/%d.go", k))
			}
		}
		mark := l.sim.Requests().Last()
		if err := c.Details(t.Context(), &s, l.fleet(), DetailsOptions{Paths: paths}); err != nil {
			t.Fatal(err)
		}
		points, nodes := 0, 0
		var wall time.Duration
		for _, r := range l.since(mark) {
			points, nodes, wall = points+r.Points, max(nodes, r.Nodes), wall+r.Wall
		}
		n := len(l.since(mark))
		t.Logf("details of %s: %d requests, %d points, %d nodes at most, %v", f.fleet, n, points, nodes, wall)
		if n > f.requests || points > f.points || nodes > 500_000 {
			t.Errorf("%s: %d requests, %d points, %d nodes", f.fleet, n, points, nodes)
		}
		for _, r := range s.Repos {
			if r.Details == nil {
				t.Errorf("%s: %+v", r.Ref, r.Problem)
			}
		}
	}
}

// A reference that GitHub hides from the token lies in another repository; any
// other gap in the answer may hide an issue of ours.
func TestAHiddenReferenceHidesNothingOfOurs(t *testing.T) {
	for kind, whole := range map[string]bool{"FORBIDDEN": true, "INSUFFICIENT_SCOPES": true, "NOT_FOUND": true, "SOMETHING_NEW": false} {
		url, _ := serve(t, func(n int, w http.ResponseWriter, r *http.Request) {
			reply(w, 200, `{"data":{"r0":{"id":"R","nameWithOwner":"o/r","labels":{"pageInfo":{},"nodes":[]},"newestIssues":{"nodes":[{"number":9,"createdAt":"2020-01-01T00:00:00Z"}]},"newestPulls":{"nodes":[]},
				"x8":{"repository":{"nameWithOwner":"o/r"},"made":{"pageInfo":{},"nodes":[null,{"source":{"number":9,"authorAssociation":"OWNER","state":"OPEN","body":"b","repository":{"nameWithOwner":"O/R"}}}]}}}},
				"errors":[{"type":"`+kind+`","message":"hidden","path":["r0","x8","made","nodes",0]}]}`)
		})
		c, _ := clientOf(t, url)
		s := inventory.Snapshot{TakenAt: time.Now(), Repos: []inventory.Repo{{Ref: home, Issues: []inventory.Issue{
			{Ref: inventory.Ref{Repo: home, Number: 8}, Title: "[Audit] all", Association: "OWNER"}}}}}
		if err := c.Details(t.Context(), &s, []inventory.RepoRef{home}, DetailsOptions{}); err != nil {
			t.Fatal(err)
		}
		r := s.Repos[0]
		if whole != (r.Details != nil) || whole == (r.Problem != nil) || whole && (len(r.Details.Made) != 1 || r.Details.Newest != 9) {
			t.Errorf("%s: %+v %+v", kind, r.Details, r.Problem)
		}
	}
}

// TestWhatListsLackIsReadByNumber: an issue of ours that was just made takes its
// place in the snapshot; one that is closed, a stranger's or gone does not.
func TestWhatListsLackIsReadByNumber(t *testing.T) {
	l := acme(t)
	l.clock.Advance(time.Hour)
	l.open("ada", mainRepo, "fix(a): just made", "text\n\n"+findingMark.String()) // 10
	l.open("ada", mainRepo, "fix(b): closed since", findingMark.String())         // 11
	l.open("mallory", mainRepo, "fix(c): pasted", findingMark.String())           // 12
	l.as("ada", func(tx *world.Tx) { closeIssue(tx, l.issue(tx, "main", 11)) })
	if err := l.sim.Faults().Replace("lag=10m@*"); err != nil {
		t.Fatal(err)
	}
	c := l.client("ada")
	s := l.survey(c)
	before, open := numbersOf(s.Repos[0].Issues), s.Repos[0].OpenIssues
	if slices.Contains(before, 10) {
		t.Fatalf("the list has it: %v", before)
	}
	if err := c.Details(t.Context(), &s, []inventory.RepoRef{mainRepo}, DetailsOptions{Known: map[string][]int{mainRepo.Key(): {1, 10, 11, 12, 99}}}); err != nil {
		t.Fatal(err)
	}
	r := s.Repos[0]
	want := append(slices.Clone(before), 10)
	if slices.Sort(want); !slices.Equal(numbersOf(r.Issues), want) || r.OpenIssues != open+1 || r.Problem != nil {
		t.Errorf("%v, %d open, %+v", numbersOf(r.Issues), r.OpenIssues, r.Problem)
	}
	if i, ok := r.Issue(10); !ok || !i.Own || inventory.ReadMark(i.Body) != findingMark {
		t.Errorf("%+v", i)
	}
	if got := numbersOf(r.Details.Made); !slices.Equal(got, []int{1, 10, 11}) {
		t.Errorf("made %v", got)
	}
}

// TestTheTextOfOurOwnIsKeptForItsMark: though GitHub hides that the token's account
// belongs to the organisation; and of what it wrote besides nothing is.
func TestTheTextOfOurOwnIsKeptForItsMark(t *testing.T) {
	l := acme(t)
	l.open("ada", mainRepo, "[Audit] main", "1. a finding")                               // 10
	l.open("ada", mainRepo, "fix(a): ours", "Parent audit: #10\n\n"+findingMark.String()) // 11
	l.open("ada", mainRepo, "fix(b): by hand", "Parent audit: #10")                       // 12
	l.open("mallory", mainRepo, "fix(c): pasted", "Parent audit: #10\n\n"+findingMark.String())
	l.as("ada", func(tx *world.Tx) { must(tx.Conceal(tx.UserByLogin("acme"), tx.UserByLogin("ada"))) })
	c := l.client("ada")
	s := l.survey(c)
	want := map[int]inventory.Mark{10: {}, 11: findingMark, 12: {}, 13: {}}
	for n, mark := range want {
		i, ok := s.Repos[0].Issue(n)
		if !ok || (i.Body != "") != !mark.IsZero() || inventory.ReadMark(i.Body) != mark || i.Own != (n < 13) || i.Association == "MEMBER" || i.Association == "OWNER" {
			t.Errorf("#%d: %+v", n, i)
		}
	}
}
