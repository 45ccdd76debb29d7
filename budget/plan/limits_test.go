package plan_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/budget/plan"
	"github.com/dappcore/core-dev/inventory"
)

var windows = []budget.Window{budget.UTCDay, budget.UTCDay, budget.Rolling, budget.Both, budget.Weekly}

// drawInput is a random small fleet with a random past: jules and codex, who share
// the members' quotas, and one agent with a quota of its own. No number is larger
// than most.
func drawInput(t *rapid.T, most int) plan.Input {
	names := []string{"p", "q", "r", "s"}[:rapid.IntRange(1, 4).Draw(t, "repositories")]
	var members []budget.Member
	logins := []string{"a", "b", "c"}[:rapid.IntRange(1, 3).Draw(t, "members")]
	for _, login := range logins {
		members = append(members, budget.Member{
			Login: login, Quota: rapid.IntRange(-1, most).Draw(t, "quota"),
			Repos:   rapid.SliceOfNDistinct(rapid.SampledFrom(names), 0, len(names), rapid.ID[string]).Draw(t, "connected"),
			NoToken: rapid.IntRange(0, 9).Draw(t, "token") == 0,
		})
	}
	s := state(members...)
	s.Agents = []budget.Agent{
		{Name: "jules", Window: rapid.SampledFrom(windows).Draw(t, "window")},
		{Name: "codex", Window: rapid.SampledFrom(windows).Draw(t, "window")},
		{Name: "own", Window: rapid.SampledFrom(windows).Draw(t, "window"), Quota: rapid.IntRange(1, most).Draw(t, "own quota")},
	}
	agents := []string{"jules", "codex", "own"}
	for k := range s.Agents {
		if rapid.IntRange(0, 2).Draw(t, "limited") == 0 {
			s.Agents[k].Concurrency = rapid.IntRange(1, most).Draw(t, "at once")
		}
	}
	s.Spending = budget.Spending{From: s.Earliest(), Exact: budget.DayOf(s.Exact()) - 1}
	someone := rapid.SampledFrom(append([]string{""}, logins...))
	somewhere, somebody := rapid.SampledFrom(names), rapid.SampledFrom(agents)
	for range rapid.IntRange(0, 4).Draw(t, "lines") {
		ago := rapid.SampledFrom([]time.Duration{1, 1, 11, 20, 40}).Draw(t, "hours ago") * time.Hour
		s.Spending.Add(budget.Entry{At: midday.Add(-ago), Repo: somewhere.Draw(t, "of"), Issue: 500, Agent: somebody.Draw(t, "by"), Member: someone.Draw(t, "charged")})
	}
	for range rapid.IntRange(-2, 2).Draw(t, "held") {
		s.Held = append(s.Held, budget.Reservation{Entry: budget.Entry{Repo: somewhere.Draw(t, "held in"), Issue: 900, Agent: somebody.Draw(t, "by"), Member: someone.Draw(t, "of")}})
	}
	for range rapid.IntRange(-2, 2).Draw(t, "running") {
		s.Running = append(s.Running, inventory.Task{Ref: inventory.Ref{Repo: ref(somewhere.Draw(t, "running in")), Number: 700 + len(s.Running)}, Agent: somebody.Draw(t, "by")})
	}
	for range rapid.IntRange(-2, 1).Draw(t, "outside") {
		s.Outside = append(s.Outside, budget.Outside{Repo: ref(somewhere.Draw(t, "outside in")), Issue: 901, Agent: somebody.Draw(t, "by"), At: midday})
	}
	if rapid.IntRange(0, 5).Draw(t, "unreadable") == 0 {
		s.Spending.CountUnreadable(budget.DayOf(midday), 1)
	}
	in := plan.Input{Budget: s, Settings: plan.Settings{
		Strategy: rapid.SampledFrom([]plan.Strategy{plan.None, plan.None, plan.Conservative}).Draw(t, "strategy"),
		Reserve:  rapid.SampledFrom([]int{0, 10, 50}).Draw(t, "reserve"), RepoShare: rapid.SampledFrom([]int{40, 100}).Draw(t, "share"), ReadyShare: rapid.SampledFrom([]int{80, 100}).Draw(t, "of ready"),
	}}
	lists := [][]string{{"jules"}, {"jules"}, {"codex"}, {"jules", "codex"}, {"jules", "own"}, {"own"}, {"codex", "own", "jules"}}
	same := rapid.Bool().Draw(t, "the same agents everywhere")
	list := rapid.SampledFrom(lists).Draw(t, "agents")
	for _, name := range names {
		r := repo(name, rapid.IntRange(0, most).Draw(t, "ready"))
		r.Left += rapid.IntRange(0, 3).Draw(t, "more")
		if r.Agents = list; !same {
			r.Agents = rapid.SampledFrom(lists).Draw(t, "agents")
		}
		if len(r.Ready) > 0 {
			r.Ready[0].Severity = plan.Severity(rapid.IntRange(0, 2).Draw(t, "severity"))
		}
		in.Repos = append(in.Repos, r)
	}
	return in
}

// within is the rule of each window at midday, as the specification words it.
func within(w budget.Window, at time.Time) bool {
	day := at.Format(time.DateOnly) == midday.Format(time.DateOnly)
	rolling := at.Truncate(time.Minute).Add(24*time.Hour + time.Minute).After(midday)
	switch w {
	case budget.Rolling:
		return rolling
	case budget.Both:
		return day || rolling
	case budget.Weekly:
		y, n := at.ISOWeek()
		my, mn := midday.ISOWeek()
		return y == my && n == mn
	}
	return day
}

