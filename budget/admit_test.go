package budget_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/inventory"
)

// Whatever was spent before and whatever is asked: after the grants, no set of
// members has been charged more than its quotas, and one that had been before is
// charged nothing more.
func TestNeverOverQuota(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		w.drawPast(t)
		copilot := w.Agents[1]
		for range rapid.IntRange(1, 4).Draw(t, "rounds") {
			asks := drawAsks(t, "asks")
			over := w.overs()
			v := w.Admit(asks, drawAsks(t, "waiting"))
			granted := make([]int, len(w.Team.Members))
			for _, g := range v.Grants {
				ask := asks[g.Ask]
				if g.Tasks <= 0 || v.Fits(g.Ask) > ask.Tasks {
					t.Fatalf("%+v grants %+v", ask, v.Grants)
				}
				for range g.Tasks {
					w.hold(ask.Repo.Name, ask.Agent, g.Member)
				}
				charged := false
				for i, m := range w.Team.Members {
					if m.Login == g.Member {
						charged = true
						if w.reach(ask.Repo.Name)>>i&1 == 0 {
							t.Fatalf("%s is charged to %s, who did not connect it", ask.Repo, g.Member)
						}
						if !w.ownQuota(ask.Agent) {
							granted[i] += g.Tasks
						}
					}
				}
				if !charged {
					t.Fatalf("nobody is charged for %s: %+v", ask.Repo, g)
				}
			}
			for at, before := range over {
				to := 0
				for i, n := range granted {
					to += n * (at.set >> i & 1)
				}
				// What a smaller set was over before is charged to whoever has
				// room, perhaps outside this set; all together it stays spent.
				spills := false
				for inner, n := range over {
					spills = spills || n > 0 && inner.window == at.window && inner.set != at.set && inner.set&^at.set == 0
				}
				all := at.set == 1<<len(granted)-1
				if now := w.over(at); to > 0 && now > 0 && (all || !spills) {
					t.Fatalf("%+v: %d over quota after %d more, %d before", at, now, to, before)
				}
			}
			if n := w.spentBy(copilot); copilot.Quota > 0 && n > copilot.Quota && v.Fits(indexOf(asks, copilot.Name)) > 0 {
				t.Fatalf("%s is charged %d of %d", copilot.Name, n, copilot.Quota)
			}
		}
	})
}

// where is a set of members in one stretch of the window that gates them.
type where struct {
	set    int
	window budget.Window
}

func (w *world) over(at where) int { return w.confined(at.set, at.window) - w.quota(at.set) }

func (w *world) overs() map[where]int {
	out := map[where]int{}
	for _, window := range parts(w.Agents[0].Window) {
		for set := 1; set < 1<<len(w.Team.Members); set++ {
			out[where{set, window}] = w.over(where{set, window})
		}
	}
	return out
}

func indexOf(asks []budget.Ask, agent string) int {
	for i, a := range asks {
		if a.Agent == agent {
			return i
		}
	}
	return -1
}

func (w *world) spentBy(a budget.Agent) (n int) {
	for _, e := range w.entries {
		if e.Agent == a.Name && counts(a.Window, e.At, w.Now) {
			n++
		}
	}
	for _, r := range w.Held {
		if r.Agent == a.Name {
			n++
		}
	}
	return n
}

func drawAsks(t *rapid.T, name string) (asks []budget.Ask) {
	for range rapid.IntRange(0, 3).Draw(t, name) {
		asks = append(asks, budget.Ask{
			Repo:  ref(rapid.SampledFrom(repos).Draw(t, "repo")),
			Agent: rapid.SampledFrom([]string{"jules", "jules", "copilot"}).Draw(t, "agent"),
			Tasks: rapid.IntRange(0, 9).Draw(t, "tasks"),
		})
	}
	return asks
}

