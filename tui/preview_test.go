package tui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/orchestrator"
)

// TestYSendsOnlyWhatIsDrawn: on every size, also one that the terminal was brought
// to while the plan was open, the key sends where the box with it is drawn whole,
// and nowhere else.
func TestYSendsOnlyWhatIsDrawn(t *testing.T) {
	for _, size := range [][2]int{{120, 36}, {110, 30}, {80, 24}, {60, 15}, {50, 15}, {59, 14}, {40, 10}, {39, 10}, {40, 9}, {39, 9}, {20, 4}, {1, 1}} {
		s := open(t, 120, 36)
		s.Press("2", "j", "d")
		s.Resize(size[0], size[1])
		s.read()
		fits(t, s)
		drawn := strings.Contains(s.Frame(), "y send")
		if room := size[0] >= 40 && size[1] >= 10; drawn != room {
			t.Errorf("at %v the key is drawn: %v\n%s", size, drawn, s.Frame())
		}
		if drawn {
			s.Shows("╰", "enter cancel", "1 branch", "9 steps")
		} else if size[0] >= 39 {
			s.Shows("a plan is open", "enter cancel")
			s.Hides("q quit")
		}
		s.Press("y")
		if sent := s.writes() != nil; sent != drawn {
			t.Errorf("at %v it is drawn: %v, and sent: %v", size, drawn, sent)
		}
		s.Resize(120, 36)
		if !drawn {
			s.Shows("preview, nothing sent yet")
		}
	}
}

// TestTheQuestionKeepsItsKeys in the smallest box.
func TestTheQuestionKeepsItsKeys(t *testing.T) {
	s := open(t, 40, 10, func(h *hub, _ *Options) { h.step = make(chan struct{}, 9) })
	s.Press("2", "j", "d")
	s.read()
	s.Tap("y")
	s.Tap("ctrl+c")
	s.Shows("enter stay", "y stop and quit", "╰")
	s.Tap("y")
	s.Idle()
}

// TestAPlanThatOpensByItself counts a y a second later at the soonest, and each one
// that comes too early begins that second anew: a key that is held down sends nothing.
func TestAPlanThatOpensByItself(t *testing.T) {
	s := open(t, 120, 36)
	s.hub.stale = &orchestrator.Stale{Target: "dappcore/core#119", Why: "it was labelled"}
	s.Press("2", "j", "d")
	s.read()
	s.Press("y")
	s.Shows("the world moved")
	s.Advance(700 * time.Millisecond)
	for range 20 {
		s.Press("y")
		s.Advance(100 * time.Millisecond)
	}
	if s.writes() != nil {
		t.Fatalf("sent %q", s.writes())
	}
	s.Advance(time.Second)
	s.Press("y")
	if s.writes() == nil {
		t.Error("a y after a second of reading does not send")
	}
}

// TestAYMeantForTheQuestion sends no plan that lies under it, or would open, when
// the send ends just then.
func TestAYMeantForTheQuestion(t *testing.T) {
	s := open(t, 120, 36, func(h *hub, _ *Options) { h.step = make(chan struct{}, 9) })
	s.Press("2", "j", "d")
	s.read()
	s.Tap("y")
	s.Tap("G")
	s.Tap("d")
	s.Until("core-mcp #28 ─╮")
	s.clock.Set(noon.Add(time.Minute))
	s.Tap("ctrl+c")
	s.Shows("A send is running")
	for range 9 {
		s.hub.step <- struct{}{}
	}
	s.Idle()
	s.Hides("A send is running")
	s.Press("y")
	if n := len(s.hub.applied); n != 1 {
		t.Errorf("%d proposals were sent: %q", n, s.hub.applied)
	}

	s = open(t, 120, 36, func(h *hub, _ *Options) { h.step, h.broken = make(chan struct{}, 9), &Further{"dappcore/core"} })
	s.Press("2", "j", "d")
	s.read()
	s.Tap("y")
	s.Tap("ctrl+c")
	s.Shows("A send is running")
	s.hub.step <- struct{}{}
	s.hub.step <- struct{}{}
	s.Idle()
	s.Hides("preview, nothing sent yet", "A send is running")
}

// TestWhatIsWrittenTo is said in the narrowest box.
func TestWhatIsWrittenTo(t *testing.T) {
	for _, size := range [][2]int{{120, 36}, {80, 24}, {60, 20}, {50, 15}, {40, 10}} {
		s := open(t, size[0], size[1])
		s.Press("2", "j", "d", "j")
		s.Shows("dappcore/core")
		s.Press("j")
		s.Shows("comment")
		if !strings.Contains(s.Line("comment"), "dappcore/core#") {
			t.Errorf("at %v: %s", size, s.Line("comment"))
		}
	}
}

