package finding

import (
	"slices"
	"strings"
)

// Unread are the severities, Critical and High, that stand in a body and came
// into no finding, the gravest first: of rows, items and paragraphs below a
// finding less grave than they are, of tables whose columns are not known, and
// of lists and overviews that have more of them than was found. What the body
// calls settled or a legend is left out.
//
// list is what was read of the body, by Read or by someone else: findings that
// Read has not make up for as many severities.
func Unread(title, body string, list []Finding) []Severity {
	body = normal(body)
	r := newReader(body)
	mine := r.read(title)
	r.miss(r.root.kids, 0)
	var out []Severity
	for _, s := range []Severity{Critical, High} {
		n := 0
		for _, m := range r.missed {
			if m == s {
				n++
			}
		}
		for range n - max(0, count(list, s)-count(mine, s)) {
			out = append(out, s)
		}
	}
	return out
}

func count(list []Finding, s Severity) int {
	n := 0
	for _, f := range list {
		if f.Severity == s {
			n++
		}
	}
	return n
}

// cover is a stretch of the body that one finding was made of.
type cover struct {
	start, end int
	severity   Severity
}

// cover notes such a stretch; like records they are bounded.
func (r *reader) cover(c cover) {
	if len(r.covered) < maxRecords {
		r.covered = append(r.covered, c)
	}
}

// covers is the gravest finding that a place in the body is part of; ok is false
// where it is part of none.
func (r *reader) covers(at int) (s Severity, ok bool) {
	for _, c := range r.covered {
		if c.start <= at && at < c.end {
			s, ok = graver(s, c.severity), true
		}
	}
	return s, ok
}

// miss collects the severities that were read into no finding.
func (r *reader) miss(kids []*node, depth int) {
	if depth > maxDepth || len(r.missed) > MaxFindings {
		return
	}
	for _, n := range kids {
		switch n.kind {
		case section:
			if h := r.head(n); h.settled || h.class == sound || h.class == silent || h.class == digest || r.settledBelow(n) {
				continue
			}
		case item:
			if h := r.head(n); n.done || h.settled || h.class == sound || h.class == silent || h.class == digest {
				continue
			}
			if s := r.ratedItem(n); s != "" && !r.seen[n.start] {
				r.weighMissed(n.start, s, true)
			}
		case table:
			if !r.seen[n.start] {
				for _, s := range r.gradesOf(n) {
					r.weighMissed(n.start, s, true)
				}
			}
		case paragraph:
			for _, line := range strings.Split(plain(n.head), "\n") {
				if w := markWord.FindStringSubmatch(line); w != nil && wordsOf(w[2], 3) > 2 {
					r.weighMissed(n.start, word(w[1]), false)
				}
			}
		}
		r.miss(n.kids, depth+1)
	}
}

// weighMissed counts a severity unless the finding around it is as grave: then it
// is one of its details. bare: it counts where no finding is around it, too.
func (r *reader) weighMissed(at int, s Severity, bare bool) {
	around, ok := r.covers(at)
	if s.Rank() > High.Rank() || ok && around.Rank() <= s.Rank() || !ok && !bare {
		return
	}
	r.missed = append(r.missed, s)
}

// gradesOf are the severities of a table's rows, in whichever column; none of a
// legend, a count or a record's fields.
func (r *reader) gradesOf(n *node) []Severity {
	if len(n.rows) < 2 || fieldTable(n) {
		return nil
	}
	for _, c := range n.rows[0] {
		_, name := named(plain(c))
		if counting[name] || explaining[name] || gravity[name] != "" {
			return nil
		}
	}
	var out []Severity
	once := map[Severity]bool{}
	for _, row := range n.rows[1:] {
		s, says := Severity(""), false
		for k := range row {
			v := stripSigns(cell(row, k))
			if m := alone.FindStringSubmatch(v); m != nil && s == "" {
				s = word(m[1])
			} else if wordsOf(v, 3) > 2 && !settledStatus(v) {
				says = true
			} else if len(row) > 2 && settledWords.MatchString(v) && settledStatus(v) {
				says = false
				break
			}
		}
		if s != "" && says {
			out = append(out, s)
			once[s] = true
		}
	}
	if len(out) > 2 && len(once) == len(out) { // each once: what they mean
		return nil
	}
	return out
}

// explains are headings of lists that say what severities mean.
var explains = phrases(`legend`, `key`, `glossary`, `definitions?`, `terminology`, `(?:severity|risk|rating|priority) (?:scale|levels?|ratings?|definitions?|legend|key|criteria|guide|classification|matrix|system)`)

// spared counts the severities of what was found and not chosen: of lists that
// nothing marks, each that no finding says; of overviews and what is said once
// more, as many as there are more of than was found.
func (r *reader) spared(chosen, spare []record) {
	type key struct {
		batch int
		s     Severity
	}
	have, in := map[Severity]int{}, map[key]int{}
	for _, f := range chosen {
		have[f.Severity]++
	}
	most := map[Severity]int{}
	for _, f := range spare {
		if !f.explicit || f.Severity.Rank() > High.Rank() || explains.MatchString(f.trail) {
			continue
		}
		if f.rank == loose && !f.apart {
			if !slices.ContainsFunc(chosen, func(c record) bool { return r.restates(c, f) || r.resembles(c, f) }) {
				r.missed = append(r.missed, f.Severity)
			}
			continue
		}
		k := key{f.batch, f.Severity}
		in[k]++
		most[f.Severity] = max(most[f.Severity], in[k]-have[f.Severity])
	}
	for _, s := range []Severity{Critical, High} {
		for range most[s] {
			r.missed = append(r.missed, s)
		}
	}
}
