package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/internal/terminal"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/inventory/checklist"
	"github.com/dappcore/core-dev/orchestrator"
)

// Every command that writes goes this way: plan, preview, question, apply.

type sendOptions struct {
	dryRun, yes bool
	full        bool   // every line of a preview, however long
	further     string // printed behind the preview: what an answer goes for besides
	later       string // the same in few words, for the question
	brief       bool   // of many steps only what comes of them in all is printed, unless full
	resumes     bool   // it goes on with what is open, and does not settle that
}

func (o *sendOptions) flags(c *cobra.Command) {
	c.Flags().BoolVar(&o.dryRun, "dry-run", false, "print the plan, send nothing")
	c.Flags().BoolVar(&o.yes, "yes", false, "send without asking")
	c.Flags().BoolVar(&o.full, "full", false, "show every line of a long plan")
}

// ready refuses without .core/ and while writing is paused. With --yes, which
// approves whatever the plan is, it settles what earlier runs left open; where
// a person is asked that waits for the answer (settleFirst). A dry run writes
// nothing and needs none of it.
func (a *app) ready(ctx context.Context, o sendOptions) error {
	if o.dryRun && o.yes {
		return usageError{errors.New("--dry-run sends nothing and --yes sends without asking: give one of them")}
	}
	if o.dryRun {
		return nil
	}
	if err := a.mayWrite(); err != nil {
		return err
	}
	if err := a.refusePaused(); err != nil {
		return err
	}
	if err := a.goOnLocal(); err != nil {
		return err
	}
	if o.yes && !o.resumes {
		_, err := a.settle(ctx, nil)
		return err
	}
	return nil
}

// mayWrite refuses without .core/, and where its files do not say what is
// reserved.
func (a *app) mayWrite() error {
	if !a.opt.demo { // the demo makes its folder itself
		if _, err := a.writable(); err != nil {
			return err
		}
	}
	// A ledger that cannot tell what is reserved refuses the first task; it is
	// asked before anything is written, a branch included.
	c, err := a.config()
	if err != nil {
		return err
	}
	b, err := a.ledger(c)
	if err != nil {
		return err
	}
	_, err = b.Held()
	return err
}

func (a *app) proposal(command string, plans ...flows.Plan) orchestrator.Proposal {
	now := a.now()
	var steps []flows.Step
	for _, p := range plans {
		steps = append(steps, p.Steps...)
	}
	takes, _ := a.pace().Ahead(now, steps, 0)
	return orchestrator.Proposal{ID: orchestrator.NewID(now), Plans: plans, Command: command, MadeAt: now, Takes: takes, Note: a.openNote()}
}

// pace is how fast GitHub lets this account write now.
func (a *app) pace() flows.Pace {
	if a.hub == nil {
		return flows.PublishedPace()
	}
	return flows.Pace(a.hub.Pace())
}

// delivery is what a command proposed and what came of it, round by round.
type delivery struct {
	shape proposalShape
	run   string // id of the first proposal: all of them are taken back together
	tasks int    // spent
	came  *came  // of an onboarding, repository by repository; nil: of another command
	said  string // what it comes to; empty: how many were dispatched
	gauge *gauge // nil: nobody watches
	brief *brief // counts steps instead of their lines; nil: every step has its line
	quiet bool   // what is sent unasked was told already: no preview
	part  bool   // of something larger, which prints the JSON
}

func newDelivery() *delivery {
	return &delivery{shape: proposalShape{Version: shapeVersion, Plans: []flows.Plan{}, Results: []stepShape{}}}
}

// send shows a proposal, asks, and has it applied.
func (a *app) send(ctx context.Context, l *look, p orchestrator.Proposal, o sendOptions, d *delivery, apply func(*orchestrator.Applier) error) error {
	if d.run == "" {
		d.run = p.ID
	}
	short := false
	d.shape.ID, d.shape.Plans = p.ID, append(d.shape.Plans, p.Plans...)
	d.shape.Seconds += wholeSeconds(p.Takes)
	if !a.opt.json && !(d.quiet && o.yes) {
		short = a.printPlans(l, p, o.full)
		if about := orchestrator.About(p.Takes); about != "" {
			fmt.Fprintln(a.out, "takes "+about+" at what GitHub allows")
		}
	}
	if !a.opt.json {
		a.printBefore(p, o)
	}
	if p.Empty() || o.dryRun {
		return nil
	}
	if !o.yes {
		var list func()
		if short {
			list = func() { a.printPlans(l, p, true) }
		}
		if sent, err := a.confirmed(ctx, p, o.later, list); err != nil || !sent {
			return err
		}
		if !o.resumes {
			if err := a.settleFirst(ctx, nil); err != nil {
				return err
			}
		}
	}
	if d.brief = nil; o.brief && !o.full && steps(p.Plans) > mostSteps {
		d.brief = &brief{of: steps(p.Plans)}
		defer a.tellBrief(d)
	}
	d.gauge = a.gauge()
	if d.gauge != nil && d.brief == nil && d.quiet && d.gauge.width == 0 {
		d.gauge = nil // every step has its line
	}
	defer d.gauge.clear()
	defer a.sayInterrupted(ctx, d)
	engine, err := a.applier(ctx, l, func(e orchestrator.Event) { a.tell(d, e) })
	if err != nil {
		return err
	}
	d.shape.Sent, engine.Run = true, d.run
	return apply(engine)
}

