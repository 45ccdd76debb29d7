package tui

import (
	"strconv"
	"strings"
	"time"
)

// drawing is one frame being drawn.
type drawing struct {
	s      *state
	look   look
	theme  *theme
	glyphs glyphs
	meter  meter
	tables *[paneCount]table
	layout layout
}

// drawn draws the state in those colours.
func (s *state) drawn(l look, t *theme) drawing {
	d := drawing{s: s, look: l, theme: t, glyphs: s.glyphs, meter: s.meter()}
	d.meter.dots = s.glyphs.dots
	return d
}

// text makes text from outside fit to be drawn.
func (d *drawing) text(s string) string { return d.s.clean(s) }

// staleAfter is the age beyond which a pane is dimmed.
func (s *state) staleAfter() time.Duration { return max(2*time.Minute, 3*s.pause()) }

// age is how old what a pane shows is; false where it has no age.
func (s *state) age(p pane) (time.Duration, bool) {
	if s.board == nil || p == activity {
		return 0, false
	}
	if p == budgets {
		return s.since(s.board.view.At), true
	}
	return s.since(s.board.checkedAt()), true
}

// since is how long ago something of the world that is shown was, for whoever
// waits for it: where that world's time is hurried, its age is not.
func (s *state) since(at time.Time) time.Duration {
	return time.Duration(float64(s.date.Sub(at)) / s.hurry())
}

// hurry is how many seconds of the world that is shown pass in one of the screen's.
func (s *state) hurry() float64 { return max(s.speed, 1) }

func (s *state) stale(p pane) bool {
	age, ok := s.age(p)
	return ok && age > s.staleAfter()
}

// ageWord is an age in a few letters; it changes rarely, so that the screen is
// calm.
func ageWord(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return "now"
	case d < time.Minute:
		return strconv.Itoa(int(d.Seconds())/10*10) + "s"
	case d < time.Hour:
		return strconv.Itoa(int(d.Minutes())) + "m"
	case d < 48*time.Hour:
		return strconv.Itoa(int(d.Hours())) + "h"
	}
	return strconv.Itoa(int(d.Hours()/24)) + "d"
}

// note is what a pane says at its foot: what went wrong there and stays until
// it is resolved, or why the selected thing is as it is. kept tells that the
// line stays free even when there is nothing to say, so that rows do not jump.
func (s *state) note(p pane) (text string, kept bool) {
	switch p {
	case repos:
		k := s.lists[repos].index()
		switch {
		case s.board == nil:
			return "", false
		case s.fetch.failed():
			return s.fetch.problem.String() + " · " + s.keyOf(refreshNow{}) + " retry", false
		case k >= 0 && s.board.fleet.Rows[k].Repo.Problem != nil:
			pr := s.board.fleet.Rows[k].Repo.Problem
			return s.clean(s.board.fleet.Rows[k].Repo.Ref.Name + ": " + problem{pr.Message, pr.Hint}.String()), false
		}
	case phases:
		_, c, ok := s.child()
		switch {
		case !ok || c.Verdict.Reason == "":
			return "", s.board != nil
		case c.Verdict.Ready() && s.readOnly:
			return "READY: nothing stands against a dispatch", true
		case c.Verdict.Ready():
			return "READY: nothing stands against it · d plans the epic's dispatch", true
		}
		return s.clean(c.Verdict.Reason), true
	case activity:
		if s.send.problem.text != "" {
			return s.send.name + ": " + s.send.problem.String() + " · " + s.keyOf(goBack{}) + " dismiss", false
		}
	}
	return "", false
}

// noteRole tells errors from explanations.
func (s *state) noteRole(p pane) role {
	if p == phases {
		return faintRole
	}
	return badRole
}

