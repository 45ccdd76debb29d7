package epic

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/inventory/checklist"
)

// settled carries out round after round until nothing is left to do; a course
// that does not end is a fault.
func settled(t interface {
	Helper()
	Fatalf(string, ...any)
}, w flows.World, o Organise) (flows.World, flows.Plan, []flows.Step) {
	t.Helper()
	var done []flows.Step
	for range 6 {
		p := o.Plan(w)
		if len(p.Steps) == 0 {
			return w, p, done
		}
		done = append(done, p.Steps...)
		w = flows.Imagine(w, p)
		o.Candidates = inventory.Candidates(w.Snapshot, w.Fleet, w.Rules, w.Records, o.Repo)
	}
	t.Fatalf("the rounds do not end: %+v", o.Plan(w).Steps)
	return w, flows.Plan{}, nil
}

func epicOf(n int, title string, children ...inventory.Issue) inventory.Issue {
	e := issue(n, title, 0, "agentic")
	for _, c := range children {
		e.Body += "- [ ] " + c.Ref.From(home) + "\n"
	}
	return e
}

func several(from, n int, title string, audit int, labels ...string) []inventory.Issue {
	var out []inventory.Issue
	for k := range n {
		out = append(out, issue(from+k, title, audit, labels...))
	}
	return out
}

// acceptedStranger makes an issue take part by its label alone.
func acceptedStranger(i inventory.Issue) inventory.Issue {
	i.Author, i.Association, i.Labels = "mallory", "NONE", append(i.Labels, "accepted")
	i.LabelEvents = []inventory.LabelEvent{{ID: "a", Label: "accepted", Added: true, Actor: "owner", ActorMayWrite: true, At: i.EditedAt.Add(1)}}
	return i
}

// TestAnEpicThatTakesNoMoreIsLeftAlone: by a stranger, full by its body, its
// sub-issues or its children. Three or more issues make a further epic, fewer are
// dispatched directly, and it is said why; then nothing is left to do.
func TestAnEpicThatTakesNoMoreIsLeftAlone(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(e *inventory.Issue)
		old    int
		want   string
	}{
		{"by an accepted stranger", func(e *inventory.Issue) { *e = acceptedStranger(*e) }, 1, "by a label alone"},
		{"by an accepted stranger, with a mark of ours pasted", func(e *inventory.Issue) {
			e.Body += "\n" + inventory.NewMark(inventory.MarkEpic, home.Key(), "security", "1").String()
			*e = acceptedStranger(*e)
		}, 1, "by a label alone"},
		{"a full body", func(e *inventory.Issue) {
			e.Body += "\n" + strings.Repeat("ä", inventory.MostBody-len(e.Body)-10)
		}, 1, "would pass the 65536"},
		{"100 sub-issues", func(e *inventory.Issue) { e.SubIssues = 100 }, 1, "100 sub-issues"},
		{"10 children", func(*inventory.Issue) {}, 10, "with 10 children"},
	} {
		for _, n := range []int{2, 3, 14} {
			t.Run(fmt.Sprintf("%s, %d issues", c.name, n), func(t *testing.T) {
				old := several(500, c.old, "fix: old", 0, "security")
				e := epicOf(400, "epic(security): Security improvements", old...)
				c.change(&e)
				body := e.Body
				for k := range old {
					old[k].Parent = ref(400)
				}
				w, o := world(slices.Concat([]inventory.Issue{e}, old, several(600, n, "fix: new", 0, "security"))...)
				w, p, done := settled(t, w, o)
				if i, _ := w.Snapshot.Find(ref(400)); i.Body != body {
					t.Errorf("its body is now %q", i.Body)
				}
				said := slices.ContainsFunc(p.Skipped, func(s flows.Skip) bool {
					return s.Target == ref(400).String() && strings.Contains(s.Reason, c.want)
				})
				epics := w.Fleet.Of(home)[1:]
				if n < fewest {
					o.Candidates = inventory.Candidates(w.Snapshot, w.Fleet, w.Rules, w.Records, home)
					if len(done) > 0 || len(o.Direct(w)) != n || !said || len(epics) > 0 {
						t.Errorf("%+v %+v", done, p.Skipped)
					}
					return
				}
				children, titles := 0, map[string]bool{e.Title: true}
				marks := map[inventory.Mark]bool{inventory.ReadMark(body): true}
				for _, further := range epics {
					i, _ := w.Snapshot.Find(further.Ref)
					if k := len(further.Children); k < fewest || k > most || themeOf(&further) != "security" {
						t.Errorf("%q has %d children", further.Title, k)
					}
					if m := inventory.ReadMark(i.Body); marks[m] || titles[i.Title] {
						t.Errorf("%q, %v: a second one of that mark or title", i.Title, m)
					} else {
						marks[m], titles[i.Title] = true, true
					}
					children += len(further.Children)
				}
				if children != n {
					t.Errorf("%d of %d have a place", children, n)
				}
			})
		}
	}
}

