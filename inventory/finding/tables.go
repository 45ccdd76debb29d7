package finding

import (
	"strings"

	"github.com/dappcore/core-dev/inventory/finding/pattern"
)

// columns are what the columns of a table hold.
type columns struct {
	roles    []role
	names    []string
	title    int // -1: none
	findings bool
	weak     bool // a table of figures, of which each row may be a finding
}

func (c columns) has(want role) bool { return c.at(want) >= 0 }

func (c columns) at(want role) int {
	for k, r := range c.roles {
		if r == want {
			return k
		}
	}
	return -1
}

// counting are columns of overviews, explaining those of legends.
var (
	counting   = set("count counts total totals number amount findings quantity open closed percentage percent %")
	explaining = set("meaning definition criteria sla response timeframe deadline description explanation response-time")
)

// columns reads the header of a table.
func (r *reader) columns(n *node, c context) columns {
	out := columns{title: -1}
	if len(n.rows) < 2 || len(n.rows[0]) < 2 {
		return out
	}
	counted, explained := false, false
	for _, cell := range n.rows[0] {
		ro, name := named(plain(cell))
		if name == "summary" || name == "short description" || name == "headline" || name == "what was found" || name == "remarks" || name == "missing tests" || name == "untested behaviour" {
			ro = titleRole
		}
		if name == "check" || name == "control" || name == "requirement" || name == "test" || name == "criterion" {
			ro = asideRole
		}
		out.roles = append(out.roles, ro)
		out.names = append(out.names, name)
		counted = counted || counting[name]
		explained = explained || explaining[name]
	}
	pick := func(ok func(k int) bool) {
		for k := range out.roles {
			if out.title < 0 && ok(k) {
				out.title = k
			}
		}
	}
	pick(func(k int) bool {
		return out.roles[k] == titleRole && out.names[k] != "name" && out.names[k] != "cve" && !counting[out.names[k]]
	})
	pick(func(k int) bool { return out.roles[k] == evidenceRole })
	pick(func(k int) bool { return out.roles[k] == titleRole && !counting[out.names[k]] })
	graded := out.has(severityRole) || out.has(riskRole) || out.has(scoreRole)
	if out.title < 0 && out.has(impactRole) && (graded || out.has(locationRole)) {
		out.title = out.at(impactRole)
	}
	if out.title < 0 && (graded || out.has(statusRole)) && !counted && !explained {
		pick(func(k int) bool { return out.roles[k] == noRole || out.roles[k] == asideRole })
		pick(func(k int) bool { return out.roles[k] == typeRole || out.roles[k] == locationRole })
	}
	switch {
	case out.title < 0:
		out.weak = out.has(locationRole) && len(n.rows[0]) > 1 && !counted
		if out.weak {
			pick(func(k int) bool { return (out.roles[k] == noRole || out.roles[k] == asideRole) && k < 2 })
			if out.title < 0 {
				out.title = out.at(locationRole)
			}
		}
	case graded && len(out.roles) == 2 && (explained || counted) && r.distinct(n, out):
	case counted && !out.has(locationRole) && !out.has(titleRole):
	default:
		out.findings = true
	}
	return out
}

// distinct tells whether a table names each severity once: a legend.
func (r *reader) distinct(n *node, c columns) bool {
	k := max(c.at(severityRole), c.at(riskRole), c.at(scoreRole))
	seen := map[Severity]bool{}
	for _, row := range n.rows[1:] {
		s := r.valued(cell(row, k))
		if s == "" || seen[s] {
			return false
		}
		seen[s] = true
	}
	return len(n.rows) > 3
}

func cell(row [][]span, k int) string {
	if k < 0 || k >= len(row) {
		return ""
	}
	return strings.TrimSpace(plain(row[k]))
}

// fieldTable tells whether a table gives one record's fields, a row each.
func fieldTable(n *node) bool {
	if len(n.rows) == 0 || len(n.rows[0]) != 2 {
		return false
	}
	known := 0
	for _, row := range n.rows {
		if ro, _ := named(cell(row, 0)); ro != noRole {
			known++
		}
	}
	return known >= 2 && known*3 >= len(n.rows)*2
}

// table reads a table whose rows may be findings.
func (r *reader) table(n *node, c context) {
	if fieldTable(n) {
		return
	}
	cols := r.columns(n, c)
	switch {
	case cols.findings:
		graded := cols.has(severityRole) || cols.has(scoreRole) || cols.has(riskRole)
		if !graded && !cols.has(locationRole) && !c.held && !cols.has(titleRole) {
			c.rank = max(c.rank, loose)
		}
	case cols.weak:
		c.rank = max(c.rank, loose)
	default:
		return
	}
	r.batch++
	r.seen[n.start] = true
	for _, row := range n.rows[1:] {
		if f, ok := r.row(n, cols, row, c); ok {
			r.add(f)
		}
	}
}

var noWords = set("none ok n a na pass passed total totals sum")

