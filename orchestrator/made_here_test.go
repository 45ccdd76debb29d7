package orchestrator_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/internal/journal"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
)

// onlyFindings is the plan of the three issues, without labels.
func (s *stage) onlyFindings() flows.Plan {
	p := flows.Plan{Flow: "audit", Target: s.repo.String()}
	for n := 1; n <= 3; n++ {
		e := s.finding(n)
		e.Labels = nil
		p.Add(flows.Step{Reason: "test", Effect: e})
	}
	return p
}

// madeOf are the issues that were made of a finding, by their title.
func (s *stage) madeOf(n int) (out []int) {
	_ = s.sim.World().View(func(tx *world.Tx) error {
		repo, _ := tx.Repo(s.repo.Owner, s.repo.Name)
		for _, i := range tx.Issues(repo.ID) {
			if i.Title == s.finding(n).Title {
				out = append(out, i.Number)
			}
		}
		return nil
	})
	return out
}

func (s *stage) wantEachOnce() {
	s.t.Helper()
	for n := 1; n <= 3; n++ {
		if got := s.madeOf(n); len(got) != 1 {
			s.t.Errorf("finding %d has the issues %v", n, got)
		}
	}
	s.wantNothingOpen()
}

// rewrite changes an issue's body as a person there would.
func (s *stage) rewrite(number int, change func(string) string) {
	s.update(func(tx *world.Tx) error {
		i := s.issue(tx, number)
		if i == nil {
			return fmt.Errorf("#%d is not there", number)
		}
		body := change(i.Body)
		_, err := tx.EditIssue(i, world.IssueEdit{Body: &body})
		return err
	})
}

func footer(body string) string { return body + "\r\n\r\n---\r\nTracked by a bot." }

// TestAMarkThatIsNotTheLastLineAnyMore: a bot writes below it, before the same plan
// comes again and while the answer is awaited.
func TestAMarkThatIsNotTheLastLineAnyMore(t *testing.T) {
	t.Run("before it comes again", func(t *testing.T) {
		s := newMaking(t)
		plan := s.onlyFindings()
		if err := s.apply(plan, nil); err != nil {
			t.Fatal(err)
		}
		for _, change := range []func(string) string{footer, func(string) string { return "nothing left of it" }} {
			for n := 10; n <= 12; n++ {
				s.rewrite(n, change)
			}
			var told []string
			if err := s.apply(plan, func(e orchestrator.Event) { told = append(told, fmt.Sprint(e.Outcome, " ", e.Detail)) }); err != nil {
				t.Fatal(err)
			}
			for n := 10; n <= 12; n++ {
				if !slices.Contains(told, fmt.Sprintf("skipped was made here before: #%d", n)) {
					t.Errorf("#%d: %q", n, told)
				}
			}
			s.wantEachOnce()
		}
	})
	t.Run("while the answer is awaited", func(t *testing.T) {
		s := newMaking(t)
		if err := s.sim.Faults().Replace("cut-after@POST /repos/*/*/issues#1"); err != nil {
			t.Fatal(err)
		}
		s.clock.later = append(s.clock.later, landing{at: s.clock.at.Add(time.Second), do: func() { s.rewrite(10, footer) }})
		if err := s.apply(s.onlyFindings(), nil); err != nil {
			t.Fatal(err)
		}
		s.wantEachOnce()
	})
}

// TestADeletedIssueIsMadeAgain: what the journal knows is looked for by its number.
func TestADeletedIssueIsMadeAgain(t *testing.T) {
	s := newMaking(t)
	plan := s.onlyFindings()
	if err := s.apply(plan, nil); err != nil {
		t.Fatal(err)
	}
	s.update(func(tx *world.Tx) error { return tx.DeleteIssue(s.issue(tx, 11)) })
	if err := s.apply(plan, nil); err != nil {
		t.Fatal(err)
	}
	if got := s.madeOf(2); !slices.Equal(got, []int{13}) {
		t.Errorf("finding 2 has the issues %v", got)
	}
	s.wantEachOnce()
}

