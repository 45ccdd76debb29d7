package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/flows/execute"
	"github.com/dappcore/core-dev/internal/training"
	"github.com/dappcore/core-dev/inventory"
)

// captureOptions say whose record it is, where a person knows better.
type captureOptions struct{ child, epic string }

type captureShape struct {
	Version int                      `json:"version"`
	Written string                   `json:"written"` // written, renewed, same
	File    string                   `json:"file"`    // below .core/training
	Record  inventory.TrainingRecord `json:"record"`
}

func newTrainingCapture(a *app) *cobra.Command {
	var o captureOptions
	c := &cobra.Command{
		Use:   "capture PR",
		Short: "Write, or renew, the record of a pull request that has ended",
		Long: `Writes the training record of a pull request that was merged, or closed without a
merge; one that is there is written anew. Watching does so by itself when it sees a
merge. Nothing is written to GitHub, and nobody's text is read. PR is #12 with
--repo, NAME#12, OWNER/NAME#12 or a URL.

Whose pull request it is is known from its record, our journal, or the structure of
GitHub: its base and the reference from it to the child. Where none of these tells,
say it with --child. The epic is the one of its record, else the one that lists the
child, else that of dispatch.log.`,
		Example: `  core dev training capture NAME#312`,
		Args:    exactly(1),
		RunE:    func(c *cobra.Command, args []string) error { return a.captureRecord(c.Context(), args[0], o) },

		ValidArgsFunction: completeNothing,
	}
	c.Flags().StringVar(&o.child, "child", "", "the child it belongs to (NAME#12)")
	c.Flags().StringVar(&o.epic, "epic", "", "the child's epic (NAME#12)")
	return c
}

// fullRef reads a reference that must name its repository.
func (a *app) fullRef(arg string) (inventory.Ref, error) {
	ref, err := a.ref(arg)
	if err == nil && ref.Repo.IsZero() {
		err = usageError{fmt.Errorf("%q names no repository: add --repo, or write NAME#%d", arg, ref.Number)}
	}
	return ref, err
}

func (a *app) captureRecord(ctx context.Context, arg string, o captureOptions) error {
	if !a.opt.demo {
		if _, err := a.writable(); err != nil {
			return err
		}
	}
	var err error
	var said struct{ pull, child, epic inventory.Ref }
	for _, w := range []struct {
		text string
		into *inventory.Ref
	}{{arg, &said.pull}, {o.child, &said.child}, {o.epic, &said.epic}} {
		if w.text == "" {
			continue
		}
		if *w.into, err = a.fullRef(w.text); err != nil {
			return err
		}
	}
	if err := a.widen(said.pull.Repo); err != nil {
		return err
	}
	defer a.printStats(ctx)
	l, err := a.look(ctx)
	if err != nil {
		return err
	}
	row, ok := l.fleet.Row(said.pull.Repo)
	if !ok {
		return hinted{notFound{said.pull.Repo.String() + " is not part of the fleet"}, "add it to .core/inventory.yaml"}
	}
	said.pull.Repo = row.Repo.Ref
	r, err := a.recorder(ctx, l)
	if err != nil {
		return err
	}
	child, epic, err := a.whose(ctx, l, r, said.pull, said.child)
	if err != nil {
		return err
	}
	if said.epic.Number != 0 {
		epic = said.epic
	}
	facts, err := r.hub.Record(ctx, child, said.pull)
	if err != nil {
		return err
	}
	if facts.EndedAt.IsZero() {
		return hinted{fmt.Errorf("%s is open: a record is of a pull request that has ended", said.pull), a.called("core dev why "+said.pull.String()) + " says how it stands"}
	}
	if err := a.readClosed(ctx, l, child); err != nil {
		return err
	}
	kept, err := r.keep(epic, facts)
	if err != nil {
		return err
	}
	return a.printCaptured(kept)
}

// recorder writes records by hand.
func (a *app) recorder(ctx context.Context, l *look) (recorder, error) {
	hub, err := a.client(ctx)
	if err != nil {
		return recorder{}, err
	}
	d, err := a.dir()
	if err != nil {
		return recorder{}, err
	}
	return recorder{hub, a.plans(d.File(journalFolder)), training.Open(d.File(trainingFolder)), l, a.host()}, nil
}

