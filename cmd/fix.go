package cmd

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/flows/execute"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
)

// fixOptions say what is to be fixed on which pull request.
type fixOptions struct {
	sendOptions
	execute.Fix
}

func newFix(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "fix",
		Short: "Unstick one pull request by hand: reviews, conflicts, threads",
		Long: `Does on one pull request, on your word, what watching does by its rules. PR is #12
with --repo, NAME#12, OWNER/NAME#12 or a URL. What is asked of an agent is counted
in the journal, whoever asked.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return usageError{errors.New("what is to be fixed? reviews, conflicts or threads")}
		},
	}
	add := func(what execute.FixWhat, short string, flags func(*cobra.Command, *fixOptions)) {
		o := fixOptions{Fix: execute.Fix{What: what}}
		sub := &cobra.Command{Use: string(what) + " PR", Short: short, Args: exactly(1),
			Example: fmt.Sprintf("  core dev fix %s NAME#288 --dry-run", what),
			RunE:    func(c *cobra.Command, args []string) error { return a.fix(c.Context(), args[0], o) }}
		o.flags(sub)
		flags(sub, &o)
		c.AddCommand(sub)
	}
	again := func(c *cobra.Command, o *fixOptions) {
		c.Flags().BoolVar(&o.Again, "again", false, "ask although a request stands unanswered")
	}
	add(execute.FixReviews, `Ask the agent: "Can you fix the code reviews?"`, again)
	add(execute.FixConflicts, `Ask the agent: "Can you fix the merge conflict?"`, func(c *cobra.Command, o *fixOptions) {
		again(c, o)
		c.Flags().BoolVar(&o.Here, "here", false, "merge the base in a worktree here instead (the stuck flow)")
	})
	add(execute.FixThreads, "Resolve the review threads that the agent has answered", func(c *cobra.Command, o *fixOptions) {
		c.Flags().BoolVar(&o.All, "all", false, "resolve every thread that stands, answered or not")
	})
	return c
}

// fix plans, shows, asks, applies.
func (a *app) fix(ctx context.Context, arg string, o fixOptions) error {
	if err := a.ready(ctx, o.sendOptions); err != nil {
		return err
	}
	ref, err := a.ref(arg)
	if err != nil {
		return err
	}
	if ref.Repo.IsZero() {
		return usageError{fmt.Errorf("%q names no repository: add --repo, or write NAME#%d", arg, ref.Number)}
	}
	if err := a.widen(ref.Repo); err != nil {
		return err
	}
	defer a.printStats(ctx)
	l, w, err := a.lookAtPull(ctx, ref, o.dryRun)
	if err != nil {
		return err
	}
	o.Pull, o.Patience = ref, l.patience()
	plan, err := o.Plan(w)
	if err != nil {
		return err
	}
	p := a.proposal(fmt.Sprintf("core dev fix %s %s", o.What, ref), plan)
	d := newDelivery()
	err = a.send(ctx, l, p, o.sendOptions, d, func(e *orchestrator.Applier) error { return e.Apply(ctx, p) })
	d.said = fmt.Sprintf("fixed what could be of %s", ref)
	return d.end(a, err)
}

// lookAtPull reads the fleet and one pull request of it, whether it belongs to a
// child or not.
func (a *app) lookAtPull(ctx context.Context, ref inventory.Ref, dryRun bool) (*look, flows.World, error) {
	l, err := a.look(ctx)
	if err != nil {
		return nil, flows.World{}, err
	}
	row, ok := l.fleet.Row(ref.Repo)
	if !ok {
		return nil, flows.World{}, hinted{notFound{ref.Repo.String() + " is not part of the fleet"}, "add it to .core/inventory.yaml"}
	}
	ref.Repo = row.Repo.Ref
	x := execute.Watch{Epics: execute.Epics(l.world(), []inventory.RepoRef{ref.Repo}), Repos: []inventory.RepoRef{ref.Repo}}
	w, err := a.readWork(ctx, l, x, []inventory.Ref{ref}, dryRun)
	return l, w, err
}
