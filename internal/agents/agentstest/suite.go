// Package agentstest is what every agent must do, whoever it is (package agents).
package agentstest

import (
	"context"
	"errors"
	"testing"

	"github.com/dappcore/core-dev/internal/agents"
	"github.com/dappcore/core-dev/inventory"
)

// Stage is one agent and a GitHub with three children, #1 to #3, and a branch for
// their pull requests.
type Stage struct {
	Agent    agents.Agent
	Children [3]inventory.Ref
	Branch   string
	// Work lets the agent work until what it was given has come to an end.
	Work func(ctx context.Context)
	// Starts is how often it was started on a child, and Pulls are the pull requests
	// that refer to it.
	Starts func(child inventory.Ref) int
	Pulls  func(child inventory.Ref) []Pull
	// Asked counts the requests that a pull request shows.
	Asked func(pull inventory.Ref) int
}

// Pull is a pull request as this looks at it.
type Pull struct {
	Ref  inventory.Ref
	Base string
}

// Run holds an agent to it; make gives a stage that nothing happened on.
func Run(t *testing.T, make func(t *testing.T) *Stage) {
	task := func(s *Stage, k int) agents.Task {
		return agents.Task{ID: "plan/" + s.Children[k].String(), Child: s.Children[k], Branch: s.Branch}
	}
	start := func(t *testing.T, s *Stage, k int) {
		t.Helper()
		if err := s.Agent.Start(t.Context(), task(s, k)); err != nil {
			t.Fatal(err)
		}
	}
	has := func(t *testing.T, s *Stage, k int, want bool) {
		t.Helper()
		if has, err := s.Agent.Has(t.Context(), s.Children[k]); err != nil || has != want {
			t.Errorf("has child %d: %v, %v; want %v", k+1, has, err, want)
		}
	}
	t.Run("one dispatch starts it once", func(t *testing.T) {
		s := make(t)
		has(t, s, 0, false)
		for range 3 {
			start(t, s, 0)
		}
		s.Work(t.Context())
		start(t, s, 0)
		s.Work(t.Context())
		has(t, s, 0, true)
		has(t, s, 1, false)
		if n := s.Starts(s.Children[0]); n != 1 {
			t.Errorf("started %d times", n)
		}
		if n := s.Starts(s.Children[1]); n != 0 {
			t.Errorf("another child was started %d times", n)
		}
	})
	t.Run("its pull request refers to the child and goes into the branch", func(t *testing.T) {
		s := make(t)
		start(t, s, 1)
		s.Work(t.Context())
		if got := s.Pulls(s.Children[1]); len(got) != 1 || got[0].Base != s.Branch {
			t.Errorf("%+v", got)
		}
	})
	t.Run("what is taken back is ended", func(t *testing.T) {
		s := make(t)
		start(t, s, 0)
		for range 2 {
			if err := s.Agent.Stop(t.Context(), s.Children[0]); err != nil {
				t.Fatal(err)
			}
		}
		has(t, s, 0, false)
		s.Work(t.Context())
		if got := s.Pulls(s.Children[0]); len(got) != 0 {
			t.Errorf("it went on: %+v", got)
		}
	})
	t.Run("it answers, or says that it cannot", func(t *testing.T) {
		s := make(t)
		start(t, s, 0)
		s.Work(t.Context())
		pulls := s.Pulls(s.Children[0])
		if len(pulls) != 1 {
			t.Fatalf("%+v", pulls)
		}
		for k, fix := range []inventory.Fix{inventory.FixReviews, inventory.FixConflict} {
			err := s.Agent.Ask(t.Context(), pulls[0].Ref, fix)
			n := s.Asked(pulls[0].Ref)
			if !errors.Is(err, agents.ErrCannot) && (err != nil || n != k+1) {
				t.Errorf("%s: %v, asked %d times", fix, err, n)
			}
			if errors.Is(err, agents.ErrCannot) && n != 0 {
				t.Errorf("%s: it cannot, and was asked %d times", fix, n)
			}
		}
	})
	t.Run("at its limit it says so", func(t *testing.T) {
		s := make(t)
		start(t, s, 0)
		start(t, s, 1)
		var busy *agents.Busy
		if err := s.Agent.Start(t.Context(), task(s, 2)); !errors.As(err, &busy) || busy.Limit != 2 {
			t.Errorf("%v", err)
		}
		has(t, s, 2, false)
		if err := s.Agent.Stop(t.Context(), s.Children[0]); err != nil {
			t.Fatal(err)
		}
		start(t, s, 2)
		s.Work(t.Context())
		if n := s.Starts(s.Children[2]); n != 1 {
			t.Errorf("started %d times", n)
		}
	})
}
