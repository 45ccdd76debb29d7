package audit

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/inventory/checklist"
	"github.com/dappcore/core-dev/inventory/finding"
)

var home = inventory.RepoRef{Owner: "acme", Name: "app"}

func ref(n int) inventory.Ref { return inventory.Ref{Repo: home, Number: n} }

// auditOf is an open audit issue of a member of the organisation.
func auditOf(n int) inventory.Issue {
	return inventory.Issue{Ref: ref(n), Title: "[Audit] the code", Author: "owner", Association: "OWNER"}
}

// world is a repository with these issues, and a reader that finds these
// findings in the audits.
func world(findings map[int][]finding.Finding, issues ...inventory.Issue) (flows.World, Process) {
	s := &inventory.Snapshot{Host: "github.com", Repos: []inventory.Repo{{
		Ref: home, DefaultBranch: "dev", DefaultHead: "abc", Permission: "ADMIN", Language: "Go", OpenIssues: len(issues), Issues: issues,
		Details: &inventory.Details{Newest: 1000},
	}}}
	f := inventory.Assess(s, inventory.Rules{}, nil)
	return flows.World{Snapshot: s, Fleet: &f}, Process{Repo: home, Read: func(i inventory.Issue) []finding.Finding { return findings[i.Ref.Number] }}
}

func one(title, path string) finding.Finding {
	f := finding.Finding{Title: title, Severity: finding.High, Type: "security", Scope: "single-file", Complexity: "small", Category: "input-validation", Evidence: title, Text: title, Locations: []finding.Location{}}
	if path != "" {
		f.Locations = append(f.Locations, finding.Location{Path: path, Line: 7})
	}
	return f
}

func issues(p flows.Plan) []flows.MakeIssue {
	var out []flows.MakeIssue
	for _, s := range p.Steps {
		if m, ok := s.Effect.(flows.MakeIssue); ok {
			out = append(out, m)
		}
	}
	return out
}

// made is what a step would have made.
func made(n int, m flows.MakeIssue) inventory.Issue {
	return inventory.Issue{Ref: ref(n), Title: m.Title, Body: m.Body, Labels: m.Labels, Author: "owner", Association: "OWNER"}
}

func TestAFindingBecomesAnIssue(t *testing.T) {
	f := one("check the token", "internal/auth/token.go")
	f.Text = "The token is not checked. Closes #3, says @somebody.\n\n```go\nif token == \"\" { // @here #1\n```\n- [ ] #9 do it"
	f.Fix = "Check it."
	w, p := world(map[int][]finding.Finding{5: {f}}, auditOf(5))
	w.Snapshot.Repos[0].Details.Absent = []string{"internal/auth/token.go"}
	got := issues(p.Plan(w))
	if len(got) != 1 {
		t.Fatalf("%+v", got)
	}
	m := got[0]
	want := "Parent audit: #5\n\n## Finding\n\nThe token is not checked. Closes #&#8203;3, says @&#8203;somebody.\n\n```go\nif token == \"\" { // @here #1\n```\n- \\[ \\] #&#8203;9 do it\n\n" +
		"## Location\n\n- `internal/auth/token.go:7` (gone from the default branch: is this still so?)\n\n## Fix\n\nCheck it.\n\n" +
		"## Acceptance Criteria\n\n- The finding no longer holds\n- A test shows that it cannot be misused any more\n- All checks pass\n\n" + m.Mark.String()
	if m.Body != want {
		t.Errorf("%s\n--- want\n%s", m.Body, want)
	}
	if m.Title != "security(auth): check the token" {
		t.Error(m.Title)
	}
	if !slices.Equal(m.Labels, []string{"high", "security", "quality", "single-file", "complexity:small", "audit", "lang:go", "stale?"}) {
		t.Error(m.Labels)
	}
	if len(checklist.Parse([]byte(m.Body)).Children) != 0 {
		t.Error("the issue would be an epic")
	}
}

// TestRounds: issues, then the framework issue, then its blocks and the audits'
// ends; then nothing.
func TestRounds(t *testing.T) {
	findings := map[int][]finding.Finding{
		5: {one("validate the input of login", "auth/login.go"), one("validate the input of search", "search/query.go")},
		6: {one("validate the input of upload", "files/upload.go")},
	}
	list := []inventory.Issue{auditOf(5), auditOf(6)}
	w, p := world(findings, list...)
	first := issues(p.Plan(w))
	if len(first) != 3 {
		t.Fatalf("%d issues", len(first))
	}
	for k, m := range first {
		list = append(list, made(20+k, m))
	}
	w, p = world(findings, list...)
	second := issues(p.Plan(w))
	if len(second) != 1 || second[0].Mark.Kind != inventory.MarkFramework {
		t.Fatalf("%+v", second)
	}
	if !strings.Contains(second[0].Body, "- #20\n- #21\n- #22") || second[0].Title != "security(framework): one way to check input" {
		t.Errorf("%s\n%s", second[0].Title, second[0].Body)
	}
	list = append(list, made(23, second[0]))
	w, p = world(findings, list...)
	var third []string
	for _, s := range p.Plan(w).Steps {
		third = append(third, s.Effect.Kind()+" "+s.Effect.Target()+" "+s.Effect.Detail())
	}
	want := []string{
		"blocked-by acme/app#20 #23", "blocked-by acme/app#21 #23", "blocked-by acme/app#22 #23",
		"comment acme/app#5 Turned into 2 issues: #20, #21", "close acme/app#5 completed",
		"comment acme/app#6 Turned into 1 issue: #22", "close acme/app#6 completed",
	}
	if !slices.Equal(third, want) {
		t.Errorf("%q\nwant %q", third, want)
	}
	for k := range list {
		if list[k].Ref.Number < 20 {
			list[k].Closed = true
		}
	}
	w, p = world(findings, list...)
	if s := p.Plan(w).Steps; len(s) != 0 {
		t.Errorf("%+v", s)
	}
}

