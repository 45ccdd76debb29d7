package tui

import (
	"strconv"
	"strings"
)

// dayNews are the steps of the day's sessions as they were last looked at.
type dayNews struct {
	steps   []Sitting
	running bool
	problem problem
}

// satDown takes the steps of the day.
func (s state) satDown(n dayCame) state {
	s.day.running, s.day.problem = false, n.problem
	if n.problem.text == "" {
		s.day.steps = n.steps
	}
	rows := make([]row, len(s.day.steps))
	for k, st := range s.day.steps {
		rows[k] = row{id: strconv.Itoa(st.Step), match: strings.ToLower(st.Session + " " + st.Title)}
	}
	first := len(s.pages[dayPage].rows) == 0
	s.pages[dayPage] = s.pages[dayPage].with(rows)
	if first { // where the day goes on
		for k, st := range s.day.steps {
			if st.State != "done" && st.Sends {
				s.pages[dayPage].at = k
				break
			}
		}
	}
	return s.settled()
}

// asksSitting asks for the selected step.
func (s *state) asksSitting() (Ask, string, string) {
	k := s.pages[dayPage].index()
	if s.page != dayPage || k < 0 {
		return Ask{}, "", "no step of the day is selected"
	}
	st := &s.day.steps[k]
	if !st.Sends {
		return Ask{}, "", strconv.Itoa(st.Step) + " " + st.Title + ": nothing is to be sent"
	}
	return Ask{Verb: Sit, Step: st.Step}, strconv.Itoa(st.Step) + " " + st.Title, ""
}

var dayColumns = []column{
	{title: "WHEN", width: 8, drop: 1},
	{title: "", width: 2, right: true},
	{title: "STEP", width: 36},
	{title: "", width: 10},
	{title: "WHAT THERE IS TO DO", width: 20, flex: true},
}

// drawDay draws the session guide.
func (d *drawing) drawDay() []string {
	s := d.s
	about, r, empty := "", plainRole, "Looking at the day"+d.glyphs.dots
	if s.day.problem.text != "" {
		about, r, empty = s.day.problem.String()+" · "+s.keyOf(refreshNow{})+" retry", badRole, ""
	} else if k := s.pages[dayPage].index(); k >= 0 {
		about = d.text(s.day.steps[k].Said)
		if err := s.day.steps[k].Problem; err != nil {
			about, r = d.text(err.Error()), badRole
		}
	}
	detail := ""
	if s.day.running {
		detail = "looking" + d.glyphs.dots
	}
	return d.sheet("Sessions of the day", detail, dayColumns, func(k int) []cell {
		st := &s.day.steps[k]
		m, text := waiting, plainRole
		switch {
		case st.Problem != nil:
			m = bad
		case st.State == "done":
			m, text = done, faintRole
		case st.State == "changed":
			m = partly
		case st.Sends:
			m = readyMark
		}
		session := st.Session
		if k > 0 && s.day.steps[k-1].Session == session {
			session = ""
		}
		return []cell{{session, faintRole}, {strconv.Itoa(st.Step), faintRole}, {st.Title, text}, {d.glyphs.marks[m] + " " + st.State, markRoles[m]}, {d.text(st.Said), text}}
	}, about, r, empty)
}
