package tui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// meter measures text in cells as the renderer does: by code points, or by
// grapheme clusters once the terminal said that it does too (mode 2027). With
// any other measure a name with emoji would push the borders out of line.
type meter struct {
	method ansi.Method
	dots   string // stands for what was cut off; one cell
}

func (s *state) meter() meter { return meter{s.method, "…"} }

func (m meter) width(s string) int {
	if plain(s) {
		return len(s)
	}
	return m.method.StringWidth(s)
}

// plain tells printable ASCII, whose width is its length.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// cut shortens to so many cells at the most.
func (m meter) cut(s string, cells int) string {
	switch {
	case m.width(s) <= cells:
		return s
	case cells <= 0:
		return ""
	case cells == 1:
		return m.dots
	}
	return m.head(s, cells-1) + m.dots
}

// head is the beginning of a text without sequences, at most so many cells.
// (ansi.Method.Truncate and Cut measure by clusters what they then cut by code
// points, and may return too much.)
func (m meter) head(s string, cells int) string {
	for at, used := 0, 0; at < len(s); {
		cluster, w := m.first(s[at:])
		if used += w; used > cells {
			return s[:at]
		}
		at += len(cluster)
	}
	return s
}

// tail is what of such a text stands from a cell on; half a wide character is
// a blank.
func (m meter) tail(s string, from int) string {
	for at, used := 0, 0; at < len(s); {
		if used >= from {
			return blanks(used-from) + s[at:]
		}
		cluster, w := m.first(s[at:])
		used += w
		if at += len(cluster); used > from && at >= len(s) {
			return blanks(used - from)
		}
	}
	return ""
}

// first is the first character, with all that belongs to it.
func (m meter) first(s string) (string, int) {
	if s[0] >= ' ' && s[0] <= '~' && (len(s) == 1 || s[1] < 0x80) {
		return s[:1], 1
	}
	return ansi.FirstGraphemeCluster(s, m.method)
}

// fit cuts or fills up to exactly so many cells.
func (m meter) fit(s string, cells int) string {
	cut := m.cut(s, cells)
	return m.alone(s, cut+blanks(cells-m.width(cut)), cells, m.fit)
}

// fitRight is fit with the blanks before.
func (m meter) fitRight(s string, cells int) string {
	cut := m.cut(s, cells)
	return m.alone(s, blanks(cells-m.width(cut))+cut, cells, m.fitRight)
}

// alone makes sure that a field is as wide among others as by itself: a text
// that begins or ends with a mark that joins its neighbour, as spacing vowel
// signs do, is shown with signs in place of such letters.
func (m meter) alone(s, field string, cells int, again func(string, int) string) string {
	if plain(field) || m.width(" "+field+" ") == cells+2 {
		return field
	}
	return again(onlyASCII(s), cells)
}

// wrap breaks at spaces into at most so many lines; the last is cut.
func (m meter) wrap(s string, cells, most int) []string {
	if cells <= 0 || most <= 0 {
		return nil
	}
	var out []string
	line := ""
	for _, word := range strings.Fields(s) {
		next := word
		if line != "" {
			next = line + " " + word
		}
		if line == "" || m.width(next) <= cells || len(out) == most-1 {
			line = next
			continue
		}
		out = append(out, m.cut(line, cells))
		line = word
	}
	if line != "" {
		out = append(out, m.cut(line, cells))
	}
	return out
}

// stripped is a drawn line without its colours.
func stripped(s string) string { return ansi.Strip(s) }

const manyBlanks = "                                                                                                                                "

func blanks(n int) string {
	switch {
	case n <= 0:
		return ""
	case n <= len(manyBlanks):
		return manyBlanks[:n]
	}
	return strings.Repeat(" ", n)
}
