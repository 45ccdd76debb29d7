package plan_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

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

// drawInput is a random small fleet with a random past.
func drawInput(t *rapid.T) plan.Input {
	names := []string{"p", "q", "r", "s"}[:rapid.IntRange(1, 4).Draw(t, "repositories")]
	var members []budget.Member
	for i := range rapid.IntRange(1, 3).Draw(t, "members") {
		members = append(members, budget.Member{
			Login: string(rune('a' + i)), Quota: rapid.IntRange(-1, 7).Draw(t, "quota"),
			Repos:   rapid.SliceOfNDistinct(rapid.SampledFrom(names), 0, len(names), rapid.ID[string]).Draw(t, "connected"),
			NoToken: rapid.IntRange(0, 9).Draw(t, "token") == 0,
		})
	}
	s := state(members...)
	agents := []string{"jules"}
	if rapid.Bool().Draw(t, "limited") {
		s.Agents[0].Concurrency = rapid.IntRange(1, 6).Draw(t, "at once")
	}
	if rapid.Bool().Draw(t, "another agent") {
		s.Agents = append(s.Agents, budget.Agent{Name: "own", Quota: rapid.IntRange(1, 4).Draw(t, "own quota"), Window: rapid.SampledFrom([]budget.Window{budget.UTCDay, budget.Weekly}).Draw(t, "window")})
		agents = append(agents, "own")
	}
	for range rapid.IntRange(0, 4).Draw(t, "lines") {
		s.Spending.Add(budget.Entry{At: midday.Add(-time.Hour), Repo: rapid.SampledFrom(names).Draw(t, "of"), Issue: 500, Agent: rapid.SampledFrom(agents).Draw(t, "by"),
			Member: rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "charged")})
	}
	in := plan.Input{Budget: s, Settings: plan.Settings{
		Strategy: rapid.SampledFrom([]plan.Strategy{plan.None, plan.None, plan.Conservative}).Draw(t, "strategy"),
		Reserve:  rapid.SampledFrom([]int{0, 10, 50}).Draw(t, "reserve"), RepoShare: rapid.SampledFrom([]int{40, 100}).Draw(t, "share"), ReadyShare: rapid.SampledFrom([]int{80, 100}).Draw(t, "of ready"),
	}}
	for _, name := range names {
		r := repo(name, rapid.IntRange(0, 6).Draw(t, "ready"))
		r.Left += rapid.IntRange(0, 3).Draw(t, "more")
		r.Agents = agents
		for k := range r.Ready {
			r.Ready[k].Severity = plan.Severity(rapid.IntRange(0, 2).Draw(t, "severity"))
		}
		in.Repos = append(in.Repos, r)
	}
	return in
}

// used is what the log charges to each member by name, and to an agent of its own.
func used(in plan.Input) (members map[string]int, own int) {
	members = map[string]int{}
	for _, sp := range in.Budget.Spending.Spends {
		k := in.Budget.Spending.Kinds[sp.Kind]
		if k.Agent == "own" {
			own += int(sp.N)
		} else {
			members[k.Member] += int(sp.N)
		}
	}
	return members, own
}

// No plan passes a quota, a limit of tasks at once, the day's limit with its
// reserve, or a repository's limits.
func TestNoPlanPassesALimit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		p := plan.Make(in)
		spent, own := used(in)
		byAgent, ready, most, with := map[string]int{}, 0, 0, 0
		today := in.Budget.Today()
		for k := range p.Repos {
			with++
			most = max(most, p.Repos[k].Ready)
			ready += p.Repos[k].Ready
		}
		for _, r := range p.Repos {
			if len(r.Children) != r.Tasks || r.Tasks > r.Ready {
				t.Fatalf("%+v", r)
			}
			seen := map[string]bool{}
			for _, c := range r.Children {
				if seen[c.Ref] {
					t.Fatalf("%s twice", c.Ref)
				}
				seen[c.Ref] = true
				byAgent[c.Agent]++
				m := in.Budget.Team.Members[slices.IndexFunc(in.Budget.Team.Members, func(m budget.Member) bool { return m.Login == c.Member })]
				if m.NoToken || !slices.Contains(m.Repos, r.Ref.Name) {
					t.Fatalf("%s is charged to @%s", c.Ref, c.Member)
				}
				if c.Agent != "own" {
					spent[c.Member]++
					if spent[c.Member] > m.Quota {
						t.Fatalf("@%s is charged %d of %d", c.Member, spent[c.Member], m.Quota)
					}
				}
			}
			if limit := (p.Limit*in.Settings.RepoShare + 99) / 100; r.Tasks > 0 && dispatchable(p) > 1 && r.Tasks+today[r.Ref.Key()] > limit {
				t.Fatalf("%s gets %d of a day's %d", r.Repo, r.Tasks+today[r.Ref.Key()], p.Limit)
			}
			if r.Ready == most && dispatchable(p) > 1 && r.Tasks > (most*in.Settings.ReadyShare+99)/100 {
				t.Fatalf("%s gets %d of %d READY", r.Repo, r.Tasks, r.Ready)
			}
		}
		for _, a := range in.Budget.Agents {
			if a.Concurrency > 0 && byAgent[a.Name] > a.Concurrency || a.Quota > 0 && byAgent[a.Name] > max(0, a.Quota-own) {
				t.Fatalf("%+v gets %d", a, byAgent[a.Name])
			}
		}
		if p.Tasks > 0 && p.Tasks+p.Spent > p.Limit {
			t.Fatalf("%d tasks after %d, limit %d", p.Tasks, p.Spent, p.Limit)
		}
		for _, r := range p.Repos {
			for _, c := range r.Children {
				in.Budget.Held = append(in.Budget.Held, budget.Reservation{Entry: budget.Entry{Repo: r.Ref.Name, Issue: c.Child.Number, Agent: c.Agent, Member: c.Member}})
			}
		}
		if left := in.Budget.Draft([]string{"jules"}).Left(); byAgent["jules"] > 0 && left < p.Reserve {
			t.Fatalf("%d are left, and %d were to be kept", left, p.Reserve)
		}
		if n := ready - p.Tasks; n != len(p.Unplaced) {
			t.Fatalf("%d are left out, %d explained", n, len(p.Unplaced))
		}
	})
}

