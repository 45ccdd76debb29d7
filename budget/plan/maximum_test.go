package plan_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/budget/plan"
)

// The total is the true maximum: no way to share the tasks out places more that would
// fit in whatever order it is sent. Every way is tried, on fleets so small that this
// can be done. Where limits at once, agents and members all differ between the
// repositories no such promise is made, only that none is left out for want of an
// agent that would still take it.
func TestThePlanIsAMaximum(t *testing.T) {
	fewer(t, 1500)
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t, 3)
		named(&in)
		in.Settings = plan.Settings{Strategy: plan.None, RepoShare: 100, ReadyShare: 100}
		p := plan.Make(in)
		e := newEvery(in, p)
		want := min(max(0, p.Limit-p.Spent), e.most(0, 0, 0, 0, [3]int{}, [3]int{}))
		if p.Tasks > want || p.Tasks < want && e.exact() {
			t.Fatalf("%d are placed, %d could be: %+v", p.Tasks, want, tasks(p))
		}
		if p.Tasks == want {
			return
		}
		for _, r := range p.Repos {
			for _, c := range r.Children {
				in.Budget.Held = append(in.Budget.Held, budget.Reservation{Entry: budget.Entry{Repo: r.Ref.Name, Issue: c.Child.Number, Agent: c.Agent, Member: c.Member}})
			}
		}
		for _, u := range p.Unplaced {
			for _, r := range in.Repos {
				if u.Code != plan.Concurrency || !slices.ContainsFunc(r.Ready, func(c plan.Child) bool { return c.Ref.String() == u.Ref }) {
					continue
				}
				for _, agent := range r.Agents {
					if in.Budget.Admit([]budget.Ask{{Repo: r.Ref, Agent: agent, Tasks: 1}}, nil).OK() {
						t.Fatalf("%s is left out (%s), and %s would take it", u.Ref, u.Reason, agent)
					}
				}
			}
		}
	})
}

// named leaves in the past only what names who is charged.
func named(in *plan.Input) {
	before := in.Budget.Spending
	in.Budget.Spending = budget.Spending{From: before.From, Exact: before.Exact}
	for _, sp := range before.Spends {
		k := before.Kinds[sp.Kind]
		if k.Member == "" {
			k.Member = "a"
		}
		in.Budget.Spending.Count(sp.At, k, int(sp.N))
	}
	for k := range in.Budget.Held {
		if in.Budget.Held[k].Member == "" {
			in.Budget.Held[k].Member = "a"
		}
	}
	in.Budget.Outside = nil
}

// every tries all there is.
type every struct {
	in     plan.Input
	room   [3][2]int // of each member in the windows of jules and codex
	left   [3]int    // what jules, codex and the own agent take; 99 = any number
	shared []int     // what each repository gets at the members' charge at most
	own    []int     // what each gets of the own agent at most
	can    [][]int   // the members of each repository
	memo   map[state9]int
}

type state9 [9]int

func newEvery(in plan.Input, p plan.Plan) *every {
	e := &every{in: in, memo: map[state9]int{}}
	for m, member := range in.Budget.Team.Members {
		for k, agent := range in.Budget.Agents[:2] {
			e.room[m][k] = max(0, member.Quota) - spent(in, agent.Window, func(agent, charged string) bool { return agent != "own" && charged == member.Login })
		}
	}
	for k, agent := range in.Budget.Agents {
		e.left[k] = 99
		busy := 0
		for _, h := range in.Budget.Held {
			if h.Agent == agent.Name {
				busy++
			}
		}
		for _, r := range in.Budget.Running {
			if r.Agent == agent.Name {
				busy++
			}
		}
		if agent.Concurrency > 0 {
			e.left[k] = max(0, agent.Concurrency-busy)
		}
		if agent.Quota > 0 {
			e.left[k] = min(e.left[k], max(0, agent.Quota-spent(in, agent.Window, func(by, _ string) bool { return by == agent.Name })))
		}
	}
	ready, lent, several, lenders := 0, 0, 0, 0
	for _, r := range in.Repos {
		var who []int
		for m, member := range in.Budget.Team.Members {
			if !member.NoToken && slices.Contains(member.Repos, r.Ref.Name) {
				who = append(who, m)
			}
		}
		if e.can = append(e.can, who); len(who) == 0 || len(r.Ready) == 0 {
			continue
		}
		several++
		if ready += len(r.Ready); slices.Contains(r.Agents, "own") {
			lenders++
			lent += len(r.Ready)
		}
	}
	for _, r := range in.Repos {
		shared, own := 99, 99
		if several > 1 && len(r.Ready) > 0 {
			shared = max(0, (p.Usable*len(r.Ready)+ready-1)/ready-today(in, r.Ref.Name, false))
			if lenders > 1 && slices.Contains(r.Agents, "own") {
				own = max(0, ((p.Limit-p.Usable)*len(r.Ready)+lent-1)/lent-today(in, r.Ref.Name, true))
			}
		}
		e.shared, e.own = append(e.shared, shared), append(e.own, own)
	}
	return e
}

// most is the most that can be placed from a repository's child on. charged is what
// each member was given, and by whom: a bit for jules, one for codex.
func (e *every) most(repo, child, shared, own int, given, charged [3]int) int {
	if repo == len(e.in.Repos) {
		return 0
	}
	r := e.in.Repos[repo]
	if child == len(r.Ready) || len(e.can[repo]) == 0 {
		return e.most(repo+1, 0, 0, 0, given, charged)
	}
	key := state9{repo, child, shared, own, given[0] + 10*given[1] + 100*given[2], charged[0], charged[1], charged[2]}
	if n, known := e.memo[key]; known {
		return n
	}
	best := e.most(repo+1, 0, 0, 0, given, charged) // the rest of it is left out
	for k, name := range []string{"jules", "codex", "own"} {
		if !slices.Contains(r.Agents, name) || given[k] == e.left[k] {
			continue
		}
		next := given
		next[k]++
		if k == 2 {
			if own < e.own[repo] {
				best = max(best, 1+e.most(repo, child+1, shared, own+1, next, charged))
			}
			continue
		}
		for _, m := range e.can[repo] {
			n, by := charged[m]/4+1, charged[m]%4|1<<k
			if shared == e.shared[repo] || by&1 > 0 && n > e.room[m][0] || by&2 > 0 && n > e.room[m][1] {
				continue
			}
			then := charged
			then[m] = 4*n + by
			best = max(best, 1+e.most(repo, child+1, shared+1, own, next, then))
		}
	}
	e.memo[key] = best
	return best
}

// exact tells whether a maximum is promised.
func (e *every) exact() bool {
	limited := func(name string) bool { return name != "own" && agent(e.in, name).Concurrency > 0 }
	members, lists := map[string][]int{}, [][]string{}
	even, same := true, true
	for k, r := range e.in.Repos {
		if len(e.can[k]) == 0 || len(r.Ready) == 0 {
			continue
		}
		var list []string
		for _, name := range r.Agents {
			if name == "own" {
				continue
			}
			list = append(list, name)
			same = same && limited(name)
			if who, known := members[name]; limited(name) && known && !slices.Equal(who, e.can[k]) {
				even = false
			}
			members[name] = e.can[k]
		}
		slices.Sort(list)
		if len(list) > 0 {
			lists = append(lists, list)
		}
	}
	for _, list := range lists {
		same = same && slices.Equal(list, lists[0])
	}
	windows := e.in.Budget.Agents[0].Window == e.in.Budget.Agents[1].Window
	return even && windows || same && windows || !limited("jules") && !limited("codex") || len(e.in.Budget.Team.Members) == 1
}
