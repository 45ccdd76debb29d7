package cmd

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dappcore/core-dev/internal/terminal"
	"github.com/dappcore/core-dev/inventory"
)

func newWhy(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "why REF",
		Short: "Why an issue or pull request is (not) READY, dispatched, merged",
		Long: `Says what an issue or pull request is to the fleet and what that rests on.
REF is #12 with --repo, NAME#12, OWNER/NAME#12 or a URL.`,
		Args: exactly(1),
		RunE: func(c *cobra.Command, args []string) error { return a.why(c.Context(), args[0]) },
	}
}

func (a *app) why(ctx context.Context, arg string) error {
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
	l, err := a.look(ctx)
	if err != nil {
		return err
	}
	if err := a.readBlockers(ctx, l, ref); err != nil {
		return err
	}
	defer a.printStats(ctx)
	x := inventory.Explain(&l.snap, &l.fleet, l.rules, l.records, ref)
	if x.Kind == "unknown" {
		return notFound{x.Ref.String() + ": " + x.Answer}
	}
	if a.opt.json {
		return a.printJSON(whyShape{shapeVersion, x.Ref.String(), x.Kind, x.Title, x.Verdict, x.Answer, x.Facts})
	}
	fmt.Fprintf(a.out, "%s  %s\n%s\n", x.Ref, terminal.Clean(x.Title), terminal.Clean(strings.ToUpper(x.Answer[:1])+x.Answer[1:]))
	for _, f := range x.Facts {
		fmt.Fprintln(a.out, "  "+terminal.Clean(f))
	}
	return nil
}