// TestAnEpicIsFilledUpToItsBound: what is too little for another epic is not
// split off.
func TestAnEpicIsFilledUpToItsBound(t *testing.T) {
	for _, c := range []struct{ old, new, joined, made, direct int }{
		{7, 3, 3, 0, 0}, {7, 4, 1, 3, 0}, {7, 5, 2, 3, 0}, {7, 6, 3, 3, 0}, {9, 2, 1, 0, 1}, {9, 3, 0, 3, 0}, {10, 2, 0, 0, 2},
	} {
		old := several(500, c.old, "fix: old", 0, "security")
		e := epicOf(400, "epic(security): all", old...)
		w, o := world(slices.Concat([]inventory.Issue{e}, old, several(600, c.new, "fix: new", 0, "security"))...)
		p := o.Plan(w)
		joined, fresh := 0, 0
		for _, s := range p.Steps {
			switch e := s.Effect.(type) {
			case flows.AddChildren:
				joined += len(e.Children)
			case flows.MakeIssue:
				fresh += len(checklist.Parse([]byte(e.Body)).Children)
			}
		}
		if direct := len(o.Direct(w)); joined != c.joined || fresh != c.made || direct != c.direct {
			t.Errorf("%d children and %d new: %d joined, %d in a new epic, %d direct", c.old, c.new, joined, fresh, direct)
		}
	}
}

// TestAnEpicOfOursWithAllSubIssuesGetsNoMore: the checklist alone names the
// others, which is said; nothing is planned that GitHub would refuse.
func TestAnEpicOfOursWithAllSubIssuesGetsNoMore(t *testing.T) {
	children := several(500, 3, "fix: x", 1)
	e := epicOf(400, "epic(audit): Audit findings implementation", children...)
	e.Body += "\n" + inventory.NewMark(inventory.MarkEpic, home.Key(), "audit", "1").String()
	e.SubIssues = 99
	w, o := world(slices.Concat([]inventory.Issue{e}, children)...)
	_, p, done := settled(t, w, o)
	links := 0
	for _, s := range done {
		if s.Effect.Kind() == "sub-issue" {
			links++
		}
	}
	if links != 1 || len(p.Skipped) != 2 || !strings.Contains(p.Skipped[0].Reason, "its checklist alone names it") {
		t.Errorf("%d links, %+v", links, p.Skipped)
	}
}

// TestFeaturesAreApartFromAudits: of one subsystem they make an epic, fewer than
// three are left to themselves, and no epic of an audit takes one in.
func TestFeaturesAreApartFromAudits(t *testing.T) {
	for _, audits := range []int{1, 6, 12} {
		var issues []inventory.Issue
		for k := range audits {
			issues = append(issues, several(100+10*k, 3, "fix: found", 1+k, "security")...)
		}
		issues = append(issues, several(300, 4, "feat(tui): more", 0)...)
		issues = append(issues, several(310, 2, "feat(api): more", 0)...)
		issues = append(issues, several(320, 1, "colours", 0, "enhancement")...)
		issues = append(issues, several(330, 1, "feat(audit): a log", 0)...)
		w, o := world(issues...)
		w, p, _ := settled(t, w, o)
		o.Candidates = inventory.Candidates(w.Snapshot, w.Fleet, w.Rules, w.Records, home)
		for _, e := range w.Fleet.Of(home) {
			for _, c := range e.Children {
				if feature := c.Ref.Number >= 300; feature != (themeOf(&e) == "tui") {
					t.Errorf("%d audits: %q has %s", audits, e.Title, c.Ref)
				}
			}
		}
		if direct := o.Direct(w); len(direct) != 4 || len(o.Candidates) != 4 {
			t.Errorf("%d audits: %d direct, %d candidates", audits, len(direct), len(o.Candidates))
		}
		for _, s := range p.Skipped {
			if !strings.Contains(s.Reason, "a feature is no part of an epic made from audits") {
				t.Errorf("%d audits: %+v", audits, s)
			}
		}
	}
}

