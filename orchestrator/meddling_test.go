package orchestrator_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/internal/journal"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
)

// meddled is a GitHub on which somebody else does something right before, or
// right after, each of our writes of an epic.
type meddled struct {
	orchestrator.Hub
	before, after []func()
}

func (m *meddled) WritePage(ctx context.Context, ref inventory.Ref, body string) error {
	next(&m.before)()
	err := m.Hub.WritePage(ctx, ref, body)
	next(&m.after)()
	return err
}

func next(list *[]func()) func() {
	if len(*list) == 0 {
		return func() {}
	}
	f := (*list)[0]
	*list = (*list)[1:]
	return f
}

// edit is a person's edit of the epic.
func (s *stage) edit(old, new string) func() {
	return func() {
		s.clock.sim.Advance(time.Second)
		s.update(func(tx *world.Tx) error {
			body := strings.Replace(s.issue(tx, 3).Body, old, new, 1)
			_, err := tx.EditIssue(s.issue(tx, 3), world.IssueEdit{Body: &body})
			return err
		})
	}
}

func (s *stage) one(e flows.Effect) flows.Plan {
	var p flows.Plan
	p.Add(flows.Step{Reason: "test", Effect: e})
	return p
}

func (s *stage) adding() flows.Plan {
	return s.one(flows.AddChildren{Epic: s.ref(3), Children: []flows.NewChild{{Ref: s.ref(4), Title: "four", Phase: "Phase 1"}}})
}

func (s *stage) body(n int) (body string) {
	_ = s.sim.World().View(func(tx *world.Tx) error { body = s.issue(tx, n).Body; return nil })
	return body
}

// TestNobodysEditIsLost: whoever edits an epic while its checklist is written.
func TestNobodysEditIsLost(t *testing.T) {
	const ours = "- [ ] #4 - four"
	noted, more := "all done\r\n\r\nA note.", "A note. And more."
	for _, c := range []struct {
		name          string
		before, after [][2]string // what is replaced by what, at each write of ours
		want          []string    // in the end
		person        string      // what a person is told; empty: nothing
		faults        string
	}{
		{name: "nobody", want: []string{ours}},
		{name: "between reading and writing", before: [][2]string{{"all done", noted}}, want: []string{ours, "A note."}},
		{name: "a tick between", before: [][2]string{{"- [ ] #2", "- [x] #2"}}, want: []string{ours, "- [x] #2"}},
		{name: "behind our write", after: [][2]string{{"all done", noted}}, want: []string{ours, "A note."}},
		{name: "the same line", before: [][2]string{{"two 🚀", "two 🚀\r\n" + ours}}, want: []string{ours}},
		{name: "twice", before: [][2]string{{"all done", noted}, {"all done", "all but done"}}, person: "needs a person"},
		{name: "before and behind", before: [][2]string{{"all done", noted}}, after: [][2]string{{"two 🚀", "two"}}, person: "edited it, too"},
		{name: "made unreadable", before: [][2]string{{"## Child", "```\r\n## Child"}}, person: "cannot be added"},
		{name: "between, and our answer is lost", before: [][2]string{{"all done", noted}}, faults: "cut-after@PATCH /repos/*/*/issues/3#1", want: []string{ours}, person: "needs a person"},
		{name: "between, and the mending's answer is lost", before: [][2]string{{"all done", noted}}, faults: "cut-after@PATCH /repos/*/*/issues/3#2", want: []string{ours, "A note."}},
		{name: "our answer is lost", faults: "cut-after@PATCH /repos/*/*/issues/3#1", want: []string{ours}},
		{name: "our answer is lost, and somebody edits", faults: "cut-after@PATCH /repos/*/*/issues/3#1", after: [][2]string{{"all done", more}}, want: []string{ours, more}},
		{name: "our write is lost, and somebody edits", faults: "cut-before@PATCH /repos/*/*/issues/3#1", before: [][2]string{{"all done", noted}}, want: []string{ours, "A note."}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newMaking(t)
			m := &meddled{Hub: s.hub}
			for _, e := range c.before {
				m.before = append(m.before, s.edit(e[0], e[1]))
			}
			for _, e := range c.after {
				m.after = append(m.after, s.edit(e[0], e[1]))
			}
			if err := s.sim.Faults().Replace(c.faults); err != nil {
				t.Fatal(err)
			}
			var told string
			a := s.applier(func(e orchestrator.Event) { told += string(e.Outcome) + " " + e.Detail + "\n" })
			a.Hub = m
			err := a.Apply(t.Context(), s.proposal(s.adding()))
			if err != nil {
				var person *orchestrator.NeedsPerson
				if !errors.As(err, &person) {
					t.Fatal(err)
				}
				told += err.Error()
			}
			if c.person == "" && (err != nil || strings.Contains(told, "person")) || !strings.Contains(told, c.person) {
				t.Errorf("told %q, %v", told, err)
			}
			body := s.body(3)
			for _, part := range c.want {
				if !strings.Contains(body, part) {
					t.Errorf("without %q:\n%s", part, body)
				}
			}
			if strings.Count(body, ours) > 1 {
				t.Errorf("twice:\n%s", body)
			}
		})
	}
}

