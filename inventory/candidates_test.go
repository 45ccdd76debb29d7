package inventory

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func finding(audit int) func(*Issue) {
	m := NewMark(MarkFinding, "org/one", fmt.Sprint(audit))
	return body(fmt.Sprintf("Parent audit: #%d\n\n%s\n", audit, m))
}

func candidates(s *Snapshot, rules Rules, rec Records, name string) []int {
	f := Assess(s, rules, rec)
	var out []int
	for _, i := range Candidates(s, &f, rules, rec, RepoRef{"org", name}) {
		out = append(out, i.Ref.Number)
	}
	return out
}

func TestCandidates(t *testing.T) {
	accepted := func(i *Issue) {
		stranger(i)
		i.Labels = []string{"accepted"}
		i.LabelEvents = []LabelEvent{{Label: "accepted", Added: true, Actor: "owner", ActorMayWrite: true, At: day}}
	}
	s := fleetOf(repo("one",
		issue(1, "epic(security): all", body("- [ ] #2\n- [x] #3\n- [ ] org/two#1\n")),
		issue(2, "fix(a): on the list"),
		issue(3, "fix(a): on the list, ticked"),
		issue(4, "[Audit] one"),
		issue(5, "fix(b): a finding", finding(4)),
		issue(6, "quality: a framework", body("text\n\n"+NewMark(MarkFramework, "org/one", "x").String())),
		issue(7, "feat(c): more"),
		issue(8, "fix: closed", closed),
		issue(9, "fix: a pull request", func(i *Issue) { i.IsPull = true }),
		issue(10, "fix: a stranger's", stranger),
		issue(11, "fix: a stranger's, accepted", accepted),
		issue(12, "fix: an agent has it", labels("jules")),
		issue(13, "fix: reserved"),
		issue(14, "epic(docs): nobody yet", body("no list\n\n"+NewMark(MarkEpic, "org/one", "docs").String())),
		issue(15, "fix: an epic's mark, pasted by a stranger", accepted),
		issue(16, "fix: gone", func(i *Issue) { i.Missing = true }),
		issue(17, "fix: on a closed epic's list"),
		issue(18, "epic(old): done", closed, body("- [ ] #17")),
		issue(19, "fix: on a stranger's list"),
		issue(20, "epic(evil): all", stranger, body("- [ ] #19")),
		issue(21, "fix: on the other's list"),
	), repo("two", issue(1, "there"), issue(2, "epic: of two", body("- [ ] org/one#21")), issue(3, "free")))
	rec := Records{"org/one#13": {Held: true}}
	if got, want := candidates(s, plain, rec, "one"), []int{5, 6, 7, 11, 15, 17, 19}; !slices.Equal(got, want) {
		t.Errorf("candidates %v, want %v", got, want)
	}
	if got, want := candidates(s, plain, rec, "two"), []int{3}; !slices.Equal(got, want) {
		t.Errorf("of the other: %v, want %v", got, want)
	}
	if got := candidates(s, plain, rec, "three"); got != nil {
		t.Errorf("of nobody: %v", got)
	}
}

// A repository whose findings were too few for an epic is direct once all of
// them are dispatched, and only then (spec/1-domain "Inventory").
func TestFindingsDispatchedDirectlyAreDirect(t *testing.T) {
	row := func(issues ...Issue) Row {
		f := Assess(fleetOf(repo("one", issues...)), plain, nil)
		return f.Rows[0]
	}
	audit := issue(1, "[Audit] one", closed)
	one, two := issue(2, "fix(a): one", finding(1), labels("jules")), issue(3, "fix(b): two", finding(1), labels("jules"))
	if r := row(audit, one, two); r.Stage != StageOrganise || !r.Direct {
		t.Errorf("both dispatched: %+v", r)
	}
	for name, more := range map[string]Issue{
		"not dispatched":  issue(4, "fix(c): three", finding(1)),
		"a feature":       issue(4, "feat(c): three", finding(1)),
		"a stranger's":    issue(4, "three", stranger),
		"a finished epic": issue(4, "epic(a): done", body("- [x] #1")),
		"a framework":     issue(4, "quality: all", body(NewMark(MarkFramework, "org/one").String())),
	} {
		if r := row(audit, one, two, more); r.Stage != StageOrganise || r.Direct {
			t.Errorf("%s besides: %+v", name, r)
		}
	}
	if r := row(issue(1, "[Audit] one"), one, two); r.Stage != StageAudit || r.Direct {
		t.Errorf("the audit is open: %+v", r)
	}
	if r := row(audit, one, two, issue(4, "epic(a): all", body("- [ ] #2\n- [ ] #3"))); r.Stage != StageExecute || r.Direct {
		t.Errorf("on an epic's list: %+v", r)
	}
}

// Every open trusted issue of a repository is a candidate, or an audit, an epic,
// a child or dispatched, never two of them; whatever order epics come in.
func TestCandidatesAreWhatIsLeft(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 20).Draw(t, "issues")
		var issues []Issue
		for k := range n {
			i := issue(k+1, "fix: it")
			switch rapid.IntRange(0, 6).Draw(t, "kind") {
			case 0:
				i.Title = "[Audit] it"
			case 1:
				text := ""
				for range rapid.IntRange(1, 3).Draw(t, "children") {
					text += fmt.Sprintf("- [ ] #%d\n", rapid.IntRange(1, n).Draw(t, "child"))
				}
				i.Body = text
			case 2:
				i.Labels = []string{"jules"}
			case 3:
				closed(&i)
			case 4:
				stranger(&i)
			}
			issues = append(issues, i)
		}
		s := fleetOf(repo("one", issues...))
		f := Assess(s, plain, nil)
		got := candidates(s, plain, nil, "one")
		if !slices.IsSorted(got) || len(slices.Compact(slices.Clone(got))) != len(got) {
			t.Fatalf("%v", got)
		}
		for k := range issues {
			i := &s.Repos[0].Issues[k]
			_, why := Dispatched(i, plain, Record{})
			other := i.Closed || i.Association == "NONE" || IsAuditTitle(i.Title) || why != ""
			for _, e := range f.Epics {
				other = other || e.Ref.Number == i.Ref.Number
				for _, c := range e.Children {
					other = other || c.Ref.Number == i.Ref.Number
				}
			}
			if slices.Contains(got, i.Ref.Number) == other {
				t.Fatalf("#%d is a candidate and something else, or neither: %v", i.Ref.Number, got)
			}
		}
	})
}
