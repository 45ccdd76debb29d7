package cmd

import (
	"github.com/spf13/cobra"

	"github.com/dappcore/core-dev/flows/onboard"
)

func newEpicCreate(a *app) *cobra.Command {
	o := onboardOptions{stages: onboard.Stages{Organise: true}, verb: "epic create"}
	c := &cobra.Command{
		Use:   "create REPO... | --tier N | --all",
		Short: "Organise open issues into epics with phases and a branch",
		Long: `Takes the open issues of a repository that no epic lists, and adds them to the open
epic of their theme, or makes epics of them: one for the repository where they
came from few audits, epics by theme of 3 to 10 children where they are many.
Children get a comment and GitHub's own sub-issue link, the epic its branch.

Fewer than three issues make no epic; with --direct each of them is dispatched by
itself, the default branch its target. That costs a task each, nothing else does. A feature among them needs the owner's
word: --include-feat.`,
		Example: `  core dev epic create core --dry-run
  core dev epic create core --direct
  core dev epic create core --direct --include-feat 12`,
		RunE:              func(c *cobra.Command, args []string) error { return a.onboard(c.Context(), args, o) },
		ValidArgsFunction: a.completeRepos,
	}
	o.choose(c)
	o.features(c)
	c.Flags().BoolVar(&o.stages.Direct, "direct", false, "dispatch issues that are too few for an epic (a task each)")
	return c
}
