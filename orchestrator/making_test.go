package orchestrator_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
)

const epicBody = "## Child Issues\r\n\r\n### Phase 1: größer (blocking)\r\n\r\n- [x] #1 - one\r\n- [ ] #2 - two 🚀\r\n\r\n## Acceptance Criteria\r\n\r\n- [ ] all done\r\n"

// newMaking is a stage on which every step by which issues are made has
// something to do: #3 an epic, #4 and #5 to be tied, #6 closed, #7 a sub-issue of
// #3, #8 blocked by #7, #9 to be closed.
func newMaking(t *testing.T) *stage {
	t.Helper()
	s := newStage(t)
	s.update(func(tx *world.Tx) error {
		repo, _ := tx.Repo(s.repo.Owner, s.repo.Name)
		for n := 4; n <= 9; n++ {
			if _, err := tx.CreateIssue(repo, world.NewIssue{Title: fmt.Sprint("issue ", n)}); err != nil {
				return err
			}
		}
		body, closed := epicBody, "closed"
		_, a := tx.EditIssue(s.issue(tx, 3), world.IssueEdit{Body: &body})
		_, b := tx.EditIssue(s.issue(tx, 6), world.IssueEdit{State: &closed})
		_, c := tx.AddSubIssue(s.issue(tx, 3), s.issue(tx, 7), false)
		_, d := tx.AddBlockedBy(s.issue(tx, 8), s.issue(tx, 7))
		return errors.Join(a, b, c, d)
	})
	return s
}

func (s *stage) ref(n int) inventory.Ref { return inventory.Ref{Repo: s.repo, Number: n} }

// edited is when GitHub says an issue's text was last edited.
func (s *stage) edited(n int) (at time.Time) {
	_ = s.sim.World().View(func(tx *world.Tx) error { at = s.issue(tx, n).LastEditedAt; return nil })
	return at
}

func (s *stage) mark(n int) inventory.Mark {
	return inventory.NewMark(inventory.MarkFinding, s.repo.Key(), fmt.Sprint(n))
}

func (s *stage) findingBody(n int) string {
	return fmt.Sprintf("Parent audit: #1\r\n\r\nText %d\r\n\r\n%s", n, s.mark(n))
}

func (s *stage) finding(n int) flows.MakeIssue {
	return flows.MakeIssue{Repo: s.repo, Title: fmt.Sprintf("fix(größe): finding %d 漢字", n), Body: s.findingBody(n),
		Labels: []string{"audit", "neu"}, Mark: s.mark(n), Newest: 9, Sources: []flows.Source{{Issue: s.ref(1), Edited: s.edited(1)}}}
}

func (s *stage) making() flows.Plan {
	p := flows.Plan{Flow: "audit", Target: s.repo.String()}
	for _, e := range []flows.Effect{
		flows.MakeLabel{Repo: s.repo, Name: "audit", Color: "b60205", About: "from an audit"},
		flows.MakeLabel{Repo: s.repo, Name: "neu", Color: "0e8a16"},
		s.finding(1), s.finding(2), s.finding(3),
		flows.Comment{Issue: s.ref(4), Body: "Parent: #3", Once: true},
		flows.LinkChild{Parent: s.ref(3), Child: s.ref(4)},
		flows.UnlinkChild{Parent: s.ref(3), Child: s.ref(7)},
		flows.Block{Issue: s.ref(4), By: s.ref(5)},
		flows.Unblock{Issue: s.ref(8), By: s.ref(7)},
		flows.AddChildren{Epic: s.ref(3), Children: []flows.NewChild{
			{Ref: s.ref(4), Title: "four", Phase: "Phase 1: größer (blocking)"}, {Ref: s.ref(5), Title: "fünf", Phase: "Phase 2: Fixes (parallelisable)"}}},
		flows.ReopenIssue{Issue: s.ref(6)},
		flows.CloseIssue{Issue: s.ref(9), Reason: "not_planned"},
	} {
		p.Add(flows.Step{Reason: "test", Effect: e})
	}
	return p
}

