package execute

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

var (
	now  = time.Date(2026, 2, 4, 10, 0, 0, 0, time.UTC)
	home = inventory.RepoRef{Owner: "org", Name: "a"}
	away = inventory.RepoRef{Owner: "org", Name: "b"}
)

func issue(repo inventory.RepoRef, n int, title, body string) inventory.Issue {
	return inventory.Issue{Ref: inventory.Ref{Repo: repo, Number: n}, Title: title, Body: body, Author: "m", Association: "MEMBER"}
}

func world(epic string, quota int, more ...inventory.Issue) flows.World {
	snap := &inventory.Snapshot{TakenAt: now, Repos: []inventory.Repo{
		{Ref: home, DefaultBranch: "dev", DefaultHead: "aaa", Permission: "WRITE", Issues: []inventory.Issue{issue(home, 100, "epic(audit): all", epic)}},
		{Ref: away, DefaultBranch: "main", DefaultHead: "bbb", Permission: "ADMIN"},
	}}
	for _, i := range more {
		r, _ := snap.Repo(i.Ref.Repo)
		r.Issues = append(r.Issues, i)
	}
	return assess(flows.World{
		Snapshot: snap,
		Rules:    inventory.Rules{Labels: map[string]string{"jules": "jules"}},
		Budget:   budget.State{Now: now, Team: budget.Team{Owner: "org", Members: []budget.Member{{Login: "m", Quota: quota, Every: true}}}},
		Now:      now,
	})
}

func assess(w flows.World) flows.World {
	f := inventory.Assess(w.Snapshot, w.Rules, w.Records)
	w.Fleet = &f
	return w
}

func dispatch(max int) Dispatch {
	return Dispatch{Epic: inventory.Ref{Repo: home, Number: 100}, Max: max, Agent: "jules", Labels: map[string]string{"jules": "jules"}}
}

// told writes a plan down as a person would read it.
func told(p flows.Plan) string {
	var b strings.Builder
	for _, s := range p.Steps {
		fmt.Fprintf(&b, "%s %s %s\n", s.Effect.Kind(), s.Effect.Target(), s.Effect.Detail())
	}
	for _, s := range p.Skipped {
		fmt.Fprintf(&b, "skip %s %s\n", s.Target, s.Reason)
	}
	return b.String()
}

func TestDispatchOfAnOpenPhase(t *testing.T) {
	w := world("### Phase 1: base\n- [ ] #1\n- [ ] org/b#2\n- [x] #3\n### Phase 2: rest\n- [ ] #4\n", 300,
		issue(home, 1, "one", ""), issue(away, 2, "two", ""), func() inventory.Issue { i := issue(home, 3, "x", ""); i.Closed = true; return i }(), issue(home, 4, "four", ""))
	p, err := dispatch(0).Plan(w)
	if err != nil {
		t.Fatal(err)
	}
	want := "branch org/a epic/100-audit from dev\n" +
		"reserve org/a#1 jules @m\n" +
		"comment org/a#1 Target branch: `epic/100-audit` (epic #100)\n" +
		"label org/a#1 jules\n" +
		"log org/a#1 jules @m\n" +
		"branch org/b epic/100-audit from main\n" +
		"reserve org/b#2 jules @m\n" +
		"comment org/b#2 Target branch: `epic/100-audit` (epic org/a#100)\n" +
		"label org/b#2 jules\n" +
		"log org/b#2 jules @m\n" +
		"skip org/a#4 phase Phase 2: rest opens when every child of the phases before it is closed: #1, org/b#2\n"
	if got := told(p); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if p.Cost.Tasks != 2 {
		t.Errorf("cost %+v", p.Cost)
	}
}

