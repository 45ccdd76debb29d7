package cmd

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/flows/execute"
	"github.com/dappcore/core-dev/internal/github"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
)

// watchOptions say what is followed, and how long.
type watchOptions struct {
	sendOptions
	names []string      // repositories; none: the fleet
	epic  inventory.Ref // only that one; zero: all that run
	scope execute.Scope
	once  bool // one look, and what it asks for
	begin bool // the next epic of a repository is begun
	stay  bool // it goes on when nothing is left to do
	max   int  // children an epic gets at one look; 0: all that are READY
	verb  string
	run   string // id of the first proposal sent: all looks are taken back together
}

func newWatch(a *app) *cobra.Command {
	o := watchOptions{scope: execute.All, verb: "watch"}
	c := &cobra.Command{
		Use:   "watch [REPO...]",
		Short: "Follow running epics to their end: unstick, merge, tick, next phase",
		Long: `Follows every running epic, of the fleet or of the repositories named, to its end.
One look decides about every pull request by structure alone (states, checks,
counts of threads, events) and does what the decision says: retargets, asks the
agent for a fix, resolves what was answered, updates, merges, ticks, closes, hands
out the next phase within today's budget, and brings the finished epic to the
default branch. Then it waits and looks again. Every decision is printed with what
was seen and what comes next.

What it does is shown before it is sent, look by look; --yes sends without asking,
as a schedule needs it. --once looks and acts once; --dry-run, and --json without
--yes, look once and send nothing. It ends when nothing is left
that it could do; with --stay it goes on until it is interrupted. It may be killed
at any moment and run again.`,
		Example: `  core dev watch --once --dry-run
  core dev watch core --yes
  core dev watch --demo --speed 600 --yes`,
		RunE: func(c *cobra.Command, args []string) error {
			o.names = args
			return a.watch(c.Context(), o)
		},
		ValidArgsFunction: a.completeRepos,
	}
	o.flags(c)
	c.Flags().BoolVar(&o.once, "once", false, "look once, do what that asks for, and end")
	c.Flags().BoolVar(&o.begin, "begin", false, "begin a repository's next epic when none is running there (next_epic: start)")
	c.Flags().BoolVar(&o.stay, "stay", false, "go on when nothing is left to do, until interrupted")
	c.Flags().IntVar(&o.max, "max", 0, "children an epic gets at one look (default: all that are READY)")
	a.speedFlag(c)
	return c
}

// command is the flow as it is written on the command line.
func (o *watchOptions) command() string {
	text := "core dev " + o.verb
	if len(o.names) > 0 {
		text += " " + strings.Join(o.names, " ")
	}
	return text
}

// watch looks, decides, acts, and looks again.
func (a *app) watch(ctx context.Context, o watchOptions) error {
	if o.max < 0 {
		return usageError{fmt.Errorf("--max %d: give the number of children an epic gets at one look, from 1", o.max)}
	}
	if err := a.checkSpeed(); err != nil {
		return err
	}
	if o.once && o.stay {
		return usageError{errors.New("--once looks once and --stay goes on: give one of them")}
	}
	if o.dryRun && o.stay {
		return usageError{errors.New("--dry-run looks once and --stay goes on: give one of them")}
	}
	if o.dryRun {
		o.once = true
	}
	a.lively = a.opt.demo
	// Epics hang together over repositories: the whole fleet is read, and those named
	// are followed.
	o.names = append(o.names, a.opt.repos...)
	a.opt.repos = nil
	if err := a.ready(ctx, o.sendOptions); err != nil {
		return err
	}
	if !o.once {
		longLived()
	}
	defer a.printStats(ctx)
	told := newTelling(a, o.once)
	tell, err := a.notifier()
	if err != nil {
		return err
	}
	trouble := time.Duration(0)
	var quiet time.Time // since when nothing was left to do, and nothing came; zero: it is not so
	for {
		seen, err := a.watchOnce(ctx, &o, told, tell)
		switch {
		case err == nil:
			trouble = 0
		case o.once || ctx.Err() != nil || !passing(err):
			return errors.Join(err, told.end())
		default: // it is looked at again, later each time
			trouble = min(max(2*trouble, 15*time.Second), 10*time.Minute)
			a.notice("%v; looking again in %s", err, trouble)
		}
		if seen != nil {
			over := !seen.moved && execute.Over(seen.watched)
			if !over || told.changed {
				quiet = time.Time{}
			}
			if over && quiet.IsZero() {
				quiet = a.now()
			}
			if o.once && !a.opt.json && seen.proposal.Empty() && len(seen.watched) > 0 {
				fmt.Fprintln(a.out, "nothing to do")
			}
			if o.once || over && !o.stay && a.now().Sub(quiet) >= a.linger(seen) {
				return told.end()
			}
		}
		pause := trouble
		if pause == 0 {
			pause = execute.Pause(seen.watched, seen.moved, seen.look.conf.Watch.Interval)
		}
		if !quiet.IsZero() && a.opt.demo {
			pause = max(pause, demoQuiet)
		}
		a.flush()
		if err := a.clock.Sleep(ctx, pause); err != nil {
			return errors.Join(told.end(), err)
		}
	}
}

