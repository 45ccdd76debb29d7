package cmd

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/dappcore/core-dev/orchestrator"
)

func newUndo(a *app) *cobra.Command {
	var o sendOptions
	c := &cobra.Command{
		Use:   "undo [PLAN]",
		Short: "Take a plan back, as far as it can be",
		Long: `Takes back what a plan did: the newest that left something, or the one named
("core dev log" lists them). Labels come off, comments of ours are deleted by
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
an agent's label stays off, as it would cost another task.`,
		Example: `  core dev undo --dry-run
  core dev undo 20260204T100000.000Z-k3v9qa --yes`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: a.completePlans,
		RunE: func(c *cobra.Command, args []string) error {
			id, err := a.planNamed(args)
			if err != nil {
				return err
			}
			return a.undo(c.Context(), id, o)
		},
	}
	o.flags(c)
	return c
}

func (a *app) undo(ctx context.Context, id string, o sendOptions) error {
	if _, err := a.writable(); err != nil {
		return err
	}
	if err := a.ready(ctx, o); err != nil {
		return err
	}
	l, err := a.look(ctx)
	if err != nil {
		return err
	}
	defer a.printStats(ctx)
	engine, err := a.applier(ctx, l, nil)
	if err != nil {
		return err
	}
	plan, err := engine.Undo(id)
	var cannot *orchestrator.CannotUndo
	if text := a.openLine(); errors.As(err, &cannot) && text != "" {
		return hinted{err, text + "; undo --yes settles it first"}
	}
	if err != nil {
		return err
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