// TestIssuesAreMadeOnceWhileListsLag: GitHub's lists show nothing of the last half
// minute. The journal knows what this folder made, and an answer that was lost is
// looked for only when the quiet period is over.
func TestIssuesAreMadeOnceWhileListsLag(t *testing.T) {
	for _, lost := range []string{"", "cut-after@POST /repos/*/*/issues#1,", "502-after@POST /repos/*/*/issues#2,", "cut-before@POST /repos/*/*/issues#3,"} {
		t.Run(lost, func(t *testing.T) {
			s := newMaking(t)
			_ = s.clock.Sleep(t.Context(), time.Hour)
			if err := s.sim.Faults().Replace(lost + "lag=30s@*"); err != nil {
				t.Fatal(err)
			}
			plan := s.onlyFindings()
			for range 3 {
				if err := s.apply(plan, nil); err != nil {
					t.Fatal(err)
				}
			}
			other := s.applier(nil) // another process
			other.Journal = journal.Open(s.journalDir())
			if err := other.Apply(t.Context(), s.proposal(plan)); err != nil {
				t.Fatal(err)
			}
			s.wantEachOnce()
		})
	}
}

// TestMakingKilledWhileListsLag: a process dies after each of its changes; the next
// one comes at once. A write that lands at the end of the quiet period and is not
// listed then is what that period cannot rule out.
func TestMakingKilledWhileListsLag(t *testing.T) {
	whole := newMaking(t)
	m, a := whole.process(0, after)
	if err := a.Apply(t.Context(), whole.proposal(whole.onlyFindings())); err != nil {
		t.Fatal(err)
	}
	for dies := range m.remote {
		t.Run(fmt.Sprint(dies+1), func(t *testing.T) {
			t.Parallel()
			s := newMaking(t)
			_ = s.clock.Sleep(t.Context(), time.Hour)
			if err := s.sim.Faults().Replace("lag=20s@*"); err != nil {
				t.Fatal(err)
			}
			plan := s.onlyFindings()
			m, a := s.process(dies+1, after)
			if err := a.Apply(t.Context(), s.proposal(plan)); !m.dead {
				t.Fatalf("it did not die: %v", err)
			}
			_, a = s.process(0, after)
			if err := s.again(a, dies%2 == 0, plan); err != nil {
				t.Fatal(err)
			}
			s.wantEachOnce()
		})
	}
}

// TestAnotherFolderKnowsOurOwn: its journal has nothing; the token's account made
// them, though GitHub hides that it belongs to the organisation. Whoever else
// pastes a mark has no effect.
func TestAnotherFolderKnowsOurOwn(t *testing.T) {
	for _, own := range []bool{true, false} {
		s := newMaking(t)
		s.update(func(tx *world.Tx) error {
			owner := tx.UserByLogin(s.sim.Fleet().Owner)
			_, err := tx.Conceal(tx.UserByLogin(s.repo.Owner), owner)
			return err
		})
		plan := s.onlyFindings()
		if own {
			if err := s.apply(plan, nil); err != nil {
				t.Fatal(err)
			}
		} else {
			s.paste(s.findingBody(1))
		}
		other := s.applier(nil)
		other.Journal = journal.Open(t.TempDir() + "/journal")
		if err := other.Apply(t.Context(), s.proposal(plan)); err != nil {
			t.Fatal(err)
		}
		s.wantEachOnce()
	}
}

// paste opens an issue of a stranger's.
func (s *stage) paste(body string) {
	s.t.Helper()
	if err := s.sim.World().Update(world.System(), func(tx *world.Tx) error {
		u, err := tx.CreateUser(world.NewUser{Login: "mallory", Kind: world.Person})
		if err != nil {
			return err
		}
		tx.As(world.Actor{User: u})
		repo, _ := tx.Repo(s.repo.Owner, s.repo.Name)
		_, err = tx.CreateIssue(repo, world.NewIssue{Title: "pasted", Body: body})
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
}

// TestTheJournalKnowsWhatEachIssueWasMadeAs: and a later undo leaves that.
func TestTheJournalKnowsWhatEachIssueWasMadeAs(t *testing.T) {
	s := newMaking(t)
	if err := s.apply(s.onlyFindings(), nil); err != nil {
		t.Fatal(err)
	}
	got, err := s.log.Made()
	if err != nil || len(got) != 1 || len(got[s.repo.Key()]) != 3 {
		t.Fatalf("%v, %v", got, err)
	}
	for n := 1; n <= 3; n++ {
		p := got[s.repo.Key()][9+n]
		if p.Mark != s.mark(n) || p.At.IsZero() {
			t.Errorf("#%d: %+v", 9+n, p)
		}
		if number, err := s.log.MadeAs(s.repo, s.mark(n)); err != nil || number != 9+n {
			t.Errorf("finding %d: #%d, %v", n, number, err)
		}
	}
	if number, err := s.log.MadeAs(s.repo, inventory.NewMark(inventory.MarkEpic, "none")); err != nil || number != 0 {
		t.Errorf("#%d, %v", number, err)
	}
}
