package tui

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/orchestrator"
)

var bothChildren = []string{
	"branch dappcore/core",
	"reserve dappcore/core#119", "comment dappcore/core#119", "label dappcore/core#119", "log dappcore/core#119",
	"reserve dappcore/core#120", "comment dappcore/core#120", "label dappcore/core#120", "log dappcore/core#120",
}

// TestOnlyYSends: every other key leaves the world as it is, and closes or
// scrolls; y sends exactly what was shown, once.
func TestOnlyYSends(t *testing.T) {
	keys := []string{"enter", "esc", "q", "h", "left", "space", "Y", "ctrl+y", "d", "a", "s", "c", "f", "j", "k", "G", "g", "ctrl+d", "ctrl+u", "ctrl+s", "ctrl+m", "n", "N", "tab", "1", "2", "r", "+", "?", "/", "l", "right", "down", "u", "x", "alt+y"}
	for _, k := range keys {
		s := open(t, 120, 36)
		s.Press("2", "j", "d")
		s.Shows("preview, nothing sent yet", "2 tasks of 264 left today")
		s.read()
		s.Press(k)
		if s.writes() != nil || s.hub.applied != nil {
			t.Errorf("%s sent %q", k, s.writes())
		}
	}
	s := open(t, 120, 36)
	s.Press("2", "j", "d")
	s.read()
	s.Press("y", "y", "y")
	if got := s.writes(); !slices.Equal(got, bothChildren) {
		t.Errorf("sent %q", got)
	}
	if !slices.Equal(s.hub.applied, []string{"p1"}) {
		t.Errorf("applied %q", s.hub.applied)
	}
	s.Shows("core #118: 2 tasks dispatched", "▶ 3 running")
}

// TestEnterCancels: and nothing is planned or sent any more.
func TestEnterCancels(t *testing.T) {
	s := open(t, 120, 36)
	s.Press("2", "j", "d")
	s.read()
	s.Press("enter")
	s.Hides("preview")
	s.Press("y")
	if s.writes() != nil {
		t.Errorf("sent %q", s.writes())
	}
}

// TestAYBeforeThePlanCouldBeRead does not count, whether it was typed ahead or
// was meant for the preview before.
func TestAYBeforeThePlanCouldBeRead(t *testing.T) {
	s := open(t, 120, 36)
	s.Press("2", "j")
	s.Tap("d")
	s.Tap("y") // the plan is not there yet
	s.Idle()
	s.Press("y") // it is, but nobody read it
	if s.writes() != nil {
		t.Fatalf("sent %q", s.writes())
	}
	s.Shows("press it again to send")
	s.read()
	s.Press("y")
	if len(s.writes()) != 9 {
		t.Errorf("sent %q", s.writes())
	}
}

// TestStale: the world moved, so it is planned again and asked again.
func TestStale(t *testing.T) {
	s := open(t, 120, 36)
	s.hub.stale = &orchestrator.Stale{Target: "dappcore/core#119", Why: "it was labelled meanwhile\x1b[2J"}
	s.Press("2", "j", "d")
	s.read()
	s.Press("y")
	s.Shows("preview, nothing sent yet", "the world moved", "it was labelled meanwhile")
	if s.writes() != nil || len(s.hub.asked) != 2 {
		t.Errorf("sent %q, planned %d times", s.writes(), len(s.hub.asked))
	}
	s.Press("y") // meant for the plan before
	if s.writes() != nil {
		t.Errorf("a y for the last plan sent the next: %q", s.writes())
	}
	s.read()
	s.Press("y")
	if !slices.Equal(s.hub.applied, []string{"p1", "p2"}) {
		t.Errorf("applied %q", s.hub.applied)
	}
}

// TestBeyondTheBudget: refused with what would fit, which can be planned.
func TestBeyondTheBudget(t *testing.T) {
	s := open(t, 120, 36, func(h *hub, _ *Options) { h.state.Team.Members[0].Quota = 37 })
	s.Press("2", "j", "d")
	s.Shows("refused, beyond the budget", "2 tasks wanted, 1 would fit", "f plan what fits")
	s.read()
	s.Press("y")
	if s.hub.applied != nil {
		t.Fatal("a refusal was sent")
	}
	s.Press("f")
	s.Shows("1 task of 1 left today", "--max 1", "#120")
	s.read()
	s.Press("y")
	if got := s.writes(); len(got) != 5 || got[3] != "label dappcore/core#119" {
		t.Errorf("sent %q", got)
	}
	s.Press("d")
	s.Shows("none fits today")
	s.Hides("plan what fits")
}