// row makes a record of a table's row.
func (r *reader) row(n *node, cols columns, row [][]span, c context) (record, bool) {
	f := record{rank: c.rank, batch: r.batch, at: n.start, trail: c.trail, apart: c.apart}
	p := place{mentions: r.mentions}
	var evidence, text []string
	var risk Severity
	said := beforeBar(row, cols.title)
	for _, w := range []string{said, cell(row, 0)} {
		ws := words(stripSigns(w))
		if len(ws) > 0 && len(ws) < 3 && noWords[ws[0]] {
			return f, false
		}
	}
	if wordsOf(said, 1) == 0 || settledHead(row[cols.title], said) {
		return f, false
	}
	graded := false
	for k := range row {
		v := cell(row, k)
		ro := noRole
		name := ""
		if k < len(cols.roles) {
			ro, name = cols.roles[k], cols.names[k]
		}
		if v != "" && name != "" {
			text = append(text, "- "+oneLine(plain(n.rows[0][k]))+": "+oneLine(v))
		}
		if k == cols.title {
			p.spans(row[k])
			evidence = append(evidence, v)
			if ro == impactRole {
				risk = r.strict(v)
			}
			continue
		}
		switch ro {
		case severityRole, scoreRole:
			if noGravity.MatchString(stripSigns(v)) || settledSign.MatchString(v) {
				return f, false
			}
			graded = true
			if s := r.valued(v); s != "" && (f.Severity == "" || ro == severityRole) {
				f.Severity, f.explicit = s, true
			}
		case riskRole, impactRole:
			if s := r.strict(v); s != "" {
				risk = graver(s, risk)
			} else if ro == riskRole && noGravity.MatchString(v) {
				return f, false
			} else {
				evidence = append(evidence, v)
			}
		case statusRole:
			if settledStatus(v) {
				return f, false
			}
			if s := r.signed(v); s != "" && !graded {
				risk = graver(risk, s)
			}
		case idRole:
			f.id = strings.ToLower(strings.Trim(v, "#*. "))
		case locationRole:
			before := len(p.list)
			p.spans(row[k])
			if len(p.list) == before {
				p.add(strings.Trim(v, "`"), 0)
				if !strings.ContainsAny(v, "/.") || strings.Contains(v, " ") {
					p.list = p.list[:before]
				}
			}
		case fixRole:
			f.Fix = oneLine(v)
		case typeRole:
			f.kindOf += " " + v
			evidence = append(evidence, v)
		case sizeRole:
			f.size = v
		case scopeRole:
			f.extent = v
		default:
			p.spans(row[k])
			if !isNumber(v) {
				evidence = append(evidence, v)
			}
		}
	}
	if f.Severity == "" && risk != "" {
		f.Severity, f.explicit = risk, true
	}
	if f.Severity == "" {
		if f.Severity = r.told(said); f.Severity != "" {
			f.explicit = true
		} else if f.Severity = r.signed(plain(row[0])); f.Severity != "" {
			f.explicit = true
		} else {
			f.Severity = c.severity
		}
	}
	if id := idOf(said); id != "" && f.id == "" {
		f.id = id
	}
	f.whole = strings.Join(evidence, " ")
	if !f.explicit && (r.soundText(said) || r.soundText(f.whole)) || r.mendedText(said) {
		return f, false
	}
	if cols.names[cols.title] == "cve" || wordsOf(said, 2) == 1 || !opens(said) && !strings.ContainsAny(said[:1], "`") {
		if s := rowSubject(row, cols); s != "" && !strings.Contains(said, s) {
			if !saysWhat(s, said) {
				s += ":"
			}
			said = s + " " + said
		}
	}
	f.Title = r.tidy(said)
	f.Evidence = cut(oneLine(f.whole), MaxEvidence)
	f.Text = strings.Join(text, "\n")
	f.Locations = p.list
	if len(f.Locations) == 0 {
		f.Locations = c.places
	}
	return f, f.Title != ""
}

// beforeBar is the text of a cell up to a bar within it: what stands behind is
// another remark. A bar in code is code's.
func beforeBar(row [][]span, k int) string {
	if k < 0 || k >= len(row) {
		return ""
	}
	t := plain(row[k])
	if at := strings.Index(mask(row[k]), " | "); at > 0 && wordsOf(t[:at], 3) > 2 {
		t = t[:at]
	}
	return strings.TrimSpace(t)
}

var third = pattern.New(`^[a-z]+[^\W_su]s(?:$|[ ,])`)

// saysWhat tells whether a remark goes on with its subject, a file: "README.md"
// and "asks for PHP 8.1".
func saysWhat(subject, said string) bool {
	return aFile.MatchString(subject) && third.MatchString(said)
}

// rowSubject is the cell that says what a row is about.
func rowSubject(row [][]span, cols columns) string {
	for k := range row {
		v := cell(row, k)
		if k == cols.title || k >= len(cols.roles) || v == "" || isNumber(v) {
			continue
		}
		switch cols.roles[k] {
		case noRole, asideRole, typeRole, locationRole, evidenceRole:
			return oneLine(v)
		}
	}
	return ""
}

var settledWords = phrases(`fixed`, `resolved`, `closed`, `done`, `mitigated`, `remediated`, `accepted`, `won'?t ?fix`, `wontfix`, `false positive`, `ok`, `okay`, `pass`, `passed`, `passes`, `passing`, `n/?a`, `not applicable`, `not affected`, `compliant`, `clean`, `verified`, `good`, `safe`, `secure`, `implemented`, `covered`, `no issues?`, `none`, `met`, `yes`, `withdrawn`, `duplicate`)

var unsettled = phrases(`not`, `un\w+`, `partial(?:ly)?`, `in progress`, `fail(?:ed|s|ing)?`, `non[- ]?compliant`, `to be`, `needs?`, `missing`, `no`)

// settledStatus tells whether a status says that nothing is left to do.
func settledStatus(v string) bool {
	if strings.ContainsAny(v, "❌✗✖⚠🔴🟠🟡") {
		return false
	}
	if settledSign.MatchString(v) || strings.Contains(v, "✅") || strings.Contains(v, "🟢") {
		return true
	}
	return settledWords.MatchString(v) && !unsettled.MatchString(strings.NewReplacer("not applicable", "", "not affected", "", "no issue", "").Replace(strings.ToLower(v)))
}
