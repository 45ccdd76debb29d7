package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/flows/onboard"
	"github.com/dappcore/core-dev/internal/config"
	"github.com/dappcore/core-dev/internal/terminal"
	"github.com/dappcore/core-dev/inventory"
)

func newTeam(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "team",
		Short: "Whose quotas the fleet spends: add, list, remove members",
		Long: `The team is .core/team.yaml: who connected which repositories to an agent, and how
many tasks a day each has. The pool is the sum of the quotas; a member's tasks go
only to repositories of their list, and where several members list one, whoever
leaves most to the others is charged.`,
		Example: `  core dev team list
  core dev team add LOGIN --quota 300 --repos one,two --dry-run
  core dev team remove LOGIN`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newTeamAdd(a), newTeamRemove(a), &cobra.Command{
		Use: "list", Short: "Members with their quota, what is used and left of it, and their repositories", Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.listTeam() },
	})
	return c
}

func newTeamAdd(a *app) *cobra.Command {
	var (
		o     sendOptions
		m     = budget.Member{Quota: budget.DefaultQuota}
		repos []string
	)
	c := &cobra.Command{
		Use:   "add LOGIN",
		Short: "Add a member to team.yaml, and their repositories to the inventory",
		Long: `Adds a member at the end of team.yaml, and to inventory.yaml those of their
repositories that it does not list. Comments, order and spacing of both files stay.
Both changes are shown first; --dry-run stops there, --yes does not ask.

Then it proposes stages 1 and 2 for these repositories: their audits become issues
and those epics, which costs no task. At a terminal that is asked about; elsewhere it
is shown, with the command that sends it. Nothing is written to GitHub unasked.`,
		Example: `  core dev team add bodane --quota 300 --repos one,two --dry-run
  core dev team add bodane --repos OTHER/NAME`,
		Args:              exactly(1),
		ValidArgsFunction: completeNothing,
		RunE: func(c *cobra.Command, args []string) error {
			m.Login = strings.TrimPrefix(args[0], "@")
			return a.addMember(c.Context(), m, repos, o)
		},
	}
	c.Flags().IntVar(&m.Quota, "quota", budget.DefaultQuota, "tasks a day that they may have dispatched, from 0")
	c.Flags().StringSliceVar(&repos, "repos", nil, "repositories they connected, NAME or OWNER/NAME, with commas between")
	c.Flags().BoolVar(&o.dryRun, "dry-run", false, "show what would change, change nothing")
	c.Flags().BoolVar(&o.yes, "yes", false, "write the files without asking")
	_ = c.RegisterFlagCompletionFunc("repos", a.completeRepos) // it fails only for a flag that is not there
	return c
}

func newTeamRemove(a *app) *cobra.Command {
	var o sendOptions
	c := &cobra.Command{
		Use:   "remove LOGIN",
		Short: "Take a member out of team.yaml",
		Long: `Takes a member's lines out of team.yaml, with the comments on these lines; all
else stays. The repositories stay in the inventory. What was spent today stays
spent.`,
		Args:              exactly(1),
		ValidArgsFunction: a.completeMembers,
		RunE: func(c *cobra.Command, args []string) error {
			return a.removeMember(c.Context(), strings.TrimPrefix(args[0], "@"), o)
		},
	}
	c.Flags().BoolVar(&o.dryRun, "dry-run", false, "show what would change, change nothing")
	c.Flags().BoolVar(&o.yes, "yes", false, "write the file without asking")
	return c
}

func (a *app) listTeam() error {
	st, _, _, err := a.budgetFromFiles(1)
	if err != nil {
		return err
	}
	if a.opt.json {
		shape, err := a.shapeTeam(st)
		if err != nil {
			return err
		}
		return a.printJSON(shape)
	}
	fmt.Fprintf(a.out, "pool %d a day, %d of it usable; used today %d, left %d\n", st.Pool, st.Usable, st.Used, st.UsableRemaining)
	a.printTeam(st)
	for _, s := range st.Stranded {
		fmt.Fprintf(a.out, "@%s: %s stranded: %s\n", terminal.Clean(s.Login), count(s.Quota, "task"), terminal.Clean(a.placed(s.Why)))
	}
	if n := len(st.Unlisted); n > 0 {
		fmt.Fprintf(a.out, "%s in nobody's list, so nothing can be dispatched there: core dev budget names them\n", repositories(n))
	}
	return nil
}

