package tui

import (
	"cmp"
	"strings"
)

// verbs are what the palette lists: every binding of the panes that has a
// sentence, and does something now.
func (s *state) verbs() []*binding {
	var out []*binding
	for k := range s.keys {
		b := &s.keys[k]
		switch b.want.(type) {
		case move, movePage, moveEnd, openIt, goBack:
			continue
		case openPage:
			if b.want == (openPage{verbBox}) {
				continue
			}
		}
		if b.scope == inPanes && (b.help != "" || b.foot != "") && (b.when == nil || b.when(s)) {
			out = append(out, b)
		}
	}
	return out
}

func (s state) verbsListed() state {
	var rows []row
	for _, b := range s.verbs() {
		rows = append(rows, row{id: b.name, match: strings.ToLower(b.name + " " + b.help + " " + b.cli)})
	}
	s.pages[verbBox] = list{}.with(rows)
	return s
}

// named edits the palette's words.
func (s state) named(in intent) state {
	l := s.pages[verbBox]
	text := l.filter
	switch in := in.(type) {
	case typeText:
		text += s.clean(in.text)
	case eraseRune:
		if r := []rune(text); len(r) > 0 {
			text = string(r[:len(r)-1])
		}
	case eraseAll:
		text = ""
	default:
		return s
	}
	s.pages[verbBox] = l.filtered(text)
	return s
}

// ran does what the palette has selected, as if its key had been pressed.
func (s state) ran() (state, []order) {
	id := s.pages[verbBox].selected()
	s.page, s.under = noPage, noPage
	for _, b := range s.verbs() {
		if b.name == id {
			return s.want(b.want)
		}
	}
	return s.settled(), nil
}

var verbColumns = []column{{width: 8}, {width: 14}, {width: 20, flex: true}, {width: 32, drop: 1}}

// drawVerbs draws the palette.
func (d *drawing) drawVerbs() []string {
	s := d.s
	w := min(s.w, 110) - 2
	l := s.pages[verbBox].settled(s.pageRoom())
	lines := []string{" " + d.theme.paint(accentRole, ":") + d.theme.paint(strongRole, d.meter.fit(l.filter+"_", w-2))}
	widths := fitColumns(verbColumns, w)
	list := s.verbs()
	if len(l.shown) == 0 {
		lines = append(lines, d.theme.paint(faintRole, d.meter.fit("  no command of that name", w)))
	}
	for k := l.top; k < min(l.top+s.pageRoom(), len(l.shown)); k++ {
		how := common
		if k == l.at {
			how = chosen
		}
		b := list[l.shown[k]]
		lines = append(lines, d.line(verbColumns, widths, w, how, false, []cell{{keyName(b.keys[0], d.glyphs), accentRole}, {b.name, plainRole}, {cmp.Or(b.help, b.foot), faintRole}, {b.cli, faintRole}}))
	}
	return d.box(lines, w, "Commands", "", true)
}
