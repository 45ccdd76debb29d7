package finding

import (
	"strings"
	"unicode"

	"github.com/dappcore/core-dev/inventory/finding/pattern"
)

// plain is the text of spans, its line breaks kept.
func plain(spans []span) string {
	if len(spans) == 1 {
		return spans[0].text
	}
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.text)
	}
	return b.String()
}

// oneLine collapses all white space.
func oneLine(t string) string {
	space := true // at the start, none is wanted
	for k := range len(t) {
		c := t[k]
		if c >= 0x80 || c < ' ' || c == ' ' && space {
			return strings.Join(strings.Fields(t), " ")
		}
		space = c == ' '
	}
	if space {
		return strings.TrimSuffix(t, " ")
	}
	return t
}

// cut is at most n runes of t, ended at a word where that is possible.
func cut(t string, n int) string {
	seen := 0
	for at := range t {
		if seen == n-1 && len(t) > at {
			rest := []rune(t[at:])
			if len(rest) == 1 {
				return t
			}
			short := t[:at]
			if sp := strings.LastIndexByte(short, ' '); sp > len(short)*2/3 {
				short = short[:sp]
			}
			return strings.TrimRight(short, " ,;:-–—(") + "…"
		}
		seen++
	}
	return t
}

var (
	sentenceEnd = pattern.New(`[.!?…]["'”)]?(?:\s+|$)`)
	abbreviated = pattern.New(`(?i)(?:^|[\s(])(?:e\.g|i\.e|etc|cf|vs|no|approx|incl|resp|fig|sec|ca|[a-z])\.$`)
)

// sentences splits a text, once.
func (r *reader) sentences(t string) []string {
	out, ok := r.split[t]
	if !ok {
		out = sentences(t)
		r.split[t] = out
	}
	return out
}

// sentences splits a text; a line break ends a sentence too, where the next
// line opens with a capital or a mark.
func sentences(t string) []string {
	var out []string
	for _, line := range strings.Split(t, "\n") {
		from := 0
		for _, m := range sentenceEnd.FindAllStringIndex(line, -1) {
			if m[0] < from || abbreviated.MatchString(line[from:m[0]+1]) && m[1] < len(line) {
				continue
			}
			if m[1] < len(line) && (!opens(line[m[1]:]) || braced(line[from:m[0]])) {
				continue
			}
			if s := strings.TrimSpace(line[from:m[1]]); s != "" {
				out = append(out, s)
			}
			from = m[1]
		}
		if s := strings.TrimSpace(line[from:]); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// braced tells whether a text ends within braces, as in "{!! $value !!}": that is
// code, and no sentence ends there.
func braced(t string) bool {
	t = t[max(0, len(t)-80):]
	return strings.LastIndexByte(t, '{') > strings.LastIndexByte(t, '}')
}

// opens tells whether a sentence may begin so: not with a small letter.
func opens(t string) bool {
	first, _, _ := strings.Cut(t, " ")
	if strings.Contains(first, "/") {
		return true // a place
	}
	for _, c := range first {
		return !unicode.IsLower(c)
	}
	return false
}

// words are the lower-case words of a text, without marks.
func words(t string) []string { return strings.FieldsFunc(strings.ToLower(t), betweenWords) }

func betweenWords(c rune) bool {
	if c < 0x80 {
		return !isAlnum(byte(c)) && c != '\''
	}
	return !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != '’'
}

// wordsOf is the number of words in a text, counted to most.
func wordsOf(t string, most int) int {
	n, inside := 0, false
	for _, c := range t {
		was := inside
		if inside = !betweenWords(c); inside && !was {
			if n++; n >= most {
				break
			}
		}
	}
	return n
}

func isASCII(t string) bool {
	for k := range len(t) {
		if t[k] >= 0x80 {
			return false
		}
	}
	return true
}

func set(list string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(list) {
		out[w] = true
	}
	return out
}

// phrases is a pattern of alternatives that stand as whole words.
func phrases(list ...string) *pattern.Pattern {
	return pattern.Made(func() string {
		return `(?i)(?:^|[^\pL\d])(?:` + strings.Join(list, "|") + `)(?:$|[^\pL\d])`
	})
}