// linger is how long it goes on when what is left waits for people. They are told and
// a schedule, or who did what was wanted, runs it again; those of the demo act by
// themselves, and nobody runs it again there.
func (a *app) linger(seen *watching) time.Duration {
	waits := slices.ContainsFunc(seen.watched, func(e execute.Watched) bool {
		return slices.ContainsFunc(e.Decisions, func(d execute.Decision) bool { return d.Person != "" })
	})
	if a.opt.demo && waits {
		return seen.look.conf.Watch.GiveUp
	}
	return 0
}

// demoQuiet is between two looks at a demo where nothing is left to do.
const demoQuiet = 20 * time.Minute

// watching is one look of a watch, and what came of it.
type watching struct {
	look     *look
	watched  []execute.Watched
	proposal orchestrator.Proposal
	moved    bool // something was sent, or the world moved meanwhile
	declined bool // the answer was no
}

// watchOnce is one round: look, remember, decide, tell, act.
func (a *app) watchOnce(ctx context.Context, o *watchOptions, told *telling, tell *notifier) (*watching, error) {
	seen, err := a.decideOnce(ctx, o)
	if err != nil {
		return nil, err
	}
	if !o.dryRun { // whoever is needed hears of it before a long plan is sent
		tell.people(ctx, seen.watched, o.epic.Number == 0)
	}
	return seen, a.actOnce(ctx, o, told, seen)
}

// decideOnce looks and decides; nothing is told or sent.
func (a *app) decideOnce(ctx context.Context, o *watchOptions) (*watching, error) {
	l, w, x, err := a.lookAtWork(ctx, o)
	if err != nil {
		return nil, err
	}
	seen := &watching{look: l, watched: x.Look(w)}
	var plans []flows.Plan
	for _, e := range seen.watched {
		plans = append(plans, e.Plan)
	}
	seen.proposal = a.proposal(o.command(), withSteps(plans)...)
	return seen, nil
}

// actOnce tells what was decided and sends it.
func (a *app) actOnce(ctx context.Context, o *watchOptions, told *telling, seen *watching) error {
	l, p := seen.look, seen.proposal
	told.look(l, seen.watched, p)
	if p.Empty() {
		if o.yes && len(l.budget.Held) > 0 { // what a run that died left is not waited for
			_, err := a.settle(ctx, nil)
			return err
		}
		return nil
	}
	if o.yes { // whatever an earlier round left in doubt is found out first
		if _, err := a.settle(ctx, nil); err != nil {
			return err
		}
	}
	d := newDelivery()
	d.quiet = true // the decisions are told instead of the plans
	d.run = o.run
	ask := o.sendOptions
	err := a.send(ctx, l, p, ask, d, func(e *orchestrator.Applier) error { return e.Apply(ctx, p) })
	a.worked = worked{} // what was sent may change it without a date on anything
	told.sent(d)
	if d.shape.Sent {
		o.run = d.run
	}
	seen.moved = slices.ContainsFunc(d.shape.Results, func(r stepShape) bool { return r.Outcome == string(orchestrator.Done) })
	stale, failed, rest := sorted(err)
	if stale != nil {
		a.notice("%s: %s; looking again", stale.Target, stale.Why)
		seen.moved = true
	}
	for _, f := range failed {
		a.notice("%v", f)
	}
	if o.once && rest == nil && stale == nil && len(failed) > 0 {
		rest = failed[0]
	}
	if !d.shape.Sent && !o.dryRun && rest == nil { // the answer was no
		o.once, seen.declined = true, true
	}
	return rest
}

