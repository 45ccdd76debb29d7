package orchestrator_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
)

func TestApplyDispatches(t *testing.T) {
	s := newStage(t)
	var told []string
	if err := s.apply(s.plan(), func(e orchestrator.Event) {
		told = append(told, fmt.Sprint(e.Number, "/", e.Of, " ", e.Step.Effect.Kind(), " ", e.Outcome))
	}); err != nil {
		t.Fatal(err)
	}
	got := s.state()
	if got.events[1] != 1 || got.events[2] != 1 || got.comments[1] != 1 || got.held != 0 {
		t.Errorf("%+v", got)
	}
	if want := []string{"work #1 jules #3 @m", "work #2 jules #3 @m"}; fmt.Sprint(got.lines) != fmt.Sprint(want) {
		t.Errorf("log %q", got.lines)
	}
	if len(told) != 9 || told[0] != "1/9 branch done" || told[8] != "9/9 log done" {
		t.Errorf("events %q", told)
	}
	if p := s.plan(); len(p.Steps) != 0 {
		t.Errorf("a second look still plans %d steps", len(p.Steps))
	}
}

// TestTheWorldMovedSinceThePlan: nothing more is sent, and no task is lost.
func TestTheWorldMovedSinceThePlan(t *testing.T) {
	for name, move := range map[string]func(*stage, *world.Tx) error{
		"labelled by hand": func(s *stage, tx *world.Tx) error {
			_, err := tx.AddLabels(s.issue(tx, 1), []string{"jules"})
			return err
		},
		"labelled and taken off again": func(s *stage, tx *world.Tx) error {
			i, err := tx.AddLabels(s.issue(tx, 1), []string{"jules"})
			if err == nil {
				_, err = tx.RemoveLabel(i, "jules")
			}
			return err
		},
		"closed": func(s *stage, tx *world.Tx) error {
			closed := "closed"
			_, err := tx.EditIssue(s.issue(tx, 1), world.IssueEdit{State: &closed})
			return err
		},
		"locked": func(s *stage, tx *world.Tx) error { _, err := tx.LockIssue(s.issue(tx, 1), ""); return err },
		"a feature by its new title": func(s *stage, tx *world.Tx) error {
			title := "feat: one"
			_, err := tx.EditIssue(s.issue(tx, 1), world.IssueEdit{Title: &title})
			return err
		},
		"blocked": func(s *stage, tx *world.Tx) error {
			_, err := tx.AddBlockedBy(s.issue(tx, 1), s.issue(tx, 2))
			return err
		},
		"its epic closed": func(s *stage, tx *world.Tx) error {
			closed := "closed"
			_, err := tx.EditIssue(s.issue(tx, 3), world.IssueEdit{State: &closed})
			return err
		},
		"its epic deleted":       func(s *stage, tx *world.Tx) error { return tx.DeleteIssue(s.issue(tx, 3)) },
		"off the checklist":      rewrite("- [ ] #2\n"),
		"ticked":                 rewrite("- [x] #1\n- [ ] #2\n"),
		"put into a later phase": rewrite("### Phase 1: base\n- [ ] #2\n### Phase 2: rest\n- [ ] #1\n"),
		"no checklist any more":  rewrite("done"),
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			p := s.plan()
			s.update(func(tx *world.Tx) error { return move(s, tx) })
			before := s.state()
			var stale *orchestrator.Stale
			if err := s.apply(p, nil); !errors.As(err, &stale) {
				t.Fatalf("applied over it: %v", err)
			}
			got := s.state()
			if got.comments[1] != 0 || got.events[1] != before.events[1] || len(got.lines) != 0 || got.held != 0 {
				t.Errorf("%+v", got)
			}
		})
	}
}

// rewrite gives the epic another body.
func rewrite(body string) func(*stage, *world.Tx) error {
	return func(s *stage, tx *world.Tx) error {
		_, err := tx.EditIssue(s.issue(tx, 3), world.IssueEdit{Body: &body})
		return err
	}
}

