package tui

import (
	"strconv"

	"github.com/dappcore/core-dev/inventory"
)

// personLine is one thing that only a person can settle.
type personLine struct {
	name   string // "core #113"
	title  string
	reason string
}

// peopleFixed is how many lines of the box are not its list: borders, a blank
// and the selected one's reason, in three lines at the most.
const peopleFixed = 6

// peopleRoom is how many of them the box shows at once.
func (s *state) peopleRoom() int {
	most := 0
	if s.board != nil {
		most = len(s.board.people)
	}
	return max(1, min(most, s.h-2-peopleFixed))
}

var peopleColumns = []column{{width: 18}, {width: 20, flex: true}, {width: 30, drop: 1}}

// drawPeople draws what needs a person, and why.
func (d *drawing) drawPeople() []string {
	s := d.s
	w := min(s.w, 110) - 2
	if !s.needsPerson() {
		return d.box(d.say(w, 3, "Nothing needs you."), w, "Needs you", "", true)
	}
	room := s.peopleRoom()
	l := s.people.settled(room)
	widths := fitColumns(peopleColumns, w)
	var lines []string
	for k := l.top; k < min(l.top+room, len(l.shown)); k++ {
		how := common
		if k == l.at {
			how = chosen
		}
		p := s.board.people[l.shown[k]]
		lines = append(lines, d.line(peopleColumns, widths, w, how, false, []cell{{p.name, warnRole}, {p.title, plainRole}, {p.reason, faintRole}}))
	}
	lines = append(lines, blanks(w))
	var why []string
	if k := l.index(); k >= 0 {
		why = d.meter.wrap("why: "+s.board.people[k].reason, w-2, 3)
	}
	for k := range 3 {
		line := ""
		if k < len(why) {
			line = why[k]
		}
		lines = append(lines, d.meter.fit(" "+line, w))
	}
	return d.box(lines, w, "Needs you", strconv.Itoa(l.at+1)+" of "+strconv.Itoa(len(l.shown)), true)
}

// shownWhere leaves the box for the pane that shows the selected one: its
// epic's phases, its epic, or its repository.
func (s state) shownWhere() state {
	k := s.people.index()
	if s.board == nil || k < 0 {
		return s
	}
	return s.shownAt(s.board.fleet.People[k].Ref)
}

// shownAt leaves every box for the pane that shows an issue: its epic's phases, its
// epic, or its repository.
func (s state) shownAt(ref inventory.Ref) state {
	s.listing, s.zoom, s.trail, s.page, s.under = false, false, nil, noPage, noPage
	for n := range s.board.fleet.Epics {
		e := &s.board.fleet.Epics[n]
		child := childAt(e, ref)
		if child < 0 && e.Ref.Key() != ref.Key() {
			continue
		}
		s.lists[epics] = s.lists[epics].filtered("")
		s = s.whole()
		s.lists[epics].at = max(0, s.lists[epics].find(e.Ref.Key()))
		s.focus = epics
		if child >= 0 {
			s.focus = phases
			s.lists[phases] = s.lists[phases].filtered("")
		}
		s = s.follows()
		for at, line := range s.lists[phases].shown {
			if child >= 0 && s.lines[line].child == child {
				s.lists[phases].at = at
			}
		}
		return s
	}
	s.focus = repos
	s.lists[repos] = s.lists[repos].filtered("")
	s.lists[repos].at = max(0, s.lists[repos].find(ref.Repo.Key()))
	return s
}

// childAt is the index of an epic's child, -1 when it has no such.
func childAt(e *inventory.Epic, ref inventory.Ref) int {
	for k := range e.Children {
		if e.Children[k].Ref.Key() == ref.Key() {
			return k
		}
	}
	return -1
}
