package tui

import (
	"strconv"
	"strings"

	"github.com/dappcore/core-dev/flows"
)

// A step's line in the preview cuts what it writes; shown whole it says all of it.

// onStep tells whether a step, or what is left out, is selected in the preview.
func (s *state) onStep() bool { return s.planShown() && s.preview.list.index() >= 0 }

// textOf is all that an effect writes, line by line, as it came.
func textOf(e flows.Effect) []string {
	switch e := e.(type) {
	case flows.Comment:
		return strings.Split(e.Body, "\n")
	case flows.Ask:
		return strings.Split(e.Body, "\n")
	case flows.MakeIssue:
		out := []string{"title: " + e.Title}
		if len(e.Labels) > 0 {
			out = append(out, "labels: "+strings.Join(e.Labels, ", "))
		}
		return append(append(out, ""), strings.Split(e.Body, "\n")...)
	case flows.OpenPull:
		return append([]string{e.Detail(), ""}, strings.Split(e.Body, "\n")...)
	}
	return strings.Split(e.Detail(), "\n")
}

// wholeLines are the selected step with all that it writes, to a width.
func (d *drawing) wholeLines(w int) []string {
	p := &d.s.preview
	var out []string
	say := func(r role, text string) {
		for _, l := range d.meter.wrap(d.text(text), w-2, 1000) {
			out = append(out, d.theme.paint(r, d.meter.fit(" "+l, w)))
		}
	}
	switch k := p.list.index(); {
	case k < 0:
	case k < len(p.steps):
		e := p.steps[k].Effect
		head := e.Kind() + " " + e.Target()
		if spends(e) {
			head += " · 1 task"
		}
		say(accentRole, head)
		say(plainRole, "why: "+p.steps[k].Reason)
		out = append(out, blanks(w))
		for _, l := range textOf(e) {
			if strings.TrimSpace(l) == "" {
				out = append(out, blanks(w))
				continue
			}
			say(plainRole, l)
		}
	default:
		say(accentRole, "skipped "+p.skipped[k-len(p.steps)].Target)
		say(plainRole, "why: "+p.skipped[k-len(p.steps)].Reason)
	}
	return out
}

// wholeStep draws as much of it as has room, and how far it goes on.
func (d *drawing) wholeStep(w, room int) []string {
	lines := d.wholeLines(w)
	room = max(1, room)
	if len(lines) <= room {
		return lines
	}
	room = max(1, room-1)
	top := max(0, min(d.s.preview.wholeTop, len(lines)-room))
	out := append([]string{}, lines[top:top+room]...)
	return append(out, d.theme.paint(faintRole, d.meter.fit(" "+"lines to "+strconv.Itoa(top+room)+" of "+strconv.Itoa(len(lines)), w)))
}

// wholeMost is how far down the selected step can be read.
func (s *state) wholeMost() int {
	w, _ := previewSize(s.w, s.h)
	d := s.drawn(look{}, &noColour)
	return max(0, len(d.wholeLines(w-2))-1)
}
