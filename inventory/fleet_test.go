package inventory

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var day = time.Date(2026, 2, 4, 9, 0, 0, 0, time.UTC)

// fleetOf makes a snapshot of one organisation from short descriptions.
func fleetOf(repos ...Repo) *Snapshot { return &Snapshot{Host: "h", TakenAt: day, Repos: repos} }

func repo(name string, issues ...Issue) Repo {
	r := Repo{Ref: RepoRef{"org", name}, DefaultBranch: "dev", DefaultHead: "1", Permission: "ADMIN", Issues: issues}
	for k := range r.Issues {
		r.Issues[k].Ref.Repo = r.Ref
		if !r.Issues[k].Closed && !r.Issues[k].IsPull {
			r.OpenIssues++
		}
	}
	return r
}

func issue(n int, title string, mend ...func(*Issue)) Issue {
	i := Issue{Ref: Ref{Number: n}, ID: fmt.Sprint("I", n), Title: title, Author: "owner", Association: "MEMBER", CreatedAt: day}
	for _, m := range mend {
		m(&i)
	}
	return i
}

func closed(i *Issue)               { i.Closed = true; i.StateReason = "COMPLETED" }
func body(text string) func(*Issue) { return func(i *Issue) { i.Body = text } }
func labels(l ...string) func(*Issue) {
	return func(i *Issue) { i.Labels = l }
}
func stranger(i *Issue) { i.Author, i.Association = "passer", "NONE" }

var plain = Rules{Labels: map[string]string{"jules": "jules"}}

func verdicts(t *testing.T, s *Snapshot, rules Rules, rec Records) map[int]Code {
	t.Helper()
	f := Assess(s, rules, rec)
	out := map[int]Code{}
	for _, e := range f.Epics {
		for _, c := range e.Children {
			out[c.Ref.Number] = c.Verdict.Code
		}
	}
	return out
}

// TestReady goes down the definition of the READY queue, a child a condition.
func TestReady(t *testing.T) {
	at := func(h int) time.Time { return day.Add(time.Duration(h) * time.Hour) }
	event := func(label string, added bool, h int) func(*Issue) {
		return func(i *Issue) {
			i.LabelEvents = append(i.LabelEvents, LabelEvent{ID: fmt.Sprint("LE", h), Label: label, Added: added, Actor: "owner", At: at(h), ActorMayWrite: true})
		}
	}
	epic := "### Phase 1: first\n- [ ] #1\n- [ ] #2\n- [ ] #3\n- [ ] #4\n- [ ] #5\n- [x] #6\n- [ ] #19\n- [ ] #8\n- [ ] #9\n- [ ] #10\n- [ ] #11\n- [x] #12\n- [x] #17\n- [ ] #18\n- [ ] #20\n- [ ] #100\n- [ ] other/x#7\n- [ ] #13\n- [ ] #14\n- [ ] #16\n### Phase 2: then\n- [ ] #15\n"
	s := fleetOf(repo("a",
		issue(100, "epic(x): all", body(epic)),
		issue(1, "plain"),
		issue(2, "done", closed),
		issue(3, "labelled", labels("Jules")),
		issue(4, "label event, label off again", event("jules", true, 1), event("jules", false, 2)),
		issue(5, "held"),
		issue(6, "ticked but open"),
		issue(19, "by a stranger", stranger),
		issue(8, "ｆｅａｔ(x): wide letters"),
		issue(9, "blocked", func(i *Issue) { i.BlockedBy = []Dependency{{Ref: Ref{RepoRef{"org", "a"}, 1}}} }),
		issue(10, "locked", func(i *Issue) { i.Locked = true }),
		issue(13, "recalled", event("jules", true, 1)),
		issue(14, "logged"),
		issue(15, "next phase"),
		issue(16, "a pull request", func(i *Issue) { i.IsPull = true }),
		issue(11, "gone", func(i *Issue) { i.Missing = true }),
		issue(12, "gone, ticked by a person", func(i *Issue) { i.Missing = true }),
		issue(18, "[Audit] findings"),
		issue(20, "[Audit] findings, and an agent at work", labels("jules")),
	))
	far := issue(7, "outside the fleet")
	far.Ref.Repo = RepoRef{"other", "x"}
	s.Elsewhere = []Issue{far}
	rec := Records{
		"org/a#5":  {Held: true},
		"org/a#13": {Lines: 1, LastLine: at(1), Recalled: at(3)},
		"org/a#14": {Lines: 1, LastLine: at(1)},
	}
	want := map[int]Code{
		1: CodeReady, 2: CodeDone, 3: CodeDispatched, 4: CodeDispatched, 5: CodeDispatched, 6: CodeChecked,
		8: CodeFeature, 9: CodeDependency, 10: CodeLocked, 11: CodeUnknown, 12: CodeDone,
		13: CodeReady, 14: CodeDispatched, 15: CodePhase, 16: CodePull,
		7: CodeElsewhere, 19: CodeUntrusted,
		17: CodeUnknown, // ticked, but it could not be read: nobody knows
		18: CodeAudit, 20: CodeDispatched, 100: CodeEpic,
	}
	got := verdicts(t, s, plain, rec)
	for n, w := range want {
		if got[n] != w {
			t.Errorf("#%d: %s, want %s", n, got[n], w)
		}
	}
	rules := plain
	rules.Feature = map[string]bool{"org/a#8": true}
	if got := verdicts(t, s, rules, rec)[8]; got != CodeReady {
		t.Errorf("with the owner's word: %s", got)
	}
}