// TestAStepWhole: all that a step writes can be read on any size, and enter there
// still sends nothing.
func TestAStepWhole(t *testing.T) {
	long := strings.Repeat("A line of the body.\n\n", 30) + "\x1b[2Jthe end"
	for _, size := range [][2]int{{120, 36}, {60, 20}, {40, 10}} {
		s := open(t, size[0], size[1])
		s.Press("2", "j", "d", "j", "j")
		p := &s.Model().(*model).state.preview
		p.steps = slices.Clone(p.steps)
		p.steps[2].Effect = flows.Comment{Issue: ref("core", 119), Body: long}
		s.Press("l")
		s.Shows("comment dappcore/core#119", "enter cancel")
		s.Hides("the end")
		for range 200 {
			s.Press("j")
			if strings.Contains(s.Frame(), "the end") {
				break
			}
		}
		s.Shows("the end")
		fits(t, s)
		s.Press("enter")
		s.Shows("enter cancel", "▸  3 comment")
		s.Press("enter")
		s.Hides("enter cancel")
		if s.writes() != nil {
			t.Errorf("sent %q", s.writes())
		}
	}
}

// TestLeaveAStepOut takes what rests on it along, and what is sent is what is shown.
func TestLeaveAStepOut(t *testing.T) {
	s := open(t, 120, 36)
	s.Press("2", "j", "d", "j", "j", "j", "t")
	s.Shows("1 task of 264 left today", "5 steps", "label: left out by you", "reserve: rests on what was left out by you")
	s.Hides("same as:")
	s.read()
	s.Press("y")
	want := append(slices.Clone(bothChildren[:1]), bothChildren[5:]...)
	if got := s.writes(); !slices.Equal(got, want) {
		t.Errorf("sent %q, not %q", got, want)
	}
}

// TestNoStepOfAWatchIsLeftOut: its next look would do it.
func TestNoStepOfAWatchIsLeftOut(t *testing.T) {
	s := open(t, 120, 36)
	for _, v := range []Verb{Follow, Undo} {
		m := s.Model().(*model)
		m.state.preview = preview{phase: planned, ask: Ask{Verb: v}, steps: []flows.Step{{Effect: flows.Tick{}}}}
		m.state.preview.list = list{}.with([]row{{id: "0"}})
		s.Hides("t leave out")
		s.Press("t")
		if s.hub.asked != nil {
			t.Errorf("%s: asked %v", v, s.hub.asked)
		}
	}
}

// TestNoCommandNoLine: what no command does alone is the same as none.
func TestNoCommandNoLine(t *testing.T) {
	s := open(t, 120, 36)
	s.Press("2", "j", "d")
	s.Shows("same as: core dev epic 118")
	s.Model().(*model).state.preview.proposal.Command = ""
	s.Hides("same as", "c copy command")
}

// TestTheLastWordCountsAll: what went by too fast to be shown is counted, too.
func TestTheLastWordCountsAll(t *testing.T) {
	s := open(t, 120, 36)
	e := &edge{feed: &feed{wake: make(chan struct{}, 1), ended: make(chan struct{}), cancel: func() {}}, clean: s.state().clean}
	spend := flows.Step{Effect: flows.AddLabel{Issue: ref("core", 119), Label: "jules", Spends: true}}
	for range 3 * mostFeed {
		e.feed.emit(orchestrator.Event{Step: spend, Outcome: orchestrator.Done})
	}
	e.feed.done = true
	m := s.Model().(*model)
	m.state.send = send{running: true, ask: Ask{Verb: Dispatch}, name: "all"}
	s.Send(e.await())
	s.Shows("all: 1536 tasks dispatched")
}

// TestTheHelpEndsWhereItEnds: what was pressed beyond it need not be taken back.
func TestTheHelpEndsWhereItEnds(t *testing.T) {
	for _, ascii := range []bool{false, true} {
		s := open(t, 60, 20, func(_ *hub, o *Options) { o.ASCII = ascii })
		s.Press("?")
		for range 60 {
			s.Press("ctrl+d")
		}
		s.Shows("Anywhere", "ctrl-c")
		end := s.Frame()
		s.Press("k")
		if s.Frame() == end {
			t.Error("one line up does nothing at the end of the help")
		}
	}
}

// TestARangeWhoseBeginningIsHidden by a filter is given up, so that verbs mean what
// is selected.
func TestARangeWhoseBeginningIsHidden(t *testing.T) {
	s := open(t, 120, 36)
	s.Press("v", "/")
	s.Type("core-php")
	s.Press("enter", "a")
	s.Shows("Audit · preview, nothing sent yet")
	if len(s.hub.asked) != 1 || !slices.Equal(namesOf(s.hub.asked[0].Repos), []string{"core-php"}) {
		t.Errorf("asked %v", s.hub.asked)
	}
}

// TestAuditOnTheIssues means the repository whose issues are listed, whatever is
// selected below.
func TestAuditOnTheIssues(t *testing.T) {
	s := open(t, 120, 36)
	s.Press("1", "j", "j", "j", "i")
	s.Shows("Issues of core-php")
	m := s.Model().(*model)
	m.state.focus = activity // as a look that moves the selection would
	s.Press("a")
	s.Shows("Audit · preview, nothing sent yet")
	if len(s.hub.asked) != 1 || !slices.Equal(namesOf(s.hub.asked[0].Repos), []string{"core-php"}) {
		t.Errorf("asked %v", s.hub.asked)
	}
}

