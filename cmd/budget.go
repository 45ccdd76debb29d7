package cmd

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/internal/config"
	"github.com/dappcore/core-dev/internal/ledger"
	"github.com/dappcore/core-dev/internal/state"
	"github.com/dappcore/core-dev/internal/terminal"
	"github.com/dappcore/core-dev/orchestrator"
)

func newBudget(a *app) *cobra.Command {
	var (
		history, team, check, planned bool
		days                          int
		day                           planOptions
		ahead                         forecastOptions
	)
	c := &cobra.Command{
		Use:   "budget",
		Short: "Today's tasks: used, held, outside, left",
		Long: `Says what today's budget is and what is left of it, from files alone: the
dispatch log, the open reservations, and what the last look at GitHub saw
dispatched outside the log. Without --plan and --forecast it asks GitHub nothing.

  used      readable lines of dispatch.log dated today (UTC), all agents
  held      reserved and not yet settled; counts as spent
  outside   agent label events seen on GitHub that the log does not hold
  elsewhere those that another folder claimed, with "pool: share": charged there
  pool      sum of the members' quotas; usable: what connected repositories can take

The budget resets at 00:00 UTC by GitHub's clock, which may differ from this
machine's: around midnight a task needs room in both days. Unused tasks do not
roll over.

--plan looks at GitHub and says what to dispatch today: how many tasks each
repository gets and why, which children, what is left, and what could not be placed.
Grave children come first, then the repositories with most work; never all goes to
one repository. It sends nothing; --apply proposes it as one dispatch and asks.
--forecast DAYS simulates the days ahead, by what was done on the days before, and
says by when each epic is complete in 50, 85 and 95 % of all cases.`,
		Example: `  core dev budget --check && echo there is budget left
  core dev budget --plan --strategy moderate
  core dev budget --plan --apply
  core dev budget --forecast 60
  core dev budget --history --days 30
  core dev budget --team --json`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if c.Flags().Changed("days") && !history {
				return usageError{fmt.Errorf("--days goes with --history")}
			}
			foretells := c.Flags().Changed("forecast")
			switch name := a.misplaced(c, map[string]bool{
				"strategy": planned || foretells, "apply": planned, "dry-run": day.apply, "yes": day.apply, "full": day.apply, "seed": foretells, "ascii": foretells}); name {
			case "":
			case "dry-run", "yes", "full":
				return usageError{fmt.Errorf("--%s goes with --plan --apply: a plan alone is only shown", name)}
			case "seed", "ascii":
				return usageError{fmt.Errorf("--%s goes with --forecast", name)}
			default:
				return usageError{fmt.Errorf("--%s goes with --plan", name)}
			}
			switch {
			case planned:
				return a.planDay(c.Context(), day)
			case foretells:
				ahead.strategy = day.strategy
				return a.foretell(c.Context(), ahead)
			}
			if days < 1 || days > 3660 {
				return usageError{fmt.Errorf("--days %d: give 1 to 3660", days)}
			}
			st, sp, seen, err := a.budgetFromFiles(days)
			if err != nil {
				return err
			}
			if check && a.heldUnknown {
				a.status = exitFile
			} else if check {
				a.status = map[budget.Level]int{budget.Fine: exitOK, budget.High: exitHigh, budget.Exhausted: exitExhausted}[st.Level()]
			}
			switch {
			case history:
				return a.printHistory(budget.History(sp, a.now(), days))
			case a.opt.json:
				return a.printJSON(a.shapeBudget(st))
			}
			a.printBudget(st, seen)
			if !seen.IsZero() {
				fmt.Fprintf(a.out, "  GitHub as seen %s ago\n", age(a.now().Sub(seen)))
			}
			a.printOpen("  ")
			if team {
				a.printTeam(st)
			}
			for _, u := range st.Unreadable {
				fmt.Fprintf(a.out, "  unreadable %s:%d  %s\n", u.File, u.Line, terminal.Clean(u.Text))
			}
			return nil
		},
	}
	f := c.Flags()
	f.BoolVar(&history, "history", false, "daily usage of the past week")
	f.IntVar(&days, "days", 7, "days of --history, today included")
	f.BoolVar(&team, "team", false, "quota and usage of each member")
	f.BoolVar(&check, "check", false, "exit 0 fine, 3 over 80 % of usable, 4 exhausted, 8 what is reserved is not known")
	f.BoolVar(&planned, "plan", false, "what to dispatch today: which children where, and why")
	f.StringVar(&day.strategy, "strategy", "", "pace of --plan: conservative, moderate, aggressive, auto or none (default: as configured)")
	f.BoolVar(&day.apply, "apply", false, "propose the plan as one dispatch, ask, and send it")
	day.flags(c)
	f.IntVar(&ahead.days, "forecast", 0, "when every epic completes, looking so many days ahead")
	f.Uint32Var(&ahead.seed, "seed", 1, "of --forecast's draws: the same seed and history give the same dates")
	f.BoolVar(&ahead.ascii, "ascii", false, "draw the picture of --forecast with plain characters")
	c.MarkFlagsMutuallyExclusive("history", "team", "plan", "forecast")
	c.MarkFlagsMutuallyExclusive("check", "plan", "forecast")
	c.AddCommand(newReconcile(a))
	return c
}