// printBefore prints what else there is to know before an answer.
func (a *app) printBefore(p orchestrator.Proposal, o sendOptions) {
	if o.further != "" {
		fmt.Fprintln(a.out, o.further)
	}
	if p.Note != "" && !o.resumes {
		fmt.Fprintln(a.out, p.Note)
	}
	if err := a.refusePaused(); o.dryRun && err != nil {
		fmt.Fprintln(a.out, terminal.Clean(a.placed(err.Error())))
	}
}

// wholeSeconds rounds up: what takes a moment takes a second.
func wholeSeconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }

// tell notes and prints a step, or a wait.
func (a *app) tell(d *delivery, e orchestrator.Event) {
	d.gauge.clear()
	defer d.gauge.show(e)
	if e.Outcome == orchestrator.Waiting {
		a.tellWait(e)
		return
	}
	d.shape.Results = append(d.shape.Results, stepShape{e.Step.Effect.Kind(), e.Step.Effect.Target(), string(e.Outcome), e.Detail})
	if _, spent := e.Step.Effect.(flows.LogDispatch); spent && e.Outcome == orchestrator.Done {
		d.tasks++
	}
	if d.came != nil {
		d.came.note(e)
	}
	if a.opt.json || d.brief.takes(e) {
		return
	}
	if _, note := e.Step.Effect.(flows.NotePull); !(note && d.quiet) {
		a.tellStep(e)
	}
}

// end prints the JSON, or what it comes to.
func (d *delivery) end(a *app, err error) error {
	if err != nil && d.shape.Sent && d.came != nil && d.shape.Report == nil { // broken off
		d.shape.Report = d.came.report()
		if !a.opt.json {
			fmt.Fprintf(a.out, "broken off; until then %s\n", d.shape.Report.total())
		}
	}
	err = d.goesOn(a, err)
	switch {
	case a.opt.json && d.part:
	case a.opt.json && len(d.shape.Plans) > 0 && (err == nil || d.shape.Sent):
		return errors.Join(err, a.printJSON(d.shape))
	case err == nil && d.shape.Sent && d.said == "":
		fmt.Fprintf(a.out, "dispatched %d\n", d.tasks)
	case err == nil && d.shape.Sent:
		fmt.Fprintln(a.out, d.said)
	}
	return err
}

// goesOn adds to an error what goes on with a plan of it that was left open.
func (d *delivery) goesOn(a *app, err error) error {
	var known hinted
	var unsettled *orchestrator.Unsettled
	if err == nil || !d.shape.Sent || errors.Is(err, context.Canceled) || errors.As(err, &known) || errors.As(err, &unsettled) {
		return err
	}
	left := slices.DeleteFunc(a.leftOpen(), func(e orchestrator.Entry) bool { return e.Run != d.run })
	if len(left) == 0 {
		return err
	}
	return hinted{err, openText(left) + ": " + a.called("core dev apply --resume") + " goes on"}
}

func outcome(e orchestrator.Event) string {
	switch e.Outcome {
	case orchestrator.Skipped:
		return "skipped: " + e.Detail
	case orchestrator.Refused:
		return "refused: " + e.Detail
	}
	return e.Detail
}