// lookAtWork reads the fleet and the pull requests of what is followed, and
// remembers what is new of them.
func (a *app) lookAtWork(ctx context.Context, o *watchOptions) (*look, flows.World, execute.Watch, error) {
	var x execute.Watch
	l, err := a.look(ctx)
	if err != nil {
		return nil, flows.World{}, x, err
	}
	x, err = a.watching(l, o)
	if err != nil {
		return l, flows.World{}, x, err
	}
	w, err := a.readWork(ctx, l, x, nil, o.dryRun)
	return l, w, x, err
}

// readWork reads the pull requests of what is followed, and further ones that are
// named, and remembers what is new of them; a dry run remembers it for itself.
func (a *app) readWork(ctx context.Context, l *look, x execute.Watch, more []inventory.Ref, dryRun bool) (flows.World, error) {
	w := l.world()
	d, err := a.dir()
	if err != nil {
		return w, err
	}
	w.Courses = flows.Courses{}
	if d.Exists() {
		known, err := a.plans(d.File(journalFolder)).Courses()
		if err != nil {
			return w, err
		}
		maps.Copy(w.Courses, known)
	}
	hub, err := a.client(ctx)
	if err != nil {
		return w, err
	}
	var questions []github.WorksQuestion
	for _, q := range execute.Questions(w, x.Epics, x.Repos) {
		questions = append(questions, github.WorksQuestion(q))
	}
	for _, ref := range more {
		at := slices.IndexFunc(questions, func(q github.WorksQuestion) bool { return q.Repo.Same(ref.Repo) })
		if at < 0 {
			at, questions = len(questions), append(questions, github.WorksQuestion{Repo: ref.Repo})
		}
		if q := &questions[at]; !slices.Contains(q.Pulls, ref.Number) {
			q.Pulls = append(q.Pulls, ref.Number)
		}
	}
	if !a.worked.lend(&l.snap, questions, w.Now) {
		if err := hub.Works(ctx, &l.snap, questions); err != nil {
			return w, err
		}
		a.worked.keep(&l.snap, questions, w.Now)
	}
	a.noteWorks(l, questions)
	for _, n := range x.Observe(w) {
		if !dryRun && d.Exists() && d.Writable() == nil {
			if err := a.plans(d.File(journalFolder)).NotePull(w.Now, n.Pull, n.Note); err != nil {
				return w, err
			}
		}
		w.Courses[n.Pull.Key()] = w.Courses.Of(n.Pull).With(w.Now, n.Note)
	}
	l.courses = w.Courses
	return w, nil
}

// worked is what was last read of pull requests. While the cheap question finds
// nothing new it holds, for a while: reactions, and how far behind a branch is, come
// without any other change.
type worked struct {
	taken, at time.Time // of the snapshot, and when it was read
	asked     []github.WorksQuestion
	works     map[string]*inventory.Work
}

// workHolds is how long.
const workHolds = 20 * time.Minute

func (k *worked) keep(s *inventory.Snapshot, asked []github.WorksQuestion, now time.Time) {
	*k = worked{s.TakenAt, now, asked, map[string]*inventory.Work{}}
	for _, q := range asked {
		if r, ok := s.Repo(q.Repo); ok {
			k.works[q.Repo.Key()] = r.Work
		}
	}
}

