package cmd

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/internal/ledger"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
)

// The plan's member is charged; where that cannot be the plan is stale, and says
// so once.
func TestTheLedgerChargesTheMemberOfThePlan(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "reservations.log"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	book, err := ledger.Open(dir, "org", func() time.Time { return morning })
	if err != nil {
		t.Fatal(err)
	}
	port := ledgerPort{Book: book, clock: func() budget.Clock { return budget.Clock{Known: true} }, look: &look{budget: budget.State{Team: budget.Team{Owner: "org", Members: []budget.Member{
		{Login: "ann", Quota: 5, Repos: []string{"a"}}, {Login: "bob", Quota: 1, Repos: []string{"a", "b"}},
	}}}}}
	task := func(n int) orchestrator.Task {
		return orchestrator.Task{ID: string(rune('a' + n)), Child: inventory.Ref{Repo: inventory.RepoRef{Owner: "org", Name: "a"}, Number: n}, Agent: "jules", Member: "bob"}
	}
	if member, err := port.Reserve(t.Context(), task(1)); member != "bob" || err != nil {
		t.Fatalf("@%s %v", member, err)
	}
	for _, again := range []orchestrator.Task{{ID: "other", Child: task(1).Child, Agent: "jules", Member: "bob"}, task(2)} {
		_, err := port.Reserve(t.Context(), again)
		var stale *orchestrator.Stale
		if !errors.As(err, &stale) {
			t.Fatalf("%v: %v", again.Child, err)
		}
		if text := err.Error(); strings.Count(text, again.Child.String()) != 1 || strings.Contains(text, "plan again") {
			t.Errorf("it repeats itself: %s", text)
		}
	}
}

// setClock stands where it was put.
type setClock struct {
	mu sync.Mutex
	at time.Time
}

func (c *setClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *setClock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
	return ctx.Err()
}

// onDemo is the program on the demo's fleet, with one task a day, at an instant.
func onDemo(t *testing.T, at time.Time) (*app, *setClock) {
	t.Helper()
	clock := &setClock{at: at}
	a := newApp(strings.NewReader(""), io.Discard, io.Discard)
	a.opt.demo, a.opt.dir, a.clock = true, t.TempDir(), clock
	t.Cleanup(a.close)
	if _, err := a.client(t.Context()); err != nil {
		t.Fatal(err)
	}
	return a, clock
}

func ready(l *look) (refs []inventory.Ref) {
	for k := range l.fleet.Epics {
		for _, c := range l.fleet.Epics[k].Ready() {
			refs = append(refs, c.Ref)
		}
	}
	return refs
}

// reserves asks for a task as a plan made on a look does, with one task a day.
func reserves(t *testing.T, a *app, l *look) error {
	t.Helper()
	book, err := a.ledger(l.conf)
	if err != nil {
		t.Fatal(err)
	}
	l.budget.Team = budget.Solo(l.conf.Owner(), "Snider")
	l.budget.Team.Members[0].Quota = 1
	_, err = a.newLedgerPort(book, a.hub, l).Reserve(t.Context(), orchestrator.Task{ID: "one", Child: ready(l)[0], Agent: "jules"})
	return err
}

// TestNoSecondTaskOfADayThatBeganAtGitHub: by our clock it is yesterday yet, of
// which nothing was spent; what is sent now GitHub dates today.
func TestNoSecondTaskOfADayThatBeganAtGitHub(t *testing.T) {
	sampled(t)
	midnight := time.Date(2026, 2, 5, 0, 0, 0, 0, time.UTC)
	a, _ := onDemo(t, midnight.Add(-20*time.Second))
	a.sim.Advance(40 * time.Second)
	d, err := a.dir()
	if err == nil {
		err = os.WriteFile(d.File("dispatch.log"), []byte("2026-02-05T00:00Z core #1 jules - @Snider\n"), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	l, err := a.look(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if used := l.budget.Status().Used; used != 0 {
		t.Fatalf("%d used today, by our clock", used)
	}
	var refused *flows.Refusal
	if err := reserves(t, a, l); !errors.As(err, &refused) {
		t.Errorf("a second task of GitHub's day: %v", err)
	}
}

// TestWhatANewerLookSawOutsideCounts for a plan that was shown before it.
func TestWhatANewerLookSawOutsideCounts(t *testing.T) {
	sampled(t)
	a, clock := onDemo(t, morning)
	shown, err := a.look(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if n := len(shown.budget.Status().Outside); n != 0 {
		t.Fatalf("%d seen outside before", n)
	}
	by := ready(shown)[1]
	err = a.sim.World().Update(world.System(), func(tx *world.Tx) error {
		tx.As(world.Actor{User: tx.UserByLogin(a.sim.Fleet().Owner)})
		repo, _ := tx.Repo(by.Repo.Owner, by.Repo.Name)
		_, err := tx.AddLabels(tx.Issue(repo.ID, by.Number), []string{"jules"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	_ = clock.Sleep(t.Context(), time.Minute)
	if _, err := a.look(t.Context()); err != nil {
		t.Fatal(err)
	}
	var refused *flows.Refusal
	if err := reserves(t, a, shown); !errors.As(err, &refused) || !strings.Contains(refused.Error(), "1 seen outside") {
		t.Errorf("the day's only task was spent by hand since: %v", err)
	}
}
