package budget_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/inventory"
)

func TestStatusIsTheLogsSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		w.drawPast(t)
		for range rapid.IntRange(0, 2).Draw(t, "outside") {
			w.Outside = append(w.Outside, budget.Outside{Repo: ref("core"), Issue: 9, Agent: "jules",
				At: w.Now.Add(-time.Duration(rapid.IntRange(0, 3000).Draw(t, "ago")) * time.Minute)})
		}
		today, used, unreadable, outside := w.Now.Format(time.DateOnly), 0, 0, 0
		for _, e := range w.entries {
			if e.At.Format(time.DateOnly) == today {
				used++
			}
		}
		for _, line := range w.garbage {
			if line[:10] == today {
				unreadable++
			}
		}
		for _, o := range w.Outside {
			if o.At.Format(time.DateOnly) == today {
				outside++
			}
		}
		st := w.Status()
		pool := w.quota(1<<len(w.Team.Members) - 1)
		if st.Date != today || st.Used != used || st.UnreadableToday != unreadable || st.Held != len(w.Held) || len(st.Outside) != outside || st.Pool != pool {
			t.Fatalf("%d used, %d unreadable, %d outside, pool %d; the status says %+v", used, unreadable, outside, pool, st)
		}
		if want := pool - used - unreadable - outside - len(w.Held); st.Remaining != want {
			t.Fatalf("%d remain, want %d", st.Remaining, want)
		}
		sum, held, left, usable := st.Unassigned, 0, 0, 0
		for _, m := range st.Members {
			sum, held = sum+m.Used, held+m.Held
			if m.Assumed > m.Used {
				t.Fatalf("%s: %d of %d assumed", m.Login, m.Assumed, m.Used)
			}
			if len(m.Repos) > 0 {
				left += max(0, m.Remaining)
				usable += m.Quota
			}
		}
		if sum != used || held > len(w.Held) {
			t.Fatalf("the members used %d of %d and hold %d of %d", sum, used, held, len(w.Held))
		}
		if st.UsableRemaining != left || st.Usable != usable {
			t.Fatalf("usable %d (left %d), of members %d (%d)", st.Usable, st.UsableRemaining, usable, left)
		}
		for i, a := range st.Agents[:len(w.Agents)] {
			w.checkAgent(t, w.Agents[i], a)
		}
	})
}

// checkAgent counts an agent's window anew, the tightest part of it.
func (w *world) checkAgent(t *rapid.T, a budget.Agent, got budget.AgentStatus) {
	for _, window := range parts(a.Window) {
		used := 0
		for _, e := range w.entries {
			mine := e.Agent == a.Name
			if a.Quota == 0 {
				mine = !w.ownQuota(e.Agent)
			}
			if mine && counts(window, e.At, w.Now) {
				used++
			}
		}
		if a.Window != budget.Both && got.Used != used {
			t.Fatalf("%s over %q: %d used, counted %d", a.Name, window, got.Used, used)
		}
		if a.Quota > 0 && got.Remaining > max(0, a.Quota-used) {
			t.Fatalf("%s over %q: %d remain of %d with %d used", a.Name, window, got.Remaining, a.Quota, used)
		}
	}
}

