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
	"github.com/dappcore/core-dev/internal/github"
	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/internal/journal"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
)

// boundary is a GitHub on which somebody does something right before a request of
// ours about an epic's body, by its number from 1.
type boundary struct {
	orchestrator.Hub
	n  int
	at map[int]func()
}

func (b *boundary) request() {
	if b.n++; b.at[b.n] != nil {
		b.at[b.n]()
	}
}

func (b *boundary) Page(ctx context.Context, ref inventory.Ref, texts bool) (inventory.Page, error) {
	b.request()
	return b.Hub.Page(ctx, ref, texts)
}

func (b *boundary) WritePage(ctx context.Context, ref inventory.Ref, body string) error {
	b.request()
	return b.Hub.WritePage(ctx, ref, body)
}

// TestNobodysEditIsLostByATick: a person edits the epic before any one, and before
// any two, of the requests by which a child is ticked. At rest, after one more
// round, the child is ticked, and what the person wrote stands or the person was
// told; where the edit leaves no one line to tick, a person is told that.
func TestNobodysEditIsLostByATick(t *testing.T) {
	tried := drawn(t)
	type edit struct{ old, new string }
	note := edit{"all done", "all done\r\n\r\nA note."}
	second := edit{"größer", "kleiner"}
	for _, c := range []struct {
		name string
		edit
		person string // what is told at rest; empty: nothing needs to be
	}{
		{"prose", note, ""},
		{"another tick", edit{"- [ ] #1", "- [x] #1"}, ""},
		{"the same tick", edit{"- [ ] #2", "- [x] #2"}, ""},
		{"the same line's text", edit{"two 🚀", "zwei"}, ""},
		{"its repository written out", edit{"] #2 -", "] empty-org/work#2 -"}, ""},
		{"the line goes", edit{"- [ ] #2 - two 🚀\r\n", ""}, "is not on the checklist"},
		{"the line twice", edit{"two 🚀", "two\r\n- [ ] #2"}, "more than once"},
		{"the line twice, written out", edit{"two 🚀", "two\r\n- [ ] empty-org/work#2"}, "with its repository and without"},
	} {
		for first := 0; first <= 5; first++ {
			for then := first; then <= 5; then++ {
				if then > first && first == 0 {
					continue
				}
				if !tried() {
					continue
				}
				t.Run(fmt.Sprint(c.name, "/", first, "/", then), func(t *testing.T) {
					t.Parallel()
					s := newMaking(t)
					s.edit("- [x] #1", "- [ ] #1")()
					made := map[string]string{} // what the person wrote, by when
					does := func(e edit) func() {
						return func() {
							if strings.Contains(s.body(3), e.old) {
								s.edit(e.old, e.new)()
								made[s.edited(3).UTC().Format(time.RFC3339)] = e.new
							}
						}
					}
					b := &boundary{Hub: s.hub, at: map[int]func(){first: does(c.edit)}}
					if then > first {
						b.at[then] = does(second)
					}
					var told string
					a := s.applier(func(e orchestrator.Event) { told += string(e.Outcome) + " " + e.Detail + "\n" })
					a.Hub = b
					apply := func() {
						var person *orchestrator.NeedsPerson
						if err := a.Apply(t.Context(), s.proposal(s.one(flows.Tick{Epic: s.ref(3), Child: s.ref(2)}))); errors.As(err, &person) {
							told += err.Error() + "\n"
						} else if err != nil {
							t.Fatal(err)
						}
					}
					apply()
					s.clock.at = s.clock.at.Add(time.Second)
					apply()
					body := s.body(3)
					for at, text := range made {
						text = strings.ReplaceAll(text, "[ ] #2", "[x] #2") // what we do to it
						if text != "" && !strings.Contains(strings.ReplaceAll(body, "[ ] #2", "[x] #2"), text) && !strings.Contains(told, at) {
							t.Errorf("%q of %s is gone, and nobody was told: %q\n%s", text, at, told, body)
						}
						if text == "" && strings.Contains(body, c.old) && !strings.Contains(told, at) {
							t.Errorf("what was taken out at %s is back, and nobody was told: %q\n%s", at, told, body)
						}
					}
					ticked := strings.Contains(body, "- [x] #2") || strings.Contains(body, "- [x] empty-org/work#2")
					if !ticked && !strings.Contains(told, c.person) || !ticked && c.person == "" {
						t.Errorf("not ticked; told %q\n%s", told, body)
					}
					if first == 1 && then == 1 && (strings.Contains(told, "person") != (c.person != "")) {
						t.Errorf("edited before we looked, and told %q", told)
					}
				})
			}
		}
	}
}