// misplaced is a flag that was given and that nothing here acts on; fits says of each
// whether something does. A variable stands for every command, and so for those, too,
// that have no use for it.
func (a *app) misplaced(c *cobra.Command, fits map[string]bool) string {
	for _, name := range slices.Sorted(maps.Keys(fits)) {
		v, _ := a.env("CORE_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_")))
		if !fits[name] && c.Flags().Changed(name) && v == "" {
			return name
		}
	}
	return ""
}

func newReconcile(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "reconcile",
		Short: "Rebuild a missing or damaged reservations.log from GitHub",
		Long: `Rebuilds .core/reservations.log when it is missing or damaged, so that writing
is allowed again. The agents' label events on GitHub say which tasks were spent:
those that dispatch.log does not hold are counted as "outside", unless another
folder claimed them and has a share of its own ("pool: share"). The damaged file
is kept beside the new one. What a plan that was left open may have reserved
stays reserved, by its journal; while a process works on a plan it is refused.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if _, err := a.writable(); err != nil {
				return err
			}
			a.opt.refresh, a.reconciles = true, true
			l, err := a.look(c.Context())
			if err != nil {
				return err
			}
			st := l.budget.Status()
			said := reconcileShape{Version: shapeVersion, Held: len(l.budget.Held), Outside: len(st.Outside), Elsewhere: len(st.Elsewhere)}
			if !a.heldUnknown {
				if a.opt.json {
					return a.printJSON(said)
				}
				fmt.Fprintf(a.out, "nothing to rebuild: reservations.log is whole, %d held\n", said.Held)
				return nil
			}
			if said.Held, err = a.rebuild(c.Context(), l); err != nil {
				return err
			}
			st = l.budget.Status()
			if said.Rebuilt, said.Outside, said.Elsewhere = true, len(st.Outside), len(st.Elsewhere); a.opt.json {
				return a.printJSON(said)
			}
			kept := "nothing held"
			if said.Held > 0 {
				kept = fmt.Sprintf("%d held by what was left open", said.Held)
			}
			fmt.Fprintf(a.out, "reservations.log rebuilt, %s; seen on GitHub today and not in dispatch.log: %d, counted as outside\n", kept, said.Outside)
			a.printOpen("")
			if said.Elsewhere > 0 {
				fmt.Fprintf(a.out, "claimed by other folders and charged there: %d\n", said.Elsewhere)
			}
			return nil
		},
	}
}

// rebuild writes reservations.log anew, with what the plans left open may hold,
// and tells how much that is. The look knows it from then on.
func (a *app) rebuild(ctx context.Context, l *look) (held int, err error) {
	d, err := a.dir()
	if err != nil {
		return 0, err
	}
	reserved, err := (&orchestrator.Applier{Journal: a.plans(d.File(journalFolder))}).Reserved()
	var busy *orchestrator.Busy
	if errors.As(err, &busy) {
		return 0, hinted{err, "what it reserves would not be known any more: let it end, or stop it, and reconcile then"}
	}
	if err != nil {
		return 0, err
	}
	book, err := a.ledger(l.conf)
	if err != nil {
		return 0, err
	}
	var open []budget.Reservation
	for _, t := range reserved {
		open = append(open, book.Reservation(ledger.Request{ID: t.ID, Child: t.Child, Epic: t.Epic, Agent: t.Agent, Member: t.Member, Lines: t.Lines}, t.At))
	}
	if err := book.Rebuild(ctx, open); err != nil {
		return 0, err
	}
	a.heldUnknown = false
	return len(open), a.readOwn(l)
}

// budgetFromFiles works the budget out without asking GitHub.
func (a *app) budgetFromFiles(days int) (budget.Status, budget.Spending, time.Time, error) {
	var none budget.Status
	c, err := a.config()
	if err != nil {
		return none, budget.Spending{}, time.Time{}, err
	}
	d, err := a.dir()
	if err != nil {
		return none, budget.Spending{}, time.Time{}, err
	}
	if !d.Exists() {
		return none, budget.Spending{}, time.Time{}, fmt.Errorf("%w: the budget is worked out from its files; run \"core dev init ORG | REPO...\"", config.ErrAbsent)
	}
	s := budget.State{Now: a.now(), Agents: c.Allowances()}
	seen, _ := state.ReadSeen(d.Path)
	s.Fleet, s.Reports = seen.Fleet, seen.Reports
	team, err := config.ReadTeam(d, c.Owner(), seen.Viewer)
	if err != nil {
		return none, budget.Spending{}, time.Time{}, err
	}
	team.MarkTokens(c, seen.SoleViewer(), a.env)
	s.Team = team.Team
	if s.Fleet == nil {
		fl, err := config.ReadFleet(d, c, nil)
		if err != nil {
			return none, budget.Spending{}, time.Time{}, err
		}
		for _, r := range fl.Repos {
			s.Fleet = append(s.Fleet, r.Ref)
		}
	}
	from := min(budget.Earliest(s.Now, s.Agents), budget.DayOf(s.Now)-budget.Day(days-1))
	if err := a.readLedger(c, &s, from); err != nil {
		return none, budget.Spending{}, time.Time{}, err
	}
	if seen.Running != nil {
		b, err := a.ledger(c)
		if err == nil {
			s.Running, err = b.RunningSince(seen.TakenAt, seen.Running)
		}
		if err != nil {
			return none, budget.Spending{}, time.Time{}, err
		}
	}
	if len(seen.Events) > 0 {
		lines, err := a.lines(c, budget.Earliest(s.Now, s.Agents))
		if err != nil {
			return none, budget.Spending{}, time.Time{}, err
		}
		if err := a.charge(&s, c, &seen, unlogged(&seen, lines, s.Held, c.Owner())); err != nil {
			return none, budget.Spending{}, time.Time{}, err
		}
	}
	st, err := a.fullStatus(c, s)
	return st, s.Spending, seen.TakenAt, err
}

func (a *app) printTeam(st budget.Status) {
	fmt.Fprintln(a.out)
	t := a.table("MEMBER", "#QUOTA", "#USED", "#HELD", "#LEFT", "REPOS")
	for _, m := range st.Members {
		repos := strings.Join(m.Repos, ", ")
		switch {
		case m.Every:
			repos = "every repository"
		case len(m.Repos) == 0:
			repos = "none connected"
		}
		used := fmt.Sprint(m.Used)
		if m.Assumed > 0 {
			used += fmt.Sprintf(" (%d assumed)", m.Assumed)
		}
		left := fmt.Sprint(m.Remaining)
		for _, s := range st.Stranded {
			if s.Login == m.Login {
				left = "stranded"
			}
		}
		t.Row("@"+m.Login, fmt.Sprint(m.Quota), used, fmt.Sprint(m.Held), left, repos)
	}
	t.Flush()
}

type historyShape struct {
	Version  int                 `json:"version"`
	Days     []budget.DayUse     `json:"days"`
	Weekdays []budget.WeekdayUse `json:"weekdays"` // empty: too few days
}

func (a *app) printHistory(days []budget.DayUse) error {
	if a.opt.json {
		return a.printJSON(historyShape{shapeVersion, days, budget.Weekdays(days, a.now())})
	}
	most := 1
	for _, d := range days {
		most = max(most, d.Used)
	}
	for _, d := range days {
		var by []string
		for _, g := range d.Agents {
			by = append(by, fmt.Sprintf("%s %d", terminal.Clean(g.Name), g.Used))
		}
		if d.Unreadable > 0 {
			by = append(by, fmt.Sprintf("and %d unreadable", d.Unreadable))
		}
		fmt.Fprintf(a.out, "%s %s %5d  %-40s %s\n", d.Date, weekday(d.Date), d.Used, strings.Repeat("#", (d.Used*40+most-1)/most), strings.Join(by, ", "))
	}
	a.printWeekdays(budget.Weekdays(days, a.now()))
	return nil
}

// printWeekdays prints the pattern of the week, where there is one.
func (a *app) printWeekdays(week []budget.WeekdayUse) {
	most := 0.01
	for _, w := range week {
		most = max(most, w.Mean)
	}
	if len(week) > 0 {
		fmt.Fprintln(a.out, "\na day on the average, without today:")
	}
	for _, w := range week {
		fmt.Fprintln(a.out, strings.TrimRight(fmt.Sprintf("%s %8.1f  %s", w.Day, w.Mean, strings.Repeat("#", int(w.Mean*40/most+0.5))), " "))
	}
}

func weekday(date string) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return "   "
	}
	return t.Format("Mon")
}
