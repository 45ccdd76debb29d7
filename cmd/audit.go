package cmd

import "github.com/spf13/cobra"

func newAudit(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "audit",
		Short: "Read audit issues and what they found",
		Args:  noArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newAuditFindings(a))
	return c
}
