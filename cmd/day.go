package cmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/dappcore/core-dev/budget/plan"
	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/flows/day"
	"github.com/dappcore/core-dev/internal/config"
	"github.com/dappcore/core-dev/internal/state"
	"github.com/dappcore/core-dev/internal/terminal"
)

// sessionOptions say which part of the day it is, and how it is gone through.
type sessionOptions struct {
	sendOptions
	session day.Session
	html    string // file that takes the evening's report as a page
}

func newSessions(a *app) []*cobra.Command {
	texts := map[day.Session]struct{ short, long string }{
		day.Morning: {"Begin the day: results, budget, unstick, first and next dispatches",
			`Begins the day in five steps: yesterday's results (what was merged is ticked and
closed, what is green is merged, a finished epic goes to the default branch); today's
budget; pull requests that wait for a word; the first blockers of new epics; the next
phases of running ones.`},
		day.Midday: {"The check-in: merges and their conflicts, fixes, more dispatches",
			`Looks in on the day in three steps: what is green is merged, one pull request of a
base at a time, and what that set in conflict is seen; the agents are asked for
fixes; more children are dispatched if budget remains and agents are idle.`},
		day.Evening: {"End the day: report, tomorrow's plan, refill READY",
			`Ends the day in three steps: the report (dispatched, merged, stuck); what
tomorrow's plan would be; stages 1 and 2 where READY would run dry. --html writes the
report as a page of its own: one file, with its pictures in it and nothing else to load.`},
	}
	var out []*cobra.Command
	for _, s := range day.Sessions {
		o := sessionOptions{session: s}
		c := &cobra.Command{
			Use:   string(s),
			Short: texts[s].short,
			Long: texts[s].long + `

Every step is the plan of the flow it names, shown with its count before it is sent.
On a terminal each is asked about; --yes sends without asking, as cron needs it;
--dry-run shows all steps as they stand now and sends nothing. What is done is
remembered for the day (UTC): broken off, run it again, and it goes on where it
stopped. A step in which there is something new to do is looked at anew.`,
			Args: noArgs,
			RunE: func(c *cobra.Command, _ []string) error { return a.sit(c.Context(), o) },
		}
		switch s {
		case day.Evening:
			c.Example = "  core dev evening --yes --html report.html\n  core dev evening --dry-run --json"
			c.Flags().StringVar(&o.html, "html", "", "write the report as a page to this file")
		default:
			c.Example = fmt.Sprintf("  core dev %s\n  core dev %[1]s --dry-run\n  core dev %[1]s --yes --json", s)
		}
		o.flags(c)
		out = append(out, c)
	}
	return out
}

// sessionShape is what a session prints with --json.
type sessionShape struct {
	Version int                `json:"version"`
	Session day.Session        `json:"session"`
	Date    string             `json:"date"` // the UTC day
	At      time.Time          `json:"at"`
	DryRun  bool               `json:"dry_run"`
	Steps   []sessionStepShape `json:"steps"`
	Advice  []plan.Advice      `json:"advice"`
	Report  *day.Report        `json:"report"` // of the evening; null: of another session
}

type sessionStepShape struct {
	Number  int         `json:"number"`
	Key     string      `json:"key"`
	Title   string      `json:"title"`
	State   string      `json:"state"` // open, done, changed: before it; then done, declined or failed
	Count   int         `json:"count"`
	Said    string      `json:"said"`
	Tasks   int         `json:"tasks"`   // that its plan costs
	Sends   []sendShape `json:"sends"`   // its plan's steps
	Results []stepShape `json:"results"` // what came of those that were carried out
	Error   string      `json:"error"`   // empty: none
}

type sendShape struct {
	Kind   string `json:"kind"`
	Target string `json:"target"`
	Detail string `json:"detail"`
	Reason string `json:"reason"`
}

// sitting is a session under way.
type sitting struct {
	app    *app
	o      sessionOptions
	record day.Record
	shape  sessionShape
	run    string // id of the first proposal sent: all are taken back together
	odd    []byte // the day's file, where it was of no use; nil: it was
	// refilled: there is more READY than when the report was made.
	refilled bool
	tell     *notifier
}

