package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/budget/plan"
	"github.com/dappcore/core-dev/flows/execute"
	"github.com/dappcore/core-dev/internal/terminal"
	"github.com/dappcore/core-dev/internal/training"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
)

// judgedDays is how far back "auto" and the READY gauge look.
const judgedDays = 14

type planOptions struct {
	strategy string // empty: as configured
	apply    bool
	sendOptions
}

func (o *planOptions) check() error {
	if o.strategy != "" && !plan.Strategy(o.strategy).Known() {
		return usageError{fmt.Errorf("--strategy %s: there are conservative, moderate, aggressive, auto and none", terminal.Clean(o.strategy))}
	}
	return nil
}

func (o *planOptions) command() string {
	text := "core dev budget --plan --apply"
	if o.strategy != "" {
		text += " --strategy " + o.strategy
	}
	return text
}

// planDay shows the day's plan, or proposes and applies it.
func (a *app) planDay(ctx context.Context, o planOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	if o.apply {
		return a.applyDay(ctx, o)
	}
	defer a.printStats(ctx)
	l, p, err := a.lookToPlan(ctx, o)
	if err != nil {
		return err
	}
	if a.opt.json {
		return a.printJSON(p)
	}
	a.printDay(l, p)
	return nil
}

// lookToPlan looks, reads the pull requests of what runs, as a session does, and works
// the day's plan out: what is shown is what --apply would send.
func (a *app) lookToPlan(ctx context.Context, o planOptions) (*look, plan.Plan, error) {
	o.dryRun = o.dryRun || !o.apply
	l, _, _, err := a.lookAtWork(ctx, &watchOptions{sendOptions: o.sendOptions})
	if err != nil {
		return nil, plan.Plan{}, err
	}
	p, err := a.dayPlan(ctx, l, o.strategy)
	return l, p, err
}

// dayPlan works the day's plan out from a look.
func (a *app) dayPlan(ctx context.Context, l *look, strategy string) (plan.Plan, error) {
	return a.planOf(ctx, l, func() (plan.Input, error) { return a.dayInput(l, strategy, a.now()) })
}

// planOf makes a plan of what a look says. Where GitHub's GraphQL does not tell what
// blocks a child, those that are planned are asked after, until all are known.
func (a *app) planOf(ctx context.Context, l *look, input func() (plan.Input, error)) (plan.Plan, error) {
	asked := map[string]bool{}
	for {
		in, err := input()
		if err != nil {
			return plan.Plan{}, err
		}
		p := plan.Make(in)
		var refs []inventory.Ref
		for _, r := range p.Repos {
			for _, c := range r.Children {
				if key := c.Child.Key(); !l.snap.Dependencies && !asked[key] {
					asked[key] = true
					refs = append(refs, c.Child)
				}
			}
		}
		if len(refs) == 0 {
			if a.heldUnknown {
				p.Notes = append(p.Notes, "what is reserved is not known, so less may be left than this says: core dev budget reconcile")
			}
			return p, nil
		}
		hub, err := a.client(ctx)
		if err != nil {
			return p, err
		}
		if err := hub.Dependencies(ctx, &l.snap, refs); err != nil {
			return p, err
		}
		l.assess()
	}
}

// dayInput is what a plan of the day that an instant falls on is worked out from: by
// the days before it "auto" is judged. A child whose pull request is open, where that
// was read, uses up no repository's limit, since nobody pays for it again.
func (a *app) dayInput(l *look, strategy string, at time.Time) (plan.Input, error) {
	c := l.conf
	if strategy == "" {
		strategy = c.Strategy
	}
	labels, calls := a.dispatching(l, 0).Labels, a.calls()
	r := plan.Reading{Snapshot: &l.snap, Fleet: &l.fleet, Agent: c.DefaultAgent, StandIns: c.Fallback(), Silent: func(agent string) string {
		_, labelled := labels[agent]
		switch {
		case !labelled && !calls[agent]:
			return fmt.Sprintf("agent %q has neither label nor command: name one under agents in config.yaml", agent)
		case !labelled && l.claims():
			return fmt.Sprintf("agent %q is a command of one machine, which claims: refs cannot tell the others of", agent)
		}
		return ""
	}}
	in := r.Input(l.budget, plan.Settings{Strategy: plan.Strategy(strategy), Reserve: c.Reserve, RepoShare: c.RepoShare, ReadyShare: c.ReadyShare})
	claimed := execute.Claimed(l.world())
	for k := range in.Repos {
		in.Repos[k].Ready = slices.DeleteFunc(in.Repos[k].Ready, func(c plan.Child) bool { return claimed[c.Ref.Key()] })
	}
	done, err := a.ended(l)
	if err != nil {
		return in, err
	}
	lines, err := a.lines(c, budget.DayOf(a.now())-judgedDays)
	if err != nil {
		return in, err
	}
	in.Past = plan.Outcomes(lines, done.of, at)
	for _, line := range lines {
		done.repos[line.Ref.Repo.Key()] = true
	}
	for k := range in.Repos {
		in.Repos[k].Begun = done.repos[in.Repos[k].Ref.Key()]
	}
	return in, nil
}