// picture is all that GitHub holds of the repository's issues.
func (s *stage) picture() string {
	var b strings.Builder
	_ = s.sim.World().View(func(tx *world.Tx) error {
		repo, _ := tx.Repo(s.repo.Owner, s.repo.Name)
		var names []string
		for _, l := range tx.Labels(repo) {
			names = append(names, l.Name+" "+l.Color)
		}
		slices.Sort(names)
		fmt.Fprintln(&b, names)
		for n := 1; ; n++ {
			i := tx.Issue(repo.ID, n)
			if i == nil {
				return nil
			}
			labels := ""
			for _, l := range tx.LabelsOf(i) {
				labels += l.Name + " "
			}
			number := func(id int64) int {
				if p := tx.IssueByID(id); p != nil {
					return p.Number
				}
				return 0
			}
			blocked := []int{}
			for _, id := range i.BlockedBy {
				blocked = append(blocked, number(id))
			}
			turns := 0
			for _, e := range tx.Events(i.ID) {
				if e.Kind == world.ClosedEvent || e.Kind == world.Reopened {
					turns++
				}
			}
			fmt.Fprintf(&b, "#%d %q closed %v %s %q labels %s parent #%d blocked %v, %d comments, %d turns, %d edits\n", n, i.Title, i.Closed, i.Reason, i.Body, labels,
				number(i.ParentID), blocked, len(tx.Comments(i.ID)), turns, len(tx.Edits(i.ID)))
		}
	})
	return b.String()
}

// made is the picture after an undisturbed apply.
func made(t *testing.T) string {
	s := newMaking(t)
	if err := s.apply(s.making(), nil); err != nil {
		t.Fatal(err)
	}
	return s.picture()
}

func TestMakingDoesEachStepOnce(t *testing.T) {
	s := newMaking(t)
	var told []string
	tell := func(e orchestrator.Event) {
		told = append(told, fmt.Sprint(e.Step.Effect.Kind(), " ", e.Outcome, " ", e.Detail))
	}
	if err := s.apply(s.making(), tell); err != nil {
		t.Fatal(err)
	}
	want := []string{"new-label done audit", "new-label done neu", "new-issue done #10 fix(größe): finding 1 漢字", "new-issue done #11 fix(größe): finding 2 漢字",
		"new-issue done #12 fix(größe): finding 3 漢字", "comment done Parent: #3", "sub-issue done of #3", "no-sub-issue done of #3 no more", "blocked-by done by #5",
		"not-blocked-by done by #7 no more", "checklist done + #4, + #5", "reopen done open", "close done closed"}
	if !slices.Equal(told, want) {
		t.Errorf("told %q", told)
	}
	got := s.picture()
	for _, part := range []string{
		`#3 "epic(audit): all" closed false  "## Child Issues\r\n\r\n### Phase 1: größer (blocking)\r\n\r\n- [x] #1 - one\r\n- [ ] #2 - two 🚀\r\n- [ ] #4 - four\r\n\r\n### Phase 2: Fixes (parallelisable)\r\n\r\n- [ ] #5 - fünf\r\n\r\n## Acceptance Criteria\r\n\r\n- [ ] all done\r\n"`,
		`#4 "issue 4" closed false  "" labels  parent #3 blocked [5], 1 comments`, `#6 "issue 6" closed false`, `#7 "issue 7" closed false  "" labels  parent #0`,
		`#8 "issue 8" closed false  "" labels  parent #0 blocked []`, `#9 "issue 9" closed true not_planned`, `labels audit neu `,
	} {
		if !strings.Contains(got, part) {
			t.Errorf("without %s:\n%s", part, got)
		}
	}
	told = nil
	if err := s.apply(s.making(), tell); err != nil {
		t.Fatal(err)
	}
	if s.picture() != got {
		t.Errorf("applied again it became\n%s\nand was\n%s", s.picture(), got)
	}
	for _, line := range told {
		if !strings.Contains(line, " skipped ") {
			t.Errorf("the second time: %s", line)
		}
	}
	s.wantNothingOpen()
}

