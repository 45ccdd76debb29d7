package tui

import tea "charm.land/bubbletea/v2"

// What the mouse says: a click selects, a click on what is selected opens it, and
// the wheel moves. It never plans and never sends.

func mouseIntent(msg tea.Msg) (intent, bool) {
	switch msg := msg.(type) {
	case tea.MouseClickMsg:
		if msg.Button == tea.MouseLeft {
			return clickAt{msg.X, msg.Y}, true
		}
	case tea.MouseWheelMsg:
		switch msg.Button {
		case tea.MouseWheelDown:
			return wheel{msg.X, msg.Y, 3}, true
		case tea.MouseWheelUp:
			return wheel{msg.X, msg.Y, -3}, true
		}
	}
	return nil, false
}

// paneAt is the pane that lies at a place.
func (s *state) paneAt(x, y int) (pane, rect, bool) {
	l := arrange(s.w, s.h, s.focus, s.zoom)
	for p := range paneCount {
		if r := l.pane[p]; r.h > 0 && x >= r.x && x < r.x+r.w && y >= r.y && y < r.y+r.h {
			return p, r, true
		}
	}
	return 0, rect{}, false
}

// clicked selects what was clicked on. Boxes are for the keys.
func (s state) clicked(x, y int) state {
	if s.scopeNow() != inPanes {
		return s
	}
	p, r, ok := s.paneAt(x, y)
	if !ok {
		return s
	}
	was := s.focus
	s.focus = p
	if was != p {
		s.trail = nil
	}
	at := y - r.y
	if shapeOf(s.w, s.h) != single {
		at--
	}
	if headed[p] {
		at--
	}
	l := s.lists[p]
	if at += l.top; y <= r.y || at < l.top || at >= len(l.shown) {
		return s
	}
	if was == p && l.at == at {
		return s.opened()
	}
	s.lists[p].at = at
	if p == activity {
		s.follow = at >= len(l.shown)-1
	}
	return s.follows()
}

// wheeled moves in what lies under the pointer, or in the open box.
func (s state) wheeled(in wheel) state {
	if s.scopeNow() == inPanes {
		if p, _, ok := s.paneAt(in.x, in.y); ok && p != s.focus {
			s.lists[p] = s.lists[p].moved(in.by)
			return s.follows()
		}
	}
	return s.moved(func(l list, _ int) list { return l.moved(in.by) }, in.by)
}
