package tui

import "testing"

// TestWhatNeedsAPerson is listed with its reasons by the key that the count in
// the header shows, and enter leads to it.
func TestWhatNeedsAPerson(t *testing.T) {
	s := open(t, 120, 36)
	s.Shows("! 2 need you", "! needs you")
	s.Press("!")
	s.Shows("[Needs you]", "core #113", "feat(io): sftp medium", "core #121", "why: a feature needs the owner's word: core dev epic 101 --repo dappcore/core --dispatch", "1 of 2", "enter show in its pane")
	golden(t, s, "people-120x36")
	s.Press("j")
	s.Shows("2 of 2", "core dev epic 118 --repo dappcore/core --dispatch")
	s.Press("q")
	s.Hides("Needs you")
	if s.Quit() {
		t.Fatal("closing the box quit")
	}
	s.Press("/")
	s.Type("mcp")
	s.Press("enter", "!", "enter")
	s.Shows("[3 Phases]", "core #118")
	if _, c, _ := s.state().child(); c == nil || c.Ref.Number != 121 {
		t.Errorf("enter did not lead to the selected one:\n%s", s.Frame())
	}
	s.Press("?")
	s.Shows("what needs you, and why")
	s.Press("?")
	s.Resize(80, 24)
	s.Press("!")
	golden(t, s, "people-80x24")
	s.Press("esc")
	s.Resize(40, 10)
	s.Press("!")
	s.Shows("why:")
	fits(t, s)
}

func TestNothingNeedsAPerson(t *testing.T) {
	s := open(t, 120, 36, func(h *hub, _ *Options) { h.snap.Repos = h.snap.Repos[:2] })
	s.Hides("! needs you")
	s.Press("!")
	s.Shows("Nothing needs you.")
	s.Press("enter", "!")
	s.Hides("Nothing needs you.")
}
