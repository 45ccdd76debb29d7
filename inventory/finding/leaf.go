package finding

import (
	"strings"

	"github.com/dappcore/core-dev/inventory/finding/pattern"
)

// fields are the named parts of a section, a lead or an item: in its text, in
// its lists, in a table of two columns, and, with parts, in sub-sections such
// as "Impact".
func (r *reader) fields(n *node, parts bool) []field {
	var out []field
	look := func(spans []span) {
		_, fs := r.fieldsOf(spans)
		out = append(out, fs...)
	}
	if n.kind != section || n.level == 7 {
		look(n.head)
	}
	var walk func(kids []*node, depth int)
	walk = func(kids []*node, depth int) {
		for _, k := range kids {
			switch k.kind {
			case paragraph:
				look(k.head)
			case list:
				for _, it := range k.kids {
					if _, ok := r.opensField(it.head); ok || depth > 0 {
						look(it.head)
						walk(it.kids, depth+1)
					}
				}
			case table:
				if fieldTable(k) {
					for _, row := range k.rows {
						ro, name := named(cell(row, 0))
						if len(row) > 1 {
							out = append(out, field{role: ro, name: name, value: cell(row, 1), spans: row[1]})
						}
					}
				}
			case section:
				if !parts {
					continue
				}
				if h := r.head(k); h.class == aspect {
					f := field{role: h.role, name: h.text}
					f.value, f.spans = r.said(k)
					out = append(out, f)
				} else {
					walk(k.kids, depth)
				}
			}
		}
	}
	walk(n.kids, 0)
	return out
}

// said is the text of what stands below a heading, excerpts left out.
func (r *reader) said(n *node) (string, []span) {
	var spans []span
	var walk func(kids []*node, depth int)
	walk = func(kids []*node, depth int) {
		for _, k := range kids {
			if len(k.head) > 0 {
				if len(spans) > 0 {
					spans = append(spans, span{text: "\n\n"})
				}
				spans = append(spans, k.head...)
			}
			for at, row := range k.rows {
				if at > 0 || len(spans) > 0 {
					spans = append(spans, span{text: "\n"})
				}
				for i, c := range row {
					if i > 0 {
						spans = append(spans, span{text: cellBreak})
					}
					spans = append(spans, c...)
				}
			}
			if depth < 40 {
				walk(k.kids, depth+1)
			}
		}
	}
	walk(n.kids, 0)
	return strings.TrimSpace(plain(spans)), spans
}

// strict is the severity of an impact or a risk: the value must be one, not
// merely hold such a word.
func (r *reader) strict(v string) Severity {
	v = strings.TrimSpace(stripSigns(v))
	if m := strictly.FindStringSubmatch(v); m != nil {
		return word(m[1])
	}
	return scored(v)
}

var strictly = pattern.New(`(?i)^[*_]*(` + grave + `)[*_]*\s*(?:$|[.,;:()/|–—\n]|-\s|\bif\b|\bfor\b|\bbecause\b|\bas\b|\bsince\b|\bwhen\b|\bto\b|\bseverity\b|\brisk\b|\bimpact\b|\bpriority\b)`)

