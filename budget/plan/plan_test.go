package plan_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/budget/plan"
	"github.com/dappcore/core-dev/inventory"
)

const owner = "acme"

var (
	midday = time.Date(2026, 2, 4, 12, 0, 30, 0, time.UTC)
	mostly = plan.Settings{Strategy: plan.None, Reserve: 10, RepoShare: 40, ReadyShare: 80}
)

func ref(name string) inventory.RepoRef { return inventory.RepoRef{Owner: owner, Name: name} }

// state is a team's day so far, with nothing spent; GitHub's clock is known.
func state(members ...budget.Member) budget.State {
	s := budget.State{Now: midday, Clock: budget.Clock{Known: true}, Team: budget.Team{Owner: owner, Members: members}}
	s.Agents = []budget.Agent{{Name: "jules"}}
	s.Spending = budget.Spending{From: s.Earliest(), Exact: budget.DayOf(midday) - 1}
	return s
}

// repo has so many READY children, and as much work.
func repo(name string, ready int) plan.Repo {
	r := plan.Repo{Ref: ref(name), Agents: []string{"jules"}, Left: ready}
	for n := range ready {
		r.Ready = append(r.Ready, plan.Child{Ref: inventory.Ref{Repo: r.Ref, Number: n + 1}, Epic: inventory.Ref{Repo: r.Ref, Number: 1000}})
	}
	return r
}

func tasks(p plan.Plan) map[string]int {
	out := map[string]int{}
	for _, r := range p.Repos {
		out[r.Ref.Name] = r.Tasks
	}
	return out
}

// The specification's reference case, from the mission's example of a daily plan:
// pool 300, READY core 8, core-php 50, core-mcp 30, core-api 20, no strategy limit.
func TestTheMissionsDailyPlan(t *testing.T) {
	s := state(budget.Member{Login: "snider", Quota: 300, Repos: []string{"one", "two", "three", "four"}},
		budget.Member{Login: "bodane", Quota: 300, Repos: []string{}})
	s.Fleet = []inventory.RepoRef{ref("one"), ref("two"), ref("three"), ref("four")}
	in := plan.Input{Budget: s, Settings: mostly, Repos: []plan.Repo{repo("one", 8), repo("two", 50), repo("three", 30), repo("four", 20)}}
	p := plan.Make(in)
	if want := map[string]int{"one": 8, "two": 40, "three": 30, "four": 20}; !cmp.Equal(tasks(p), want) {
		t.Errorf("%v, want %v", tasks(p), want)
	}
	if p.Remaining != 202 || p.Usable != 300 || p.Reserve != 30 || len(p.Unplaced) != 10 || p.Unplaced[0].Code != plan.ReadyLimit {
		t.Errorf("%d left of %d, %d reserved; unplaced %v", p.Remaining, p.Usable, p.Reserve, p.Unplaced)
	}
	// Of the mission's pool of 600 half is stranded: its second member connected nothing.
	if len(p.Stranded) != 1 || p.Stranded[0].Quota != 300 || p.Stranded[0].Member != "bodane" || len(p.Stranded[0].Repos) != 4 {
		t.Errorf("stranded %+v", p.Stranded)
	}
	if !cmp.Equal(p, plan.Make(in)) {
		t.Error("the same input gave another plan")
	}
}

func TestStrategies(t *testing.T) {
	var repos []plan.Repo
	var names []string
	for n := range 15 {
		name := fmt.Sprintf("r%02d", n)
		names = append(names, name)
		repos = append(repos, repo(name, 40))
	}
	for _, c := range []struct {
		strategy     plan.Strategy
		tasks, repos int
	}{{plan.Conservative, 20, 3}, {plan.Moderate, 80, 8}, {plan.Aggressive, 200, 15}, {plan.None, 270, 15}, {plan.Auto, 20, 3}} {
		set := mostly
		set.Strategy = c.strategy
		p := plan.Make(plan.Input{Budget: state(budget.Member{Login: "a", Quota: 300, Repos: names}), Settings: set, Repos: repos})
		over := 0
		for _, r := range p.Repos {
			over += min(r.Tasks, 1)
		}
		if p.Tasks != c.tasks || over != c.repos {
			t.Errorf("%s: %d tasks over %d repositories, want %d over %d", c.strategy, p.Tasks, over, c.tasks, c.repos)
		}
	}
}

