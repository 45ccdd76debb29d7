package tui

import (
	"strconv"
	"strings"
)

// page is a screen of its own that lies over the panes.
type page int

const (
	noPage    page = iota
	pullPage       // pull requests, and what comes next
	spentPage      // the budget, and the days before
	issuePage      // a repository's issues
	logPage        // what was sent
	dayPage        // the sessions of the day
	verbBox        // every command, by name
	pageCount
)

// pageFixed is how many lines of a page are not its list: borders, column titles
// and what is said of the selected row, in three lines at the most.
const pageFixed = 6

// pageRoom is how many rows of its list a page shows at once.
func (s *state) pageRoom() int {
	if s.page == verbBox {
		return max(1, min(len(s.pages[verbBox].shown), s.h-8))
	}
	return max(1, s.h-2-pageFixed)
}

// turnedTo opens a page, and closes it where it is open.
func (s state) turnedTo(p page) (state, []order) {
	if s.page == p {
		return s.back(), nil
	}
	s.under = noPage
	if p == verbBox {
		s.under = s.page
	}
	s.page = p
	switch p {
	case pullPage, spentPage, dayPage, logPage:
		return s.reading()
	case issuePage:
		s.home = s.homeHere()
		s.pages[issuePage] = list{}
		s = s.issuesListed()
	case verbBox:
		s = s.verbsListed()
	}
	return s.settled(), nil
}

// reading asks for what the open page shows, where that is not of the board; each
// is read once at a time.
func (s state) reading() (state, []order) {
	switch s.page {
	case pullPage:
		if s.pulls.running {
			s.pulls.again = true
			return s.settled(), nil
		}
		s.pulls.running = true
		return s.settled(), []order{readPulls{}}
	case spentPage:
		var orders []order
		if !s.spent.running {
			s.spent.running, orders = true, append(orders, readSpent{})
		}
		if !s.ahead.running {
			s.ahead.running, orders = true, append(orders, readAhead{})
		}
		return s.spentListed().settled(), orders
	case dayPage:
		if s.day.running {
			return s.settled(), nil
		}
		s.day.running = true
		return s.settled(), []order{readDay{}}
	case logPage:
		if s.reads.running {
			return s.settled(), nil
		}
		s.reads.running = true
		return s.settled(), []order{readPast{again: true}}
	}
	return s.settled(), nil
}

// drawPage draws the open page.
func (d *drawing) drawPage() []string {
	switch d.s.page {
	case pullPage:
		return d.drawPulls()
	case spentPage:
		return d.drawSpent()
	case issuePage:
		return d.drawIssues()
	case logPage:
		return d.drawLog()
	case dayPage:
		return d.drawDay()
	}
	return nil
}

// sheet draws a page of rows: titles, the window of the list, and what is to be
// said of the selected one.
func (d *drawing) sheet(title, detail string, columns []column, cells func(index int) []cell, about string, aboutRole role, empty string) []string {
	s := d.s
	l := s.pages[s.page].settled(s.pageRoom())
	w, room := s.w-2, s.pageRoom()
	widths := fitColumns(columns, w)
	var lines []string
	titles := make([]cell, len(columns))
	for k, c := range columns {
		titles[k] = cell{c.title, plainRole}
	}
	var b strings.Builder
	d.fields(&b, columns, widths, titles, false)
	lines = append(lines, d.theme.paint(faintRole, d.meter.fit(" "+b.String(), w)))
	if len(l.shown) == 0 {
		lines = append(lines, d.say(w, room, empty)...)
	}
	for k := l.top; k < min(l.top+room, len(l.shown)); k++ {
		how := common
		if k == l.at {
			how = chosen
		}
		lines = append(lines, d.markedLine(columns, widths, w, how, l.isMarked(k), false, cells(l.shown[k])))
	}
	for len(lines) < room+1 {
		lines = append(lines, blanks(w))
	}
	why := d.meter.wrap(about, w-2, 3)
	for k := range 3 {
		line := ""
		if k < len(why) {
			line = why[k]
		}
		lines = append(lines, d.theme.paint(aboutRole, d.meter.fit(" "+line, w)))
	}
	if n := len(l.shown); n > 0 {
		if detail != "" {
			detail += " " + d.glyphs.dot + " "
		}
		detail += strconv.Itoa(l.at+1) + " of " + strconv.Itoa(n)
	}
	return d.box(lines, w, title, detail, true)
}

// leading leaves the page for the pane that shows what is selected on it.
func (s state) leading() state {
	switch s.page {
	case pullPage:
		if k := s.pages[pullPage].index(); k >= 0 {
			p := s.pulls.list[k]
			return s.shownAt(p.Child)
		}
	case issuePage:
		if k := s.pages[issuePage].index(); k >= 0 {
			return s.shownAt(s.issues[k].ref)
		}
	}
	return s
}
