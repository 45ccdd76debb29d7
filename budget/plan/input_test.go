package plan_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // a real zone, wherever the tests run

	"github.com/google/go-cmp/cmp"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/budget/plan"
	"github.com/dappcore/core-dev/inventory"
)

func itoa(n int) string { return strconv.Itoa(n) }

// What looks wrong about the input is named, and the plan is made on the side that
// spends less.
func TestOddInputIsNamed(t *testing.T) {
	one := []plan.Repo{repo("r", 3)}
	for name, c := range map[string]struct {
		change func(*plan.Input)
		note   string
		tasks  int
	}{
		"negative quota":   {func(in *plan.Input) { in.Budget.Team.Members[0].Quota = -5 }, "quota of -5", 0},
		"absurd quota":     {func(in *plan.Input) { in.Budget.Team.Members[0].Quota = 1_001 }, "is it a slip?", 3},
		"a large quota":    {func(in *plan.Input) { in.Budget.Team.Members[0].Quota = 1_000 }, "", 3},
		"nobody connected": {func(in *plan.Input) { in.Budget.Team.Members[0].Every = false }, "no quota of the team can be spent", 0},
		"two windows": {func(in *plan.Input) {
			in.Budget.Agents = []budget.Agent{{Name: "jules"}, {Name: "Jules", Window: budget.Weekly}}
		}, "two windows, utc-day and weekly", 3},
		"a negative limit": {func(in *plan.Input) { in.Budget.Agents = []budget.Agent{{Name: "jules", Quota: -1, Concurrency: -2}} }, "negative quota or concurrency", 3},
		"a log of tomorrow": {func(in *plan.Input) {
			in.Budget.Spending.Add(budget.Entry{At: midday.AddDate(0, 0, 1), Repo: "r", Issue: 1, Agent: "jules", Member: "a"})
		}, "1 of dispatch.log's lines are dated after today", 3},
		"a clock set back": {func(in *plan.Input) { in.Taken = midday.Add(26 * time.Hour) }, "set back", 3},
		"nothing odd":      {func(*plan.Input) {}, "", 3},
	} {
		in := plan.Input{Budget: state(budget.Member{Login: "a", Quota: 30, Every: true, Repos: []string{}}), Settings: mostly, Repos: one}
		c.change(&in)
		p := plan.Make(in)
		said := strings.Join(p.Notes, "\n")
		if p.Tasks != c.tasks || !strings.Contains(said, c.note) || c.note == "" && said != "" {
			t.Errorf("%s: %d tasks, notes %q", name, p.Tasks, said)
		}
	}
}

// Summer time begins and ends somewhere: the day is UTC's, and the hour too, whatever
// zone now is in. At these instants it is another day in Berlin, or afternoon.
func TestSummerTimeChangesNothing(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []time.Time{
		time.Date(2026, 3, 28, 23, 30, 30, 0, time.UTC), time.Date(2026, 3, 29, 22, 30, 30, 0, time.UTC),
		time.Date(2026, 10, 24, 22, 30, 30, 0, time.UTC), time.Date(2026, 10, 25, 23, 30, 30, 0, time.UTC),
		time.Date(2026, 3, 29, 10, 30, 30, 0, time.UTC), time.Date(2026, 10, 25, 11, 30, 30, 0, time.UTC),
	} {
		in := plan.Input{Budget: state(budget.Member{Login: "a", Quota: 10, Every: true}), Settings: mostly, Repos: []plan.Repo{repo("r", 30)}}
		in.Budget.Now = at.In(zone)
		in.Budget.Spending = budget.Spending{From: budget.DayOf(at) - 2, Exact: budget.DayOf(at) - 1}
		for range 9 {
			in.Budget.Spending.Add(budget.Entry{At: at.Add(-10 * time.Hour), Repo: "r", Issue: 99, Agent: "jules", Member: "a"})
		}
		p := plan.Make(in)
		want := []string{}
		if at.Hour() < 12 {
			want = append(want, "throttle")
		}
		if p.Date != at.Format(time.DateOnly) || p.Spent != 9 || p.Tasks != 0 || p.Repos[0].Today != 9 || !slices.Equal(rules(p), want) {
			t.Errorf("%s: the plan of %s, %d spent, %d tasks, advice %v", at.In(zone), p.Date, p.Spent, p.Tasks, rules(p))
		}
	}
}

func rules(p plan.Plan) []string {
	out := []string{}
	for _, a := range p.Advice {
		out = append(out, a.Rule)
	}
	return out
}