// One repository gets exactly what the tightest set of members around it has
// left: never first-fit.
func TestAdmitIsMaximal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		w.Agents = w.Agents[:1]
		if w.Agents[0].Window == budget.Both {
			w.Agents[0].Window = budget.UTCDay
		}
		w.drawPast(t)
		repo := rapid.SampledFrom(repos).Draw(t, "asked")
		reach, most := w.reach(repo), 0
		if reach != 0 {
			most = 1000
			for set := 1; set < 1<<len(w.Team.Members); set++ {
				left := w.quota(set) - w.confined(set, w.Agents[0].Window)
				if left < 0 {
					t.Skip("the past is over quota")
				}
				if reach&^set == 0 {
					most = min(most, left)
				}
			}
		}
		v := w.Admit([]budget.Ask{{Repo: ref(repo), Agent: "jules", Tasks: 1000}}, nil)
		if got := v.Fits(0); got != most {
			t.Fatalf("%s: %d fit, the members around it have %d left", repo, got, most)
		}
		if r := v.Refusals[0]; r.Asked != 1000 || r.Fits != most || (r.Why == budget.NoMember) != (reach == 0) {
			t.Fatalf("refused with %+v", r)
		}
	})
}

func TestChargesLeaveRoomForOthers(t *testing.T) {
	s := budget.State{
		Now: time.Date(2026, 2, 4, 10, 0, 0, 0, time.UTC),
		Team: budget.Team{Owner: owner, Members: []budget.Member{
			{Login: "Snider", Quota: 3, Repos: []string{"core", "core-php"}},
			{Login: "bodane", Quota: 3, Repos: []string{"core", "core-api"}},
		}},
	}
	ask := []budget.Ask{{Repo: ref("core"), Agent: "jules", Tasks: 3}}
	for waiting, charged := range map[string]string{"core-php": "bodane", "core-api": "Snider"} {
		v := s.Admit(ask, []budget.Ask{{Repo: ref(waiting), Agent: "jules", Tasks: 3}})
		if diff := cmp.Diff([]budget.Grant{{Ask: 0, Member: charged, Tasks: 3}}, v.Grants); diff != "" {
			t.Errorf("while %s waits (-want +got):\n%s", waiting, diff)
		}
	}
	// Three older lines may be anybody's: they never keep core-php from Snider.
	for range 3 {
		s.Spending.Add(budget.Entry{At: s.Now, Repo: "core", Issue: 1, Agent: "jules"})
	}
	v := s.Admit([]budget.Ask{{Repo: ref("core-php"), Agent: "jules", Tasks: 4}}, nil)
	if v.Fits(0) != 3 {
		t.Errorf("%d of core-php fit, want 3", v.Fits(0))
	}
}

func TestRefusalsSayWhatToDo(t *testing.T) {
	now := time.Date(2026, 2, 4, 10, 0, 30, 0, time.UTC)
	s := budget.State{
		Now: now,
		Team: budget.Team{Owner: owner, Members: []budget.Member{
			{Login: "Snider", Quota: 2, Repos: []string{"core", "core-php"}},
			{Login: "bodane", Quota: 300, Repos: []string{"locked"}, NoToken: true},
		}},
		Agents: []budget.Agent{{Name: "jules", Window: budget.Rolling}, {Name: "codex", Quota: 9, Concurrency: 3}},
		Running: []inventory.Task{
			{Ref: inventory.Ref{Repo: ref("core"), Number: 1}, Agent: "Codex"},
			{Ref: inventory.Ref{Repo: ref("core"), Number: 2}, Agent: "codex"},
			{Ref: inventory.Ref{Repo: ref("core"), Number: 2}, Agent: "codex"},
			{Ref: inventory.Ref{Repo: ref("core"), Number: 3}, Agent: "jules"},
		},
	}
	s.Spending.Add(budget.Entry{At: now.Add(-time.Hour), Repo: "core", Issue: 1, Agent: "jules"})
	for _, tt := range []struct {
		ask   budget.Ask
		why   budget.Why
		fits  int
		frees string
		says  string
	}{
		{budget.Ask{Repo: ref("core"), Agent: "jules", Tasks: 3}, budget.NoQuota, 1, "2026-02-05T09:01:00Z", "1 of 3 tasks"},
		{budget.Ask{Repo: ref("core-mcp"), Agent: "jules", Tasks: 1}, budget.NoMember, 0, "", "repos: [core, core-php, core-mcp]  # of Snider"},
		{budget.Ask{Repo: ref("locked"), Agent: "jules", Tasks: 1}, budget.NoToken, 0, "", "token"},
		{budget.Ask{Repo: ref("core"), Agent: "codex", Tasks: 2}, budget.NoConcurrency, 1, "", "2 are running"},
	} {
		v := s.Admit([]budget.Ask{tt.ask}, nil)
		if len(v.Refusals) != 1 {
			t.Errorf("%+v: %+v", tt.ask, v)
			continue
		}
		r, frees := v.Refusals[0], ""
		if !r.Frees.IsZero() {
			frees = r.Frees.Format(time.RFC3339)
		}
		if r.Why != tt.why || r.Fits != tt.fits || frees != tt.frees || !strings.Contains(r.Text, tt.says) {
			t.Errorf("%+v: refused with %+v", tt.ask, r)
		}
	}
}

