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
	case cells <= 0:
		return ""
	case m.width(s) <= cells:
		return s
	case cells == 1:
		return m.dots
	}
	return m.method.Truncate(s, cells, m.dots)
}

// fit cuts or fills up to exactly so many cells.
func (m meter) fit(s string, cells int) string {
	s = m.cut(s, cells)
	return s + blanks(cells-m.width(s))
}

// fitRight is fit with the blanks before.
func (m meter) fitRight(s string, cells int) string {
	s = m.cut(s, cells)
	return blanks(cells-m.width(s)) + s
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
