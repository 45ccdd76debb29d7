package orchestrator_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/flows/execute"
	"github.com/dappcore/core-dev/internal/github"
	"github.com/dappcore/core-dev/internal/githubsim"
	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/internal/journal"
	"github.com/dappcore/core-dev/internal/ledger"
	"github.com/dappcore/core-dev/internal/stagetest"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
)

// stage is an embedded GitHub with one repository, an epic of two children and
// a folder with a ledger: what an apply meets.
type stage struct {
	t     *testing.T
	sim   *githubsim.Server
	hub   *github.Client
	url   string // of GitHub's API
	book  *ledger.Book
	dir   string
	repo  inventory.RepoRef
	quota int
	pause bool
	claim bool // claims: refs
	clock *clock
	log   *journal.Store
	// update changes GitHub behind the program's back, as a person there would.
	update func(change func(*world.Tx) error)
}

// clock is time that passes only while somebody sleeps; the embedded GitHub's
// goes along.
type clock struct {
	mu    sync.Mutex
	at    time.Time
	sim   *githubsim.Server
	slept time.Duration
	later []landing
}

// landing is a write that lands after the process that sent it is gone.
type landing struct {
	at time.Time
	do func()
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil || d <= 0 {
		return err
	}
	c.mu.Lock()
	c.at, c.slept = c.at.Add(d), c.slept+d
	c.sim.Advance(d)
	var due []landing
	c.later = slices.DeleteFunc(c.later, func(l landing) bool {
		if l.at.After(c.at) {
			return false
		}
		due = append(due, l)
		return true
	})
	c.mu.Unlock()
	for _, l := range due {
		l.do()
	}
	return nil
}

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{t: t, quota: 300}
	on := stagetest.New(t, func(sim *githubsim.Server) github.Clock {
		s.clock = &clock{at: time.Now(), sim: sim}
		return s.clock
	}, orchestrator.Cleared)
	s.sim, s.url, s.hub, s.book, s.log, s.dir, s.repo, s.update = on.Sim, on.URL, on.Hub, on.Book, on.Log, on.Dir, on.Repo, on.Update
	return s
}

func (s *stage) journalDir() string { return filepath.Join(s.dir, "journal") }

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
	rules := stageRules
	known, err := s.book.Dispatched()
	if err != nil {
		s.t.Fatal(err)
	}
	held, err := s.book.Held()
	if err != nil {
		s.t.Fatal(err)
	}
	recalls, err := s.log.Recalls()
	if err != nil {
		s.t.Fatal(err)
	}
	records := inventory.Records{}
	for key, k := range known {
		records[key] = inventory.Record{Lines: k.Lines, LastLine: k.Last}
	}
	for _, h := range held {
		key := h.Ref(s.repo.Owner).Key()
		r := records[key]
		r.Held = true
		records[key] = r
	}
	for key, at := range recalls {
		r := records[key]
		r.Recalled = at
		records[key] = r
	}
	fleet := inventory.Assess(&snap, rules, records)
	p, err := execute.Dispatch{Epic: inventory.Ref{Repo: s.repo, Number: 3}, Agent: "jules", Labels: map[string]string{"jules": "jules"}, Claims: s.claim}.
		Plan(flows.World{Snapshot: &snap, Fleet: &fleet, Rules: rules, Records: records, Budget: s.budget(), Now: s.clock.Now()})
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

func (s *stage) budget() budget.State {
	return budget.State{Now: s.clock.Now(), Team: budget.Team{Owner: s.repo.Owner, Members: []budget.Member{{Login: "m", Quota: s.quota, Every: true}}}}
}

// Reserve is the ledger's, with this stage's budget.
func (s *stage) Reserve(ctx context.Context, t orchestrator.Task) (string, error) {
	res, err := s.book.Reserve(ctx, ledger.Request{ID: t.ID, Child: t.Child, Epic: t.Epic, Agent: t.Agent, Lines: t.Lines}, s.budget())
	if errors.Is(err, ledger.ErrStale) {
		return "", &orchestrator.Stale{Target: t.Child.String(), Why: err.Error()}
	}
	return res.Member, err
}

func (s *stage) IsHeld(_ context.Context, id string) (bool, error) {
	held, err := s.book.Held()
	return slices.ContainsFunc(held, func(r budget.Reservation) bool { return r.ID == id }), err
}

func (s *stage) Settle(ctx context.Context, id string, at time.Time) error {
	return s.book.Settle(ctx, id, at)
}
func (s *stage) OpenIDs(ctx context.Context) ([]string, error) { return s.book.OpenIDs(ctx) }
func (s *stage) WasSettled(ctx context.Context, id string, child inventory.Ref, lines int) (bool, error) {
	return s.book.WasSettled(ctx, id, child, lines)
}
func (s *stage) Release(ctx context.Context, id string) error { return s.book.Release(ctx, id) }
func (s *stage) Paused() (bool, error)                        { return s.pause, nil }

func (s *stage) applier(emit func(orchestrator.Event)) *orchestrator.Applier {
	return &orchestrator.Applier{Hub: s.hub, Ledger: s, Journal: s.log, Brake: s, Judge: stageRules.Again, Agent: stageRules.Agent, Clock: s.clock, Host: "test", Quiet: quiet, Emit: emit}
}

var stageRules = inventory.Rules{Labels: map[string]string{"jules": "jules"}}

const quiet = time.Minute

func (s *stage) apply(p flows.Plan, emit func(orchestrator.Event)) error {
	return s.applyIn(s.t.Context(), p, emit)
}

func (s *stage) applyIn(ctx context.Context, p flows.Plan, emit func(orchestrator.Event)) error {
	return s.applier(emit).Apply(ctx, s.proposal(p))
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
