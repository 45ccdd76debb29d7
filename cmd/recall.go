package cmd

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/flows/execute"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
)

func newRecall(a *app) *cobra.Command {
	var o sendOptions
	c := &cobra.Command{
		Use:   "recall REF",
		Short: "Take a dispatch back: the child may be READY again",
		Long: `Takes the agent's label off a child, comments that it was taken back, and notes
the recall, so that the child may be READY again. The task that was spent stays
spent: dispatching the child again costs another one. A dispatch that was made
since the plan was shown is left alone. With "claims: refs" it
frees the claim of a child that is not dispatched: a machine that does not come
back may have left it. It says who made the claim and when; one of the last minutes
is not freed.`,
		Example: `  core dev recall core#112 --dry-run`,
		Args:    exactly(1),

		ValidArgsFunction: completeNothing,
		RunE:              func(c *cobra.Command, args []string) error { return a.recall(c.Context(), args[0], o) },
	}
	o.flags(c)
	return c
}

func (a *app) recall(ctx context.Context, arg string, o sendOptions) error {
	if err := a.ready(ctx, o); err != nil {
		return err
	}
	ref, err := a.ref(arg)
	if err != nil {
		return err
	}
	if ref.Repo.IsZero() {
		return usageError{fmt.Errorf("%q names no repository: add --repo, or write NAME#%d", arg, ref.Number)}
	}
	l, err := a.look(ctx)
	if err != nil {
		return err
	}
	defer a.printStats(ctx)
	r := execute.Recall{Child: ref, Lives: orchestrator.Lives(l.conf.QuietPeriod)}
	if r.Claim, err = a.claimOf(ctx, l, ref); err != nil {
		return err
	}
	plan, err := r.Plan(l.world())
	if err != nil {
		return err
	}
	d := newDelivery()
	d.said = "taken back: " + ref.String()
	p := a.proposal("core dev recall "+ref.String(), plan)
	return d.end(a, a.send(ctx, l, p, o, d, func(e *orchestrator.Applier) error { return e.Apply(ctx, p) }))
}

// claimOf asks who claimed the child's next attempt, where claims are made.
func (a *app) claimOf(ctx context.Context, l *look, ref inventory.Ref) (inventory.Claim, error) {
	issue, ok := l.snap.Find(ref)
	if !ok || !l.claims() {
		return inventory.Claim{}, nil
	}
	hub, err := a.client(ctx)
	if err != nil {
		return inventory.Claim{}, err
	}
	return hub.Claim(ctx, issue.Ref.Repo, flows.ClaimRef(issue.Ref, inventory.NextAttempt(issue, l.rules)))
}
