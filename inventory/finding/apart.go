package finding

import (
	"strings"

	"github.com/dappcore/core-dev/inventory/finding/pattern"
)

var (
	// others are the words that lead from a finding to what is no part of it.
	others = pattern.New(`(?i)\b(?:others?|also|additional(?:ly)?|further(?:more)?|moreover|besides|in addition|apart from (?:that|this|these|the above)|misc(?:ellaneous)?|remaining|the rest|everything else|leftovers?|more (?:findings?|issues?|problems?|things?|points?)|smaller (?:findings?|issues?|problems?|things?|points?)|minor (?:findings?|issues?|problems?|things?|points?)|we (?:also )?(?:found|saw|noticed))\b`)
	// itsOwn are the words that lead to the details of the finding above.
	itsOwn = pattern.New(`(?i)\b(?:affected|affects|instances?|occurrences?|occurs|examples?|places?|call ?sites|details?|variants?|breakdown|consequences?|impacts?|this (?:shows|means|leads|allows)|it (?:shows|means|leads|allows)|of (?:this|it|the above)|same (?:problem|issue|flaw|bug)|by (?:file|endpoint|package|module))\b`)
)

// apart parts a section or a lead that is a finding from the tables and lists
// behind it whose entries carry severities of their own: own is the finding as
// it stands alone, rest what is to be read beside it. With own and no rest all
// belongs to the one finding; own is nil where that is not for the entries to
// say, and where they are the findings and the heading is none.
//
// What plainly is a detail stays: a table that names places or advisories, what
// a paragraph introduces as instances or consequences, what its own parts ("Fix:
// ...") stand behind, and sub-points that name no other place. An entry graver
// than the finding is no detail of it.
func (r *reader) apart(n *node) (own *node, rest []*node) {
	from, in, introduced := r.apartFrom(n, 0)
	if in == nil {
		return nil, nil
	}
	own = without(n, in, from)
	if !r.stands(own, introduced, r.gravest(in.kids[from:])) {
		return nil, nil
	}
	if !introduced && r.details(own, in, from) {
		return n, nil
	}
	return own, in.kids[from:]
}

// apartFrom finds where what may be read apart begins: below n itself, or below
// the last of the parts ("Fix") it ends with. introduced: words lead to it that
// speak of other things.
func (r *reader) apartFrom(n *node, depth int) (from int, in *node, introduced bool) {
	for k, b := range n.kids {
		if !r.ratedBlock(b) {
			continue
		}
		from = k
		if k > 0 && r.leadsTo(n.kids[k-1]) {
			from--
			introduced = others.MatchString(plain(n.kids[from].head))
		}
		for _, later := range n.kids[k+1:] {
			switch later.kind {
			case paragraph:
				if ro, ok := r.opensField(later.head); ok && ro != titleRole && !introduced {
					return 0, nil, false // the finding goes on
				}
			case section:
				return 0, nil, false
			}
		}
		return from, n, introduced
	}
	if k := len(n.kids) - 1; k >= 0 && depth < 4 && n.kids[k].kind == section {
		if h := r.head(n.kids[k]); h.class == aspect && h.role != locationRole {
			return r.apartFrom(n.kids[k], depth+1)
		}
	}
	return 0, nil, false
}

// leadsTo tells whether a paragraph introduces what follows it: it ends with a
// colon, or it speaks of other things in a few words.
func (r *reader) leadsTo(n *node) bool {
	if n.kind != paragraph {
		return false
	}
	t := strings.TrimRight(plain(n.head), " *_\n")
	if ro, ok := r.opensField(n.head); ok && ro != titleRole && ro != asideRole && wordsOf(t, 4) > 1 {
		return false
	}
	if n := wordsOf(t, 26); n > 25 {
		return false
	}
	return strings.HasSuffix(t, ":") || others.MatchString(t) && r.told(t) == "" && wordsOf(t, 13) <= 12
}

// without is a section or a lead as it is without the kids from on of one of
// its parts.
func without(n, in *node, from int) *node {
	own := *n
	if n == in {
		own.kids = n.kids[:from:from]
		if from < len(n.kids) {
			own.end = max(n.start, n.kids[from].start)
		}
		return &own
	}
	last := len(n.kids) - 1
	part := without(n.kids[last], in, from)
	own.kids = append(n.kids[:last:last], part)
	own.end = part.end
	return &own
}

// gravest is the highest severity that entries carry themselves.
func (r *reader) gravest(list []*node) (s Severity) {
	for _, b := range list {
		for _, e := range r.ratedEntries(b) {
			s = graver(s, e.severity)
		}
	}
	return s
}

// stands tells whether what is left of a section is a finding of its own: by a
// severity, or by words that lead on to others. A heading that is but a subject
// needs a place or a part in its text as well, unless an entry is graver than it:
// nobody calls a group less grave than what is in it.
func (r *reader) stands(own *node, introduced bool, gravest Severity) bool {
	h := r.head(own)
	if h.settled {
		return introduced
	}
	d, text := r.direct(own), r.direct(&node{kind: section, kids: own.kids})
	said := text.place || text.fields > 0
	low := h.severity != "" && gravest.Rank() < h.severity.Rank()
	if r.topical(h.text) && !said && !low && !introduced {
		return false
	}
	switch {
	case h.severity != "", r.hasField(own, severityRole):
		return true
	case introduced:
		return d.any() || h.id != ""
	}
	if !d.severity {
		return false
	}
	for _, k := range own.kids {
		if k.kind != paragraph {
			continue
		}
		for _, s := range r.sentences(plain(k.head)) {
			if alone.MatchString(strings.Trim(s, "*_ ")) || r.tagged(s) != "" {
				return true
			}
		}
	}
	return false
}