func TestWhereAJoinedIssueGoes(t *testing.T) {
	const three = "### Phase 1: Blockers (blocking)\n- [%s] #1\n\n### Phase 2: Fixes (parallelisable)\n- [ ] #2\n\n### Phase 3: Cleanup (cleanup)\n- [ ] #3\n"
	closed := func(list ...*inventory.Issue) {
		for _, i := range list {
			i.Closed = true
		}
	}
	for _, c := range []struct {
		name, body string
		new        inventory.Issue
		change     func(i map[int]*inventory.Issue)
		want       string // its heading; empty with a reason: left out
	}{
		{"a fix", three, issue(9, "fix: x", 0, "security"), nil, "Phase 2: Fixes (parallelisable)"},
		{"a framework issue", three, issue(9, "fix: x", 0, "security", "framework"), nil, "Phase 1: Blockers (blocking)"},
		{"a critical one", three, issue(9, "fix: x", 0, "security", "critical"), nil, "Phase 1: Blockers (blocking)"},
		{"a framework issue, phase 1 being done", three, issue(9, "fix: x", 0, "security", "framework"), func(i map[int]*inventory.Issue) { closed(i[1]) }, "Phase 2: Fixes (parallelisable)"},
		{"a fix, only the cleanup left", three, issue(9, "fix: x", 0, "security"), func(i map[int]*inventory.Issue) { closed(i[1], i[2]) }, "Phase 3: Cleanup (cleanup)"},
		{"a fix that waits for a cleanup", three, issue(9, "fix: x", 0, "security"), func(i map[int]*inventory.Issue) { i[9].BlockedBy = []inventory.Dependency{{Ref: ref(3)}} }, "Phase 3: Cleanup (cleanup)"},
		{"through another", three, issue(9, "fix: x", 0, "security"), func(i map[int]*inventory.Issue) {
			i[9].BlockedBy, i[8].BlockedBy = []inventory.Dependency{{Ref: ref(8)}}, []inventory.Dependency{{Ref: ref(3)}}
		}, "Phase 3: Cleanup (cleanup)"},
		{"a fix that a blocker waits for", three, issue(9, "fix: x", 0, "security"), func(i map[int]*inventory.Issue) { i[1].BlockedBy = []inventory.Dependency{{Ref: ref(9)}} }, "Phase 1: Blockers (blocking)"},
		{"between what stands the other way round", three, issue(9, "fix: x", 0, "security"), func(i map[int]*inventory.Issue) {
			i[1].BlockedBy, i[9].BlockedBy = []inventory.Dependency{{Ref: ref(9)}}, []inventory.Dependency{{Ref: ref(3)}}
		}, ""},
		{"a cleanup behind four waves", "## Wave 1\n- [ ] #1\n\n## Wave 4\n- [ ] #2\n- [ ] #3\n", issue(9, "deprecate x", 0, "security"), nil, "Wave 5: Cleanup (cleanup)"},
		{"a fix where there are no fixes", strings.ReplaceAll(three, "### Phase 2: Fixes (parallelisable)\n", ""), issue(9, "fix: x", 0, "security"), nil, "Phase 2: Fixes (parallelisable)"},
		{"an epic without phases", "- [%s] #1\n- [ ] #2\n", issue(9, "fix: x", 0, "security"), nil, ""},
		{"an epic of headings", "### api\n- [%s] #1\n\n### web\n- [ ] #2\n", issue(9, "fix(api): x", 0, "security"), nil, "api"},
	} {
		e := issue(5, "epic(security): all", 0)
		e.Body = strings.ReplaceAll(c.body, "%s", " ")
		w, o := world(issue(1, "fix: 1", 0), issue(2, "fix: 2", 0), issue(3, "fix: 3", 0), e, c.new, issue(8, "fix: outside", 0))
		at := map[int]*inventory.Issue{}
		for k := range w.Snapshot.Repos[0].Issues {
			i := &w.Snapshot.Repos[0].Issues[k]
			at[i.Ref.Number] = i
		}
		if c.change != nil {
			c.change(at)
		}
		f := inventory.Assess(w.Snapshot, w.Rules, nil)
		w.Fleet, o.Candidates = &f, []*inventory.Issue{at[9]}
		p := o.Plan(w)
		left := slices.ContainsFunc(p.Skipped, func(s flows.Skip) bool { return s.Target == ref(5).String() })
		k := slices.IndexFunc(p.Steps, func(s flows.Step) bool { return s.Effect.Kind() == "checklist" })
		if left {
			if c.want != "" || k >= 0 || !strings.Contains(p.Skipped[0].Reason, "a person has to move one") || len(o.Direct(w)) != 1 {
				t.Errorf("%s: %+v %+v", c.name, p.Steps, p.Skipped)
			}
			continue
		}
		add := p.Steps[k].Effect.(flows.AddChildren)
		if got := add.Children[0].Phase; got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		body, err := add.On([]byte(e.Body))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		last := 0
		for _, ph := range checklist.Parse(body).Phases {
			if ph.HasOrdinal && ph.Ordinal <= last {
				t.Errorf("%s: the phases stand as %+v", c.name, checklist.Parse(body).Phases)
			}
			last = ph.Ordinal
		}
	}
}

