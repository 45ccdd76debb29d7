package cmd

import (
	"context"
	"fmt"
	"time"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/budget/forecast"
	"github.com/dappcore/core-dev/internal/terminal"
)

type forecastOptions struct {
	days     int
	seed     uint32
	ascii    bool
	strategy string // empty: as configured
}

// clockSlack is how far another clock may be ahead before its dates are wondered at.
const clockSlack = 5 * time.Minute

// mostAhead is how many days --forecast looks ahead at the most.
const mostAhead = 3660

// foretell says when the epics will be complete.
func (a *app) foretell(ctx context.Context, o forecastOptions) error {
	if o.days < 1 || o.days > mostAhead {
		return usageError{fmt.Errorf("--forecast %d: give 1 to %d days", o.days, mostAhead)}
	}
	if err := (&planOptions{strategy: o.strategy}).check(); err != nil {
		return err
	}
	l, err := a.look(ctx)
	if err != nil {
		return err
	}
	defer a.printStats(ctx)
	in, notes, err := a.forecastInput(l, o)
	if err != nil {
		return err
	}
	f := forecast.Make(in)
	f.Notes = append(notes, f.Notes...)
	if a.opt.json {
		return a.printJSON(f)
	}
	a.printForecast(l, f, o.ascii)
	return nil
}

// forecastInput is what a forecast is worked out from: the epics in the fleet's
// order, and what was done on each day, by GitHub and our own records.
func (a *app) forecastInput(l *look, o forecastOptions) (forecast.Input, []string, error) {
	day, err := a.dayInput(l, o.strategy, a.now())
	if err != nil {
		return forecast.Input{}, nil, err
	}
	st := l.budget.Status()
	in := forecast.Input{Today: budget.DayOf(a.now()), Days: o.days, Seed: uint64(o.seed), Quota: st.Usable}
	level, pace := day.Pace(st.Usable)
	in.Strategy, in.Least, in.Most = string(level), pace.Least, pace.Most
	for k := range l.fleet.Epics {
		if e := forecast.EpicOf(&l.fleet.Epics[k]); e.Open() > 0 {
			in.Epics = append(in.Epics, e)
		}
	}
	done, err := a.ended(l)
	if err != nil {
		return in, nil, err
	}
	lines, err := a.lines(l.conf, in.Today-forecast.LongestPast)
	if err != nil {
		return in, nil, err
	}
	from, later := in.Today, 0
	for _, line := range lines {
		from = min(from, budget.DayOf(line.At))
	}
	did := map[budget.Day]int{}
	for _, at := range done.at {
		switch d := budget.DayOf(at); {
		case at.IsZero():
		case at.After(a.now().Add(clockSlack)):
			later++
		case d >= in.Today-forecast.LongestPast:
			did[d]++
			from = min(from, d)
		}
	}
	for d := from; d < in.Today; d++ {
		in.Past = append(in.Past, did[d])
	}
	notes := []string{}
	if later > 0 {
		notes = append(notes, fmt.Sprintf("%d children were closed later than now, by their dates: is this machine's clock behind? They are not counted", later))
	}
	return in, notes, nil
}

// printForecast prints a forecast for a person.
func (a *app) printForecast(l *look, f forecast.Forecast, ascii bool) {
	fmt.Fprintf(a.out, "forecast %s   %d days ahead, %d trials, seed %d\n", f.Date, f.Days, f.Trials, f.Seed)
	fmt.Fprintf(a.out, "by %s; at most %d a day\n", f.Why, f.Quota)
	if f.Open == 0 {
		fmt.Fprintln(a.out, "no epic has an open child: nothing to forecast")
		return
	}
	fmt.Fprintln(a.out)
	t := a.table("EPIC", "#OPEN", "50 %", "85 %", "95 %")
	row := func(name string, open int, d forecast.Dates) {
		t.Row(name, fmt.Sprint(open), orLater(d.P50), orLater(d.P85), orLater(d.P95))
	}
	for _, e := range f.Epics {
		row(fmt.Sprintf("%s#%d", a.repoName(l, e.Epic.Repo), e.Epic.Number), e.Open, e.Dates)
	}
	row("all", f.Open, f.All)
	t.Flush()
	fmt.Fprintln(a.out)
	for _, text := range f.Picture(72, 10, ascii) {
		fmt.Fprintln(a.out, text)
	}
	for _, n := range f.Notes {
		fmt.Fprintf(a.out, "note: %s\n", terminal.Clean(a.placed(n)))
	}
}

func orLater(date *string) string {
	if date == nil {
		return "later"
	}
	return *date
}
