package checklist

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// blockTags are the elements that begin an HTML block (condition 6).
var blockTags = func() map[string]bool {
	tags := make(map[string]bool)
	for _, tag := range strings.Fields(`address article aside base basefont blockquote body caption
		center col colgroup dd details dialog dir div dl dt fieldset figcaption figure footer form
		frame frameset h1 h2 h3 h4 h5 h6 head header hr html iframe legend li link main menu
		menuitem nav noframes ol optgroup option p param section source summary table tbody td
		tfoot th thead title tr track ul`) {
		tags[tag] = true
	}
	return tags
}()

// htmlStart is the start condition (1 to 6) of the HTML block that begins with
// rest, 0 where none does.
func htmlStart(rest []byte) int {
	switch {
	case hasPrefixFold(rest, "<!--"):
		return 2
	case hasPrefixFold(rest, "<?"):
		return 3
	case hasPrefixFold(rest, "<![CDATA["):
		return 5
	case len(rest) > 2 && rest[1] == '!' && rest[2] >= 'A' && rest[2] <= 'Z':
		return 4
	}
	i := 1
	if i < len(rest) && rest[i] == '/' {
		i++
	}
	n := i
	for n < len(rest) && (isLetter(rest[n]) || isDigit(rest[n])) {
		n++
	}
	tag := strings.ToLower(string(rest[i:min(n, i+16)]))
	ends := n == len(rest) || isSpace(rest[n]) || rest[n] == '>'
	switch {
	case i == 1 && ends && (tag == "script" || tag == "pre" || tag == "style"):
		return 1
	case blockTags[tag] && (ends || bytes.HasPrefix(rest[n:], []byte("/>"))):
		return 6
	}
	return 0
}

func hasPrefixFold(text []byte, prefix string) bool {
	return len(text) >= len(prefix) && strings.EqualFold(string(text[:len(prefix)]), prefix)
}

// htmlEnds tells whether the line ends an HTML block of the given condition.
func htmlEnds(condition int, rest []byte) bool {
	rest = rest[:validSize(rest)]
	switch condition {
	case 1:
		for i := bytes.IndexByte(rest, '<'); i >= 0; {
			for _, end := range []string{"</script>", "</pre>", "</style>"} {
				if hasPrefixFold(rest[i:], end) {
					return true
				}
			}
			next := bytes.IndexByte(rest[i+1:], '<')
			if next < 0 {
				break
			}
			i += 1 + next
		}
		return false
	case 2:
		return bytes.Contains(rest, []byte("-->"))
	case 3:
		return bytes.Contains(rest, []byte("?>"))
	case 4:
		return bytes.IndexByte(rest, '>') >= 0
	case 5:
		return bytes.Contains(rest, []byte("]]>"))
	}
	return false
}

// validSize is how far text is UTF-8.
func validSize(text []byte) int {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(text)
}

// loneTag tells whether rest is one complete opening or closing tag and nothing
// else (condition 7).
func loneTag(rest []byte) bool {
	n := tagEnd(rest)
	return n > 0 && len(bytes.TrimLeft(rest[n:], " \t\f")) == 0
}

// tagEnd is the length of the tag at the start of text, 0 where there is none.
func tagEnd(text []byte) int {
	at := func(i int) byte {
		if i < len(text) {
			return text[i]
		}
		return 0
	}
	skip := func(i int) int {
		for isSpace(at(i)) {
			i++
		}
		return i
	}
	i := 1
	closing := at(i) == '/'
	if closing {
		i++
	}
	if !isLetter(at(i)) {
		return 0
	}
	for isLetter(at(i)) || isDigit(at(i)) || at(i) == '-' {
		i++
	}
	for !closing {
		name := skip(i)
		c := at(name)
		if name == i || !isLetter(c) && c != '_' && c != ':' {
			break
		}
		i = name
		for c := at(i); isLetter(c) || isDigit(c) || c != 0 && strings.IndexByte(":._-", c) >= 0; c = at(i) {
			i++
		}
		if sign := skip(i); at(sign) == '=' {
			n := attributeValue(text, skip(sign+1))
			if n == 0 {
				return 0
			}
			i = n
		}
	}
	i = skip(i)
	if !closing && at(i) == '/' {
		i++
	}
	if at(i) != '>' {
		return 0
	}
	return i + 1
}

// attributeValue is the offset behind the value at i, 0 where there is none.
func attributeValue(text []byte, i int) int {
	if i >= len(text) {
		return 0
	}
	if q := text[i]; q == '"' || q == '\'' {
		n := bytes.IndexByte(text[i+1:], q)
		if n < 0 || !utf8.Valid(text[i+1:i+1+n]) {
			return 0
		}
		return i + 1 + n + 1
	}
	start := i
	for i < len(text) && !isSpace(text[i]) && strings.IndexByte("\"'=<>`", text[i]) < 0 {
		i++
	}
	if i == start || !utf8.Valid(text[start:i]) {
		return 0
	}
	return i
}