// ends are children and when they were closed as completed, by Ref.Key; a zero time:
// they ended otherwise, or are open.
type ends struct {
	at     map[string]time.Time
	closed map[string]bool
	repos  map[string]bool // by RepoRef.Key: some child there ended
}

func (e ends) of(ref inventory.Ref) (at time.Time, closed, known bool) {
	at, known = e.at[ref.Key()]
	return at, e.closed[ref.Key()], known
}

// ended are the children whose end is known, by GitHub or by our own records.
func (a *app) ended(l *look) (ends, error) {
	out := ends{map[string]time.Time{}, map[string]bool{}, map[string]bool{}}
	d, err := a.dir()
	if err != nil {
		return out, err
	}
	if d.Exists() {
		records, err := training.Open(d.File(trainingFolder)).Ends()
		if err != nil {
			return out, err
		}
		for _, r := range records {
			out.at[r.Child.Key()], out.closed[r.Child.Key()] = r.Merged, true
			out.repos[r.Child.Repo.Key()] = true
		}
	}
	for k := range l.fleet.Epics {
		for _, c := range l.fleet.Epics[k].Children {
			key := c.Ref.Key()
			switch {
			case c.Issue == nil || c.Issue.Missing:
			case !c.Issue.Closed:
				out.at[key], out.closed[key] = time.Time{}, false // reopened, too
			case c.Issue.StateReason == "COMPLETED" || c.Issue.StateReason == "":
				out.at[key], out.closed[key] = c.Issue.ClosedAt, true
			default:
				out.at[key], out.closed[key] = time.Time{}, true
			}
		}
	}
	return out, nil
}

// applyDay hands the day's plan to the agents, as one proposal. Where the world moved
// since, it looks and plans anew.
func (a *app) applyDay(ctx context.Context, o planOptions) error {
	if err := a.ready(ctx, o.sendOptions); err != nil {
		return err
	}
	defer a.printStats(ctx)
	d := newDelivery()
	for round := 1; ; round++ {
		l, day, err := a.lookToPlan(ctx, o)
		if err != nil {
			return d.end(a, err)
		}
		p, err := a.proposeDay(l, day, o)
		if err != nil {
			return d.end(a, err)
		}
		if round == 1 && !a.opt.json {
			a.printDay(l, day)
			fmt.Fprintln(a.out)
		}
		before := d.tasks
		err = a.send(ctx, l, p, o.sendOptions, d, func(e *orchestrator.Applier) error { return e.Apply(ctx, p) })
		var stale *orchestrator.Stale
		if !errors.As(err, &stale) || round == staleRounds || day.Tasks == d.tasks-before {
			return d.end(a, err)
		}
		if !a.opt.json {
			a.notice("%s: %s; planning again", stale.Target, stale.Why)
		}
	}
}

// proposeDay makes a proposal of a day's plan: a dispatch an epic.
func (a *app) proposeDay(l *look, day plan.Plan, o planOptions) (orchestrator.Proposal, error) {
	x := execute.Day{Dispatch: a.dispatching(l, 0), Reassign: l.conf.Reassign}
	for _, r := range day.Repos {
		for _, c := range r.Children {
			x.Children = append(x.Children, execute.Given{Child: c.Child, Epic: c.Of, Agent: c.Agent, Member: c.Member})
		}
	}
	plans, err := x.Plans(l.world())
	return a.proposal(o.command(), plans...), err
}

