package tui

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/internal/terminal"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
	"github.com/dappcore/core-dev/tui/tuitest"
)

// somePulls is one of each kind that the monitor tells apart.
func somePulls() []Pull {
	return []Pull{
		{Ref: ref("core", 291), Child: ref("core", 111), Epic: ref("core", 101), Title: "migrate", Agent: "jules", Open: true, Checks: inventory.Checks{State: "SUCCESS", Passed: 3}, Threads: 1, Of: 3, Fits: "CONFLICTING", Tries: 2,
			Since: noon.Add(-26 * time.Hour), Row: "stuck", Seen: "in conflict, asked twice", Next: "a person merges it", Person: "in conflict, asked twice"},
		{Ref: ref("core", 292), Child: ref("core", 112), Epic: ref("core", 101), Agent: "jules", Open: true, Checks: inventory.Checks{State: "PENDING", Passed: 1, Pending: 2}, Fits: "MERGEABLE", Since: noon.Add(-time.Hour), Row: "pending", Seen: "checks run", Next: "it is merged when they pass"},
		{Ref: ref("core-mcp", 31), Child: ref("core-mcp", 29), Open: true, Checks: inventory.Checks{State: "FAILURE", Failed: 2}, Fits: "UNKNOWN", Row: "red", Seen: "2 checks failed", Next: "the agent mends it"},
		{Ref: ref("core", 113), Child: ref("core", 113), State: "no pull", Row: "working", Seen: "no pull request", Next: "the agent opens a pull request"},
		{Ref: ref("core", 280), Child: ref("core", 110), State: "merged", Row: "merged", Seen: "merged", Next: "ticked"},
	}
}

// TestPullMonitor shows every pull request with what was seen and what comes next.
func TestPullMonitor(t *testing.T) {
	s := open(t, 120, 36, func(h *hub, _ *Options) { h.pulls = somePulls() })
	s.Press("p")
	s.Shows("[Pull requests]", "core #291", "✗ clash", "2/3", "needs you: in conflict, asked twice. Next: a person merges it", "1 of 5")
	golden(t, s, "pulls-120x36")
	s.Press("j")
	s.Shows("seen: checks run. Next: it is merged when they pass")
	s.Press("enter")
	s.Shows("[3 Phases]", "core #101")
	s.Press("p")
	s.Resize(80, 24)
	golden(t, s, "pulls-80x24")
	s.Resize(50, 15)
	golden(t, s, "pulls-50x15")
	s.Resize(120, 36)
	s.hub.fail = errSignedOut
	s.Press("r")
	s.Shows("not signed in", "r retry")
	s.hub.fail = nil
	s.Press("r")
	s.Hides("not signed in · ")
	s.Press("q")
	s.Hides("[Pull requests]")
	if s.Quit() || s.writes() != nil {
		t.Error("the monitor quit, or sent something")
	}
}

// TestFollow: approved once, it looks and sends by itself, is seen for as long,
// and stops when it is told to.
func TestFollow(t *testing.T) {
	s := open(t, 120, 36, func(h *hub, _ *Options) {
		h.later, h.pulls, h.round = "From then on, look by look", somePulls(), Round{Sent: 2, Pause: time.Minute}
	})
	s.Press("w")
	s.Shows("Watch · preview, nothing sent yet", "From then on, look by look", "y begins to watch")
	s.Advance(10 * time.Minute)
	if s.hub.rounds != 0 || s.writes() != nil {
		t.Fatalf("before y it looked %d times and sent %q", s.hub.rounds, s.writes())
	}
	s.Press("esc", "w", "enter")
	s.Advance(10 * time.Minute)
	if s.hub.rounds != 0 {
		t.Fatal("it follows though that was cancelled")
	}
	s.Press("w")
	s.read()
	s.Press("y")
	s.Shows("● watching", "w stops it")
	s.Advance(30 * time.Second)
	if s.hub.rounds != 1 {
		t.Errorf("%d looks in the first half minute", s.hub.rounds)
	}
	s.Shows("merge      dappcore/core#200")
	s.Advance(5 * time.Minute)
	if n := s.hub.rounds; n < 4 || n > 7 {
		t.Errorf("%d looks in five minutes, one a minute was asked for", n)
	}
	s.Press("w")
	s.Hides("● watching")
	s.Shows("you stopped watching")
	before := s.hub.rounds
	s.Advance(10 * time.Minute)
	if s.hub.rounds != before {
		t.Error("it went on after it was stopped")
	}
}

// TestFollowEndsByItself where nothing is left, and is said to.
func TestFollowEndsByItself(t *testing.T) {
	s := open(t, 120, 36, func(h *hub, _ *Options) { h.round = Round{Over: true} })
	s.Press("w")
	s.read()
	s.Press("y")
	s.Advance(10 * time.Second)
	s.Shows("nothing is left that watching could do")
	s.Hides("● watching")
}

// TestFollowGoesOnAfterTrouble, later each time, and says it once.
func TestFollowGoesOnAfterTrouble(t *testing.T) {
	s := open(t, 120, 36, func(h *hub, o *Options) { h.round, o.Every = Round{Pause: time.Second}, time.Hour })
	s.Press("w")
	s.read()
	s.Press("y")
	s.hub.fail = errors.New("GitHub is away\x1b[2J")
	s.Advance(30 * time.Minute)
	s.Shows("✗ watching: looks again")
	if n := s.hub.rounds; n < 2 || n > 20 {
		t.Errorf("%d looks in half an hour of trouble", n)
	}
	fits(t, s)
	s.hub.fail = nil
	s.Advance(10 * time.Minute)
	s.Shows("● watching")
}