func TestAnAuditWithoutFindingsIsClosedAsNotPlanned(t *testing.T) {
	w, p := world(nil, auditOf(5))
	steps := p.Plan(w).Steps
	if len(steps) != 2 || steps[1].Effect.(flows.CloseIssue).Reason != "not_planned" {
		t.Fatalf("%+v", steps)
	}
}

func TestWhatWasMadeAndClosedIsNotMadeAgain(t *testing.T) {
	findings := map[int][]finding.Finding{5: {one("a hole", "a.go"), one("another", "b.go")}}
	w, p := world(findings, auditOf(5))
	m := issues(p.Plan(w))
	closed := made(20, m[0])
	closed.Closed = true
	w.Snapshot.Repos[0].Details.Made = []inventory.Issue{closed}
	if got := issues(p.Plan(w)); len(got) != 1 || got[0].Mark != m[1].Mark {
		t.Errorf("%+v", got)
	}
}

func closedAs(i inventory.Issue, reason string) inventory.Issue {
	i.Closed, i.StateReason, i.ClosedAt = true, reason, noon
	return i
}

var noon = time.Date(2026, 2, 4, 12, 0, 0, 0, time.UTC)

// backAtNoon is a journal that has these issues as taken back at noon.
func backAtNoon(numbers ...int) flows.TakenBack {
	return func(i inventory.Ref) time.Time {
		if slices.Contains(numbers, i.Number) {
			return noon
		}
		return time.Time{}
	}
}

func kinds(p flows.Plan) (out []string) {
	for _, s := range p.Steps {
		out = append(out, s.Effect.Kind()+" "+s.Effect.Target())
	}
	return out
}