// TestTheGroundMoved: what a step meets contradicts the plan, and nothing is
// sent; or it is so already, and nothing needs to be.
func TestTheGroundMoved(t *testing.T) {
	archive := func(s *stage, tx *world.Tx) error {
		repo, _ := tx.Repo(s.repo.Owner, s.repo.Name)
		yes := true
		_, err := tx.EditRepo(repo, world.RepoEdit{Archived: &yes})
		return err
	}
	closed := func(n int) func(*stage, *world.Tx) error {
		return func(s *stage, tx *world.Tx) error {
			state := "closed"
			_, err := tx.EditIssue(s.issue(tx, n), world.IssueEdit{State: &state})
			return err
		}
	}
	deleted := func(n int) func(*stage, *world.Tx) error {
		return func(s *stage, tx *world.Tx) error { return tx.DeleteIssue(s.issue(tx, n)) }
	}
	retitled := func(n int) func(*stage, *world.Tx) error {
		return func(s *stage, tx *world.Tx) error {
			title := "another"
			_, err := tx.EditIssue(s.issue(tx, n), world.IssueEdit{Title: &title})
			return err
		}
	}
	edited := func(n int) func(*stage, *world.Tx) error {
		return func(s *stage, tx *world.Tx) error {
			body := "another"
			_, err := tx.EditIssue(s.issue(tx, n), world.IssueEdit{Body: &body})
			return err
		}
	}
	off := func(s *stage, tx *world.Tx) error {
		repo, _ := tx.Repo(s.repo.Owner, s.repo.Name)
		yes := true
		_, err := tx.EditRepo(repo, world.RepoEdit{IssuesDisabled: &yes})
		return err
	}
	nothing := func(*stage, *world.Tx) error { return nil }
	issue := func(s *stage) flows.Effect { return s.finding(1) }
	closing := func(s *stage) flows.Effect {
		return flows.CloseIssue{Issue: s.ref(3), Reason: "completed", Edited: s.edited(3)}
	}
	link := func(s *stage) flows.Effect { return flows.LinkChild{Parent: s.ref(3), Child: s.ref(4)} }
	block := func(s *stage) flows.Effect { return flows.Block{Issue: s.ref(4), By: s.ref(5)} }
	list := func(s *stage) flows.Effect { return s.adding().Steps[0].Effect }
	label := func(s *stage) flows.Effect {
		return flows.MakeLabel{Repo: s.repo, Name: "audit", Color: "b60205"}
	}
	for _, c := range []struct {
		name   string
		effect func(*stage) flows.Effect
		move   func(*stage, *world.Tx) error
		stale  string // empty: skipped
		said   string
	}{
		{"an archived repository", issue, archive, "archived", ""},
		{"an archived repository's label", label, archive, "archived", ""},
		{"an archived repository's issue", closing, archive, "archived", ""},
		{"archived, to be tied", link, archive, "archived", ""},
		{"archived, to be listed", list, archive, "archived", ""},
		{"issues switched off", issue, off, "switched off", ""},
		{"a closed source", issue, closed(1), "closed meanwhile", ""},
		{"an edited source", issue, edited(1), "edited meanwhile", ""},
		{"a retitled source", issue, retitled(1), "title was changed", ""},
		{"a source that is gone", issue, deleted(1), "deleted or transferred", ""},
		{"closed already", closing, closed(3), "", "closed already"},
		{"edited, to be closed", closing, edited(3), "edited meanwhile", ""},
		{"gone, to be closed", closing, deleted(3), "deleted, transferred or hidden", ""},
		{"another parent", link, func(s *stage, tx *world.Tx) error {
			_, err := tx.AddSubIssue(s.issue(tx, 5), s.issue(tx, 4), false)
			return err
		}, "", "is a sub-issue of #5 already"},
		{"the same parent", link, func(s *stage, tx *world.Tx) error {
			_, err := tx.AddSubIssue(s.issue(tx, 3), s.issue(tx, 4), false)
			return err
		}, "", "of #3 already"},
		{"a closed parent", link, closed(3), "closed meanwhile", ""},
		{"a child that is gone", link, deleted(4), "deleted, transferred or hidden", ""},
		{"a hundred sub-issues", link, func(s *stage, tx *world.Tx) error {
			repo, _ := tx.Repo(s.repo.Owner, s.repo.Name)
			for range 99 {
				i, err := tx.CreateIssue(repo, world.NewIssue{Title: "x"})
				if err == nil {
					_, err = tx.AddSubIssue(s.issue(tx, 3), i, false)
				}
				if err != nil {
					return err
				}
			}
			return nil
		}, "", "100 sub-issues, the most GitHub allows"},
		{"blocked already", block, func(s *stage, tx *world.Tx) error {
			_, err := tx.AddBlockedBy(s.issue(tx, 4), s.issue(tx, 5))
			return err
		}, "", "by #5 already"},
		{"a closed epic", list, closed(3), "closed meanwhile", ""},
		{"the label in another case", label, func(s *stage, tx *world.Tx) error {
			repo, _ := tx.Repo(s.repo.Owner, s.repo.Name)
			_, err := tx.CreateLabel(repo, world.NewLabel{Name: "Audit"})
			return err
		}, "", "there already"},
		{"a stranger's epic", func(s *stage) flows.Effect {
			return flows.AddChildren{Epic: s.ref(10), Children: []flows.NewChild{{Ref: s.ref(4)}}}
		}, func(s *stage, tx *world.Tx) error { return s.stranger("- [ ] #1") }, "not trusted", ""},
		{"somebody else made it", issue, func(s *stage, tx *world.Tx) error {
			repo, _ := tx.Repo(s.repo.Owner, s.repo.Name)
			_, err := tx.CreateIssue(repo, world.NewIssue{Title: "x", Body: s.findingBody(1)})
			return err
		}, "", "stands there already: #10"},
		{"an issue that may be made", issue, nothing, "", ""},
		{"a stranger's issue with our mark", issue, func(s *stage, tx *world.Tx) error { return s.stranger(s.findingBody(1)) }, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newMaking(t)
			p := s.one(c.effect(s))
			made := s.clock.at
			s.clock.at, _ = s.clock.at.Add(2*time.Second), s.clock.Sleep(t.Context(), 2*time.Second)
			if strings.Contains(c.name, "stranger") {
				if err := c.move(s, nil); err != nil {
					t.Fatal(err)
				}
			} else {
				s.update(func(tx *world.Tx) error { return c.move(s, tx) })
			}
			before := s.picture()
			var told string
			proposal := s.proposal(p)
			proposal.MadeAt = made
			err := s.applier(func(e orchestrator.Event) { told += string(e.Outcome) + " " + e.Detail }).Apply(t.Context(), proposal)
			var stale *orchestrator.Stale
			switch {
			case c.stale != "":
				if !errors.As(err, &stale) || !strings.Contains(err.Error(), c.stale) || s.picture() != before {
					t.Errorf("%v; told %q", err, told)
				}
			case c.said != "":
				if err != nil || !strings.HasPrefix(told, "skipped") || !strings.Contains(told, c.said) || s.picture() != before {
					t.Errorf("%v; told %q", err, told)
				}
			default:
				if err != nil || !strings.HasPrefix(told, "done") {
					t.Errorf("%v; told %q", err, told)
				}
			}
			s.wantNothingOpen()
		})
	}
}

