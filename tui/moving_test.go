package tui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"github.com/dappcore/core-dev/inventory"
)

func TestFocus(t *testing.T) {
	s := open(t, 120, 36)
	for _, c := range []struct {
		key  string
		want pane
	}{{"2", epics}, {"5", activity}, {"tab", repos}, {"shift+tab", activity}, {"3", phases}, {"4", budgets}, {"1", repos}} {
		s.Press(c.key)
		if got := s.state().focus; got != c.want {
			t.Errorf("%s: %s has the focus, not %s", c.key, paneNames[got], paneNames[c.want])
		}
		s.Shows("[" + fmt.Sprint(int(c.want)+1) + " " + paneNames[c.want] + "]")
	}
}

func TestMove(t *testing.T) {
	s := open(t, 120, 36)
	at := func() string { return s.state().lists[repos].selected() }
	for _, c := range []struct{ key, want string }{
		{"j", "dappcore/core-api"}, {"down", "dappcore/core-docs"}, {"k", "dappcore/core-api"}, {"G", "dappcore/core-mcp"},
		{"j", "dappcore/core-mcp"}, {"g", "dappcore/core-tenant"}, {"k", "dappcore/core-tenant"}, {"ctrl+d", "dappcore/core"}, {"ctrl+u", "dappcore/core-tenant"},
	} {
		s.Press(c.key)
		if at() != c.want {
			t.Errorf("after %s %s is selected, not %s", c.key, at(), c.want)
		}
	}
}

// TestDrill goes in and out again: repository, its epics, their children.
func TestDrill(t *testing.T) {
	s := open(t, 120, 36)
	s.Press("G", "enter")
	s.Shows("[2 Epics]", "core-mcp alone", "core-mcp #28")
	s.Hides("core #101")
	s.Press("l")
	s.Shows("[3 Phases]", "#29")
	s.Press("enter")
	s.Shows("dappcore/core-mcp#29", "author")
	s.Press("esc")
	s.Hides("author")
	s.Press("h")
	s.Shows("[2 Epics]", "core-mcp alone")
	s.Press("q")
	s.Shows("[1 Repos]", "core #101", "core-mcp #28")
	if s.Quit() {
		t.Error("q quit though it was not at the root")
	}
	s.Press("q")
	if !s.Quit() {
		t.Error("q at the root did not quit")
	}
}

func TestZoom(t *testing.T) {
	s := open(t, 120, 36)
	s.Press("+")
	s.Shows("LANGUAGE")
	s.Hides("2 Epics")
	s.Press("2")
	s.Hides("1 Repos")
	s.Press("esc")
	s.Shows("1 Repos", "2 Epics")
	s.Press("+")
	s.Resize(80, 24)
	s.Resize(120, 36)
	s.Shows("1 Repos", "2 Epics")
}

func TestFilter(t *testing.T) {
	s := open(t, 120, 36)
	s.Press("/")
	s.Type("core -p")
	s.Shows("/core -p", "1 of 6", "core-php")
	s.Press("backspace", "backspace", "backspace", "enter")
	s.Shows("6 of 6")
	s.Press("/", "ctrl+u")
	s.Type("executing")
	s.Press("enter")
	s.Shows("2 of 6")
	s.Hides("core-php")
	if got := s.state().lists[repos].selected(); got != "dappcore/core" {
		t.Errorf("%s is selected", got)
	}
	s.Press("n")
	first := s.state().lists[repos].selected()
	s.Press("n", "N")
	if got := s.state().lists[repos].selected(); got != first || first != "dappcore/core-mcp" {
		t.Errorf("n stood on %s, and n N on %s", first, got)
	}
	s.Press("r") // a look keeps the filter
	s.Shows("2 of 6")
	s.Press("esc")
	s.Shows("core-php")
	s.Press("/")
	s.Type("nothing such")
	s.Shows("Nothing matches")
	s.Press("esc")
	s.Hides("Nothing matches")
	s.Press("/")
	s.Send(tea.PasteMsg{Content: "php\x1b[2J"})
	s.Shows("/php", "2 of 6")
}

// TestFilterFindsWhatOneKnows of an epic, though the pane shows a part of it.
func TestFilterFindsWhatOneKnows(t *testing.T) {
	for _, text := range []string{"epic(mcp)", "#118", "118", "MCP daemon", "dappcore/core#118", "open daemon"} {
		s := open(t, 120, 36)
		s.Press("2", "/")
		s.Type(text)
		s.Shows("1 of 3")
		if got := s.state().lists[epics].selected(); got != ref("core", 118).Key() {
			t.Errorf("%q finds %s", text, got)
		}
	}
}

// TestNarrow: the way out and the way on are named at any width, and so are
// all panes.
func TestNarrow(t *testing.T) {
	s := open(t, 60, 20)
	s.Shows("? help", "q quit")
	for k, name := range paneNames {
		s.Press(fmt.Sprint(k + 1))
		s.Shows("["+fmt.Sprint(k+1)+" "+name, "5")
		fits(t, s)
	}
	s.Press("1")
	golden(t, s, "tabs-60x20")
	s.Press("?")
	golden(t, s, "help-60x20")
	for range 150 {
		s.Press("j")
	}
	s.Shows("quit; while something runs it")
	s.Press("?", "2", "j", "d")
	golden(t, s, "preview-60x20")
	s.Shows("y send", "Nothing is sent until you press y.")
}

