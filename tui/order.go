package tui

import (
	"time"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/orchestrator"
)

// order is something the reducer wants done outside: data, carried out by the
// edge, answered by news.
type order interface{ order() }

type (
	readCache struct{} // answered by viewCame
	lookAgain struct{} // answered by viewCame or lookFailed
	propose   struct { // answered by proposalCame
		seq   int
		ask   Ask
		after time.Duration // so long it is waited first; another one meanwhile takes its place
	}
	readKept   struct{}             // answered by viewCame, or by nothing
	readPast   struct{ again bool } // answered by pastCame; again: what was told is not told again
	watchPause struct{ was pause }  // answered by pauseCame, once it is another
	dropPlan   struct{}             // the plan under way is not wanted any more
	applyPlan  struct{ id string }  // answered by applyNews, until it is done
	awaitApply struct{}             // the one command that waits for the running apply
	stopApply  struct{}             // before its next write
	wakeUp     struct {
		seq   int
		after time.Duration
	}
	copyText   struct{ text string }
	openURL    struct{ url string } // answered by said, when it fails
	watchLog   struct{}             // answered by logChanged, once another process wrote it
	readPulls  struct{}             // answered by pullsCame
	readSpent  struct{}             // answered by spentCame
	readAhead  struct{}             // answered by aheadCame
	readDay    struct{}             // answered by dayCame
	followOn   struct{}             // one look of the follow, answered by roundCame
	awaitRound struct{}             // the one command that waits for it
	stopRound  struct{}             // before its next write
	quit       struct{ how leaving }
)

// leaving is how the screen is left.
type leaving int

const (
	atEase  leaving = iota
	stopped         // a send was stopped for it; its plan stays open
	forced          // while a send was still being stopped
)

func (readCache) order()  {}
func (readKept) order()   {}
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
func (openURL) order()    {}
func (watchLog) order()   {}
func (readPulls) order()  {}
func (readSpent) order()  {}
func (readAhead) order()  {}
func (readDay) order()    {}
func (followOn) order()   {}
func (awaitRound) order() {}
func (stopRound) order()  {}
func (quit) order()       {}

// news is what came of an order, or what the terminal tells.
type news interface{ news() }

type (
	viewCame struct {
		board   *board
		changes []entry // against the board before it
		cached  bool
		kept    bool // in place of a part, and no look
	}
	noCache  struct{}
	pastCame struct {
		again   bool                 // what was told is not told again
		entries []entry              // of earlier runs, oldest first
		plans   []orchestrator.Entry // newest first
		problem problem
	}
	logChanged struct{}
	pullsCame  struct {
		list    []Pull
		problem problem
	}
	spentCame struct {
		days    []budget.DayUse
		problem problem
	}
	aheadCame struct {
		ahead   Ahead
		problem problem
	}
	dayCame struct {
		steps   []Sitting
		problem problem
	}
	roundCame struct {
		events  []orchestrator.Event
		dropped int
		done    bool
		board   *board // nil: none came of it
		changes []entry
		round   Round
		trouble []problem
		err     error
		problem problem
	}
	said struct {
		text string
		bad  bool
	}
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
		dropped tally // progress events that were left out; never the last
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
func (logChanged) news()   {}
func (pullsCame) news()    {}
func (spentCame) news()    {}
func (aheadCame) news()    {}
func (dayCame) news()      {}
func (roundCame) news()    {}
func (said) news()         {}
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
