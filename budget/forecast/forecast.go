// Package forecast says when epics will be complete, by simulating the days ahead
// many times over (spec/3-budget "Forecast").
//
// Each trial goes day by day. How many children are done on a day is drawn from
// the team's own past days, those of the same kind: working days, or the weekend.
// How likely each past day is to come again is itself drawn anew for every trial
// (the Bayesian bootstrap), since a short past tells less than it seems to; so the
// dates hold as often as they say. Where the past is too short the strategy's rate
// takes its place, and the forecast says so.
//
// What is done goes to the epics in their order. A phase is begun on the day after
// the phase before it was finished, and no day does more than the quota allows.
//
// It is pure: the same input gives the same forecast, by its seed.
package forecast

import (
	"fmt"
	"slices"
	"time"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/inventory"
)

// Version is the version of Forecast's JSON form. Fields may be added to a version;
// what is there keeps its name and meaning.
const Version = 1

const (
	// Trials is how many are simulated where nobody says otherwise.
	Trials = 10_000
	// LongestPast is how many days back the past goes: what is older was another team.
	LongestPast = 56
	// fewDays and fewDone are what a past must have to be drawn from.
	fewDays, fewDone = 7, 10
)

// Input is all that a forecast is worked out from.
type Input struct {
	Today  budget.Day
	Days   int    // looked ahead; the first is the one after Today
	Trials int    // 0: Trials
	Seed   uint64 // of all draws
	Epics  []Epic // in the order they are worked on
	// Past is how many children were done on each day up to and with yesterday, the
	// oldest first, days without any included. The last LongestPast count.
	Past []int
	// Quota is how many a day can be done at the most.
	Quota int
	// Least and Most are the strategy's rate, for where the past is too short.
	Least, Most int
	Strategy    string
}

// Epic is what of an epic is left.
type Epic struct {
	Ref   inventory.Ref
	Free  int   // open children of phases that wait for no other
	Steps []int // open children of the others, phase after phase
}

// Open is how many children are left.
func (e Epic) Open() int {
	n := e.Free
	for _, s := range e.Steps {
		n += s
	}
	return n
}

// EpicOf is what is left of an epic.
func EpicOf(e *inventory.Epic) Epic {
	out := Epic{Ref: e.Ref}
	steps := map[int]int{}
	var ordinals []int
	for _, c := range e.Children {
		if c.Closed() {
			continue
		}
		p := e.Phases[c.Phase]
		if !p.HasOrdinal {
			out.Free++
			continue
		}
		if steps[p.Ordinal] == 0 {
			ordinals = append(ordinals, p.Ordinal)
		}
		steps[p.Ordinal]++
	}
	for len(ordinals) > 0 {
		least := 0
		for k, o := range ordinals {
			if o < ordinals[least] {
				least = k
			}
		}
		out.Steps = append(out.Steps, steps[ordinals[least]])
		ordinals = append(ordinals[:least], ordinals[least+1:]...)
	}
	return out
}

// Forecast is when epics will be complete.
type Forecast struct {
	Version int        `json:"version"`
	Date    string     `json:"date"` // the UTC day it is made on
	Days    int        `json:"days"`
	Trials  int        `json:"trials"`
	Seed    uint64     `json:"seed"`
	Basis   string     `json:"basis"` // history, strategy
	Why     string     `json:"why"`   // of the basis, a sentence
	History History    `json:"history"`
	Quota   int        `json:"quota"`
	Open    int        `json:"open"` // children that are not closed
	All     Dates      `json:"all"`
	Epics   []EpicDate `json:"epics"`   // in their order
	BurnUp  []Point    `json:"burn_up"` // days at even distances, the last one included
	Notes   []string   `json:"notes"`
}

// History is the past that was drawn from, or was too short for it.
type History struct {
	Days int     `json:"days"`
	Done int     `json:"done"`
	Mean float64 `json:"mean"` // children a day
}

// Dates are by when something is complete in so many percent of the trials; nil: later
// than the last day looked at.
type Dates struct {
	P50 *string `json:"p50"`
	P85 *string `json:"p85"`
	P95 *string `json:"p95"`
}

// EpicDate is one epic's.
type EpicDate struct {
	Ref  string `json:"ref"` // owner/name#12
	Open int    `json:"open"`
	Dates

	Epic inventory.Ref `json:"-"`
}

// Point is how many children are done from today on up to and with a day: at most
// P5 in 5 % of the trials, and so on.
type Point struct {
	Date string `json:"date"`
	P5   int    `json:"p5"`
	P50  int    `json:"p50"`
	P95  int    `json:"p95"`
}

// Make works the forecast out.
func Make(in Input) Forecast {
	if in.Trials <= 0 {
		in.Trials = Trials
	}
	in.Days = max(in.Days, 1)
	in.Quota = max(in.Quota, 0)
	in.Past = slices.Clone(in.Past[max(0, len(in.Past)-LongestPast):])
	f := Forecast{Version: Version, Date: in.Today.String(), Days: in.Days, Trials: in.Trials, Seed: in.Seed, Quota: in.Quota,
		Epics: []EpicDate{}, BurnUp: []Point{}, Notes: []string{}}
	for k, n := range in.Past {
		in.Past[k] = max(n, 0)
		f.History.Done += max(n, 0)
	}
	if f.History.Days = len(in.Past); f.History.Days > 0 {
		f.History.Mean = float64(f.History.Done*100/f.History.Days) / 100
	}
	f.Basis, f.Why = in.basis(f.History)
	for _, e := range in.Epics {
		f.Open += e.Open()
	}
	c := in.count(f.Basis == "history")
	f.All = c.dates(in, c.all)
	for k, e := range in.Epics {
		f.Epics = append(f.Epics, EpicDate{e.Ref.String(), e.Open(), c.dates(in, c.epic(k)), e.Ref})
	}
	f.BurnUp = c.burnUp(in)
	switch {
	case in.Quota == 0:
		f.Notes = append(f.Notes, "no quota can be spent, so nothing gets done: core dev budget says why")
	case f.Basis == "history" && f.History.Mean > float64(in.Quota):
		f.Notes = append(f.Notes, fmt.Sprintf("more was done a day than today's quota of %d allows: the quota bounds what is to come", in.Quota))
	}
	return f
}

// basis says where a day's throughput comes from, and why.
func (in Input) basis(h History) (string, string) {
	if h.Days >= fewDays && h.Done >= fewDone {
		return "history", fmt.Sprintf("%d children done on the %d days before today, %.2f a day", h.Done, h.Days, h.Mean)
	}
	rate := fmt.Sprintf("%d to %d a day", in.Least, in.Most)
	if in.Strategy != "" {
		rate = fmt.Sprintf("the %s strategy's %s", in.Strategy, rate)
	}
	return "strategy", fmt.Sprintf("too little history (%d done on %d days; it takes %d on %d): %s instead", h.Done, h.Days, fewDone, fewDays, rate)
}

// weekend tells whether a day is Saturday or Sunday, in UTC.
func weekend(d budget.Day) bool {
	w := d.Time().Weekday()
	return w == time.Saturday || w == time.Sunday
}
