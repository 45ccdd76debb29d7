package cmd

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/flows/execute"
	"github.com/dappcore/core-dev/internal/terminal"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
)

type dispatchOptions struct {
	epic        inventory.Ref
	max         int
	feat        []string
	dryRun, yes bool
}

// dispatchEpic plans, shows, asks, applies.
func (a *app) dispatchEpic(ctx context.Context, arg string, o dispatchOptions) error {
	if !o.dryRun && !a.opt.demo { // the demo makes its folder itself
		if _, err := a.writable(); err != nil {
			return err
		}
	}
	if !o.dryRun {
		if err := a.settle(ctx); err != nil {
			return err
		}
	}
	l, epic, err := a.lookAtEpic(ctx, arg)
	if err != nil {
		return err
	}
	o.epic = epic.Ref
	defer a.printStats(ctx)
	return a.dispatch(ctx, l, o)
}

// epic finds an epic; what is none is explained.
func (l *look) epic(ref inventory.Ref) (*inventory.Epic, error) {
	if e, ok := l.fleet.Epic(ref); ok {
		return e, nil
	}
	if r, ok := l.snap.Repo(ref.Repo); ok && r.Problem != nil {
		return nil, hinted{notFound{ref.Repo.String() + ": " + r.Problem.Message}, r.Problem.Hint}
	} else if !ok {
		return nil, notFound{ref.Repo.String() + " is not part of the fleet"}
	}
	return nil, execute.WhyNoEpic(l.world(), ref)
}

func (l *look) world() flows.World {
	return flows.World{Snapshot: &l.snap, Fleet: &l.fleet, Rules: l.rules, Records: l.records, Budget: l.budget, Now: l.budget.Now}
}

func (a *app) dispatch(ctx context.Context, l *look, o dispatchOptions) error {
	if err := l.allowFeatures(o); err != nil {
		return err
	}
	labels := map[string]string{}
	for _, g := range l.conf.Agents {
		if g.Kind == "label" {
			labels[g.Name] = g.Label
		}
	}
	plan, err := execute.Dispatch{Epic: o.epic, Max: o.max, Agent: l.conf.DefaultAgent, Labels: labels}.Plan(l.world())
	if err != nil {
		return err
	}
	proposal := orchestrator.Proposal{ID: orchestrator.NewID(a.now()), Plans: []flows.Plan{plan}, Command: o.command(), MadeAt: a.now()}
	shape := proposalShape{Version: shapeVersion, ID: proposal.ID, Plans: proposal.Plans, Results: []stepShape{}}
	if !a.opt.json {
		a.printPlan(l, plan)
	}
	switch {
	case len(plan.Steps) == 0 || o.dryRun:
		return a.ifJSON(shape)
	case !o.yes:
		if sent, err := a.confirmed(plan); err != nil || !sent {
			return err
		}
	}
	shape.Sent = true
	err = a.apply(ctx, l, proposal, func(e orchestrator.Event) {
		shape.Results = append(shape.Results, stepShape{e.Step.Effect.Kind(), e.Step.Effect.Target(), string(e.Outcome), e.Detail})
	})
	if a.opt.json {
		return errors.Join(err, a.printJSON(shape))
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(a.out, "dispatched %d\n", plan.Cost.Tasks)
	return nil
}

// apply sends a proposal, telling of every step.
func (a *app) apply(ctx context.Context, l *look, p orchestrator.Proposal, done func(orchestrator.Event)) error {
	engine, err := a.applier(ctx, l, a.telling(done))
	if err != nil {
		return err
	}
	return engine.Apply(ctx, p)
}

// telling prints each step, and each wait, and hands the steps on.
func (a *app) telling(done func(orchestrator.Event)) func(orchestrator.Event) {
	return func(e orchestrator.Event) {
		if e.Outcome == orchestrator.Waiting {
			a.tellWait(e)
			return
		}
		done(e)
		if !a.opt.json {
			a.tellStep(e)
		}
	}
}

// command is the dispatch as it is written on the command line.
func (o dispatchOptions) command() string {
	text := fmt.Sprintf("core dev epic %d --repo %s --dispatch", o.epic.Number, o.epic.Repo)
	if o.max > 0 {
		text += fmt.Sprintf(" --max %d", o.max)
	}
	for _, f := range o.feat {
		text += " --include-feat " + f
	}
	return text
}

func outcome(e orchestrator.Event) string {
	if e.Outcome == orchestrator.Skipped {
		return "skipped: " + e.Detail
	}
	return e.Detail
}

func (a *app) ifJSON(shape any) error {
	if a.opt.json {
		return a.printJSON(shape)
	}
	return nil
}

// allowFeatures takes the owner's word for feature children.
func (l *look) allowFeatures(o dispatchOptions) error {
	if len(o.feat) == 0 {
		return nil
	}
	epic, ok := l.fleet.Epic(o.epic)
	if !ok {
		return nil
	}
	l.rules.Feature = map[string]bool{}
	for _, f := range o.feat {
		ref, err := inventory.ParseRef(f, o.epic.Repo)
		if err != nil {
			return usageError{err}
		}
		found := false
		for _, c := range epic.Children {
			found = found || c.Ref.Key() == ref.Key()
		}
		if !found {
			return usageError{fmt.Errorf("--include-feat %s: the epic has no such child", f)}
		}
		l.rules.Feature[ref.Key()] = true
	}
	l.assess()
	return nil
}

// printPlan is the preview: nothing was sent yet.
func (a *app) printPlan(l *look, p flows.Plan) {
	st := l.budget.Status()
	fmt.Fprintf(a.out, "%s %s: preview, nothing sent yet\n", p.Flow, p.Target)
	if len(p.Steps) == 0 {
		fmt.Fprintln(a.out, "nothing to do")
	} else {
		fmt.Fprintf(a.out, "%s of %d left today, %d requests\n", count(p.Cost.Tasks, "task"), st.UsableRemaining, p.Cost.Requests)
	}
	t := a.table()
	for k, s := range p.Steps {
		cost := ""
		if f, ok := s.Effect.(flows.AddLabel); ok && f.Spends {
			cost = "1 task"
		}
		t.Row(fmt.Sprintf("%3d", k+1), s.Effect.Kind(), s.Effect.Target(), s.Effect.Detail(), cost)
	}
	t.Flush()
	for _, s := range p.Skipped {
		fmt.Fprintf(a.out, "  skipped %s  %s\n", s.Target, terminal.Clean(s.Reason))
	}
}

// confirmed asks on a terminal; without one nothing is sent unless --yes said so.
func (a *app) confirmed(p flows.Plan) (bool, error) {
	if a.opt.headless || a.opt.json || !a.asks() {
		return false, usageError{errors.New("nothing was sent: without a terminal to ask at, --yes sends and --dry-run only shows")}
	}
	fmt.Fprintf(a.out, "Send these %d steps, %s? [y/N] ", len(p.Steps), count(p.Cost.Tasks, "task"))
	line, _ := bufio.NewReader(a.in).ReadString('\n')
	if answer := strings.ToLower(strings.TrimSpace(line)); answer != "y" && answer != "yes" {
		fmt.Fprintln(a.out, "nothing was sent")
		return false, nil
	}
	return true, nil
}

// checkHost refuses a folder whose ledger belongs to another GitHub.
func (a *app) checkHost() error {
	c, err := a.config()
	if err != nil {
		return err
	}
	d, err := a.dir()
	if err != nil || !d.Exists() {
		return err
	}
	return c.CheckHost(d, a.host())
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