// work closes whatever can be closed, phase by phase and blockers first, until
// nothing changes, and tells which issues are never begun.
func work(w flows.World) map[int]bool {
	repo := &w.Snapshot.Repos[0]
	open := map[int]bool{}
	for _, i := range repo.Issues {
		if !i.Closed {
			open[i.Ref.Number] = true
		}
	}
	epics := w.Fleet.Of(home)
	for moved := true; moved; {
		moved = false
		for _, i := range repo.Issues {
			n := i.Ref.Number
			if !open[n] || slices.ContainsFunc(epics, func(e inventory.Epic) bool { return e.Ref == i.Ref }) {
				continue
			}
			waits := slices.ContainsFunc(i.BlockedBy, func(d inventory.Dependency) bool { return open[d.Ref.Number] })
			for _, e := range epics {
				at := slices.IndexFunc(e.Children, func(c inventory.Child) bool { return c.Ref == i.Ref })
				if at < 0 || !e.Phases[e.Children[at].Phase].HasOrdinal {
					continue
				}
				mine := e.Phases[e.Children[at].Phase].Ordinal
				for _, c := range e.Children {
					p := e.Phases[c.Phase]
					waits = waits || p.HasOrdinal && p.Ordinal < mine && open[c.Ref.Number]
				}
			}
			if !waits {
				delete(open, n)
				moved = true
			}
		}
	}
	for _, e := range epics {
		delete(open, e.Ref.Number)
	}
	return open
}

