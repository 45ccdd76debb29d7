package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dappcore/core-dev/internal/terminal"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
)

func newWhy(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "why REF",
		Short: "Why an issue or pull request is (not) READY, dispatched, merged",
		Long: `Says what an issue or pull request is to the fleet and what that rests on.
For what onboarding made it follows the ties: an audit to the issues made from it,
an issue to its audit, its framework issue and its epic, an epic to its audits.
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
	if err := a.readClosed(ctx, l, ref); err != nil {
		return err
	}
	x := inventory.Explain(&l.snap, &l.fleet, l.rules, l.records, ref)
	if x.Kind == "unknown" {
		return notFound{x.Ref.String() + ": " + x.Answer}
	}
	if a.opt.json {
		return a.printJSON(whyShape{shapeVersion, x.Ref.String(), x.Kind, x.Title, x.Verdict, x.Answer, x.Facts, shapeTies(x.Ties)})
	}
	fmt.Fprintf(a.out, "%s  %s\n%s\n", x.Ref, terminal.Clean(x.Title), terminal.Clean(strings.ToUpper(x.Answer[:1])+x.Answer[1:]))
	for _, f := range x.Facts {
		fmt.Fprintln(a.out, "  "+terminal.Clean(f))
	}
	for _, t := range x.Ties {
		fmt.Fprintln(a.out, "  "+terminal.Clean(t.Text()))
	}
	return nil
}

// readClosed reads an issue that no look holds since it is closed and no open epic
// lists it, an audit that is done with for one: its structure, not its body.
func (a *app) readClosed(ctx context.Context, l *look, ref inventory.Ref) error {
	if _, ok := l.snap.Find(ref); ok {
		return nil
	}
	for k := range l.snap.Repos {
		r := &l.snap.Repos[k]
		if !r.Ref.Same(ref.Repo) || slices.ContainsFunc(r.Pulls, func(p inventory.Pull) bool { return p.Ref.Number == ref.Number }) {
			continue
		}
		hub, err := a.client(ctx)
		if err != nil {
			return err
		}
		i, err := hub.Look(ctx, inventory.Ref{Repo: r.Ref, Number: ref.Number})
		var gone orchestrator.Gone
		switch {
		case errors.As(err, &gone) && gone.Gone():
			return nil
		case err != nil:
			return err
		}
		i.Body = ""
		r.Issues = append(r.Issues, i)
	}
	return nil
}

func shapeTies(list []inventory.Tie) []tieShape {
	out := []tieShape{}
	for _, t := range list {
		out = append(out, tieShape{string(t.Kind), t.Ref.String(), t.State, t.Detail})
	}
	return out
}