// leaf makes a record of a section, a lead or an item.
func (r *reader) leaf(n *node, c context, batch int) (record, bool) {
	f := record{rank: c.rank, batch: batch, at: n.start, trail: c.trail, apart: c.apart}
	h := r.head(n)
	f.id = h.id
	fields := r.fields(n, true)
	body, spans := r.said(n)
	before, _ := r.fieldsOf(spans)
	headText := plain(n.head)
	f.whole = strings.TrimSpace(headText + "\n" + body)

	var title, description string
	var fixes []string
	p := place{mentions: r.mentions}
	var graded, risk Severity
	var first Severity
	none := false
	for _, d := range fields {
		switch d.role {
		case severityRole:
			if first == "" && noGravity.MatchString(stripSigns(d.value)) {
				none = true
			} else if first == "" && !none {
				first = r.valued(d.value)
			}
		case scoreRole:
			s := r.valued("CVSS:" + strings.TrimPrefix(strings.TrimPrefix(d.value, "CVSS:"), "CVSS "))
			if graded == "" {
				graded = s
			}
		case riskRole, impactRole:
			if s := r.strict(d.value); s != "" && (risk == "" || d.role == riskRole) {
				risk = s
			}
			if d.role == impactRole {
				description += " " + d.value
			}
		case titleRole:
			if title == "" {
				title = d.value
			}
		case idRole:
			if f.id == "" {
				f.id = strings.ToLower(strings.Trim(d.value, "#*. "))
			}
		case locationRole:
			p.spans(d.spans)
			if d.spans == nil {
				p.text(d.value)
			}
			if len(p.list) > 0 {
				if m := lineOnly.FindStringSubmatch(d.name + " " + d.value); m != nil && p.list[0].Line == 0 {
					p.list[0].Line = line(m[1:])
				}
			}
		case fixRole:
			if d.name != "fixed in" || release.MatchString(oneLine(d.value)) {
				fixes = append(fixes, oneLine(d.value))
			}
		case evidenceRole:
			description = d.value + " " + description
		case typeRole:
			f.kindOf += " " + d.value
		case sizeRole:
			f.size = d.value
		case scopeRole:
			f.extent = d.value
		case statusRole:
			if settledStatus(d.value) {
				return f, false
			}
		}
	}
	if none {
		return f, false
	}
	if title == "" || wordsOf(h.text, 2) > 1 {
		title = r.headTitle(n, h, before, title)
	}
	f.Severity = first
	for _, s := range []func() Severity{
		func() Severity { return r.tagged(headText) },
		func() Severity { return graded },
		func() Severity { return r.told(headText) },
		func() Severity { return r.told(before) },
		func() Severity { return risk },
		func() Severity { return r.signed(headText) },
		func() Severity { return r.itemGrade(n) },
	} {
		if f.Severity == "" {
			f.Severity = s()
		}
	}
	f.explicit = f.Severity != ""
	if !f.explicit {
		if r.soundText(before) || r.soundText(f.whole) && len(fields) == 0 || r.soundText(headText) {
			return f, false
		}
		f.Severity = c.severity
	}
	if r.mendedText(before) || r.mendedText(headText) {
		return f, false
	}
	p.spans(n.head)
	p.spans(spans)
	r.excerpts(n, &p)
	if len(p.list) == 0 {
		p.list = append(p.list, c.places...)
	}
	if len(p.list) == 1 && p.list[0].Line == 0 {
		if m := bareLine.FindStringSubmatch(f.whole); m != nil {
			p.list[0].Line = line(m[1:])
		}
	}
	f.Locations = p.list
	f.Title = r.tidy(title)
	if f.Title == "" {
		f.Title = r.tidy(r.firstOf(before, description, body))
	}
	f.Fix = cut(strings.Join(fixes, "\n"), 4000)
	if before == "" {
		before = description
	} else if description != "" && !strings.Contains(before, strings.TrimSpace(description)) {
		before += " " + description
	}
	if n.kind == item || n.kind == lead || oneLine(before) == "" {
		before = headText + " " + before
	}
	f.Evidence = cut(oneLine(before), MaxEvidence)
	if n.start >= 0 && n.start < n.end && n.end <= len(r.body) {
		f.Text = strings.TrimSpace(r.body[n.start:n.end])
	}
	if c.rank == firm && n.kind == section && !f.explicit && f.Severity == "" && len(f.Locations) == 0 && !c.held && len(fields) == 0 {
		f.rank = loose
	}
	if c.rank == firm && n.kind == lead && !f.explicit && !c.held && len(f.Locations) == 0 && len(fields) == 0 {
		f.rank = loose
	}
	return f, f.Title != ""
}

var bareLine = pattern.New(`(?i)\b(?:lines?|L)\s*(\d{1,7})\b`)

// itemGrade is a severity that an item of the list below tells: "- high".
func (r *reader) itemGrade(n *node) Severity {
	for _, k := range n.kids {
		if k.kind != list {
			continue
		}
		for _, it := range k.kids {
			if m := alone.FindStringSubmatch(strings.TrimSpace(plain(it.head))); m != nil {
				return word(m[1])
			}
		}
	}
	return ""
}

// excerpts adds the places that code names.
func (r *reader) excerpts(n *node, p *place) {
	for _, k := range n.kids {
		if k.kind == code {
			p.code(k.text)
		} else {
			r.excerpts(k, p)
		}
	}
}
