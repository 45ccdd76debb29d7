package cmd

import (
	"context"
	"fmt"
	"time"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/internal/journal"
	"github.com/dappcore/core-dev/internal/terminal"
	"github.com/dappcore/core-dev/internal/training"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
)

// applier puts the engine together for this folder. Without a look it can do
// all but reserve tasks.
func (a *app) applier(ctx context.Context, l *look, emit func(orchestrator.Event)) (*orchestrator.Applier, error) {
	d, err := a.writable()
	if err != nil {
		return nil, err
	}
	hub, err := a.client(ctx)
	if err != nil {
		return nil, err
	}
	if err := a.checkHost(); err != nil {
		return nil, err
	}
	c, err := a.config()
	if err != nil {
		return nil, err
	}
	book, err := a.ledger(c)
	if err != nil {
		return nil, err
	}
	var hand func(context.Context, string, string) (orchestrator.Labeler, error)
	if l != nil {
		hand = a.hands(c, hub, l.snap.Viewer)
	}
	var judge func(inventory.Issue, bool) (bool, string)
	var trust inventory.Trust
	var agent func(string) (string, bool)
	if l != nil {
		judge, trust, agent = l.rules.Again, l.rules.Trust, l.rules.Agent
	}
	return &orchestrator.Applier{
		Judge: judge, Trust: trust, Agent: agent,
		Hub: hub, Ledger: a.newLedgerPort(book, hub, l), Journal: a.plans(d.File(journalFolder)), Brake: brake{d},
		Clock: a.clock, Host: a.host(), Quiet: c.QuietPeriod, Emit: emit,
		Hand: hand, Callers: a.callers(),
		Pace:     func() flows.Pace { return flows.Pace(hub.Pace()) },
		Workshop: workshop{a.shop(hub, d, c)},
		Recorder: recorder{hub, a.plans(d.File(journalFolder)), training.Open(d.File(trainingFolder)), l, a.host()},
	}, nil
}

const journalFolder = "journal"

// plans is the journal of this folder's plans.
func (a *app) plans(dir string) *journal.Store {
	if a.store == nil {
		a.store = journal.Open(dir)
	}
	return a.store
}

// settle finds out and closes what earlier runs of this folder left open, once
// sending is approved. emit hears what is waited for; nil: it is said on standard
// error.
func (a *app) settle(ctx context.Context, emit func(orchestrator.Event)) ([]orchestrator.Left, error) {
	d, err := a.dir()
	if err != nil || !d.Exists() {
		return nil, err
	}
	open, err := a.plans(d.File(journalFolder)).Unfinished()
	if err != nil {
		return nil, err
	}
	if len(open) == 0 && !a.anyHeld() {
		return nil, nil
	}
	if emit == nil {
		emit = a.tellWait
	}
	engine, err := a.applier(ctx, nil, func(e orchestrator.Event) {
		if e.Outcome == orchestrator.Waiting {
			emit(e)
		}
	})
	if err != nil {
		return nil, err
	}
	left, err := engine.Settle(ctx)
	for _, s := range left {
		if a.opt.json {
			break // standard error is the error's own there
		}
		a.notice("plan %s (%s %s) was left open by an earlier run: %s", s.Plan, s.Flow, s.Target, leftText(s))
	}
	return left, err
}

// anyHeld tells whether a task is reserved; false, too, where nobody knows: there
// the ledger refuses whatever spends.
func (a *app) anyHeld() bool {
	c, err := a.config()
	if err != nil {
		return false
	}
	b, err := a.ledger(c)
	if err != nil {
		return false
	}
	held, err := b.Held()
	return err == nil && len(held) > 0
}

func leftText(s orchestrator.Left) string {
	switch s.End {
	case orchestrator.Settled:
		return "settled, " + s.Detail
	case orchestrator.Complete:
		return "every step of it had been done"
	}
	return s.Detail + ", nothing in doubt"
}

// tellWait says on standard error what is waited for.
func (a *app) tellWait(e orchestrator.Event) {
	d := e.Until.Sub(a.now()).Round(time.Second)
	if d <= 0 || a.opt.json {
		return
	}
	a.notice("%s: %s; looking again in %s, at %s", e.Step.Effect.Target(), e.Detail, d, e.Until.UTC().Format("15:04:05Z"))
}

// tellStep prints what came of a step.
func (a *app) tellStep(e orchestrator.Event) {
	fmt.Fprintf(a.out, "  %2d/%d %-14s %-24s %s\n", e.Number, e.Of, e.Step.Effect.Kind(), e.Step.Effect.Target(), terminal.Clean(a.placed(outcome(e))))
	a.flush()
}