func TestReadOnlyPlansNothing(t *testing.T) {
	s := open(t, 120, 36, func(_ *hub, o *Options) { o.ReadOnly = true })
	s.Shows("read-only")
	s.Hides("d dispatch")
	s.Press("2", "j", "d", "y", "enter", "d")
	if s.hub.asked != nil || s.hub.applied != nil {
		t.Errorf("asked %v, applied %v", s.hub.asked, s.hub.applied)
	}
	s.Press("esc", "esc", "?")
	s.Shows("dispatch: off, --read-only")
}

func TestPausedSendsNothing(t *testing.T) {
	s := open(t, 120, 36, func(h *hub, _ *Options) { h.paused = true })
	s.Press("2", "j", "d")
	s.Shows("! paused", "core dev resume")
	s.Hides("y send ")
	s.read()
	s.Press("y")
	if s.hub.applied != nil {
		t.Error("sent while writing is paused")
	}
}

func TestNothingToDo(t *testing.T) {
	s := open(t, 120, 36)
	s.Press("2", "j", "d")
	s.read()
	s.Press("y", "d")
	s.Shows("Nothing to do", "skipped", "dispatched to jules")
	s.Hides("y send")
	s.read()
	before := len(s.writes())
	s.Press("y")
	if len(s.writes()) != before {
		t.Error("y sent a plan without steps")
	}
}

func TestCopyCommand(t *testing.T) {
	s := open(t, 120, 36)
	s.Press("2", "j", "d", "c")
	if got := s.Copied(); !slices.Equal(got, []string{"core dev epic 118 --dispatch --repo core"}) {
		t.Errorf("copied %q", got)
	}
	s.Shows("preview, nothing sent yet")
}

// TestProgress follows a send step by step; its end is never lost.
func TestProgress(t *testing.T) {
	s := open(t, 120, 36, func(h *hub, _ *Options) { h.step = make(chan struct{}, 9) })
	s.Press("2", "j", "d")
	s.read()
	s.Tap("y")
	for k := range 9 {
		s.hub.step <- struct{}{}
		if k < 8 {
			s.Until(fmt.Sprintf("sending core #118 %d/9", k+1))
			s.Shows("▶ running  jules"[:3])
		}
	}
	s.Idle()
	s.Hides("sending")
	s.Shows("2 tasks dispatched")
	s.Press("5", "g")
	s.Shows("dispatch   core #118: 2 tasks, 9 steps")
}

// TestAFloodOfEvents: progress may drop, the end may not.
func TestAFloodOfEvents(t *testing.T) {
	f := &feed{wake: make(chan struct{}, 1), ended: make(chan struct{}), cancel: func() {}}
	for k := range 3 * mostFeed {
		f.emit(orchestrator.Event{Number: k + 1})
	}
	f.done, f.err = true, errors.New("the end")
	e := &edge{feed: f, clean: func(s string) string { return s }}
	n := e.await().(applyNews)
	if len(n.events) != mostFeed || n.dropped.events != 2*mostFeed || n.events[mostFeed-1].Number != 3*mostFeed || !n.done || n.err == nil {
		t.Errorf("%d events, %d dropped, done %v, %v", len(n.events), n.dropped.events, n.done, n.err)
	}
}

// TestAFailedSendStays on its pane until it is dismissed.
func TestAFailedSendStays(t *testing.T) {
	s := open(t, 120, 36, func(h *hub, _ *Options) { h.broken = errors.New("GitHub\x1b[2J answered 500") })
	s.Press("2", "j", "d")
	s.read()
	s.Press("y")
	s.Shows("core #118: GitHub answered 500 · esc dismiss")
	s.Advance(time.Hour)
	s.Shows("esc dismiss")
	s.Press("5", "esc")
	s.Hides("esc dismiss")
	s.Shows("core #118: GitHub answered 500")
}