// looked is what a step shows, and how it is carried out.
type looked struct {
	fact  day.Fact
	plans []flows.Plan
	show  func() error                                                 // what there is to read; nil: nothing
	act   func(ctx context.Context, s *sessionStepShape) (bool, error) // false: the answer was no; nil: there is nothing to send
	left  func(context.Context) (string, error)                        // digest of what is left to do then
}

// sit goes through the steps of a session.
func (a *app) sit(ctx context.Context, o sessionOptions) error {
	if !o.yes && !o.dryRun && (a.opt.headless || a.opt.json || !a.asks()) {
		return usageError{errors.New("nothing was sent: without a terminal to ask at, --yes sends and --dry-run only shows")}
	}
	if o.html != "" {
		if err := checkPage(o.html); err != nil {
			return err
		}
	}
	a.lively = a.opt.demo
	if err := a.demoHour(ctx, o); err != nil {
		return err
	}
	if err := a.ready(ctx, o.sendOptions); err != nil {
		return err
	}
	defer a.printStats(ctx)
	o.brief = true
	s := &sitting{app: a, o: o}
	now := a.now().UTC().Truncate(time.Second)
	s.shape = sessionShape{Version: shapeVersion, Session: o.session, Date: now.Format(time.DateOnly), At: now, DryRun: o.dryRun,
		Steps: []sessionStepShape{}, Advice: []plan.Advice{}}
	var err error
	if s.record, s.odd, err = a.dayRecord(now); err != nil {
		return err
	}
	if !a.opt.json {
		again := ""
		if _, begun := s.record.Of(o.session.Steps()[0]); begun {
			again = ", looked at again"
			if n, ok := day.Next(s.record, o.session); ok {
				again = fmt.Sprintf(", goes on with step %d", n)
			}
		}
		fmt.Fprintf(a.out, "%s of %s, %s%s\n", o.session, s.shape.Date, now.Format("15:04Z"), again)
	}
	if s.tell, err = a.notifier(); err != nil {
		return err
	}
	var failed []error
	for _, n := range o.session.Steps() {
		err := s.step(ctx, n)
		if err != nil && (ctx.Err() != nil || !passing(err) && !partial(err)) {
			return errors.Join(append(failed, err)...)
		}
		if err != nil { // the others go on without it
			failed = append(failed, err)
			a.notice("step %d, %s: %v", n, n.Title(), err)
		}
	}
	if s.refilled && s.shape.Report != nil {
		failed = append(failed, s.planAgain(ctx))
	}
	if o.html != "" {
		failed = append(failed, s.writePage(o.html))
	}
	if a.opt.json {
		failed = append(failed, a.printJSON(s.shape))
	} else {
		s.printEnd()
	}
	return errors.Join(failed...)
}

// partial tells of errors that concern one repository or one dispatch, and none of
// the steps to come.
func partial(err error) bool {
	stale, failed, rest := sorted(err)
	var refusal *flows.Refusal
	return rest == nil && (stale != nil || len(failed) > 0) || errors.As(err, &refusal)
}

// step looks at one step, shows it, and carries it out.
func (s *sitting) step(ctx context.Context, n day.Step) error {
	a := s.app
	k, err := s.look(ctx, n)
	shape := sessionStepShape{Number: int(n), Key: n.Key(), Title: n.Title(), State: string(day.Open), Sends: []sendShape{}, Results: []stepShape{}}
	if err == nil {
		shape.State, shape.Count, shape.Said = string(day.Judge(s.record, k.fact)), k.fact.Count, k.fact.Said
		err = s.carryOut(ctx, n, k, &shape)
	}
	if err != nil {
		_, _, text, _ := kindOf(err)
		shape.State, shape.Error = "failed", terminal.Clean(text)
	}
	s.shape.Steps = append(s.shape.Steps, shape)
	a.flush()
	return err
}

