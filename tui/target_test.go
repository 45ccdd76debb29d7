package tui

import (
	"testing"
	"time"

	"github.com/dappcore/core-dev/inventory"
)

// TestDispatchMeansWhatIsSelected in the pane that has the focus.
func TestDispatchMeansWhatIsSelected(t *testing.T) {
	for _, c := range []struct {
		keys   string
		offers bool
		shows  string
		epic   inventory.Ref // that is planned; zero: none
	}{
		{"1", false, "core-tenant has no open epic to dispatch: its stage is idle", inventory.Ref{}},
		{"1 j j j", false, "core-php has no open epic to dispatch: its stage is audit", inventory.Ref{}},
		{"1 G", true, "core-mcp #28", ref("core-mcp", 28)},
		{"1 G k", true, "core #101", ref("core", 101)},
		{"2 j 1 G", true, "core-mcp #28", ref("core-mcp", 28)},
		{"2 j", true, "core #118", ref("core", 118)},
		{"2 j 3", true, "core #118", ref("core", 118)},
		{"4", false, "d dispatches what is selected in Repos, Epics or Phases", inventory.Ref{}},
		{"5", false, "d dispatches what is selected in Repos, Epics or Phases", inventory.Ref{}},
	} {
		s := open(t, 120, 36)
		s.Press(fieldsOf(c.keys)...)
		if c.offers {
			s.Shows("d dispatch")
		} else {
			s.Hides("d dispatch ")
		}
		s.Press("d")
		s.Shows(c.shows)
		var got inventory.Ref
		if len(s.hub.asked) > 0 {
			got = s.hub.asked[0].Epics[0]
		}
		if got.Key() != c.epic.Key() {
			t.Errorf("after %s d plans %s, not %s", c.keys, got, c.epic)
		}
	}
}

// TestNothingReadySaysWhy: of a repository in the footer, of an epic in the box.
func TestNothingReadySaysWhy(t *testing.T) {
	s := open(t, 120, 36, func(h *hub, _ *Options) {
		for _, n := range []int{29, 30} {
			i, _ := h.snap.Find(ref("core-mcp", n))
			i.Labels = []string{"jules"}
		}
	})
	s.Press("G", "d")
	s.Shows("core-mcp has nothing READY: in core-mcp #28 2 running")
	if s.hub.asked != nil {
		t.Errorf("it planned %v", s.hub.asked)
	}
	s.Press("2", "G", "d")
	s.Shows("Nothing to do: 2 running.", "skipped")
}

// TestAKeyThatAnswersNothing is told which would.
func TestAKeyThatAnswersNothing(t *testing.T) {
	s := open(t, 120, 36)
	s.Press("2", "j", "d")
	s.read()
	s.Shows("Nothing is sent until you press y.")
	s.Press("s")
	s.Shows("that key does nothing here: enter cancel, y send, l whole, t leave out, c copy command")
	s.Advance(toastTime + time.Second)
	s.Hides("that key does nothing here")
	if s.writes() != nil {
		t.Errorf("sent %q", s.writes())
	}
}

// TestAPlanThatWaits says what it waits for.
func TestAPlanThatWaits(t *testing.T) {
	s := open(t, 120, 36)
	m := s.Model().(*model)
	m.state.preview = preview{phase: planning, name: "core #118", since: noon.Add(-5 * time.Second)}
	s.Shows("Planning… 5s", "No answer yet: what fails to be read is asked for again a few times")
}
