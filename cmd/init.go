package cmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/internal/config"
	"github.com/dappcore/core-dev/internal/github"
	"github.com/dappcore/core-dev/inventory"
)

func newInit(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "init ORG | OWNER/NAME...",
		Short: "Make .core/: the fleet's settings, inventory, team and ledger",
		Long: `Makes .core/ in this folder (or in --dir) for an organisation, or for the
repositories named. It reads them once, to enter each with its default branch,
language and tier, and makes config.yaml, inventory.yaml, team.yaml and an
empty reservations.log. Nothing that is there is written over, and nothing is
written to GitHub.`,
		Example: `  core dev init ORG
  core dev init OWNER/ONE OWNER/TWO`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError{hinted{fmt.Errorf("init of what?"), "core dev init ORG, or core dev init OWNER/NAME..."}}
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return a.init(c.Context(), args) },
	}
}

func (a *app) init(ctx context.Context, args []string) error {
	if a.opt.demo {
		return usageError{fmt.Errorf("the demo makes its own folder: core dev demo")}
	}
	// A folder further up is not this one: init makes .core/ where it is told.
	if a.opt.dir == "" {
		here, err := os.Getwd()
		if err != nil {
			return err
		}
		a.opt.dir = here
	}
	d, err := a.dir()
	if err != nil {
		return err
	}
	if err := d.Writable(); errors.Is(err, config.ErrReadOnly) {
		return err
	} else if err == nil {
		return hinted{fmt.Errorf("%s: %w", d.Path, config.ErrInitialised), "edit its files, or name another folder with --dir"}
	}
	org, repos, err := a.named(args)
	if err != nil {
		return err
	}
	if org != "" {
		a.opt.org = org
	}
	a.opt.repos = repos
	c, err := a.config()
	if err != nil {
		return err
	}
	hub, err := a.client(ctx)
	if err != nil {
		return err
	}
	var refs []inventory.RepoRef
	if len(repos) == 0 {
		a.reading("the repositories of " + org)
		refs, err = hub.OrgRepos(ctx, org)
		a.progressDone()
		if err != nil {
			return err
		}
		if len(refs) == 0 {
			return notFound{"organisation " + org + " has no repository that this token can see"}
		}
	}
	for _, r := range repos {
		ref, err := inventory.ParseRepo(r, org)
		if err != nil {
			return usageError{err}
		}
		refs = append(refs, ref)
		org = ref.Owner
	}
	a.reading(repositories(len(refs)))
	snap, err := hub.Survey(ctx, refs, github.SurveyOptions{Trust: c.Trust(), Progress: a.progress()})
	a.progressDone()
	if err != nil {
		return err
	}
	for _, r := range snap.Repos {
		if r.Problem != nil && r.ReadAt.IsZero() {
			return hinted{notFound{r.Ref.String() + ": " + r.Problem.Message}, r.Problem.Hint}
		}
	}
	fleet := inventory.Assess(&snap, inventory.Rules{Trust: c.Trust(), Labels: c.Labels()}, nil)
	done, err := config.Init(d, config.InitOptions{
		Host:    hub.Host(),
		APIURL:  a.ownURL(hub),
		Org:     org,
		Repos:   entries(&fleet, org),
		Members: []budget.Member{member(&fleet, snap.Viewer, org)},
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(a.out, "made %s for %s: %s (%s)\n", done.Dir.Path, hub.Host(), repositories(len(refs)), strings.Join(done.Created, ", "))
	fmt.Fprintf(a.out, "@%s has 300 tasks a day and every repository of it: check team.yaml\nnext: core dev doctor, then core dev\n", snap.Viewer)
	return nil
}

// ownURL is the API's address, where the host's name does not lead there.
func (a *app) ownURL(hub *github.Client) string {
	c := a.conf
	if end, err := github.ParseEndpoint(hub.Host()); c == nil || c.APIURL == "" || err == nil && end.REST.String() == hub.Endpoint().REST.String() {
		return ""
	}
	return c.APIURL
}

// named tells an organisation from repositories.
func (a *app) named(args []string) (org string, repos []string, err error) {
	if len(args) == 1 && !strings.Contains(args[0], "/") && a.opt.org == "" {
		if _, err := inventory.ParseRepo("x", args[0]); err != nil {
			return "", nil, usageError{fmt.Errorf("%q is not the name of an organisation", args[0])}
		}
		return args[0], nil, nil
	}
	return a.opt.org, args, nil
}

// entries enters every repository with the tier it has at entry.
func entries(f *inventory.Fleet, org string) []config.Repo {
	var out []config.Repo
	for _, r := range f.Rows {
		out = append(out, config.Repo{Ref: r.Repo.Ref, DefaultBranch: r.Repo.DefaultBranch, Language: strings.ToLower(r.Language), Tier: r.Tier, TierSet: true})
	}
	return out
}

func member(f *inventory.Fleet, login, org string) budget.Member {
	m := budget.Member{Login: login, Quota: budget.DefaultQuota}
	for _, r := range f.Rows {
		name := r.Repo.Ref.String()
		if strings.EqualFold(r.Repo.Ref.Owner, org) {
			name = r.Repo.Ref.Name
		}
		m.Repos = append(m.Repos, name)
	}
	return m
}
