package cmd

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/internal/config"
	"github.com/dappcore/core-dev/internal/terminal"
)

type reportShape struct {
	Version   int            `json:"version"`
	Inventory inventoryShape `json:"inventory"`
	Epics     []epicShape    `json:"epics"`
	Budget    budgetShape    `json:"budget"`
	People    []personShape  `json:"people"`
}

// report is "core dev" without a command: all there is to say.
func (a *app) report(ctx context.Context) error {
	l, err := a.look(ctx)
	if err != nil {
		return err
	}
	defer a.printStats(ctx)
	return a.printReport(l)
}

func (a *app) printReport(l *look) error {
	st, err := a.fullStatus(l.conf, l.budget)
	if err != nil {
		return err
	}
	if a.opt.json {
		return a.printJSON(reportShape{
			Version:   shapeVersion,
			Inventory: shapeInventory(&l.fleet, &l.snap),
			Epics:     shapeEpics(&l.fleet, true),
			Budget:    a.shapeBudget(st),
			People:    shapePeople(&l.fleet),
		})
	}
	host := l.snap.Host
	if a.opt.demo {
		host = "embedded GitHub"
	}
	if d, err := a.dir(); err == nil {
		if p, paused, _ := config.Paused(d); paused {
			fmt.Fprintf(a.out, "paused%s: nothing writes to GitHub until \"%s\"\n", parenthesised(p.Note), a.called("core dev resume"))
		}
	}
	fmt.Fprintf(a.out, "%s as @%s: %s, %d READY, %s\n\n", host, terminal.Clean(l.snap.Viewer), repositories(len(l.fleet.Rows)), l.fleet.Ready(), a.seenWords(l))
	a.printInventory(l)
	if len(l.fleet.Epics) > 0 {
		fmt.Fprintln(a.out)
		a.printEpics(l)
	}
	fmt.Fprintln(a.out)
	a.printBudget(st, l.snap.TakenAt)
	a.printOpen("  ")
	a.printPeople(l)
	return nil
}

// seenWords is how old what is shown is: the age of the last answer of GitHub,
// also where that was but that nothing changed.
func (a *app) seenWords(l *look) string {
	now := a.now()
	if l.checked.After(l.snap.TakenAt) {
		return "asked " + age(now.Sub(l.checked)) + " ago: nothing new in " + age(now.Sub(l.snap.TakenAt))
	}
	return "read " + age(now.Sub(l.snap.TakenAt)) + " ago"
}

func (a *app) printPeople(l *look) {
	if len(l.fleet.People) == 0 {
		return
	}
	fmt.Fprintf(a.out, "\nneeds a person (%d)\n", len(l.fleet.People))
	list := l.fleet.People
	more := max(len(list)-mostPeople, 0)
	t := a.table()
	for _, p := range list[:len(list)-more] {
		t.Row("  "+a.repoName(l, p.Ref.Repo)+"#"+strconv.Itoa(p.Ref.Number), title(p.Title), p.Reason)
	}
	t.Flush()
	if more > 0 {
		fmt.Fprintf(a.out, "  and %d more: --json lists them all, --repo shows one repository\n", more)
	}
}

// mostPeople is how many lines of what needs a person the report prints.
const mostPeople = 40

// title cuts a title to what a line can bear; --json has it whole.
func title(text string) string { return terminal.Truncate(terminal.Clean(text), 60) }

// printBudget is the budget of today as text; seen is when GitHub was last
// looked at, for what was dispatched outside our log.
func (a *app) printBudget(st budget.Status, seen time.Time) {
	held, left := strconv.Itoa(st.Held), strconv.Itoa(st.UsableRemaining)
	if a.heldUnknown {
		held, left = "unknown", "at most "+left
	}
	elsewhere := ""
	if n := len(st.Elsewhere); n > 0 {
		elsewhere = fmt.Sprintf("   elsewhere %d", n)
	}
	fmt.Fprintf(a.out, "budget %s   used %d of %d usable   held %s   outside %d%s   left %s   (pool %d, resets 00:00Z in %s)\n",
		st.Date, st.Used, st.Usable, held, len(st.Outside), elsewhere, left, st.Pool, untilMidnight(a.now()))
	for _, g := range st.Agents {
		if g.Window != budget.UTCDay || g.Own || g.Concurrency > 0 && g.Running != nil && *g.Running > 0 {
			running := ""
			if g.Running != nil {
				running = fmt.Sprintf(", %d running", *g.Running)
			}
			fmt.Fprintf(a.out, "  %s  window %s: %d of %d used, %d left%s\n", g.Name, g.Window, g.Used, g.Quota, g.Remaining, running)
		}
	}
	for _, s := range st.Stranded {
		fmt.Fprintf(a.out, "  stranded: %d of @%s, %s%s\n", s.Quota, terminal.Clean(s.Login), terminal.Clean(s.Why), freeing(s.Repos))
	}
	if len(st.Unlisted) > 0 {
		var names []string
		for _, u := range st.Unlisted {
			names = append(names, u.Repo)
		}
		fmt.Fprintf(a.out, "  in nobody's list, so nothing can be dispatched there: %s\n  (add them to a member's repos in team.yaml)\n", strings.Join(names, ", "))
	}
	if st.Unassigned > 0 {
		fmt.Fprintf(a.out, "  %d used beyond every quota\n", st.Unassigned)
	}
	if len(st.Unreadable) > 0 {
		fmt.Fprintf(a.out, "  %s in dispatch.log; of today, and so counted as used: %d\n", count(len(st.Unreadable), "unreadable line"), st.UnreadableToday)
	}
	for _, r := range st.Reports {
		if r.Differs {
			fmt.Fprintf(a.out, "  %s itself reports %d used, the log %d\n", r.Agent, r.Used, r.Logged)
		}
	}
	if n := len(st.Elsewhere); n > 0 {
		fmt.Fprintf(a.out, "  elsewhere: %s claimed and charged by other folders\n", count(n, "task"))
	}
	switch {
	case seen.IsZero():
		fmt.Fprintln(a.out, "  GitHub was not looked at yet: dispatches made elsewhere are not known")
	case len(st.Outside) > 0:
		for _, o := range st.Outside {
			fmt.Fprintf(a.out, "  outside: %s#%d to %s by %s at %s\n", o.Repo, o.Issue, o.Agent, terminal.Clean(o.Actor), o.At.Format("15:04Z"))
		}
	}
}

func parenthesised(note string) string {
	if note == "" {
		return ""
	}
	return " (" + terminal.Clean(note) + ")"
}

// freeing names some of the repositories that would free a stranded quota.
func freeing(repos []string) string {
	if len(repos) == 0 {
		return ""
	}
	text := "; connecting any would free it: " + strings.Join(repos[:min(len(repos), 3)], ", ")
	if len(repos) > 3 {
		text += fmt.Sprintf(" or %d more", len(repos)-3)
	}
	return text
}

func untilMidnight(now time.Time) string {
	now = now.UTC()
	left := budget.DayOf(now).Time().AddDate(0, 0, 1).Sub(now)
	return fmt.Sprintf("%dh%02dm", int(left.Hours()), int(left.Minutes())%60)
}