// TestPhases: ordinals open one after the other, unnumbered headings at once.
func TestPhases(t *testing.T) {
	s := fleetOf(repo("a",
		issue(100, "epic", body("## Wave 2\n- [ ] #2\n\n## Wave 1\n- [ ] #1\n\n## Security\n- [ ] #3\n\n## Docs\n- [ ] #4\n")),
		issue(1, "one"), issue(2, "two"), issue(3, "three"), issue(4, "four")))
	got := verdicts(t, s, plain, nil)
	for n, want := range map[int]Code{1: CodeReady, 2: CodePhase, 3: CodeReady, 4: CodeReady} {
		if got[n] != want {
			t.Errorf("#%d: %s, want %s", n, got[n], want)
		}
	}
	s.Repos[0].Issues[1].Closed = true
	if got := verdicts(t, s, plain, nil); got[2] != CodeReady {
		t.Errorf("after wave 1: %s", got[2])
	}
}

func TestChildListedTwiceIsReadyOnce(t *testing.T) {
	s := fleetOf(repo("a", issue(10, "epic one", body("- [ ] #1")), issue(11, "epic two", body("- [ ] #1\n- [ ] #2")), issue(1, "x"), issue(2, "y")))
	f := Assess(s, plain, nil)
	if f.Ready() != 2 || f.Epics[1].Children[0].Verdict.Code != CodeListed {
		t.Errorf("ready %d, second listing %s", f.Ready(), f.Epics[1].Children[0].Verdict.Code)
	}
}

func TestChildInAnotherRepository(t *testing.T) {
	s := fleetOf(repo("a", issue(10, "epic", body("- [ ] org/b#3\n- [ ] other/c#4\n"))), repo("b", issue(3, "there")))
	s.Elsewhere = []Issue{issue(4, "outside the fleet", closed)}
	s.Elsewhere[0].Ref.Repo = RepoRef{"other", "c"}
	got := verdicts(t, s, plain, nil)
	if got[3] != CodeReady || got[4] != CodeDone {
		t.Errorf("verdicts %v", got)
	}
}

func TestStrangersTakeNoPart(t *testing.T) {
	write := func(at time.Time, may bool) func(*Issue) {
		return func(i *Issue) {
			i.Labels = append(i.Labels, "accepted")
			i.LabelEvents = append(i.LabelEvents, LabelEvent{ID: "L", Label: "accepted", Added: true, Actor: "m", ActorMayWrite: may, At: at})
		}
	}
	edited := func(at time.Time) func(*Issue) { return func(i *Issue) { i.EditedAt = at } }
	for _, c := range []struct {
		name  string
		issue Issue
		audit bool
	}{
		{"stranger", issue(1, "[Audit] x", stranger), false},
		{"labelled by nobody who may", issue(1, "[Audit] x", stranger, write(day, false)), false},
		{"accepted", issue(1, "[Audit] x", stranger, write(day, true)), true},
		{"edited after", issue(1, "[Audit] x", stranger, write(day, true), edited(day.Add(time.Minute))), false},
		{"edited in the same second", issue(1, "[Audit] x", stranger, write(day, true), edited(day)), false},
		{"edited before", issue(1, "[Audit] x", stranger, write(day, true), edited(day.Add(-time.Minute))), true},
		{"contributor is no member", issue(1, "[Audit] x", stranger, func(i *Issue) { i.Association = "CONTRIBUTOR" }), false},
		{"configured agent", issue(1, "[Audit] x", func(i *Issue) { i.Author, i.AuthorKind, i.Association = "robot", "Bot", "NONE" }), true},
		{"a person of the agent's login", issue(1, "[Audit] x", func(i *Issue) { i.Author, i.AuthorKind, i.Association = "robot", "User", "NONE" }), false},
		{"account gone", issue(1, "[Audit] x", func(i *Issue) { i.Author, i.Association = "", "NONE" }), false},
		{"member", issue(1, "audit: x"), true},
		{"case matters in the mission's pattern", issue(1, "[audit] x"), false},
	} {
		rules := Rules{Trust: Trust{Agents: []string{"robot[bot]"}}}
		f := Assess(fleetOf(repo("a", c.issue)), rules, nil)
		if got := len(f.Rows[0].Audits) == 1; got != c.audit {
			t.Errorf("%s: audit %v, want %v", c.name, got, c.audit)
		}
	}
}

