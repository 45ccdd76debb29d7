package tui

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/dappcore/core-dev/orchestrator"
)

const (
	lookTime = 2 * time.Minute // a look or a plan that takes longer has failed
	mostFeed = 512             // events kept for the screen while it is busy
)

// edge carries orders out. It is the only place that talks to the engine, and
// what it does happens in commands, never in Update.
type edge struct {
	ctx     context.Context
	engine  Engine
	clock   Clock
	clean   func(string) string
	explain func(error) (text, hint string)
	called  func(string) string
	browse  func(url string) error

	boards  sync.Mutex // held while a board is made, which takes a while: never by Update
	version int        // of the last board
	last    *board     // for telling what changed

	mu     sync.Mutex // held for a moment
	unplan context.CancelFunc
	feed   *feed  // of the running apply
	round  *feed  // of the follow's look under way
	came   Round  // of that look
	crash  *crash // the first panic of a command
}

// command makes a command of an order. What panics in it ends the screen in
// good order (see broken.go).
func (e *edge) command(o order) tea.Cmd {
	return e.guarded(e.carrying(o))
}

func (e *edge) carrying(o order) tea.Cmd {
	switch o := o.(type) {
	case readCache:
		return func() tea.Msg {
			v, ok := e.engine.Cached()
			if !ok {
				return noCache{}
			}
			return e.board(v, true)
		}
	case lookAgain:
		return e.look
	case propose:
		ctx := e.planContext()
		return func() tea.Msg {
			if o.after > 0 {
				select {
				case <-e.clock.After(o.after):
				case <-e.ctx.Done():
				}
				if err := ctx.Err(); err != nil { // another took its place
					return proposalCame{seq: o.seq, err: err, problem: e.problem(err)}
				}
			}
			p, err := e.engine.Propose(ctx, o.ask)
			return proposalCame{seq: o.seq, proposal: p, err: err, problem: e.problem(err)}
		}
	case readKept:
		return func() tea.Msg {
			v, ok := e.engine.Kept()
			if !ok {
				return nil
			}
			n := e.board(v, false)
			n.kept = true
			return n
		}
	case readPast:
		return func() tea.Msg {
			plans, err := e.engine.Recent()
			n := pastCame{again: o.again, problem: e.problem(err)}
			if !o.again {
				n.entries = pastOf(plans, e.clean, e.called)
			}
			n.plans = slices.Clone(plans)
			slices.Reverse(n.plans)
			return n
		}
	case watchLog:
		return func() tea.Msg {
			if !e.engine.Changed(e.ctx) {
				return nil
			}
			return logChanged{}
		}
	case readPulls:
		return func() tea.Msg {
			ctx, cancel := context.WithTimeout(e.ctx, lookTime)
			defer cancel()
			list, err := e.engine.Pulls(ctx)
			return pullsCame{list, e.problem(err)}
		}
	case readSpent:
		return func() tea.Msg {
			days, err := e.engine.Spent()
			return spentCame{days, e.problem(err)}
		}
	case readAhead:
		return func() tea.Msg {
			ctx, cancel := context.WithTimeout(e.ctx, lookTime)
			defer cancel()
			a, err := e.engine.Ahead(ctx)
			return aheadCame{a, e.problem(err)}
		}
	case readDay:
		return func() tea.Msg {
			ctx, cancel := context.WithTimeout(e.ctx, lookTime)
			defer cancel()
			steps, err := e.engine.Sittings(ctx)
			return dayCame{steps, e.problem(err)}
		}
	case followOn:
		return e.following()
	case awaitRound:
		return e.awaitRound
	case stopRound:
		return func() tea.Msg { e.stop(&e.round); return nil }
	case openURL:
		return func() tea.Msg {
			if e.browse == nil {
				return said{"no browser is known here; copy the address instead", true}
			}
			if err := e.browse(o.url); err != nil {
				return said{e.problem(err).text + "; copy the address instead", true}
			}
			return nil
		}
	case watchPause:
		return func() tea.Msg {
			for {
				reason, on := e.engine.Paused()
				if now := (pause{on, e.clean(reason)}); now != o.was {
					return pauseCame{now}
				}
				select {
				case <-e.clock.After(pauseBeat):
				case <-e.ctx.Done():
					return nil
				}
			}
		}
	case dropPlan:
		e.planContext() // now: later it might end the plan that is asked for next
		return func() tea.Msg { return nil }
	case applyPlan:
		return e.apply(o.id)
	case awaitApply:
		return e.await
	case stopApply:
		return func() tea.Msg { e.stop(&e.feed); return nil }
	case wakeUp:
		return func() tea.Msg {
			select {
			case <-e.clock.After(o.after):
				return woke{o.seq}
			case <-e.ctx.Done():
				return nil
			}
		}
	case copyText:
		return tea.SetClipboard(o.text)
	case quit:
		return tea.Quit
	}
	panic(fmt.Sprintf("tui: no command for the order %T", o))
}

// look reads GitHub. A look that hangs becomes an error, so that no pane waits
// for ever.
func (e *edge) look() tea.Msg {
	ctx, cancel := context.WithTimeout(e.ctx, lookTime)
	defer cancel()
	v, err := e.engine.Refresh(ctx)
	if err != nil {
		if ctx.Err() != nil && e.ctx.Err() == nil {
			err = fmt.Errorf("GitHub did not answer within %s: %w", lookTime, err)
		}
		return lookFailed{e.problem(err)}
	}
	return e.board(v, false)
}