// The mission's rules for a pipeline that never runs dry, and for the hour.
func TestAdvice(t *testing.T) {
	tiered := func(name string, ready, tier, audits, epics, running int) plan.Repo {
		r := repo(name, ready)
		r.Tier, r.Audits, r.Epics, r.Running = tier, audits, epics, running
		return r
	}
	spent := func(n int, hour int) budget.State {
		s := state(budget.Member{Login: "a", Quota: 100, Every: true})
		s.Now = time.Date(2026, 2, 4, hour, 0, 30, 0, time.UTC)
		for range n {
			s.Spending.Add(budget.Entry{At: s.Now.Add(-time.Minute), Repo: "x", Issue: 1, Agent: "jules", Member: "a"})
		}
		return s
	}
	full := tiered("full", 90, 1, 0, 1, 1)
	closed, finished := tiered("closed", 0, 2, 3, 0, 0), tiered("finished", 0, 1, 0, 0, 0)
	closed.Closed, finished.Begun = "the repository is archived", true
	for name, c := range map[string]struct {
		state budget.State
		repos []plan.Repo
		want  []string
	}{
		"stage 1 cannot write":  {spent(0, 9), []plan.Repo{tiered("r", 19, 1, 0, 0, 0), closed, tiered("next", 0, 3, 3, 0, 0)}, []string{"refill"}},
		"nor anywhere":          {spent(0, 9), []plan.Repo{tiered("r", 19, 1, 0, 0, 0), closed}, []string{"sweep"}},
		"tier 1 is finished":    {spent(0, 9), []plan.Repo{full, finished, tiered("next", 0, 2, 3, 0, 0)}, []string{"next-tier"}},
		"tier 1 has not begun":  {spent(0, 9), []plan.Repo{full, tiered("new", 0, 1, 0, 0, 0), tiered("next", 0, 2, 3, 0, 0)}, []string{}},
		"READY runs low":        {spent(0, 9), []plan.Repo{tiered("r", 19, 1, 0, 0, 0), tiered("next", 0, 2, 3, 0, 0)}, []string{"refill"}},
		"READY is deep enough":  {spent(0, 9), []plan.Repo{tiered("r", 20, 1, 3, 1, 1)}, []string{}},
		"tier 1 has its epics":  {spent(0, 9), []plan.Repo{full, tiered("next", 0, 2, 3, 0, 0)}, []string{"next-tier"}},
		"no audit is left":      {spent(0, 9), []plan.Repo{tiered("r", 4, 1, 0, 1, 1)}, []string{"sweep"}},
		"an epic is complete":   {spent(0, 9), []plan.Repo{tiered("r", 30, 1, 0, 2, 1)}, []string{"next-epic"}},
		"little used at midday": {spent(10, 12), []plan.Repo{full}, []string{"raise"}},
		"half used at midday":   {spent(50, 12), []plan.Repo{full}, []string{}},
		"much used by morning":  {spent(81, 9), []plan.Repo{full}, []string{"throttle"}},
		"much used by evening":  {spent(81, 19), []plan.Repo{full}, []string{}},
	} {
		p := plan.Make(plan.Input{Budget: c.state, Settings: mostly, Repos: c.repos})
		if got := rules(p); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v (%d of %d)", name, got, c.want, p.Spent, p.Limit)
		}
		for _, a := range p.Advice {
			if strings.HasPrefix(a.Repo, "acme/closed") || name == "stage 1 cannot write" && !strings.Contains(a.Text, "acme/closed (the repository is archived)") {
				t.Errorf("%s: %+v", name, a)
			}
		}
	}
}

func TestGauge(t *testing.T) {
	for _, c := range []struct {
		ready, rate int
		want        string
	}{{19, 10, "low"}, {20, 10, "good"}, {30, 10, "good"}, {31, 10, "high"}} {
		in := plan.Input{Budget: state(budget.Member{Login: "a", Quota: 100, Every: true}), Settings: mostly, Repos: []plan.Repo{repo("r", c.ready)},
			Past: []plan.Outcome{{Sent: c.rate, Dispatched: 1}, {Sent: 0}, {Sent: c.rate}}}
		if g := plan.Make(in).Gauge; g.State != c.want || g.Rate != c.rate {
			t.Errorf("%d READY at %d a day: %+v", c.ready, c.rate, g)
		}
	}
}

