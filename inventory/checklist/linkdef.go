package checklist

import (
	"bytes"
	"unicode/utf8"
)

// linkDefinition is the length of the link definition ("[label]: url 'title'",
// its line end included) at the start of a paragraph, 0 where there is none.
func linkDefinition(text []byte) int {
	label := linkLabel(text)
	if label == 0 || label >= len(text) || text[label] != ':' {
		return 0
	}
	i := overLineEnd(text, label+1)
	url := linkURL(text, i)
	if url < 0 {
		return 0
	}
	end := overLineEnd(text, url)
	if end > url {
		if title := linkTitle(text, end); title > 0 {
			if n := lineEnd(text, title); n > 0 {
				return n
			}
		}
	}
	return lineEnd(text, url)
}

// linkLabel is the length of the label with its brackets; it may have no
// bracket inside, and must have something that is no space.
func linkLabel(text []byte) int {
	for i := 1; i < len(text) && i <= 1001; i++ {
		switch text[i] {
		case '\\':
			if i+1 < len(text) && isPunctuation(text[i+1]) {
				i++
			}
		case '[':
			return 0
		case ']':
			if len(bytes.Trim(text[1:i], " \t\n")) == 0 {
				return 0
			}
			return i + 1
		}
	}
	return 0
}

func isPunctuation(c byte) bool {
	return c > ' ' && c < 0x7f && !isLetter(c) && !isDigit(c)
}

// overLineEnd skips spaces and at most one line end.
func overLineEnd(text []byte, i int) int {
	i += spaces(text[i:], " \t")
	if i < len(text) && text[i] == '\n' {
		i++
		i += spaces(text[i:], " \t")
	}
	return i
}

// lineEnd is the offset behind the line end at i, blanks before it allowed, 0
// where something else stands there.
func lineEnd(text []byte, i int) int {
	i += spaces(text[i:], " \t")
	if i >= len(text) {
		return i
	}
	if text[i] == '\n' {
		return i + 1
	}
	return 0
}

// linkURL is the offset behind the destination at i, -1 where there is none.
func linkURL(text []byte, i int) int {
	if i < len(text) && text[i] == '<' {
		for i++; i < len(text); i++ {
			switch text[i] {
			case '>':
				return i + 1
			case '\n', '<':
				return -1
			case '\\':
				i++
			}
		}
		return -1
	}
	start, depth := i, 0
scan:
	for ; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\\' && i+1 < len(text) && isPunctuation(text[i+1]):
			i++
		case c == '(':
			if depth++; depth > 32 {
				return -1
			}
		case c == ')':
			if depth == 0 {
				break scan
			}
			depth--
		case c == ' ' || c == '\t' || c == '\n':
			break scan
		}
	}
	if i == start || i >= len(text) {
		return -1
	}
	return i
}

// linkTitle is the offset behind the quoted title at i, 0 where there is none.
// A quote behind a backslash ends a title only where no other does.
func linkTitle(text []byte, i int) int {
	if i >= len(text) {
		return 0
	}
	stop := text[i]
	switch stop {
	case '"', '\'':
	case '(':
		stop = ')'
	default:
		return 0
	}
	start, last := i+1, 0
	for i = start; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		escaped := i > start && text[i-1] == '\\'
		switch {
		case r == utf8.RuneError && size == 1:
			return last
		case text[i] == stop:
			last = i + 1
			if !escaped {
				return last
			}
		case text[i] == '(' && stop == ')' && !escaped:
			return last
		}
		i += size
	}
	return last
}
