package plan_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/budget/plan"
)

// dispatch does part of a plan: the log has it, and it is no longer READY.
func dispatch(in *plan.Input, p plan.Plan, most int) {
	for _, r := range p.Repos {
		for _, c := range r.Children {
			if most--; most < 0 {
				return
			}
			in.Budget.Spending.Add(budget.Entry{At: midday.Add(-time.Minute), Repo: r.Ref.Name, Issue: c.Child.Number, Agent: c.Agent, Member: c.Member})
			k := slices.IndexFunc(in.Repos, func(of plan.Repo) bool { return of.Ref == r.Ref })
			in.Repos[k].Ready = slices.DeleteFunc(slices.Clone(in.Repos[k].Ready), func(of plan.Child) bool { return of.Ref == c.Child })
		}
	}
}

// What a second plan of the day adds keeps to the same limits as the first.
func TestASecondPlanOfTheDayAddsNothingToAShare(t *testing.T) {
	in := plan.Input{Budget: state(budget.Member{Login: "a", Quota: 300, Every: true}), Settings: mostly, Repos: []plan.Repo{repo("large", 50), repo("small", 30)}}
	first := plan.Make(in)
	dispatch(&in, first, first.Tasks)
	in.Repos[1] = repo("small", 5)
	second := plan.Make(in)
	if first.Repos[0].Tasks != 40 || second.Repos[0].Tasks != 0 || second.Unplaced[0].Code != plan.ReadyLimit {
		t.Errorf("%v, then %v: %+v", tasks(first), tasks(second), second.Unplaced)
	}
	// Of three places of the day two are taken by what has nothing READY any more.
	in = plan.Input{Budget: state(budget.Member{Login: "a", Quota: 300, Every: true}), Settings: mostly}
	in.Settings.Strategy = plan.Conservative
	for _, name := range []string{"p", "q", "r", "s"} {
		in.Repos = append(in.Repos, repo(name, 30))
	}
	for _, name := range []string{"p", "q", "gone"} {
		in.Budget.Spending.Add(budget.Entry{At: midday.Add(-time.Minute), Repo: name, Issue: 500, Agent: "jules", Member: "a"})
	}
	in.Repos[0].Ready = nil
	if got := tasks(plan.Make(in)); got["q"] == 0 || got["r"]+got["s"] != 0 {
		t.Errorf("a fourth repository of the day gets something: %v", got)
	}
}

// However a day's plans follow one another, and whatever of them is dispatched, a
// repository keeps its part of the members' limit, the one with most READY children
// its share of these, and the strategy its repositories.
func TestNoDayOfSeveralPlansPassesALimit(t *testing.T) {
	fewer(t, 1000)
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t, 6)
		in.Budget.Spending = budget.Spending{From: in.Budget.Spending.From, Exact: in.Budget.Spending.Exact}
		in.Budget.Held, in.Budget.Running, in.Budget.Outside = nil, nil, nil
		ready, most := map[string]int{}, 0
		for _, r := range in.Repos {
			ready[r.Ref.Name] = len(r.Ready)
		}
		for range rapid.IntRange(2, 4).Draw(t, "plans") {
			p := plan.Make(in)
			if dispatchable(p) < 2 {
				return
			}
			if most == 0 {
				for _, r := range p.Repos {
					if !slices.ContainsFunc(p.Unplaced, func(u plan.Unplaced) bool { return u.Code == plan.NoMember || u.Code == plan.NoToken }) {
						most = max(most, r.Ready)
					}
				}
			}
			dispatch(&in, p, rapid.IntRange(0, p.Tasks).Draw(t, "dispatched"))
			spread := 0
			for name, n := range ready {
				got, own := today(in, name, false), today(in, name, true)
				spread += min(got+own, 1)
				if limit := percent(min(p.Usable-p.Reserve, ceiling(in.Settings)), in.Settings.RepoShare); got > limit {
					t.Fatalf("%s got %d of the members' %d", name, got, limit)
				}
				if n == most && got+own > percent(n, in.Settings.ReadyShare) {
					t.Fatalf("%s got %d of %d READY", name, got+own, n)
				}
			}
			if in.Settings.Strategy == plan.Conservative && spread > 3 {
				t.Fatalf("%d repositories got something", spread)
			}
		}
	})
}

// ceiling is the most a strategy allows.
func ceiling(s plan.Settings) int {
	if most := s.Strategy.Pace().Most; most > 0 {
		return most
	}
	return 1 << 20
}

// An agent's own quota makes no repository's part of the members' quotas larger.
func TestOwnQuotasLeaveTheMembersSharesAsTheyAre(t *testing.T) {
	in := plan.Input{Budget: state(budget.Member{Login: "a", Quota: 100, Every: true}), Settings: plan.Settings{Strategy: plan.None, RepoShare: 40, ReadyShare: 80}}
	in.Budget.Agents = []budget.Agent{{Name: "jules"}, {Name: "codex", Quota: 1000}}
	in.Repos = []plan.Repo{repo("large", 200), repo("small", 20), repo("lent", 10)}
	in.Repos[2].Agents = []string{"codex"}
	p := plan.Make(in)
	if want := map[string]int{"large": 40, "small": 9, "lent": 10}; !cmp.Equal(tasks(p), want) || p.Remaining != 51 {
		t.Errorf("%v, want %v; %d left of the members' 100", tasks(p), want, p.Remaining)
	}
}
