package finding

import (
	"strings"

	"github.com/dappcore/core-dev/inventory/finding/pattern"
)

var (
	markField   = pattern.New(`(?i)\b(?:severity|sev|criticality)\s*[*_]*\s*[:=]\s*[*_` + "`" + `]*(?:` + signClass + `\s*)?(` + grave + `)\b`)
	markBracket = pattern.New(`(?i)^[\s*_` + "`" + `]*[\[(]\s*(?:` + grave + `)\s*[\])]|[\[(]\s*(?:` + grave + `)\s*[\])][\s*_:.]*$`)
	markWord    = pattern.New(`(?i)^[\s*_]*(` + grave + `)\s*(?::|[–—]|-\s)[\s*_]*(.+)`)
)

// Marked is how many findings a body marks with a severity of its own, by fields
// ("Severity: high"), by brackets ("[High]") and by words that lead a block
// ("High: ..."): the most of the three, since a body may say each severity in
// two ways. What the body calls settled, its overviews and its tables are left
// out. Where Read gives far fewer, the body may have a shape that it does not
// know.
func Marked(body string) int {
	body = normal(body)
	r := newReader(body)
	m := marks{words: map[Severity]int{}}
	m.below(r, r.root.kids, 0)
	led := 0
	for _, n := range m.words {
		led += n
	}
	if led == len(m.words) { // each severity once: what they mean
		led = 0
	}
	return max(m.fields, m.brackets, led)
}

type marks struct {
	fields, brackets int
	words            map[Severity]int
}

func (m *marks) below(r *reader, kids []*node, depth int) {
	if depth > maxDepth {
		return
	}
	for _, n := range kids {
		if n.kind == code || n.kind == table {
			continue
		}
		if n.kind == section || n.kind == item {
			h := r.head(n)
			if n.done || h.settled || h.class == sound || h.class == silent || h.class == digest || r.settledBelow(n) {
				continue
			}
		}
		m.text(plain(n.head))
		m.below(r, n.kids, depth+1)
	}
}

func (m *marks) text(t string) {
	m.fields += len(markField.FindAllStringIndex(t, MaxFindings))
	for _, line := range strings.Split(t, "\n") {
		line = unnumber(line)
		if markBracket.MatchString(line) && wordsOf(line, 2) > 1 {
			m.brackets++
		}
		if w := markWord.FindStringSubmatch(line); w != nil && wordsOf(w[2], 4) > 3 {
			m.words[word(w[1])]++
		}
	}
}

// settledBelow tells whether a section's or an item's own text says that it is
// mended, or fine.
func (r *reader) settledBelow(n *node) bool {
	for _, f := range r.fields(n, false) {
		if f.role == statusRole && settledStatus(f.value) {
			return true
		}
	}
	for _, k := range n.kids {
		if k.kind == paragraph && r.mendedText(plain(k.head)) {
			return true
		}
	}
	return r.mendedText(plain(n.head))
}