// lend puts it beside the same snapshot, where the same is asked; false: it has to
// be read again.
func (k *worked) lend(s *inventory.Snapshot, asked []github.WorksQuestion, now time.Time) bool {
	if k.works == nil || !k.taken.Equal(s.TakenAt) || now.Sub(k.at) > workHolds || !reflect.DeepEqual(k.asked, asked) {
		return false
	}
	for _, w := range k.works {
		if w == nil {
			return false
		}
		for p := range w.Pulls { // what GitHub had not found out so far changes no date
			if w.Pulls[p].State == inventory.PullOpen && (w.Pulls[p].Mergeable == "UNKNOWN" || w.Pulls[p].Behind < 0) {
				return false
			}
		}
	}
	for _, q := range asked {
		if r, ok := s.Repo(q.Repo); ok {
			r.Work = k.works[q.Repo.Key()]
		}
	}
	return true
}

// noteWorks says which repositories' pull requests could not be read: what is
// followed there waits, nothing else does.
func (a *app) noteWorks(l *look, questions []github.WorksQuestion) {
	for _, q := range questions {
		if r, ok := l.snap.Repo(q.Repo); ok && r.Work == nil && r.Problem != nil {
			a.notice("%s: %s; its pull requests wait", r.Ref, r.Problem.Message)
		}
	}
}

// watching is the flow for what the options name.
func (a *app) watching(l *look, o *watchOptions) (execute.Watch, error) {
	c := l.conf
	x := execute.Watch{
		Scope: o.scope, Begin: o.begin || c.NextEpic == "start",
		Dispatch: a.dispatching(l, o.max),
		Gates:    execute.Gates{Ask: c.Merge == "ask", Word: !o.yes && !o.dryRun, AutoMerge: c.AutoMerge, Reassign: c.Reassign},
		Patience: l.patience(),
		Lag:      c.Watch.Behind,
	}
	if o.epic.Number != 0 {
		x.Epics = []inventory.Ref{o.epic}
		return x, nil
	}
	var repos []inventory.RepoRef
	for _, name := range o.names {
		if epic, err := inventory.ParseRef(name, inventory.RepoRef{Owner: c.Owner()}, ""); err == nil && epic.Repo.Name != "" {
			return x, usageError{hinted{fmt.Errorf("%s is an issue: watch follows repositories", name),
				a.called(fmt.Sprintf("core dev epic %d --repo %s --watch", epic.Number, a.repoName(l, epic.Repo))) + " follows one epic"}}
		}
		ref, err := inventory.ParseRepo(name, c.Owner())
		if err != nil {
			return x, usageError{err}
		}
		row, ok := l.fleet.Row(ref)
		if !ok {
			return x, hinted{notFound{ref.String() + " is not part of the fleet"}, "add it to .core/inventory.yaml, which lists those there are"}
		}
		repos = append(repos, row.Repo.Ref)
	}
	if len(repos) == 0 {
		for k := range l.fleet.Rows {
			repos = append(repos, l.fleet.Rows[k].Repo.Ref)
		}
	}
	x.Repos = repos
	x.Epics = execute.Epics(l.world(), repos)
	return x, nil
}

// patience is how long things may take, as configured.
func (l *look) patience() execute.Patience {
	c := l.conf.Watch
	return execute.Patience{Unknown: execute.Usual.Unknown, Retry: execute.Usual.Retry, Ack: c.Ack, Answer: c.Answer,
		Checks: c.Checks, Review: c.Review, Session: c.Session, GiveUp: c.GiveUp}
}

// passing tells of errors that may pass by themselves: watching goes on.
func passing(err error) bool {
	kind, _, _, _ := kindOf(err)
	switch kind {
	case string(github.KindNetwork), string(github.KindServer), string(github.KindRateLimited), "stale", "paused", "unsettled", "budget", "busy":
		return true
	}
	return false
}
