package cmd

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/dappcore/core-dev/orchestrator"
)

func newUndo(a *app) *cobra.Command {
	var (
		o   sendOptions
		run bool
	)
	c := &cobra.Command{
		Use:   "undo [PLAN]",
		Short: "Take a plan, or a whole run, back, as far as it can be",
		Long: `Takes back what a plan did: the newest of which something can be taken back, or the
one named ("core dev log" lists them). Labels come off, comments of ours are deleted by
their ids, a branch is deleted while it stands at the commit it was made at and
nobody was sent to it since; an issue that was made is closed as not planned (the
next audit, epic create or onboard opens it again), one that was closed is opened,
and ties between issues are undone. A child that was
dispatched again since the plan was shown is left alone. It says what
cannot be taken back: a task stays spent, a label and a checklist's lines stay.
A push to a branch in the moment between the last look and its deletion goes with
it. What stays is listed, and the plan then counts as taken
back in part. Run again, it goes on with the plan before. It is a plan itself, shown first, and written to the journal; named, it is taken
back as well: a comment of ours gets a new id, a branch is made where it stood, and
an agent's label stays off, as it would cost another task.

With --run it takes back all that the newest run of a command did, every round and
repository of an onboarding, or the run of the plan named: newest first, as one
proposal, an undo a plan. One that fails keeps older ones of the same repository
from being taken back; run it again, or go on with "core dev apply --resume".`,
		Example: `  core dev undo --dry-run
  core dev undo --run --dry-run
  core dev undo 20260204T100000.000Z-k3v9qa --yes`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: a.completePlans,
		RunE: func(c *cobra.Command, args []string) error {
			id, err := a.planNamed(args)
			if err != nil {
				return err
			}
			if run {
				return a.undoRun(c.Context(), id, o)
			}
			return a.undo(c.Context(), id, o)
		},
	}
	c.Flags().BoolVar(&run, "run", false, "all that the run of a command did, with all its rounds")
	o.flags(c)
	return c
}

func (a *app) undo(ctx context.Context, id string, o sendOptions) error {
	l, engine, err := a.undoing(ctx, o)
	if err != nil {
		return err
	}
	defer a.printStats(ctx)
	plan, err := engine.Undo(id)
	if err != nil {
		return a.cannotUndo(err)
	}
	d := newDelivery()
	p := a.proposal("core dev undo "+plan.Target, plan)
	return d.end(a, a.send(ctx, l, p, o, d, func(e *orchestrator.Applier) error {
		if err := e.Apply(ctx, p); err != nil {
			return err
		}
		back, err := e.TakenBack(plan.Target, p.ID)
		d.said = "taken back: plan " + plan.Target
		if back.Partly() {
			d.said = back.String() + " of plan " + plan.Target + "; what stays is listed above"
		}
		return err
	}))
}

// undoRun takes back every plan of a run.
func (a *app) undoRun(ctx context.Context, id string, o sendOptions) error {
	l, engine, err := a.undoing(ctx, o)
	if err != nil {
		return err
	}
	defer a.printStats(ctx)
	run, plans, err := engine.UndoRun(id)
	if err != nil {
		return a.cannotUndo(err)
	}
	d := newDelivery()
	p := a.proposal("core dev undo --run "+plans[0].Target, plans...)
	return d.end(a, a.send(ctx, l, p, o, d, func(e *orchestrator.Applier) error {
		if err := e.Apply(ctx, p); err != nil {
			return err
		}
		var sum orchestrator.TakenBack
		for k, plan := range plans {
			if len(plan.Steps) == 0 { // it was not sent
				continue
			}
			back, err := e.TakenBack(plan.Target, p.PlanID(k))
			if err != nil {
				return err
			}
			sum.Steps, sum.Of = sum.Steps+back.Steps, sum.Of+back.Of
		}
		d.said = fmt.Sprintf("taken back: run %s, %s", run, count(len(plans), "plan"))
		if sum.Partly() {
			d.said = fmt.Sprintf("%s of run %s, %s; what stays is listed above", sum, run, count(len(plans), "plan"))
		}
		return nil
	}))
}

// undoing is what an undo begins with.
func (a *app) undoing(ctx context.Context, o sendOptions) (*look, *orchestrator.Applier, error) {
	if _, err := a.writable(); err != nil {
		return nil, nil, err
	}
	if err := a.ready(ctx, o); err != nil {
		return nil, nil, err
	}
	l, err := a.look(ctx)
	if err != nil {
		return nil, nil, err
	}
	engine, err := a.applier(ctx, l, nil)
	return l, engine, err
}

// cannotUndo adds to an error how to go on where a plan is open.
func (a *app) cannotUndo(err error) error {
	var cannot *orchestrator.CannotUndo
	if text := a.openLine(); errors.As(err, &cannot) && text != "" {
		return hinted{err, text + "; undo --yes settles it first"}
	}
	return err
}
