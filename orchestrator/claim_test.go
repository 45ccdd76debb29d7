package orchestrator_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/internal/journal"
	"github.com/dappcore/core-dev/internal/ledger"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
)

// machine is another folder on the same GitHub.
func (s *stage) machine() *stage {
	s.t.Helper()
	m := *s
	m.dir = s.t.TempDir()
	if err := os.WriteFile(filepath.Join(m.dir, "reservations.log"), nil, 0o644); err != nil {
		s.t.Fatal(err)
	}
	var err error
	if m.book, err = ledger.Open(m.dir, m.repo.Owner, m.clock.Now); err != nil {
		s.t.Fatal(err)
	}
	m.log = journal.Open(m.journalDir())
	return &m
}

// TestTwoMachinesAndOneChild: at every step of the one the other dispatches the
// same epic; each child is dispatched once, by one of them.
func TestTwoMachinesAndOneChild(t *testing.T) {
	for at := 1; at <= 13; at++ {
		one := newStage(t)
		one.claim = true
		two := one.machine()
		p, q := one.plan(), two.plan()
		if len(p.Steps) != 13 {
			t.Fatalf("%d steps", len(p.Steps))
		}
		// What is claimed by the other machine is passed over; what it labelled
		// before this one looked contradicts the plan.
		_ = one.apply(p, func(e orchestrator.Event) {
			if e.Number == at {
				_ = two.apply(q, nil)
			}
		})
		for _, s := range []*stage{one, two} {
			for range 2 {
				if err := s.recover(s.applier(nil), false); err != nil {
					t.Logf("step %d: %v", at, err)
				}
			}
		}
		a, b := one.state(), two.state()
		for n := 1; n <= 2; n++ {
			if a.events[n] != 1 || a.comments[n] != 1 {
				t.Errorf("step %d: #%d has %d LABELED events, %d comments", at, n, a.events[n], a.comments[n])
			}
		}
		if len(a.lines)+len(b.lines) != 2 || a.held+b.held != 0 {
			t.Errorf("step %d: %q and %q, held %d and %d", at, a.lines, b.lines, a.held, b.held)
		}
	}
}