// pane draws a pane with its borders, every line exactly as wide as its place.
func (d *drawing) pane(p pane) []string {
	w, h := d.layout.inner(p)
	foot := d.s.noteHeight(d.layout, p)
	body := d.body(p, w, h-foot)
	for len(body) < h-foot {
		body = append(body, blanks(w))
	}
	if foot > 0 {
		text, _ := d.s.note(p)
		lines := d.meter.wrap(text, w-2, foot)
		for k := range foot {
			line := ""
			if k < len(lines) {
				line = lines[k]
			}
			body = append(body, d.theme.paint(d.s.noteRole(p), d.meter.fit(" "+line, w)))
		}
	}
	body = body[:h]
	if d.layout.shape == single {
		return body
	}
	title, detail := d.title(p)
	box := d.box(body, w, title, detail, d.s.focus == p && d.s.scopeNow() <= inFilter)
	if more := d.more(p); more != "" {
		box[len(box)-1] = d.bottom(w, more, d.s.focus == p && d.s.scopeNow() <= inFilter)
	}
	return box
}

// more tells how much of a list is above and below what is seen.
func (d *drawing) more(p pane) string {
	l := d.s.lists[p]
	below := len(l.shown) - l.top - d.s.rowsIn(d.layout, p)
	var parts []string
	if l.top > 0 {
		parts = append(parts, d.glyphs.moreAbove+" "+strconv.Itoa(l.top))
	}
	if below > 0 {
		parts = append(parts, d.glyphs.moreBelow+" "+strconv.Itoa(below))
	}
	return strings.Join(parts, "  ")
}

// bottom is a lower border with a word in it.
func (d *drawing) bottom(w int, word string, focused bool) string {
	border := borderRole
	if focused {
		border = accentRole
	}
	g := d.glyphs
	word = " " + d.meter.cut(word, w-4) + " "
	return d.theme.paint(border, g.bottomLeft+strings.Repeat(g.across, max(0, w-1-d.meter.width(word)))) + d.theme.paint(faintRole, word) + d.theme.paint(border, g.across+g.bottomRight)
}

// box puts borders around lines of that width.
func (d *drawing) box(body []string, w int, title, detail string, focused bool) []string {
	g, border, strong := d.glyphs, borderRole, strongRole
	left, right := " ", " "
	if focused {
		border, strong = accentRole, accentRole
		left, right = "[", "]"
	}
	title = left + d.meter.cut(title, w-6) + right
	room := w - d.meter.width(title) - 5
	if detail != "" && room > 4 {
		detail = " " + d.meter.cut(detail, room) + " "
	} else {
		detail = ""
	}
	gap := max(0, w-2-d.meter.width(title)-d.meter.width(detail))
	top := d.theme.paint(border, g.topLeft+g.across) + d.theme.paint(strong, title) +
		d.theme.paint(border, strings.Repeat(g.across, gap)) + d.theme.paint(faintRole, detail) + d.theme.paint(border, g.across+g.topRight)
	side := d.theme.paint(border, g.along)
	out := make([]string, 0, len(body)+2)
	out = append(out, top)
	for _, l := range body {
		out = append(out, side+l+side)
	}
	return append(out, d.theme.paint(border, g.bottomLeft+strings.Repeat(g.across, w)+g.bottomRight))
}

// title is a pane's name and what is said of it on the right.
func (d *drawing) title(p pane) (name, detail string) {
	s := d.s
	name = strconv.Itoa(int(p)+1) + " " + paneNames[p]
	l := s.lists[p]
	var parts []string
	add := func(text string) { parts = append(parts, text) }
	if l.filter != "" || s.filtering && s.focus == p {
		add("/" + l.filter + " " + strconv.Itoa(len(l.shown)) + " of " + strconv.Itoa(len(l.rows)))
	}
	if l.anyMarked() {
		add(strconv.Itoa(len(l.chosen())) + " marked")
	}
	if word := sortWord(p, l); word != "" {
		add("by " + word)
	}
	if s.board != nil {
		switch p {
		case repos:
			add(strconv.Itoa(len(l.rows)))
		case epics:
			if !s.only.IsZero() {
				add(d.text(s.only.Name) + " alone")
			}
			add(strconv.Itoa(len(l.rows)) + " open")
		case phases:
			if e, f, ok := s.epic(); ok {
				add(f.name)
				branch := d.text(e.Branch.Name)
				if e.Branch.Head == "" {
					branch += " (missing)"
				}
				if d.layout.shape == grid {
					add(branch)
				}
				add(strconv.Itoa(f.done) + "/" + strconv.Itoa(f.of))
			}
		}
	}
	if p == activity && s.follow {
		add("follow")
	}
	if age, ok := s.age(p); ok {
		word := ageWord(age)
		if s.stale(p) {
			word = "old: " + word
		}
		add(word)
	}
	return name, strings.Join(parts, " "+d.glyphs.dot+" ")
}

