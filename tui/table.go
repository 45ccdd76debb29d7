package tui

import "strings"

// column is one column of a table.
type column struct {
	title string
	width int
	right bool
	flex  bool // takes what is left; at least width
	drop  int  // left out when there is no room, the highest first; 0: never
}

// cell is one field of a row.
type cell struct {
	text string
	role role
}

// table draws the window of a list. Drawn rows are kept while board, width and
// colours stay the same, so a key costs the rows that changed.
type table struct {
	columns []column
	widths  []int // of the columns that fit; -1: left out
	stamp   stamp
	rows    map[int]string // by index and manner, see key
}

// stamp is all that a drawn row depends on besides its index and manner.
type stamp struct {
	version, width int
	look           look
	method         int
	stale          bool
	extra          string
}

// mostKept bounds the rows a table keeps.
const mostKept = 2000

func (t *table) prepare(st stamp) {
	if t.rows != nil && t.stamp == st && len(t.rows) < mostKept {
		return
	}
	if t.rows == nil || t.stamp.width != st.width {
		t.widths = fitColumns(t.columns, st.width)
	}
	t.stamp, t.rows = st, map[int]string{}
}

// fitColumns gives each column its width: one blank between, the flexible one
// takes the rest, and those that may go are left out while it has too little.
func fitColumns(columns []column, width int) []int {
	widths := make([]int, len(columns))
	for k, c := range columns {
		widths[k] = c.width
	}
	width-- // a blank at the right end, as there is the mark at the left
	for {
		total, flex, worst := 0, -1, -1
		for k, c := range columns {
			if widths[k] < 0 {
				continue
			}
			total += c.width + 1
			if c.flex {
				flex = k
			}
			if c.drop > 0 && (worst < 0 || c.drop > columns[worst].drop) {
				worst = k
			}
		}
		switch {
		case total <= width:
			if flex >= 0 {
				widths[flex] += width - total
			}
			return widths
		case worst >= 0:
			widths[worst] = -1
		default:
			if flex >= 0 {
				widths[flex] = max(1, columns[flex].width-(total-width))
			}
			return widths
		}
	}
}

// manner is how a row stands out.
type manner int

const (
	common manner = iota
	kept          // selected, in a pane without the focus
	chosen        // selected, where the keys are
	manners
	withMark = manners // besides, of a row that is marked
)

// row draws a row, or takes it as it was drawn.
func (t *table) row(d *drawing, index int, how manner, marked bool, cells func(index int) []cell) string {
	key := index*2*int(manners) + int(how)
	if marked {
		key += int(withMark)
	}
	if line, ok := t.rows[key]; ok {
		return line
	}
	line := d.markedLine(t.columns, t.widths, t.stamp.width, how, marked, t.stamp.stale, cells(index))
	t.rows[key] = line
	return line
}

// head draws the column titles.
func (t *table) head(d *drawing) string {
	cells := make([]cell, len(t.columns))
	for k, c := range t.columns {
		cells[k] = cell{c.title, plainRole}
	}
	var b strings.Builder
	d.fields(&b, t.columns, t.widths, cells, false)
	return d.theme.paint(faintRole, d.meter.fit(" "+b.String(), t.stamp.width))
}

// markedLine is line with the sign of a marked row before its first cell's text.
func (d *drawing) markedLine(columns []column, widths []int, width int, how manner, marked, stale bool, cells []cell) string {
	if marked {
		cells[0].text = d.glyphs.tick + " " + cells[0].text
		if how == common {
			cells[0].role = accentRole
		}
	}
	return d.line(columns, widths, width, how, stale, cells)
}

// line draws cells after the mark of the selected row. A row that stands out
// has one style; in the others each cell has its own.
func (d *drawing) line(columns []column, widths []int, width int, how manner, stale bool, cells []cell) string {
	var b strings.Builder
	if how == common {
		b.WriteByte(' ')
		d.fields(&b, columns, widths, cells, !stale)
		b.WriteByte(' ')
		if stale {
			return d.theme.paint(faintRole, d.meter.fit(b.String(), width))
		}
		return b.String()
	}
	b.WriteString(d.glyphs.cursor)
	d.fields(&b, columns, widths, cells, false)
	role := chosenRole
	if how == kept {
		role = keptRole
	}
	return d.theme.paint(role, d.meter.fit(b.String(), width))
}

func (d *drawing) fields(b *strings.Builder, columns []column, widths []int, cells []cell, coloured bool) {
	first := true
	for k, c := range columns {
		if widths[k] < 0 {
			continue
		}
		if !first {
			b.WriteByte(' ')
		}
		first = false
		text := cells[k].text
		if c.right {
			text = d.meter.fitRight(text, widths[k])
		} else {
			text = d.meter.fit(text, widths[k])
		}
		if coloured {
			text = d.theme.paint(cells[k].role, text)
		}
		b.WriteString(text)
	}
}
