package cmd

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/flows/execute"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
)

type dispatchOptions struct {
	epic inventory.Ref
	max  int // children at the most; 0: all that are READY
	feat []string
	sendOptions
}

// dispatchEpic plans, shows, asks, applies.
func (a *app) dispatchEpic(ctx context.Context, arg string, o dispatchOptions) error {
	if err := a.ready(ctx, o.sendOptions); err != nil {
		return err
	}
	l, epic, err := a.lookAtEpic(ctx, arg)
	if err != nil {
		return err
	}
	o.epic = epic.Ref
	for _, f := range o.feat {
		if _, err := l.openFeature(f, epic.Ref.Repo); err != nil {
			return err
		}
	}
	defer a.printStats(ctx)
	return a.dispatch(ctx, l, o)
}

// epic finds an epic; what is none is explained.
func (l *look) epic(ref inventory.Ref) (*inventory.Epic, error) {
	if e, ok := l.fleet.Epic(ref); ok {
		return e, nil
	}
	if r, ok := l.snap.Repo(ref.Repo); ok && r.Problem != nil {
		return nil, hinted{notFound{ref.Repo.String() + ": " + r.Problem.Message}, r.Problem.Hint}
	} else if !ok {
		return nil, notFound{ref.Repo.String() + " is not part of the fleet"}
	}
	return nil, execute.WhyNoEpic(l.world(), ref)
}

func (l *look) world() flows.World {
	return flows.World{Snapshot: &l.snap, Fleet: &l.fleet, Rules: l.rules, Records: l.records, Budget: l.budget, Said: l.said, Now: l.budget.Now,
		TakenBack: func(i inventory.Ref) time.Time { return l.takenBack[i.Key()] }, Made: l.made, Courses: l.courses}
}

// staleRounds is how often a dispatch that the world contradicts plans again.
const staleRounds = 3

// dispatch plans and sends. Where the world moved since the plan it looks,
// plans and asks again: what was sent counts against --max.
func (a *app) dispatch(ctx context.Context, l *look, o dispatchOptions) error {
	d := newDelivery()
	for round := 1; ; round++ {
		p, err := a.planDispatch(l, o)
		if err != nil {
			return d.end(a, err)
		}
		before := d.tasks
		err = a.send(ctx, l, p, o.sendOptions, d, func(e *orchestrator.Applier) error { return e.Apply(ctx, p) })
		var stale *orchestrator.Stale
		if o.max > 0 {
			o.max -= d.tasks - before
		}
		if !errors.As(err, &stale) || round == staleRounds || p.Plans[0].Cost.Tasks == d.tasks-before {
			return d.end(a, err)
		}
		if !a.opt.json {
			a.notice("%s: %s; planning again", stale.Target, stale.Why)
		}
		if l, err = a.lookToDispatch(ctx, o.epic); err != nil {
			return d.end(a, err)
		}
	}
}

// lookToDispatch reads all that a dispatch of an epic, or issue, is planned from.
func (a *app) lookToDispatch(ctx context.Context, about inventory.Ref) (*look, error) {
	l, err := a.look(ctx)
	if err != nil {
		return nil, err
	}
	return l, a.readBlockers(ctx, l, about)
}

func (a *app) planDispatch(l *look, o dispatchOptions) (orchestrator.Proposal, error) {
	if err := l.allowFeatures(o); err != nil {
		return orchestrator.Proposal{}, err
	}
	d := a.dispatching(l, o.max)
	d.Epic = o.epic
	plan, err := d.Plan(l.world())
	return a.proposal(o.command(), plan), err
}

// dispatching is how children are handed out here, max of them at the most.
func (a *app) dispatching(l *look, max int) execute.Dispatch {
	labels := map[string]string{}
	for _, g := range l.conf.Agents {
		if g.Kind == "label" {
			labels[g.Name] = g.Label
		}
	}
	return execute.Dispatch{Max: max, Agent: l.conf.DefaultAgent, Labels: labels, Calls: a.calls(), Claims: l.claims()}
}

// claims tells whether children are claimed on GitHub, for several machines.
func (l *look) claims() bool { return l.conf.Claims == "refs" }

// command is the dispatch as it is written on the command line.
func (o dispatchOptions) command() string {
	text := fmt.Sprintf("core dev epic %d --repo %s --dispatch", o.epic.Number, o.epic.Repo)
	if o.max > 0 {
		text += fmt.Sprintf(" --max %d", o.max)
	}
	for _, f := range o.feat {
		text += " --include-feat " + f
	}
	return text
}

// allowFeatures takes the owner's word for feature children.
func (l *look) allowFeatures(o dispatchOptions) error {
	if len(o.feat) == 0 {
		return nil
	}
	epic, ok := l.fleet.Epic(o.epic)
	if !ok {
		return nil
	}
	var given []inventory.Ref
	for _, f := range o.feat {
		ref, err := inventory.ParseRef(f, o.epic.Repo, l.snap.Host)
		if err != nil {
			return usageError{err}
		}
		found := false
		for _, c := range epic.Children {
			found = found || c.Ref.Key() == ref.Key()
		}
		if !found {
			return usageError{fmt.Errorf("--include-feat %s: the epic has no such child", f)}
		}
		given = append(given, ref)
	}
	l.giveWord(given)
	return nil
}

// openFeature is what --include-feat names, and that needs the owner's word: an
// open feature. A bare number belongs to home.
func (l *look) openFeature(arg string, home inventory.RepoRef) (inventory.Ref, error) {
	ref, err := inventory.ParseRef(arg, home, l.snap.Host)
	if err != nil {
		return ref, usageError{fmt.Errorf("--include-feat %s: %w", arg, err)}
	}
	i, ok := l.snap.Find(ref)
	switch {
	case !ok || i.Missing: // what an epic lists, and what not, is said where that is known
		return ref, nil
	case i.Closed:
		return ref, usageError{fmt.Errorf("--include-feat %s: it is closed", arg)}
	case !inventory.IsFeature(i.Title):
		return ref, usageError{fmt.Errorf("--include-feat %s: by its title it is no feature, and needs no word", arg)}
	}
	return ref, nil
}

// giveWord takes the owner's word for features, by Ref.Key.
func (l *look) giveWord(features []inventory.Ref) {
	if len(features) == 0 {
		return
	}
	l.rules.Feature = map[string]bool{}
	for _, f := range features {
		l.rules.Feature[f.Key()] = true
	}
	l.assess()
}

// checkHost refuses a folder whose ledger belongs to another GitHub.
func (a *app) checkHost() error {
	c, err := a.config()
	if err != nil {
		return err
	}
	d, err := a.dir()
	if err != nil || !d.Exists() {
		return err
	}
	return c.CheckHost(d, a.host())
}