// TestMissionTable: the sixteen rows of the mission's inventory, by their
// counts, come out in exactly its priority list once the one pinned row is
// pinned.
func TestMissionTable(t *testing.T) {
	type row struct{ open, audits, epics int }
	table := []row{{45, 0, 8}, {28, 15, 0}, {30, 0, 0}, {22, 3, 0}, {14, 2, 0}, {24, 5, 0}, {14, 2, 0}, {19, 2, 0},
		{30, 2, 0}, {3, 1, 0}, {14, 0, 0}, {12, 1, 0}, {9, 1, 0}, {1, 1, 0}, {1, 1, 0}, {1, 1, 0}}
	var repos []Repo
	rules := plain
	for n, w := range table {
		var issues []Issue
		for k := range w.open {
			switch {
			case k < w.audits:
				issues = append(issues, issue(k+1, "[Audit] y"))
			case k < w.audits+w.epics:
				issues = append(issues, issue(k+1, "epic", body(fmt.Sprintf("- [ ] #%d", 30+k))))
			default:
				issues = append(issues, issue(k+1, "work"))
			}
		}
		r := repo(fmt.Sprintf("r%02d", n), issues...)
		repos = append(repos, r)
		rule := RepoRule{Ref: r.Ref}
		if n == 8 {
			rule.Tier, rule.TierSet = 4, true
		}
		rules.Repos = append(rules.Repos, rule)
	}
	f := Assess(fleetOf(repos...), rules, nil)
	var got []string
	for _, r := range f.Rows {
		got = append(got, r.Repo.Ref.Name)
	}
	want := "r01 r05 r03 r07 r04 r06 r02 r10 r08 r11 r12 r09 r13 r14 r15 r00"
	if g := strings.Join(got, " "); g != want {
		t.Errorf("order\n%s\nwant\n%s", g, want)
	}
	for _, r := range f.Rows {
		if r.Repo.Ref.Name == "r00" && (r.Stage != StageExecute || r.Tier != 0) {
			t.Errorf("the executing repository: stage %v tier %d", r.Stage, r.Tier)
		}
		if r.Repo.Ref.Name == "r02" && (r.Stage != StageOrganise || r.Tier != 3) {
			t.Errorf("the feature repository: stage %v tier %d", r.Stage, r.Tier)
		}
	}
}

func TestStages(t *testing.T) {
	for _, c := range []struct {
		name   string
		repo   Repo
		stage  Stage
		direct bool
	}{
		{"nothing open", repo("a"), StageIdle, false},
		{"audit beside a running epic", repo("a", issue(1, "audit: x"), issue(2, "e", body("- [ ] #3")), issue(3, "c")), StageAudit, false},
		{"running epic", repo("a", issue(2, "e", body("- [ ] #3")), issue(3, "c")), StageExecute, false},
		{"finished epic", repo("a", issue(2, "e", body("- [x] #3")), issue(3, "c", closed)), StageOrganise, false},
		{"issues only", repo("a", issue(3, "c")), StageOrganise, false},
		{"all dispatched directly", repo("a", issue(3, "c", labels("jules")), issue(4, "d", labels("jules"))), StageOrganise, true},
	} {
		f := Assess(fleetOf(c.repo), plain, nil)
		if r := f.Rows[0]; r.Stage != c.stage || r.Direct != c.direct {
			t.Errorf("%s: %v direct %v, want %v %v", c.name, r.Stage, r.Direct, c.stage, c.direct)
		}
	}
}

