package tui

import (
	"context"
	"errors"
	"fmt"
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
	"github.com/dappcore/core-dev/internal/terminal"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
	"github.com/dappcore/core-dev/tui/tuitest"
)

// real is an engine on the embedded GitHub with the real client, ledger,
// journal and applier.
type real struct {
	t     *testing.T
	sim   *githubsim.Server
	hub   *github.Client
	book  *ledger.Book
	log   *journal.Store
	dir   string
	repo  inventory.RepoRef
	clock *simClock
	// update changes GitHub as its owner would by hand.
	update func(change func(*world.Tx) error)

	mu    sync.Mutex
	plans map[string]orchestrator.Proposal
}

// simClock passes only while somebody sleeps; the embedded GitHub's goes along.
type simClock struct {
	mu  sync.Mutex
	at  time.Time
	sim *githubsim.Server
}

func (c *simClock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.at }

func (c *simClock) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil || d <= 0 {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
	c.sim.Advance(d)
	return nil
}

func newReal(t *testing.T) *real {
	t.Helper()
	r := &real{t: t, plans: map[string]orchestrator.Proposal{}}
	on := stagetest.New(t, func(sim *githubsim.Server) github.Clock {
		r.clock = &simClock{at: time.Now(), sim: sim}
		return r.clock
	}, orchestrator.Cleared)
	r.sim, r.hub, r.book, r.log, r.dir, r.repo, r.update = on.Sim, on.Hub, on.Book, on.Log, on.Dir, on.Repo, on.Update
	return r
}

// written are the requests that were not reads, as the server recorded them.
func (r *real) written() []string {
	var out []string
	for _, q := range r.sim.Requests().Since(0) {
		if q.Method != "GET" && !(q.Path == "/graphql" && q.Kind == "query") || len(q.Effect) > 0 {
			out = append(out, q.Method+" "+q.Path)
		}
	}
	return out
}

func (r *real) budget() budget.State {
	held, _ := r.book.Held()
	return budget.State{Now: r.clock.Now(), Held: held, Agents: []budget.Agent{{Name: "jules"}},
		Team: budget.Team{Owner: r.repo.Owner, Members: []budget.Member{{Login: "m", Quota: 5, Every: true}}}}
}

func (r *real) Cached() (orchestrator.View, bool) { return orchestrator.View{}, false }

func (r *real) Kept() (orchestrator.View, bool) { return orchestrator.View{}, false }

func (r *real) Recent() ([]orchestrator.Entry, error) {
	list, err := (&orchestrator.Applier{Journal: r.log}).History(0)
	slices.Reverse(list)
	return list, err
}

func (r *real) Refresh(ctx context.Context) (orchestrator.View, error) {
	v, _, err := r.look(ctx)
	return v, err
}

func (r *real) look(ctx context.Context) (orchestrator.View, flows.World, error) {
	snap, err := r.hub.Survey(ctx, []inventory.RepoRef{r.repo}, github.SurveyOptions{})
	if err != nil {
		return orchestrator.View{}, flows.World{}, err
	}
	known, err := r.book.Dispatched()
	if err != nil {
		return orchestrator.View{}, flows.World{}, err
	}
	records := inventory.Records{}
	for key, k := range known {
		records[key] = inventory.Record{Lines: k.Lines, LastLine: k.Last}
	}
	f, b := inventory.Assess(&snap, rules, records), r.budget()
	return orchestrator.View{Snapshot: &snap, Fleet: &f, Budget: b.Status(), At: r.clock.Now()},
		flows.World{Snapshot: &snap, Fleet: &f, Rules: rules, Records: records, Budget: b, Now: r.clock.Now()}, nil
}

func (r *real) Propose(ctx context.Context, d Ask) (orchestrator.Proposal, error) {
	v, w, err := r.look(ctx)
	if err != nil {
		return orchestrator.Proposal{}, err
	}
	plan, err := execute.Dispatch{Epic: d.Epics[0], Max: d.Max, Agent: "jules", Labels: map[string]string{"jules": "jules"}}.Plan(w)
	if err != nil {
		return orchestrator.Proposal{}, err
	}
	p := orchestrator.Proposal{ID: orchestrator.NewID(r.clock.Now()), Plans: []flows.Plan{plan}, Left: v.Budget.UsableRemaining, MadeAt: r.clock.Now(),
		Command: fmt.Sprintf("core dev epic %d --dispatch --repo %s", d.Epics[0].Number, d.Epics[0].Repo.Name)}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.plans[p.ID] = p
	return p, nil
}

func (r *real) Apply(ctx context.Context, id string, emit func(orchestrator.Event)) error {
	r.mu.Lock()
	p := r.plans[id]
	r.mu.Unlock()
	return (&orchestrator.Applier{Hub: r.hub, Ledger: r, Journal: r.log, Brake: brake{}, Judge: inventory.Rules{}.Again, Clock: r.clock, Host: "test", Quiet: time.Minute, Emit: emit}).Apply(ctx, p)
}