// TestJoiningKeepsAnEpicGoing: whatever the epic and what joins it, all of what
// could be finished still can, nothing that could be dispatched has to wait, and
// phases that were in order still are. An epic that could not be finished takes
// nothing in.
func TestJoiningKeepsAnEpicGoing(t *testing.T) {
	joins, stuck := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		heads := rapid.SampledFrom([][]string{
			works[:], features[:], works[1:], {works[0], works[2]}, works[:1], {"Wave 1", "Wave 2", "Wave 3", "Wave 7"}, {"1. Core", "2. Rest"},
			{""}, {"Auth", "Crypto"}, {"Phase 1: Core", "Notes", "Phase 2: Docs"}, {"Phase 2: Fixes", "Phase 1: Foundations"},
		}).Draw(rt, "headings")
		old, fresh := rapid.IntRange(1, 5).Draw(rt, "old"), rapid.IntRange(1, 5).Draw(rt, "new")
		body := ""
		number := 10
		var issues []inventory.Issue
		for k, h := range heads {
			n := old / len(heads)
			if k < old%len(heads) {
				n++
			}
			if n > 0 && h != "" {
				body += "### " + h + "\n\n"
			}
			for range n {
				i := issue(number, "fix: old", 0)
				i.Closed = rapid.IntRange(0, 2).Draw(rt, "closed") == 0
				issues = append(issues, i)
				body += fmt.Sprintf("- [ ] #%d\n", number)
				number++
			}
			body += "\n"
		}
		titles := rapid.SampledFrom([]string{"fix: x", "docs: y", "deprecate z", "refactor: shared types"})
		labels := rapid.SampledFrom([]string{"medium", "critical", "framework", "docs"})
		for range fresh {
			issues = append(issues, issue(number, titles.Draw(rt, "title"), 0, "security", labels.Draw(rt, "label")))
			number++
		}
		issues = append(issues, issue(number, "outside", 0)) // joins nothing, and may stand between
		// Of any order drawn, each may wait for those before it: no circle.
		order := rapid.Permutation(func() (out []int) {
			for k := range issues {
				out = append(out, k)
			}
			return out
		}()).Draw(rt, "order")
		for at, k := range order {
			for _, j := range order[:at] {
				if rapid.IntRange(0, 4).Draw(rt, "waits") == 0 {
					issues[k].BlockedBy = append(issues[k].BlockedBy, inventory.Dependency{Ref: issues[j].Ref, Closed: issues[j].Closed})
				}
			}
		}
		e := issue(5, "epic(security): all", 0)
		e.Body = body
		w, o := world(append([]inventory.Issue{e}, issues...)...)
		o.Candidates = slices.DeleteFunc(o.Candidates, func(i *inventory.Issue) bool { return i.Ref.Number == number })
		if es := w.Fleet.Of(home); len(es) != 1 || !es[0].Running() {
			return
		}
		before, ready := work(w), map[int]bool{}
		ordered := func(e inventory.Epic) bool {
			return slices.IsSortedFunc(e.Phases, func(a, b inventory.Phase) int {
				if !a.HasOrdinal || !b.HasOrdinal {
					return 0
				}
				return a.Ordinal - b.Ordinal
			})
		}
		inOrder := ordered(w.Fleet.Of(home)[0])
		for _, c := range w.Fleet.Of(home)[0].Ready() {
			ready[c.Ref.Number] = true
		}
		p := o.Plan(w)
		if len(before) > 0 { // stuck by itself
			if slices.ContainsFunc(p.Steps, func(s flows.Step) bool { return s.Effect.Kind() == "checklist" }) {
				rt.Fatalf("%v cannot be begun, and it takes more in: %+v", before, p.Steps)
			}
			stuck++
			return
		}
		if len(made(p)) > 0 || len(o.Direct(w)) > 0 {
			rt.Fatalf("it does not take all in: %+v", p)
		}
		joins++
		after := flows.Imagine(w, p)
		if n := work(after); len(n) > 0 {
			rt.Fatalf("%v are never begun:\n%s", n, after.Snapshot.Repos[0].Issues[0].Body)
		}
		now := after.Fleet.Of(home)[0]
		if inOrder && !ordered(now) {
			rt.Fatalf("the phases are %+v", now.Phases)
		}
		for _, c := range now.Children {
			if ready[c.Ref.Number] && !c.Verdict.Ready() {
				rt.Fatalf("#%d was READY and is %+v", c.Ref.Number, c.Verdict)
			}
		}
		settled(rt, after, Organise{Repo: home, Themes: themes, Candidates: inventory.Candidates(after.Snapshot, after.Fleet, after.Rules, nil, home)})
	})
	if joins == 0 || stuck == 0 {
		t.Errorf("%d epics took issues in, %d were stuck: the property says nothing", joins, stuck)
	}
}
