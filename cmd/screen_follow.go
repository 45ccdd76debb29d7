package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/flows/execute"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
	"github.com/dappcore/core-dev/tui"
)

// planFollow shows what one look of "core dev watch" would do now. Its approval
// goes for the looks after it.
func (s *screenEngine) planFollow(ctx context.Context, _ tui.Ask) (shown, error) {
	o := &watchOptions{scope: execute.All, verb: "watch"}
	look := *o
	look.dryRun = true // what is seen is remembered once it is followed
	l, w, x, err := s.a.lookAtWork(ctx, &look)
	if err != nil {
		return shown{}, err
	}
	x.Gates.Word = true // whoever approves this plan has seen its merges
	watched := x.Look(w)
	var plans []flows.Plan
	for _, e := range watched {
		e.Plan.Skipped = nil // the pull monitor tells what waits, and for what
		plans = append(plans, e.Plan)
	}
	p := s.a.proposal(o.command(), withSteps(plans)...)
	p.Later = followLater(l, x)
	return shown{look: l, proposal: p, follow: o}, nil
}

// followLater is what following goes on to do, by the gates that hold for the looks
// after the first: in them nobody is asked.
func followLater(l *look, x execute.Watch) string {
	does := []string{"ticks", "asks agents for fixes and resolves what they answered"}
	if x.Gates.Reassign != "" {
		does = append(does, "closes a pull request that stays red and gives its child to "+x.Gates.Reassign+" (a task each, reassign)")
	}
	if !x.Gates.Ask {
		does = append(does, "merges what is green")
	}
	does = append(does, "hands out the next phases")
	if x.Begin {
		does = append(does, "begins a repository's next epic when one is finished (next_epic: start)")
	}
	does = append(does, "brings finished epics home")
	text := fmt.Sprintf("Until it is stopped, look by look and without asking, it %s. It spends at most %s until 00:00Z, and each day after that what that day allows.",
		strings.Join(does, ", "), count(l.budget.Status().UsableRemaining, "task"))
	if x.Gates.Ask {
		text += " Merges other than these wait for you (merge: ask)."
	}
	return text
}

// Follow is one look of what was approved last.
func (s *screenEngine) Follow(ctx context.Context, emit func(orchestrator.Event)) (tui.Round, error) {
	s.sending.Lock()
	defer s.sending.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.refuseReadOnly(); err != nil {
		return tui.Round{}, err
	}
	if s.follow == nil {
		return tui.Round{}, errors.New("nothing was approved to be followed")
	}
	o := s.follow
	if err := s.a.refusePaused(); err != nil {
		return tui.Round{}, err
	}
	l, w, x, err := s.a.lookAtWork(ctx, o)
	if err != nil {
		return tui.Round{}, err
	}
	watched := x.Look(w)
	var plans []flows.Plan
	for _, e := range watched {
		plans = append(plans, e.Plan)
	}
	r := tui.Round{Pulls: pullsSeen(l, w, watched)}
	if r.View, err = s.view(l); err != nil {
		return r, err
	}
	s.leave(r.View)
	p := s.a.proposal(o.command(), withSteps(plans)...)
	moved := false
	if !p.Empty() {
		count := func(e orchestrator.Event) {
			if e.Outcome == orchestrator.Done {
				r.Sent++
			}
			emit(e)
		}
		if moved, r.Trouble, err = s.sendFollowed(ctx, l, p, o.run, count); err != nil {
			return r, err
		}
	}
	r.Over = !moved && execute.Over(watched)
	r.Pause = time.Duration(float64(execute.Pause(watched, moved, l.conf.Watch.Interval)) / max(s.a.opt.speed, 1))
	return r, nil
}

// sendFollowed sends what a look decided. mu is held, and let go while it sends.
func (s *screenEngine) sendFollowed(ctx context.Context, l *look, p orchestrator.Proposal, run string, emit func(orchestrator.Event)) (moved bool, trouble []error, err error) {
	engine, err := s.a.applier(ctx, l, emit)
	if err != nil {
		return false, nil, err
	}
	engine.Run = run
	err = func() error {
		s.mu.Unlock()
		defer s.mu.Lock()
		if _, err := s.a.settle(ctx, emit); err != nil {
			return err
		}
		return engine.Apply(ctx, p)
	}()
	s.a.worked = worked{}
	stale, failed, rest := sorted(err)
	if stale != nil {
		trouble = append(trouble, stale)
	}
	for _, f := range failed {
		trouble = append(trouble, f)
	}
	return true, trouble, rest
}

// Pulls is what a look of a follow would see and do, and remembers nothing.
func (s *screenEngine) Pulls(ctx context.Context) ([]tui.Pull, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := &watchOptions{scope: execute.All, verb: "watch"}
	o.dryRun = true
	l, w, x, err := s.a.lookAtWork(ctx, o)
	if err != nil {
		return nil, err
	}
	return pullsSeen(l, w, x.Look(w)), nil
}

// pullsSeen are the decisions of a look, one a pull request or child, with what
// they rest on: first those for a person, then those with something to do, then
// those that wait, and those that ended last.
func pullsSeen(l *look, w flows.World, watched []execute.Watched) []tui.Pull {
	var groups [4][]tui.Pull
	for _, e := range watched {
		for _, d := range e.Decisions {
			p := pullSeen(l, w, e, d)
			k := 2
			switch {
			case d.Person != "":
				k = 0
			case !p.Open && (d.Row == execute.RowMerged || d.Row == execute.RowClosed):
				k = 3
			case len(d.Steps) > 0:
				k = 1
			}
			groups[k] = append(groups[k], p)
		}
	}
	var out []tui.Pull
	for _, g := range groups {
		out = append(out, g...)
	}
	return out
}

func pullSeen(l *look, w flows.World, e execute.Watched, d execute.Decision) tui.Pull {
	p := tui.Pull{Ref: d.About, Child: d.Child, Epic: e.Epic, State: "no pull", Row: string(d.Row), Seen: d.Seen, Next: d.Next, Person: d.Person}
	if p.Child.Number == 0 {
		p.Child = d.About
	}
	if i, ok := l.snap.Find(p.Child); ok {
		p.Title = i.Title
	}
	agent := ""
	if epic, ok := l.fleet.Epic(e.Epic); ok {
		for k := range epic.Children {
			if c := &epic.Children[k]; c.Ref.Key() == p.Child.Key() {
				agent = c.Verdict.Agent
			}
		}
	}
	p.Agent = agent
	repo, ok := l.snap.Repo(d.About.Repo)
	if !ok {
		return p
	}
	pull, ok := repo.Work.Pull(d.About.Number)
	if !ok || d.About.Key() == d.Child.Key() {
		return p
	}
	p.Title, p.Agent, p.Checks, p.Fits, p.Since = pull.Title, cmp.Or(agent, strings.TrimSuffix(pull.Author, "[bot]")), pull.Checks, pull.Mergeable, pull.CreatedAt
	p.Of, p.Threads = len(pull.Threads), len(pull.Unresolved())
	p.Tries = len(w.Courses.Of(d.About).Asks)
	switch pull.State {
	case inventory.PullOpen:
		p.Open, p.State = true, "open"
	case inventory.PullMerged:
		p.State = "merged"
	case inventory.PullClosed:
		p.State = "closed"
	}
	return p
}