func TestAutoGoesStepByStep(t *testing.T) {
	good, bad, thin := plan.Outcome{Dispatched: 10, Merged: 9}, plan.Outcome{Dispatched: 10, Merged: 2, Stuck: 5}, plan.Outcome{Dispatched: 2, Merged: 2}
	for _, c := range []struct {
		past []plan.Outcome
		want plan.Strategy
	}{
		{nil, plan.Conservative}, {[]plan.Outcome{good}, plan.Moderate}, {[]plan.Outcome{good, good, good}, plan.Aggressive},
		{[]plan.Outcome{good, good, bad}, plan.Moderate}, {[]plan.Outcome{bad, bad, good}, plan.Moderate}, {[]plan.Outcome{thin, thin}, plan.Conservative},
	} {
		if got, why := plan.Step(c.past); got != c.want || why == "" {
			t.Errorf("%v: %s (%s), want %s", c.past, got, why, c.want)
		}
	}
}

// Grave children come first, then the repositories with most work, then children
// that never depended on anything, then the repositories whose checks pass.
func TestOrderOfPriority(t *testing.T) {
	small, large, red := repo("small", 3), repo("large", 4), repo("red", 3)
	small.Ready[2].Severity, small.Ready[1].Severity = plan.Critical, plan.High
	large.Ready[0].Depends = true
	small.Passed, red.Failed = 9, 9
	set := plan.Settings{Strategy: plan.None, RepoShare: 100, ReadyShare: 100}
	for quota, want := range map[int]map[string][]int{
		1: {"small": {3}},
		4: {"small": {3, 2}, "large": {2, 3}}, // each its part of what is READY
		7: {"small": {3, 2, 1}, "large": {2, 3, 4}, "red": {1}},
	} {
		p := plan.Make(plan.Input{Budget: state(budget.Member{Login: "a", Quota: quota, Every: true}), Settings: set, Repos: []plan.Repo{red, large, small}})
		for _, r := range p.Repos {
			var got []int
			for _, c := range r.Children {
				got = append(got, c.Child.Number)
			}
			if !slices.Equal(got, want[r.Ref.Name]) {
				t.Errorf("quota %d: %s gets %v, want %v", quota, r.Ref.Name, got, want[r.Ref.Name])
			}
		}
	}
}

