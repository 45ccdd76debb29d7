package cmd

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dappcore/core-dev/internal/config"
	"github.com/dappcore/core-dev/internal/terminal"
	"github.com/dappcore/core-dev/inventory"
)

func newEpic(a *app) *cobra.Command {
	var (
		send bool
		o    dispatchOptions
		feat []string
		does followOptions
	)
	c := &cobra.Command{
		Use:   "epic N",
		Short: "Epics: list, show, create, dispatch an open phase, follow to the end",
		Long: `Shows an epic with its phases and children and says of every child why it is,
or is not, READY. With --dispatch it hands the READY children of the open
phases to their agents: it prints the plan and its cost, asks, and then for
each child reserves a task, comments the target branch, puts the agent's label
on and writes the line in dispatch.log. One label costs one task.

--sync ticks the checklist by what is closed. --unstick gets its pull requests
moving: retargets, asks the agent, resolves what was answered, updates. --resolve PR
resolves the threads of one that were answered. --watch follows the epic to its
end, as "core dev watch" does all of them.`,
		Example: `  core dev epic list
  core dev epic 118 --repo NAME
  core dev epic 118 --repo NAME --dispatch --dry-run
  core dev epic 118 --repo NAME --dispatch --max 1 --yes
  core dev epic 118 --repo NAME --watch --yes`,
		Args:              exactly(1),
		ValidArgsFunction: a.completeEpics,
		RunE: func(c *cobra.Command, args []string) error {
			c.SuggestionsMinimumDistance = 2
			if near := c.SuggestionsFor(args[0]); len(near) > 0 && !strings.ContainsAny(args[0], "0123456789") {
				return usageError{errUnknownCommand(c, args[0])}
			}
			switch env, _ := a.env("CORE_SPEED"); { // the variable stands for every command
			case len(feat) > 0 && !send:
				return usageError{errors.New("--include-feat goes with --dispatch")}
			case c.Flags().Changed("speed") && env == "" && !does.watch:
				return usageError{errors.New("--speed goes with --watch")}
			}
			if done, err := a.followEpic(c, args[0], does, send, o.sendOptions, o.max); done {
				return err
			}
			if !send {
				if o.max != 0 || o.dryRun || o.yes {
					return usageError{errors.New("--dry-run and --yes go with --dispatch, --sync, --unstick, --resolve or --watch; --max with --dispatch or --watch")}
				}
				return a.showEpic(c.Context(), args[0])
			}
			if c.Flags().Changed("max") && o.max < 1 {
				return usageError{fmt.Errorf("--max %d: give the number of children to dispatch at the most, from 1", o.max)}
			}
			o.feat = feat
			return a.dispatchEpic(c.Context(), args[0], o)
		},
	}
	f := c.Flags()
	f.BoolVar(&send, "dispatch", false, "hand the open phase to the agents (a task a child)")
	f.IntVar(&o.max, "max", 0, "children at the most (default: all that are READY)")
	o.flags(c)
	does.flags(c)
	a.speedFlag(c)
	f.StringSliceVar(&feat, "include-feat", nil, "the owner's word for this feat( child (may be repeated)")
	c.AddCommand(
		newEpicCreate(a),
		&cobra.Command{Use: "list", Short: "Every open epic with its phases", Args: noArgs, RunE: func(c *cobra.Command, _ []string) error {
			return a.listEpics(c.Context())
		}},
		&cobra.Command{Use: "show N", Short: "One epic: phases, children, and why each is (not) READY", Args: exactly(1), ValidArgsFunction: a.completeEpics, RunE: func(c *cobra.Command, args []string) error {
			return a.showEpic(c.Context(), args[0])
		}},
	)
	return c
}

func (a *app) listEpics(ctx context.Context) error {
	l, err := a.look(ctx)
	if err != nil {
		return err
	}
	defer a.printStats(ctx)
	if a.opt.json {
		return a.printJSON(epicsShape{Version: shapeVersion, TakenAt: l.snap.TakenAt.UTC(), Epics: shapeEpics(&l.fleet, false)})
	}
	a.noteProblems(l)
	if len(l.fleet.Epics) == 0 {
		fmt.Fprintln(a.out, "no open epic: stage 2 (organise) makes them")
		return nil
	}
	a.printEpics(l)
	return nil
}

func (a *app) printEpics(l *look) {
	t := a.table("EPIC", "TITLE", "PHASE", "#DONE", "#OF", "#RDY", "BRANCH")
	for k := range l.fleet.Epics {
		e := &l.fleet.Epics[k]
		branch := e.Branch.Name
		if e.Branch.Head == "" {
			branch += " (missing)"
		}
		t.Row(a.repoName(l, e.Ref.Repo)+"#"+strconv.Itoa(e.Ref.Number), title(e.Title), title(openPhase(e)), strconv.Itoa(e.Done()), strconv.Itoa(len(e.Children)), dash(len(e.Ready())), branch)
	}
	t.Flush()
}

// openPhase names the first unfinished phase that is open.
func openPhase(e *inventory.Epic) string {
	for _, p := range e.Phases {
		if p.Open && !p.Finished() {
			if p.Name == "" {
				return "-"
			}
			return p.Name
		}
	}
	return "finished"
}

