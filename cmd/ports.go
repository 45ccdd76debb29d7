package cmd

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/internal/config"
	"github.com/dappcore/core-dev/internal/github"
	"github.com/dappcore/core-dev/internal/ledger"
	"github.com/dappcore/core-dev/internal/state"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
)

// ledgerPort is the ledger as the orchestrator asks for it: the budget is
// checked again under the lock, with what the files say at that moment.
type ledgerPort struct {
	*ledger.Book
	look  *look
	clock func() budget.Clock
	// renew is ledger.Request's.
	renew func(st *budget.State, seen time.Time) (time.Time, error)
}

// newLedgerPort is the ledger for a look; without one nothing can be reserved.
func (a *app) newLedgerPort(book *ledger.Book, hub *github.Client, l *look) ledgerPort {
	return ledgerPort{Book: book, look: l, clock: func() budget.Clock { return clockOf(hub) }, renew: func(st *budget.State, seen time.Time) (time.Time, error) {
		return a.renew(l.conf, st, seen)
	}}
}

// clockOf is what the last answer told of GitHub's clock.
func clockOf(hub *github.Client) budget.Clock {
	if hub == nil {
		return budget.Clock{}
	}
	ahead, known := hub.ClockAhead()
	return budget.Clock{Ahead: ahead, Known: known}
}

// renew takes over what a newer look of this folder saw on GitHub, of this
// process or another: a plan may have been shown a while ago.
func (a *app) renew(c *config.Config, st *budget.State, since time.Time) (time.Time, error) {
	d, err := a.dir()
	if err != nil {
		return since, err
	}
	seen, ok := state.ReadSeen(d.Path)
	if !ok || !seen.TakenAt.After(since) {
		return since, nil
	}
	lines, err := a.lines(c, st.Earliest())
	if err != nil {
		return since, err
	}
	st.Running = seen.Running
	return seen.TakenAt, a.charge(st, c, &seen, unlogged(&seen, lines, st.Held, c.Owner()))
}

func (p ledgerPort) Reserve(ctx context.Context, t orchestrator.Task) (member string, err error) {
	st := p.look.budget
	st.Clock = p.clock()
	res, err := p.Book.Reserve(ctx, ledger.Request{ID: t.ID, Child: t.Child, Epic: t.Epic, Agent: t.Agent, Member: t.Member, Lines: t.Lines, Seen: p.look.snap.TakenAt, Renew: p.renew}, st)
	var (
		refused  *ledger.Refused
		outdated *ledger.Outdated
	)
	switch {
	case errors.As(err, &refused):
		return "", &flows.Refusal{Wanted: 1, Why: refused.Text, Cause: refused.Refusal.Why}
	case errors.As(err, &outdated):
		return "", &orchestrator.Stale{Target: outdated.Child.String(), Why: outdated.Why}
	}
	return res.Member, err
}

func (p ledgerPort) IsHeld(_ context.Context, id string) (bool, error) {
	held, err := p.Book.Held()
	return slices.ContainsFunc(held, func(r budget.Reservation) bool { return r.ID == id }), err
}

// ledger opens the ledger of this folder.
func (a *app) ledger(c *config.Config) (*ledger.Book, error) {
	if a.files != nil {
		return a.files, nil
	}
	d, err := a.dir()
	if err != nil {
		return nil, err
	}
	b, err := ledger.Open(d.Path, c.Owner(), a.now)
	if err != nil {
		return nil, err
	}
	a.files = b
	return b, nil
}

// readLedger reads what was spent from a day on and what is held. Without
// .core/ nothing was.
func (a *app) readLedger(c *config.Config, s *budget.State, from budget.Day) error {
	d, err := a.dir()
	if err != nil || !d.Exists() {
		return err
	}
	b, err := a.ledger(c)
	if err != nil {
		return err
	}
	if s.Spending, err = b.Spending(from); err != nil {
		return err
	}
	if s.Held, err = b.Held(); isLedger(err) && !a.heldUnknown {
		// What reads goes on, and says so; whatever writes is refused by the
		// ledger itself.
		a.heldUnknown = true
		if !a.reconciles {
			a.notice("what is reserved is not known: %v", err)
		}
	}
	if a.heldUnknown {
		return nil
	}
	return err
}

// dispatched is what the log and the reservations know of every child, and the
// lines from a day on, to be matched with what GitHub shows.
func (a *app) dispatched(c *config.Config, held []budget.Reservation, from budget.Day) ([]inventory.Line, inventory.Records, error) {
	records := inventory.Records{}
	d, err := a.dir()
	if err != nil || !d.Exists() {
		return nil, records, err
	}
	b, err := a.ledger(c)
	if err != nil {
		return nil, nil, err
	}
	known, err := b.Dispatched()
	if err != nil {
		return nil, nil, err
	}
	for key, k := range known {
		records[key] = inventory.Record{Lines: k.Lines, LastLine: k.Last, Epic: k.Epic}
	}
	for _, h := range held {
		key := h.Ref(c.Owner()).Key()
		r := records[key]
		r.Held = true
		records[key] = r
	}
	recalls, err := a.plans(d.File(journalFolder)).Recalls()
	if err != nil {
		return nil, nil, err
	}
	for key, at := range recalls {
		r := records[key]
		r.Recalled = at
		records[key] = r
	}
	lines, err := a.lines(c, from)
	return lines, records, err
}

// lines are those of the log from a day on.
func (a *app) lines(c *config.Config, from budget.Day) ([]inventory.Line, error) {
	b, err := a.ledger(c)
	if err != nil {
		return nil, err
	}
	entries, err := b.Since(from)
	var lines []inventory.Line
	for _, e := range entries {
		lines = append(lines, inventory.Line{Ref: e.Ref(c.Owner()), Agent: e.Agent, At: e.At})
	}
	return lines, err
}

// fullStatus is the budget with the log's unreadable lines beside it.
func (a *app) fullStatus(c *config.Config, s budget.State) (budget.Status, error) {
	st := s.Status()
	d, err := a.dir()
	if err != nil || !d.Exists() {
		return st, err
	}
	b, err := a.ledger(c)
	if err != nil {
		return st, err
	}
	if list, err := b.Unreadable(); err != nil {
		return st, err
	} else if list != nil {
		st.Unreadable = list
	}
	return st, nil
}

// isLedger tells errors of the ledger's files.
func isLedger(err error) bool { return errors.Is(err, ledger.ErrReservations) }