// stranger opens an issue as somebody nobody trusts.
func (s *stage) stranger(body string) error {
	var who *world.User
	if err := s.sim.World().Update(world.System(), func(tx *world.Tx) (err error) {
		who, err = tx.CreateUser(world.NewUser{Login: "stranger"})
		return err
	}); err != nil {
		return err
	}
	return s.sim.World().Update(world.Actor{User: who}, func(tx *world.Tx) error {
		repo, _ := tx.Repo(s.repo.Owner, s.repo.Name)
		_, err := tx.CreateIssue(repo, world.NewIssue{Title: "mine", Body: body})
		return err
	})
}

// TestTooLongIsRefused before anything is sent.
func TestTooLongIsRefused(t *testing.T) {
	for _, f := range []func(*flows.MakeIssue){
		func(e *flows.MakeIssue) { e.Title = strings.Repeat("ä", 257) },
		func(e *flows.MakeIssue) { e.Body = strings.Repeat("ä", 65537) },
		func(e *flows.MakeIssue) { e.Title = "" },
	} {
		s := newMaking(t)
		e := s.finding(1)
		f(&e)
		before := len(s.sim.Requests().Since(0))
		if err := s.apply(s.one(e), nil); err == nil || !strings.Contains(err.Error(), "GitHub takes") {
			t.Error(err)
		}
		if n := len(s.sim.Requests().Since(0)) - before; n != 0 {
			t.Errorf("%d requests were sent", n)
		}
	}
}

// TestTwoAtOnce: two processes of a folder apply the same plan at the same time.
func TestTwoAtOnce(t *testing.T) {
	want := made(t)
	s := newMaking(t)
	plan := s.making()
	var both sync.WaitGroup
	for k := range 2 {
		both.Go(func() {
			a := s.applier(nil)
			a.Journal = journal.Open(s.journalDir())
			p := s.proposal(plan)
			p.ID += fmt.Sprint("x", k)
			for range 3 { // a race for what only one can do may end in a refusal: then it is so already
				if err := a.Apply(t.Context(), p); err == nil {
					return
				}
				p.ID += "y"
			}
			t.Error("it never came through")
		})
	}
	both.Wait()
	if got := s.picture(); got != want {
		t.Errorf("\n%s\nwant\n%s", got, want)
	}
}
