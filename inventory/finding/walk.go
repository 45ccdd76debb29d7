package finding

import (
	"strings"
)

// maxDepth is how deep findings are looked for below headings and items.
const maxDepth = 32

// group reads blocks that hold findings, one after the other.
func (r *reader) group(kids []*node, c context) {
	if c.depth++; c.depth > maxDepth {
		return
	}
	kids = r.leads(kids, c)
	r.batch++
	batch := r.batch
	for _, n := range kids {
		switch n.kind {
		case section, lead:
			r.judge(n, c, batch)
		case list:
			r.list(n, c)
		case table:
			r.table(n, c)
		case paragraph:
			r.prose(n, c, batch)
		}
	}
}

// below is the context under a heading.
func (r *reader) below(c context, n *node, h headline) context {
	if h.severity != "" {
		c.severity = h.severity
		c.held = true
	}
	if h.holds || h.class == holder {
		c.held = true
	}
	p := place{mentions: r.mentions}
	p.spans(n.head)
	if len(p.list) > 0 {
		c.places = p.list
	}
	c.trail += " " + strings.ToLower(plain(n.head))
	return c
}

// judge decides whether a section or a lead is a finding, holds findings, or
// neither.
func (r *reader) judge(n *node, c context, batch int) {
	h := r.head(n)
	cl := h.class
	if cl == aspect {
		cl = h.alone
	}
	if h.settled && h.severity == "" {
		cl = sound
	}
	if n.aside && cl == open {
		cl, h.severity = silent, ""
	}
	switch cl {
	case sound:
		return
	case silent, digest:
		if h.severity == "" || cl == digest {
			if c.rank != repeated {
				c.rank = repeated
				if cl == silent {
					r.hearClean(n)
				}
			}
			if cl == silent && !listsFindings(n) {
				return
			}
			r.group(n.kids, r.below(c, n, h))
			return
		}
	case grade, holder:
		r.group(n.kids, r.below(c, n, h))
		return
	}
	own, rest := r.apart(n)
	if rest != nil {
		r.judge(own, c, batch)
		r.beside(rest, c)
		return
	}
	if h.settled {
		return
	}
	if own == nil && r.holdsOthers(n, h, c) {
		r.group(n.kids, r.below(c, n, h))
		return
	}
	f, ok := r.leaf(n, c, batch)
	if ok {
		r.add(f)
		r.cover(cover{n.start, n.end, f.Severity})
	}
}

// beside reads what stands behind a finding and is none of its details. It may
// say again what the headings say, which settle sees.
func (r *reader) beside(rest []*node, c context) {
	c.apart, c.held = true, true
	r.group(rest, c)
}

// listsFindings tells whether an overview has a table or list whose entries
// may be findings; prose alone has none.
func listsFindings(n *node) bool {
	for _, k := range n.kids {
		if k.kind == table || k.kind == list || k.kind == section && listsFindings(k) {
			return true
		}
	}
	return false
}

// maxRecords bounds what is compared with each other.
const maxRecords = 3 * MaxFindings

func (r *reader) add(f record) {
	if len(r.records) < maxRecords {
		r.records = append(r.records, f)
	}
}

// facts are the marks by which a finding is known.
type facts struct {
	severity bool // its own
	id       bool
	place    bool
	fields   int // named parts: location, fix, impact ...
	opens    int // "Issue:", "Finding:" ...
}

func (f facts) any() bool { return f.severity || f.place || f.fields > 0 }

// direct are the facts a section, a lead or an item states itself: in its
// first line, in its paragraphs and in the fields of its lists; not what its
// sub-sections and the other items say.
func (r *reader) direct(n *node) facts {
	if f, ok := r.stated[n]; ok {
		return f
	}
	f := r.state(n)
	r.stated[n] = f
	return f
}

func (r *reader) state(n *node) facts {
	h := r.head(n)
	out := facts{severity: h.severity != "", id: h.id != ""}
	p := place{mentions: r.mentions}
	p.spans(n.head)
	look := func(spans []span) {
		before, fields := r.fieldsOf(spans)
		for _, f := range fields {
			switch f.role {
			case severityRole, scoreRole:
				out.severity = true
			case impactRole, riskRole:
				if r.strict(f.value) != "" {
					out.severity = true
				}
			case titleRole:
				out.opens++
			}
			if f.role != noRole && f.role != titleRole && f.role != asideRole {
				out.fields++
			}
		}
		if before != "" && !out.severity && len(before) < 2000 {
			out.severity = r.told(before) != "" || r.signed(before) != "" && signLead.MatchString(before)
		}
		p.spans(spans)
	}
	if n.kind == lead || n.kind == item || n.kind == paragraph {
		look(n.head)
	}
	for _, k := range n.kids {
		switch k.kind {
		case paragraph:
			look(k.head)
		case list:
			for _, it := range k.kids {
				if ro, ok := r.opensField(it.head); ok && ro != titleRole {
					look(it.head)
				}
			}
		case table:
			if fieldTable(k) {
				out.fields += 2
				for _, row := range k.rows {
					if ro, _ := named(plain(row[0])); ro == severityRole || ro == scoreRole || ro == riskRole {
						out.severity = true
					}
				}
			}
		case section:
			if s := r.head(k); s.class == aspect {
				out.fields++
				if s.role == severityRole || s.role == scoreRole {
					out.severity = true
				}
			}
		case code:
			p.code(k.text)
		}
	}
	out.place = len(p.list) > 0
	return out
}

