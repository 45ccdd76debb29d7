package plan

import "fmt"

// Strategy is the pace of a day.
type Strategy string

const (
	Conservative Strategy = "conservative" // 10-20 tasks over 2-3 repositories: the default
	Moderate     Strategy = "moderate"     // 50-80 over 5-8
	Aggressive   Strategy = "aggressive"   // 150-200 over 10 and more
	None         Strategy = "none"         // no ceiling but the quota
	Auto         Strategy = "auto"         // one step up after a good day, down after a bad one
)

// Strategies are all there are, the slowest first.
var Strategies = []Strategy{Conservative, Moderate, Aggressive, Auto, None}

// Known tells whether there is such a strategy.
func (s Strategy) Known() bool {
	for _, k := range Strategies {
		if s == k {
			return true
		}
	}
	return false
}

// Pace is what a strategy means: tasks a day from Least to Most, over Repos
// repositories at the most. Zero is no limit.
type Pace struct{ Least, Most, Repos int }

// Pace is that of a level; of "auto" that of its first step.
func (s Strategy) Pace() Pace {
	switch s {
	case Moderate:
		return Pace{50, 80, 8}
	case Aggressive:
		return Pace{150, 200, 0}
	case None:
		return Pace{}
	}
	return Pace{10, 20, 3}
}

// Higher is the next faster strategy; empty where there is none.
func (s Strategy) Higher() Strategy {
	switch s {
	case None:
		return ""
	case Moderate:
		return Aggressive
	case Aggressive:
		return None
	}
	return Moderate
}

// Outcome is how one earlier day went.
type Outcome struct {
	Date       string `json:"date"`       // "2026-02-04"
	Sent       int    `json:"sent"`       // lines of the log that day
	Dispatched int    `json:"dispatched"` // of them to children whose end is known, or that are still open
	Merged     int    `json:"merged"`     // of those dispatched that day, closed as completed by now
	Stuck      int    `json:"stuck"`      // of those, neither closed nor younger than a day
}

const (
	// tellingDay is how many dispatches a day needs to say anything.
	tellingDay = 5
	// A good day merges so much of what it dispatched, a bad one so little, in
	// percent; the middle leaves the step as it is.
	goodMerged, badMerged = 70, 40
	goodStuck, badStuck   = 10, 25
)

// Step is the level "auto" stands on after these days, the oldest first: it begins
// with the conservative one, goes a step up after a good day and one down after a
// bad one. The sentence says why.
func Step(past []Outcome) (Strategy, string) {
	steps := []Strategy{Conservative, Moderate, Aggressive}
	at, why := 0, "no day so far had the dispatches to judge by"
	for _, d := range past {
		if d.Dispatched < tellingDay {
			continue
		}
		merged, stuck := 100*d.Merged/d.Dispatched, 100*d.Stuck/d.Dispatched
		said := fmt.Sprintf("%s merged %d %% and left %d %% stuck of %d", d.Date, merged, stuck, d.Dispatched)
		switch {
		case merged >= goodMerged && stuck <= goodStuck:
			at = min(at+1, len(steps)-1)
			why = said + ": a good day, a step up"
		case merged < badMerged || stuck > badStuck:
			at = max(at-1, 0)
			why = said + ": a bad day, a step down"
		default:
			why = said + ": the step stays"
		}
	}
	return steps[at], why
}