// TestWhatTheStepsCost: as many requests and points as the server counted.
func TestWhatTheStepsCost(t *testing.T) {
	s := newMaking(t)
	for _, step := range s.making().Steps {
		var p flows.Plan
		p.Add(step)
		before := len(s.sim.Requests().Since(0))
		if err := s.apply(p, nil); err != nil {
			t.Fatal(err)
		}
		var got flows.Cost
		for _, r := range s.sim.Requests().Since(0)[before:] {
			got.Requests++
			if r.Resource == "graphql" {
				got.Points += r.Points
			} else {
				got.Writes++
			}
			if r.Content {
				got.Content++
			}
		}
		if got.Content < p.Cost.Content { // which writes count GitHub does not publish: more are planned for
			got.Content = p.Cost.Content
		}
		if got != p.Cost {
			t.Errorf("%s costs %+v, planned %+v", step.Effect.Kind(), got, p.Cost)
		}
	}
}

// TestMakingKilledAtEveryChange: a process dies right after each of its calls
// that change something, or with GitHub's effect landing later; gone on with or
// settled and applied again, the end is that of an undisturbed apply.
func TestMakingKilledAtEveryChange(t *testing.T) {
	tried := drawn(t)
	want := made(t)
	whole := newMaking(t)
	m, a := whole.process(0, after)
	if err := a.Apply(t.Context(), whole.proposal(whole.making())); err != nil {
		t.Fatal(err)
	}
	points := 0
	for dies, remote := range m.remote {
		for when := after; when < deaths; when++ {
			if when == late && !remote {
				continue
			}
			for _, resume := range []bool{false, true} {
				if !tried() {
					continue
				}
				points++
				t.Run(fmt.Sprint(dies+1, "/", when, "/", resume), func(t *testing.T) {
					t.Parallel()
					s := newMaking(t)
					plan := s.making()
					m, a := s.process(dies+1, when)
					if err := a.Apply(t.Context(), s.proposal(plan)); !m.dead {
						t.Fatalf("it did not die: %v", err)
					}
					_, a = s.process(0, after)
					if err := s.again(a, resume, plan); err != nil {
						t.Fatalf("after it died at change %d (%v): %v", dies+1, when, err)
					}
					_ = s.clock.Sleep(t.Context(), time.Hour)
					if got := s.picture(); got != want {
						t.Errorf("after it died at change %d (%v):\n%s\nwant\n%s", dies+1, when, got, want)
					}
					s.wantNothingOpen()
				})
			}
		}
	}
	t.Logf("%d deaths", points)
}

// again goes on with what was left, or settles it, and applies the plan.
func (s *stage) again(a *orchestrator.Applier, resume bool, plans ...flows.Plan) error {
	ctx := s.t.Context()
	if left, err := a.Rest(""); resume && err == nil {
		if err := a.Resume(ctx, idsOf(left)...); err != nil {
			return err
		}
	}
	if _, err := a.Settle(ctx); err != nil {
		return err
	}
	p := s.proposal(plans[0])
	p.Plans = plans
	return a.Apply(ctx, p)
}