// TestAnAbandonedClaimIsFreed: what a machine left that does not come back.
func TestAnAbandonedClaimIsFreed(t *testing.T) {
	s := newStage(t)
	s.claim = true
	child := inventory.Ref{Repo: s.repo, Number: 1}
	head, _, err := s.hub.Head(t.Context(), s.repo, "main")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.hub.CreateRef(t.Context(), s.repo, flows.ClaimRef(child, 1), head); err != nil {
		t.Fatal(err)
	}
	var refused int
	if err := s.apply(s.plan(), func(e orchestrator.Event) {
		if e.Outcome == orchestrator.Refused {
			refused++
		}
	}); err != nil {
		t.Fatal(err)
	}
	if got := s.state(); got.events[1] != 0 || got.comments[1] != 0 || got.events[2] != 1 || got.held != 0 || refused != 5 {
		t.Fatalf("%+v, %d steps refused", got, refused)
	}
	free := flows.Plan{Flow: "recall", Target: child.String()}
	free.Add(flows.Step{Effect: flows.FreeClaim{Child: child, Attempt: 1, SHA: head}})
	for range 2 { // the second time it is gone already
		if err := s.apply(free, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.apply(s.plan(), nil); err != nil {
		t.Fatal(err)
	}
	s.wantOnce()
}

// marking is a Hub that tells of every object made for a claim, right before it
// is; by an error it is not.
type marking struct {
	orchestrator.Hub
	meet func() error
}

func (h marking) MakeMark(ctx context.Context, repo inventory.RepoRef, branch, text string) (string, error) {
	if err := h.meet(); err != nil {
		return "", err
	}
	return h.Hub.MakeMark(ctx, repo, branch, text)
}

// TestEachMarkHasAnIntent: what a claim points to is written as everything is:
// the intent first, sent once for each, a limit is waited for.
func TestEachMarkHasAnIntent(t *testing.T) {
	for name, c := range map[string]struct {
		faults string
		first  error // what the first is refused with
		sent   int
		waits  time.Duration
	}{
		"as it should be":        {sent: 2},
		"refused by a limit":     {first: limited{40 * time.Minute}, sent: 3, waits: 40 * time.Minute},
		"two answers are lost":   {faults: "cut-after@POST /repos/*/*/git/commits#1,cut-after@POST /repos/*/*/git/commits#2", sent: 4},
		"two that never arrived": {faults: "cut-before@POST /repos/*/*/git/commits#1,cut-before@POST /repos/*/*/git/commits#2", sent: 4},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			s.claim = true
			p := s.proposal(s.plan())
			s.must(s.sim.Faults().Replace(c.faults))
			sent := 0
			a := s.applier(nil)
			a.Hub = marking{s.hub, func() error {
				sent++
				lines, _, err := s.log.Read(p.ID)
				s.must(err)
				intents, open := 0, ""
				for _, l := range lines {
					if strings.Contains(string(l), `"kind":"intent"`) {
						open = string(l)
						if strings.Contains(open, `"step":3,`) || strings.Contains(open, `"step":9,`) {
							intents++
						}
					}
				}
				if intents != sent || lines == nil || string(lines[len(lines)-1]) != open {
					t.Errorf("%d marks sent by %d intents", sent, intents)
				}
				if sent == 1 {
					return c.first
				}
				return nil
			}}
			slept := s.clock.slept
			s.must(a.Apply(t.Context(), p))
			if sent != c.sent {
				t.Errorf("%d marks sent", sent)
			}
			if got := s.clock.slept - slept; got != c.waits {
				t.Errorf("waited %v", got)
			}
			s.wantOnce()
		})
	}
}

// TestAClaimThatWasFreedIsNotRestedOn: somebody frees the claim of a dispatch that
// waits, and another machine claims the child: the label is not put on.
func TestAClaimThatWasFreedIsNotRestedOn(t *testing.T) {
	for name, anew := range map[string]bool{"freed": false, "and claimed anew": true} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			s.claim = true
			child := inventory.Ref{Repo: s.repo, Number: 1}
			head, _, err := s.hub.Head(t.Context(), s.repo, "main")
			s.must(err)
			s.must(s.apply(s.plan(), func(e orchestrator.Event) {
				if e.Number == 5 { // its comment is there
					s.must(s.hub.DeleteRef(t.Context(), s.repo, flows.ClaimRef(child, 1)))
					if anew {
						s.must(s.hub.CreateRef(t.Context(), s.repo, flows.ClaimRef(child, 1), head))
					}
				}
			}))
			if got := s.state(); got.events[1] != 0 || got.events[2] != 1 || got.held != 0 || len(got.lines) != 1 {
				t.Errorf("%+v", got)
			}
		})
	}
}

// TestAClaimThatChangedIsNotFreed: what was shown is not what is there any more.
func TestAClaimThatChangedIsNotFreed(t *testing.T) {
	s := newStage(t)
	child := inventory.Ref{Repo: s.repo, Number: 1}
	head, _, err := s.hub.Head(t.Context(), s.repo, "main")
	s.must(err)
	s.must(s.hub.CreateRef(t.Context(), s.repo, flows.ClaimRef(child, 1), head))
	var stale *orchestrator.Stale
	if err := s.apply(s.one(flows.FreeClaim{Child: child, Attempt: 1, SHA: strings.Repeat("a", 40)}), nil); !errors.As(err, &stale) {
		t.Error(err)
	}
	if _, ok, err := s.hub.Ref(t.Context(), s.repo, flows.ClaimRef(child, 1)); !ok || err != nil {
		t.Errorf("the claim is gone: %v", err)
	}
}
