package tui

// mayLeave tells whether the selected step may be left out. What is followed would
// be done by its next look, and what is taken back is so as a whole.
func (s *state) mayLeave() bool {
	return s.onStep() && s.preview.list.index() < len(s.preview.steps) && s.preview.ask.Verb != Follow && s.preview.ask.Verb != Undo
}

// without asks for what is shown less the selected step and those that rest on it:
// what is sent is always what was shown.
func (s state) without() (state, []order) {
	ask := s.preview.ask
	ask.Of, ask.Without = s.preview.proposal.ID, s.preview.list.index()+1
	return s.planned(ask, s.preview.name, "")
}

// anew is the same, asked for from the beginning.
func (a Ask) anew() Ask {
	a.Of, a.Without = "", 0
	return a
}
