package cmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/dappcore/core-dev/internal/terminal"
	"github.com/dappcore/core-dev/inventory/checklist"
)

// maxBody is how much of a file is read as an issue body: GitHub's own limit is
// 65,536 characters, at most four bytes each; a little more is let through so
// that a body can be checked before it is cut.
const maxBody = 1 << 20

func newChecklist(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "checklist [FILE|-]",
		Short: "Read the task list of an issue body as GitHub would",
		Long: `Reads an issue body (standard input, or a file) and lists its task items,
the children among them, and the phases they stand under. Task items are
exactly those GitHub makes checkboxes of. Needs no GitHub and no .core/.`,
		Example: "  gh issue view 118 --json body --jq .body | core dev checklist\n  core dev checklist body.md --json",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			body, err := a.readBody(c.Context(), args)
			if err != nil {
				return err
			}
			return a.printChecklist(checklist.Parse(body))
		},
	}
	c.AddCommand(&cobra.Command{
		Use:   "tick REF [FILE|-]",
		Short: "Print the body with the box of one child ticked",
		Long: `Prints the body with one byte changed: the box of REF (#12, owner/name#12 or
a URL, as the list writes it). A box that is ticked already changes nothing. A
child that is not there, or is there more than once, is an error.`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(c *cobra.Command, args []string) error {
			ref, err := checklist.ParseReference(args[0])
			if err != nil {
				return usageError{err}
			}
			body, err := a.readBody(c.Context(), args[1:])
			if err != nil {
				return err
			}
			ticked, err := checklist.Tick(body, ref)
			if errors.Is(err, checklist.ErrAbsent) || errors.Is(err, checklist.ErrAmbiguous) {
				return notFound{args[0] + ": " + err.Error()}
			}
			if err != nil {
				return err
			}
			_, err = a.out.Write(ticked)
			return err
		},
	})
	return c
}

func (a *app) readBody(ctx context.Context, args []string) ([]byte, error) {
	from, name := a.in, "standard input"
	if len(args) == 1 && args[0] != "-" {
		f, err := os.Open(args[0])
		if err != nil {
			return nil, err
		}
		defer f.Close()
		if info, err := f.Stat(); err == nil && info.IsDir() {
			return nil, notFound{args[0] + " is a folder, not a file with an issue's body"}
		}
		from, name = f, args[0]
	}
	body, err := await(ctx, func() ([]byte, error) { return io.ReadAll(io.LimitReader(from, maxBody+1)) })
	if err != nil {
		return nil, err
	}
	if len(body) > maxBody {
		return nil, fmt.Errorf("%s is longer than any issue body can be", name)
	}
	if len(bytes.TrimSpace(body)) == 0 {
		a.notice("%s is empty", name)
	}
	return body, nil
}

func (a *app) printChecklist(l checklist.List) error {
	if a.opt.json {
		return a.printJSON(l)
	}
	for k, p := range l.Phases {
		if p.Name != "" {
			fmt.Fprintf(a.out, "%s  %d/%d\n", terminal.Clean(p.Name), p.Done, p.Total)
		}
		for _, c := range l.Children {
			if c.PhaseIndex != k {
				continue
			}
			box := "[ ]"
			if c.Checked {
				box = "[x]"
			}
			fmt.Fprintf(a.out, "  %s %s  line %d  %s\n", box, c.Ref(), c.Line, terminal.Clean(c.Text))
		}
	}
	fmt.Fprintf(a.out, "%s, %d checked; %d name an issue and so a child, %d do not\n", count(l.Items, "task item"), l.Checked, len(l.Children), l.Items-len(l.Children))
	return nil
}
