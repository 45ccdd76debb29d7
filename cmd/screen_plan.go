package cmd

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/flows/execute"
	"github.com/dappcore/core-dev/flows/onboard"
	"github.com/dappcore/core-dev/orchestrator"
	"github.com/dappcore/core-dev/tui"
)

// shown is a proposal that may be approved, and what its approval goes for
// besides.
type shown struct {
	look     *look
	proposal orchestrator.Proposal
	// next looks again and plans the round after; nil: there is none.
	next   func(context.Context) (*look, orchestrator.Proposal, error)
	leave  orchestrator.Approval       // for the rounds, this one included
	steps  int                         // of all rounds, as far as they were announced
	follow *watchOptions               // that begins with it; nil: none does
	done   func(context.Context) error // once it was applied; nil: nothing
}

// Propose looks and plans; what an earlier run left open it only tells.
func (s *screenEngine) Propose(ctx context.Context, ask tui.Ask) (orchestrator.Proposal, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.refuseReadOnly(); err != nil {
		return orchestrator.Proposal{}, err
	}
	if err := s.a.mayWrite(); err != nil {
		return orchestrator.Proposal{}, err
	}
	if ask.Of != "" {
		return s.less(ask)
	}
	plan, ok := map[tui.Verb]func(context.Context, tui.Ask) (shown, error){
		tui.Dispatch: s.planDispatch, tui.Audit: s.planAudit, tui.Organise: s.planEpics,
		tui.Tick: s.planTick, tui.Follow: s.planFollow, tui.Undo: s.planUndo,
		tui.Plan: s.planDay, tui.Sit: s.planSitting,
	}[ask.Verb]
	if !ok {
		return orchestrator.Proposal{}, fmt.Errorf("nothing plans %q here", ask.Verb)
	}
	what, err := plan(ctx, ask)
	if err != nil {
		return orchestrator.Proposal{}, err
	}
	what.proposal.Left = what.look.budget.Status().UsableRemaining
	clear(s.shown)
	s.shown[what.proposal.ID] = what
	return what.proposal, nil
}

// refuseReadOnly holds --read-only whatever the screen asks for.
func (s *screenEngine) refuseReadOnly() error {
	if s.a.opt.readOnly {
		return usageError{hinted{errors.New("this screen was opened with --read-only: nothing is planned or sent"), "open it without"}}
	}
	return nil
}

// planDispatch plans one epic as the command line does, several as one budget
// allows them.
func (s *screenEngine) planDispatch(ctx context.Context, ask tui.Ask) (shown, error) {
	if len(ask.Epics) == 0 {
		return shown{}, errors.New("no epic was named")
	}
	l, err := s.a.lookToDispatch(ctx, ask.Epics[0])
	if err != nil {
		return shown{}, err
	}
	if len(ask.Epics) == 1 {
		p, err := s.a.planDispatch(l, dispatchOptions{epic: ask.Epics[0], max: ask.Max})
		return shown{look: l, proposal: p}, err
	}
	var commands []string
	for k, e := range ask.Epics {
		if k > 0 {
			if err := s.a.readBlockers(ctx, l, e); err != nil {
				return shown{}, err
			}
		}
		commands = append(commands, dispatchOptions{epic: e, max: ask.Max}.command())
	}
	plans, err := onboard.HandOut(l.world(), s.a.dispatching(l, ask.Max), ask.Epics)
	if err != nil {
		return shown{}, err
	}
	return shown{look: l, proposal: s.a.proposal(strings.Join(commands, " && "), plans...)}, nil
}

func (s *screenEngine) planAudit(ctx context.Context, ask tui.Ask) (shown, error) {
	return s.planRounds(ctx, ask, onboardOptions{stages: onboard.Stages{Audit: true}, verb: "audit"})
}

func (s *screenEngine) planEpics(ctx context.Context, ask tui.Ask) (shown, error) {
	return s.planRounds(ctx, ask, onboardOptions{stages: onboard.Stages{Organise: true}, verb: "epic create"})
}

// planRounds plans what takes several rounds, since what one makes the next one
// sees. Its approval goes for the later rounds, as far as they were announced.
func (s *screenEngine) planRounds(ctx context.Context, ask tui.Ask, o onboardOptions) (shown, error) {
	for _, r := range ask.Repos {
		o.names = append(o.names, r.String())
	}
	round := func(ctx context.Context) (l *look, work []onboard.Onboard, plans []flows.Plan, p orchestrator.Proposal, err error) {
		read := s.a.auditReader(ctx)
		if l, err = s.a.look(ctx); err != nil {
			return
		}
		work = s.a.onboardings(l, read.findings, ask.Repos, o)
		for k := range work {
			work[k].Only = ask.Issues
		}
		if err = s.a.readDetails(ctx, l, work); err != nil {
			return
		}
		if plans = onboard.Round(l.world(), work); read.err != nil {
			err = read.err
			return
		}
		p = s.a.proposal(o.command(), withSteps(plans)...)
		return
	}
	l, work, plans, p, err := round(ctx)
	if err != nil {
		return shown{}, err
	}
	what := shown{look: l, proposal: p}
	if p.Empty() { // why, repository by repository
		what.proposal = s.a.proposal(o.command(), plans...)
		return what, nil
	}
	what.leave, what.proposal.Later, _ = s.a.announce(l, work, plans, p)
	for _, n := range what.leave.Steps {
		what.steps += n
	}
	if len(ask.Issues) > 0 { // the command line has no word for them
		what.proposal.Command = ""
	}
	what.next = func(ctx context.Context) (*look, orchestrator.Proposal, error) {
		l, _, _, p, err := round(ctx)
		return l, p, err
	}
	return what, nil
}

