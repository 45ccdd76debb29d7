package tui

import (
	"time"

	"github.com/dappcore/core-dev/orchestrator"
)

// order is something the reducer wants done outside: data, carried out by the
// edge, answered by news.
type order interface{ order() }

type (
	readCache struct{} // answered by viewCame
	lookAgain struct{} // answered by viewCame or lookFailed
	propose   struct { // answered by proposalCame
		seq int
		ask Dispatch
	}
	readPast   struct{}            // answered by pastCame
	watchPause struct{ was pause } // answered by pauseCame, once it is another
	dropPlan   struct{}            // the plan under way is not wanted any more
	applyPlan  struct{ id string } // answered by applyNews, until it is done
	awaitApply struct{}            // the one command that waits for the running apply
	stopApply  struct{}            // before its next write
	wakeUp     struct {
		seq   int
		after time.Duration
	}
	copyText struct{ text string }
	quit     struct{ how leaving }
)

// leaving is how the screen is left.
type leaving int

const (
	atEase  leaving = iota
	stopped         // a send was stopped for it; its plan stays open
	forced          // while a send was still being stopped
)

func (readCache) order()  {}
func (readPast) order()   {}
func (watchPause) order() {}
func (lookAgain) order()  {}
func (propose) order()    {}
func (dropPlan) order()   {}
func (applyPlan) order()  {}
func (awaitApply) order() {}
func (stopApply) order()  {}
func (wakeUp) order()     {}
func (copyText) order()   {}
func (quit) order()       {}

// news is what came of an order, or what the terminal tells.
type news interface{ news() }

type (
	viewCame struct {
		board   *board
		changes []entry // against the board before it
		cached  bool
	}
	noCache      struct{}
	pastCame     struct{ entries []entry } // of earlier runs, oldest first
	pauseCame    struct{ pause pause }
	broke        struct{} // a command panicked; the edge has the crash
	lookFailed   struct{ problem problem }
	proposalCame struct {
		seq      int
		proposal orchestrator.Proposal
		err      error
		problem  problem
	}
	applyNews struct {
		events  []orchestrator.Event
		dropped int // progress events that were left out; never the last
		done    bool
		err     error
		problem problem
	}
	woke    struct{ seq int }
	resized struct{ w, h int }
	focused struct{ on bool }
)

func (viewCame) news()     {}
func (noCache) news()      {}
func (pastCame) news()     {}
func (pauseCame) news()    {}
func (broke) news()        {}
func (lookFailed) news()   {}
func (proposalCame) news() {}
func (applyNews) news()    {}
func (woke) news()         {}
func (resized) news()      {}
func (focused) news()      {}

// problem is an error as a person reads it: what happened, and what to do.
type problem struct{ text, hint string }

func (p problem) String() string {
	if p.hint == "" {
		return p.text
	}
	return p.text + " · " + p.hint
}
