package cmd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/renameio/v2"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/budget/plan"
	"github.com/dappcore/core-dev/flows/day"
	"github.com/dappcore/core-dev/flows/execute"
	"github.com/dappcore/core-dev/internal/terminal"
	"github.com/dappcore/core-dev/inventory"
)

// review is the step that makes the day's report.
func (s *sitting) review(ctx context.Context) (looked, error) {
	r, err := s.report(ctx)
	if err != nil {
		return looked{}, err
	}
	s.shape.Report = &r
	k := looked{fact: day.Fact{Step: day.Review, Count: r.Dispatched,
		Said: fmt.Sprintf("%d dispatched, %d merged, %d stuck", r.Dispatched, r.Merged, len(r.Stuck))}}
	k.show = func() error {
		if !s.app.opt.json {
			s.app.printReportOfDay(r)
		}
		return nil
	}
	return k, nil
}

// report works the day's report out.
func (s *sitting) report(ctx context.Context) (day.Report, error) {
	a := s.app
	o := watchOptions{sendOptions: s.o.sendOptions, scope: execute.Scope{}, once: true, verb: string(s.o.session)}
	l, w, x, err := a.lookAtWork(ctx, &o)
	if err != nil {
		return day.Report{}, err
	}
	st, err := a.fullStatus(l.conf, l.budget)
	if err != nil {
		return day.Report{}, err
	}
	uses, err := a.uses(day.ReportDays)
	if err != nil {
		return day.Report{}, err
	}
	next, err := a.tomorrowsPlan(ctx, l)
	if err != nil {
		return day.Report{}, err
	}
	host := l.snap.Host
	if a.opt.demo {
		host = "embedded GitHub"
	}
	return day.NewReport(day.Facts{Now: a.now(), Host: host, Status: st, Uses: uses, Courses: w.Courses, Fleet: &l.fleet,
		Stuck: stuckOf(l, x.Look(w), a.now()), Tomorrow: next, Clean: terminal.Clean}), nil
}

// stuckOf is what waits for a person, or for somebody who does not answer.
func stuckOf(l *look, watched []execute.Watched, now time.Time) []day.Stuck {
	var out []day.Stuck
	for _, e := range watched {
		for _, d := range e.Decisions {
			if d.Person == "" && d.Row != execute.RowStuck && !d.Stalled {
				continue
			}
			t := day.Stuck{Ref: d.About.String(), Why: d.Seen, Next: d.Next}
			var changed time.Time
			if i, ok := l.snap.Find(d.About); ok {
				t.Title, changed = i.Title, i.UpdatedAt
			}
			if r, ok := l.snap.Repo(d.About.Repo); ok {
				if at := slices.IndexFunc(r.Pulls, func(p inventory.Pull) bool { return p.Ref.Number == d.About.Number }); at >= 0 {
					t.Title, changed = r.Pulls[at].Title, r.Pulls[at].UpdatedAt
				}
			}
			if !changed.IsZero() {
				t.Hours = max(int(now.Sub(changed).Hours()), 0)
			}
			out = append(out, t)
		}
	}
	return out
}

// tomorrowsPlan is what the next day's plan would be, as things stand: its quotas
// are fresh, what is READY now waits for it, and by today's outcome, too, "auto" is
// judged.
func (a *app) tomorrowsPlan(ctx context.Context, l *look) (plan.Plan, error) {
	next := budget.DayOf(a.now()).Time().AddDate(0, 0, 1)
	return a.planOf(ctx, l, func() (plan.Input, error) {
		in, err := a.dayInput(l, "", next)
		in.Budget.Now = next.Add(8 * time.Hour)
		in.Budget.Reports = nil
		return in, err
	})
}

// lookToTomorrow looks, and works out the next day's plan.
func (s *sitting) lookToTomorrow(ctx context.Context) (*look, plan.Plan, error) {
	a := s.app
	l, _, _, err := a.lookAtWork(ctx, &watchOptions{sendOptions: s.o.sendOptions})
	if err != nil {
		return nil, plan.Plan{}, err
	}
	p, err := a.tomorrowsPlan(ctx, l)
	return l, p, err
}

// tomorrow is the step that shows the next day's plan.
func (s *sitting) tomorrow(ctx context.Context) (looked, error) {
	a := s.app
	l, p, err := s.lookToTomorrow(ctx)
	if err != nil {
		return looked{}, err
	}
	s.shape.Advice = p.Advice
	k := looked{fact: day.Fact{Step: day.Tomorrow, Count: p.Tasks, Said: fmt.Sprintf("%s over %s, as things stand", count(p.Tasks, "task"), repositories(withTasks(p)))}}
	k.show = func() error {
		if a.opt.json {
			return nil
		}
		t := a.table("REPO", "#TASKS", "#RDY", "WHY")
		for _, r := range p.Repos {
			t.Row(a.repoName(l, r.Ref), dash(r.Tasks), dash(r.Ready), r.Reason)
		}
		t.Flush()
		a.printGauge(p)
		a.printAdvice(p.Advice)
		return nil
	}
	return k, nil
}