func (d *drawing) body(p pane, w, h int) []string {
	switch p {
	case repos:
		return d.drawRepos(w, h)
	case epics:
		return d.drawEpics(w, h)
	case phases:
		return d.drawPhases(w, h)
	case budgets:
		return d.drawBudget(w, h)
	}
	return d.drawActivity(w, h)
}

var paneColumns = [paneCount][]column{repos: repoColumns, epics: epicColumns, phases: phaseColumns, activity: activityColumns}

// window draws the rows of a pane's list that are to be seen. extra is what
// the rows depend on besides the board.
func (d *drawing) window(p pane, w, h int, extra string, cells func(index int) []cell) []string {
	s, l, t := d.s, d.s.lists[p], &d.tables[p]
	t.columns = paneColumns[p]
	version := 0
	if s.board != nil {
		version = s.board.version
	}
	t.prepare(stamp{version, w, d.look, int(s.method), s.stale(p), extra})
	var out []string
	if headed[p] {
		out = append(out, t.head(d))
		h--
	}
	if len(l.shown) == 0 && l.filter != "" {
		return append(out, d.say(w, h, "Nothing matches \""+l.filter+"\" · esc shows all again")...)
	}
	for k := l.top; k < min(l.top+h, len(l.shown)); k++ {
		how := common
		if k == l.at {
			how = kept
			if s.focus == p && s.scopeNow() <= inFilter {
				how = chosen
			}
		}
		if how != common && p == activity && s.focus != activity {
			how = common
		}
		out = append(out, t.row(d, l.shown[k], how, l.isMarked(k), cells))
	}
	return out
}

// say writes a sentence where there is nothing to list.
func (d *drawing) say(w, h int, text string) []string {
	out := []string{blanks(w)}
	for _, l := range d.meter.wrap(text, w-4, max(1, h-1)) {
		out = append(out, d.theme.paint(faintRole, d.meter.fit("  "+l, w)))
	}
	return out[:min(len(out), max(0, h))]
}

// absent says why there is no data: it is being read, or reading failed.
func (d *drawing) absent(p pane, w, h int) []string {
	f := d.s.fetch
	switch {
	case f.failed() && d.layout.shape == grid && !d.s.zoom && p != repos:
		return d.say(w, h, "Waits for GitHub, see Repos.")
	case f.running && !f.failed():
		text := "Reading GitHub" + d.glyphs.dots
		if took := d.s.now.Sub(f.since); took >= 3*time.Second {
			text += " " + strconv.Itoa(int(took.Seconds())) + "s"
		}
		return d.say(w, h, text)
	case f.failed():
		out := []string{blanks(w)}
		for _, l := range d.meter.wrap(f.problem.text, w-4, 4) {
			out = append(out, d.theme.paint(badRole, d.meter.fit("  "+l, w)))
		}
		hint := d.s.keyOf(refreshNow{}) + " retry"
		if f.problem.hint != "" {
			hint = f.problem.hint + " · " + hint
		}
		for _, l := range d.meter.wrap(hint, w-4, 3) {
			out = append(out, d.meter.fit("  "+l, w))
		}
		return out[:min(len(out), max(0, h))]
	}
	return d.say(w, h, "Nothing was read yet · r reads")
}
