package checklist

import (
	"bytes"
	"unicode/utf8"
)

// The scanners look at a line, or the rest of one, without its end. Like those
// of GitHub's renderer they read characters: where the specification says "any
// characters", a byte that is not UTF-8 matches nothing.

func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// run is how often c stands at the start of text.
func run(text []byte, c byte) int {
	n := 0
	for n < len(text) && text[n] == c {
		n++
	}
	return n
}

// spaces is how many of the given characters stand at the start of text.
func spaces(text []byte, set string) int {
	return len(text) - len(bytes.TrimLeft(text, set))
}

// taskBox is the offset of the byte between the brackets of a line that reads
// as a task item, and -1 for other lines.
func taskBox(line []byte) int {
	const space = " \t\v\f"
	i := spaces(line, space)
	digits := 0
	for i+digits < len(line) && isDigit(line[i+digits]) {
		digits++
	}
	isBlank := func(i int) bool { return i < len(line) && bytes.IndexByte([]byte(space), line[i]) >= 0 }
	switch {
	case digits == 0 && i < len(line) && (line[i] == '-' || line[i] == '+' || line[i] == '*'):
		i++
	case digits > 1 && isBlank(i+digits):
		// The renderer takes any character for the full stop, a last digit too.
		i += digits
	case digits > 0 && i+digits < len(line):
		r, size := utf8.DecodeRune(line[i+digits:])
		if r == utf8.RuneError && size == 1 {
			return -1
		}
		i += digits + size
	default:
		return -1
	}
	n := spaces(line[i:], space)
	i += n
	if n == 0 || len(line)-i < 4 || line[i] != '[' || line[i+2] != ']' || !isBlank(i+3) {
		return -1
	}
	if c := line[i+1]; c != ' ' && c != 'x' && c != 'X' {
		return -1
	}
	return i + 1
}

// listMarker reads the marker of a list item: its character (that after the
// number in an ordered list) and its size in bytes. To interrupt a paragraph,
// an item must have content and a numbered list begin with 1.
func listMarker(rest []byte, interrupts bool) (marker byte, size int) {
	if len(rest) == 0 {
		return 0, 0
	}
	switch c := rest[0]; {
	case c == '-' || c == '+' || c == '*':
		marker, size = c, 1
	case isDigit(c):
		value := 0
		for size < len(rest) && size < 9 && isDigit(rest[size]) {
			value = value*10 + int(rest[size]-'0')
			size++
		}
		if size == len(rest) || rest[size] != '.' && rest[size] != ')' || interrupts && value != 1 {
			return 0, 0
		}
		marker = rest[size]
		size++
	default:
		return 0, 0
	}
	if size < len(rest) && rest[size] != ' ' && rest[size] != '\t' {
		return 0, 0
	}
	if interrupts && len(bytes.TrimLeft(rest[size:], " \t")) == 0 {
		return 0, 0
	}
	return marker, size
}

// atxStart is the level of a heading that begins with number signs and the
// length of its opening.
func atxStart(rest []byte) (level, size int) {
	level = run(rest, '#')
	if level == 0 || level > 6 {
		return 0, 0
	}
	n := spaces(rest[level:], " \t")
	if n == 0 && level < len(rest) {
		return 0, 0
	}
	return level, level + n
}

// setextLevel is the level that an underline gives the paragraph above it.
func setextLevel(rest []byte) int {
	for level, c := range []byte{'=', '-'} {
		if n := run(rest, c); n > 0 && len(bytes.TrimLeft(rest[n:], " \t")) == 0 {
			return level + 1
		}
	}
	return 0
}

// fenceStart is the length of an opening code fence.
func fenceStart(rest []byte) int {
	n := run(rest, rest[0])
	if n < 3 || rest[0] == '`' && bytes.IndexByte(rest[n:], '`') >= 0 || !utf8.Valid(rest[n:]) {
		return 0
	}
	return n
}
