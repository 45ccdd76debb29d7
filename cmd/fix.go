package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"

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
	epic inventory.Ref // whose pull request it has to be; zero: anybody's
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
	l, w, x, err := a.lookAtPull(ctx, ref, o.epic, o.dryRun)
	if err != nil {
		return err
	}
	o.Pull, o.Patience = ref, l.patience()
	plan, err := o.Plan(w)
	if err != nil {
		return err
	}
	if err := ownedBy(o.epic, x, w, ref); err != nil {
		return err
	}
	p := a.proposal(fmt.Sprintf("core dev fix %s %s", o.What, ref), plan)
	d := newDelivery()
	err = a.send(ctx, l, p, o.sendOptions, d, func(e *orchestrator.Applier) error { return e.Apply(ctx, p) })
	d.said = fmt.Sprintf("fixed what could be of %s", ref)
	if slices.ContainsFunc(d.shape.Results, func(r stepShape) bool {
		return r.Kind == flows.Ask{}.Kind() && r.Outcome == string(orchestrator.Done)
	}) {
		d.said = "asked; the next look sees the answer"
	}
	return d.end(a, err)
}

// ownedBy refuses a pull request that is not the epic's that was named.
func ownedBy(epic inventory.Ref, x execute.Watch, w flows.World, pull inventory.Ref) error {
	if epic.Number == 0 {
		return nil
	}
	switch owner, ok := x.Owner(w, pull); {
	case !ok:
		return hinted{notFound{fmt.Sprintf("%s belongs to no epic, so not to %s", pull, epic.From(pull.Repo))}, fmt.Sprintf("core dev fix threads %s resolves its threads all the same", pull)}
	case owner.Key() != epic.Key():
		return hinted{notFound{fmt.Sprintf("%s belongs to epic %s, not to %s", pull, owner.From(pull.Repo), epic.From(pull.Repo))},
			fmt.Sprintf("core dev epic %d --repo %s --resolve %s", owner.Number, owner.Repo, pull.From(owner.Repo))}
	}
	return nil
}

// lookAtPull reads the fleet and one pull request of it, whether it belongs to a
// child or not; epic: with what is followed of that one; zero: of none besides.
func (a *app) lookAtPull(ctx context.Context, ref, epic inventory.Ref, dryRun bool) (*look, flows.World, execute.Watch, error) {
	var x execute.Watch
	l, err := a.look(ctx)
	if err != nil {
		return nil, flows.World{}, x, err
	}
	row, ok := l.fleet.Row(ref.Repo)
	if !ok {
		return nil, flows.World{}, x, hinted{notFound{ref.Repo.String() + " is not part of the fleet"}, "add it to .core/inventory.yaml"}
	}
	ref.Repo = row.Repo.Ref
	x = execute.Watch{Epics: execute.Epics(l.world(), []inventory.RepoRef{ref.Repo}), Repos: []inventory.RepoRef{ref.Repo}}
	if epic.Number != 0 && !slices.ContainsFunc(x.Epics, func(e inventory.Ref) bool { return e.Key() == epic.Key() }) {
		x.Epics = append(x.Epics, epic) // of another repository, with a child in this one
	}
	w, err := a.readWork(ctx, l, x, []inventory.Ref{ref}, dryRun)
	return l, w, x, err
}