// planTick keeps checklists in step with their children.
func (s *screenEngine) planTick(ctx context.Context, ask tui.Ask) (shown, error) {
	o := watchOptions{scope: execute.Sync}
	l, err := s.a.look(ctx)
	if err != nil {
		return shown{}, err
	}
	x, err := s.a.watching(l, &o)
	if err != nil {
		return shown{}, err
	}
	x.Epics, x.Repos = ask.Epics, nil
	w, err := s.a.readWork(ctx, l, x, nil, true)
	if err != nil {
		return shown{}, err
	}
	var commands []string
	for _, e := range ask.Epics {
		commands = append(commands, fmt.Sprintf("core dev epic %d --repo %s --sync", e.Number, e.Repo))
	}
	var plans []flows.Plan
	for _, e := range x.Look(w) {
		e.Plan.Skipped = nil // of its pull requests, which nobody asked about
		plans = append(plans, e.Plan)
	}
	return shown{look: l, proposal: s.a.proposal(strings.Join(commands, " && "), plans...)}, nil
}

// planUndo takes back what was sent last, with all its rounds, or the plan named.
func (s *screenEngine) planUndo(ctx context.Context, ask tui.Ask) (shown, error) {
	l, err := s.a.look(ctx)
	if err != nil {
		return shown{}, err
	}
	engine, err := s.a.applier(ctx, l, nil)
	if err != nil {
		return shown{}, err
	}
	if ask.Plan != "" {
		plan, err := engine.Undo(ask.Plan)
		if err != nil {
			return shown{}, s.a.cannotUndo(err)
		}
		return shown{look: l, proposal: s.a.proposal("core dev undo "+plan.Target, plan)}, nil
	}
	_, plans, err := engine.UndoRun("")
	if err != nil {
		return shown{}, s.a.cannotUndo(err)
	}
	return shown{look: l, proposal: s.a.proposal("core dev undo --run "+plans[0].Target, plans...)}, nil
}

// Apply carries out a proposal that was shown, each only once, and the rounds that
// follow it. It settles first what was left open.
func (s *screenEngine) Apply(ctx context.Context, id string, emit func(orchestrator.Event)) error {
	if err := s.refuseReadOnly(); err != nil {
		return err
	}
	s.sending.Lock()
	defer s.sending.Unlock()
	s.mu.Lock()
	what, ok := s.shown[id]
	delete(s.shown, id)
	if !ok {
		s.mu.Unlock()
		return &orchestrator.Stale{Target: "proposal " + id, Why: "it was sent already, or another was made since"}
	}
	sum := &inAll{of: what.steps, emit: emit}
	engine, err := s.a.applier(ctx, what.look, sum.tell)
	s.mu.Unlock()
	if err != nil {
		return err
	}
	if err := s.a.refusePaused(); err != nil {
		return err
	}
	if err := s.a.settleFirst(ctx, emit); err != nil {
		return err
	}
	engine.Run = id
	if err := engine.Apply(ctx, what.proposal); err != nil {
		return first(err)
	}
	s.mu.Lock()
	s.a.worked = worked{} // what was sent may change it without a date on anything
	if what.follow != nil {
		what.follow.run, what.follow.yes = id, true
		s.follow = what.follow
	}
	if what.done != nil {
		err = what.done(ctx)
	}
	s.mu.Unlock()
	if err != nil {
		return err
	}
	return s.applyRounds(ctx, what, sum)
}

// applyRounds goes on with the rounds after the first.
func (s *screenEngine) applyRounds(ctx context.Context, what shown, sum *inAll) error {
	if what.next == nil {
		return nil
	}
	last := what.proposal
	for range mostRounds {
		what.leave = what.leave.Used(last.Plans)
		s.mu.Lock()
		l, p, err := what.next(ctx)
		var engine *orchestrator.Applier
		if err == nil && !p.Empty() {
			sum.next()
			engine, err = s.a.applier(ctx, l, sum.tell)
		}
		s.mu.Unlock()
		switch {
		case err != nil:
			return err
		case p.Empty():
			return nil
		case !what.leave.Covers(p.Plans):
			return &tui.Further{Target: p.Plans[0].Target}
		}
		engine.Run = what.proposal.ID
		if err := engine.Apply(ctx, p); err != nil {
			return first(err)
		}
		last = p
	}
	return fmt.Errorf("after %d rounds there is still something to do, as if somebody undid what is done: look at the log, then ask again", mostRounds)
}

// first is the error that decides what is done next, of those of an apply: one
// that the world contradicted, else all of them.
func first(err error) error {
	stale, _, rest := sorted(err)
	if stale != nil && rest == nil {
		return stale
	}
	return err
}

// inAll tells how far an apply of several rounds is, all of them together.
type inAll struct {
	of, before, last int // steps: announced, of the rounds before, of this one
	emit             func(orchestrator.Event)
}

func (p *inAll) tell(e orchestrator.Event) {
	p.last = e.Progress.Of
	e.Progress.Done += p.before
	e.Progress.Of = max(p.of, e.Progress.Of+p.before)
	p.emit(e)
}

func (p *inAll) next() { p.before, p.last = p.before+p.last, 0 }
