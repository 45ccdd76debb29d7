package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/internal/config"
	"github.com/dappcore/core-dev/internal/terminal"
)

// teamShape is the team, and what a command changes of it.
type teamShape struct {
	Version  int                   `json:"version"`
	Date     string                `json:"date"`    // UTC day of what is used
	Assumed  bool                  `json:"assumed"` // team.yaml names nobody
	Pool     int                   `json:"pool"`    // tasks a day, as all below
	Usable   int                   `json:"usable"`
	Members  []budget.MemberStatus `json:"members"` // as the file says now
	Stranded []budget.Stranded     `json:"stranded"`
	Unlisted []budget.Unlisted     `json:"unlisted"`
	Changes  []fileChangeShape     `json:"changes"`
	Written  bool                  `json:"written"`
	Notes    []string              `json:"notes"` // what the change means
	Next     []string              `json:"next"`  // command lines that go on from here
}

type fileChangeShape struct {
	File  string   `json:"file"`
	Lines []string `json:"lines"` // "- " and a line that goes, "+ " and one that comes
}

// teamChange is an edit of the team that is to be shown, asked about and made.
type teamChange struct {
	files []config.Change
	notes []string
	next  []string
}

func (a *app) shapeTeam(st budget.Status) (teamShape, error) {
	c, err := a.config()
	if err != nil {
		return teamShape{}, err
	}
	d, err := a.dir()
	if err != nil {
		return teamShape{}, err
	}
	team, err := config.ReadTeam(d, c.Owner(), "")
	return teamShape{Version: shapeVersion, Date: st.Date, Assumed: team.Assumed, Pool: st.Pool, Usable: st.Usable, Members: st.Members,
		Stranded: st.Stranded, Unlisted: st.Unlisted, Changes: []fileChangeShape{}, Notes: []string{}, Next: []string{}}, err
}

// teamFolder is the folder whose team is edited, and its settings.
func (a *app) teamFolder(o sendOptions) (config.Dir, *config.Config, error) {
	if o.dryRun && o.yes {
		return config.Dir{}, nil, usageError{errors.New("--dry-run changes nothing and --yes changes without asking: give one of them")}
	}
	c, err := a.config() // a new demo brings its files along
	if err != nil {
		return config.Dir{}, nil, err
	}
	d, err := a.writable()
	return d, c, err
}

// changeTeam shows a change of the files, asks, and makes it.
func (a *app) changeTeam(ctx context.Context, d config.Dir, t teamChange, o sendOptions) (written bool, err error) {
	t.files = slices.DeleteFunc(t.files, config.Change.Empty)
	if !a.opt.json {
		for _, f := range t.files {
			fmt.Fprintln(a.out, a.placed(".core/"+f.Name)+":")
			for _, line := range f.Lines() {
				fmt.Fprintln(a.out, "  "+line)
			}
		}
		for _, n := range t.notes {
			fmt.Fprintln(a.out, terminal.Clean(n))
		}
	}
	if !o.dryRun && !o.yes {
		if o.yes, err = a.confirmedFiles(ctx, len(t.files)); err != nil || !o.yes {
			return false, err
		}
	}
	if o.yes {
		// The last first: a member who is in team.yaml is not added again, so that goes
		// behind the repositories, and what was broken off between can be run again.
		for _, f := range slices.Backward(t.files) {
			if err := f.Make(d); err != nil {
				return written, err
			}
			written = true
		}
	}
	if !a.opt.json {
		if written {
			fmt.Fprintln(a.out, "written")
		}
		return written, nil
	}
	st, _, _, err := a.budgetFromFiles(1)
	if err != nil {
		return written, err
	}
	shape, err := a.shapeTeam(st)
	if err != nil {
		return written, err
	}
	shape.Written, shape.Notes, shape.Next = written, append(shape.Notes, t.notes...), append(shape.Next, t.next...)
	for _, f := range t.files {
		shape.Changes = append(shape.Changes, fileChangeShape{f.Name, f.Lines()})
	}
	return written, a.printJSON(shape)
}

// confirmedFiles asks on a terminal whether files shall be written.
func (a *app) confirmedFiles(ctx context.Context, n int) (bool, error) {
	if a.opt.headless || a.opt.json || !a.asks() {
		return false, usageError{errors.New("nothing was written: without a terminal to ask at, --yes writes and --dry-run only shows")}
	}
	fmt.Fprintf(a.out, "Write %s? [y/N] ", count(n, "file"))
	line, err := a.answer(ctx)
	if err != nil {
		return false, err
	}
	if answer := strings.ToLower(strings.TrimSpace(line)); answer == "y" || answer == "yes" {
		return true, nil
	}
	fmt.Fprintln(a.out, "nothing was written")
	return false, nil
}