// TestLettersInAFilterAreText: no key fires while a filter is typed.
func TestLettersInAFilterAreText(t *testing.T) {
	s := open(t, 120, 36)
	s.Press("/")
	s.Type("dqy?")
	if s.Quit() || s.state().preview.phase != noPreview || len(s.hub.asked) > 0 {
		t.Error("a letter of a filter was taken for a key")
	}
	s.Shows("/dqy?")
}

// TestPastedTextIsNoKey: a y in the clipboard sends nothing.
func TestPastedTextIsNoKey(t *testing.T) {
	s := open(t, 120, 36)
	s.Press("2", "j", "d")
	s.read()
	s.Send(tea.PasteMsg{Content: "y"})
	if s.writes() != nil {
		t.Error("pasted text sent")
	}
}

// TestALookMovesNothing: the same things stay selected, at the same height,
// whatever comes and goes around them.
func TestALookMovesNothing(t *testing.T) {
	s := open(t, 120, 36, func(h *hub, _ *Options) {
		for k := range 60 {
			h.snap.Repos = append(h.snap.Repos, newRepo(fmt.Sprintf("more-%02d", k), "Go"))
		}
	})
	for range 40 {
		s.Tap("j")
	}
	for range 5 {
		s.Tap("k")
	}
	marked := func() string {
		l := s.state().lists[repos]
		var ids []string
		for _, k := range l.chosen() {
			ids = append(ids, l.rows[k].id)
		}
		return strings.Join(ids, " ")
	}
	s.Press("space", "j", "space", "k", "2", "j", "3", "j")
	marks := marked()
	if len(strings.Fields(marks)) != 2 {
		t.Fatalf("marked: %q", marks)
	}
	line := func() string { return s.Line("more-31") }
	before, repo, epic, child := line(), s.state().lists[repos], s.state().lists[epics].selected(), s.state().lists[phases].selected()
	s.hub.mu.Lock()
	s.hub.snap.Repos = append([]inventory.Repo{newRepo("aaa", "Go"), newRepo("bbb", "Go")}, s.hub.snap.Repos...)
	s.hub.mu.Unlock()
	s.Press("r")
	if got := marked(); got != marks {
		t.Errorf("the look turned the marks %q into %q", marks, got)
	}
	after := s.state().lists[repos]
	if after.selected() != repo.selected() || after.at-after.top != repo.at-repo.top || line() != before {
		t.Errorf("the look moved %s at %d to %s at %d", repo.selected(), repo.at-repo.top, after.selected(), after.at-after.top)
	}
	if e, c := s.state().lists[epics].selected(), s.state().lists[phases].selected(); e != epic || c != child {
		t.Errorf("the look moved %s %s to %s %s", epic, child, e, c)
	}
}

// TestEveryFrameFits presses random keys at random sizes in a fleet with
// hostile names: every frame has exactly the screen's lines and widths, holds
// no sequence but colours, and nothing is written.
func TestEveryFrameFits(t *testing.T) {
	keys := []string{"j", "k", "g", "G", "ctrl+d", "ctrl+u", "1", "2", "3", "4", "5", "tab", "+", "enter", "esc", "/", "x", "n", "N", "r", "?", "d", "f", "c", "h", "l"}
	rapid.Check(t, func(rt *rapid.T) {
		s := open(t, 120, 36, func(h *hub, o *Options) {
			if rapid.Bool().Draw(rt, "hostile") {
				hostile(&h.snap)
			}
			if rapid.Bool().Draw(rt, "fails") {
				h.fail = errSignedOut
			}
			o.ASCII = rapid.Bool().Draw(rt, "ascii")
			h.state.Team.Members[0].Quota = rapid.SampledFrom([]int{0, 37, 300}).Draw(rt, "quota")
		})
		s.Send(tea.ModeReportMsg{Mode: ansi.ModeUnicodeCore, Value: rapid.SampledFrom([]ansi.ModeSetting{ansi.ModeNotRecognized, ansi.ModeReset}).Draw(rt, "clusters")})
		for range rapid.IntRange(1, 25).Draw(rt, "steps") {
			if rapid.IntRange(0, 4).Draw(rt, "what") == 0 {
				s.Resize(rapid.IntRange(0, 220).Draw(rt, "w"), rapid.IntRange(0, 60).Draw(rt, "h"))
			} else {
				s.Press(rapid.SampledFrom(keys).Draw(rt, "key"))
			}
			fits(rt, s)
		}
		if s.writes() != nil {
			rt.Fatal("something was written without a y")
		}
	})
}

func TestBlurredLooksLess(t *testing.T) {
	s := open(t, 120, 36)
	s.Send(tea.BlurMsg{})
	before := s.hub.looks
	s.Advance(5 * time.Minute)
	blurred := s.hub.looks - before
	s.Send(tea.FocusMsg{})
	before = s.hub.looks
	s.Advance(5 * time.Minute)
	if focused := s.hub.looks - before; blurred == 0 || blurred*3 > focused {
		t.Errorf("%d looks in five minutes without the focus, %d with it", blurred, focused)
	}
}
