package cmd

import (
	"github.com/spf13/cobra"

	"github.com/dappcore/core-dev/flows/onboard"
)

func newAudit(a *app) *cobra.Command {
	o := onboardOptions{stages: onboard.Stages{Audit: true}, verb: "audit"}
	c := &cobra.Command{
		Use:   "audit REPO... | --tier N | --all",
		Short: "Turn the findings of audit issues into issues",
		Long: `Reads the open audit issues of repositories (titles with "[Audit]" or "audit:", by
people who may write there) and makes an issue of every finding, with labels for
severity, type, scope and complexity. Where three or more findings in different
packages need the same kind of fix it makes a framework issue that blocks them.
Then each audit gets a comment that links what was made of it and is closed; one
without a finding is closed as not planned.

It costs no task. Every round is shown before it is sent; broken off, run it
again: it makes nothing twice. "core dev onboard" goes on from there.`,
		Example: `  core dev audit core --dry-run
  core dev audit --all --yes
  core dev audit findings body.md`,
		RunE:              func(c *cobra.Command, args []string) error { return a.onboard(c.Context(), args, o) },
		ValidArgsFunction: a.completeRepos,
	}
	o.choose(c)
	c.AddCommand(newAuditFindings(a))
	return c
}