// TestTheScreenNamesItsKeys as they are bound.
func TestTheScreenNamesItsKeys(t *testing.T) {
	s := open(t, 120, 36, func(h *hub, o *Options) {
		o.Keys = map[string][]string{"dispatch": {"D"}, "detail-dispatch": {"D"}, "preview-send": {"Y"}, "pulls": {"P"}, "follow": {"W"}, "stop-follow": {"T"}, "pages-stop-follow": {"T"}, "refresh": {"F"}}
	})
	s.Press("4", "D")
	s.Shows("D dispatches what is selected")
	s.Advance(toastTime + time.Second)
	s.Press("2", "j", "D")
	s.Shows("Nothing is sent until you press Y.")
	s.read()
	s.Press("Y")
	s.Shows("P shows what comes of it, W watches it to its end")
	s.Press("?")
	s.Shows("a e D W x u show a plan; only Y sends it")
	s.Press("?", "W")
	s.Shows("Y begins to watch")
	s.read()
	s.Press("Y")
	s.Shows("T stops it")
	s.Advance(toastTime + time.Second)
	s.Press("P")
	s.Shows("T stop watching")
	s.Press("T")
	if s.state().watch.on {
		t.Error("what stops watching does nothing on a page")
	}
	s = open(t, 120, 36, func(h *hub, o *Options) {
		h.fail = errSignedOut
		o.Keys = map[string][]string{"refresh": {"F"}}
	})
	s.Press("+")
	s.Shows("F retry")
	s.Hides("r retry")
}

// TestWhatMayNotBeBound is refused with what is the matter.
func TestWhatMayNotBeBound(t *testing.T) {
	for _, c := range []struct {
		keys map[string][]string
		why  string
	}{
		{map[string][]string{"preview-send": {"shift+enter"}}, "only a letter"},
		{map[string][]string{"preview-send": {"super+y"}}, "only a letter"},
		{map[string][]string{"preview-send": {"meta+y"}}, "only a letter"},
		{map[string][]string{"preview-send": {"space"}}, "only a letter"},
		{map[string][]string{"preview-send": {"f5"}}, "only a letter"},
		{map[string][]string{"preview-send": {"kpenter"}}, "there is no key"},
		{map[string][]string{"preview-send": {"d"}}, "which means"},
		{map[string][]string{"dispatch": {"y"}, "copy": {"c"}}, "which means dispatch"},
		{map[string][]string{"preview-cancel": {"esc"}, "preview-copy": {"enter"}}, "must keep enter"},
		{map[string][]string{"question-stay": {"n"}, "question-stop": {"enter"}}, "must keep enter"},
		{map[string][]string{"question-stop": {"shift+enter"}}, "only ever cancels"},
		{map[string][]string{"anywhere-interrupt": {"f10"}}, "must keep ctrl+c"},
		{map[string][]string{"audit": {"hyperspace"}}, "there is no key"},
		{map[string][]string{"audit": {""}}, "there is no key"},
		{map[string][]string{"audit": {"f64"}}, "there is no key"},
		{map[string][]string{"audit": {"shift+a"}}, "there is no key"},
		{map[string][]string{"audit": {"shift+ctrl+a"}}, "there is no key"},
	} {
		if _, err := bound(c.keys); err == nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%v: %v, without %q", c.keys, err, c.why)
		}
	}
	for name, keys := range map[string][]string{"audit": {"ctrl+a", "f2", "alt+shift+up", "ß"}, "preview-send": {"Y", "!"}, "anywhere-interrupt": {"ctrl+c", "f10"}, "preview-cancel": {"enter", "backspace"}} {
		if _, err := bound(map[string][]string{name: keys}); err != nil {
			t.Error(err)
		}
	}
	for _, b := range keyTable {
		for _, key := range b.keys {
			if !knownKey(key) {
				t.Errorf("%s: the table binds %q, which is no key", b.action(), key)
			}
		}
	}
	if errs := unsafe(keyTable); errs != nil {
		t.Error(errs)
	}
}

// TestPlansInAHurry: of those asked for within a moment the last alone is made.
func TestPlansInAHurry(t *testing.T) {
	s := open(t, 120, 36)
	s.Press("2", "j")
	s.Advance(time.Second)
	for range 5 {
		s.Tap("d")
		s.Tap("esc")
	}
	s.Tap("x")
	s.Idle()
	s.Advance(planPause)
	s.Shows("Tick · preview")
	made := 0
	for _, a := range s.hub.asked {
		if a.Verb == Tick {
			made++
		}
	}
	if made != 1 || len(s.hub.asked) > 2 { // the first is asked for at once
		t.Errorf("asked %v", s.hub.asked)
	}
}
