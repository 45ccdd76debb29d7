package budget

import (
	"math"
	"time"
)

// Window is the time over which an agent's quota counts.
type Window string

const (
	UTCDay  Window = "utc-day"     // the mission's rule, and the default
	Rolling Window = "rolling-24h" // a line stamped to the minute expires 24 h after its minute ends
	Both    Window = "both"        // utc-day and rolling-24h must each have room
	Weekly  Window = "weekly"      // from Monday, UTC
	Monthly Window = "monthly"     // from the 1st, UTC
)

// stretch is one unbroken stretch of minutes that a window counts.
type stretch struct {
	window  Window
	from    Minute    // the first minute that counts
	until   Minute    // the first that does not
	renewed time.Time // when all of it counts anew; zero where it runs out bit by bit
}

func (s stretch) holds(m Minute) bool { return m >= s.from && m < s.until }

// stretches are what a window looks at, at one instant; a dispatch needs room
// in each.
func (w Window) stretches(now time.Time) []stretch {
	today := DayOf(now)
	days := func(from, until Day) []stretch {
		return []stretch{{w, from.Start(), until.Start(), until.Time()}}
	}
	switch w {
	case Rolling:
		// A line of minute m counts while now < m + 1 min + 24 h. What is dated
		// later than now, by a clock that was ahead, counts too.
		return []stretch{{window: w, from: MinuteOf(now) - minutesADay, until: math.MaxInt64}}
	case Both:
		return append(UTCDay.stretches(now), Rolling.stretches(now)...)
	case Weekly:
		monday := today - Day((int(today.Time().Weekday())+6)%7)
		return days(monday, monday+7)
	case Monthly:
		t := today.Time()
		first := time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
		return days(DayOf(first), DayOf(first.AddDate(0, 1, 0)))
	}
	return days(today, today+1)
}

// Earliest is the first day that any of the agents' windows looks at, and at
// the latest yesterday: what a Spending has to cover to answer at this instant,
// by a clock of which nothing is known.
func Earliest(now time.Time, agents []Agent) Day {
	return earliest(now.Add(-clockUnknown), agents)
}

func earliest(now time.Time, agents []Agent) Day {
	day := DayOf(now) - 1
	for _, a := range agents {
		for _, s := range a.Window.stretches(now) {
			day = min(day, s.from.Day())
		}
	}
	return day
}
