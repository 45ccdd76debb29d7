package tui

import (
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// frame draws the whole screen: exactly h lines of exactly w cells.
func (d *drawing) frame() []string {
	s := d.s
	d.layout = arrange(s.w, s.h, s.focus, s.zoom)
	if d.layout.shape == tooSmall {
		return d.small()
	}
	lines := []string{d.header()}
	switch {
	case d.layout.shape == single:
		title, detail := d.title(s.focus)
		lines = append(lines, d.spread(d.theme.paint(strongRole, title), d.meter.width(title), d.theme.paint(faintRole, detail), d.meter.width(detail), s.w))
		lines = append(lines, d.pane(s.focus)...)
	case d.layout.shape == tabs:
		lines = append(lines, d.tabs())
		lines = append(lines, d.pane(s.focus)...)
	case s.zoom:
		lines = append(lines, d.pane(s.focus)...)
	default:
		lines = append(lines, beside(d.pane(repos), d.pane(epics))...)
		lines = append(lines, beside(d.pane(budgets), d.pane(phases))...)
		lines = append(lines, d.pane(activity)...)
	}
	lines = append(lines, d.footer())
	d.overlay(lines)
	return lines
}

func beside(a, b []string) []string {
	out := make([]string, len(a))
	for k := range a {
		out[k] = a[k] + b[k]
	}
	return out
}

// small says what is wrong where there is no room for anything.
func (d *drawing) small() []string {
	s := d.s
	text := []string{"core needs 40x10,", "here is " + strconv.Itoa(s.w) + "x" + strconv.Itoa(s.h), s.keyOf(leave{}) + " quit"}
	if s.scopeNow() == inPreview {
		text = []string{"a plan is open: not", "sent below 40x10", s.keyOf(cancel{}) + " cancel"}
	}
	if s.send.running {
		text[2] = "sending " + d.progress(s.w-len("sending "))
	}
	if s.asking {
		what := "a send runs:"
		if !s.send.running {
			what = "watching:"
		}
		text = []string{what, s.keyOf(stopAndQuit{}) + " stop, quit", s.keyOf(cancel{}) + " stay"}
	}
	lines := make([]string, max(0, s.h))
	for k := range lines {
		if k < len(text) {
			lines[k] = text[k]
		}
		lines[k] = d.meter.fit(lines[k], s.w)
	}
	return lines
}

// spread puts one text at the left and another at the right of a line; the
// right one goes where there is no room. The left one must fit.
func (d *drawing) spread(left string, leftWidth int, right string, rightWidth, w int) string {
	gap := w - leftWidth - rightWidth
	if gap < 1 {
		return left + blanks(w-leftWidth)
	}
	return left + blanks(gap) + right
}

// header is what must be seen wherever one is: what runs, what needs a person,
// how old all this is.
func (d *drawing) header() string {
	s := d.s
	type part struct {
		role role
		text string
	}
	left := []part{{strongRole, " core"}}
	if s.board != nil && len(s.board.fleet.Rows) > 0 && !(s.send.running && s.w < 60) {
		left = append(left, part{plainRole, d.text(s.board.fleet.Rows[0].Repo.Ref.Owner)})
	}
	if s.readOnly {
		left = append(left, part{faintRole, "read-only"})
	}
	if s.paused() {
		word := d.glyphs.marks[person] + " paused"
		if s.brake.reason != "" && s.w >= 60 {
			word += ": " + d.meter.cut(s.brake.reason, s.w/4)
		}
		left = append(left, part{warnRole, word})
	}
	var sending, run, people string
	if s.send.running {
		sending = d.glyphs.marks[running] + " sending "
		if s.send.stopping {
			sending = d.glyphs.marks[running] + " stopping "
		}
	}
	if s.board != nil {
		if n := s.board.running; n > 0 {
			run = d.glyphs.marks[running] + " " + strconv.Itoa(n) + " running"
		}
		if n := len(s.board.fleet.People); n > 0 {
			people = d.glyphs.marks[person] + " " + strconv.Itoa(n) + " need you"
		}
	}
	if sending != "" { // how far it is matters more than what ran before it
		room := s.w - d.meter.width(sending) - 2
		for _, p := range append(left, part{text: people}) {
			room -= d.meter.width(p.text) + 2
		}
		text := sending + d.progress(room)
		left = append(left, part{accentRole, text})
		if room += d.meter.width(sending) - d.meter.width(text); room < d.meter.width(run)+2 {
			run = ""
		}
	}
	if run != "" {
		left = append(left, part{accentRole, run})
	}
	if people != "" {
		left = append(left, part{warnRole, people})
	}
	if word := d.watchWord(); word != "" {
		r := accentRole
		if s.watch.problem.text != "" {
			r = badRole
		}
		left = append(left, part{r, word})
	}
	right, role := s.date.UTC().Format("15:04Z "), faintRole
	switch {
	case s.fetch.failed():
		right, role = d.glyphs.marks[bad]+" not refreshed  "+right, badRole
	case s.board != nil:
		turn := d.glyphs.turn
		if s.fetch.running {
			turn = d.glyphs.dots
		}
		right = turn + " " + ageWord(s.since(s.seenAt())) + "  " + right
	}
	var b strings.Builder
	used, rightWidth := 0, d.meter.width(right)
	for k, p := range left {
		text := p.text
		if k > 0 {
			text = "  " + text
		}
		if used+d.meter.width(text) > s.w {
			break
		}
		used += d.meter.width(text)
		b.WriteString(d.theme.paint(p.role, text))
	}
	return d.spread(b.String(), used, d.theme.paint(role, right), rightWidth, s.w)
}

// tabs is the line of panes where only one is seen, each with its figure where
// there is room, else with its name, else with its key.
func (d *drawing) tabs() string {
	s := d.s
	var texts [paneCount]string
	used := 0
	for _, form := range []struct{ names, badges bool }{{true, true}, {true, false}, {false, false}} {
		used = 0
		for p := range paneCount {
			here := p == s.focus
			text := strconv.Itoa(int(p) + 1)
			if form.names || here {
				text += " " + paneNames[p]
			}
			if badge := d.badge(p); badge != "" && (form.badges || here) {
				text += " " + badge
			}
			if texts[p] = " " + text + " "; here {
				texts[p] = "[" + text + "]"
			}
			used += d.meter.width(texts[p])
		}
		if used <= s.w {
			break
		}
	}
	var b strings.Builder
	for p, text := range texts {
		role := faintRole
		if pane(p) == s.focus {
			role = accentRole
		}
		b.WriteString(d.theme.paint(role, text))
	}
	return b.String() + blanks(s.w-used)
}

func (d *drawing) badge(p pane) string {
	s := d.s
	if s.board == nil {
		if p == repos && s.fetch.failed() {
			return d.glyphs.marks[bad]
		}
		return ""
	}
	switch p {
	case repos:
		if s.fetch.failed() {
			return d.glyphs.marks[bad]
		}
		return strconv.Itoa(len(s.board.repos))
	case epics:
		return strconv.Itoa(len(s.lists[epics].rows))
	case phases:
		if _, f, ok := s.epic(); ok {
			return strconv.Itoa(f.done) + "/" + strconv.Itoa(f.of)
		}
	case budgets:
		return strconv.Itoa(s.board.view.Budget.UsableRemaining) + " left"
	case activity:
		switch {
		case s.send.problem.text != "":
			return d.glyphs.marks[bad]
		case s.send.running:
			return d.glyphs.marks[running]
		}
	}
	return ""
}

// overlay puts the open box, if any, over the frame.
func (d *drawing) overlay(lines []string) {
	s := d.s
	var box []string
	switch s.scopeNow() {
	case inPreview:
		box = d.drawPreview()
	case inQuestion:
		box = d.drawQuestion()
	case inPeople:
		box = d.drawPeople()
	case inPage:
		box = d.drawPage()
	case inPalette:
		box = d.drawVerbs()
	case inHelp:
		box = d.drawHelp()
	case inDetail:
		box = d.drawDetail()
	default:
		return
	}
	room := len(lines) - 2 // header and footer stay
	if len(box) > room {
		box = box[:room]
	}
	w := 0
	if len(box) > 0 {
		w = d.meter.method.StringWidth(box[0])
	}
	x, y := max(0, (s.w-w)/2), 1+max(0, (room-len(box))/2)
	for k := 1; k <= room; k++ { // what is under the box steps back
		under := ansi.Strip(lines[k])
		if k < y || k >= y+len(box) {
			lines[k] = d.theme.paint(faintRole, under)
			continue
		}
		left := d.meter.head(under, x)
		right := d.meter.tail(under, x+w)
		lines[k] = d.theme.paint(faintRole, left+blanks(x-d.meter.width(left))) + box[k-y] + d.theme.paint(faintRole, right)
	}
}
