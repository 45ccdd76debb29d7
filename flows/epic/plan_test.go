package epic

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/inventory/checklist"
)

var (
	home   = inventory.RepoRef{Owner: "acme", Name: "app"}
	themes = []Theme{{"security", []string{"security"}}, {"quality", []string{"quality"}}, {"testing", []string{"testing"}}, {"docs", []string{"docs"}}, {"performance", []string{"performance"}}}
)

func ref(n int) inventory.Ref { return inventory.Ref{Repo: home, Number: n} }

// issue is an open issue of a member of the organisation.
func issue(n int, title string, audit int, labels ...string) inventory.Issue {
	i := inventory.Issue{Ref: ref(n), Title: title, Author: "owner", Association: "OWNER", Labels: labels}
	if audit > 0 {
		i.Body = inventory.ParentAuditLine(ref(audit), home) + "\n"
	}
	return i
}

// world is a repository of these issues; all of those that no epic lists are
// candidates.
func world(issues ...inventory.Issue) (flows.World, Organise) {
	s := &inventory.Snapshot{Host: "github.com", Repos: []inventory.Repo{{
		Ref: home, DefaultBranch: "dev", DefaultHead: "abc", Permission: "ADMIN", OpenIssues: len(issues), Issues: issues,
		Details: &inventory.Details{Newest: 1000, SubIssues: true},
	}}}
	f := inventory.Assess(s, inventory.Rules{}, nil)
	listed := map[string]bool{}
	for _, e := range f.Epics {
		listed[e.Ref.Key()] = true
		for _, c := range e.Children {
			listed[c.Ref.Key()] = true
		}
	}
	o := Organise{Repo: home, Themes: themes}
	for k := range s.Repos[0].Issues {
		if i := &s.Repos[0].Issues[k]; !listed[i.Ref.Key()] && !i.Closed {
			o.Candidates = append(o.Candidates, i)
		}
	}
	return flows.World{Snapshot: s, Fleet: &f}, o
}

func made(p flows.Plan) []flows.MakeIssue {
	var out []flows.MakeIssue
	for _, s := range p.Steps {
		if m, ok := s.Effect.(flows.MakeIssue); ok {
			out = append(out, m)
		}
	}
	return out
}

func TestFewAuditsMakeOneEpicWithPhases(t *testing.T) {
	w, o := world(
		issue(11, "docs(api): document limits", 1, "docs", "audit"),
		issue(12, "fix(auth): check the token", 1, "security", "critical", "audit"),
		issue(13, "refactor(core): shared interface for stores", 2, "quality", "framework", "audit"),
		issue(14, "test(core): cover the parser", 2, "testing", "audit"),
	)
	p := o.Plan(w)
	epics := made(p)
	if len(epics) != 1 {
		t.Fatalf("%d epics", len(epics))
	}
	if epics[0].Title != "epic(audit): Audit findings implementation" {
		t.Error(epics[0].Title)
	}
	want := `### Phase 1: Blockers (blocking)

- [ ] #12 - fix(auth): check the token
- [ ] #13 - refactor(core): shared interface for stores

### Phase 2: Fixes (parallelisable)

- [ ] #14 - test(core): cover the parser

### Phase 3: Cleanup (cleanup)

- [ ] #11 - docs(api): document limits
`
	if !strings.Contains(epics[0].Body, want) {
		t.Error(epics[0].Body)
	}
	if inventory.ReadMark(epics[0].Body) != epics[0].Mark || epics[0].Mark.Kind != inventory.MarkEpic {
		t.Error("the epic bears no mark")
	}
	var labels []string
	for _, s := range p.Steps {
		if l, ok := s.Effect.(flows.MakeLabel); ok {
			labels = append(labels, l.Name)
		}
	}
	if !slices.Equal(labels, []string{"agentic", "complexity:large"}) {
		t.Error(labels)
	}
}

func TestAMiddlingRepositoryHasOneEpicWithItsThemesAsLabels(t *testing.T) {
	var issues []inventory.Issue
	for k := range 6 {
		issues = append(issues, issue(20+k, "fix: x", 1+k, []string{"security", "quality"}[k%2]))
	}
	w, o := world(issues...)
	epics := made(o.Plan(w))
	if len(epics) != 1 || !slices.Equal(epics[0].Labels, []string{"agentic", "complexity:large", "security", "quality"}) {
		t.Fatalf("%+v", epics)
	}
}

func TestFewerThanThreeAreDispatchedDirectly(t *testing.T) {
	w, o := world(issue(1, "fix: a", 0), issue(2, "fix: b", 0))
	p := o.Plan(w)
	if len(p.Steps) != 0 || len(p.Skipped) != 2 || len(o.Direct(w)) != 2 {
		t.Errorf("%+v", p)
	}
}

