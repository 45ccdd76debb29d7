package orchestrator_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/flows/execute"
	"github.com/dappcore/core-dev/internal/github"
	"github.com/dappcore/core-dev/internal/githubsim"
	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/internal/ledger"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
)

// stage is an embedded GitHub with one repository, an epic of two children and
// a folder with a ledger: what an apply meets.
type stage struct {
	t     *testing.T
	sim   *githubsim.Server
	hub   *github.Client
	book  *ledger.Book
	dir   string
	repo  inventory.RepoRef
	quota int
	pause bool
}

func newStage(t *testing.T) *stage {
	t.Helper()
	sim, err := githubsim.Open(t.Context(), githubsim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sim.Close() })
	url, err := sim.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{t: t, sim: sim, dir: t.TempDir(), quota: 300}
	info := sim.Fleet()
	s.repo = inventory.RepoRef{Owner: info.Org, Name: "work"}
	s.update(func(tx *world.Tx) error {
		repo, err := tx.CreateRepo(world.NewRepo{Owner: tx.UserByLogin(info.Org), Name: "work", DefaultBranch: "main"})
		if err != nil {
			return err
		}
		if _, err := tx.PutFile(repo, world.NewFile{Path: "README.md", Content: []byte("work\n")}); err != nil {
			return err
		}
		for _, i := range []world.NewIssue{{Title: "one"}, {Title: "two"}, {Title: "epic(audit): all", Body: "- [ ] #1\n- [ ] #2\n"}} {
			if _, err := tx.CreateIssue(repo, i); err != nil {
				return err
			}
		}
		return nil
	})
	end, err := github.ParseEndpoint(url)
	if err != nil {
		t.Fatal(err)
	}
	if s.hub, err = github.New(github.Options{Endpoint: end, Token: github.NewToken(sim.Token(info.Owner), "test"), Gap: -1}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.dir, "reservations.log"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if s.book, err = ledger.Open(s.dir, s.repo.Owner, time.Now); err != nil {
		t.Fatal(err)
	}
	return s
}

// update changes GitHub behind the program's back, as a person there would.
func (s *stage) update(change func(*world.Tx) error) {
	s.t.Helper()
	actor := world.System()
	if owner := s.sim.Fleet().Owner; owner != "" {
		_ = s.sim.World().View(func(tx *world.Tx) error { actor = world.Actor{User: tx.UserByLogin(owner)}; return nil })
	}
	if err := s.sim.World().Update(actor, change); err != nil {
		s.t.Fatal(err)
	}
}

func (s *stage) issue(tx *world.Tx, n int) *world.Issue {
	repo, _ := tx.Repo(s.repo.Owner, s.repo.Name)
	return tx.Issue(repo.ID, n)
}

