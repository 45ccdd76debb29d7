package flows

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Text that came from outside is made harmless before we post it: on GitHub a
// mention calls people, a reference leaves a mark on another issue, a closing
// keyword before one closes it, HTML hides things and an image fetches what
// somebody wants fetched (spec/1-domain "Whom to trust").

// gap stands behind what GitHub would act on. It is written as an entity, so
// that whoever reads the source sees it.
const gap = "&#8203;"

var acted = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)@|#|\bgh-|://|\bwww\.`)
})

// Harmless is one line of somebody's text for a body or comment of ours: no
// control, invisible or direction characters, white space as single spaces, at
// most limit runes, and nothing in it that GitHub or Markdown acts on.
func Harmless(text string, limit int) string {
	line := OneLine(text, limit)
	var b strings.Builder
	for _, r := range line {
		switch r {
		case '&':
			b.WriteString("&amp;")
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		case '\\', '[', ']', '!', '|', '*', '_', '~', '`':
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return acted().ReplaceAllStringFunc(b.String(), func(s string) string {
		if s == "://" {
			return ":" + gap + "//"
		}
		return s + gap
	})
}

// OneLine is somebody's text as a title of ours: one line, without characters
// that cannot be seen, cut at limit runes. GitHub acts on nothing in a title.
func OneLine(text string, limit int) string {
	seen := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == utf8.RuneError, unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs), noncharacter(r):
			return -1
		}
		return r
	}, norm.NFC.String(strings.ToValidUTF8(text, "")))
	seen = strings.Join(strings.Fields(seen), " ")
	if utf8.RuneCountInString(seen) <= limit {
		return seen
	}
	cut := []rune(seen)[:limit-1]
	return strings.TrimRight(string(cut), " ") + "…"
}

func noncharacter(r rune) bool { return r >= 0xfdd0 && r <= 0xfdef || r&0xfffe == 0xfffe }
