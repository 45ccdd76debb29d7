package finding

import (
	"strings"

	"github.com/dappcore/core-dev/inventory/finding/pattern"
)

// shape is how a paragraph opens a record.
type shape uint8

const (
	byID     shape = 1 << iota // "Finding 3.1:", "F-2 ...", "II. ..."
	byGrade                    // "[High] ...", a mark, "Critical: ..."
	byName                     // "Issue: ...", followed by other fields
	byWeight                   // a bold first line
	byColon                    // a line that ends with a colon, above a list
)

var shapes = []shape{byID, byGrade, byName, byWeight}

// shapeOf are the ways in which a paragraph could open a record.
func (r *reader) shapeOf(n *node) shape {
	if n.kind != paragraph {
		return 0
	}
	var out shape
	t := strings.TrimSpace(plain(n.head))
	if ro, ok := r.opensField(n.head); ok {
		if ro == titleRole && wordsOf(fieldKey.ReplaceAllString(t, ""), 1) > 0 {
			return byName
		}
		return 0
	}
	if m := idForm.FindStringSubmatch(t); m != nil && idOf(t) != "" {
		delimited := m[2] != "" && strings.TrimSpace(m[2]) != "" || strings.ContainsAny(m[1][len(m[1])-1:], ".)")
		rest := strings.TrimSpace(t[len(m[0]):])
		word := strings.ContainsAny(m[1][:1], "fFiIvVpPbBoOrRdDwWcCgG") && wordsOf(m[1], 2) > 1 // "Finding 2"
		if rest != "" && (delimited || !word && opens(rest)) {
			out |= byID
		}
	}
	if signLead.MatchString(t) && !settledSign.MatchString(t) || openBracket.MatchString(t) && r.tagged(firstWords(t)) != "" || opening.MatchString(t) {
		out |= byGrade
	}
	if _, to := boldPart(n.head); to > 0 {
		out |= byWeight
	}
	return out
}

var openBracket = pattern.New(`^[\s*_]*[\[(]`)

func firstWords(t string) string {
	if end := strings.IndexAny(t, "])"); end > 0 {
		return t[:end+1]
	}
	return t
}

// leads puts the paragraphs that open records, and what follows each, into
// nodes of their own. Of several shapes the most telling that repeats is taken.
func (r *reader) leads(kids []*node, c context) []*node {
	count := map[shape]int{}
	rules, sections := 0, 0
	of := make([]shape, len(kids))
	for k, n := range kids {
		of[k] = r.shapeOf(n)
		for _, s := range shapes {
			if of[k]&s != 0 && (s != byWeight || !r.closesRun(n)) {
				count[s]++
			}
		}
		switch n.kind {
		case rule:
			rules++
		case section:
			sections++
		}
	}
	var use shape
	for _, least := range []int{2, 1} {
		for _, s := range shapes {
			if use == 0 && count[s] >= least {
				use = s
			}
		}
	}
	if use == byName {
		use |= byWeight
	}
	chunks := use == 0 && rules > 0 && sections == 0
	var out []*node
	var cur *node
	for k, n := range kids {
		switch {
		case n.kind == section:
			cur = nil
			out = append(out, n)
		case n.kind == rule:
			cur = nil
		case n.kind == paragraph && r.closesRun(n):
			cur = r.opened(n, byColon)
			out = append(out, cur)
		case use != 0 && of[k]&use != 0:
			cur = r.opened(n, use)
			out = append(out, cur)
		case chunks && cur == nil && n.kind == paragraph:
			cur = r.opened(n, byID)
			out = append(out, cur)
		case cur != nil && !r.introduces(kids, k, cur):
			cur.kids = append(cur.kids, n)
			cur.end = n.end
		case r.above(kids, k):
			if ro, isField := r.opensField(n.head); isField && ro != titleRole {
				out = append(out, n)
				continue
			}
			out = append(out, &node{kind: lead, head: n.head, start: n.start, end: kids[k+1].end})
			if cur = out[len(out)-1]; r.head(n).class == open && r.told(plain(n.head)) == "" { // a sentence, not a title: what follows speaks for itself
				out = out[:len(out)-1]
				cur = nil
			}
		default:
			out = append(out, n)
		}
	}
	return out
}

// above tells whether a paragraph is a line with a colon above a list or table.
func (r *reader) above(kids []*node, k int) bool {
	n := kids[k]
	return n.kind == paragraph && k+1 < len(kids) && (kids[k+1].kind == list || kids[k+1].kind == table) &&
		strings.HasSuffix(strings.TrimRight(plain(n.head), " *_\n"), ":") && wordsOf(plain(n.head), 15) <= 14
}