// What is held and bears the label already is one task, not two.
func TestARunningTaskThatIsHeldCountsOnce(t *testing.T) {
	s := budget.State{
		Now:     time.Date(2026, 2, 4, 10, 0, 30, 0, time.UTC),
		Team:    budget.Solo(owner, "Snider"),
		Agents:  []budget.Agent{{Name: "jules", Concurrency: 3}},
		Held:    []budget.Reservation{{ID: "a", Entry: budget.Entry{Repo: "core", Issue: 1, Agent: "jules", Member: "Snider"}}},
		Running: []inventory.Task{{Ref: inventory.Ref{Repo: ref("core"), Number: 1}, Agent: "jules"}},
	}
	if v := s.Admit([]budget.Ask{{Repo: ref("core"), Agent: "jules", Tasks: 3}}, nil); v.Fits(0) != 2 || v.Refusals[0].Why != budget.NoConcurrency {
		t.Errorf("%+v", v)
	}
}

func TestAnAskThatNamesItsMemberIsChargedToNobodyElse(t *testing.T) {
	s := budget.State{
		Now: time.Date(2026, 2, 4, 10, 0, 30, 0, time.UTC),
		Team: budget.Team{Owner: owner, Members: []budget.Member{
			{Login: "ann", Quota: 1, Repos: []string{"core", "core-php"}},
			{Login: "bob", Quota: 5, Repos: []string{"core"}},
			{Login: "eve", Quota: 5, Repos: []string{"core"}, NoToken: true},
		}},
		Agents: []budget.Agent{{Name: "codex", Quota: 9, Member: "eve"}, {Name: "max", Quota: 9, Member: "bob"}, {Name: "sam", Member: "bob"}},
	}
	for _, tt := range []struct {
		agent, member string
		fits          int
		payer         string
	}{
		{"jules", "ann", 1, "ann"}, // waiting work elsewhere is no reason to take another
		{"jules", "BOB", 2, "bob"},
		{"jules", "eve", 0, ""},
		{"jules", "nobody", 0, ""},
		{"codex", "", 0, ""}, // its own quota is eve's, whose token is not at hand
		{"max", "bob", 2, "bob"},
		{"max", "ann", 0, ""},
		{"sam", "", 2, "bob"},
		{"sam", "ann", 0, ""},
	} {
		v := s.Admit([]budget.Ask{{Repo: ref("core"), Agent: tt.agent, Tasks: 2, Member: tt.member}}, []budget.Ask{{Repo: ref("core-php"), Tasks: 1}})
		if v.Fits(0) != tt.fits || v.OK() != (tt.fits == 2) || len(v.Grants) > 0 && v.Grants[0].Member != tt.payer {
			t.Errorf("%s of @%s: %+v", tt.agent, tt.member, v)
		}
	}
}
