package flows

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/dappcore/core-dev/inventory"
)

func child(n int) inventory.Ref {
	return inventory.Ref{Repo: inventory.RepoRef{Owner: "o", Name: "r"}, Number: n}
}

// dispatched is a plan that hands out children 1 to n, with their branch or without.
func dispatched(n int, branch bool) Plan {
	p := Plan{Flow: "dispatch"}
	if branch {
		p.Add(Step{Effect: MakeBranch{Repo: child(0).Repo, Name: "epic/9"}})
	}
	for c := 1; c <= n; c++ {
		p.Add(Step{Effect: Reserve{Child: child(c)}})
		p.Add(Step{Effect: Comment{Issue: child(c)}})
		p.Add(Step{Effect: AddLabel{Issue: child(c), Spends: true}})
		p.Add(Step{Effect: LogDispatch{Child: child(c)}})
	}
	return p
}

// TestWithoutAChild: whichever step of a child is left out, its task is not
// reserved, called for or logged, and the other children are handed out whole.
func TestWithoutAChild(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "children")
		p := dispatched(n, rapid.Bool().Draw(t, "branch"))
		k := rapid.IntRange(0, len(p.Steps)-1).Draw(t, "step")
		gone := p.Steps[k].Effect.Target()
		_, branch := p.Steps[k].Effect.(MakeBranch)
		got := p.Without(k)
		if len(got.Steps)+len(got.Skipped) != len(p.Steps) {
			t.Fatalf("%d steps and %d skipped of %d", len(got.Steps), len(got.Skipped), len(p.Steps))
		}
		of := map[string]int{}
		for _, s := range got.Steps {
			of[s.Effect.Target()]++
		}
		for c := 1; c <= n; c++ {
			want := 4
			if branch || child(c).String() == gone {
				want = 0
			}
			if of[child(c).String()] != want {
				t.Fatalf("child %d keeps %d steps, not %d", c, of[child(c).String()], want)
			}
		}
		var cost Cost
		for _, s := range got.Steps {
			cost.Add(s.Effect.cost())
		}
		if got.Cost != cost {
			t.Fatalf("costs %+v, not %+v", got.Cost, cost)
		}
	})
}

// TestWithoutAFinding: findings stand for themselves, what follows them does not.
func TestWithoutAFinding(t *testing.T) {
	p := Plan{}
	for range 3 {
		p.Add(Step{Effect: MakeIssue{Repo: child(0).Repo}})
	}
	p.Add(Step{Effect: CloseIssue{Issue: child(7)}})
	if got := p.Without(1); len(got.Steps) != 2 || got.Steps[1].Effect.Kind() != "new-issue" {
		t.Errorf("%+v", got.Steps)
	}
}

// TestWithoutATick leaves the other children's and takes the epic's end along.
func TestWithoutATick(t *testing.T) {
	p := Plan{}
	p.Add(Step{Effect: Tick{Epic: child(9), Child: child(1)}})
	p.Add(Step{Effect: Tick{Epic: child(9), Child: child(2)}})
	p.Add(Step{Effect: CloseIssue{Issue: child(9)}})
	if got := p.Without(0); len(got.Steps) != 1 || got.Steps[0].Effect.Kind() != "tick" {
		t.Errorf("%+v", got.Steps)
	}
}
