package plan

import (
	"fmt"
	"strings"
	"time"

	"github.com/dappcore/core-dev/budget"
)

// absurd is more tasks a day than agents are known to give: the largest quota the
// mission knows is 300, so what is more than three times that is likely a slip.
const absurd = 1_000

// notes name what about the input looks wrong. The plan is made all the same, on
// the side that spends less.
func notes(in Input, st budget.Status) []string {
	out := []string{}
	note := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	s := in.Budget
	for _, m := range s.Team.Members {
		switch {
		case m.Quota < 0:
			note("@%s has a quota of %d in .core/team.yaml: counted as 0", m.Login, m.Quota)
		case m.Quota > absurd:
			note("@%s has a quota of %d in .core/team.yaml: agents are known to give 300 a day, so is it a slip?", m.Login, m.Quota)
		}
	}
	windows := map[string]budget.Window{}
	for _, a := range s.Agents {
		name := strings.ToLower(a.Name)
		if w, twice := windows[name]; !twice {
			windows[name] = a.Window
		} else if w != a.Window {
			note("agent %s has two windows, %s and %s: the first counts; keep one in .core/config.yaml", name, orDay(w), orDay(a.Window))
		}
		if a.Quota < 0 || a.Concurrency < 0 {
			note("agent %s has a negative quota or concurrency in .core/config.yaml: counted as not set", name)
		}
	}
	today := budget.DayOf(s.Now)
	ahead, last := 0, s.Now
	for _, sp := range s.Spending.Spends {
		if sp.At.Day() > today {
			ahead += int(sp.N)
			if at := sp.At.Time(); at.After(last) {
				last = at
			}
		}
	}
	if ahead > 0 {
		note("%d of dispatch.log's lines are dated after today, the latest %s: they count on their day; is this machine's clock, or was another's, wrong?",
			ahead, last.Format("2006-01-02T15:04Z"))
	}
	if !in.Taken.IsZero() && in.Taken.Sub(s.Now) > 5*time.Minute {
		note("GitHub was looked at %s from now, at %s: this machine's clock was set back; what counts today is counted by the day it shows now",
			in.Taken.Sub(s.Now).Round(time.Minute), in.Taken.UTC().Format("2006-01-02T15:04Z"))
	}
	if st.Usable == 0 && st.Pool > 0 {
		note("no quota of the team can be spent: connect repositories in .core/team.yaml, or name tokens in .core/config.yaml")
	}
	return out
}

func orDay(w budget.Window) budget.Window {
	if w == "" {
		return budget.UTCDay
	}
	return w
}