// addMember shows what becomes of the files, asks, writes, and proposes stages 1
// and 2 for the repositories.
func (a *app) addMember(ctx context.Context, m budget.Member, repos []string, o sendOptions) error {
	if err := config.CheckLogin(m.Login); err != nil {
		return usageError{fmt.Errorf("%w: give it as GitHub shows it, letters, digits and single hyphens", err)}
	}
	if err := config.CheckQuota(m.Quota); err != nil {
		return usageError{fmt.Errorf("--quota: %w a day", err)}
	}
	d, c, err := a.teamFolder(o)
	if err != nil {
		return err
	}
	var refs []inventory.RepoRef
	var edits []config.Edit
	for _, name := range repos {
		ref, err := inventory.ParseRepo(strings.TrimSpace(name), c.Owner())
		switch {
		case err != nil:
			return usageError{fmt.Errorf("--repos: %w", err)}
		case slices.ContainsFunc(refs, ref.Same):
			return usageError{fmt.Errorf("--repos names %s twice", ref)}
		}
		refs, edits = append(refs, ref), append(edits, config.AddRepo(config.Repo{Ref: ref}))
		m.Repos = append(m.Repos, shortName(ref, c.Owner()))
	}
	var t teamChange
	team, err := config.AddMember(d, c.Owner(), m)
	var there *config.MemberError
	if errors.As(err, &there) {
		return usageError{hinted{err, "change their quota or repositories there, in " + a.placed(".core/team.yaml") + ", or take them out first: " + a.called("core dev team remove "+there.Login)}}
	}
	if err != nil {
		return err
	}
	t.files = append(t.files, team)
	if len(edits) > 0 {
		list, err := config.ChangeInventory(d, c.Owner(), edits...)
		if err != nil {
			return err
		}
		t.files = append(t.files, list)
	}
	if t.notes, err = a.addNotes(d, c, m, refs); err != nil {
		return err
	}
	work := onboardOptions{stages: onboard.Stages{Audit: true, Organise: true}, verb: "onboard", names: m.Repos}
	if len(refs) > 0 {
		t.next = append(t.next, work.command())
		if err := a.findRepos(ctx, refs); err != nil {
			return err
		}
	}
	written, err := a.changeTeam(ctx, d, t, o)
	if err != nil || a.opt.json || len(refs) == 0 || !written && !o.dryRun {
		return err
	}
	fmt.Fprintf(a.out, "\nstages 1 and 2 for %s, which cost no task:\n", strings.Join(m.Repos, ", "))
	a.opt.repos = nil
	if !written { // they are no part of the fleet yet
		for _, r := range refs {
			a.opt.repos = append(a.opt.repos, r.String())
		}
	}
	work.dryRun = o.dryRun || o.yes
	if err := a.onboard(ctx, m.Repos, work); err != nil {
		return err
	}
	if work.dryRun {
		fmt.Fprintln(a.out, "to send it: "+a.called(work.command()))
	}
	return nil
}

// findRepos refuses repositories that GitHub does not know. Where it cannot be
// asked that is said, and the files may be changed all the same.
func (a *app) findRepos(ctx context.Context, refs []inventory.RepoRef) error {
	for _, r := range refs {
		a.opt.repos = append(a.opt.repos, r.String())
	}
	defer func() { a.opt.repos, a.missing = nil, nil }()
	l, err := a.look(ctx)
	if err != nil {
		if kind, _, _, _ := kindOf(err); kind == "network" || kind == "server" || kind == "rate-limited" || kind == "not-signed-in" {
			a.notice("whether the repositories exist could not be asked: %v", err)
			return nil
		}
		return fmt.Errorf("nothing was written: %w", err)
	}
	for _, r := range l.snap.Repos {
		if r.Problem != nil && r.Problem.Kind == "not-found" && r.ReadAt.IsZero() {
			return notFound{"nothing was written: " + r.Problem.Message}
		}
	}
	return nil
}

