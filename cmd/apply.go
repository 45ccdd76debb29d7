package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/internal/terminal"
	"github.com/dappcore/core-dev/orchestrator"
)

func newApply(a *app) *cobra.Command {
	var (
		o      sendOptions
		resume bool
	)
	c := &cobra.Command{
		Use:   "apply --resume [PLAN]",
		Short: "Go on with a plan that an earlier run left open",
		Long: `Goes on with the plan of an earlier run that was stopped, paused or killed: the
newest, with the others that were approved together with it, or the one named
("core dev log" lists them). It finds out what became of the step that was under
way, prints what is left to do, asks, and carries
out the remaining steps, each checked again. A plan that the world contradicts
meanwhile ends as stale.

Any other command that writes settles such a plan instead, once its own plan is
approved: what was spent is written down, what was not is given back, and the
plan ends there.

A plan of onboard, audit or epic create is one round of it: the command that later
rounds follow by is named.`,
		Example: `  core dev apply --resume --dry-run
  core dev apply --resume --yes`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: a.completePlans,
		RunE: func(c *cobra.Command, args []string) error {
			if !resume {
				return usageError{errors.New("what shall be applied? --resume goes on with a plan that was left open")}
			}
			id, err := a.planNamed(args)
			if err != nil {
				return err
			}
			return a.goOn(c.Context(), id, o)
		},
	}
	c.Flags().BoolVar(&resume, "resume", false, "go on with a plan that was left open")
	o.flags(c)
	return c
}

func (a *app) goOn(ctx context.Context, id string, o sendOptions) error {
	o.resumes = true
	if err := a.ready(ctx, o); err != nil {
		return err
	}
	if _, err := a.writable(); err != nil {
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
	left, err := engine.Rest(id)
	if err != nil {
		return err
	}
	if left, err = engine.Onlook(ctx, left); err != nil {
		return err
	}
	d := newDelivery()
	var ids, found, again []string
	var plans []flows.Plan
	held := 0
	for _, r := range left {
		ids, plans = append(ids, r.ID), append(plans, r.Plan)
		held += r.Held
		if inRounds(r.Command) && !slices.Contains(again, r.Command) {
			again = append(again, r.Command)
		}
		for _, f := range r.Found {
			found = append(found, "was under way: "+f.Step.Effect.Kind()+" "+f.Step.Effect.Target()+", "+foundText(f))
		}
	}
	if held > 0 {
		found = append(found, count(held, "task")+" of it already reserved (held)")
	}
	for k, command := range again {
		again[k] = "later rounds follow by running it again: " + a.called(terminal.Clean(command))
	}
	o.further = strings.Join(append(found, again...), "\n")
	p := a.proposal(strings.TrimSpace("core dev apply --resume "+id), plans...)
	p.ID = ids[0]
	err = a.send(ctx, l, p, o, d, func(e *orchestrator.Applier) error { return e.Resume(ctx, ids...) })
	if err == nil && d.shape.Sent && len(again) > 0 {
		d.said = strings.Join(append([]string{fmt.Sprintf("dispatched %d", d.tasks)}, again...), "\n")
	}
	return d.end(a, err)
}

// inRounds tells whether a command goes in rounds, so that a plan of it is not all
// there is to it.
func inRounds(command string) bool {
	return slices.ContainsFunc([]string{"core dev onboard ", "core dev audit ", "core dev epic create "}, func(s string) bool {
		return strings.HasPrefix(command, s)
	})
}

// foundText is what a look shows of a step that was under way.
func foundText(f orchestrator.Found) string {
	switch {
	case f.Err != nil:
		return "and what became of it could not be seen: " + terminal.Clean(f.Err.Error())
	case f.Landed:
		return "and landed (" + terminal.Clean(f.Detail) + "): it is not sent again"
	}
	return "and has not landed; it may until " + f.Until.UTC().Format("15:04:05Z") + ", which is waited for before it is sent again"
}
