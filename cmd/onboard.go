package cmd

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dappcore/core-dev/flows/epic"
	"github.com/dappcore/core-dev/flows/onboard"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/inventory/finding"
)

// onboardOptions say which repositories are taken how far.
type onboardOptions struct {
	sendOptions
	names  []string
	all    bool
	tier   int
	max    int      // children an epic gets at first
	feat   []string // features that have the owner's word
	stages onboard.Stages
	verb   string    // as on the command line: "onboard", "audit", "epic create"
	into   *delivery // takes what comes of it, and its caller prints that; nil: it is printed here
}

func newOnboard(a *app) *cobra.Command {
	o := onboardOptions{stages: onboard.Stages{Audit: true, Organise: true, Dispatch: true, Direct: true}, verb: "onboard"}
	c := &cobra.Command{
		Use:   "onboard REPO... | --tier N | --all",
		Short: "Take repositories from audits to running epics: audit, organise, first dispatch",
		Long: `Takes repositories as far as they go. Audit: every finding of an open audit issue
becomes an issue, findings of one kind in several packages a framework issue
besides, and the audits are closed with links. Organise: open issues that no
epic lists join the open epic of their theme, or become epics with phases and a
branch; fewer than three make no epic. First dispatch: one child of each new
epic's open phase (--max), and the issues that are too few for an epic.

It goes in rounds, since what one round makes the next one sees. Every round is
shown before it is sent. Your first answer goes for the later rounds, too, as
long as they stay within what was announced: so many steps of each kind, so many
tasks. What goes beyond is asked about again.

Only the first dispatch costs tasks; --max 0 leaves it out. Broken off, run it
again: it goes on with what is missing, and makes nothing twice.`,
		Example: `  core dev onboard core --dry-run
  core dev onboard --tier 1
  core dev onboard --all --max 0 --yes`,
		RunE: func(c *cobra.Command, args []string) error {
			if c.Flags().Changed("max") && o.max < 0 {
				return usageError{fmt.Errorf("--max %d: give the number of children each new epic gets at first, from 0", o.max)}
			}
			if o.max == 0 {
				o.stages.Dispatch, o.stages.Direct = false, false
			}
			return a.onboard(c.Context(), args, o)
		},
		ValidArgsFunction: a.completeRepos,
	}
	o.choose(c)
	o.features(c)
	c.Flags().IntVar(&o.max, "max", 1, "children each new epic gets at first; 0: none is dispatched")
	return c
}

// choose adds the flags that say which repositories, and those of sending.
func (o *onboardOptions) choose(c *cobra.Command) {
	c.Flags().BoolVar(&o.all, "all", false, "every repository of the fleet that has something to do")
	c.Flags().IntVar(&o.tier, "tier", 0, "the repositories of this tier, 1 to 4")
	o.flags(c)
}

// features adds the flag that gives the owner's word.
func (o *onboardOptions) features(c *cobra.Command) {
	c.Flags().StringSliceVar(&o.feat, "include-feat", nil, "the owner's word for this feature, an open issue (may be repeated)")
}

// given are the features that have the owner's word: open issues of the
// repositories that are meant.
func (o *onboardOptions) given(l *look, repos []inventory.RepoRef) ([]inventory.Ref, error) {
	if len(o.feat) > 0 && !o.stages.Dispatch && !o.stages.Direct {
		return nil, usageError{errors.New("--include-feat goes with what dispatches: \"onboard\" without --max 0, \"epic create --direct\"")}
	}
	var home inventory.RepoRef
	if home.Owner = l.conf.Owner(); len(repos) == 1 {
		home = repos[0]
	}
	var out []inventory.Ref
	for _, f := range o.feat {
		ref, err := l.openFeature(f, home)
		if err != nil {
			return nil, err
		}
		if _, ok := l.snap.Find(ref); !ok || !slices.ContainsFunc(repos, ref.Repo.Same) {
			return nil, usageError{fmt.Errorf("--include-feat %s: no open issue of the repositories that are meant", f)}
		}
		out = append(out, ref)
	}
	return out, nil
}

// check holds the arguments to one way of naming repositories.
func (o *onboardOptions) check(args []string) error {
	ways := 0
	for _, way := range []bool{len(args) > 0, o.all, o.tier != 0} {
		if way {
			ways++
		}
	}
	switch {
	case ways == 0:
		return usageError{errors.New("which repositories? Name them, or say --tier N or --all")}
	case ways > 1:
		return usageError{errors.New("name repositories, or say --tier N, or --all: one of them")}
	case o.tier < 0 || o.tier > 4:
		return usageError{fmt.Errorf("--tier %d: there are tiers 1 to 4", o.tier)}
	}
	o.names = args
	return nil
}

// command is the flow as it is written on the command line.
func (o *onboardOptions) command() string {
	text := "core dev " + o.verb
	switch {
	case o.all:
		text += " --all"
	case o.tier != 0:
		text += fmt.Sprintf(" --tier %d", o.tier)
	default:
		text += " " + strings.Join(o.names, " ")
	}
	if o.verb == "onboard" && o.max != 1 {
		text += fmt.Sprintf(" --max %d", o.max)
	}
	if o.verb == "epic create" && o.stages.Direct {
		text += " --direct"
	}
	for _, f := range o.feat {
		text += " --include-feat " + f
	}
	return text
}

// chosen are the repositories that are meant, in the order of the inventory
// table, and why others are not. A repository that was named and is not part
// of the fleet is an error.
func (l *look) chosen(o onboardOptions) (list []inventory.RepoRef, left []leftOut, err error) {
	if len(o.names) > 0 {
		for _, name := range o.names {
			ref, err := inventory.ParseRepo(name, l.conf.Owner())
			if err != nil {
				return nil, nil, usageError{err}
			}
			row, ok := l.fleet.Row(ref)
			if !ok {
				return nil, nil, hinted{notFound{ref.String() + " is not part of the fleet"}, "add it to .core/inventory.yaml, which lists those there are"}
			}
			if !slices.ContainsFunc(list, row.Repo.Ref.Same) {
				list = append(list, row.Repo.Ref)
			}
		}
		return list, nil, nil
	}
	w := l.world()
	for k := range l.fleet.Rows {
		row := &l.fleet.Rows[k]
		if o.tier != 0 && row.Tier != o.tier {
			continue
		}
		if ok, why := onboard.Wanted(w, row); !ok {
			left = append(left, leftOut{row.Repo.Ref, why})
			continue
		}
		list = append(list, row.Repo.Ref)
	}
	return list, left, nil
}

// leftOut is a repository that nothing is done in, and why.
type leftOut struct {
	repo inventory.RepoRef
	why  string
}

// onboardings are the flow for each repository; read gives an audit's findings.
func (a *app) onboardings(l *look, read func(inventory.Issue) []finding.Finding, repos []inventory.RepoRef, o onboardOptions) []onboard.Onboard {
	var themes []epic.Theme
	for _, t := range l.conf.Themes {
		themes = append(themes, epic.Theme{Name: t.Name, Words: t.Match})
	}
	var out []onboard.Onboard
	for _, r := range repos {
		out = append(out, onboard.Onboard{
			Repo: r, Read: read, Themes: themes, Stages: o.stages,
			Dispatch: a.dispatching(l, o.max),
		})
	}
	return out
}