func TestEpicBranch(t *testing.T) {
	for _, c := range []struct {
		number      int
		title, want string
	}{
		{118, "epic(audit): Audit findings implementation", "epic/118-audit"},
		{118, "MCP daemon", "epic/118-mcp-daemon"},
		{7, "Epic: Größe & Übermaß", "epic/7-grosse-and-ubermass"},
		{7, "epic(): x y", "epic/7-x-y"},
		{7, "日本", "epic/7-ri-ben"},
		{7, "\x1b[31m../..", "epic/7-31m"},
		{7, "", "epic/7-epic"},
		{7, strings.Repeat("long ", 30), "epic/7-long-long-long-long-long-long-long-long"},
	} {
		if got := EpicBranchName(c.number, c.title); got != c.want {
			t.Errorf("%q: %s, want %s", c.title, got, c.want)
		}
	}
	r := repo("a", issue(11, "epic", body("- [ ] #1")), issue(1, "x"))
	r.Branches = []Branch{{"epic/1-other", "h"}, {"epic/11-mine", "h"}, {"epic/110-not", "h"}}
	if e := Assess(fleetOf(r), plain, nil).Epics[0]; e.Branch.Name != "epic/11-mine" || len(e.Rivals) > 0 {
		t.Errorf("found %v %v", e.Branch, e.Rivals)
	}
	r.Branches = append(r.Branches, Branch{"epic/11", "h"})
	if got := verdicts(t, fleetOf(r), plain, nil)[1]; got != CodeBranch {
		t.Errorf("two branches: %s", got)
	}
}

// TestAPhaseStaysShutOverWhatCouldNotBeRead: a tick alone opens nothing.
func TestAPhaseStaysShutOverWhatCouldNotBeRead(t *testing.T) {
	s := fleetOf(repo("a", issue(100, "epic", body("## Phase 1\n- [x] org/b#1\n## Phase 2\n- [ ] #2\n")), issue(2, "two")))
	if got := verdicts(t, s, plain, nil)[2]; got != CodePhase {
		t.Errorf("#2: %s", got)
	}
}