// plan looks at GitHub and plans the dispatch of the epic.
func (s *stage) plan() flows.Plan {
	s.t.Helper()
	snap, err := s.hub.Survey(s.t.Context(), []inventory.RepoRef{s.repo}, github.SurveyOptions{})
	if err != nil {
		s.t.Fatal(err)
	}
	rules := inventory.Rules{Labels: map[string]string{"jules": "jules"}}
	known, err := s.book.Dispatched()
	if err != nil {
		s.t.Fatal(err)
	}
	records := inventory.Records{}
	for key, k := range known {
		records[key] = inventory.Record{Lines: k.Lines, LastLine: k.Last}
	}
	fleet := inventory.Assess(&snap, rules, records)
	p, err := execute.Dispatch{Epic: inventory.Ref{Repo: s.repo, Number: 3}, Agent: "jules", Labels: map[string]string{"jules": "jules"}}.
		Plan(flows.World{Snapshot: &snap, Fleet: &fleet, Rules: rules, Records: records, Budget: s.budget(), Now: time.Now()})
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

func (s *stage) budget() budget.State {
	return budget.State{Now: time.Now(), Team: budget.Team{Owner: s.repo.Owner, Members: []budget.Member{{Login: "m", Quota: s.quota, Every: true}}}}
}

// Reserve is the ledger's, with this stage's budget.
func (s *stage) Reserve(ctx context.Context, t orchestrator.Task) (string, string, error) {
	res, err := s.book.Reserve(ctx, ledger.Request{Child: t.Child, Epic: t.Epic, Agent: t.Agent, Lines: t.Lines}, s.budget(), nil)
	return res.ID, res.Member, err
}
func (s *stage) Settle(ctx context.Context, id string, at time.Time) error {
	return s.book.Settle(ctx, id, at)
}
func (s *stage) Release(ctx context.Context, id string) error { return s.book.Release(ctx, id) }
func (s *stage) Paused() (bool, error)                        { return s.pause, nil }

func (s *stage) apply(p flows.Plan, emit func(orchestrator.Event)) error {
	return (&orchestrator.Applier{Hub: s.hub, Ledger: s, Brake: s, Emit: emit}).Apply(s.t.Context(), p)
}

// state is what GitHub and the ledger hold in the end.
type state struct {
	events, comments map[int]int // per child: LABELED events of the agent's label, comments
	lines            []string    // dispatch.log without its times
	held             int
}

func (s *stage) state() state {
	s.t.Helper()
	out := state{events: map[int]int{}, comments: map[int]int{}}
	_ = s.sim.World().View(func(tx *world.Tx) error {
		for _, n := range []int{1, 2} {
			i := s.issue(tx, n)
			for _, e := range tx.Events(i.ID) {
				if e.Kind == world.Labeled && e.Label == "jules" {
					out.events[n]++
				}
			}
			out.comments[n] = len(tx.Comments(i.ID))
		}
		return nil
	})
	raw, _ := os.ReadFile(filepath.Join(s.dir, "dispatch.log"))
	for _, l := range strings.Split(strings.TrimSpace(string(raw)), "\n") {
		if _, rest, ok := strings.Cut(l, " "); ok {
			out.lines = append(out.lines, rest)
		}
	}
	held, err := s.book.Held()
	if err != nil {
		s.t.Fatal(err)
	}
	out.held = len(held)
	return out
}

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

// TestFailures: what each lost or refused answer leaves behind. A task that
// may have been spent is never given back without a look.
func TestFailures(t *testing.T) {
	const comments, labels = "POST /repos/*/*/issues/*/comments#1", "POST /repos/*/*/issues/*/labels#1"
	for _, c := range []struct {
		fault                        string
		comments, events, line, held int
		unsettled                    bool
	}{
		{"503@" + comments, 0, 0, 0, 0, false},
		{"cut-before@" + comments, 0, 0, 0, 0, false},
		{"cut-after@" + comments, 1, 0, 0, 0, false},
		{"cut-before@" + labels, 1, 0, 0, 1, true}, // nobody knows: it stays reserved
		{"cut-after@" + labels, 1, 1, 1, 0, false}, // the look finds the event: settled
		{"502@" + labels, 1, 0, 0, 1, true},        // a 5xx says nothing about the effect
		{"secondary@" + labels, 1, 0, 0, 0, false}, // refused for sure: given back
	} {
		t.Run(c.fault, func(t *testing.T) {
			s := newStage(t)
			p := s.plan()
			if err := s.sim.Faults().Replace(c.fault); err != nil {
				t.Fatal(err)
			}
			err := s.apply(p, nil)
			var un *orchestrator.Unsettled
			if err == nil || errors.As(err, &un) != c.unsettled {
				t.Fatalf("error %v, unsettled %v wanted", err, c.unsettled)
			}
			got := s.state()
			if got.comments[1] != c.comments || got.events[1] != c.events || len(got.lines) != c.line || got.held != c.held {
				t.Errorf("%+v", got)
			}
			if got.comments[2]+got.events[2] != 0 {
				t.Error("it went on after the failure")
			}
		})
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
