package budget_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dappcore/core-dev/budget"
)

// boundary is where a UTC day, a week and a month end at once.
var boundary = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

// Whatever two clocks differ by and whenever tasks are reserved, sent and
// settled: no window, by the dates GitHub gives, ever holds more than the quota.
func TestNoWindowOfGitHubsIsPassedWhateverTheClocksSay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seconds := func(least, most int, name string) time.Duration {
			return time.Duration(rapid.IntRange(least, most).Draw(t, name)) * time.Second
		}
		window := rapid.SampledFrom([]budget.Window{budget.UTCDay, budget.Rolling, budget.Both, budget.Weekly, budget.Monthly}).Draw(t, "window")
		own := rapid.Bool().Draw(t, "own quota")
		quota := rapid.IntRange(1, 3).Draw(t, "quota")
		agent := budget.Agent{Name: "jules", Window: window}
		team := budget.Solo(owner, "Snider")
		if team.Members[0].Quota = quota; own {
			agent.Quota, team.Members[0].Quota = quota, 99
		}
		ahead := seconds(-120, 120, "GitHub's clock is ahead")
		clock := budget.Clock{Known: rapid.Bool().Draw(t, "measured")}
		if clock.Known {
			clock.Ahead = ahead + seconds(-2, 2, "measured wrong by")
		}

		github := boundary.Add(seconds(-130, 10, "begins"))
		var events []time.Time
		for range rapid.SampledFrom([]int{0, 0, 0, 1, quota}).Draw(t, "dispatched before") {
			events = append(events, github.Add(-seconds(0, 3*86400, "so long ago")))
		}
		var held []budget.Reservation
		for range rapid.IntRange(8, 30).Draw(t, "moves") {
			switch rapid.SampledFrom([]string{"wait", "wait", "reserve", "reserve", "label", "label", "release"}).Draw(t, "move") {
			case "wait":
				github = github.Add(rapid.SampledFrom([]time.Duration{time.Second, 3 * time.Second, 20 * time.Second, time.Minute, 2 * time.Minute, 24*time.Hour - 90*time.Second}).Draw(t, "wait"))
			case "reserve":
				s := budget.State{Now: github.Add(-ahead), Clock: clock, Team: team, Agents: []budget.Agent{agent}, Held: held}
				s.Spending = budget.Spending{From: s.Earliest(), Exact: budget.DayOf(s.Exact()) - 1}
				for _, at := range events {
					s.Spending.Add(budget.Entry{At: at.Truncate(time.Minute), Repo: "core", Issue: 1, Agent: "jules", Member: "Snider"})
				}
				if v := s.Admit([]budget.Ask{{Repo: ref("core"), Agent: "jules", Tasks: 1}}, nil); v.OK() {
					held = append(held, budget.Reservation{Made: s.Now, Entry: budget.Entry{Repo: "core", Issue: 1, Agent: "jules", Member: "Snider"}})
				} else if r := v.Refusals[0]; !r.Frees.IsZero() && !r.Frees.After(s.Now) {
					t.Fatalf("at %s it is refused until %s", s.Now, r.Frees)
				}
			case "label":
				if len(held) > 0 {
					held, events = held[1:], append(events, github)
				}
			case "release":
				if len(held) > 0 {
					held = held[1:]
				}
			}
		}
		for _, part := range parts(window) {
			for _, at := range events {
				n := 0
				for _, other := range events {
					if part == budget.Rolling {
						if !other.After(at) && at.Sub(other) < 24*time.Hour {
							n++
						}
					} else if counts(part, other, at) {
						n++
					}
				}
				if n > quota {
					t.Fatalf("%s: %d of %d within the window of %s: %s", part, n, quota, at, events)
				}
			}
		}
	})
}

// A day that has surely begun is as good as another, and one that has surely
// not begun at GitHub is not there yet.
func TestANewDayBeginsWhenItHasSurelyBegunAtGitHub(t *testing.T) {
	for _, tt := range []struct {
		name  string
		clock budget.Clock
		past  time.Duration // of midnight, by our clock
		fits  bool
	}{
		{"the clocks agree, midnight is not surely past", budget.Clock{Known: true}, 14 * time.Second, false},
		{"the clocks agree", budget.Clock{Known: true}, 15 * time.Second, true},
		{"ours is ahead", budget.Clock{Known: true, Ahead: -2 * time.Minute}, 2 * time.Minute, false},
		{"ours was ahead", budget.Clock{Known: true, Ahead: -2 * time.Minute}, 2*time.Minute + 15*time.Second, true},
		{"ours is behind", budget.Clock{Known: true, Ahead: 2 * time.Minute}, -time.Minute, true},
		{"not known", budget.Clock{}, 4 * time.Minute, false},
		{"not known, and no matter", budget.Clock{}, 5 * time.Minute, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := budget.State{Now: boundary.Add(tt.past), Clock: tt.clock, Team: budget.Solo(owner, "Snider"), Agents: []budget.Agent{{Name: "jules"}}}
			s.Team.Members[0].Quota = 1
			s.Spending.Add(budget.Entry{At: boundary.Add(-time.Minute), Repo: "core", Issue: 1, Agent: "jules"})
			v := s.Admit([]budget.Ask{{Repo: ref("core"), Agent: "jules", Tasks: 1}}, nil)
			if v.OK() != tt.fits {
				t.Fatalf("%+v", v)
			}
			if !tt.fits {
				s.Now = v.Refusals[0].Frees
				if v := s.Admit([]budget.Ask{{Repo: ref("core"), Agent: "jules", Tasks: 1}}, nil); !v.OK() {
					t.Errorf("when it was said to fit: %+v", v)
				}
			}
		})
	}
}
