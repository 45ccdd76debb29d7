package checklist

import (
	"bytes"
	"unicode/utf8"
)

// autocompleted is how many cells GitHub's renderer fills in for short rows
// before it takes no more rows.
const autocompleted = 1 << 19

// countCells is the number of cells of a table row, 0 where line is none. A
// pipe behind a backslash parts nothing.
func countCells(line []byte) int {
	const space = " \t\v\f"
	if !utf8.Valid(line) {
		return 0
	}
	i, cells := 0, 0
	if len(line) > 0 && line[0] == '|' {
		i = 1 + spaces(line[1:], space)
	}
	for i < len(line) {
		start := i
		for i < len(line) && line[i] != '|' {
			if line[i] == '\\' && i+1 < len(line) && line[i+1] == '|' {
				i++
			}
			i++
		}
		pipe := i < len(line)
		if pipe {
			i++
			i += spaces(line[i:], space)
		}
		if pipe || i > start {
			cells++
		}
	}
	return cells
}

// isDelimiterRow tells whether line is the row of dashes below a table's header.
func isDelimiterRow(line []byte) bool {
	const space = " \t\v\f"
	i := 0
	if len(line) > 0 && line[0] == '|' {
		i++
	}
	for n := 0; ; n++ {
		i += spaces(line[i:], space)
		if n > 0 && i == len(line) {
			return true // a pipe may end the row
		}
		if i < len(line) && line[i] == ':' {
			i++
		}
		dashes := run(line[i:], '-')
		if dashes == 0 {
			return false
		}
		i += dashes
		if i < len(line) && line[i] == ':' {
			i++
		}
		i += spaces(line[i:], space)
		if i == len(line) {
			return true
		}
		if line[i] != '|' {
			return false
		}
		i++
	}
}

// openTable makes a table of a paragraph whose last line has as many cells as
// the delimiter row at the cursor; the lines before stay a paragraph.
func (r *reader) openTable(p *block) *block {
	if p.invalid || !isDelimiterRow(r.rest()) {
		return nil
	}
	lines := bytes.TrimSuffix(p.text, []byte("\n"))
	header := bytes.LastIndexByte(lines, '\n') + 1
	columns := countCells(r.rest())
	if columns == 0 || countCells(lines[header:]) != columns {
		return nil
	}
	if header > 0 && p.parent.own == p {
		p.parent.own = &block{kind: paragraph, parent: p.parent, line: p.line, text: p.text[:header:header]}
	}
	p.kind, p.columns, p.rows, p.cells = table, columns, 1, columns
	r.end()
	return p
}

// openRow adds the line to the table t.
func (r *reader) openRow(t *block) *block {
	if r.blank || t.columns*t.rows-t.cells > autocompleted {
		return nil
	}
	cells := countCells(r.rest())
	if cells == 0 {
		return nil
	}
	b := r.add(t, row)
	t.rows++
	t.cells += min(cells, t.columns)
	r.end()
	return b
}
