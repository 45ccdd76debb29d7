package terminal

import (
	"strings"

	"github.com/clipperhouse/displaywidth"
)

const ellipsis = "…"

// Width is how many cells cleaned text takes.
func Width(s string) int { return displaywidth.String(s) }

// Truncate shortens cleaned text to at most so many cells, an ellipsis for
// what was cut off. It never cuts through a character.
func Truncate(s string, cells int) string {
	if cells <= 0 {
		return ""
	}
	if Width(s) <= cells {
		return s
	}
	if cells == 1 {
		return ellipsis
	}
	return displaywidth.TruncateString(s, cells, ellipsis)
}

// pad fills up to a width with spaces, on the left for numbers.
func pad(s string, cells int, right bool) string {
	gap := strings.Repeat(" ", max(0, cells-Width(s)))
	if right {
		return gap + s
	}
	return s + gap
}
