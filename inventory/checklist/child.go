package checklist

import (
	"regexp"
	"strings"
	"sync"
)

var (
	// mentions are the words behind which a reference at the end only mentions().
	mentions = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)(?:^|[^\pL\pN_])(?:blocked\s+by|depends\s+on|needs|see(?:\s+also)?|pull\s+requests?|PRs?)` +
			`\s*:?\s*(?:(?:issues?|pull\s+requests?|PRs?)\s*)?$`)
	})
	closing = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)(?:^|[^\pL\pN_])(close[sd]?|fix(?:e[sd])?|resolve[sd]?)\s*:?\s*$`)
	})
)

// childOf finds the issue that the own text of a task item names, and the text
// without it.
func childOf(own []byte) (Reference, string, bool) {
	l := newLine(own)
	refs := l.references()
	if len(refs) == 0 {
		return Reference{}, "", false
	}
	if first := refs[0]; l.outside(0, first.start, "([{") == "" {
		rest := strings.TrimLeft(l.slice(first.end, len(l.text)), ")]}:,;.-–—| ")
		return first.Reference, rest, true
	}
	last := refs[len(refs)-1]
	before, ok := l.endsWith(last)
	if !ok || l.cut || l.isMention(refs) {
		return Reference{}, "", false
	}
	if i := closing().FindStringSubmatchIndex(before); i != nil {
		before = before[:i[2]]
	}
	return last.Reference, strings.TrimRight(before, ":,;-–—| "), true
}

// outside is what stands between start and end besides white space and the
// characters of set.
func (l *line) outside(start, end int, set string) string {
	var b strings.Builder
	for i := start; i < end; i++ {
		if l.marks[i] != joint && (l.marks[i] == opaque || !isSpace(l.text[i]) && strings.IndexByte(set, l.text[i]) < 0) {
			b.WriteByte(l.text[i])
		}
	}
	return b.String()
}

// endsWith tells whether the line ends with ref, alone or in parentheses that
// hold nothing else but a closing keyword, and gives the text before it.
func (l *line) endsWith(ref at) (before string, ok bool) {
	after := l.outside(ref.end, len(l.text), ".,;!")
	before = l.slice(0, ref.start)
	switch after {
	case "":
		return before, true
	case ")", "]":
		bracket := map[string]string{")": "(", "]": "["}[after]
		open := strings.LastIndex(before, bracket)
		if open < 0 {
			return before, false
		}
		inside := before[open+1:]
		if strings.TrimSpace(inside) != "" && strings.TrimSpace(closing().ReplaceAllString(inside, "")) != "" {
			return before, false
		}
		return strings.TrimRight(before[:open], " "), true
	}
	return before, false
}

// isMention tells whether the last of refs stands behind a word that only
// mentions, perhaps at the end of an enumeration ("blocked by #3, #4 and #12").
func (l *line) isMention(refs []at) bool {
	for i := len(refs) - 1; i >= 0; i-- {
		from := 0
		if i > 0 {
			from = refs[i-1].end
		}
		before := l.slice(from, refs[i].start)
		if mentions().MatchString(before) {
			return true
		}
		switch strings.ToLower(strings.Trim(before, " ,")) {
		case "", "and", "or", "&", "+", "/":
		default:
			return false
		}
	}
	return false
}