func TestTheBranchIsMadeOnceAndOnlyWhereItIsMissing(t *testing.T) {
	w := world("- [ ] #1\n- [ ] #2\n", 300, issue(home, 1, "one", ""), issue(home, 2, "two", ""))
	p, _ := dispatch(0).Plan(w)
	if n := strings.Count(told(p), "branch org/a"); n != 1 {
		t.Errorf("missing: made %d times", n)
	}
	w.Snapshot.Repos[0].Branches = []inventory.Branch{{Name: "epic/100-other", Head: "ccc"}}
	p, _ = dispatch(0).Plan(assess(w))
	if got := told(p); strings.Contains(got, "branch org/a") || !strings.Contains(got, "`epic/100-other`") {
		t.Errorf("there under another slug:\n%s", got)
	}
}

func TestMaxAndBudget(t *testing.T) {
	body := "- [ ] #1\n- [ ] #2\n- [ ] #3\n"
	issues := []inventory.Issue{issue(home, 1, "one", ""), issue(home, 2, "two", ""), issue(home, 3, "three", "")}
	p, err := dispatch(1).Plan(world(body, 300, issues...))
	if err != nil || p.Cost.Tasks != 1 || !strings.Contains(told(p), "label org/a#1") {
		t.Errorf("--max 1: %v\n%s", err, told(p))
	}
	p, err = dispatch(0).Plan(world(body, 2, issues...))
	var r *flows.Refusal
	if !errors.As(err, &r) || r.Wanted != 3 || r.Fits != 2 || len(p.Steps) != 0 {
		t.Fatalf("two left: %v, steps %d", err, len(p.Steps))
	}
	if !strings.Contains(err.Error(), "--max 2") {
		t.Errorf("the refusal does not say what would fit: %v", err)
	}
	if p, err = dispatch(2).Plan(world(body, 2, issues...)); err != nil || p.Cost.Tasks != 2 {
		t.Errorf("what would fit does not: %v", err)
	}
}

func TestWhereNothingCanBeDispatched(t *testing.T) {
	for name, c := range map[string]struct {
		mend func(*inventory.Repo)
		want string
	}{
		"archived":   {func(r *inventory.Repo) { r.Archived = true }, "archived"},
		"unborn":     {func(r *inventory.Repo) { r.DefaultHead = "" }, "no commit"},
		"read only":  {func(r *inventory.Repo) { r.Permission = "READ" }, "write access"},
		"two claims": {func(r *inventory.Repo) { r.Branches = []inventory.Branch{{Name: "epic/100"}, {Name: "epic/100-x"}} }, "which branch"},
	} {
		w := world("- [ ] #1\n", 300, issue(home, 1, "one", ""))
		c.mend(&w.Snapshot.Repos[0])
		p, err := dispatch(0).Plan(assess(w))
		if err != nil || len(p.Steps) != 0 || len(p.Skipped) != 1 || !strings.Contains(p.Skipped[0].Reason, c.want) {
			t.Errorf("%s: %v\n%s", name, err, told(p))
		}
	}
	d := dispatch(0)
	d.Agent = "nobody"
	if p, _ := d.Plan(world("- [ ] #1\n", 300, issue(home, 1, "one", ""))); len(p.Steps) != 0 {
		t.Error("an agent without a label was given work")
	}
}