// TestQuitWhileSending asks; enter stays, y stops before the next write.
func TestQuitWhileSending(t *testing.T) {
	for _, key := range []string{"ctrl+c", "q"} {
		s := open(t, 120, 36, func(h *hub, _ *Options) { h.step = make(chan struct{}, 9) })
		s.Press("2", "j", "d")
		s.read()
		s.Tap("y")
		s.hub.step <- struct{}{}
		s.Until("1/9")
		s.Tap(key)
		s.Shows("A send is running", "y stop and quit")
		if s.Quit() {
			t.Fatalf("%s quit while a send runs", key)
		}
		s.Tap("enter")
		s.Hides("A send is running")
		s.Tap(key)
		s.Tap("y")
		s.Idle()
		if !s.Quit() || !slices.Equal(s.writes(), bothChildren[:1]) {
			t.Errorf("%s: quit %v, sent %q", key, s.Quit(), s.writes())
		}
		s.Shows("stopped by you", "core dev apply --resume")
		if how := s.Model().(*model).how; how != stopped {
			t.Errorf("%s: left as %d, so that nobody is told of the open plan", key, how)
		}
	}
}

// TestCtrlCThrice leaves even a send that does not stop.
func TestCtrlCThrice(t *testing.T) {
	s := open(t, 120, 36, func(h *hub, _ *Options) { h.step = make(chan struct{}, 9) })
	s.Press("2", "j", "d")
	s.read()
	s.Tap("y")
	m := s.Model().(*model)
	m.state.send.running = true
	s.Tap("ctrl+c")
	s.Shows("A send is running", "core dev apply --resume", "ctrl-c again")
	s.Tap("ctrl+c")
	s.Tap("ctrl+c")
	if s.state().send.stopping {
		t.Fatal("a ctrl-c that is held down answered the question")
	}
	s.clock.Set(noon.Add(time.Minute))
	s.Tap("ctrl+c")
	if !s.state().send.stopping || s.Quit() {
		t.Fatal("the second ctrl-c does not stop the send, and wait for it")
	}
	m.state.now = s.clock.Now()
	if _, orders := m.state.want(interrupt{}); orders != nil {
		t.Errorf("held down it orders %v", orders)
	}
	m.state.now = m.state.now.Add(answerTime)
	if _, orders := m.state.want(interrupt{}); len(orders) != 1 || orders[0] != (quit{forced}) {
		t.Errorf("the third orders %v", orders)
	}
	s.Idle()
}

func TestCtrlCQuitsFromAnywhere(t *testing.T) {
	for _, keys := range []string{"", "/", "?", "2 j d", "3 enter", "+"} {
		s := open(t, 120, 36)
		s.Press(strings.Fields(keys)...)
		s.Press("ctrl+c")
		if !s.Quit() {
			t.Errorf("ctrl-c after %q does not quit", keys)
		}
	}
}

// TestOwnDispatchIsToldOnce: the look after a send finds what was just sent.
func TestOwnDispatchIsToldOnce(t *testing.T) {
	s := open(t, 120, 36)
	s.Press("2", "j", "d")
	s.read()
	s.Press("y")
	s.hub.mu.Lock()
	i, _ := s.hub.snap.Find(ref("core-mcp", 29))
	i.Labels = []string{"jules"}
	s.hub.mu.Unlock()
	s.Press("5", "r", "/")
	s.Type("running")
	s.Shows("bound the request body")
	s.Hides("tool registry  (epic")
}

// TestFurther: a round that goes beyond what was announced is shown first, and asks
// anew.
func TestFurther(t *testing.T) {
	s := open(t, 120, 36, func(h *hub, _ *Options) { h.broken = &Further{"dappcore/core"} })
	s.Press("2", "j", "d")
	s.read()
	s.Press("y")
	s.Shows("preview, nothing sent yet", "the next round goes beyond what was announced")
	sent := len(s.writes())
	s.Press("enter")
	if n := len(s.writes()); n != sent || n != 1 {
		t.Errorf("sent %q", s.writes())
	}
}
