package tui

import (
	"slices"
	"testing"
	"time"

	"github.com/dappcore/core-dev/inventory"
)

func namesOf(list []inventory.RepoRef) []string {
	var out []string
	for _, r := range list {
		out = append(out, r.Name)
	}
	return out
}

func numbersOf(list []inventory.Ref) []int {
	var out []int
	for _, r := range list {
		out = append(out, r.Number)
	}
	return out
}

// TestVerbsMeanWhatIsSelectedOrMarked in the focused pane, and plan through the
// one preview.
func TestVerbsMeanWhatIsSelectedOrMarked(t *testing.T) {
	for _, c := range []struct {
		keys  string
		shows string
		verb  Verb // that is planned; empty: none
		repos []string
		epics []int
	}{
		{"1 j j j a", "Audit · preview, nothing sent yet", Audit, []string{"core-php"}, nil},
		{"1 a", "core-tenant has no open audit", "", nil, nil},
		{"1 j j j e", "Make epics · preview", Organise, []string{"core-php"}, nil},
		{"1 G space k space a", "none of the 2 that are marked", "", nil, nil},
		{"1 j j j v G v e", "3 repositories", Organise, []string{"core-php", "core", "core-mcp"}, nil},
		{"1 j j j v G e", "3 repositories", Organise, []string{"core-php", "core", "core-mcp"}, nil},
		{"1 A d", "2 epics", Dispatch, nil, []int{101, 28}},
		{"2 A d", "3 epics", Dispatch, nil, []int{101, 118, 28}},
		{"2 space space d", "2 epics", Dispatch, nil, []int{101, 118}},
		{"2 A A j d", "core #118", Dispatch, nil, []int{118}},
		{"2 x", "Tick · preview", Tick, nil, []int{101}},
		{"3 x", "core #101", Tick, nil, []int{101}},
		{"1 j j j j x", "2 epics", Tick, nil, []int{101, 118}},
		{"3 a", "core has no open audit", "", nil, nil},
		{"4 a", "a audits what is selected in Repos, Epics or Phases", "", nil, nil},
		{"5 x", "x ticks what is selected", "", nil, nil},
		{"4 u", "Undo · preview", Undo, nil, nil},
		{"5 w", "Watch · preview", Follow, nil, nil},
	} {
		s := open(t, 120, 36)
		s.Press(fieldsOf(c.keys)...)
		s.Shows(c.shows)
		var got Ask
		if len(s.hub.asked) > 0 {
			got = s.hub.asked[0]
		}
		if got.Verb != c.verb || !slices.Equal(namesOf(got.Repos), c.repos) || !slices.Equal(numbersOf(got.Epics), c.epics) {
			t.Errorf("after %s it plans %+v", c.keys, got)
		}
		if s.writes() != nil {
			t.Errorf("after %s it sent %q", c.keys, s.writes())
		}
		fits(t, s)
	}
}

// TestMarks stay over a refresh, go with what they were for, and esc takes them
// away first.
func TestMarks(t *testing.T) {
	s := open(t, 120, 36)
	s.Press("2", "space", "space")
	s.Shows("2 marked", "◆ core #101", "◆ core #118")
	s.Press("r")
	s.Shows("2 marked")
	s.Advance(time.Minute)
	s.Shows("2 marked")
	s.Press("esc")
	s.Hides("marked")
	if s.state().focus != epics {
		t.Error("esc did more than take the marks away")
	}
	s.Press("A", "d")
	s.read()
	s.Press("y")
	s.Hides("marked")
	if n := len(s.writes()); n == 0 {
		t.Error("nothing was sent")
	}
}

// TestSort orders a pane, turns that round, and keeps what is selected.
func TestSort(t *testing.T) {
	s := open(t, 120, 36)
	ids := func() []string {
		var out []string
		l := s.state().lists[repos]
		for _, k := range l.shown {
			out = append(out, s.state().board.fleet.Rows[k].Repo.Ref.Name)
		}
		return out
	}
	own := ids()
	s.Press("j", "s")
	s.Shows("by ready")
	if got := ids(); got[0] != "core" || got[1] != "core-mcp" {
		t.Errorf("by ready: %q", got)
	}
	if got := s.state().lists[repos].selected(); got != "dappcore/core-api" {
		t.Errorf("%s is selected", got)
	}
	s.Press("S")
	s.Shows("by ready reversed")
	if got := ids(); got[len(got)-1] != "core" {
		t.Errorf("by ready reversed: %q", got)
	}
	s.Press("r")
	s.Shows("by ready reversed")
	s.Press("S", "s", "s", "s", "s")
	if got := ids(); !slices.Equal(got, own) {
		t.Errorf("after all orders: %q, not %q", got, own)
	}
}

