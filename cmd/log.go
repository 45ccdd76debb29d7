package cmd

import (
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/dappcore/core-dev/internal/config"
	"github.com/dappcore/core-dev/internal/terminal"
	"github.com/dappcore/core-dev/orchestrator"
)

func newLog(a *app) *cobra.Command {
	var all bool
	c := &cobra.Command{
		Use:   "log [PLAN]",
		Short: "What was sent: plans, newest first; or the steps of one",
		Long: `Lists the plans of this folder's journal, newest first, with how each ended; or
the steps of one (its id, or what begins or ends only that one) with when each was
sent and what came of it. It reads files only. "complete": every step was done, but for
those refused, which are counted; "stale": the world contradicted it;
"stopped": left, nothing in doubt; "settled": left, and what was open was found
out later; "open": left just now; "running"; "undone": taken back, wholly or as far as it
says ("partly: 1 of 4 steps taken back").`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: a.completePlans,
		RunE: func(c *cobra.Command, args []string) error {
			engine, err := a.reader()
			if err != nil {
				return err
			}
			if len(args) > 0 {
				id, err := a.planNamed(args)
				if err != nil {
					return err
				}
				return a.printLogPlan(engine, id)
			}
			most := someplans
			if all {
				most = 0
			}
			return a.printLog(engine, most)
		},
	}
	c.Flags().BoolVar(&all, "all", false, "every plan, not only the newest "+strconv.Itoa(someplans))
	return c
}

const someplans = 30

// reader is the engine for what reads the journal and nothing else.
func (a *app) reader() (*orchestrator.Applier, error) {
	d, err := a.dir()
	if err != nil {
		return nil, err
	}
	if !d.Exists() {
		return nil, fmt.Errorf("%w: it keeps the journal; run \"core dev init ORG | REPO...\"", config.ErrAbsent)
	}
	return &orchestrator.Applier{Journal: a.plans(d.File(journalFolder))}, nil
}

type logShape struct {
	Version int            `json:"version"`
	Plans   []logPlanShape `json:"plans"` // newest first
}

type logPlanShape struct {
	ID      string         `json:"id"`
	Flow    string         `json:"flow"`
	Target  string         `json:"target"`
	Command string         `json:"command"`
	Run     string         `json:"run"` // of the command, with all its rounds
	MadeAt  *time.Time     `json:"made_at"`
	State   string         `json:"state"`
	Detail  string         `json:"detail"`
	Tasks   int            `json:"tasks"` // spent
	Done    int            `json:"done"`
	Of      int            `json:"of"`
	Steps   []logStepShape `json:"steps,omitempty"` // with a plan named only
}

type logStepShape struct {
	Kind     string                 `json:"kind"`
	Target   string                 `json:"target"`
	Reason   string                 `json:"reason"`
	Asked    *time.Time             `json:"asked_at"` // null: never begun
	Outcome  string                 `json:"outcome"`  // empty: not begun, or not known
	At       *time.Time             `json:"at"`
	Detail   string                 `json:"detail"`
	Baseline *orchestrator.Baseline `json:"baseline"`
	Evidence *orchestrator.Evidence `json:"evidence"`
}

func shapeLogPlan(e orchestrator.Entry, steps bool) logPlanShape {
	out := logPlanShape{ID: e.ID, Flow: e.Flow, Target: e.Target, Command: e.Command, Run: e.Run, MadeAt: instant(e.MadeAt), State: string(e.State), Detail: e.Detail, Tasks: e.Tasks, Done: e.Done, Of: len(e.Steps)}
	if !steps {
		return out
	}
	for _, s := range e.Steps {
		out.Steps = append(out.Steps, logStepShape{s.Step.Effect.Kind(), s.Step.Effect.Target(), s.Step.Reason, instant(s.Asked), string(s.Outcome), instant(s.At), s.Detail, s.Baseline, s.Evidence})
	}
	return out
}

// instant is a time for JSON; null where there is none.
func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func (a *app) printLog(engine *orchestrator.Applier, most int) error {
	list, err := engine.History(most)
	if err != nil {
		return err
	}
	if a.opt.json {
		out := logShape{Version: shapeVersion, Plans: []logPlanShape{}}
		for _, e := range list {
			out.Plans = append(out.Plans, shapeLogPlan(e, false))
		}
		return a.printJSON(out)
	}
	if len(list) == 0 {
		fmt.Fprintln(a.out, "nothing was sent from here yet")
		return nil
	}
	t := a.table("PLAN", "FLOW", "TARGET", "STATE", "#STEPS", "#OF", "#TASKS", "")
	for _, e := range list {
		t.Row(e.ID, e.Flow, e.Target, stateWord(e), strconv.Itoa(e.Done), strconv.Itoa(len(e.Steps)), strconv.Itoa(e.Tasks), e.Detail)
	}
	t.Flush()
	a.printOpen("")
	return nil
}

// stateWord is how a plan ended, with how many of its steps were refused meanwhile.
func stateWord(e orchestrator.Entry) string {
	if e.State == orchestrator.State(orchestrator.Complete) && e.Refused > 0 {
		return fmt.Sprintf("%s, %d refused", e.State, e.Refused)
	}
	return string(e.State)
}

func (a *app) printLogPlan(engine *orchestrator.Applier, id string) error {
	e, err := engine.Recorded(id)
	if err != nil {
		return err
	}
	if a.opt.json {
		return a.printJSON(logShape{Version: shapeVersion, Plans: []logPlanShape{shapeLogPlan(e, true)}})
	}
	fmt.Fprintf(a.out, "%s  %s %s  %s\n$ %s\n", e.ID, e.Flow, terminal.Clean(e.Target), stateWord(e), terminal.Clean(e.Command))
	if e.Run != orchestrator.ProposalOf(e.ID) {
		fmt.Fprintln(a.out, "a later round of run "+e.Run)
	}
	if e.Detail != "" {
		fmt.Fprintln(a.out, terminal.Clean(a.placed(e.Detail)))
	}
	if e.State == orchestrator.Open {
		fmt.Fprintln(a.out, a.called("core dev apply --resume "+e.ID)+" goes on with it")
	}
	t := a.table()
	for k, s := range e.Steps {
		at, what := "", "-"
		switch {
		case s.Outcome != "":
			at, what = s.At.UTC().Format("15:04:05Z"), string(s.Outcome)
		case !s.Asked.IsZero():
			at, what = s.Asked.UTC().Format("15:04:05Z"), "sent, not known"
		}
		t.Row(fmt.Sprintf("%3d", k+1), s.Step.Effect.Kind(), s.Step.Effect.Target(), at, what, a.placed(s.Detail))
	}
	t.Flush()
	return nil
}