// TestPausedFollowsNothing, and goes on after it.
func TestPausedFollowsNothing(t *testing.T) {
	s := open(t, 120, 36, func(h *hub, _ *Options) { h.round = Round{Pause: time.Second} })
	s.Press("w")
	s.read()
	s.Press("y")
	s.hub.mu.Lock()
	s.hub.paused = true
	s.hub.mu.Unlock()
	s.Advance(5 * time.Second)
	before := s.hub.rounds
	s.Advance(5 * time.Minute)
	if s.hub.rounds != before {
		t.Error("it looked though writing is paused")
	}
}

// TestQuittingAFollowAsks: enter stays, y ends it.
func TestQuittingAFollowAsks(t *testing.T) {
	s := open(t, 120, 36)
	s.Press("w")
	s.read()
	s.Press("y", "q")
	s.Shows("What runs is being watched")
	s.Press("enter")
	if s.Quit() {
		t.Fatal("enter quit")
	}
	s.Press("ctrl+c")
	s.Press("y")
	if !s.Quit() {
		t.Error("y did not quit")
	}
}

// TestARoundLeavesALookAlone: what a look of the follow came to neither ends another
// that is under way nor begins one that nobody carries out.
func TestARoundLeavesALookAlone(t *testing.T) {
	b := func() *board { return newBoard(newHub(tuitest.NewClock(noon)).view(), 1, terminal.Clean) }
	s, _ := started(Options{Clean: terminal.Clean}, noon)
	s.w, s.h = 120, 36
	s, _ = s.hear(viewCame{board: b()})
	s, _ = s.looking()
	s, _ = s.written()
	s, orders := s.hear(lookFailed{problem{text: "away"}})
	if s.fetch.running || len(orders) > 0 {
		t.Fatalf("after the look failed: running %v, orders %v", s.fetch.running, orders)
	}
	s, orders = s.hear(roundCame{done: true, board: b()})
	if s.fetch.running && !slices.ContainsFunc(orders, func(o order) bool { _, ok := o.(lookAgain); return ok }) {
		t.Fatal("a look is waited for that nobody was asked for")
	}
	s, _ = s.looking()
	s, _ = s.written()
	if s, orders = s.hear(roundCame{done: true, board: b()}); !s.fetch.running || !s.fetch.again || len(orders) > 0 {
		t.Errorf("a look under way: running %v, once more %v, orders %v", s.fetch.running, s.fetch.again, orders)
	}
	s, orders = s.hear(viewCame{board: b()})
	if len(orders) != 1 || !s.fetch.running {
		t.Errorf("what was written during the look is not looked at: %v", orders)
	}
}

// TestARoundLeavesThePullsAlone: stopped in the middle of a look, and the monitor
// was read since.
func TestARoundLeavesThePullsAlone(t *testing.T) {
	s, _ := started(Options{Clean: terminal.Clean}, noon)
	s.w, s.h = 120, 36
	one := newBoard(newHub(tuitest.NewClock(noon)).view(), 1, terminal.Clean)
	s, _ = s.hear(viewCame{board: one})
	s.watch.on, s.watch.running = true, true
	s, _ = s.want(stopFollow{})
	s, _ = s.want(openPage{pullPage})
	s, _ = s.hear(pullsCame{list: somePulls()})
	s, orders := s.hear(roundCame{done: true, board: one, changes: []entry{{word: "closed"}}})
	if s.pulls.running && len(orders) == 0 {
		t.Error("pull requests are waited for that nobody was asked for")
	}
}

// TestQuittingAFollowThatSends waits for its step, says so, and tells whoever called
// that it was stopped; where it only looked there is nothing to tell.
func TestQuittingAFollowThatSends(t *testing.T) {
	s, _ := started(Options{Clean: terminal.Clean}, noon)
	s.w, s.h = 120, 36
	s.watch.on, s.watch.running = true, true
	step := orchestrator.Event{Step: flows.Step{Effect: flows.MergePull{Pull: ref("core", 200)}}, Outcome: orchestrator.Done}
	sent, _ := s.hear(roundCame{events: []orchestrator.Event{step}})
	for _, c := range []struct {
		s    state
		err  error
		want leaving
	}{{sent, context.Canceled, stopped}, {sent, nil, atEase}, {s, context.Canceled, atEase}} {
		asked, _ := c.s.want(leave{})
		if !asked.asking {
			t.Fatal("it did not ask")
		}
		asked.now = asked.now.Add(answerTime)
		on, orders := asked.want(stopAndQuit{})
		if len(orders) != 1 || orders[0] != order(stopRound{}) || on.toast.text == "" {
			t.Fatalf("while it sends: %v, %q", orders, on.toast.text)
		}
		if _, orders := on.hear(roundCame{done: true, err: c.err}); len(orders) != 1 || orders[0] != order(quit{c.want}) {
			t.Errorf("it ended with %v: %v, not %v", c.err, orders, c.want)
		}
		on.now = on.now.Add(answerTime)
		if _, orders := on.want(interrupt{}); len(orders) != 1 || orders[0] != order(quit{forced}) {
			t.Errorf("ctrl-c again: %v", orders)
		}
	}
}

// TestWhatAFollowGoesOnToDoIsShownWhole, also where a line is short.
func TestWhatAFollowGoesOnToDoIsShownWhole(t *testing.T) {
	s := open(t, 80, 24, func(h *hub, _ *Options) {
		h.later = strings.Repeat("Some words of what it goes on to do. ", 10) + "The end."
	})
	s.Press("w")
	s.Shows("w stops it.", "The end.", "send")
	fits(t, s)
}