func TestWhatCannotBePlacedSaysWhy(t *testing.T) {
	nobodys, closed, fine := repo("nobodys", 2), repo("closed", 1), repo("fine", 2)
	closed.Unfit = "the repository is archived"
	without := repo("without", 1)
	s := state(budget.Member{Login: "a", Quota: 1, Repos: []string{"fine", "closed"}}, budget.Member{Login: "b", Quota: 9, Repos: []string{"without"}, NoToken: true})
	p := plan.Make(plan.Input{Budget: s, Settings: plan.Settings{Strategy: plan.None, RepoShare: 100, ReadyShare: 100}, Repos: []plan.Repo{nobodys, closed, fine, without}})
	got := map[string]plan.Code{}
	for _, u := range p.Unplaced {
		got[u.Ref] = u.Code
		if u.Reason == "" {
			t.Errorf("%s: no reason", u.Ref)
		}
	}
	want := map[string]plan.Code{"acme/nobodys#1": plan.NoMember, "acme/nobodys#2": plan.NoMember, "acme/closed#1": plan.Unfit, "acme/fine#2": plan.Limit, "acme/without#1": plan.NoToken}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// Several agents: the repository's own first, and when it has its fill those that
// stand in, in order.
func TestAgentsStandIn(t *testing.T) {
	s := state(budget.Member{Login: "a", Quota: 100, Every: true})
	s.Agents = []budget.Agent{{Name: "jules", Concurrency: 3}, {Name: "codex", Quota: 4, Window: budget.Weekly}, {Name: "paid", Quota: 50}}
	r := repo("r", 9)
	r.Agents = []string{"jules", "codex", "paid"}
	p := plan.Make(plan.Input{Budget: s, Settings: plan.Settings{Strategy: plan.None, RepoShare: 100, ReadyShare: 100}, Repos: []plan.Repo{r}})
	want := []plan.AgentUse{{Agent: "codex", Tasks: 4}, {Agent: "jules", Tasks: 3}, {Agent: "paid", Tasks: 2}}
	if d := cmp.Diff(want, p.Agents); d != "" {
		t.Error(d)
	}
	if p.Repos[0].Children[0].Agent != "jules" || p.Repos[0].Children[8].Agent != "paid" {
		t.Errorf("%+v", p.Repos[0].Children)
	}
	s.Running = []inventory.Task{{Ref: inventory.Ref{Repo: ref("r"), Number: 99}, Agent: "jules"}}
	s.Agents = s.Agents[:1]
	r.Agents = r.Agents[:1]
	p = plan.Make(plan.Input{Budget: s, Settings: mostly, Repos: []plan.Repo{r}})
	if p.Tasks != 2 || p.Unplaced[0].Code != plan.Concurrency {
		t.Errorf("%d tasks, %+v", p.Tasks, p.Unplaced)
	}
}

// When the members' quotas are spent up to the reserve, an agent with a quota of its
// own goes on.
func TestAStandInGoesOnWithoutTheMembers(t *testing.T) {
	s := state(budget.Member{Login: "a", Quota: 10, Every: true})
	s.Agents = []budget.Agent{{Name: "jules"}, {Name: "codex", Quota: 5, Window: budget.Weekly}}
	r := repo("r", 30)
	r.Agents = []string{"jules", "codex"}
	in := plan.Input{Budget: s, Settings: mostly, Repos: []plan.Repo{r}}
	p := plan.Make(in)
	if d := cmp.Diff([]plan.AgentUse{{Agent: "jules", Tasks: 9}, {Agent: "codex", Tasks: 5}}, p.Agents); d != "" || p.Limit != 14 || p.Unplaced[0].Code != plan.Limit {
		t.Errorf("%s, limit %d, %+v", d, p.Limit, p.Unplaced[0])
	}
	for range 10 {
		in.Budget.Spending.Add(budget.Entry{At: midday.Add(-time.Hour), Repo: "r", Issue: 500, Agent: "jules", Member: "a"})
	}
	if d := cmp.Diff([]plan.AgentUse{{Agent: "codex", Tasks: 4}}, plan.Make(in).Agents); d != "" {
		t.Error(d) // the tenth took of the reserve, which the day's limit counts
	}
}

// What agents take at once goes to what is grave, wherever it stands in the fleet,
// and who is left out is told the true reason.
func TestTasksAtOnceGoToWhatIsGrave(t *testing.T) {
	first, grave, other := repo("first", 6), repo("grave", 2), repo("other", 6)
	grave.Ready[0].Severity, grave.Ready[1].Severity = plan.Critical, plan.Critical
	other.Agents = []string{"jules", "codex"}
	first.Left = 100
	s := state(budget.Member{Login: "a", Quota: 100, Repos: []string{"first", "grave"}}, budget.Member{Login: "b", Quota: 100, Repos: []string{"other", "grave"}})
	s.Agents = []budget.Agent{{Name: "jules", Concurrency: 4}, {Name: "codex", Concurrency: 3}}
	p := plan.Make(plan.Input{Budget: s, Settings: plan.Settings{Strategy: plan.None, RepoShare: 100, ReadyShare: 100}, Repos: []plan.Repo{first, other, grave}})
	if want := map[string]int{"first": 2, "grave": 2, "other": 3}; !cmp.Equal(tasks(p), want) {
		t.Errorf("%v, want %v", tasks(p), want)
	}
	for _, u := range p.Unplaced {
		if u.Code != plan.Concurrency {
			t.Errorf("%+v", u)
		}
	}
}

// Where the reserve stopped it, that is said, and not that nothing is left.
func TestTheReserveIsNamed(t *testing.T) {
	for reserve, want := range map[int]string{
		50: "what is left of the members' quotas is the reserve: up to 5 tasks are kept for retries",
		0:  "all that is left of the members' quotas is placed",
	} {
		s := state(budget.Member{Login: "a", Quota: 10, Every: true})
		s.Agents = []budget.Agent{{Name: "jules"}, {Name: "codex", Quota: 50}}
		lent := repo("lent", 0)
		lent.Agents = []string{"codex"}
		in := plan.Input{Budget: s, Settings: mostly, Repos: []plan.Repo{repo("r", 30)}}
		in.Settings.Reserve = reserve
		in.Repos[0].Agents = []string{"jules"}
		in.Repos = append(in.Repos, lent)
		p := plan.Make(in)
		if got := p.Unplaced[0]; got.Code != plan.Kept || got.Reason != want {
			t.Errorf("%d %%: %+v", reserve, got)
		}
	}
}