// printPlan is the preview: nothing was sent yet.
func (a *app) printPlan(l *look, p flows.Plan) {
	st := l.budget.Status()
	fmt.Fprintf(a.out, "%s %s: preview, nothing sent yet\n", p.Flow, p.Target)
	if len(p.Steps) == 0 {
		fmt.Fprintln(a.out, "nothing to do")
	} else {
		tasks := "costs no task"
		if p.Cost.Tasks > 0 {
			tasks = fmt.Sprintf("%s of %d left today", count(p.Cost.Tasks, "task"), st.UsableRemaining)
		}
		fmt.Fprintf(a.out, "%s, %s\n", tasks, count(p.Cost.Requests, "request"))
	}
	t := a.table()
	for k := 0; k < len(p.Steps); k++ {
		s := p.Steps[k]
		cost := ""
		if s.Cost().Tasks > 0 {
			cost = "1 task"
		}
		if n := alike(p.Steps[k:]); n > 1 { // a child a pair of lines says nothing more
			t.Row(fmt.Sprintf("%3d", k+1), "...", count(n, "issue"), s.Effect.Detail()+", and "+p.Steps[k+1].Effect.Kind(), "")
			k += 2*n - 1
			continue
		}
		if n := threads(p.Steps[k:]); n > 1 { // their ids say nothing to anybody
			t.Row(fmt.Sprintf("%3d", k+1), s.Effect.Kind(), s.Effect.Target(), count(n, "thread"), "")
			k += n - 1
			continue
		}
		t.Row(fmt.Sprintf("%3d", k+1), s.Effect.Kind(), s.Effect.Target(), s.Effect.Detail(), cost)
	}
	t.Flush()
	for k, s := range p.Steps {
		if reasoned(s.Effect) {
			fmt.Fprintf(a.out, "  %3d because %s\n", k+1, terminal.Clean(a.placed(s.Reason)))
			a.printChildren(s.Effect)
		}
	}
	for _, s := range p.Skipped {
		fmt.Fprintf(a.out, "  skipped %s  %s\n", s.Target, terminal.Clean(a.placed(s.Reason)))
	}
}

// alike counts the children at the beginning of steps that are tied to one epic,
// each by a comment and a link.
func alike(steps []flows.Step) int {
	n := 0
	for ; 2*n+1 < len(steps); n++ {
		c, ok := steps[2*n].Effect.(flows.Comment)
		l, tied := steps[2*n+1].Effect.(flows.LinkChild)
		if !ok || !tied || c.Issue.Key() != l.Child.Key() || c.Body != steps[0].Effect.Detail() {
			break
		}
	}
	return n
}

// threads counts the review threads of one pull request at the beginning of steps
// that resolve them.
func threads(steps []flows.Step) int {
	n := 0
	for ; n < len(steps); n++ {
		if e, ok := steps[n].Effect.(flows.ResolveThread); !ok || e.Target() != steps[0].Effect.Target() {
			break
		}
	}
	return n
}

// reasoned tells whether an effect rests on a judgement that a person may see
// otherwise: what belongs together, when an audit is done with, and what becomes of a
// pull request.
func reasoned(e flows.Effect) bool {
	switch e := e.(type) {
	case flows.MakeIssue:
		return e.Mark.Kind == inventory.MarkFramework || e.Mark.Kind == inventory.MarkEpic
	case flows.AddChildren, flows.CloseIssue,
		flows.Retarget, flows.Ask, flows.UpdateBranch, flows.MergeUp, flows.AutoMerge, flows.AutoMergeOff, flows.Enqueue, flows.MergePull, flows.ClosePull, flows.OpenPull, flows.Mend:
		return true
	case flows.ReopenIssue:
		return e.Again
	}
	return false
}

// printChildren prints the phases and children of an epic that is to be made.
func (a *app) printChildren(e flows.Effect) {
	epic, ok := e.(flows.MakeIssue)
	if !ok || epic.Mark.Kind != inventory.MarkEpic {
		return
	}
	list := checklist.Parse([]byte(epic.Body))
	phase := -1
	for _, c := range list.Children {
		if c.PhaseIndex != phase {
			phase = c.PhaseIndex
			fmt.Fprintf(a.out, "      %s\n", terminal.Clean(c.Phase))
		}
		fmt.Fprintf(a.out, "        #%d %s\n", c.Number, terminal.Clean(strings.TrimPrefix(c.Text, "- ")))
	}
}

// confirmed asks on a terminal; without one nothing is sent unless --yes said so.
// list prints every line of a plan that was shown in short; nil: it was shown whole.
func (a *app) confirmed(ctx context.Context, p orchestrator.Proposal, later string, list func()) (bool, error) {
	if a.opt.headless || a.opt.json || !a.asks() {
		return false, usageError{errors.New("nothing was sent: without a terminal to ask at, --yes sends and --dry-run only shows")}
	}
	steps := 0
	for _, plan := range p.Plans {
		steps += len(plan.Steps)
	}
	for {
		choice := "[y/N]"
		if list != nil {
			choice = "[y/N/l: list every step]"
		}
		fmt.Fprintf(a.out, "Send these %s, %s%s? %s ", count(steps, "step"), count(p.Cost().Tasks, "task"), later, choice)
		line, err := a.answer(ctx)
		if err != nil {
			return false, err
		}
		switch answer := strings.ToLower(strings.TrimSpace(line)); {
		case answer == "y", answer == "yes":
			return true, nil
		case list != nil && (answer == "l" || answer == "list"):
			list()
			list = nil
		default:
			fmt.Fprintln(a.out, "nothing was sent")
			return false, nil
		}
	}
}

func repositories(n int) string {
	if n == 1 {
		return "1 repository"
	}
	return fmt.Sprintf("%d repositories", n)
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