// planAgain puts what READY came to into the report's plan of tomorrow.
func (s *sitting) planAgain(ctx context.Context) error {
	a := s.app
	_, p, err := s.lookToTomorrow(ctx)
	if err != nil {
		return err
	}
	s.shape.Report.Plan(p)
	s.shape.Report.Ready = p.Gauge.Ready
	if !a.opt.json {
		fmt.Fprintf(a.out, "    tomorrow's plan is now %s over %s, of %d READY\n", count(p.Tasks, "task"), repositories(withTasks(p)), p.Gauge.Ready)
	}
	return nil
}

func withTasks(p plan.Plan) int {
	n := 0
	for _, r := range p.Repos {
		if r.Tasks > 0 {
			n++
		}
	}
	return n
}

// printGauge says how deep the READY queue is.
func (a *app) printGauge(p plan.Plan) {
	g := p.Gauge
	fmt.Fprintf(a.out, "READY %d, %.1f times the %d a day; %d to %d times is right: %s\n", g.Ready, g.Times, g.Rate, g.Low, g.High, g.State)
}

// printAdvice prints the mission's rules that apply now.
func (a *app) printAdvice(list []plan.Advice) {
	for _, x := range list {
		text := x.Text
		if x.Do != "" {
			text += ": " + a.called(x.Do)
		}
		fmt.Fprintf(a.out, "advice: %s\n", terminal.Clean(text))
	}
}

// barWidth is how many characters the longest bar of the text report takes.
const barWidth = 40

// printReportOfDay prints the report as text.
func (a *app) printReportOfDay(r day.Report) {
	fmt.Fprintf(a.out, "report of %s: %d dispatched, %d merged, %d returned unmerged, %d stuck; %d READY, %d of %d tasks left\n",
		r.Date, r.Dispatched, r.Merged, r.Returned, len(r.Stuck), r.Ready, r.Left, r.Usable)
	most := 1
	for _, d := range r.Days {
		most = max(most, d.Dispatched, d.Merged)
	}
	bar := func(n int) string { return strings.Repeat("#", (n*barWidth+most-1)/most) }
	for _, d := range r.Days {
		if d.Dispatched+d.Merged > 0 || d.Date == r.Date {
			fmt.Fprintf(a.out, "  %s %s  dispatched %4d %s\n", d.Date, weekday(d.Date), d.Dispatched, bar(d.Dispatched))
			fmt.Fprintf(a.out, "  %14s  merged     %4d %s\n", "", d.Merged, bar(d.Merged))
		}
	}
	if n := len(r.BurnUp); n > 0 && len(r.Epics) > 0 {
		first, last := r.BurnUp[0], r.BurnUp[n-1]
		fmt.Fprintf(a.out, "open epics: %d of %s closed; on %s it was %d of %d\n", last.Closed, children(last.Known), first.Date, first.Closed, first.Known)
	}
	if len(r.Stuck) == 0 {
		return
	}
	fmt.Fprintln(a.out, "stuck:")
	for _, x := range r.Stuck {
		waits := ""
		if x.Hours > 0 {
			waits = fmt.Sprintf("%d h", x.Hours)
		}
		fmt.Fprintf(a.out, "  %-30s %5s  %s\n      %s: %s\n", terminal.Clean(x.Ref), waits, title(x.Title), terminal.Clean(a.placed(x.Why)), terminal.Clean(a.placed(x.Next)))
	}
}

func children(n int) string {
	if n == 1 {
		return "1 child"
	}
	return fmt.Sprintf("%d children", n)
}

// checkPage refuses a place for the page before anything is done.
func checkPage(path string) error {
	if st, err := os.Stat(filepath.Dir(path)); err != nil || !st.IsDir() {
		return notFound{fmt.Sprintf("--html %s: there is no folder %s", path, filepath.Dir(path))}
	}
	if st, err := os.Stat(path); err == nil && !st.Mode().IsRegular() {
		return usageError{fmt.Errorf("--html %s: it is no file", path)}
	}
	return nil
}

// writePage writes the report as a page, whole or not at all.
func (s *sitting) writePage(path string) error {
	if s.shape.Report == nil {
		return fmt.Errorf("%s was not written: there is no report", path)
	}
	page, err := day.Page(*s.shape.Report)
	if err != nil {
		return err
	}
	if err := renameio.WriteFile(path, page, 0o644); err != nil {
		var at *fs.PathError
		if errors.As(err, &at) { // not of the file that is to take its place
			err = at.Err
		}
		return fmt.Errorf("the report's page could not be written to %s: %w", path, err)
	}
	if !s.app.opt.json {
		if full, err := filepath.Abs(path); err == nil {
			path = full
		}
		fmt.Fprintf(s.app.out, "\nthe report as a page: %s\n", path)
	}
	return nil
}