func TestNoEpic(t *testing.T) {
	for name, w := range map[string]flows.World{
		"no child":  world("no list", 300),
		"not there": {Snapshot: &inventory.Snapshot{}, Fleet: &inventory.Fleet{}},
	} {
		_, err := dispatch(0).Plan(w)
		var no *NoEpic
		if !errors.As(err, &no) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestNeverOverQuota: whatever the epic and the quota, a plan spends no more
// than is left, spends one task a label, and reserves before it writes.
func TestNeverOverQuota(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 12).Draw(t, "children")
		quota := rapid.IntRange(0, 12).Draw(t, "quota")
		var body strings.Builder
		var issues []inventory.Issue
		for k := 1; k <= n; k++ {
			fmt.Fprintf(&body, "- [ ] #%d\n", k)
			i := issue(home, k, rapid.SampledFrom([]string{"fix: x", "feat(x): y", "y"}).Draw(t, "title"), "")
			i.Closed = rapid.Bool().Draw(t, "closed")
			if rapid.Bool().Draw(t, "stranger") {
				i.Association = "NONE"
			}
			issues = append(issues, i)
		}
		body.WriteString("- [ ] #999\n")
		max := rapid.IntRange(0, 5).Draw(t, "max")
		w := world(body.String(), quota, issues...)
		p, err := dispatch(max).Plan(w)
		if err != nil {
			var r *flows.Refusal
			if !errors.As(err, &r) || r.Fits >= r.Wanted || r.Fits > quota {
				t.Fatalf("refusal %v with quota %d", err, quota)
			}
			return
		}
		reserved := map[string]bool{}
		labels := 0
		for _, s := range p.Steps {
			switch e := s.Effect.(type) {
			case flows.Reserve:
				reserved[e.Child.Key()] = true
			case flows.Comment:
				if !reserved[e.Issue.Key()] {
					t.Fatalf("comment before reservation on %s", e.Issue)
				}
			case flows.AddLabel:
				labels++
			}
		}
		if labels != p.Cost.Tasks || labels > quota || max > 0 && labels > max {
			t.Fatalf("%d labels, cost %d, quota %d, max %d", labels, p.Cost.Tasks, quota, max)
		}
		for _, s := range p.Steps {
			if l, ok := s.Effect.(flows.AddLabel); ok {
				i := slices.IndexFunc(issues, func(i inventory.Issue) bool { return i.Ref.Number == l.Issue.Number })
				if issues[i].Closed || issues[i].Association == "NONE" || inventory.IsFeature(issues[i].Title) {
					t.Fatalf("dispatched %+v", issues[i])
				}
			}
		}
	})
}

// TestPlanShape: the JSON a machine reads, with empty lists rather than null.
func TestPlanShape(t *testing.T) {
	p, _ := dispatch(0).Plan(world("- [ ] #1\n", 300))
	raw, _ := json.Marshal(p)
	if got := string(raw); !strings.Contains(got, `"steps":[]`) || !strings.Contains(got, `"cost":{"tasks":0,"requests":0,"points":0}`) {
		t.Errorf("%s", got)
	}
	p, _ = dispatch(0).Plan(world("- [ ] #1\n", 300, issue(home, 1, "one", "")))
	raw, _ = json.Marshal(p.Steps[3])
	want := `{"kind":"label","target":"org/a#1","reason":"READY: unchecked, open, not dispatched, its phase open, nothing blocks it","tasks":1,"detail":"jules"}`
	if string(raw) != want {
		t.Errorf("%s", raw)
	}
}

// Work that waits for an agent with a quota of its own is no use of a member's.
func TestWaitingWorkNamesItsAgent(t *testing.T) {
	w := world("- [ ] #1\n", 300, issue(home, 1, "one", ""), issue(away, 100, "epic(audit): more", "- [ ] #2\n"), issue(away, 2, "two", ""))
	w.Rules.Repos = []inventory.RepoRule{{Ref: away, Agent: "codex"}}
	w.Budget.Agents = []budget.Agent{{Name: "codex", Quota: 5}}
	w.Budget.Team.Members = []budget.Member{
		{Login: "ann", Quota: 1, Repos: []string{"a", "b"}},
		{Login: "bob", Quota: 1, Repos: []string{"a", "c", "d"}},
	}
	w = assess(w)
	want := []budget.Ask{{Repo: away, Agent: "codex", Tasks: 1}}
	e, _ := w.Fleet.Epic(inventory.Ref{Repo: home, Number: 100})
	if got := dispatch(0).waiting(w, e.Ref); !slices.Equal(got, want) {
		t.Errorf("waiting %+v", got)
	}
	p, err := dispatch(0).Plan(w)
	if err != nil || !strings.Contains(told(p), "reserve org/a#1 jules @ann\n") {
		t.Errorf("%v\n%s", err, told(p))
	}
}