// TestFold hides a phase's children and shows them again.
func TestFold(t *testing.T) {
	s := open(t, 120, 36)
	s.Press("3")
	s.Shows("#111 io: migrate")
	s.Press("z")
	s.Hides("#111 io: migrate")
	s.Shows("2 Build  1/4")
	s.Press("r", "z")
	s.Shows("#111 io: migrate")
	fits(t, s)
}

// TestPointing copies what is selected as a reference, or its address, and opens
// it in the browser.
func TestPointing(t *testing.T) {
	var opened []string
	s := open(t, 120, 36, func(_ *hub, o *Options) {
		o.Browse = func(url string) error { opened = append(opened, url); return nil }
	})
	s.Press("2", "y", "Y", "1", "G", "y", "3", "j", "o")
	want := []string{"dappcore/core#101", "https://github.com/dappcore/core/issues/101", "dappcore/core-mcp"}
	if got := s.Copied(); !slices.Equal(got, want) {
		t.Errorf("copied %q", got)
	}
	if len(opened) != 1 {
		t.Errorf("opened %q", opened)
	}
	if s.writes() != nil || s.hub.asked != nil {
		t.Error("pointing planned, or sent")
	}
}

// TestPalette lists every command that does something now, and does it.
func TestPalette(t *testing.T) {
	s := open(t, 120, 36)
	s.Press("2", ":")
	s.Shows("[Commands]", "core dev audit REPO", "core dev undo --run")
	s.Type("hand")
	s.Shows("dispatch: hand out what is READY")
	s.Hides("core dev undo --run")
	s.Press("enter")
	s.Shows("Dispatch · preview, nothing sent yet")
	s.Press("esc", "ctrl+p")
	s.Type("zzz")
	s.Shows("no command of that name")
	s.Press("enter", "ctrl+p", "esc")
	s.Hides("[Commands]")
	s.Press("p", ":", "esc")
	s.Shows("[Pull requests]")
	s = open(t, 120, 36, func(_ *hub, o *Options) { o.ReadOnly = true })
	s.Press(":")
	s.Hides("core dev audit REPO", "core dev undo")
}

// TestRebound: keys are bound otherwise, and footer and help say so; what would
// be dangerous or ambiguous is refused.
func TestRebound(t *testing.T) {
	s := open(t, 120, 36, func(_ *hub, o *Options) {
		o.Keys = map[string][]string{"dispatch": {"D"}, "preview-send": {"Y"}}
	})
	s.Press("2", "d")
	if s.hub.asked != nil {
		t.Error("d still dispatches")
	}
	s.Shows("D dispatch")
	s.Press("D")
	s.read()
	s.Press("y")
	if s.writes() != nil {
		t.Fatal("y still sends")
	}
	s.Shows("Y send")
	s.Press("Y")
	if s.writes() == nil {
		t.Error("Y does not send")
	}
	for name, keys := range map[string][]string{"nonsense": {"x"}, "audit": {"d"}, "preview-send": {"enter"}, "epic": {}, "follow": {"ctrl+c"}} {
		if _, err := bound(map[string][]string{name: keys}); err == nil {
			t.Errorf("%s may be %q", name, keys)
		}
	}
	if _, err := bound(map[string][]string{"preview-send": {"ctrl+y"}}); err == nil {
		t.Error("a ctrl key may send")
	}
	list, err := Keys(nil)
	if err != nil || len(list) != len(keyTable) {
		t.Fatalf("%d keys, %v", len(list), err)
	}
	seen := map[string]bool{}
	for _, k := range list {
		if seen[k.Name] {
			t.Errorf("two are called %s", k.Name)
		}
		seen[k.Name] = true
	}
}

// TestAFoldersLogWrittenByAnother is looked at again at once.
func TestAFoldersLogWrittenByAnother(t *testing.T) {
	s := open(t, 120, 36)
	before := s.hub.looks
	i, _ := s.hub.snap.Find(ref("core", 112))
	i.Labels = []string{"jules"}
	s.Send(logChanged{})
	if s.hub.looks != before+1 {
		t.Errorf("%d looks, not one", s.hub.looks-before)
	}
	s.Shows("running    core #112")
}