// TestAnEditThatChangesNothing: prose, and a tick on another child's line,
// contradict no plan; the epic is read once for the edit, not once a child.
func TestAnEditThatChangesNothing(t *testing.T) {
	s := newStage(t)
	p := s.plan()
	edit := func(body string) {
		s.sim.Advance(2 * time.Second) // GitHub tells edits to the second
		s.update(func(tx *world.Tx) error { return rewrite(body)(s, tx) })
	}
	edit("Two of them:\n\n- [ ] #1\n- [ ] #2\n\nThat is all.\n")
	from := len(s.sim.Requests().Since(0))
	err := s.apply(p, func(e orchestrator.Event) {
		if e.Step.Effect.Kind() == "log" && e.Number < 6 { // the first child is through
			edit("Two of them:\n\n- [x] #1\n- [ ] #2\n")
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	s.wantOnce()
	read := 0
	for _, r := range s.sim.Requests().Since(0)[from:] {
		if r.Operation == "Page" {
			read++
		}
	}
	if read != 2 {
		t.Errorf("two edits, and the epic was read %d times", read)
	}
}

// TestFailures: what each lost or refused answer leads to. Every one of them is
// looked into after the quiet period, and sent again only where nothing came of
// it: one comment, one LABELED event, one line a child, whatever happened.
func TestFailures(t *testing.T) {
	const comments, labels, refs = "POST /repos/*/*/issues/*/comments#1", "POST /repos/*/*/issues/*/labels#1", "POST /repos/*/*/git/refs#1"
	for _, kind := range []string{"503@", "cut-before@", "cut-after@", "502@", "502-after@", "garbage@", "late=50s@", "timeout@", "secondary@"} {
		for _, at := range []string{comments, labels, refs} {
			t.Run(kind+at, func(t *testing.T) {
				s := newStage(t)
				p := s.plan()
				if err := s.sim.Faults().Replace(kind + at); err != nil {
					t.Fatal(err)
				}
				if err := s.apply(p, nil); err != nil {
					t.Fatal(err)
				}
				s.wantOnce()
			})
		}
	}
}

// wantOnce holds the stage to what one dispatch of both children leaves.
func (s *stage) wantOnce() {
	s.t.Helper()
	got := s.state()
	for n := 1; n <= 2; n++ {
		if got.comments[n] != 1 || got.events[n] != 1 {
			s.t.Errorf("#%d: %d comments, %d LABELED events", n, got.comments[n], got.events[n])
		}
	}
	if len(got.lines) != 2 || got.held != 0 {
		s.t.Errorf("log %q, %d held", got.lines, got.held)
	}
}

func TestPauseStopsBeforeTheNextWrite(t *testing.T) {
	s := newStage(t)
	err := s.apply(s.plan(), func(e orchestrator.Event) {
		if e.Step.Effect.Kind() == "comment" {
			s.pause = true
		}
	})
	var paused orchestrator.Paused
	if !errors.As(err, &paused) {
		t.Fatal(err)
	}
	if got := s.state(); got.comments[1] != 1 || got.events[1] != 0 || got.held != 0 {
		t.Errorf("%+v", got)
	}
}

func TestTheQuotaIsCheckedAgainUnderTheLock(t *testing.T) {
	s := newStage(t)
	p := s.plan()
	s.quota = 1
	if err := s.apply(p, nil); err == nil || !strings.Contains(err.Error(), "quota") {
		t.Fatalf("two tasks of one: %v", err)
	}
	if got := s.state(); len(got.lines) != 1 || got.events[2] != 0 || got.held != 0 {
		t.Errorf("%+v", got)
	}
}

func TestABranchThatIsThereIsLeftAlone(t *testing.T) {
	s := newStage(t)
	p := s.plan()
	s.update(func(tx *world.Tx) error {
		repo, _ := tx.Repo(s.repo.Owner, s.repo.Name)
		_, err := tx.CreateRef(repo, "refs/heads/epic/3-audit", repo.Refs["refs/heads/main"])
		return err
	})
	var first orchestrator.Event
	if err := s.apply(p, func(e orchestrator.Event) {
		if e.Number == 1 {
			first = e
		}
	}); err != nil {
		t.Fatal(err)
	}
	if first.Outcome != orchestrator.Skipped {
		t.Errorf("%+v", first)
	}
}

// TestPlansOfAProposalCountTogether: what is told of the first says how far both
// are.
func TestPlansOfAProposalCountTogether(t *testing.T) {
	s := newStage(t)
	p := s.proposal(s.plan())
	var more flows.Plan
	for _, n := range []int{1, 2, 3} {
		more.Add(flows.Step{Reason: "a test", Effect: flows.Comment{Issue: inventory.Ref{Repo: s.repo, Number: n}, Body: "more"}})
	}
	p.Plans = append(p.Plans, more)
	of := len(p.Plans[0].Steps) + 3
	var told []orchestrator.Progress
	if err := s.applier(func(e orchestrator.Event) { told = append(told, e.Progress) }).Apply(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if len(told) != of {
		t.Fatalf("told %d times of %d steps", len(told), of)
	}
	for k, p := range told {
		// Three comments are left when the first plan is through: two seconds.
		least := max(0, min(2, time.Duration(of-p.Done-1))) * time.Second
		if p.Done != k+1 || p.Of != of || p.Left < least || p.Done == of && p.Left != 0 {
			t.Errorf("after %d steps of %d: %+v", k+1, of, p)
		}
	}
}