// holdsOthers tells whether the findings are below the section, not the
// section itself.
func (r *reader) holdsOthers(n *node, h headline, c context) bool {
	if n.kind == lead && len(n.head) == 0 {
		return false // "Issue: ..." names itself
	}
	d := r.direct(n)
	parts, others, marked := 0, 0, 0
	for _, k := range n.kids {
		if k.kind != section {
			continue
		}
		s := r.head(k)
		switch {
		case s.class == aspect && (s.role != asideRole || wordsOf(s.text, 2) > 1 || s.alone != holder):
			parts++
		case s.class == silent || s.class == digest || s.class == sound:
		default:
			others++
			if f := r.direct(k); f.any() || f.id || s.class == grade || s.class == holder {
				marked++
			}
		}
	}
	if parts > 0 && marked == 0 {
		return false
	}
	ownSeverity := d.severity && (h.severity != "" || r.hasField(n, severityRole))
	if others > 0 {
		if ownSeverity && marked == 0 {
			return false // sub-points
		}
		return marked > 0 || others > 1 || !d.any()
	}
	if parts > 0 {
		return false
	}
	if d.opens > 1 && !h.empty {
		return true
	}
	if d.fields > 0 && d.severity && d.opens <= 1 && n.kind == section && r.hasField(n, severityRole) {
		return false
	}
	if r.runs(n) {
		return true
	}
	entries, rated := r.entries(n)
	if h.severity != "" && !r.topical(h.text) {
		return false
	}
	switch {
	case entries >= 2 && !d.severity && d.fields == 0 && onlyLists(n, entries):
		return true
	case rated >= 2, rated == 1 && entries == 1 && !d.severity:
		return true
	case rated == 1:
		return !d.severity && !d.place
	case entries >= 1 && r.topical(h.text) && !d.severity && d.fields == 0:
		return true
	}
	return false
}

// onlyLists tells whether a section is nothing but lists of that many items.
func onlyLists(n *node, items int) bool {
	for _, k := range n.kids {
		if k.kind != list {
			return false
		}
		items -= len(k.kids)
	}
	return items == 0
}

// hasField tells whether a section's own text has a field of that role.
func (r *reader) hasField(n *node, want role) bool {
	for _, f := range r.fields(n, false) {
		if f.role == want {
			return true
		}
	}
	return false
}

// runs tells whether leads or rated paragraphs follow each other in a section:
// then they are the findings.
func (r *reader) runs(n *node) bool {
	rated := 0
	for _, k := range r.leads(n.kids, context{}) {
		switch k.kind {
		case lead:
			h := r.head(k)
			if h.class == aspect || h.class == silent || h.class == digest || h.class == sound {
				continue
			}
			if d := r.direct(k); d.severity || d.id && d.any() || d.place && d.fields > 0 {
				rated++
			} else if e, _ := r.entries(k); e > 0 && r.topical(h.text) {
				rated++
			}
		case paragraph:
			if r.told(plain(k.head)) != "" {
				if _, fs := r.fieldsOf(k.head); len(fs) == 0 {
					rated++
				}
			}
		}
	}
	return rated >= 2
}

// entries counts the items and rows of a section that look like findings of
// their own, and those among them that tell a severity.
func (r *reader) entries(n *node) (entries, rated int) {
	for _, k := range n.kids {
		switch k.kind {
		case list:
			for _, it := range k.kids {
				if ro, ok := r.opensField(it.head); ok && ro != titleRole {
					continue
				}
				h := r.head(it)
				if h.settled || h.class == silent || h.class == digest || h.class == sound {
					continue
				}
				d := r.direct(it)
				switch {
				case d.severity:
					rated++
					entries++
				case d.place && !r.onlyPlaces(it.head), boldLead(it.head), d.id:
					entries++
				}
			}
		case table:
			if cols := r.columns(k, context{}); cols.findings || cols.weak && len(n.kids) == 1 {
				entries += len(k.rows) - 1
				if cols.has(severityRole) || cols.has(scoreRole) {
					rated += len(k.rows) - 1
				}
			}
		}
	}
	return entries, rated
}
