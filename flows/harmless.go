package flows

import (
	"regexp"
	"strconv"
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
	return regexp.MustCompile(`(?i)@|#|gh-|://|www\.`)
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

// HarmlessWithin is Harmless with most runes at the most when it is written: what
// is made harmless grows.
func HarmlessWithin(text string, most int) string {
	for limit := most; ; limit = limit * 3 / 4 {
		if out := Harmless(text, max(limit, 2)); utf8.RuneCountInString(out) <= most || limit <= 2 {
			return out
		}
	}
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

// Code is a path, and a line where it is not 0, as code: nothing in it is acted
// on, whatever it holds.
func Code(path string, line int) string {
	text := strings.ReplaceAll(OneLine(path, 300), "`", "")
	if line > 0 {
		text += ":" + strconv.Itoa(line)
	}
	return "`" + text + "`"
}

// HarmlessBlock is somebody's Markdown for a body of ours: its lines, lists and
// bold text stay, its code stays code of its language, everything else is
// Harmless. It holds no task item, heading or HTML of theirs, and about limit
// runes at most, as written.
func HarmlessBlock(text string, limit int) string {
	var out []string
	var code []string
	fence, info := "", ""
	size := 0
	end := func() {
		mark := strings.Repeat("`", max(3, longestRun(code)+1))
		out = append(append(append(out, mark+info), code...), mark)
		code, fence = nil, ""
	}
	for _, line := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		written := line
		if fence == "" && fenceOf(line) == "" {
			written = harmlessLine(line)
		}
		if size += utf8.RuneCountInString(written) + 1; size > limit {
			if fence != "" {
				end()
			}
			out = append(out, "…")
			break
		}
		mark := fenceOf(line)
		switch {
		case fence != "" && strings.HasPrefix(mark, fence) && strings.TrimSpace(strings.TrimLeft(line, " `~")) == "":
			end()
		case fence != "":
			code = append(code, visible(line))
		case mark != "":
			fence, info = mark, language(line)
		default:
			out = append(out, written)
		}
	}
	if fence != "" {
		end()
	}
	return strings.TrimSpace(strings.Join(out, "\n"))
}

var (
	fenceLine = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("^ *(`{3,}|~{3,})") })
	lineMark  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^( *)([-*+] |\d{1,3}[.)] |#{1,6} |> ?)?(.*)$`) })
	codeSpan  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("`[^`]+`") })
)

func fenceOf(line string) string {
	if m := fenceLine().FindStringSubmatch(line); m != nil {
		return m[1]
	}
	return ""
}

var plainWord = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("^ *[`~]{3,} *([A-Za-z][A-Za-z0-9_+-]{0,19}) *$") })

// drawn are the languages whose code GitHub does not show but acts on.
var drawn = map[string]bool{"mermaid": true, "geojson": true, "topojson": true, "stl": true, "math": true, "suggestion": true}

// language is the one plain word behind a fence, lower case; empty where it is
// more than that.
func language(line string) string {
	m := plainWord().FindStringSubmatch(line)
	if m == nil || drawn[strings.ToLower(m[1])] {
		return ""
	}
	return strings.ToLower(m[1])
}

func longestRun(lines []string) int {
	longest := 0
	for _, l := range lines {
		run := 0
		for _, r := range l {
			if run++; r != '`' {
				run = 0
			}
			longest = max(longest, run)
		}
	}
	return longest
}

// visible is a line of code without what cannot be seen.
func visible(line string) string {
	return strings.Map(func(r rune) rune {
		if r != '\t' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs) || noncharacter(r) || r == utf8.RuneError {
			return -1
		}
		return r
	}, strings.ToValidUTF8(line, ""))
}

// balanced tells whether the stars of a line are nothing but pairs of bold
// marks, each around text: only then they are kept.
func balanced(text string) bool {
	text = codeSpan().ReplaceAllStringFunc(text, func(s string) string { return strings.Repeat("x", len(s)) })
	open := false
	for at := 0; at < len(text); {
		if text[at] != '*' {
			at++
			continue
		}
		from := at
		for at < len(text) && text[at] == '*' {
			at++
		}
		before, _ := utf8.DecodeLastRuneInString(text[:from])
		after, _ := utf8.DecodeRuneInString(text[at:])
		outside, inside := before, after
		if open {
			outside, inside = after, before
		}
		if at-from != 2 || before == '\\' || inside == '\\' || inside == utf8.RuneError || unicode.IsSpace(inside) || unicode.IsLetter(outside) || unicode.IsDigit(outside) {
			return false
		}
		open = !open
	}
	return !open
}

// harmlessLine keeps a line's list mark, its code spans and its bold text. A
// heading becomes bold: the body's own headings are ours.
func harmlessLine(line string) string {
	m := lineMark().FindStringSubmatch(strings.ReplaceAll(visible(line), "\t", "    "))
	if m == nil {
		return ""
	}
	indent, mark, rest := m[1], m[2], m[3]
	if len(indent) > 8 {
		indent = indent[:8]
	}
	if mark == "" && len(indent) > 3 { // would be code, or part of a list above
		indent = "  "
	}
	var b strings.Builder
	bold := !strings.HasPrefix(mark, "#") && balanced(rest)
	spaced := func(part string) string {
		if !bold {
			return spaced(part)
		}
		pieces := strings.Split(part, "**")
		for k := range pieces {
			pieces[k] = spaced(pieces[k])
		}
		return strings.Join(pieces, "**")
	}
	at := 0
	for _, span := range codeSpan().FindAllStringIndex(rest, -1) {
		b.WriteString(spaced(rest[at:span[0]]))
		b.WriteString(rest[span[0]:span[1]])
		at = span[1]
	}
	b.WriteString(spaced(rest[at:]))
	text := strings.TrimRight(b.String(), " ")
	switch {
	case text == "": // an item of nothing would make a heading of the line above
		return ""
	case strings.HasPrefix(mark, "#"):
		return "**" + strings.ReplaceAll(text, "\\*", "") + "**"
	}
	if mark == "" && (strings.HasPrefix(text, "=") || strings.HasPrefix(text, "-")) { // would make a heading of the line above
		text = "\\" + text
	}
	return indent + mark + text
}

// spaced is Harmless for a part of a line, with the blanks at its ends.
func spaced(part string) string {
	trimmed := strings.TrimSpace(part)
	if trimmed == "" {
		if part == "" {
			return ""
		}
		return " "
	}
	out := Harmless(trimmed, 4_000)
	if part[0] == ' ' {
		out = " " + out
	}
	if part[len(part)-1] == ' ' {
		out += " "
	}
	return out
}