func TestStatusOfTheMissionsTeam(t *testing.T) {
	now := time.Date(2026, 2, 4, 12, 0, 0, 0, time.UTC)
	s := budget.State{Now: now, Team: budget.Team{Owner: owner, Members: []budget.Member{
		{Login: "Snider", Quota: 300, Repos: []string{"core", "core-php"}},
		{Login: "bodane", Quota: 300, Repos: []string{}},
	}}, Fleet: []inventory.RepoRef{ref("core"), ref("core-php"), ref("build")}}
	s.Spending.Add(budget.Entry{At: now, Repo: "core", Issue: 1, Agent: "jules", Epic: 101})
	s.Spending.Add(budget.Entry{At: now, Repo: "core", Issue: 2, Agent: "jules", Epic: 101, Member: "snider"})
	s.Spending.Add(budget.Entry{At: now.AddDate(0, 0, -1), Repo: "core", Issue: 3, Agent: "jules"})
	s.Spending.AddUnreadable([]byte("2026-02-04T10:00Z core-php #2"))
	s.Held = []budget.Reservation{{Entry: budget.Entry{Repo: "core", Issue: 4, Agent: "jules", Member: "Snider"}}}
	s.Outside = []budget.Outside{{Repo: ref("core-php"), Issue: 5, Agent: "jules", Actor: "ada", At: now}}
	s.Elsewhere = []budget.Outside{
		{Repo: ref("core"), Issue: 6, Agent: "jules", Actor: "ada", At: now},
		{Repo: ref("core"), Issue: 7, Agent: "jules", Actor: "ada", At: now.AddDate(0, 0, -1)},
	}
	s.Reports = []budget.Report{{Agent: "jules", Used: 3, At: now}}
	st := s.Status()
	st.Unreadable = []budget.Unreadable{{File: "dispatch.log", Line: 4, Text: "2026-02-04T10:00Z core-php #2"}}
	got, err := json.MarshalIndent(st, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	want := `{
 "version": 1,
 "date": "2026-02-04",
 "used": 2,
 "held": 1,
 "pool": 600,
 "usable": 300,
 "remaining": 595,
 "usable_remaining": 295,
 "unreadable_today": 1,
 "unassigned": 0,
 "members": [
  {
   "login": "Snider",
   "quota": 300,
   "used": 2,
   "assumed": 1,
   "held": 1,
   "remaining": 295,
   "repos": [
    "core",
    "core-php"
   ],
   "every_repo": false
  },
  {
   "login": "bodane",
   "quota": 300,
   "used": 0,
   "assumed": 0,
   "held": 0,
   "remaining": 300,
   "repos": [],
   "every_repo": false
  }
 ],
 "agents": [
  {
   "name": "jules",
   "window": "utc-day",
   "own_quota": false,
   "quota": 300,
   "used": 2,
   "held": 1,
   "outside": 1,
   "unreadable": 1,
   "remaining": 295,
   "frees": "2026-02-05T00:00:00Z",
   "concurrency": 0,
   "running": null
  }
 ],
 "stranded": [
  {
   "login": "bodane",
   "quota": 300,
   "why": "no repository connected",
   "repos": [
    "dappcore/core",
    "dappcore/core-php",
    "dappcore/build"
   ]
  }
 ],
 "unlisted": [
  {
   "repo": "dappcore/build",
   "add": "repos: [build]  # of bodane"
  }
 ],
 "outside": [
  {
   "repo": {
    "owner": "dappcore",
    "name": "core-php"
   },
   "issue": 5,
   "agent": "jules",
   "actor": "ada",
   "at": "2026-02-04T12:00:00Z"
  }
 ],
 "elsewhere": [
  {
   "repo": {
    "owner": "dappcore",
    "name": "core"
   },
   "issue": 6,
   "agent": "jules",
   "actor": "ada",
   "at": "2026-02-04T12:00:00Z"
  }
 ],
 "unreadable": [
  {
   "file": "dispatch.log",
   "line": 4,
   "text": "2026-02-04T10:00Z core-php #2"
  }
 ],
 "reports": [
  {
   "agent": "jules",
   "used": 3,
   "at": "2026-02-04T12:00:00Z",
   "logged": 2,
   "differs": true
  }
 ]
}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestLevels(t *testing.T) {
	now := time.Date(2026, 2, 4, 12, 0, 0, 0, time.UTC)
	for used, want := range map[int]budget.Level{0: budget.Fine, 8: budget.Fine, 9: budget.High, 10: budget.Exhausted, 11: budget.Exhausted} {
		s := budget.State{Now: now, Team: budget.Solo(owner, "")}
		s.Team.Members[0].Quota = 10
		s.Spending.Count(budget.MinuteOf(now), budget.Kind{Repo: "core", Agent: "jules"}, used)
		if got := s.Status().Level(); got != want {
			t.Errorf("%d of 10: level %d, want %d", used, got, want)
		}
	}
	if got := (budget.State{Now: now}).Status().Level(); got != budget.Exhausted {
		t.Errorf("a team of nobody: level %d", got)
	}
}

func TestAssumedInFileOrder(t *testing.T) {
	now := time.Date(2026, 2, 4, 12, 0, 0, 0, time.UTC)
	members := []budget.Member{
		{Login: "a", Quota: 2, Repos: []string{"x", "y"}},
		{Login: "b", Quota: 5, Repos: []string{"x"}},
		{Login: "c", Quota: 5, Repos: []string{"y"}},
	}
	for order, want := range map[string]string{"xyyxx": "2 2 1", "xxxyy": "2 1 2", "yyyyyyyx": "2 1 5"} {
		s := budget.State{Now: now, Team: budget.Team{Owner: owner, Members: members}}
		for _, r := range order {
			s.Spending.Add(budget.Entry{At: now, Repo: string(r), Issue: 1, Agent: "jules"})
		}
		st, got := s.Status(), ""
		for _, m := range st.Members {
			got += fmt.Sprintf(" %d", m.Assumed)
		}
		if got[1:] != want {
			t.Errorf("%s: charged %s, want %s", order, got[1:], want)
		}
	}
}

func TestHistory(t *testing.T) {
	now := time.Date(2026, 2, 4, 12, 0, 0, 0, time.UTC)
	var sp budget.Spending
	for back, agent := range []string{"jules", "Jules", "copilot", "jules"} {
		sp.Add(budget.Entry{At: now.AddDate(0, 0, -back), Repo: "core", Issue: 1, Agent: agent})
	}
	sp.Add(budget.Entry{At: now, Repo: "core", Issue: 1, Agent: "copilot"})
	sp.AddUnreadable([]byte("2026-02-03 2026-02-03 2026-02-04"))
	want := []budget.DayUse{
		{Date: "2026-02-02", Used: 1, Agents: []budget.AgentUse{{Name: "copilot", Used: 1}}},
		{Date: "2026-02-03", Used: 1, Unreadable: 1, Agents: []budget.AgentUse{{Name: "jules", Used: 1}}},
		{Date: "2026-02-04", Used: 2, Unreadable: 1, Agents: []budget.AgentUse{{Name: "copilot", Used: 1}, {Name: "jules", Used: 1}}},
	}
	if diff := cmp.Diff(want, budget.History(sp, now, 3)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestWhatIsChargedElsewhereChangesNothingHere: neither what is left nor what is
// granted.
func TestWhatIsChargedElsewhereChangesNothingHere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		w.drawPast(t)
		without := w.State
		for n := range rapid.IntRange(1, 9).Draw(t, "elsewhere") {
			w.Elsewhere = append(w.Elsewhere, budget.Outside{Repo: ref(rapid.SampledFrom(repos).Draw(t, "repo")), Issue: n, Agent: rapid.SampledFrom([]string{"jules", "copilot"}).Draw(t, "agent"),
				At: w.Now.Add(-time.Duration(rapid.IntRange(0, 3000).Draw(t, "ago")) * time.Minute)})
		}
		with := w.Status()
		with.Elsewhere = []budget.Outside{}
		if diff := cmp.Diff(without.Status(), with); diff != "" {
			t.Fatal(diff)
		}
		asks := []budget.Ask{{Repo: ref("core"), Agent: "jules", Tasks: rapid.IntRange(1, 20).Draw(t, "tasks")}}
		if diff := cmp.Diff(without.Admit(asks, nil), w.Admit(asks, nil)); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestWhatRunsIsKnownOrNot(t *testing.T) {
	s := budget.State{Now: time.Date(2026, 2, 4, 12, 0, 0, 0, time.UTC), Agents: []budget.Agent{{Name: "jules"}}}
	if got := s.Status().Agents[0].Running; got != nil {
		t.Errorf("nobody looked, and %d run", *got)
	}
	for n, tasks := range [][]inventory.Task{{}, {{Ref: inventory.Ref{Repo: ref("core"), Number: 1}, Agent: "jules"}}} {
		s.Running = tasks
		if got := s.Status().Agents[0].Running; got == nil || *got != n {
			t.Errorf("%v run, want %d", got, n)
		}
	}
}
