package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dappcore/core-dev/flows/execute"
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
	if i, ok := l.snap.Find(ref); ok && i.Closed && !i.IsPull && x.Kind == "issue" {
		e, err := a.readClosedEpic(ctx, l, ref)
		if err != nil {
			return err
		}
		if e != nil {
			x.Kind, x.Answer, x.Facts = "epic", e.answer(), append(x.Facts, e.facts()...)
		}
	}
	d, err := a.decided(ctx, l, ref, &x)
	if err != nil {
		return err
	}
	if x.Kind == "unknown" {
		return notFound{x.Ref.String() + ": " + x.Answer}
	}
	if a.opt.json {
		return a.printJSON(whyShape{shapeVersion, x.Ref.String(), x.Kind, x.Title, x.Verdict, x.Answer, x.Facts, shapeTies(x.Ties), d})
	}
	fmt.Fprintf(a.out, "%s  %s\n%s\n", x.Ref, terminal.Clean(x.Title), terminal.Clean(a.placed(strings.ToUpper(x.Answer[:1])+x.Answer[1:])))
	for _, f := range x.Facts {
		fmt.Fprintln(a.out, "  "+terminal.Clean(a.placed(f)))
	}
	for _, t := range x.Ties {
		if t.Kind == inventory.TieEpic {
			continue // among the facts, with its line and phase
		}
		fmt.Fprintln(a.out, "  "+terminal.Clean(t.Text()))
	}
	return nil
}

// decided is what watching decides about it now, and what our journal remembers:
// of a pull request that is the answer, of a child a fact more. Nil: it is no part
// of what is followed.
func (a *app) decided(ctx context.Context, l *look, ref inventory.Ref, x *inventory.Explanation) (*decisionShape, error) {
	row, ok := l.fleet.Row(ref.Repo)
	if !ok || x.Kind == "audit" {
		return nil, nil
	}
	ref.Repo = row.Repo.Ref
	if x.Kind == "epic" {
		return nil, a.stands(ctx, l, ref, x)
	}
	repos := []inventory.RepoRef{ref.Repo}
	watch, err := a.watching(l, &watchOptions{scope: execute.All})
	if err != nil {
		return nil, err
	}
	watch.Epics = slices.DeleteFunc(watch.Epics, func(e inventory.Ref) bool { return !touches(l, e, ref.Repo) })
	watch.Repos = repos
	i, found := l.snap.Find(ref)
	var pulls []inventory.Ref
	if x.Kind == "pull" || x.Kind == "unknown" || found && i.IsPull {
		pulls = append(pulls, ref)
	}
	w, err := a.readWork(ctx, l, watch, pulls, true)
	if err != nil {
		return nil, err
	}
	p, isPull := row.Repo.Work.Pull(ref.Number)
	if isPull {
		x.Kind, x.Title = "pull", p.Title
		if p.State != inventory.PullOpen {
			x.Answer = endedAt(p)
			x.Facts = []string{fmt.Sprintf("by %s (%s), %s into %s", p.Author, strings.ToLower(p.Association), p.Head, p.Base)}
		}
	}
	x.Facts = append(x.Facts, execute.Told(w.Courses.Of(ref))...)
	d, ok := watch.About(w, ref)
	if !ok {
		return nil, nil
	}
	about := ""
	if d.About.Key() != ref.Key() {
		about = " of " + d.About.From(ref.Repo)
	}
	if isPull && p.State != inventory.PullOpen {
		x.Answer = endedAt(p) + strings.TrimPrefix(strings.TrimPrefix(d.Seen, "merged"), "closed") + "; " + d.Next
	} else if isPull && strings.HasPrefix(d.Seen, string(d.Row)) {
		x.Answer = d.Seen + "; " + d.Next
	} else if isPull {
		x.Answer = fmt.Sprintf("%s: %s; %s", d.Row, d.Seen, d.Next)
	} else if !strings.Contains(x.Answer, d.Seen) {
		x.Facts = append(x.Facts, fmt.Sprintf("decided%s: %s: %s; %s", about, d.Row, d.Seen, d.Next))
	}
	out := shapeDecision(d)
	return &out, nil
}

// endedAt is how a pull request ended, and when.
func endedAt(p *inventory.PullWork) string {
	return strings.ToLower(string(p.State)) + " at " + p.EndedAt.UTC().Format("2006-01-02 15:04Z")
}

// stands adds to what is said of an open epic how it stands: its phase, why it is not
// done, and what a person is needed for.
func (a *app) stands(ctx context.Context, l *look, ref inventory.Ref, x *inventory.Explanation) error {
	if _, ok := l.fleet.Epic(ref); !ok {
		return nil
	}
	watch, err := a.watching(l, &watchOptions{scope: execute.All, epic: ref})
	if err != nil {
		return err
	}
	w, err := a.readWork(ctx, l, watch, nil, true)
	if err != nil {
		return err
	}
	for _, e := range watch.Look(w) {
		x.Facts = append(x.Facts, "stands at: "+e.State)
		if e.Waits != "" {
			x.Facts = append(x.Facts, "watched now: "+e.Waits)
		}
		for _, d := range e.Decisions {
			if d.Person != "" {
				x.Facts = append(x.Facts, fmt.Sprintf("needs a person: %s: %s; %s", d.About.From(ref.Repo), d.Seen, d.Next))
			}
		}
	}
	return nil
}

// touches tells whether an epic, or a child of it, lives in a repository.
func touches(l *look, ref inventory.Ref, repo inventory.RepoRef) bool {
	e, ok := l.fleet.Epic(ref)
	return ok && (e.Ref.Repo.Same(repo) || slices.ContainsFunc(e.Children, func(c inventory.Child) bool { return c.Ref.Repo.Same(repo) }))
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
