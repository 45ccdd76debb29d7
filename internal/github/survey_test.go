package github

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/inventory"
)

func TestSurveyReadsStructure(t *testing.T) {
	l := acme(t)
	l.label("ada", 2, "jules")
	l.as("ada", func(tx *world.Tx) { must(tx.RemoveLabel(l.issue(tx, "main", 2), "jules")) })
	l.as("ada", func(tx *world.Tx) { closeIssue(tx, l.issue(tx, "main", 3)) })
	l.label("wendy", 5, "accepted")
	l.label("tom", 6, "accepted")
	l.label("wendy", 7, "accepted")
	l.as("mallory", func(tx *world.Tx) {
		evil := "evil after all"
		must(tx.EditIssue(l.issue(tx, "main", 7), world.IssueEdit{Body: &evil}))
	})
	l.label("ada", 8, "jules")
	l.as("ada", func(tx *world.Tx) { closeIssue(tx, l.issue(tx, "main", 8)) })
	l.as("ada", func(tx *world.Tx) {
		p := l.issue(tx, "main", 9)
		r, _ := tx.Repo("acme", "main")
		for k, conclusion := range []string{"SUCCESS", "SKIPPED", "FAILURE"} {
			must(tx.CreateCheck(r, world.NewCheck{SHA: p.Pull.HeadSHA, Name: string(rune('a' + k)), State: "COMPLETED", Conclusion: conclusion}))
		}
		must(tx.CreateCheck(r, world.NewCheck{SHA: p.Pull.HeadSHA, Name: "d", State: "IN_PROGRESS"}))
		must(tx.CreateStatus(r, p.Pull.HeadSHA, "old ci", "SUCCESS"))
		must(tx.ResolveThread(must(tx.CreateThread(p, world.NewThread{Path: "b.txt", Line: 1, Body: "secret review"})), true))
		must(tx.CreateThread(p, world.NewThread{Path: "b.txt", Line: 1, Body: "secret review"}))
	})

	c := l.client("ada")
	gone := inventory.RepoRef{Owner: "acme", Name: "gone"}
	mark := l.sim.Requests().Last()
	var told []Progress
	s, err := c.Survey(t.Context(), []inventory.RepoRef{mainRepo, gone, otherRepo}, SurveyOptions{Since: l.clock.Now().Add(-8 * time.Hour), Progress: func(p Progress) { told = append(told, p) }})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(l.since(mark)); n != 3 { // facts; details; who accepted
		t.Errorf("%d requests", n)
	}
	if len(told) != 3 || told[2].Repos != 3 || told[2].Requests != 3 {
		t.Errorf("progress %+v", told)
	}
	if s.Viewer != "ada" || s.Host != c.Host() || len(s.Repos) != 3 {
		t.Errorf("%s at %s, %d repositories", s.Viewer, s.Host, len(s.Repos))
	}
	if p := s.Repos[1].Problem; p == nil || p.Kind != "not-found" || !s.Repos[1].Ref.Same(gone) {
		t.Errorf("gone: %+v", p)
	}
	r := &s.Repos[0]
	if r.Problem != nil || r.OpenIssues != 6 || r.OpenPulls != 1 || r.Permission != "ADMIN" || r.DefaultBranch != "dev" || len(r.DefaultHead) != 40 || r.ID == "" || r.Language != "Go" {
		t.Errorf("facts: %+v", *r)
	}
	if len(r.Branches) != 1 || r.Branches[0].Name != "epic/1-all" || r.Branches[0].Head != r.DefaultHead {
		t.Errorf("branches %+v", r.Branches)
	}
	var numbers []int
	for _, i := range r.Issues {
		numbers = append(numbers, i.Ref.Number)
	}
	if want := []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 999}; !slices.Equal(numbers, want) {
		t.Fatalf("issues %v, want %v", numbers, want)
	}
	at := func(n int) inventory.Issue {
		i, _ := r.Issue(n)
		return *i
	}
	for n, body := range map[int]string{2: "body two", 4: "", 5: "- [ ] #2", 6: "", 7: ""} {
		if at(n).Body != body {
			t.Errorf("body of #%d: %q", n, at(n).Body)
		}
	}
	if e := at(2).LabelEvents; len(e) != 2 || !e[0].Added || e[1].Added || e[0].Label != "jules" || e[0].Actor != "ada" || e[0].ID == e[1].ID || !e[0].At.Before(e[1].At) {
		t.Errorf("events of #2: %+v", e)
	}
	if i := at(3); !i.Closed || i.StateReason != "COMPLETED" || i.ClosedAt.IsZero() {
		t.Errorf("#3: %+v", i)
	}
	if e := at(8).LabelEvents; !at(8).Closed || len(e) != 1 || e[0].Label != "jules" {
		t.Errorf("#8, closed today with the agent's label: %+v", at(8))
	}
	if !at(9).IsPull || !at(999).Missing || at(999).IsPull {
		t.Errorf("#9 %+v #999 %+v", at(9), at(999))
	}
	trust := inventory.Trust{}
	for n, want := range map[int]bool{1: true, 4: false, 5: true, 6: false, 7: false} {
		if ok, why := trust.Issue(at(n)); ok != want {
			t.Errorf("#%d takes part: %v (%s)", n, ok, why)
		}
	}
	p := r.Pulls[0]
	if p.Checks != (inventory.Checks{State: "FAILURE", Passed: 3, Failed: 1, Pending: 1}) {
		t.Errorf("checks %+v", p.Checks)
	}
	if len(p.Threads) != 2 || p.Threads[0].Resolved == p.Threads[1].Resolved || p.Base != "epic/1-all" || p.Head != "work" || len(p.HeadSHA) != 40 {
		t.Errorf("pull request %+v", p)
	}
	if len(p.Mentions) != 1 || p.Mentions[0].String() != "acme/main#2" {
		t.Errorf("mentions %v", p.Mentions)
	}
	if len(s.Elsewhere) != 1 || s.Elsewhere[0].Ref.String() != "linus/lib#1" || s.Elsewhere[0].Closed || s.Elsewhere[0].Title != "far away" || s.Elsewhere[0].Body != "" {
		t.Errorf("elsewhere %+v", s.Elsewhere)
	}
	if text := string(must(json.Marshal(s))); strings.Contains(text, "secret") || strings.Contains(text, "evil") {
		t.Error("the snapshot holds a stranger's text, a description or a review")
	}
	l.nothingSecret()
}

