package budget

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// DayUse is one day of the log.
type DayUse struct {
	Date       string     `json:"date"`
	Used       int        `json:"used"`
	Unreadable int        `json:"unreadable"`
	Agents     []AgentUse `json:"agents"` // by name
}

// AgentUse is one agent's part of a day.
type AgentUse struct {
	Name string `json:"name"`
	Used int    `json:"used"`
}

// History is the usage of the given number of days up to and with today, the
// oldest first. The spending has to begin on the first of them.
func History(sp Spending, now time.Time, days int) []DayUse {
	today := DayOf(now)
	days = max(days, 0)
	out := make([]DayUse, days)
	agents := make([]map[string]int, days)
	for i := range out {
		d := today - Day(days-1-i)
		out[i] = DayUse{Date: d.String(), Unreadable: sp.Unreadable[d], Agents: []AgentUse{}}
		agents[i] = map[string]int{}
	}
	for _, s := range sp.Spends {
		if i := int(s.At.Day()-today) + days - 1; i >= 0 && i < days {
			out[i].Used += int(s.N)
			agents[i][strings.ToLower(sp.Kinds[s.Kind].Agent)] += int(s.N)
		}
	}
	for i, m := range agents {
		for _, name := range slices.Sorted(maps.Keys(m)) {
			out[i].Agents = append(out[i].Agents, AgentUse{name, m[name]})
		}
	}
	return out
}

// WeekdayUse is what the days of one weekday had in common.
type WeekdayUse struct {
	Day  string  `json:"day"`  // Mon ... Sun, in UTC
	Days int     `json:"days"` // of that weekday
	Used int     `json:"used"` // on all of them
	Mean float64 `json:"mean"` // a day
}

// Weekdays sums a history up by weekday, Monday first. Today is left out where it
// is the last day: it is not over. Less than two weeks are no pattern: then it is
// empty.
func Weekdays(days []DayUse, now time.Time) []WeekdayUse {
	out := []WeekdayUse{}
	if n := len(days); n > 0 && days[n-1].Date == DayOf(now).String() {
		days = days[:n-1]
	}
	if len(days) < 14 {
		return out
	}
	for _, name := range []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"} {
		out = append(out, WeekdayUse{Day: name})
	}
	for _, d := range days {
		day, ok := ParseDay([]byte(d.Date))
		if !ok {
			continue
		}
		w := &out[(int(day.Time().Weekday())+6)%7]
		w.Days++
		w.Used += d.Used
	}
	for k := range out {
		if w := &out[k]; w.Days > 0 {
			w.Mean = float64(100*w.Used/w.Days) / 100
		}
	}
	return out
}