// printDay prints a day's plan for a person.
func (a *app) printDay(l *look, p plan.Plan) {
	name := func(repo string) string {
		ref, err := inventory.ParseRepo(repo, "")
		if err != nil {
			return repo
		}
		return a.repoName(l, ref)
	}
	fmt.Fprintf(a.out, "plan %s   %s: %s\n", p.Date, p.Level, p.Why)
	fmt.Fprintf(a.out, "%s of %d today at the most (%d dispatched so far); %d of %d usable left then, %d of them kept for retries\n",
		count(p.Tasks, "task"), p.Limit, p.Spent, p.Remaining, p.Usable, p.Reserve)
	shown := slices.DeleteFunc(slices.Clone(p.Repos), func(r plan.RepoPlan) bool { return r.Tasks+r.Today+r.Unstick == 0 })
	if len(shown) > 0 {
		fmt.Fprintln(a.out)
		t := a.table("REPO", "#TASKS", "#RDY", "#TODAY", "WHY")
		for _, r := range shown {
			why := r.Reason
			if r.Unstick > 0 {
				why += fmt.Sprintf("; %s to unstick, at no cost", count(r.Unstick, "pull request"))
			}
			t.Row(a.repoName(l, r.Ref), dash(r.Tasks), dash(r.Ready), dash(r.Today), why)
		}
		t.Flush()
	}
	if p.Tasks > 0 {
		fmt.Fprintln(a.out)
	}
	for _, r := range p.Repos {
		a.printGiven(l, p, r)
	}
	if len(p.Agents) > 1 {
		var by []string
		for _, g := range p.Agents {
			by = append(by, fmt.Sprintf("%s %d", terminal.Clean(g.Agent), g.Tasks))
		}
		fmt.Fprintf(a.out, "by agent: %s\n", strings.Join(by, ", "))
	}
	a.printUnplaced(l, p)
	fmt.Fprintln(a.out)
	for _, s := range p.Stranded {
		text := fmt.Sprintf("stranded: %d of @%s, %s", s.Quota, s.Member, s.Reason)
		if len(s.Repos) > 0 {
			var names []string
			for _, r := range s.Repos {
				names = append(names, name(r))
			}
			text += "; connecting one of these frees it: " + shorten(names, 6)
		}
		fmt.Fprintln(a.out, terminal.Clean(text))
	}
	g := p.Gauge
	fmt.Fprintf(a.out, "READY %d, %.1f times the %d a day; %d to %d times is right: %s\n", g.Ready, g.Times, g.Rate, g.Low, g.High, g.State)
	if e := p.Estimate; e.Audits > 0 {
		by := "as usual"
		if e.Own {
			by = fmt.Sprintf("by %d of this fleet's own", e.Of)
		}
		fmt.Fprintf(a.out, "in %s that nobody has processed: about %d children more, at %.1f an audit %s\n", count(e.Audits, "audit"), e.Children, e.PerAudit, by)
	}
	for _, x := range p.Advice {
		text := x.Text
		if x.Do != "" {
			text += ": " + a.called(x.Do)
		}
		fmt.Fprintf(a.out, "advice: %s\n", terminal.Clean(text))
	}
	for _, n := range p.Notes {
		fmt.Fprintf(a.out, "note: %s\n", terminal.Clean(a.placed(n)))
	}
}

// printUnplaced says what is left out, a line a reason.
func (a *app) printUnplaced(l *look, p plan.Plan) {
	type group struct {
		reason      string
		count       int
		repos, refs []string
	}
	var groups []*group
	of := map[string]*group{}
	for _, u := range p.Unplaced {
		ref, err := inventory.ParseRef(u.Ref, inventory.RepoRef{}, "")
		if err != nil {
			continue
		}
		g := of[u.Reason]
		if g == nil {
			g = &group{reason: u.Reason}
			of[u.Reason] = g
			groups = append(groups, g)
		}
		g.count++
		g.refs = append(g.refs, fmt.Sprintf("#%d", ref.Number))
		if name := a.repoName(l, ref.Repo); len(g.repos) == 0 || g.repos[len(g.repos)-1] != name {
			g.repos = append(g.repos, name)
		}
	}
	if len(groups) > 0 {
		fmt.Fprintf(a.out, "\nleft out, though READY: %d\n", len(p.Unplaced))
	}
	for _, g := range groups {
		where := fmt.Sprintf("%d in %s", g.count, shorten(g.repos, 6))
		if len(g.repos) == 1 {
			where += " (" + shorten(g.refs, 8) + ")"
		}
		fmt.Fprintf(a.out, "  %s: %s\n", terminal.Clean(where), terminal.Clean(a.placed(g.reason)))
	}
}

// printGiven lists a repository's children, a line an epic.
func (a *app) printGiven(l *look, p plan.Plan, r plan.RepoPlan) {
	var epics []inventory.Ref
	of := map[string][]string{}
	for _, c := range r.Children {
		if !slices.ContainsFunc(epics, func(e inventory.Ref) bool { return e.Key() == c.Of.Key() }) {
			epics = append(epics, c.Of)
		}
		text := c.Child.From(r.Ref)
		if len(p.Agents) > 1 {
			text += " " + c.Agent
		}
		of[c.Of.Key()] = append(of[c.Of.Key()], text)
	}
	for _, e := range epics {
		fmt.Fprintf(a.out, "%s of epic %s: %s\n", a.repoName(l, r.Ref), terminal.Clean(e.From(r.Ref)), terminal.Clean(strings.Join(of[e.Key()], ", ")))
	}
}

// shorten joins the first of a list and says how many more there are.
func shorten(list []string, most int) string {
	if len(list) <= most {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:most], ", "), len(list)-most)
}
