package config

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/displaywidth"
)

// FileError is what is wrong with a file of `.core/`, and where.
type FileError struct {
	Path    string // as found
	Line    int    // from 1; 0: the file as a whole
	Column  int    // from 1, in characters; 0: the line as a whole
	Message string // what is wrong, in one line
	Hint    string // what to do about it; may be empty
	Excerpt string // the lines around it with a caret below the place; may be empty
}

// Error is "path:line:column: message", the hint, and the excerpt below it.
func (e *FileError) Error() string {
	var b strings.Builder
	b.WriteString(visible(e.Path))
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d", e.Line)
		if e.Column > 0 {
			fmt.Fprintf(&b, ":%d", e.Column)
		}
	}
	b.WriteString(": " + e.Message)
	if e.Hint != "" {
		b.WriteString(": " + e.Hint)
	}
	if e.Excerpt != "" {
		b.WriteString("\n" + e.Excerpt)
	}
	return b.String()
}

// SettingError is what is wrong with a flag or an environment variable.
type SettingError struct {
	Origin  string // "--strategy", "CORE_STRATEGY" or "GH_HOST"
	Message string
	Hint    string // what to do about it; may be empty
}

func (e *SettingError) Error() string {
	if e.Hint == "" {
		return e.Origin + ": " + e.Message
	}
	return e.Origin + ": " + e.Message + ": " + e.Hint
}

// newFileError builds the error for a place in data; line and column from 1.
func newFileError(path string, data []byte, line, column int, message, hint string) *FileError {
	return &FileError{
		Path: path, Line: line, Column: column,
		Message: visible(maskSecrets(message)), Hint: hint,
		Excerpt: excerpt(splitLines(data), line, column),
	}
}

// splitLines cuts at LF, CRLF and CR, as YAML does.
func splitLines(data []byte) []string {
	text := strings.ReplaceAll(string(data), "\r\n", "\n")
	return strings.Split(strings.ReplaceAll(text, "\r", "\n"), "\n")
}

const (
	excerptBefore = 2   // lines shown above the one at fault
	excerptAfter  = 1   // and below it
	excerptWidth  = 100 // characters of a line that are shown
)

// excerpt shows the lines around a place, numbered, with a caret below it.
func excerpt(lines []string, line, column int) string {
	if line < 1 || line > len(lines) {
		return ""
	}
	// The part of the lines that holds the column, the same for all of them.
	from := 0
	if column > excerptWidth*3/4 {
		from = column - excerptWidth/2
	}
	cut := func(s string) string {
		r := []rune(s)
		if from >= len(r) {
			return ""
		}
		return string(r[from:min(len(r), from+excerptWidth)])
	}
	first, last := max(1, line-excerptBefore), min(len(lines), line+excerptAfter)
	if last == len(lines) && lines[last-1] == "" && last > line {
		last-- // what follows the final newline is no line
	}
	digits := len(fmt.Sprint(last))
	var b strings.Builder
	for n := first; n <= last; n++ {
		mark, shown := " ", visible(cut(maskSecrets(lines[n-1])))
		if n == line {
			mark = ">"
		}
		fmt.Fprintf(&b, "%s\n", strings.TrimRight(fmt.Sprintf("%s %*d | %s", mark, digits, n, shown), " "))
		if n == line && column > 0 {
			prefix := []rune(shown)
			prefix = prefix[:min(len(prefix), max(0, column-1-from))]
			fmt.Fprintf(&b, "  %*s | %s^\n", digits, "", strings.Repeat(" ", displaywidth.String(string(prefix))))
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// visible replaces, one for one, every character that could act on a terminal
// or hide there by U+FFFD: controls, formats (bidirectional, zero-width,
// tags), line and paragraph separators, bytes that are no UTF-8. The excerpt
// keeps its columns, and a person sees that something is there.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case r == utf8.RuneError, unicode.IsControl(r), unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs):
			return utf8.RuneError
		}
		return r
	}, s)
}