// TestTenTicksAtOnce: ten children are done at once, and four processes tick the
// same epic, two of one folder and two of folders of their own, while a person
// writes notes into it as an editor does: the text read, changed, and written. At
// rest, after one more round, every child is ticked, and every note stands or was
// named to a person.
func TestTenTicksAtOnce(t *testing.T) {
	const children, notes = 10, 12
	s := newStage(t)
	var numbers []int
	body := "## Child Issues\r\n\r\n"
	var login string
	if err := s.sim.World().Update(world.System(), func(tx *world.Tx) error {
		u, err := tx.CreateUser(world.NewUser{Login: "editor"})
		if err == nil {
			login = u.Login
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	s.update(func(tx *world.Tx) error {
		repo, _ := tx.Repo(s.repo.Owner, s.repo.Name)
		if _, err := tx.AddCollaborator(repo, tx.UserByLogin(login), world.Write); err != nil {
			return err
		}
		closed := "closed"
		for range children {
			i, err := tx.CreateIssue(repo, world.NewIssue{Title: "child"})
			if err == nil {
				_, err = tx.EditIssue(i, world.IssueEdit{State: &closed})
			}
			if err != nil {
				return err
			}
			numbers = append(numbers, i.Number)
			body += fmt.Sprintf("- [ ] #%d - child\r\n", i.Number)
		}
		_, err := tx.EditIssue(s.issue(tx, 3), world.IssueEdit{Body: &body})
		return err
	})
	end, err := github.ParseEndpoint(s.url)
	if err != nil {
		t.Fatal(err)
	}
	person, err := github.New(github.Options{Endpoint: end, Token: github.NewToken(s.sim.Token(login), "test"), Gap: -1, Clock: s.clock})
	if err != nil {
		t.Fatal(err)
	}

	plan := func() flows.Plan {
		var p flows.Plan
		for _, n := range numbers {
			p.Add(flows.Step{Reason: "test", Effect: flows.Tick{Epic: s.ref(3), Child: s.ref(n)}})
		}
		return p
	}
	var mu sync.Mutex
	var told string
	tell := func(text string) {
		mu.Lock()
		defer mu.Unlock()
		told += text + "\n"
	}
	run := func(folder string, id int) {
		a := s.applier(func(e orchestrator.Event) { tell(e.Detail) })
		a.Journal = journal.Open(folder)
		for k, step := range plan().Steps { // each its own: one that needs a person stops no other
			var one flows.Plan
			one.Add(step)
			p := s.proposal(one)
			p.ID = orchestrator.NewID(s.clock.Now()) + fmt.Sprint("x", id, "x", k)
			var person *orchestrator.NeedsPerson
			if err := a.Apply(t.Context(), p); errors.As(err, &person) {
				tell(err.Error())
			} else if err != nil {
				t.Error(err)
			}
		}
	}
	wrote := map[string]string{} // by note, when
	var all sync.WaitGroup
	for k, folder := range []string{s.journalDir(), s.journalDir(), t.TempDir(), t.TempDir()} {
		all.Go(func() { run(folder, k) })
	}
	all.Go(func() {
		for k := range notes {
			note := fmt.Sprintf("Note %d.\r\n", k)
			s.sim.Advance(2 * time.Second) // so that its time names it
			p, err := person.Page(t.Context(), s.ref(3), false)
			if err == nil {
				err = person.WritePage(t.Context(), s.ref(3), p.Body+"\r\n"+note)
			}
			if err != nil {
				t.Error(err)
				return
			}
			_ = s.sim.World().View(func(tx *world.Tx) error {
				for _, e := range tx.Edits(s.issue(tx, 3).ID) {
					if u := tx.User(e.EditorID); u != nil && u.Login == login && strings.HasSuffix(e.Diff, note) {
						wrote[note] = e.EditedAt.UTC().Format(time.RFC3339)
					}
				}
				return nil
			})
		}
	})
	all.Wait()
	run(s.journalDir(), 9)
	last := s.body(3)
	for _, n := range numbers {
		if !strings.Contains(last, fmt.Sprintf("- [x] #%d - child", n)) {
			t.Errorf("#%d is not ticked:\n%s\ntold %s", n, last, told)
		}
	}
	if len(wrote) != notes {
		t.Errorf("%d notes were written", len(wrote))
	}
	lost := 0
	for note, at := range wrote {
		if strings.Contains(last, note) {
			continue
		}
		if lost++; !strings.Contains(told, at) {
			t.Errorf("%q of %s is gone, and nobody was told:\n%s\ntold %s", note, at, last, told)
		}
	}
	if t.Failed() {
		_ = s.sim.World().View(func(tx *world.Tx) error {
			for _, e := range tx.Edits(s.issue(tx, 3).ID) {
				line := e.EditedAt.UTC().Format("15:04:05 ") + tx.User(e.EditorID).Login
				for _, n := range numbers {
					if strings.Contains(e.Diff, fmt.Sprintf("[x] #%d ", n)) {
						line += fmt.Sprint(" #", n)
					}
				}
				for k := range notes {
					if strings.Contains(e.Diff, fmt.Sprintf("Note %d.", k)) {
						line += fmt.Sprint(" n", k)
					}
				}
				t.Log(line)
			}
			return nil
		})
	}
	t.Logf("%d notes stand, %d were named to a person", notes-lost, lost)
}