// details tells whether the blocks behind a finding are its own details.
func (r *reader) details(own, in *node, from int) bool {
	f, _ := r.leaf(own, context{}, 0)
	home := map[string]bool{}
	for _, l := range f.Locations {
		home[l.Path] = true
	}
	intro := ""
	if in.kids[from].kind == paragraph {
		intro = plain(in.kids[from].head)
	}
	rated, elsewhere, tasks, tables := 0, 0, 0, 0
	for _, b := range in.kids[from:] {
		for _, e := range r.ratedEntries(b) {
			if f.Severity == "" || e.severity.Rank() < f.Severity.Rank() {
				return false
			}
			rated++
			if e.task {
				tasks++
			}
			if b.kind == table && r.ratesFindings(b) {
				tables++
			}
			p := place{mentions: r.mentions}
			p.spans(e.spans)
			same := false
			for _, l := range p.list {
				same = same || home[l.Path]
			}
			if len(p.list) > 0 && !same {
				elsewhere++
			}
		}
	}
	switch {
	case itsOwn.MatchString(intro):
		return true
	case intro != "" && tables == 0 && tasks == 0:
		return elsewhere*2 <= rated
	}
	return elsewhere == 0 && tasks == 0 && tables == 0
}

// entry is an item or a row that carries a severity of its own.
type entry struct {
	severity Severity
	spans    []span
	task     bool
}

// ratedBlock tells whether a table or a list holds entries with severities:
// of a list at least half.
func (r *reader) ratedBlock(n *node) bool {
	rated := len(r.ratedEntries(n))
	if n.kind == list {
		return rated > 0 && rated*2 >= len(n.kids)
	}
	return rated > 0
}

func (r *reader) ratedEntries(n *node) []entry {
	var out []entry
	switch n.kind {
	case list:
		for _, it := range n.kids {
			if s := r.ratedItem(it); s != "" {
				out = append(out, entry{s, it.head, it.task})
			}
		}
	case table:
		if fieldTable(n) {
			return nil
		}
		cols := r.columns(n, context{})
		if !cols.findings || r.distinct(n, cols) && legendary(cols) {
			return nil
		}
		for _, row := range n.rows[1:] {
			if s := r.ratedRow(cols, row); s != "" {
				var all []span
				for _, c := range row {
					all = append(append(all, c...), span{text: cellBreak})
				}
				out = append(out, entry{s, all, false})
			}
		}
	}
	return out
}

// legendary tells whether a table's columns but explain its severities.
func legendary(c columns) bool {
	for _, name := range c.names {
		if explaining[name] || counting[name] {
			return !c.has(titleRole) && !c.has(locationRole) && !c.has(idRole)
		}
	}
	return false
}

// ratedItem is the severity that opens an item or stands in its marks, empty
// where it is settled, a named part, or nothing but a severity.
func (r *reader) ratedItem(it *node) Severity {
	if it.task && it.done {
		return ""
	}
	if ro, ok := r.opensField(it.head); ok && ro != titleRole {
		return ""
	}
	h := r.head(it)
	if h.settled || h.class != open || wordsOf(h.text, 3) < 3 || r.mendedText(plain(it.head)) {
		return ""
	}
	return r.tagged(firstWordsOf(plain(it.head)))
}

// firstWordsOf is the first line of an item, as far as it is looked at.
func firstWordsOf(t string) string {
	if len(t) > maxHead {
		t = strings.ToValidUTF8(t[:maxHead], "")
	}
	return t
}

// ratedRow is the severity of a row in its columns for it.
func (r *reader) ratedRow(c columns, row [][]span) Severity {
	for k := range row {
		if k < len(c.roles) && c.roles[k] == statusRole && settledStatus(cell(row, k)) {
			return ""
		}
	}
	if c.title >= len(row) || wordsOf(cell(row, c.title), 1) == 0 || settledHead(row[c.title], cell(row, c.title)) {
		return ""
	}
	for _, want := range []role{severityRole, scoreRole, riskRole} {
		v := cell(row, c.at(want))
		if v == "" || noGravity.MatchString(stripSigns(v)) || settledSign.MatchString(v) {
			continue
		}
		if want == riskRole {
			return r.strict(v)
		}
		return r.valued(v)
	}
	return r.tagged(cell(row, c.title))
}

// ratesFindings tells whether a table's rows say what is wrong, not only where
// or by which advisory.
func (r *reader) ratesFindings(n *node) bool {
	c := r.columns(n, context{})
	if c.title < 0 || c.names[c.title] == "cve" || c.names[c.title] == "advisory" || c.names[c.title] == "name" {
		return false
	}
	return c.roles[c.title] == titleRole || c.roles[c.title] == evidenceRole
}

// cellBreak stands between the cells of a row where they are read as one text.
const cellBreak = " | "
