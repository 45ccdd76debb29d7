package tui

import (
	"slices"
	"strings"
)

// row is one line of a list: what it is, and what a filter looks at.
type row struct {
	id    string         // stable over refreshes; empty: nothing that could be selected
	match string         // lower case
	by    [mostSorts]int // what the pane's orders compare, the largest first
}

// mostSorts is how many orders a pane has besides its own.
const mostSorts = 4

// list is the rows of a pane, which of them a filter shows, and where one
// stands. Its slices are replaced, never changed in place.
type list struct {
	rows   []row
	shown  []int // indices into rows
	filter string
	at     int             // the selected one of shown
	top    int             // the first one drawn
	sort   int             // 0: as the rows come; else by[sort-1]
	turned bool            // the smallest first
	marked map[string]bool // by id; replaced, never changed in place
	anchor string          // where a range of marks begins; empty: none does
}

// with takes new rows and keeps selection, scroll and filter: the same thing
// stays selected where it still exists, at the same height on the screen.
func (l list) with(rows []row) list {
	id, depth := l.selected(), l.at-l.top
	l.rows = rows
	l = l.kept().refiltered()
	l.at = min(l.at, max(0, len(l.shown)-1))
	if id == "" {
		return l
	}
	if at := l.find(id); at >= 0 {
		l.at, l.top = at, at-depth
	}
	return l
}

func (l list) find(id string) int {
	return slices.IndexFunc(l.shown, func(k int) bool { return l.rows[k].id == id })
}

// filtered narrows to the rows that hold every word.
func (l list) filtered(text string) list {
	id := l.selected()
	l.filter = text
	l = l.refiltered()
	if at := l.find(id); id != "" && at >= 0 {
		l.at = at
	} else {
		l.at = 0
	}
	return l
}

func (l list) refiltered() list {
	words := strings.Fields(strings.ToLower(l.filter))
	l.shown = make([]int, 0, len(l.rows))
	for k, r := range l.rows {
		if holdsAll(r.match, words) {
			l.shown = append(l.shown, k)
		}
	}
	if l.anchor != "" && l.find(l.anchor) < 0 { // nobody sees any more where it began
		l.anchor = ""
	}
	if l.sort > 0 || l.turned {
		slices.SortStableFunc(l.shown, func(a, b int) int {
			d := a - b
			if l.sort > 0 {
				d = l.rows[b].by[l.sort-1] - l.rows[a].by[l.sort-1]
			}
			if l.turned {
				return -d
			}
			return d
		})
	}
	return l
}

// sorted shows the rows in another order; the same one stays selected.
func (l list) sorted(by int, turned bool) list {
	id := l.selected()
	l.sort, l.turned = by, turned
	l = l.refiltered()
	if at := l.find(id); id != "" && at >= 0 {
		l.at = at
	}
	return l
}

func holdsAll(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// selected is the id of the selected row; empty when there is none.
func (l list) selected() string {
	if l.at < 0 || l.at >= len(l.shown) {
		return ""
	}
	return l.rows[l.shown[l.at]].id
}

// index is the selected row's among all rows, -1 when there is none.
func (l list) index() int {
	if l.at < 0 || l.at >= len(l.shown) {
		return -1
	}
	return l.shown[l.at]
}

func (l list) moved(by int) list {
	l.at = max(0, min(l.at+by, len(l.shown)-1))
	return l
}

func (l list) to(last bool) list {
	l.at = 0
	if last {
		l.at = max(0, len(l.shown)-1)
	}
	return l
}

// cycled goes on by one and around the ends.
func (l list) cycled(by int) list {
	if n := len(l.shown); n > 0 {
		l.at = ((l.at+by)%n + n) % n
	}
	return l
}

// settled brings the selected row into a window of that height.
func (l list) settled(height int) list {
	height = max(1, height)
	l.at = max(0, min(l.at, len(l.shown)-1))
	l.top = max(0, min(l.top, len(l.shown)-height))
	if l.at < l.top {
		l.top = l.at
	}
	if l.at >= l.top+height {
		l.top = l.at - height + 1
	}
	return l
}