func TestTheOpenEpicOfItsThemeTakesAnIssueIn(t *testing.T) {
	old := issue(5, "epic(security): Security improvements", 0, "agentic")
	old.Body = "## Child Issues\n\n### Phase 1: Basics (blocking)\n- [ ] #4 - x\n"
	w, o := world(issue(4, "fix: a", 0, "security"), old, issue(6, "fix(auth): check @me", 3, "security"))
	p := o.Plan(w)
	if len(made(p)) != 0 || len(o.Direct(w)) != 0 {
		t.Fatalf("a second epic is made: %+v", p.Steps)
	}
	var kinds []string
	for _, s := range p.Steps {
		kinds = append(kinds, s.Effect.Kind()+" "+s.Effect.Target())
	}
	want := []string{"comment acme/app#6", "sub-issue acme/app#6", "checklist acme/app#5"}
	if !slices.Equal(kinds, want) {
		t.Errorf("%v, want %v", kinds, want)
	}
	add := p.Steps[2].Effect.(flows.AddChildren)
	if c := add.Children[0]; c.Phase != "Phase 2: Fixes (parallelisable)" || strings.Contains(c.Title, "@me") {
		t.Errorf("%+v", c)
	}
}

func TestAnEpicOfOursGetsItsBranchAndLinks(t *testing.T) {
	e := issue(9, "epic(audit): Audit findings implementation", 0, "agentic")
	e.Body = "### Phase 2: Fixes (parallelisable)\n\n- [ ] #4 - x\n- [ ] #6 - y\n\n" + inventory.NewMark(inventory.MarkEpic, home.Key(), "audit", "1").String()
	linked := issue(4, "fix: a", 1)
	linked.Parent = ref(9)
	w, o := world(linked, issue(6, "fix: b", 1), e)
	var kinds []string
	for _, s := range o.Plan(w).Steps {
		kinds = append(kinds, s.Effect.Kind()+" "+s.Effect.Target()+" "+s.Effect.Detail())
	}
	want := []string{"comment acme/app#6 Parent: #9", "sub-issue acme/app#6 of #9", "branch acme/app epic/9-audit from dev"}
	if !slices.Equal(kinds, want) {
		t.Errorf("%q, want %q", kinds, want)
	}
	w.Said = func(i inventory.Ref, digest string) bool { return i == ref(6) && digest == flows.Digest("Parent: #9") }
	if s := o.Plan(w).Steps; len(s) != 2 {
		t.Errorf("what was posted is planned again: %+v", s)
	}
}

// TestTheEpicWeTookBackIsOpenedAgain: no second one is made, and the next round
// completes it; one that a person closed stays closed.
func TestTheEpicWeTookBackIsOpenedAgain(t *testing.T) {
	list := []inventory.Issue{issue(4, "fix: a", 1), issue(6, "fix: b", 1), issue(7, "fix: c", 1)}
	w, o := world(list...)
	m := made(o.Plan(w))[0]
	old := issue(9, m.Title, 0, "agentic")
	old.Body, old.Closed, old.StateReason = m.Body, true, "NOT_PLANNED"
	w.Snapshot.Repos[0].Details.Made = []inventory.Issue{old}
	if got := made(o.Plan(w)); len(got) != 1 {
		t.Fatalf("without a journal: %+v", got)
	}
	w.TakenBack = func(i inventory.Ref) (at time.Time) {
		if i == ref(9) {
			at = time.Date(2026, 2, 4, 12, 0, 0, 0, time.UTC)
		}
		return at
	}
	p := o.Plan(w)
	if len(p.Steps) != 1 || p.Steps[0].Effect != (flows.ReopenIssue{Issue: ref(9), Again: true}) || !strings.Contains(p.Steps[0].Reason, "taken back by an undo") {
		t.Fatalf("%+v", p.Steps)
	}
	w = flows.Imagine(w, p)
	o.Candidates = inventory.Candidates(w.Snapshot, w.Fleet, w.Rules, w.Records, home)
	kinds := map[string]int{}
	for _, s := range o.Plan(w).Steps {
		kinds[s.Effect.Kind()]++
	}
	if len(o.Candidates) != 0 || kinds["sub-issue"] != 3 || kinds["branch"] != 1 || kinds["new-issue"]+kinds["reopen"] != 0 {
		t.Errorf("%v, candidates %v", kinds, o.Candidates)
	}
}

func TestWhatBlocksAnIssueComesNoLaterThanIt(t *testing.T) {
	a := issue(1, "refactor: shared interface", 0, "quality")
	a.BlockedBy = []inventory.Dependency{{Ref: ref(3)}}
	members := []member{{issue: &a}}
	b, c := issue(2, "fix: x", 0), issue(3, "docs: y", 0, "docs")
	members = append(members, member{issue: &b}, member{issue: &c, subject: subject{theme: "docs"}})
	groups := []group{{members: members}}
	settle(groups, newWeb(&inventory.Snapshot{}))
	if at := groups[0].at; at[2] != blocking {
		t.Errorf("%v", at)
	}
}