// introduces tells whether such a line begins something of its own, apart from
// the record before it.
func (r *reader) introduces(kids []*node, k int, cur *node) bool {
	if !r.above(kids, k) {
		return false
	}
	if _, isField := r.opensField(kids[k].head); isField && !cur.aside {
		return false
	}
	switch r.head(kids[k]).class {
	case holder, grade, silent, digest, sound:
		return true
	}
	return cur.aside
}

var runEnd = pattern.New(`(?i)^(?:priorit(?:y|ies)(?: order)?|follow-?up(?: to| on)?\b[^:.]*|not (?:a )?findings?|not covered|not in scope|out of scope|conclusions?|overall|in summary|to sum up|all (?:other|remaining)\b.*|the (?:rest|others|remaining)\b.*|everything else\b.*|nothing else\b.*|next steps?|order of (?:work|fixes)|suggested order|recommended order|legend|summary|scope|method(?:ology)?|reviewed|verified clean|no (?:other|further) (?:issues|findings)\b.*|what (?:is|was) (?:fine|good)|strengths?|positives?|auditor'?s'? notes?|verdict|result|tools?|checked and fine)\s*(?:[:.–—]|$)`)

// closesRun tells whether a paragraph stands outside the records around it:
// "Priorities: ...", "Not a finding: ...".
func (r *reader) closesRun(n *node) bool {
	t := strings.Trim(oneLine(plain(n.head)), "*_ ")
	first := t
	if s := r.sentences(t); len(s) > 0 {
		first = s[0]
	}
	if runEnd.MatchString(first) {
		return true
	}
	if head, _, ok := strings.Cut(first, ":"); ok && wordsOf(head, 7) <= 6 {
		if _, isField := r.opensField(n.head); !isField {
			h := r.headline([]span{{text: head}})
			return h.class == silent || h.class == digest || h.class == sound
		}
	}
	return false
}

// opened is the lead that a paragraph makes: its head is the bold part, or the
// first sentence.
func (r *reader) opened(n *node, by shape) *node {
	l := &node{kind: lead, start: n.start, end: n.end, aside: by == byColon}
	split := 0
	t := mask(n.head)
	from, to := boldPart(n.head)
	switch {
	case by == byColon:
		split = len(t)
		if at := strings.IndexAny(t, ":.\n"); at > 0 {
			split = at
		}
	case by&byName != 0 && r.shapeOf(n)&byName != 0:
		l.kids = []*node{n}
		return l
	case to > from:
		split = to
		// "**F-1** Title. Text": the number alone is no head
		if h := r.headline(part(n.head, 0, split)); h.empty || h.class == grade || h.class == holder && h.id != "" {
			split = firstSentence(t, split)
		}
	default:
		split = firstSentence(t, 0)
	}
	l.head = part(n.head, 0, split)
	if rest := part(n.head, split, len(t)); strings.TrimSpace(plain(rest)) != "" {
		l.kids = []*node{{kind: paragraph, head: rest, start: n.start, end: n.end}}
	}
	return l
}

// firstSentence is where the first sentence of t ends that says more than a
// number or a severity, at least from bytes on.
func firstSentence(t string, from int) int {
	if m := number.FindString(t); len(m) > from && !notAnID.MatchString(m) {
		from = len(m)
	}
	if m := headTag.FindStringIndex(t[from:]); m != nil {
		from += m[1]
	}
	for _, m := range sentenceEnd.FindAllStringIndex(t[from:], -1) {
		end := from + m[1]
		if wordsOf(t[from:end], 2) > 1 && (end == len(t) || opens(t[end:])) && !abbreviated.MatchString(t[from:from+m[0]+1]) {
			return end
		}
	}
	if at := strings.IndexByte(t[from:], '\n'); at > 0 && wordsOf(t[from:from+at], 2) > 1 {
		return from + at
	}
	return len(t)
}

var headTag = pattern.New(`^\s*[\[(][^\])]{1,40}[\])]\s*[.:–—-]*\s*`)

// part are the spans of the bytes from..to of their text.
func part(list []span, from, to int) []span {
	var out []span
	at := 0
	for _, s := range list {
		a, b := max(from-at, 0), min(to-at, len(s.text))
		if a < b {
			q := s
			q.text = s.text[a:b]
			out = append(out, q)
		}
		at += len(s.text)
	}
	return out
}