// board makes a board of a view and tells what changed since the last.
func (e *edge) board(v orchestrator.View, cached bool) viewCame {
	e.boards.Lock()
	defer e.boards.Unlock()
	e.version++
	b := newBoard(v, e.version, e.clean)
	n := viewCame{board: b, changes: b.changes(e.last, e.clean), cached: cached}
	e.last = b
	return n
}

// planContext ends the plan under way, if any, and is the next one's.
func (e *edge) planContext() context.Context {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.unplan != nil {
		e.unplan()
	}
	ctx, cancel := context.WithTimeout(e.ctx, lookTime)
	e.unplan = cancel
	return ctx
}

func (e *edge) problem(err error) problem {
	if err == nil {
		return problem{}
	}
	text, hint := err.Error(), ""
	if e.explain != nil {
		text, hint = e.explain(err)
	}
	return problem{e.clean(text), e.clean(hint)}
}

// feed takes the events of a running apply from the engine and hands them to
// the one command that waits. Progress beyond mostFeed is dropped, the oldest
// first; the end never is.
type feed struct {
	mu      sync.Mutex
	events  []orchestrator.Event
	dropped tally
	done    bool
	err     error
	crash   *crash        // what the engine panicked with
	wake    chan struct{} // holds one token while there is something to take
	ended   chan struct{} // closed when Apply has returned
	cancel  context.CancelFunc
}

func (f *feed) emit(ev orchestrator.Event) {
	f.mu.Lock()
	f.events = append(f.events, ev)
	if n := len(f.events) - mostFeed; n > 0 {
		for _, lost := range f.events[:n] {
			f.dropped.add(tallyOf(lost))
		}
		f.events = append(f.events[:0], f.events[n:]...)
	}
	f.mu.Unlock()
	f.tell()
}

func (f *feed) tell() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// begin runs something that sends beside the screen, into the feed that is kept at
// at; until it has returned, and whatever it panics with, the feed tells.
func (e *edge) begin(at **feed, what func(ctx context.Context, emit func(orchestrator.Event)) error) tea.Cmd {
	ctx, cancel := context.WithCancel(e.ctx)
	f := &feed{wake: make(chan struct{}, 1), ended: make(chan struct{}), cancel: cancel}
	e.mu.Lock()
	*at = f
	e.mu.Unlock()
	return func() tea.Msg {
		go func() {
			defer close(f.ended)
			defer func() {
				value := recover()
				f.mu.Lock()
				f.done = true
				if value != nil {
					f.crash, f.err = &crash{value, debug.Stack()}, errors.New("the program failed while sending")
				}
				f.mu.Unlock()
				f.tell()
			}()
			err := what(ctx, f.emit)
			f.mu.Lock()
			f.err = err
			f.mu.Unlock()
		}()
		return nil
	}
}

// taken waits for something to tell and takes all of it.
func (e *edge) taken(at **feed) (events []orchestrator.Event, dropped tally, done bool, err error) {
	e.mu.Lock()
	f := *at
	e.mu.Unlock()
	<-f.wake
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.crash != nil {
		panic(f.crash) // here the terminal is put back in order
	}
	events, dropped = f.events, f.dropped
	f.events, f.dropped = nil, tally{}
	if f.done {
		f.cancel()
		return events, dropped, true, f.err
	}
	return events, dropped, false, nil
}

// apply starts the engine's apply. The order of its commands does not matter:
// await waits for this one's feed.
func (e *edge) apply(id string) tea.Cmd {
	return e.begin(&e.feed, func(ctx context.Context, emit func(orchestrator.Event)) error { return e.engine.Apply(ctx, id, emit) })
}

func (e *edge) await() tea.Msg {
	events, dropped, done, err := e.taken(&e.feed)
	return applyNews{events: events, dropped: dropped, done: done, err: err, problem: e.problem(err)}
}

// following starts one look of the follow.
func (e *edge) following() tea.Cmd {
	return e.begin(&e.round, func(ctx context.Context, emit func(orchestrator.Event)) error {
		r, err := e.engine.Follow(ctx, emit)
		e.mu.Lock()
		e.came = r
		e.mu.Unlock()
		return err
	})
}

func (e *edge) awaitRound() tea.Msg {
	events, dropped, done, err := e.taken(&e.round)
	n := roundCame{events: events, dropped: dropped.events, done: done, err: err, problem: e.problem(err)}
	if !done || err != nil {
		return n
	}
	e.mu.Lock()
	n.round, e.came = e.came, Round{}
	e.mu.Unlock()
	for _, t := range n.round.Trouble {
		n.trouble = append(n.trouble, e.problem(t))
	}
	if n.round.View.Snapshot != nil {
		v := e.board(n.round.View, false)
		n.board, n.changes = v.board, v.changes
	}
	return n
}

// stop ends what runs into a feed before its next write.
func (e *edge) stop(at **feed) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if *at != nil {
		(*at).cancel()
	}
}

// sending is closed when nothing sends any more.
func (e *edge) sending() <-chan struct{} {
	e.mu.Lock()
	feeds := []*feed{e.feed, e.round}
	e.mu.Unlock()
	over := make(chan struct{})
	go func() {
		for _, f := range feeds {
			if f != nil {
				<-f.ended
			}
		}
		close(over)
	}()
	return over
}