func TestUnfitRepositoriesAreSaid(t *testing.T) {
	for _, c := range []struct {
		change func(*inventory.Repo)
		want   string
	}{
		{func(r *inventory.Repo) { r.Archived = true }, "archived"},
		{func(r *inventory.Repo) { r.IssuesOff = true }, "disabled"},
		{func(r *inventory.Repo) { r.DefaultHead = "" }, "no commit"},
		{func(r *inventory.Repo) { r.Permission = "READ" }, "only read"},
		{func(r *inventory.Repo) { r.Details = nil }, "could not be read"},
	} {
		w, o := world(issue(1, "fix: a", 0), issue(2, "fix: b", 0), issue(3, "fix: c", 0))
		c.change(&w.Snapshot.Repos[0])
		p := o.Plan(w)
		if len(p.Steps) != 0 || len(p.Skipped) != 1 || !strings.Contains(p.Skipped[0].Reason, c.want) {
			t.Errorf("%s: %+v", c.want, p)
		}
	}
}

// TestEveryCandidateFindsOnePlace: whatever the candidates are, each stands on
// one checklist, epics by theme hold 3 to 10, and no title becomes a child.
func TestEveryCandidateFindsOnePlace(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(0, 130).Draw(rt, "issues")
		audits := rapid.IntRange(0, 14).Draw(rt, "audits")
		labels := []string{"security", "quality", "testing", "docs", "performance", "enhancement", "", "framework"}
		titles := rapid.SampledFrom([]string{"fix: a", "feat(tui): b", "feat(api): c", "docs: d", "- [ ] #7", "fixes #3 @all", "plain", "a | b", "### Phase 9"})
		var issues []inventory.Issue
		for k := range n {
			audit := 0
			if audits > 0 {
				audit = 1 + rapid.IntRange(0, audits-1).Draw(rt, "audit")
			}
			issues = append(issues, issue(100+k, titles.Draw(rt, "title"), audit, rapid.SampledFrom(labels).Draw(rt, "label")))
		}
		w, o := world(issues...)
		p := o.Plan(w)
		seen := map[int]int{}
		for _, e := range made(p) {
			list := checklist.Parse([]byte(e.Body))
			for _, c := range list.Children {
				seen[c.Number]++
			}
			if len(list.Children) < 3 || len(list.Children) > 100 || len(e.Body) > 65_536 {
				rt.Fatalf("%d children, %d bytes", len(list.Children), len(e.Body))
			}
			if size, _ := size(members(o), home, "github.com"); size >= large && len(list.Children) > most && n > most {
				rt.Fatalf("epic of %d children in a repository of size %d", len(list.Children), size)
			}
		}
		want := n
		if n < 3 {
			want = 0
		}
		if len(seen) != want {
			rt.Fatalf("%d of %d have a place", len(seen), want)
		}
		for number, times := range seen {
			if times != 1 || number < 100 {
				rt.Fatalf("#%d stands %d times", number, times)
			}
		}
	})
}

func members(o Organise) []member {
	var out []member
	for _, i := range o.Candidates {
		out = append(out, member{issue: i, subject: subjectOf(i, o.Themes)})
	}
	return out
}

func TestSubjects(t *testing.T) {
	for _, c := range []struct {
		title  string
		labels []string
		want   string
	}{
		{"anything", []string{"Security"}, "security"},
		{"perf(db): slow", nil, "performance"},
		{"fix(auth): security hole", nil, "security"},
		{"fix(auth): a hole", nil, "quality"},
		{"feat(tui): colours", nil, "tui"},
		{"feat: colours", nil, "features"},
		{"colours", []string{"enhancement"}, "features"},
		{"Improve the docs", nil, "docs"},
		{"colours", nil, "general"},
	} {
		i := issue(1, c.title, 0, c.labels...)
		if got := subjectOf(&i, themes); got.theme != c.want {
			t.Errorf("%q %v: %s, want %s", c.title, c.labels, got.theme, c.want)
		}
	}
}

func TestOnlyWhatOthersBuildOnComesFirst(t *testing.T) {
	for title, want := range map[string]int{
		"symfony/http-foundation: CVE-2024-50345":         parallel,
		"the port is published on all interfaces":         parallel,
		"refactor(core): extract an interface for stores": blocking,
		"shared types for messages":                       blocking,
		"docs: what the interface promises":               cleanup,
	} {
		i := issue(1, title, 0)
		if got := phaseOf(member{issue: &i}); got != want {
			t.Errorf("%s: phase %d, want %d", title, got+1, want+1)
		}
	}
}

// TestNoSecondEpicBesideOneThatIsHidden: we made it, and GitHub hides what its
// author has to do with the repository. A stranger's copy keeps nothing off.
func TestNoSecondEpicBesideOneThatIsHidden(t *testing.T) {
	for _, own := range []bool{true, false} {
		hidden := issue(9, "epic(audit): everything", 0)
		hidden.Association, hidden.Own = "NONE", own
		hidden.Body = "- [ ] #4\n\n" + inventory.NewMark(inventory.MarkEpic, "x").String()
		w, o := world(issue(1, "fix: a", 0), issue(2, "fix: b", 0), issue(3, "fix: c", 0), hidden)
		o.Candidates = o.Candidates[:3]
		p := o.Plan(w)
		if got := len(made(p)); (got == 0) != own || own && len(p.Skipped) != 1 {
			t.Errorf("ours %v: %d epics, skipped %+v", own, got, p.Skipped)
		}
	}
}