func (a *app) showEpic(ctx context.Context, arg string) error {
	_, epic, err := a.lookAtEpic(ctx, arg)
	if err != nil {
		return err
	}
	defer a.printStats(ctx)
	if a.opt.json {
		return a.printJSON(epicShowShape{Version: shapeVersion, epicShape: shapeEpic(epic, true)})
	}
	fmt.Fprintf(a.out, "%s  %s\n", epic.Ref, terminal.Clean(epic.Title))
	branch := epic.Branch.Name
	if epic.Branch.Head == "" {
		branch += " (missing: the dispatch makes it)"
	}
	fmt.Fprintf(a.out, "%d of %d children closed, %d READY, branch %s\n", epic.Done(), len(epic.Children), len(epic.Ready()), branch)
	for k, p := range epic.Phases {
		state := "waiting"
		switch {
		case p.Finished():
			state = "finished"
		case p.Open:
			state = "open"
		}
		fmt.Fprintf(a.out, "\n%s  %d/%d  %s\n", terminal.Clean(orWord(p.Name, "children")), p.Done, p.Total, state)
		t := a.table()
		for _, c := range epic.Children {
			if c.Phase != k {
				continue
			}
			box := "[ ]"
			if c.Checked {
				box = "[x]"
			}
			t.Row("  "+box, c.Ref.From(epic.Ref.Repo), string(c.Verdict.Code), title(c.Title), a.shortReason(c.Verdict))
		}
		t.Flush()
	}
	return nil
}

// shortReason leaves out what the verdict's word says already.
func (a *app) shortReason(v inventory.Verdict) string {
	switch v.Code {
	case inventory.CodeReady, inventory.CodeDone, inventory.CodePhase:
		return ""
	}
	return a.placed(v.Reason)
}

func orWord(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// lookAtEpic reads the fleet, or one repository of it, and finds the epic.
func (a *app) lookAtEpic(ctx context.Context, arg string) (*look, *inventory.Epic, error) {
	ref, err := a.ref(arg)
	if err != nil {
		return nil, nil, err
	}
	if err := a.widen(ref.Repo); err != nil {
		return nil, nil, err
	}
	l, err := a.look(ctx)
	if err != nil {
		return nil, nil, err
	}
	if ref.Repo.IsZero() {
		if ref, err = l.only(ref.Number); err != nil {
			return nil, nil, err
		}
	}
	if err := a.readBlockers(ctx, l, ref); err != nil {
		return nil, nil, err
	}
	epic, err := l.epic(ref)
	if err != nil {
		err = a.isClosedEpic(ctx, l, ref, err)
	}
	return l, epic, err
}

// widen looks at the whole fleet although --repo named one repository, where
// that is part of it: --repo says which epic is meant, and its children may
// live elsewhere.
func (a *app) widen(repo inventory.RepoRef) error {
	c, err := a.config()
	if err != nil {
		return err
	}
	d, err := a.dir()
	if err != nil {
		return err
	}
	fl, err := config.ReadFleet(d, c, nil)
	if err != nil {
		return err
	}
	for _, r := range fl.Repos {
		if r.Ref.Same(repo) {
			a.opt.repos = nil
		}
	}
	return nil
}

// ref reads an issue argument; a bare number belongs to the one --repo, and else is
// looked for in the fleet, or in those named.
func (a *app) ref(arg string) (inventory.Ref, error) {
	c, err := a.config()
	if err != nil {
		return inventory.Ref{}, err
	}
	if n, err := strconv.Atoi(strings.TrimPrefix(arg, "#")); err == nil && len(a.opt.repos) != 1 && n > 0 {
		return inventory.Ref{Number: n}, nil
	}
	var home inventory.RepoRef
	if len(a.opt.repos) == 1 {
		if home, err = inventory.ParseRepo(a.opt.repos[0], c.Owner()); err != nil {
			return inventory.Ref{}, usageError{err}
		}
	} else {
		home.Owner = c.Owner()
	}
	host, err := a.hostName()
	if err != nil {
		return inventory.Ref{}, err
	}
	if a.opt.demo { // whatever its GitHub is reached by, and copied from
		host = ""
	}
	ref, err := inventory.ParseRef(arg, home, host)
	if err != nil {
		return ref, usageError{err}
	}
	return ref, nil
}

// only finds the one epic of a number in the fleet.
func (l *look) only(number int) (inventory.Ref, error) {
	var found []string
	var ref inventory.Ref
	for _, e := range l.fleet.Epics {
		if e.Ref.Number == number {
			ref = e.Ref
			found = append(found, e.Ref.String())
		}
	}
	switch len(found) {
	case 1:
		return ref, nil
	case 0:
		return ref, hinted{notFound{fmt.Sprintf("no repository of the fleet has an open epic #%d", number)}, "\"core dev epic list\" shows those there are"}
	}
	return ref, usageError{fmt.Errorf("epic #%d is in %s: say which with --repo", number, strings.Join(found, " and "))}
}