func (s *sitting) carryOut(ctx context.Context, n day.Step, k looked, shape *sessionStepShape) error {
	a := s.app
	for _, p := range k.plans {
		shape.Tasks += p.Cost.Tasks
		for _, step := range p.Steps {
			if step.Effect.Kind() != noteKind {
				shape.Sends = append(shape.Sends, sendShape{step.Effect.Kind(), step.Effect.Target(), step.Effect.Detail(), step.Reason})
			}
		}
	}
	mark, was := s.record.Of(n)
	if !a.opt.json {
		fmt.Fprintf(a.out, "\n%2d  %-38s %s\n", n, n.Title(), terminal.Clean(a.placed(k.fact.Said)))
	}
	switch {
	case shape.State == string(day.Done):
		if !a.opt.json {
			fmt.Fprintf(a.out, "    done at %s, and nothing new since\n", mark.At.UTC().Format("15:04Z"))
		}
		return nil
	case shape.State == string(day.Changed) && was && !a.opt.json:
		fmt.Fprintf(a.out, "    done at %s; this came since:\n", mark.At.UTC().Format("15:04Z"))
	}
	if k.show != nil {
		if err := k.show(); err != nil {
			return err
		}
	}
	left := ""
	if k.act != nil && k.fact.Digest != "" {
		sent, err := k.act(ctx, shape)
		if err != nil || s.o.dryRun {
			return err
		}
		if !sent {
			shape.State = "declined"
			return nil
		}
		if k.left != nil {
			if left, err = k.left(ctx); err != nil {
				return err
			}
		}
	}
	if s.o.dryRun {
		return nil
	}
	shape.State = string(day.Done)
	if !a.opt.json && !n.Tells() {
		fmt.Fprintln(a.out, "    done")
	}
	return s.mark(day.Mark{Step: n, At: a.now().UTC().Truncate(time.Second), Left: left})
}

// printEnd says what it came to.
func (s *sitting) printEnd() {
	done, of := 0, len(s.shape.Steps)
	for _, x := range s.shape.Steps {
		if x.State == string(day.Done) {
			done++
		}
	}
	a := s.app
	switch {
	case s.o.dryRun:
		fmt.Fprintf(a.out, "\nnothing was sent: each step is looked at again when its turn has come\n")
	case done < of:
		fmt.Fprintf(a.out, "\n%d of %d steps done; %s goes on with the rest\n", done, of, a.called("core dev "+string(s.o.session)))
	default:
		fmt.Fprintf(a.out, "\n%s done\n", s.o.session)
	}
}

// dayRecord is what is remembered of the day, UTC. What is of another day is of no
// use, and neither is what nobody can read: then every step is looked at anew. odd is
// what the file holds where it is of a later day, or nobody can read it: once a step
// is done it makes room, and stays beside (sitting.mark).
func (a *app) dayRecord(now time.Time) (r day.Record, odd []byte, err error) {
	d, err := a.dir()
	if err != nil {
		return r, nil, err
	}
	raw, err := state.ReadDay(d.Path)
	if err != nil {
		return r, nil, err
	}
	r = day.NewRecord(now)
	today := r.Date
	if raw == nil {
		return r, nil, nil
	}
	was, err := day.ParseRecord(raw)
	switch {
	case err != nil:
		a.notice("%s: %v: every step of the day is looked at anew", d.File(state.DayFile), day.ErrForeign)
		return r, raw, nil
	case was.Date > today:
		a.notice("%s is of %s, and it is %s: the clock was put back, so every step is looked at anew", d.File(state.DayFile), was.Date, today)
		return r, raw, nil
	case was.Date == today:
		return was, nil, nil
	}
	return r, nil, nil
}

// mark remembers that a step is done. What stood in the file and was of no use when
// the session began is kept beside it. A later day that has begun since, in another
// process, is left as it is: this session is of the day it began on.
func (s *sitting) mark(m day.Mark) error {
	s.record = s.record.With(m)
	d, err := s.app.dir()
	if err != nil {
		return err
	}
	if !d.Exists() {
		return config.ErrAbsent
	}
	over := ""
	kept, err := state.ChangeDay(d.Path, func(was []byte) (now []byte, keep bool) {
		r, err := day.ParseRecord(was)
		switch {
		case was == nil, err == nil && r.Date < s.record.Date:
			return s.record.Bytes(), false
		case err != nil, r.Date > s.record.Date && bytes.Equal(was, s.odd):
			return s.record.Bytes(), true
		case r.Date > s.record.Date:
			over = r.Date
			return nil, false
		}
		return r.With(m).Bytes(), false
	})
	if kept != "" {
		s.app.notice("what %s held is kept in %s", d.File(state.DayFile), kept)
	}
	if over != "" {
		s.app.notice("%s is of %s by now, which has begun: that step %d of %s is done is not remembered", d.File(state.DayFile), over, m.Step, s.record.Date)
	}
	return err
}
