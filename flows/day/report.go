package day

import (
	"cmp"
	"slices"
	"time"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/budget/plan"
	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// ReportDays is how many days the report's pictures show, the day itself included.
const ReportDays = 14

// Report is what the evening says of the day.
type Report struct {
	Date       string    `json:"date"` // the UTC day
	At         time.Time `json:"at"`
	Host       string    `json:"host"`
	Usable     int       `json:"usable"`     // tasks a day
	Left       int       `json:"left"`       // of them, today; they do not roll over
	Dispatched int       `json:"dispatched"` // today, by dispatch.log
	Merged     int       `json:"merged"`     // pull requests of children, followed up today
	Returned   int       `json:"returned"`   // that ended without a merge today
	Ready      int       `json:"ready"`
	Days       []Figures `json:"days"`    // the last ReportDays, the oldest first
	BurnUp     []Burn    `json:"burn_up"` // of the epics that are open now, the same days
	Epics      []Epic    `json:"epics"`
	Stuck      []Stuck   `json:"stuck"` // the longest waiting first
	Tomorrow   Tomorrows `json:"tomorrow"`
}

// Figures are one day's throughput.
type Figures struct {
	Date       string `json:"date"`
	Dispatched int    `json:"dispatched"`
	Merged     int    `json:"merged"`
}

// Burn is how far the children of the epics that are open now were at a day's end.
type Burn struct {
	Date   string `json:"date"`
	Known  int    `json:"known"`  // children there were
	Closed int    `json:"closed"` // of them
}

// Epic is how one stands.
type Epic struct {
	Ref    string `json:"ref"`
	Title  string `json:"title"`
	Closed int    `json:"closed"`
	Of     int    `json:"of"`
	Ready  int    `json:"ready"`
}

// Stuck is what waits for a person, or for somebody who does not answer.
type Stuck struct {
	Ref   string `json:"ref"`
	Title string `json:"title"`
	Why   string `json:"why"`
	Next  string `json:"next"`
	Hours int    `json:"hours"` // since it was last changed; 0: not known
}

// Tomorrows is what the next day's plan would be, as things stand.
type Tomorrows struct {
	Date  string      `json:"date"`
	Tasks int         `json:"tasks"`
	Repos []TaskShare `json:"repos"` // that get tasks
}

// TaskShare is a repository's part of a plan.
type TaskShare struct {
	Repo   string `json:"repo"`
	Tasks  int    `json:"tasks"`
	Reason string `json:"reason"`
}

// Facts are all that a report is made of.
type Facts struct {
	Now      time.Time
	Host     string
	Status   budget.Status
	Uses     []budget.DayUse // of ReportDays, budget.History's
	Courses  flows.Courses
	Fleet    *inventory.Fleet
	Stuck    []Stuck
	Tomorrow plan.Plan
	// Clean makes text from outside fit to be shown on one line, in a terminal, in
	// JSON and on a page.
	Clean func(string) string
}

// NewReport works it out. What it says in words, wherever that is from, is cleaned.
func NewReport(f Facts) Report {
	r := Report{Date: f.Status.Date, At: f.Now.UTC().Truncate(time.Second), Host: f.Clean(f.Host), Usable: f.Status.Usable, Left: f.Status.UsableRemaining,
		Dispatched: f.Status.Used, Ready: f.Fleet.Ready(), Days: []Figures{}, BurnUp: []Burn{}, Epics: []Epic{}, Stuck: slices.Clone(f.Stuck)}
	r.Plan(f.Tomorrow)
	merged, returned := map[string]int{}, map[string]int{}
	for _, c := range f.Courses {
		switch day := c.EndedAt.UTC().Format(time.DateOnly); c.Ended {
		case inventory.PullMerged:
			merged[day]++
		case inventory.PullClosed:
			returned[day]++
		}
	}
	r.Merged, r.Returned = merged[r.Date], returned[r.Date]
	for _, u := range f.Uses {
		r.Days = append(r.Days, Figures{u.Date, u.Used, merged[u.Date]})
		r.BurnUp = append(r.BurnUp, Burn{Date: u.Date})
	}
	for k := range f.Fleet.Epics {
		e := &f.Fleet.Epics[k]
		r.Epics = append(r.Epics, Epic{e.Ref.String(), f.Clean(e.Title), e.Done(), len(e.Children), len(e.Ready())})
		for _, c := range e.Children {
			r.burn(c)
		}
	}
	if r.Stuck == nil {
		r.Stuck = []Stuck{}
	}
	for k := range r.Stuck {
		s := &r.Stuck[k]
		s.Ref, s.Title, s.Why, s.Next = f.Clean(s.Ref), f.Clean(s.Title), f.Clean(s.Why), f.Clean(s.Next)
	}
	slices.SortStableFunc(r.Stuck, func(a, b Stuck) int { return cmp.Compare(b.Hours, a.Hours) })
	return r
}

// Plan puts another plan in the place of tomorrow's.
func (r *Report) Plan(next plan.Plan) {
	r.Tomorrow = Tomorrows{next.Date, next.Tasks, []TaskShare{}}
	for _, p := range next.Repos {
		if p.Tasks > 0 {
			r.Tomorrow.Repos = append(r.Tomorrow.Repos, TaskShare{p.Repo, p.Tasks, p.Reason})
		}
	}
}

// burn counts a child on the days on which it was there.
func (r *Report) burn(c inventory.Child) {
	var made, closed string
	if c.Issue != nil && !c.Issue.Missing {
		made = c.Issue.CreatedAt.UTC().Format(time.DateOnly)
		if c.Issue.Closed {
			closed = c.Issue.ClosedAt.UTC().Format(time.DateOnly)
		}
	} else if c.Closed() { // ticked, and gone since
		closed = made
	}
	for k := range r.BurnUp {
		b := &r.BurnUp[k]
		if b.Date >= made {
			b.Known++
			if c.Closed() && b.Date >= closed {
				b.Closed++
			}
		}
	}
}