func TestEstimate(t *testing.T) {
	r := repo("r", 0)
	r.Audits = 37
	in := plan.Input{Budget: state(), Settings: mostly, Repos: []plan.Repo{r}}
	if e := plan.Make(in).Estimate; e.Children != 81 || e.Own {
		t.Errorf("%+v", e)
	}
	in.Processed, in.Made = 10, 35
	if e := plan.Make(in).Estimate; e.Children != 130 || !e.Own || e.PerAudit != 3.5 {
		t.Errorf("%+v", e)
	}
}

// A child counts for the day it was last dispatched on; what is not known counts as
// sent alone; today, and what is dated ahead, for nothing.
func TestOutcomes(t *testing.T) {
	child := func(n int) inventory.Ref { return inventory.Ref{Repo: ref("r"), Number: n} }
	line := func(n, daysAgo int) inventory.Line {
		return inventory.Line{Ref: child(n), Agent: "jules", At: midday.AddDate(0, 0, -daysAgo)}
	}
	done := func(r inventory.Ref) (time.Time, bool, bool) {
		switch r.Number {
		case 1, 2:
			return midday, true, true // merged
		case 3:
			return time.Time{}, true, true // ended otherwise
		case 4:
			return time.Time{}, false, true // open
		}
		return time.Time{}, false, false
	}
	got := plan.Outcomes([]inventory.Line{line(1, 2), line(2, 3), line(2, 2), line(3, 2), line(4, 2), line(5, 2), line(4, 0), line(1, -1)}, done, midday)
	want := []plan.Outcome{{Date: "2026-02-01", Sent: 1, Dispatched: 1, Stuck: 1}, {Date: "2026-02-02", Sent: 5, Dispatched: 4, Merged: 2, Stuck: 1}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// The hour's rules measure the budget, not what a strategy would have of it, and what
// is faster is named.
func TestTheHourIsMeasuredByTheBudget(t *testing.T) {
	for _, c := range []struct {
		spent, hour int
		strategy    plan.Strategy
		want        string
	}{
		{17, 9, plan.Conservative, ""}, // of 20 a day, and of 100 usable
		{81, 9, plan.Conservative, "core dev watch --dry-run"},
		{20, 13, plan.Conservative, "core dev budget --plan --apply --strategy moderate"},
		{20, 13, plan.Auto, "core dev budget --plan --apply --strategy moderate"},
		{20, 13, plan.Moderate, "core dev budget --plan --apply --strategy aggressive"},
		{20, 13, plan.Aggressive, "core dev budget --plan --apply --strategy none"},
		{50, 13, plan.Conservative, ""},
	} {
		s := state(budget.Member{Login: "a", Quota: 100, Every: true})
		s.Now = time.Date(2026, 2, 4, c.hour, 0, 30, 0, time.UTC)
		s.Agents = append(s.Agents, budget.Agent{Name: "codex", Quota: 100})
		for _, agent := range []string{"jules", "codex"} { // codex's are its own
			for range c.spent {
				s.Spending.Add(budget.Entry{At: s.Now.Add(-time.Minute), Repo: "x", Issue: 1, Agent: agent, Member: "a"})
			}
		}
		set := mostly
		set.Strategy = c.strategy
		got := ""
		for _, a := range plan.Make(plan.Input{Budget: s, Settings: set, Repos: []plan.Repo{repo("p", 60), repo("q", 60)}}).Advice {
			got += a.Do
		}
		if got != c.want {
			t.Errorf("%d of 100 at %d, %s: %q, want %q", c.spent, c.hour, c.strategy, got, c.want)
		}
	}
}

// Stage 1 can make nothing where issues cannot be written, and the reading says so.
func TestWhereNothingCanBeMadeIsRead(t *testing.T) {
	snap := inventory.Snapshot{Host: "github.com", Repos: []inventory.Repo{
		{Ref: ref("fine"), Permission: "WRITE"}, {Ref: ref("off"), Permission: "ADMIN", IssuesOff: true},
		{Ref: ref("archived"), Permission: "ADMIN", Archived: true}, {Ref: ref("foreign"), Permission: "READ"},
	}}
	fleet := inventory.Assess(&snap, inventory.Rules{}, nil)
	for _, r := range (plan.Reading{Snapshot: &snap, Fleet: &fleet, Agent: "jules"}).Input(state(), mostly).Repos {
		if (r.Closed == "") != (r.Ref.Name == "fine") {
			t.Errorf("%s: %q", r.Ref, r.Closed)
		}
	}
}
