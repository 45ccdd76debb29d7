package plan_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/budget/plan"
	"github.com/dappcore/core-dev/inventory"
)

// What a plan says is charged, the budget admits, repository by repository in any
// order, with what those before reserved held: nothing that is planned is refused when it is dispatched.
func TestWhatIsPlannedIsAdmitted(t *testing.T) {
	fewer(t, 1000)
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t, 6)
		p := plan.Make(in)
		for _, r := range rapid.Permutation(p.Repos).Draw(t, "sent in this order") {
			var asks []budget.Ask
			for _, c := range r.Children {
				asks = append(asks, budget.Ask{Repo: r.Ref, Agent: c.Agent, Member: c.Member, Tasks: 1})
			}
			if v := in.Budget.Admit(asks, nil); !v.OK() {
				t.Fatalf("%s: %+v is planned and refused: %+v", r.Repo, asks, v.Refusals)
			}
			for _, c := range r.Children {
				in.Budget.Held = append(in.Budget.Held, budget.Reservation{Entry: budget.Entry{Repo: r.Ref.Name, Issue: c.Child.Number, Agent: c.Agent, Member: c.Member}})
			}
		}
	})
}

// A plan is only ever of children whose phase is open: of random epics nothing is
// planned whose earlier phases have an open child.
func TestNoPlanPassesAPhase(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		snap, rules := drawSnapshot(t)
		fleet := inventory.Assess(&snap, rules, nil)
		b := state(budget.Member{Login: "a", Quota: 300, Every: true})
		in := plan.Reading{Snapshot: &snap, Fleet: &fleet, Agent: "jules"}.Input(b, mostly)
		p := plan.Make(in)
		left := 0
		for _, r := range in.Repos {
			left += r.Left
		}
		given := map[string]bool{}
		for _, r := range p.Repos {
			for _, c := range r.Children {
				if given[c.Ref] {
					t.Fatalf("%s is planned twice", c.Ref)
				}
				given[c.Ref] = true
			}
		}
		open := 0
		for _, e := range fleet.Epics {
			for _, c := range e.Children {
				if !c.Closed() {
					open++
				}
				if !given[c.Ref.String()] {
					continue
				}
				if c.Closed() || len(c.Issue.Labels) > 0 && c.Issue.HasLabel("jules") {
					t.Fatalf("%s is planned: %s", c.Ref, c.Verdict.Reason)
				}
				for _, before := range e.Children {
					if e.Phases[before.Phase].Ordinal < e.Phases[c.Phase].Ordinal && !before.Closed() {
						t.Fatalf("%s is planned while %s of an earlier phase is open", c.Ref, before.Ref)
					}
				}
			}
		}
		if open != left {
			t.Fatalf("%d children are open, %d counted", open, left)
		}
	})
}

// drawSnapshot is a fleet of two repositories with epics of up to three phases.
func drawSnapshot(t *rapid.T) (inventory.Snapshot, inventory.Rules) {
	rules := inventory.Rules{Labels: map[string]string{"jules": "jules"}}
	snap := inventory.Snapshot{TakenAt: midday, Host: "github.com", Dependencies: true}
	for _, name := range []string{"p", "q"} {
		r := inventory.Repo{Ref: ref(name), DefaultBranch: "dev", DefaultHead: "abc", Permission: "WRITE"}
		number := 0
		issue := func(title, body string) *inventory.Issue {
			number++
			r.Issues = append(r.Issues, inventory.Issue{Ref: inventory.Ref{Repo: r.Ref, Number: number}, Title: title, Body: body, Author: "octocat", AuthorKind: "User", Association: "MEMBER"})
			return &r.Issues[len(r.Issues)-1]
		}
		for range rapid.IntRange(0, 2).Draw(t, "epics") {
			body := ""
			for phase := range rapid.IntRange(1, 3).Draw(t, "phases") {
				body += "\n### Phase " + string(rune('1'+phase)) + ": work\n\n"
				for range rapid.IntRange(1, 3).Draw(t, "children") {
					i := issue("fix: something", "")
					switch rapid.IntRange(0, 4).Draw(t, "child") {
					case 0, 1:
						i.Closed, i.StateReason = true, "COMPLETED"
					case 2:
						i.Labels = []string{"jules"}
					}
					body += "- [ ] #" + itoa(i.Ref.Number) + " something\n"
				}
			}
			issue("epic(quality): work", body)
		}
		r.OpenIssues = len(r.Issues)
		snap.Repos = append(snap.Repos, r)
	}
	return snap, rules
}
