package budget_test

import (
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/inventory"
)

const owner = "dappcore"

var repos = []string{"core", "core-php", "core-mcp", "core-api"}

func ref(name string) inventory.RepoRef { return inventory.RepoRef{Owner: owner, Name: name} }

// world is a random team with a random past.
type world struct {
	budget.State
	entries []budget.Entry
	garbage []string
}

func drawWorld(t *rapid.T) *world {
	w := &world{}
	// In the midst of a minute, so that whatever the clock's error is it is the same.
	w.Now = time.Date(2026, 2, 4, 0, 0, 30, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 1439).Draw(t, "minute")) * time.Minute)
	w.Clock.Known = true
	w.Team.Owner = owner
	for i := range rapid.IntRange(1, 4).Draw(t, "members") {
		w.Team.Members = append(w.Team.Members, budget.Member{
			Login: []string{"Snider", "bodane", "ada", "grace"}[i],
			Quota: rapid.IntRange(0, 8).Draw(t, "quota"),
			Repos: rapid.SliceOfNDistinct(rapid.SampledFrom(repos), 0, 4, rapid.ID[string]).Draw(t, "repos"),
		})
	}
	w.Agents = []budget.Agent{{Name: "jules", Window: rapid.SampledFrom([]budget.Window{
		"", budget.UTCDay, budget.Rolling, budget.Both, budget.Weekly, budget.Monthly}).Draw(t, "window")}}
	copilot := budget.Agent{Name: "copilot", Window: w.Agents[0].Window}
	if rapid.Bool().Draw(t, "copilot has its own") {
		copilot.Quota, copilot.Window = rapid.IntRange(1, 6).Draw(t, "own"), budget.Monthly
	}
	w.Agents = append(w.Agents, copilot)
	return w
}

func (w *world) drawPast(t *rapid.T) {
	from := budget.Earliest(w.Now, w.Agents)
	w.Spending = budget.Spending{From: from, Exact: budget.DayOf(w.Now) - 1}
	for range rapid.IntRange(0, 24).Draw(t, "lines") {
		back := time.Duration(rapid.SampledFrom([]int{-30, 0, 5, 600, 1439, 1440, 1441, 2000, 9000}).Draw(t, "minutes ago"))
		e := budget.Entry{
			At: w.Now.Add(-back * time.Minute).Truncate(time.Minute), Issue: 1, Epic: 2,
			Repo:   rapid.SampledFrom(append([]string{"DappCore/Core"}, repos...)).Draw(t, "repo"),
			Agent:  rapid.SampledFrom([]string{"jules", "copilot"}).Draw(t, "agent"),
			Member: rapid.SampledFrom([]string{"", "", "Snider", "BODANE", "gone"}).Draw(t, "member"),
		}
		w.entries = append(w.entries, e)
		w.Spending.Add(e)
	}
	for range rapid.IntRange(0, 2).Draw(t, "unreadable") {
		line := w.Now.AddDate(0, 0, -rapid.IntRange(0, 2).Draw(t, "days ago")).Format(time.DateOnly) + " what?"
		w.garbage = append(w.garbage, line)
		w.Spending.AddUnreadable([]byte(line))
	}
	for range rapid.IntRange(0, 3).Draw(t, "held") {
		w.hold(rapid.SampledFrom(repos).Draw(t, "held repo"), "jules", rapid.SampledFrom([]string{"", "Snider", "ada"}).Draw(t, "held member"))
	}
}

func (w *world) hold(repo, agent, member string) {
	w.Held = append(w.Held, budget.Reservation{Entry: budget.Entry{Repo: repo, Issue: 1, Agent: agent, Member: member}})
}

// counts is the rule of each window, as the specification words it.
func counts(window budget.Window, at, now time.Time) bool {
	sameDay := at.Format(time.DateOnly) == now.Format(time.DateOnly)
	expired := !now.Before(at.Add(time.Minute).Add(24 * time.Hour))
	switch window {
	case budget.Rolling:
		return !expired
	case budget.Weekly:
		ay, aw := at.ISOWeek()
		ny, nw := now.ISOWeek()
		return ay == ny && aw == nw
	case budget.Monthly:
		return at.Format("2006-01") == now.Format("2006-01")
	}
	return sameDay
}

// parts are the single windows a window is made of.
func parts(w budget.Window) []budget.Window {
	if w == budget.Both {
		return []budget.Window{budget.UTCDay, budget.Rolling}
	}
	return []budget.Window{w}
}

func (w *world) ownQuota(agent string) bool {
	return slices.ContainsFunc(w.Agents, func(a budget.Agent) bool { return a.Name == agent && a.Quota > 0 })
}

// confined is what must have been spent within a set of members (a bit each)
// for the agents that share their quotas: what names them, and what only they
// connected. All members together are also charged what names nobody at all.
// What names a member counts up to that member's quota where others are in the
// set: overspending by name is nobody else's.
func (w *world) confined(set int, window budget.Window) int {
	n, all := 0, set == 1<<len(w.Team.Members)-1
	named := make([]int, len(w.Team.Members))
	charge := func(repo, agent, member string) {
		if w.ownQuota(agent) {
			return
		}
		if i := slices.IndexFunc(w.Team.Members, func(m budget.Member) bool { return strings.EqualFold(m.Login, member) }); member != "" && i >= 0 {
			named[i] += set >> i & 1
			return
		}
		reach := w.reach(repo)
		if all || member == "" && reach != 0 && reach&^set == 0 {
			n++
		}
	}
	for _, e := range w.entries {
		if counts(window, e.At, w.Now) {
			charge(e.Repo, e.Agent, e.Member)
		}
	}
	for _, r := range w.Held {
		charge(r.Repo, r.Agent, r.Member)
	}
	if all {
		for _, line := range w.garbage {
			if day, err := time.Parse(time.DateOnly, line[:10]); err == nil && (counts(window, day, w.Now) || counts(window, day.Add(24*time.Hour-time.Minute), w.Now)) {
				n++
			}
		}
	}
	for i, m := range w.Team.Members {
		if set != 1<<i {
			named[i] = min(named[i], m.Quota)
		}
		n += named[i]
	}
	return n
}

// reach is the set of members who connected a repository.
func (w *world) reach(repo string) (set int) {
	repo = strings.TrimPrefix(strings.ToLower(repo), owner+"/")
	for i, m := range w.Team.Members {
		if m.Every || slices.Contains(m.Repos, repo) {
			set |= 1 << i
		}
	}
	return set
}

func (w *world) quota(set int) (n int) {
	for i, m := range w.Team.Members {
		if set>>i&1 == 1 {
			n += m.Quota
		}
	}
	return n
}
