// Package terminal answers for what reaches a person's terminal: text from
// outside loses everything that could act on it (spec/1-domain "Whom to trust,
// what to read"), widths are counted in cells, and tables are laid out the same
// way by every command.
package terminal

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxMarks is how many combining marks one character may carry. Written
// languages need four at most; piles of them run over the lines around.
const maxMarks = 8

// Clean makes text from outside fit to be shown on one line:
//   - escape sequences go whole (CSI, OSC, DCS and their C1 forms; of one that
//     never ends only its introducer, so that it hides nothing);
//   - control characters (C0, DEL, C1), bidirectional and all other format
//     characters, zero-width ones, tags, fillers and the variation selectors
//     of the supplement go;
//   - a run of line breaks and tabs becomes one space, none at either end;
//   - what is no UTF-8 becomes U+FFFD.
//
// Letters, combining marks (up to eight on a character), emoji and one
// variation selector after a character stay. U+200D is zero-width and goes as
// the rule says: an emoji joined of several is shown as those several.
//
// Clean(Clean(s)) is Clean(s).
func Clean(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	gap := false      // a space is due before the next character
	marks := maxMarks // combining marks on the last character; at the start there is nothing to stand on
	selected := true  // the last character has its variation selector, or there is none
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if n := sequence(s[i:]); n > 0 {
			i += n
			continue
		}
		i += size
		switch {
		case breaks(r):
			gap = true
			continue
		case r == 0xFE0E || r == 0xFE0F: // text or emoji form of the character before
			if selected || gap {
				continue
			}
			selected = true
		case dangerous(r):
			continue
		case unicode.In(r, unicode.Mn, unicode.Me):
			if gap || marks >= maxMarks {
				continue
			}
			marks++
		default:
			marks, selected = 0, false
		}
		if gap && b.Len() > 0 {
			b.WriteByte(' ')
		}
		gap = false
		b.WriteRune(r) // of a byte that is no UTF-8, U+FFFD
	}
	return b.String()
}

// plain tells whether s is printable ASCII alone, as most text is.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// breaks tells what ends a line, or moves on it.
func breaks(r rune) bool {
	switch r {
	case '\t', '\n', '\v', '\f', '\r', 0x85, 0x2028, 0x2029:
		return true
	}
	return false
}

// dangerous tells what a terminal must not see. Characters that begin a gap
// are for breaks to decide.
func dangerous(r rune) bool {
	if r == 0x2800 { // the empty braille pattern is as wide as the others
		return false
	}
	return unicode.IsControl(r) ||
		unicode.In(r, unicode.Cf, unicode.Cs, unicode.Zl, unicode.Zp,
			unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector, unicode.Noncharacter_Code_Point) ||
		r >= 0xE0000 && r <= 0xE0FFF
}

const escape = 0x1B

// maxSequence is the length in bytes beyond which a string sequence (OSC, DCS)
// is taken not to end.
const maxSequence = 64 << 10

// sequence is the length in bytes of the escape sequence that s begins with,
// 0 if it begins with none (ECMA-48, 5.4 and 5.6).
func sequence(s string) int {
	r, size := utf8.DecodeRuneInString(s)
	at := size
	kind := r
	if r == escape {
		if at >= len(s) {
			return at
		}
		kind = rune(s[at])
		if kind < 0x40 || kind > 0x5F { // ESC, intermediates, one final byte
			for at < len(s) && s[at] >= 0x20 && s[at] <= 0x2F {
				at++
			}
			if at < len(s) && s[at] >= 0x30 && s[at] <= 0x7E {
				return at + 1
			}
			return size
		}
		kind += 0x40 // ESC [ is U+009B, and so on
		at++
	}
	switch kind {
	case 0x9B: // CSI: parameters, intermediates, a final byte
		body := at
		for body < len(s) && s[body] >= 0x20 && s[body] <= 0x3F {
			body++
		}
		if body < len(s) && s[body] >= 0x40 && s[body] <= 0x7E {
			return body + 1
		}
		return at
	case 0x90, 0x98, 0x9D, 0x9E, 0x9F: // DCS, SOS, OSC, PM, APC: text up to ST or BEL
		return at + stringLength(s[at:])
	}
	if r == escape || r >= 0x80 && r <= 0x9F && r != 0x85 {
		return at
	}
	return 0
}

// stringLength is the length of the text of a string sequence with its end, 0
// if it has none.
func stringLength(s string) int {
	for i := 0; i < min(len(s), maxSequence); i++ {
		switch {
		case s[i] == '\a':
			return i + 1
		case s[i] == escape && i+1 < len(s) && s[i+1] == '\\':
			return i + 2
		case s[i] == 0xC2 && i+1 < len(s) && s[i+1] == 0x9C: // ST as U+009C
			return i + 2
		case s[i] == '\n' || s[i] == '\r': // no title or link holds one: it is text
			return 0
		}
	}
	return 0
}
