package tui

import (
	"strconv"
	"strings"
)

const barCells = 10

var epicColumns = []column{
	{title: "EPIC", width: 16, flex: true},
	{title: "PHASE", width: 14, drop: 2},
	{title: "DONE", width: barCells, drop: 1},
	{title: "", width: 4, right: true},
	{title: "RUN", width: 3, right: true},
	{title: "RDY", width: 3, right: true},
	{title: "!", width: 2, right: true, drop: 3},
}

// drawEpics draws the epics, those of one repository where one drilled in.
func (d *drawing) drawEpics(w, h int) []string {
	s := d.s
	if s.board == nil {
		return d.absent(epics, w, h)
	}
	if len(s.lists[epics].rows) == 0 {
		if !s.only.IsZero() {
			return d.say(w, h, d.text(s.only.Name)+" has no open epic. Stage 2 (organise) makes them of its issues · esc shows all")
		}
		return d.say(w, h, "No epic is open. Stage 2 (organise) makes them of the fleet's issues.")
	}
	return d.window(epics, w, h, s.only.Key(), func(k int) []cell {
		f := &s.board.facts[s.epicRow(k)]
		return []cell{
			{f.name + " " + f.title, plainRole}, {f.phase, faintRole},
			{d.bar(f.done, 0, f.of, barCells), goodRole}, {strconv.Itoa(f.percent()) + "%", plainRole},
			{d.number(f.run), accentRole}, {d.number(f.ready), goodRole}, {d.number(f.person), warnRole},
		}
	})
}

// bar is a proportion in so many cells: full, then part, then empty. Anything
// that is there shows, and nothing looks full that is not.
func (d *drawing) bar(full, part, of, cells int) string {
	if of <= 0 {
		return strings.Repeat(d.glyphs.empty, cells)
	}
	share := func(n int) int {
		c := min(cells, n*cells/of)
		if c == 0 && n > 0 {
			c = 1
		}
		return c
	}
	f := share(full)
	p := min(cells-f, share(full+part)-f)
	if part > 0 && p <= 0 && f < cells {
		p = 1
	}
	p = max(0, p)
	return strings.Repeat(d.glyphs.full, f) + strings.Repeat(d.glyphs.part, p) + strings.Repeat(d.glyphs.empty, cells-f-p)
}
