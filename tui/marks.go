package tui

import "maps"

// Marks are what a verb means instead of the selected row. They belong to the
// rows' ids, so a refresh keeps them.

// isMarked tells whether a row, by its place among those shown, is marked, or
// will be when the range that was begun ends here.
func (l list) isMarked(at int) bool {
	if at < 0 || at >= len(l.shown) {
		return false
	}
	if l.marked[l.rows[l.shown[at]].id] {
		return true
	}
	from := l.rangeFrom()
	return from >= 0 && min(from, l.at) <= at && at <= max(from, l.at)
}

// rangeFrom is where the range that was begun begins, -1 without one.
func (l list) rangeFrom() int {
	if l.anchor == "" {
		return -1
	}
	return l.find(l.anchor)
}

// toggled marks the selected row, or takes its mark away, and goes on to the
// next; a range that was begun is marked whole.
func (l list) toggled() list {
	if l.rangeFrom() >= 0 {
		return l.ranged()
	}
	id := l.selected()
	if id == "" {
		return l
	}
	l.marked = maps.Clone(l.marked)
	if l.marked == nil {
		l.marked = map[string]bool{}
	}
	if l.marked[id] {
		delete(l.marked, id)
	} else {
		l.marked[id] = true
	}
	return l.moved(1)
}

// ranged begins a range at the selected row, or marks the one that was begun.
func (l list) ranged() list {
	from := l.rangeFrom()
	if from < 0 {
		l.anchor = l.selected()
		return l
	}
	l.marked = maps.Clone(l.marked)
	if l.marked == nil {
		l.marked = map[string]bool{}
	}
	for at := min(from, l.at); at <= max(from, l.at); at++ {
		if id := l.rows[l.shown[at]].id; id != "" {
			l.marked[id] = true
		}
	}
	l.anchor = ""
	return l
}

// all marks every row that is shown; where all are, none.
func (l list) all() list {
	marked := map[string]bool{}
	every := true
	for _, k := range l.shown {
		id := l.rows[k].id
		every = every && l.marked[id]
		marked[id] = true
	}
	if l.anchor = ""; every {
		return l.unmarked()
	}
	l.marked = marked
	return l
}

func (l list) unmarked() list {
	l.marked, l.anchor = nil, ""
	return l
}

// anyMarked tells whether something is marked, or a range begun.
func (l list) anyMarked() bool { return len(l.marked) > 0 || l.anchor != "" }

// chosen are the rows, as indices into rows, that a verb means: the marked ones
// in their order, or the selected one.
func (l list) chosen() []int {
	if !l.anyMarked() {
		if k := l.index(); k >= 0 {
			return []int{k}
		}
		return nil
	}
	var out []int
	for k, r := range l.rows {
		if l.marked[r.id] {
			out = append(out, k)
		}
	}
	if from := l.rangeFrom(); from >= 0 {
		for at := min(from, l.at); at <= max(from, l.at); at++ {
			if k := l.shown[at]; !l.marked[l.rows[k].id] {
				out = append(out, k)
			}
		}
	}
	return out
}

// kept drops the marks of rows that are gone.
func (l list) kept() list {
	if len(l.marked) == 0 {
		return l
	}
	marked := map[string]bool{}
	for _, r := range l.rows {
		if l.marked[r.id] {
			marked[r.id] = true
		}
	}
	l.marked = marked
	return l
}