// spent is what a window holds that names a member, or is an agent's own.
func spent(in plan.Input, w budget.Window, is func(agent, member string) bool) int {
	n := 0
	for _, sp := range in.Budget.Spending.Spends {
		if k := in.Budget.Spending.Kinds[sp.Kind]; within(w, sp.At.Time()) && is(k.Agent, k.Member) {
			n += int(sp.N)
		}
	}
	for _, h := range in.Budget.Held {
		if is(h.Agent, h.Member) {
			n++
		}
	}
	return n
}

func today(in plan.Input, repo string, own bool) int {
	n := 0
	for _, sp := range in.Budget.Spending.Spends {
		if k := in.Budget.Spending.Kinds[sp.Kind]; k.Repo == repo && within(budget.UTCDay, sp.At.Time()) && own == (k.Agent == "own") {
			n += int(sp.N)
		}
	}
	for _, h := range in.Budget.Held {
		if h.Repo == repo && own == (h.Agent == "own") {
			n++
		}
	}
	for _, o := range in.Budget.Outside {
		if o.Repo.Name == repo && own == (o.Agent == "own") {
			n++
		}
	}
	return n
}

// percent is so much of a number, rounded up.
func percent(of, n int) int { return (of*n + 99) / 100 }

func agent(in plan.Input, name string) budget.Agent {
	return in.Budget.Agents[slices.IndexFunc(in.Budget.Agents, func(a budget.Agent) bool { return a.Name == name })]
}

// No plan passes a quota, a limit of tasks at once, the day's limit with its
// reserve, or a repository's limits.
func TestNoPlanPassesALimit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t, 6)
		p := plan.Make(in)
		byAgent, charged, ready, most := map[string]int{}, map[string]int{}, 0, 0
		for _, r := range p.Repos {
			most = max(most, r.Ready+r.Today)
			ready += r.Ready
			for _, c := range r.Children {
				if byAgent[c.Agent]++; c.Agent != "own" {
					charged[c.Member]++
				}
			}
		}
		members := p.Usable - p.Reserve
		if in.Settings.Strategy == plan.Conservative {
			members = min(members, 20)
		}
		for _, r := range p.Repos {
			if len(r.Children) != r.Tasks || r.Tasks > r.Ready {
				t.Fatalf("%+v", r)
			}
			seen, shared := map[string]bool{}, 0
			agents := in.Repos[slices.IndexFunc(in.Repos, func(of plan.Repo) bool { return of.Ref == r.Ref })].Agents
			for _, c := range r.Children {
				if seen[c.Ref] || !slices.Contains(agents, c.Agent) {
					t.Fatalf("%s twice, or by %s", c.Ref, c.Agent)
				}
				seen[c.Ref] = true
				m := in.Budget.Team.Members[slices.IndexFunc(in.Budget.Team.Members, func(m budget.Member) bool { return m.Login == c.Member })]
				if m.NoToken || !slices.Contains(m.Repos, r.Ref.Name) {
					t.Fatalf("%s is charged to @%s", c.Ref, c.Member)
				}
				if c.Agent == "own" {
					continue
				}
				shared++
				before := spent(in, agent(in, c.Agent).Window, func(agent, member string) bool { return agent != "own" && member == c.Member })
				if before+charged[c.Member] > m.Quota {
					t.Fatalf("@%s is charged %d after %d of %d, %s among them", c.Member, charged[c.Member], before, m.Quota, c.Agent)
				}
			}
			several := dispatchable(p) > 1
			if limit := percent(members, in.Settings.RepoShare); shared > 0 && several && shared+today(in, r.Ref.Name, false) > limit {
				t.Fatalf("%s gets %d of the members' %d", r.Repo, shared+today(in, r.Ref.Name, false), members)
			}
			if r.Ready+r.Today == most && several && r.Tasks > 0 && r.Tasks+r.Today > percent(most, in.Settings.ReadyShare) {
				t.Fatalf("%s gets %d after %d of %d READY", r.Repo, r.Tasks, r.Today, r.Ready)
			}
		}
		for _, a := range in.Budget.Agents {
			busy := 0
			for _, h := range in.Budget.Held {
				if h.Agent == a.Name {
					busy++
				}
			}
			for _, r := range in.Budget.Running {
				if r.Agent == a.Name {
					busy++
				}
			}
			if a.Concurrency > 0 && byAgent[a.Name] > max(0, a.Concurrency-busy) {
				t.Fatalf("%s gets %d beside %d", a.Name, byAgent[a.Name], busy)
			}
			if own := spent(in, a.Window, func(agent, _ string) bool { return agent == a.Name }); a.Quota > 0 && byAgent[a.Name] > max(0, a.Quota-own) {
				t.Fatalf("%s gets %d after %d", a.Name, byAgent[a.Name], own)
			}
		}
		if p.Tasks > 0 && p.Tasks+p.Spent > p.Limit {
			t.Fatalf("%d tasks after %d, limit %d", p.Tasks, p.Spent, p.Limit)
		}
		if n := ready - p.Tasks; n != len(p.Unplaced) {
			t.Fatalf("%d are left out, %d explained", n, len(p.Unplaced))
		}
		left := in.Budget.Left()
		if shared := p.Tasks - byAgent["own"]; p.Remaining != max(0, left-shared) || shared > 0 && left-shared < p.Reserve {
			t.Fatalf("%d of %d are left, %d were to be kept; it says %d", left-shared, left, p.Reserve, p.Remaining)
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