// dispatchable counts the repositories with READY work that can be dispatched.
func dispatchable(p plan.Plan) int {
	not := map[string]bool{}
	for _, u := range p.Unplaced {
		switch u.Code {
		case plan.NoMember, plan.NoToken, plan.Unfit:
			r, _ := inventory.ParseRef(u.Ref, inventory.RepoRef{}, "")
			not[r.Repo.String()] = true
		}
	}
	n := 0
	for _, r := range p.Repos {
		if !not[r.Repo] {
			n++
		}
	}
	return n
}

// The total is the true maximum: no way to share the tasks out places more. Every
// way is tried, on fleets so small that this can be done.
func TestThePlanIsAMaximum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		in.Budget.Spending = budget.Spending{From: in.Budget.Spending.From, Exact: in.Budget.Spending.Exact}
		in.Settings = plan.Settings{Strategy: plan.None, RepoShare: 100, ReadyShare: 100}
		p := plan.Make(in)
		var caps []int
		for _, r := range in.Repos {
			caps = append(caps, len(r.Ready))
		}
		// Where several are dispatchable each gets at most its part.
		ready := 0
		var can []int
		for k, r := range in.Repos {
			if len(payers(in, r)) > 0 && len(r.Ready) > 0 {
				ready += len(r.Ready)
				can = append(can, k)
			}
		}
		for _, k := range can {
			if len(can) > 1 {
				caps[k] = min(caps[k], (p.Limit*len(in.Repos[k].Ready)+ready-1)/ready)
			}
		}
		room := map[string]int{}
		for _, m := range in.Budget.Team.Members {
			room[m.Login] = max(0, m.Quota)
		}
		gate, own := 1<<30, 0
		for _, a := range in.Budget.Agents {
			if a.Concurrency > 0 {
				gate = a.Concurrency
			}
			own += a.Quota
		}
		if want := min(p.Limit, try(in, 0, caps, room, gate, own)); p.Tasks != want {
			t.Fatalf("%d are placed, %d could be: %+v", p.Tasks, want, tasks(p))
		}
	})
}

func payers(in plan.Input, r plan.Repo) []string {
	var out []string
	for _, m := range in.Budget.Team.Members {
		if !m.NoToken && slices.Contains(m.Repos, r.Ref.Name) {
			out = append(out, m.Login)
		}
	}
	return out
}

// try is the most that can be placed from a repository on, by trying every split.
func try(in plan.Input, at int, caps []int, room map[string]int, gate, own int) int {
	if at == len(in.Repos) {
		return 0
	}
	who := payers(in, in.Repos[at])
	best := 0
	var split func(k, left, got, gate, own int)
	split = func(k, left, got, gate, own int) {
		if k == len(who) {
			n := 0
			if len(who) > 0 {
				n = min(left, own) // it never helps to leave these to another repository's members
			}
			for o := 0; o <= n; o++ {
				best = max(best, got+o+try(in, at+1, caps, room, gate, own-o))
			}
			return
		}
		for n := 0; n <= min(left, room[who[k]], gate); n++ {
			room[who[k]] -= n
			split(k+1, left-n, got+n, gate-n, own)
			room[who[k]] += n
		}
	}
	split(0, caps[at], 0, gate, own)
	return best
}