func (r *real) Reserve(ctx context.Context, t orchestrator.Task) (string, error) {
	res, err := r.book.Reserve(ctx, ledger.Request{ID: t.ID, Child: t.Child, Epic: t.Epic, Agent: t.Agent, Lines: t.Lines}, r.budget())
	if errors.Is(err, ledger.ErrStale) {
		return "", &orchestrator.Stale{Target: t.Child.String(), Why: err.Error()}
	}
	return res.Member, err
}

func (r *real) IsHeld(_ context.Context, id string) (bool, error) {
	held, err := r.book.Held()
	return slices.ContainsFunc(held, func(h budget.Reservation) bool { return h.ID == id }), err
}

func (r *real) Settle(ctx context.Context, id string, at time.Time) error {
	return r.book.Settle(ctx, id, at)
}
func (r *real) OpenIDs(ctx context.Context) ([]string, error) { return r.book.OpenIDs(ctx) }
func (r *real) WasSettled(ctx context.Context, id string, child inventory.Ref, lines int) (bool, error) {
	return r.book.WasSettled(ctx, id, child, lines)
}
func (r *real) Release(ctx context.Context, id string) error { return r.book.Release(ctx, id) }

func (r *real) Changed(context.Context) bool { return false }

func (r *real) Follow(context.Context, func(orchestrator.Event)) (Round, error) { return Round{}, nil }
func (r *real) Pulls(context.Context) ([]Pull, error)                           { return nil, nil }
func (r *real) Spent() ([]budget.DayUse, error)                                 { return nil, nil }
func (r *real) Paused() (string, bool)                                          { return "", false }

// brake never holds.
type brake struct{}

func (brake) Paused() (bool, error) { return false, nil }

// logged is dispatch.log without its times.
func (r *real) logged() []string {
	raw, _ := os.ReadFile(filepath.Join(r.dir, "dispatch.log"))
	var out []string
	for l := range strings.Lines(string(raw)) {
		_, rest, _ := strings.Cut(strings.TrimSpace(l), " ")
		out = append(out, rest)
	}
	return out
}

func openReal(t *testing.T) (*tuitest.Driver, *real) {
	r := newReal(t)
	return reopen(t, r), r
}

// reopen is another screen on the same files and the same GitHub.
func reopen(t *testing.T, r *real) *tuitest.Driver {
	clock := tuitest.NewClock(r.clock.Now())
	m, err := newModel(t.Context(), r, Options{Clean: terminal.Clean, Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	return tuitest.New(t, m, clock, 120, 36)
}

// TestDispatchOnTheEmbeddedGitHub goes the whole way by keys: the server
// records no write before y, and after it exactly those that were shown.
func TestDispatchOnTheEmbeddedGitHub(t *testing.T) {
	s, r := openReal(t)
	s.Shows("work #3 all", "2 children READY")
	s.Press("2", "enter", "enter", "esc", "esc", "d")
	s.Shows("2 tasks of 5 left today", "same as: core dev epic 3 --dispatch --repo work")
	s.Advance(time.Second)
	s.Press("j", "G", "g", "enter", "d")
	s.Advance(time.Second)
	if w := r.written(); w != nil {
		t.Fatalf("before y the server recorded %q", w)
	}
	s.Press("y")
	s.Shows("work #3: 2 tasks dispatched", "▶ running")
	repo := "/repos/" + r.repo.Owner + "/work"
	want := []string{"POST " + repo + "/git/refs",
		"POST " + repo + "/issues/1/comments", "POST " + repo + "/issues/1/labels",
		"POST " + repo + "/issues/2/comments", "POST " + repo + "/issues/2/labels"}
	if w := r.written(); !slices.Equal(w, want) {
		t.Errorf("the server recorded %q, not %q", w, want)
	}
	if l := r.logged(); !slices.Equal(l, []string{"work #1 jules #3 @m", "work #2 jules #3 @m"}) {
		t.Errorf("dispatch.log holds %q", l)
	}
	s.Press("d")
	s.Shows("Nothing to do")
}

// TestTheWorldMovesUnderThePreview: what somebody did by hand meanwhile is
// met, nothing is sent over it, and it is planned anew.
func TestTheWorldMovesUnderThePreview(t *testing.T) {
	s, r := openReal(t)
	s.Press("2", "d")
	s.Shows("2 tasks of 5 left")
	r.update(func(tx *world.Tx) error {
		repo, _ := tx.Repo(r.repo.Owner, r.repo.Name)
		_, err := tx.AddLabels(tx.Issue(repo.ID, 1), []string{"jules"})
		return err
	})
	s.Advance(time.Second)
	s.Press("y")
	s.Shows("preview, nothing sent yet", "the world moved", "1 task of")
	for _, w := range r.written() {
		if strings.Contains(w, "/issues/") {
			t.Errorf("it sent %s", w)
		}
	}
	s.Advance(time.Second)
	s.Press("y")
	if l := r.logged(); !slices.Equal(l, []string{"work #2 jules #3 @m"}) {
		t.Errorf("dispatch.log holds %q", l)
	}
}

func (r *real) Ahead(context.Context) (Ahead, error)        { return Ahead{}, nil }
func (r *real) Sittings(context.Context) ([]Sitting, error) { return nil, nil }
