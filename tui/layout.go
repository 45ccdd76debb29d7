package tui

// shape is how the panes share the screen.
type shape int

const (
	tooSmall shape = iota // a message
	single                // one list, no borders
	tabs                  // one pane under a line of tabs
	grid                  // all five
)

// shapeOf decides by size: a grid from 110x30, tabs from 60x15, one list from
// 40x10, and below that a message.
func shapeOf(w, h int) shape {
	switch {
	case w < 40 || h < 10:
		return tooSmall
	case w < 60 || h < 15:
		return single
	case w < 110 || h < 30:
		return tabs
	}
	return grid
}

// rect is where a pane is drawn, borders included.
type rect struct{ x, y, w, h int }

// layout is the screen divided. A pane that is not to be seen has no height.
type layout struct {
	shape shape
	pane  [paneCount]rect
}

// arrange divides the screen: a header and a footer line, the panes between.
func arrange(w, h int, focus pane, zoom bool) layout {
	l := layout{shape: shapeOf(w, h)}
	switch {
	case l.shape == tooSmall:
	case l.shape == single || l.shape == tabs:
		l.pane[focus] = rect{0, 2, w, h - 3}
	case zoom:
		l.pane[focus] = rect{0, 1, w, h - 2}
	default:
		body := h - 2
		low := max(6, min(body/5, 12))
		top := (body - low + 1) / 2
		mid := body - low - top
		left := max(46, min(w*2/5, 60))
		l.pane[repos] = rect{0, 1, left, top}
		l.pane[epics] = rect{left, 1, w - left, top}
		l.pane[budgets] = rect{0, 1 + top, left, mid}
		l.pane[phases] = rect{left, 1 + top, w - left, mid}
		l.pane[activity] = rect{0, 1 + top + mid, w, low}
	}
	return l
}

// inner is the size inside a pane's borders.
func (l layout) inner(p pane) (w, h int) {
	r := l.pane[p]
	if l.shape == single {
		return r.w, max(0, r.h)
	}
	return max(0, r.w-2), max(0, r.h-2)
}

// headed are the panes whose list has a line of column titles.
var headed = [paneCount]bool{repos: true, epics: true}

// rowsIn is how many rows of its list a pane shows.
func (s *state) rowsIn(l layout, p pane) int {
	_, h := l.inner(p)
	if headed[p] {
		h--
	}
	return max(0, h-s.noteHeight(l, p))
}

// noteHeight is how many lines at a pane's foot tell of what went wrong there,
// or of what is selected.
func (s *state) noteHeight(l layout, p pane) int {
	w, h := l.inner(p)
	text, kept := s.note(p)
	switch {
	case h < 4:
		return 0
	case text != "" && len(s.meter().wrap(text, w-2, 2)) > 1:
		return 2
	case text != "" || kept:
		return 1
	}
	return 0
}

// previewSize is the box of the preview: as wide as is good to read.
func previewSize(w, h int) (int, int) {
	if shapeOf(w, h) <= single {
		return w, h - 2
	}
	return min(w-4, 104), h - 4
}