// addNotes says what there is to know before a member is added.
func (a *app) addNotes(d config.Dir, c *config.Config, m budget.Member, refs []inventory.RepoRef) ([]string, error) {
	var notes []string
	team, err := config.ReadTeam(d, c.Owner(), "")
	if err != nil && !strings.Contains(err.Error(), "members names nobody") {
		return nil, err
	}
	st, _, _, err := a.budgetFromFiles(1)
	if err == nil && !team.Assumed {
		notes = append(notes, fmt.Sprintf("the pool goes from %d to %d tasks a day", st.Pool, st.Pool+m.Quota))
	}
	if team.Assumed {
		notes = append(notes, fmt.Sprintf("until now one member was assumed, the owner of the token, with %d tasks and every repository: from now on those count who are written down, so add them, too", budget.DefaultQuota))
	}
	for _, r := range refs {
		for _, other := range team.Members {
			if slices.ContainsFunc(other.Repos, func(name string) bool {
				ref, err := inventory.ParseRepo(name, c.Owner())
				return err == nil && ref.Same(r)
			}) {
				notes = append(notes, fmt.Sprintf("%s is in @%s's list, too: either quota pays for it", shortName(r, c.Owner()), other.Login))
			}
		}
	}
	if len(refs) == 0 && m.Quota > 0 {
		notes = append(notes, fmt.Sprintf("with no repository connected, none of these %s can be spent", count(m.Quota, "task")))
	}
	if fl, err := config.ReadFleet(d, c, nil); err == nil && len(fl.Repos) == 0 && fl.Org != "" && len(refs) > 0 {
		notes = append(notes, "inventory.yaml lists nothing yet, so the fleet was all of "+fl.Org+": from now on it is what the two files list")
	}
	if variable, named := c.TokenVariable(m.Login); !named {
		notes = append(notes, fmt.Sprintf("unless the token in use is @%s's, name the variable that holds theirs in %s, such as tokens: {%s: %s_TOKEN}: a label is put on by whose quota it spends",
			m.Login, a.placed(".core/config.yaml"), m.Login, strings.TrimPrefix(config.Env(m.Login), "CORE_")))
	} else if v, _ := a.env(variable); v == "" {
		notes = append(notes, fmt.Sprintf("%s is not set, so nothing can be charged to @%s yet", variable, m.Login))
	}
	return notes, nil
}

func (a *app) removeMember(ctx context.Context, login string, o sendOptions) error {
	if err := config.CheckLogin(login); err != nil {
		return usageError{err}
	}
	d, c, err := a.teamFolder(o)
	if err != nil {
		return err
	}
	file, err := config.RemoveMember(d, c.Owner(), login)
	switch {
	case errors.Is(err, config.ErrNoMember):
		return hinted{notFound{err.Error()}, "core dev team list shows those there are"}
	case errors.Is(err, config.ErrLast):
		return usageError{hinted{err, "add another first, or delete " + a.placed(".core/team.yaml") + " for one member with 300 tasks and every repository"}}
	case err != nil:
		return err
	}
	team, err := config.ReadTeam(d, c.Owner(), "")
	if err != nil {
		return err
	}
	t := teamChange{files: []config.Change{file}}
	at := slices.IndexFunc(team.Members, func(m budget.Member) bool { return strings.EqualFold(m.Login, login) })
	gone := team.Members[at]
	team.Members = slices.Delete(team.Members, at, at+1)
	t.notes = append(t.notes, fmt.Sprintf("the pool goes from %d to %d tasks a day", team.Pool()+gone.Quota, team.Pool()))
	var alone []string
	for _, name := range gone.Repos {
		if ref, err := inventory.ParseRepo(name, c.Owner()); err == nil && !team.Connected(ref) {
			alone = append(alone, name)
		}
	}
	if len(alone) > 0 {
		t.notes = append(t.notes, "in nobody's list after that, so nothing can be dispatched there: "+strings.Join(alone, ", "))
	}
	_, err = a.changeTeam(ctx, d, t, o)
	return err
}

// shortName is a repository as the files write it: without the owner that they
// take for granted.
func shortName(r inventory.RepoRef, owner string) string {
	if strings.EqualFold(r.Owner, owner) {
		return r.Name
	}
	return r.String()
}

// completeMembers are the logins of team.yaml.
func (a *app) completeMembers(c *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	const none = cobra.ShellCompDirectiveNoFileComp
	if len(args) > 0 || a.setFromEnv(c.Flags()) != nil {
		return nil, none
	}
	d, err := a.dir()
	if err != nil || !d.Exists() {
		return nil, none
	}
	conf, err := a.config()
	if err != nil {
		return nil, none
	}
	team, err := config.ReadTeam(d, conf.Owner(), "")
	if err != nil {
		return nil, none
	}
	var out []string
	for _, m := range team.Members {
		if m.Login != "" {
			out = append(out, m.Login)
		}
	}
	return out, none
}
