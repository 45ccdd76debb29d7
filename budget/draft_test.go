package budget_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dappcore/core-dev/budget"
)

// drafted is a team of one with that quota, and these agents.
func drafted(quota int, agents ...budget.Agent) budget.State {
	s := budget.State{Now: boundary.AddDate(0, 0, 2).Add(12*3600e9 + 30e9), Clock: budget.Clock{Known: true}, Team: budget.Solo(owner, "Snider"), Agents: agents}
	s.Team.Members[0].Quota = quota
	s.Spending = budget.Spending{From: s.Earliest(), Exact: budget.DayOf(s.Exact()) - 1}
	return s
}

// An agent's own window alone gates its dispatches: one that stands in by the week
// takes nothing from the day of the others.
func TestAFullWeekLeavesTheDayOfOthersOpen(t *testing.T) {
	s := drafted(300, budget.Agent{Name: "jules"}, budget.Agent{Name: "codex", Window: budget.Weekly})
	for range 300 {
		s.Spending.Add(budget.Entry{At: s.Now.AddDate(0, 0, -1), Repo: "core", Issue: 1, Agent: "jules", Member: "Snider"})
	}
	agents := []string{"jules", "codex"}
	d := s.Draft(agents)
	d.Open(ref("core"), agents)
	d.Open(ref("core-php"), []string{"jules"})
	d.Open(ref("core-mcp"), []string{"codex"})
	for repo, want := range map[string]int{"core": 100, "core-php": 200, "core-mcp": 0} {
		if got, _ := d.Take(ref(repo), max(want, 1)); got != want {
			t.Errorf("%s: %d of %d", repo, got, want)
		}
	}
	if v := s.Admit([]budget.Ask{{Repo: ref("core"), Agent: "jules", Tasks: 300}}, nil); !v.OK() || d.Left() != 300 {
		t.Errorf("%+v, %d left", v, d.Left())
	}
}

// What the members may be charged is an edge of the network: where it is full,
// earlier tasks make room by going to an agent with a quota of its own.
func TestWhatIsFullIsFreedByStandIns(t *testing.T) {
	for name, c := range map[string]struct {
		state budget.State
		cap   int
	}{
		"the quota":  {drafted(300, budget.Agent{Name: "jules"}, budget.Agent{Name: "codex", Quota: 1000}), 300},
		"the cap":    {drafted(1000, budget.Agent{Name: "jules"}, budget.Agent{Name: "codex", Quota: 1000}), 300},
		"the limits": {drafted(1000, budget.Agent{Name: "jules", Concurrency: 300}, budget.Agent{Name: "codex", Quota: 1000}), 1000},
	} {
		d := c.state.Draft([]string{"jules", "codex"})
		d.Open(ref("core"), []string{"jules", "codex"})
		d.Open(ref("core-php"), []string{"jules"})
		d.Cap(c.cap)
		first, _ := d.Take(ref("core"), 400)
		second, why := d.Take(ref("core-php"), 100)
		if first != 400 || second != 100 || why != "" {
			t.Errorf("%s: %d and %d are placed (%s), not 400 and 100", name, first, second, why)
		}
		if d := cmp.Diff([]budget.Charge{{Agent: "jules", Member: "Snider", Tasks: 200}, {Agent: "codex", Member: "Snider", Tasks: 200}}, d.Charges(ref("core"))); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

// Limits at once are part of the network: who comes first is not cut off for who is
// first in the fleet, and an agent that others cannot do without is left to them.
func TestTasksAtOnceAreGivenOutInTheOrderOfPlacing(t *testing.T) {
	s := drafted(100, budget.Agent{Name: "jules", Concurrency: 3}, budget.Agent{Name: "codex", Concurrency: 2})
	d := s.Draft([]string{"jules", "codex"})
	d.Open(ref("core"), []string{"jules"})
	d.Open(ref("core-php"), []string{"jules", "codex"})
	for _, c := range []struct {
		repo string
		want int
		why  budget.Why
	}{{"core-php", 2, ""}, {"core", 5, budget.NoConcurrency}} {
		if got, why := d.Take(ref(c.repo), c.want); got != min(c.want, 3) || why != c.why {
			t.Errorf("%s: %d (%s)", c.repo, got, why)
		}
	}
	if !d.Settle() {
		t.Error("more was placed than the agents take")
	}
	got := append(d.Charges(ref("core")), d.Charges(ref("core-php"))...)
	if d := cmp.Diff([]budget.Charge{{Agent: "jules", Member: "Snider", Tasks: 3}, {Agent: "codex", Member: "Snider", Tasks: 2}}, got); d != "" {
		t.Error(d)
	}
}

// A line that names no member is somebody else's once the one it is assumed of has no
// room for it: a window that holds such a line is not shut for its member alone.
func TestWhatIsAssumedIsNotPushedOntoOthers(t *testing.T) {
	s := drafted(1, budget.Agent{Name: "jules"}, budget.Agent{Name: "codex", Window: budget.Weekly})
	s.Team.Members = []budget.Member{{Login: "ada", Quota: 1, Repos: []string{"core"}}, {Login: "grace", Quota: 1, Repos: []string{"core-php"}}}
	s.Spending.Add(budget.Entry{At: s.Now.Add(-40 * 3600e9), Repo: "core-php", Issue: 1, Agent: "jules"})
	for _, d := range s.Drafts([]string{"jules", "codex"}) {
		d.Open(ref("core"), []string{"codex"})
		d.Open(ref("core-php"), []string{"jules"})
		codex, _ := d.Take(ref("core"), 1)
		jules, _ := d.Take(ref("core-php"), 1)
		v := s.Admit([]budget.Ask{{Repo: ref("core-php"), Agent: "jules", Member: "grace", Tasks: jules}}, nil)
		for range jules {
			s.Held = append(s.Held, budget.Reservation{Entry: budget.Entry{Repo: "core-php", Issue: 2, Agent: "jules", Member: "grace"}})
		}
		if w := s.Admit([]budget.Ask{{Repo: ref("core"), Agent: "codex", Member: "ada", Tasks: codex}}, nil); !v.OK() || !w.OK() {
			t.Errorf("%d of jules and %d of codex are placed: %+v, %+v", jules, codex, v, w)
		}
		s.Held = nil
	}
}