// whose finds the child of a pull request, and the child's epic: zero where it was
// dispatched directly. said is the child by a person's word; zero: none was given.
func (a *app) whose(ctx context.Context, l *look, r recorder, pull, said inventory.Ref) (child, epic inventory.Ref, err error) {
	old, recorded, err := r.store.Find(pull)
	if err != nil {
		return child, epic, err
	}
	parse := func(text string) inventory.Ref {
		ref, err := inventory.ParseRef(text, inventory.RepoRef{}, "")
		if err != nil {
			return inventory.Ref{}
		}
		return ref
	}
	child = said
	if recorded && child.Number == 0 {
		child = parse(old.Child)
	}
	if child.Number == 0 {
		course, err := r.plans.Course(pull)
		if err != nil {
			return child, epic, err
		}
		child = course.Child
	}
	if child.Number == 0 {
		if child, err = a.tiedTo(ctx, l, pull); err != nil {
			return child, epic, err
		}
	}
	if child.Number == 0 {
		return child, epic, hinted{notFound{fmt.Sprintf("%s is tied to no child, by our journal or by GitHub", pull)}, "name the child with --child NAME#12"}
	}
	if child.Key() == pull.Key() {
		return child, epic, usageError{errors.New("a pull request is no child of its own: --child names the issue")}
	}
	if _, ok := l.fleet.Epic(child); ok {
		return child, epic, notFound{fmt.Sprintf("%s is the own pull request of epic %s, and no child's", pull, child)}
	}
	if recorded && strings.EqualFold(old.Child, child.String()) {
		if epic = parse(old.Epic); epic.Number != 0 {
			return child, epic, nil
		}
	}
	for _, e := range l.fleet.Epics {
		if slices.ContainsFunc(e.Children, func(c inventory.Child) bool { return c.Ref.Key() == child.Key() }) {
			return child, e.Ref, nil
		}
	}
	log, err := a.trainingLog(l.conf)
	for _, t := range log.Tasks {
		if t.Child == child.Key() {
			epic = parse(t.Epic)
		}
	}
	return child, epic, err
}

// tiedTo is the child that watching takes a pull request for; zero: for none's.
func (a *app) tiedTo(ctx context.Context, l *look, pull inventory.Ref) (inventory.Ref, error) {
	watch, err := a.watching(l, &watchOptions{scope: execute.All})
	if err != nil {
		return inventory.Ref{}, err
	}
	watch.Epics = slices.DeleteFunc(watch.Epics, func(e inventory.Ref) bool { return !touches(l, e, pull.Repo) })
	watch.Repos = []inventory.RepoRef{pull.Repo}
	w, err := a.readWork(ctx, l, watch, []inventory.Ref{pull}, true)
	if err != nil {
		return inventory.Ref{}, err
	}
	if row, _ := l.fleet.Row(pull.Repo); row != nil { // it was found before
		if _, ok := row.Repo.Work.Pull(pull.Number); !ok {
			return inventory.Ref{}, notFound{pull.String() + " is no pull request, or is gone"}
		}
	}
	if d, ok := watch.About(w, pull); ok && d.About.Key() == pull.Key() {
		return d.Child, nil
	}
	return inventory.Ref{}, nil
}

// entryEpic is the epic of a line of dispatch.log, by Ref.Key; empty: none.
func entryEpic(e budget.Entry, owner string) string {
	if e.Epic == 0 {
		return ""
	}
	ref := inventory.Ref{Repo: e.Ref(owner).Repo, Number: e.Epic}
	if e.EpicRepo != "" {
		repo, err := inventory.ParseRepo(e.EpicRepo, owner)
		if err != nil {
			return ""
		}
		ref.Repo = repo
	}
	return ref.Key()
}

func (a *app) printCaptured(k captured) error {
	if k.other != "" {
		a.notice("there is another record of %s, for %s: one of the two is wrong, and both are counted until its line is taken out of its journal and \"core dev training index --rebuild\" is run", k.record.PR, k.other)
	}
	if a.opt.json {
		return a.printJSON(captureShape{shapeVersion, string(k.how), k.file, k.record})
	}
	r := k.record
	how := map[training.Kept]string{training.Written: "written", training.Renewed: "renewed", training.Same: "as it was"}[k.how]
	fmt.Fprintf(a.out, "record of %s for %s: %s, training/%s\n", r.PR, r.Child, how, k.file)
	of := "dispatched directly"
	if r.Epic != "" {
		of = "of epic " + r.Epic
	}
	fmt.Fprintf(a.out, "  %s after %s, %s, by %s (%s)\n", r.Outcome, seconds(float64(r.Duration)), of, orGone(r.Implementer.Login), r.Implementer.Model)
	fmt.Fprintf(a.out, "  %s, %s, %s, %s (%d failed), %s\n", count(r.Totals.Commits, "commit"), count(r.Totals.Reviews, "review cycle"),
		count(r.Totals.Conflicts, "conflict cycle"), count(r.Totals.Runs, "CI run"), r.Totals.Red, count(r.Totals.Threads, "review thread"))
	for _, f := range r.Faults() {
		a.notice("the record makes no sense: %s", f)
	}
	return nil
}

func orGone(login string) string {
	if login == "" {
		return "an account that is gone"
	}
	return "@" + login
}
