package orchestrator_test

import (
	"os"
	"path/filepath"
	"testing"

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
	for at := 1; at <= 11; at++ {
		one := newStage(t)
		one.claim = true
		two := one.machine()
		p, q := one.plan(), two.plan()
		if len(p.Steps) != 11 {
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
	if got := s.state(); got.events[1] != 0 || got.comments[1] != 0 || got.events[2] != 1 || got.held != 0 || refused != 4 {
		t.Fatalf("%+v, %d steps refused", got, refused)
	}
	free := flows.Plan{Flow: "recall", Target: child.String()}
	free.Add(flows.Step{Effect: flows.FreeClaim{Child: child, Attempt: 1}})
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