func TestABranchWhoseNameWouldNotStandInACommentIsAPersonsAffair(t *testing.T) {
	for _, name := range []string{"epic/11-a`@m`", "epic/11-<b>", "epic/11-@m", "epic/11-a b"} {
		r := repo("a", issue(11, "epic", body("- [ ] #1")), issue(1, "x"))
		r.Branches = []Branch{{name, "h"}}
		if got := verdicts(t, fleetOf(r), plain, nil)[1]; got != CodeBranch {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestFeatureGate(t *testing.T) {
	for title, want := range map[string]bool{
		"feat: x": true, "feat(x): y": true, "FEAT!: y": true, "  feat(": true, "ｆｅａｔ: x": true,
		"\u200bfeat: x": true, "feat\u200b(x): y": true, "f\u00adeat: x": true, "fe\u0301at: x": true, "feat (x): y": true, "feat\u2066(x)": true,
		"feature: x": false, "fix: feat(x)": false, "defeat: x": false, "": false,
	} {
		if IsFeature(title) != want {
			t.Errorf("%q: %v, want %v", title, !want, want)
		}
	}
}

// TestAttempts: the number of a dispatch is what its claim bore before it.
func TestAttempts(t *testing.T) {
	rules := Rules{Labels: map[string]string{"jules": "jules", "codex": "codex"}}
	issue := Issue{Ref: Ref{RepoRef{"org", "a"}, 3}}
	var want []int
	for n, e := range []LabelEvent{
		{Label: "jules", Added: true}, {Label: "bug", Added: true}, {Label: "jules"}, {Label: "codex", Added: true}, {Label: "Jules", Added: true},
	} {
		e.ID, e.At = fmt.Sprint(n), day.Add(time.Duration(n)*time.Hour)
		if _, ok := rules.Agent(e.Label); ok && e.Added && !e.At.Before(day.Add(time.Hour)) {
			want = append(want, NextAttempt(&issue, rules))
		}
		issue.LabelEvents = append(issue.LabelEvents, e)
	}
	var got []int
	for _, d := range Dispatches(&Snapshot{Repos: []Repo{{Issues: []Issue{issue}}}}, rules, day.Add(time.Hour)) {
		got = append(got, d.Attempt)
	}
	if !slices.Equal(got, want) || !slices.Equal(got, []int{2, 3}) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestOutside(t *testing.T) {
	ref := Ref{RepoRef{"org", "a"}, 3}
	at := func(m, s int) time.Time { return day.Add(time.Duration(m)*time.Minute + time.Duration(s)*time.Second) }
	d := func(m, s int) Dispatch {
		return Dispatch{Ref: ref, Agent: "jules", At: at(m, s), Event: fmt.Sprint(m, s)}
	}
	l := func(m int) Line { return Line{Ref: ref, Agent: "jules", At: at(m, 0)} }
	for _, c := range []struct {
		name  string
		seen  []Dispatch
		lines []Line
		want  int
	}{
		{"logged", []Dispatch{d(1, 20)}, []Line{l(1)}, 0},
		{"by hand", []Dispatch{d(1, 20)}, nil, 1},
		{"once logged, once by hand", []Dispatch{d(1, 20), d(9, 1)}, []Line{l(1)}, 1},
		{"logged a minute late", []Dispatch{d(1, 59)}, []Line{l(2)}, 0},
		{"twice in a minute, one line", []Dispatch{d(1, 1), d(1, 2)}, []Line{l(1)}, 1},
		{"yesterday's line", []Dispatch{d(1, 1)}, []Line{{Ref: ref, Agent: "jules", At: at(1, 0).AddDate(0, 0, -1)}}, 1},
	} {
		if got := Outside(c.seen, c.lines); len(got) != c.want {
			t.Errorf("%s: %v, want %d", c.name, got, c.want)
		}
	}
}

// TestOutsideNeverHidesOne: with as many or fewer lines than events, at least
// the difference is outside; without lines, all are.
func TestOutsideNeverHidesOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		moment := rapid.Custom(func(t *rapid.T) time.Time {
			return day.Add(time.Duration(rapid.IntRange(0, 3*24*60*60).Draw(t, "s")) * time.Second)
		})
		number := rapid.IntRange(1, 3)
		var seen []Dispatch
		for k := range rapid.IntRange(0, 8).Draw(t, "events") {
			seen = append(seen, Dispatch{Ref: Ref{RepoRef{"o", "r"}, number.Draw(t, "n")}, Agent: "jules", At: moment.Draw(t, "at"), Event: fmt.Sprint(k)})
		}
		var lines []Line
		for range rapid.IntRange(0, 8).Draw(t, "lines") {
			lines = append(lines, Line{Ref: Ref{RepoRef{"o", "r"}, number.Draw(t, "n")}, Agent: "jules", At: moment.Draw(t, "at").Truncate(time.Minute)})
		}
		out := Outside(seen, lines)
		if len(out) < len(seen)-len(lines) {
			t.Fatalf("%d events, %d lines, only %d outside", len(seen), len(lines), len(out))
		}
		for _, d := range out {
			if !slices.ContainsFunc(seen, func(s Dispatch) bool { return s.Event == d.Event }) {
				t.Fatalf("invented %v", d)
			}
		}
	})
}

// TestNames: what GitHub would not take for a name is never one here, so that
// no argument becomes another path or a flag.
func TestNames(t *testing.T) {
	for text, ok := range map[string]bool{
		"o/r": true, "a-b_c/.github": true, "o/r.go": true, "0/0": true, strings.Repeat("o", 39) + "/" + strings.Repeat("r", 100): true,
		"o/..": false, "o/.": false, "-o/r": false, "o/": false, "/r": false, "o/r/x": false, "o/r x": false, "o/r\n": false, "ö/r": false,
		"o.p/r": false, strings.Repeat("o", 40) + "/r": false, "o/" + strings.Repeat("r", 101): false, "o/r%2e": false,
	} {
		if _, err := ParseRepo(text, ""); (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// A pull request that waits for a person is among what needs one.
func TestALabelledPullRequestNeedsAPerson(t *testing.T) {
	ref := RepoRef{"org", "a"}
	s := Snapshot{Repos: []Repo{{Ref: ref, Pulls: []Pull{{Ref: Ref{ref, 7}, Title: "x", Labels: []string{"Needs-Intervention"}}, {Ref: Ref{ref, 8}}}}}}
	f := Assess(&s, Rules{}, nil)
	if len(f.People) != 1 || f.People[0].Ref.Number != 7 {
		t.Errorf("%+v", f.People)
	}
}