// TestMakingFailures: every kind of failure at every write and at every look
// leaves, in the end, what an undisturbed apply does.
func TestMakingFailures(t *testing.T) {
	tried := drawn(t)
	want := made(t)
	at := []string{"POST /repos/*/*/labels#1", "POST /repos/*/*/issues#1", "POST /repos/*/*/issues#3", "POST /repos/*/*/issues/*/comments#1",
		"POST /repos/*/*/issues/*/sub_issues#1", "DELETE /repos/*/*/issues/*/sub_issue#1", "POST /repos/*/*/issues/*/dependencies/blocked_by#1",
		"DELETE /repos/*/*/issues/*/dependencies/blocked_by/*#1", "PATCH /repos/*/*/issues/3#1", "PATCH /repos/*/*/issues/6#1", "PATCH /repos/*/*/issues/9#1",
		"Label#1", "Ground#1", "Ground#2", "Tie#1", "Tie#3", "Page#1", "Page#2", "Standing#1"}
	for _, kind := range []string{"500@", "502@", "503@", "cut-before@", "cut-after@", "502-after@", "garbage@", "late=50s@", "timeout@", "secondary@", "partial@"} {
		for _, at := range at {
			read := !strings.Contains(at, "/")
			if read && (kind == "late=50s@") || !read && kind == "partial@" {
				continue
			}
			if !tried() {
				continue
			}
			t.Run(kind+at, func(t *testing.T) {
				t.Parallel()
				s := newMaking(t)
				plan := s.making()
				if err := s.sim.Faults().Replace(kind + at); err != nil {
					t.Fatal(err)
				}
				if err := s.apply(plan, nil); err != nil {
					// A look that failed for good stops the plan; nothing is in doubt.
					if err := s.again(s.applier(nil), true, plan); err != nil {
						t.Fatal(err)
					}
				}
				if got := s.picture(); got != want {
					t.Errorf("\n%s\nwant\n%s", got, want)
				}
				s.wantNothingOpen()
			})
		}
	}
}

func TestUndoOfMaking(t *testing.T) {
	s := newMaking(t)
	before := s.picture()
	if err := s.apply(s.making(), nil); err != nil {
		t.Fatal(err)
	}
	a := s.applier(nil)
	undo, err := a.Undo("")
	if err != nil {
		t.Fatal(err)
	}
	s.clock.at = s.clock.at.Add(time.Second)
	if err := a.Apply(t.Context(), s.proposal(undo)); err != nil {
		t.Fatal(err)
	}
	got := s.picture()
	for _, part := range []string{"#10 \"fix(größe): finding 1 漢字\" closed true not_planned", "#12 \"fix(größe): finding 3 漢字\" closed true not_planned",
		`#4 "issue 4" closed false  "" labels  parent #0 blocked [], 0 comments`, `#9 "issue 9" closed false`} {
		if !strings.Contains(got, part) {
			t.Errorf("without %s:\n%s\nbefore\n%s", part, got, before)
		}
	}
	said := fmt.Sprint(undo.Skipped)
	for _, part := range []string{"an issue cannot be deleted", "its checklist keeps + #4, + #5", "the label audit stays", "it stays open: close it by hand"} {
		if !strings.Contains(said, part) {
			t.Errorf("without %q: %s", part, said)
		}
	}
	wantTakenBack := func(numbers ...int) {
		t.Helper()
		got, err := s.log.TakenBack()
		if err != nil || len(got) != len(numbers) {
			t.Errorf("taken back: %v, %v, want %v", got, err, numbers)
		}
		for _, n := range numbers {
			if got[s.ref(n).Key()].IsZero() {
				t.Errorf("#%d is not taken back: %v", n, got)
			}
		}
	}
	wantTakenBack(10, 11, 12)
	// Opened again, by a plan of its own; that is taken back as well.
	var again flows.Plan
	again.Add(flows.Step{Reason: "test", Effect: flows.ReopenIssue{Issue: s.ref(10), Again: true}})
	s.clock.at = s.clock.at.Add(time.Second)
	if err := s.apply(again, nil); err != nil {
		t.Fatal(err)
	}
	wantTakenBack(11, 12)
	s.clock.at = s.clock.at.Add(time.Second)
	if undo, err = a.Undo(""); err != nil || len(undo.Steps) != 1 {
		t.Fatal(undo, err)
	}
	if err := a.Apply(t.Context(), s.proposal(undo)); err != nil {
		t.Fatal(err)
	}
	wantTakenBack(10, 11, 12)
	// A comment that was taken back may be posted again.
	if err := s.apply(s.making(), nil); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(s.picture(), `parent #3 blocked [5], 1 comments`) {
		t.Error(s.picture())
	}
}