func TestMissionFleetTakesThreeRequests(t *testing.T) {
	l := openLab(t, "mission")
	c := l.client(l.sim.Fleet().Owner)
	mark := l.sim.Requests().Last()
	s, err := c.Survey(t.Context(), l.fleet(), SurveyOptions{Since: l.clock.Now().Add(-10 * time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	journal := l.since(mark)
	points := 0
	for _, r := range journal {
		points += r.Points
		if r.Nodes > 500_000 {
			t.Errorf("%s: %d nodes", r.Operation, r.Nodes)
		}
		t.Logf("%s: %d points, %d nodes, %v", r.Operation, r.Points, r.Nodes, r.Wall)
	}
	if len(journal) > 3 {
		t.Errorf("%d requests", len(journal))
	}
	if st := c.Stats(); st.Requests != len(journal) || st.Points != points {
		t.Errorf("counted %+v; the journal has %d requests, %d points", st, len(journal), points)
	}
	for _, r := range s.Repos {
		if r.Problem != nil {
			t.Errorf("%s: %+v", r.Ref, *r.Problem)
		}
	}
	l.agree(s)
	l.clock.Advance(time.Hour)
	mark = l.sim.Requests().Last()
	change, err := c.Probe(t.Context(), &s)
	if err != nil || change.Any() {
		t.Errorf("%+v %v", change, err)
	}
	if n := l.since(mark); len(n) != 1 || n[0].Points > 10 {
		t.Errorf("the probe took %d requests, %d points", len(n), n[0].Points)
	}
	l.nothingSecret()
}

// Pages of every kind overflow, and the snapshot still agrees with the world.
func TestALargeFleetIsReadWhole(t *testing.T) {
	l := openLab(t, "scale:5x230")
	c := l.client(l.sim.Fleet().Owner)
	mark := l.sim.Requests().Last()
	s, err := c.Survey(t.Context(), l.fleet(), SurveyOptions{Since: l.clock.Now().Add(-10 * time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(l.since(mark)); n > 6 {
		t.Errorf("%d requests", n)
	}
	l.agree(s)
	l.clock.Advance(time.Hour)
	if change, err := c.Probe(t.Context(), &s); err != nil || change.Any() {
		t.Errorf("%+v %v", change, err)
	}
}

// The title is part of what was accepted.
func TestRenamingAnIssueTakesItsAcceptanceAway(t *testing.T) {
	l := acme(t)
	l.label("wendy", 5, "accepted")
	s := l.survey(l.client("ada"))
	if i, _ := s.Repos[0].Issue(5); i.Body == "" {
		t.Fatal("not accepted in the first place")
	}
	l.as("mallory", func(tx *world.Tx) {
		title := "evil title"
		must(tx.EditIssue(l.issue(tx, "main", 5), world.IssueEdit{Title: &title}))
	})
	s = l.survey(l.client("ada"))
	i, _ := s.Repos[0].Issue(5)
	if ok, _ := (inventory.Trust{}).Issue(*i); ok || i.Body != "" {
		t.Errorf("still accepted: %+v", i)
	}
}

func TestChecksAreSummedAsGitHubsClientDoes(t *testing.T) {
	for state, want := range map[string]inventory.Checks{
		"SUCCESS": {Passed: 2}, "NEUTRAL": {Passed: 2}, "SKIPPED": {Passed: 2},
		"FAILURE": {Failed: 2}, "ERROR": {Failed: 2}, "CANCELLED": {Failed: 2}, "TIMED_OUT": {Failed: 2}, "ACTION_REQUIRED": {Failed: 2}, "STARTUP_FAILURE": {Failed: 2},
		"QUEUED": {Pending: 2}, "IN_PROGRESS": {Pending: 2}, "PENDING": {Pending: 2}, "EXPECTED": {Pending: 2}, "WAITING": {Pending: 2}, "STALE": {Pending: 2},
	} {
		r := &rollupJSON{}
		r.Contexts.Runs = []countJSON{{state, 1}}
		r.Contexts.Statuses = []countJSON{{state, 1}}
		if got := r.checks(); got != want {
			t.Errorf("%s: %+v", state, got)
		}
	}
	if got := (*rollupJSON)(nil).checks(); got != (inventory.Checks{}) {
		t.Errorf("no checks: %+v", got)
	}
}
