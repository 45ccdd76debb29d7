package terminal

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// Column is how a table shows one of its columns.
type Column struct {
	Title string
	Right bool // numbers stand on the right
	Least int  // cells it may be cut down to when the screen is narrow; 0: it is never cut
	Drop  int  // it goes when cutting is not enough, the lowest number first; 0: it stays
}

// Cell is a table's cell in a tone of its own.
type Cell struct {
	Text string
	Tone Tone
}

// Table lays out rows under a header in aligned columns. Every text is
// cleaned. The zero Table has no columns and prints nothing.
type Table struct {
	columns []Column
	rows    [][]Cell
}

// NewTable makes a table of these columns.
func NewTable(columns ...Column) *Table { return &Table{columns: columns} }

// Row adds a row: strings, Cells, or whatever fmt.Sprint writes. Cells that
// are missing stay empty, and those beyond the columns are left out.
func (t *Table) Row(cells ...any) {
	row := make([]Cell, len(t.columns))
	for i := range min(len(cells), len(row)) {
		switch c := cells[i].(type) {
		case Cell:
			row[i] = Cell{Clean(c.Text), c.Tone}
		case string:
			row[i] = Cell{Text: Clean(c)}
		default:
			row[i] = Cell{Text: Clean(fmt.Sprint(c))}
		}
	}
	t.rows = append(t.rows, row)
}

// gutter stands between two columns.
const gutter = "  "

// WriteTo prints header and rows to a screen of that kind; without any title
// there is no header. A table wider than
// the screen has the columns that allow it cut, the widest first, then those
// left out that may be; what still does not fit goes over the edge, since a
// number cut off is a wrong number.
func (t *Table) WriteTo(w io.Writer, s Screen) error {
	if len(t.columns) == 0 {
		return nil
	}
	if narrow := t.without(s.Width); narrow != nil {
		return narrow.WriteTo(w, s)
	}
	widths := t.widths(s.Width)
	header := make([]Cell, len(t.columns))
	for i, c := range t.columns {
		header[i] = Cell{Clean(c.Title), Strong}
	}
	var b strings.Builder
	if slices.ContainsFunc(t.columns, func(c Column) bool { return c.Title != "" }) {
		t.line(&b, s, widths, header)
	}
	for _, row := range t.rows {
		t.line(&b, s, widths, row)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// without is the table less one column where it is too wide and has one to
// spare; nil: it is printed as it is.
func (t *Table) without(limit int) *Table {
	if limit <= 0 {
		return nil
	}
	total := len(gutter) * (len(t.columns) - 1)
	for _, w := range t.widths(limit) {
		total += w
	}
	out := -1
	for i, c := range t.columns {
		if c.Drop > 0 && (out < 0 || c.Drop < t.columns[out].Drop) {
			out = i
		}
	}
	if total <= limit || out < 0 {
		return nil
	}
	less := &Table{columns: slices.Delete(slices.Clone(t.columns), out, out+1)}
	for _, row := range t.rows {
		less.rows = append(less.rows, slices.Delete(slices.Clone(row), out, out+1))
	}
	return less
}

// widths are the columns' cells; limit 0 is without bounds.
func (t *Table) widths(limit int) []int {
	widths := make([]int, len(t.columns))
	total := len(gutter) * (len(t.columns) - 1)
	for i, c := range t.columns {
		widths[i] = Width(Clean(c.Title))
		for _, row := range t.rows {
			widths[i] = max(widths[i], Width(row[i].Text))
		}
		total += widths[i]
	}
	for ; limit > 0 && total > limit; total-- {
		widest := -1
		for i, c := range t.columns {
			if c.Least > 0 && widths[i] > c.Least && (widest < 0 || widths[i] > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			break
		}
		widths[widest]--
	}
	return widths
}

// line writes one row without spaces at its end.
func (t *Table) line(b *strings.Builder, s Screen, widths []int, row []Cell) {
	last := len(row) - 1
	for last > 0 && row[last].Text == "" {
		last--
	}
	for i, c := range row[:last+1] {
		text := c.Text
		if Width(text) > widths[i] {
			text = Truncate(text, widths[i])
		}
		padded := pad(text, widths[i], t.columns[i].Right)
		if i == last {
			padded = strings.TrimRight(padded, " ")
		}
		if text != "" { // the spaces around it bear no colour
			padded = strings.Replace(padded, text, s.Paint(c.Tone, text), 1)
		}
		if i > 0 {
			b.WriteString(gutter)
		}
		b.WriteString(padded)
	}
	b.WriteByte('\n')
}