// TestWhatWeTookBackIsOpenedAgain: findings and framework issue; what they lead to
// is imagined, and it ends.
func TestWhatWeTookBackIsOpenedAgain(t *testing.T) {
	findings := map[int][]finding.Finding{5: {one("validate the input of login", "auth/login.go"), one("validate the input of search", "search/query.go"), one("validate the input of upload", "files/upload.go")}}
	w, p := world(findings, auditOf(5))
	var back []inventory.Issue
	for k, m := range issues(p.Plan(w)) {
		back = append(back, made(20+k, m))
	}
	w, p = world(findings, append([]inventory.Issue{auditOf(5)}, back...)...)
	back = append(back, made(23, issues(p.Plan(w))[0]))
	for k := range back {
		back[k] = closedAs(back[k], "NOT_PLANNED")
	}
	w, p = world(findings, auditOf(5))
	w.Snapshot.Repos[0].Details.Made = back
	w.TakenBack = backAtNoon(20, 21, 22, 23)
	var rounds [][]string
	for len(rounds) < 6 {
		plan := p.Plan(w)
		if len(plan.Steps) == 0 {
			break
		}
		if len(rounds) == 0 && !strings.Contains(plan.Steps[0].Reason, "a finding of #5: its issue was made here and taken back") {
			t.Error(plan.Steps[0].Reason)
		}
		if len(plan.Skipped) > 0 {
			t.Errorf("%+v", plan.Skipped)
		}
		rounds = append(rounds, kinds(plan))
		w = flows.Imagine(w, plan)
	}
	want := "[[reopen acme/app#20 reopen acme/app#21 reopen acme/app#22] [reopen acme/app#23] " +
		"[blocked-by acme/app#20 blocked-by acme/app#21 blocked-by acme/app#22 comment acme/app#5 close acme/app#5]]"
	if got := fmt.Sprint(rounds); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

// TestWhatAPersonClosedIsSettled: by another reason, or later than we did, or
// where no journal knows of it; one of the same mark that is open counts first.
func TestWhatAPersonClosedIsSettled(t *testing.T) {
	findings := map[int][]finding.Finding{5: {one("a hole", "a.go")}}
	w, p := world(findings, auditOf(5))
	m := made(20, issues(p.Plan(w))[0])
	later := closedAs(m, "NOT_PLANNED")
	later.ClosedAt = noon.Add(2 * time.Hour)
	second := m
	second.Ref = ref(21)
	for name, c := range map[string]struct {
		made    []inventory.Issue
		back    flows.TakenBack
		want    string
		skipped int
	}{
		"taken back":        {[]inventory.Issue{closedAs(m, "NOT_PLANNED")}, backAtNoon(20), "[reopen acme/app#20]", 0},
		"merged":            {[]inventory.Issue{closedAs(m, "COMPLETED")}, backAtNoon(20), "[comment acme/app#5 close acme/app#5]", 0},
		"closed once more":  {[]inventory.Issue{later}, backAtNoon(20), "[comment acme/app#5 close acme/app#5]", 1},
		"no journal":        {[]inventory.Issue{closedAs(m, "NOT_PLANNED")}, nil, "[comment acme/app#5 close acme/app#5]", 1},
		"a second one":      {[]inventory.Issue{closedAs(m, "NOT_PLANNED"), second}, backAtNoon(20), "[comment acme/app#5 close acme/app#5]", 0},
		"both taken back":   {[]inventory.Issue{closedAs(m, "NOT_PLANNED"), closedAs(second, "NOT_PLANNED")}, backAtNoon(20, 21), "[reopen acme/app#20]", 0},
		"a person's second": {[]inventory.Issue{closedAs(m, "NOT_PLANNED"), closedAs(second, "COMPLETED")}, backAtNoon(20), "[comment acme/app#5 close acme/app#5]", 0},
	} {
		w, p := world(findings, auditOf(5))
		w.Snapshot.Repos[0].Details.Made, w.TakenBack = c.made, c.back
		plan := p.Plan(w)
		if got := fmt.Sprint(kinds(plan)); got != c.want || len(plan.Skipped) != c.skipped {
			t.Errorf("%s: %s, skipped %+v", name, got, plan.Skipped)
		}
		if c.skipped > 0 && !strings.HasPrefix(plan.Skipped[0].Reason, "#20 was closed as not planned: its finding is taken as settled") {
			t.Errorf("%s: %+v", name, plan.Skipped)
		}
	}
}

// TestAStrangersMarkCountsForNothing: a fingerprint that somebody pasted.
func TestAStrangersMarkCountsForNothing(t *testing.T) {
	findings := map[int][]finding.Finding{5: {one("a hole", "a.go")}}
	w, p := world(findings, auditOf(5))
	m := issues(p.Plan(w))[0]
	pasted := made(20, m)
	pasted.Author, pasted.Association = "stranger", "NONE"
	w, p = world(findings, auditOf(5), pasted)
	if got := issues(p.Plan(w)); len(got) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestTitlesAreNeverAudits(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune("[Audit] audit:#@\n\u202eä<"))).Draw(rt, "text")
		f := one(text, rapid.SampledFrom([]string{"", "a/b.go", "x.go", "../..", "a b/c d.go", "audit:/x"}).Draw(rt, "path"))
		w, p := world(map[int][]finding.Finding{5: {f}}, auditOf(5))
		for _, m := range issues(p.Plan(w)) {
			if inventory.IsAuditTitle(m.Title) || inventory.IsFeature(m.Title) || len([]rune(m.Title)) > 256 || strings.ContainsRune(m.Title, '\n') {
				rt.Errorf("%q", m.Title)
			}
		}
	})
}

// TestRoundsEndOnAnyAudits: round after round on what the rounds before made
// ends, and every finding has one issue.
func TestRoundsEndOnAnyAudits(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		findings := map[int][]finding.Finding{}
		list := []inventory.Issue{}
		total := 0
		for n := 1; n <= rapid.IntRange(0, 6).Draw(rt, "audits"); n++ {
			list = append(list, auditOf(n))
			for range rapid.IntRange(0, 8).Draw(rt, "findings") {
				f := one(rapid.SampledFrom([]string{"check the input", "check the input", "close the file", "drop no error", "name it"}).Draw(rt, "title"),
					rapid.SampledFrom([]string{"", "a/a.go", "b/b.go", "c/c.go", "d/e/f.go"}).Draw(rt, "path"))
				f.Category = rapid.SampledFrom(finding.Categories).Draw(rt, "category")
				findings[n] = append(findings[n], f)
				total++
			}
		}
		next := 100
		for round := 0; ; round++ {
			if round > 4 {
				rt.Fatal("it does not end")
			}
			w, p := world(findings, list...)
			plan := p.Plan(w)
			if len(plan.Steps) == 0 {
				break
			}
			for _, s := range plan.Steps {
				switch e := s.Effect.(type) {
				case flows.MakeIssue:
					list = append(list, made(next, e))
					next++
				case flows.CloseIssue:
					list[slices.IndexFunc(list, func(i inventory.Issue) bool { return i.Ref.Key() == e.Issue.Key() })].Closed = true
				case flows.Block:
					at := slices.IndexFunc(list, func(i inventory.Issue) bool { return i.Ref.Key() == e.Issue.Key() })
					list[at].BlockedBy = append(list[at].BlockedBy, inventory.Dependency{Ref: e.By})
				}
			}
		}
		n := 0
		for _, i := range list {
			if inventory.ReadMark(i.Body).Kind == inventory.MarkFinding {
				n++
			}
			if inventory.IsAuditTitle(i.Title) && !i.Closed {
				rt.Error(fmt.Sprint(i.Ref, " is open"))
			}
		}
		if n != total {
			rt.Errorf("%d issues for %d findings", n, total)
		}
	})
}
