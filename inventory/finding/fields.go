package finding

import (
	"regexp"
	"sort"
	"strings"

	"github.com/dappcore/core-dev/inventory/finding/pattern"
)

// role is what a named field, a column or a sub-heading of a finding says.
type role uint8

const (
	noRole role = iota
	severityRole
	scoreRole    // CVSS
	riskRole     // risk, priority: a severity where none is told
	impactRole   // likewise, and else prose
	titleRole    // opens a record
	idRole       //
	locationRole //
	fixRole
	evidenceRole // description
	typeRole
	sizeRole
	scopeRole
	statusRole
	asideRole // belongs to the finding and says nothing that is asked for
)

// roles are the names auditors give the parts of a finding.
var roles = map[string]role{}

func init() {
	for r, list := range map[role]string{
		severityRole: "severity,sev,severity level,severity rating,criticality,level,rating,schwere,gravity,classification level,issue severity,threat level",
		scoreRole:    "cvss,cvss score,cvss v3,cvss v3.1,cvss 3.1,cvss4,cvss v4,cvss base score,base score,cvss vector,cvss rating,cvss v3.1 score,cvss 4.0,cvss 3.1 score",
		riskRole:     "risk,risk level,risk rating,priority,prio,urgency,importance,overall risk",
		impactRole:   "impact,impact level,business impact",
		titleRole:    "issue,finding,problem,title,vulnerability,name,bug,weakness,defect,observation,what is missing,gap,concern,issue title,finding title,flaw,what,missing,untested,deficiency,smell,code smell,advisory,cve,violation,what is wrong,hotspot,what's missing,what we saw,what we found,what happens",
		idRole:       "id,no,nr,#,ref id,finding id,issue id,number,key,f,item #,finding #,issue #,finding no,tracking id",
		locationRole: "location,locations,file,files,path,paths,where,affected file,affected files,file path,line,lines,file(s),place,source,code location,affected code,reference,evidence location,location(s),affected,file and line,file:line,affected component,affected components,affected endpoint,affected resource,found in,in,source file,files affected,document,module file,position,code reference,manifest,occurrences,instances,seen in",
		fixRole:      "fix,recommendation,recommended fix,suggested fix,remediation,mitigation,solution,action,recommended action,proposed fix,suggestion,how to fix,resolution,advice,fixed in,to do,what to do,do,remedy,proposal,proposed solution,corrective action,suggested remediation,fix suggestion,countermeasure",
		evidenceRole: "description,evidence,details,detail,explanation,proof,root cause,cause,comment,background,analysis,rationale,why,why it matters,current behaviour,current behavior,symptom,context,consequence,consequences,effect,attack scenario,scenario,exploit,exploitation,exploit scenario,failure scenario,what goes wrong,reason",
		typeRole:     "type,category,class,area,theme,kind,domain,owasp,owasp category,cwe,dimension,tag,tags,labels,label,discipline",
		sizeRole:     "effort,complexity,size,estimate,estimated effort,cost,fix effort,effort to fix,t-shirt size,work",
		scopeRole:    "scope,blast radius,reach,extent",
		statusRole:   "status,state,resolution status,verdict,result,outcome,disposition,triage",
		asideRole:    "auditor,auditors,audited by,commit,date,audit date,branch,repository,repo,author,prepared by,prepared for,client,target,reviewed by,reviewer,revision,project,audited commit,audited version,report version,duration,team,report date,engagement,likelihood,probability,confidence,exploitability,references,reference links,links,see also,proof of concept,poc,steps to reproduce,steps,reproduction,repro,reproduce,how to reproduce,example,before,after,note,notes,acceptance criteria,expected,expected behaviour,expected behavior,actual,test,tests,verification,how to verify,owner,assignee,reporter,found by,discovered,discovered by,date,vector,attack vector,current code,vulnerable code,code,snippet,excerpt,related,depends on,blocked by,component,package,installed,coverage,affected versions,affected users,version,threat,cve id,due,deadline,sla,current,suggested,proposed,proposed code,fixed code,language,tool,rule,alternatives,alternative,validation,suggested test,regression test,caveat,trade-off,prerequisites,preconditions",
	} {
		for _, name := range strings.Split(list, ",") {
			roles[name] = r
		}
	}
}

// field is one "Name: value" of a finding.
type field struct {
	role  role
	name  string
	value string
	spans []span // of the value, where it was formatted text
}

var (
	fieldKey  = pattern.Made(fieldKeys)
	inlineKey = pattern.New(`(?i)(?:[|·•;,(]\s*|[.!?)]\s+|\s[–—-]+\s+|\s{2,})[*_]*(severity|cvss(?: score)?|type|category|effort|complexity|location|files?|status|fix|recommendation|remediation|impact|risk|priority|likelihood|cwe|where|owner)\s*[*_]*\s*:\s*[*_]*\s*`)
)

// fieldKeys is the expression of a field's name at the start of a line, of two
// names that begin alike the longer first.
func fieldKeys() string {
	var names []string
	for n := range roles {
		names = append(names, regexp.QuoteMeta(n))
	}
	sort.Slice(names, func(i, j int) bool {
		if len(names[i]) != len(names[j]) {
			return len(names[i]) > len(names[j])
		}
		return names[i] < names[j]
	})
	key := `(` + strings.Join(names, "|") + `)s?`
	return `(?i)^[\s*_>•\pSo\x{fe0f}-]*` + key + `(?:\s*\([^()\n]{1,40}\))?\s*[*_]*\s*(?::|=|\s[–—-]\s)[\s*_]*`
}

// named is the role of a name alone, as in a heading or a column.
func named(t string) (role, string) {
	t = strings.Trim(strings.ToLower(oneLine(stripSigns(t))), " *_:.?")
	if r, ok := roles[t]; ok {
		return r, t
	}
	if r, ok := roles[strings.TrimSuffix(t, "s")]; ok {
		return r, t
	}
	if cutAt := strings.IndexAny(t, "(/&"); cutAt > 0 {
		if r, ok := roles[strings.TrimSpace(t[:cutAt])]; ok {
			return r, t
		}
	}
	return noRole, t
}

// named fields of a text, and the text that belongs to none.
type parted struct {
	before string
	fields []field
}

// fieldsOf reads the fields of a paragraph or an item, once.
func (r *reader) fieldsOf(spans []span) (before string, out []field) {
	if len(spans) == 0 {
		return "", nil
	}
	key := run{&spans[0], len(spans)}
	p, ok := r.parted[key]
	if !ok {
		p.before, p.fields = fieldsOf(spans)
		r.parted[key] = p
	}
	return p.before, p.fields
}

// run names a run of spans: they are never changed once they are read.
type run struct {
	first *span
	n     int
}

// fieldsOf reads the fields of a paragraph or an item, line by line; a line
// without a name goes on with the value before it, up to an empty line. before is
// the text that belongs to no field.
func fieldsOf(spans []span) (before string, out []field) {
	type piece struct {
		text  string
		spans []span
	}
	var lines []piece
	lines = append(lines, piece{})
	for i, s := range spans {
		whole := i+1 == len(spans) || spans[i+1].style&strong == 0 // the bold run ends here
		for k, part := range strings.Split(s.text, "\n") {
			if k > 0 {
				lines = append(lines, piece{})
			}
			if part == "" {
				continue
			}
			l := &lines[len(lines)-1]
			q := s
			q.text = part
			// a bold name in the midst of a line opens a field of its own
			if s.style&strong != 0 && l.text != "" {
				if r, _ := named(part); r != noRole && strings.HasSuffix(strings.TrimSpace(part), ":") {
					lines = append(lines, piece{})
					l = &lines[len(lines)-1]
				}
			}
			// "**Severity** High"
			if whole && s.style&strong != 0 && strings.TrimSpace(l.text) == "" {
				if r, _ := named(part); r != noRole && !strings.Contains(part, ":") {
					q.text += ": "
				}
			}
			l.text += q.text
			l.spans = append(l.spans, q)
		}
	}
	ended := false // an empty line since the last field
	for _, l := range lines {
		if strings.TrimSpace(l.text) == "" {
			ended = true
			continue
		}
		m := fieldKey.FindStringSubmatchIndex(l.text)
		if m == nil {
			if t := strings.TrimSpace(l.text); t != "" {
				if len(out) == 0 || ended && out[len(out)-1].value != "" {
					before += t + "\n"
				} else {
					f := &out[len(out)-1]
					f.value += "\n" + t
					f.spans = append(append(f.spans, span{text: "\n"}), l.spans...)
				}
			}
			out = append(out, inline(l.text)...)
			continue
		}
		r, name := named(l.text[m[2]:m[3]])
		rest := l.text[m[1]:]
		f := field{role: r, name: name, value: strings.Trim(rest, " *_|·•;"), spans: after(l.spans, m[1])}
		more := inline(rest)
		if len(more) > 0 {
			if at := inlineKey.FindStringIndex(rest); at != nil {
				f.value = strings.Trim(rest[:at[0]], " *_|·•;")
			}
		}
		ended = false
		out = append(out, f)
		out = append(out, more...)
	}
	return strings.TrimSpace(before), out
}

// inline are the fields within a line: "... Severity: high. Type: testing."
func inline(t string) []field {
	var out []field
	all := inlineKey.FindAllStringSubmatchIndex(t, 20)
	for k, m := range all {
		end := len(t)
		if k+1 < len(all) {
			end = all[k+1][0]
		}
		r, name := named(t[m[2]:m[3]])
		value := strings.TrimSpace(t[m[1]:end])
		if r != fixRole && r != evidenceRole && r != locationRole {
			if s := sentences(value); len(s) > 0 {
				value = s[0]
			}
		}
		out = append(out, field{role: r, name: name, value: strings.Trim(value, " *_|·•;.)")})
	}
	return out
}

// after are the spans behind the first n bytes of their text.
func after(list []span, n int) []span {
	for k, s := range list {
		if n < len(s.text) {
			s.text = s.text[n:]
			return append([]span{s}, list[k+1:]...)
		}
		n -= len(s.text)
	}
	return nil
}

// opensField tells whether a text begins with the name of a field.
func (r *reader) opensField(spans []span) (role, bool) {
	if len(spans) == 0 {
		return noRole, false
	}
	key := run{&spans[0], len(spans)}
	o, ok := r.opening[key]
	if !ok {
		o.role, o.is = r.openingField(spans)
		r.opening[key] = o
	}
	return o.role, o.is
}

// opener is whether a text begins with the name of a field, and its role.
type opener struct {
	role role
	is   bool
}

func (r *reader) openingField(spans []span) (role, bool) {
	_, fields := r.fieldsOf(spans[:min(len(spans), 6)])
	t := plain(spans)
	if m := fieldKey.FindStringSubmatch(t); m != nil {
		r, _ := named(m[1])
		return r, true
	}
	if len(fields) > 0 && len(spans) > 0 && spans[0].style&strong != 0 && (len(spans) == 1 || spans[1].style&strong == 0) {
		if r, _ := named(spans[0].text); r != noRole {
			return r, true
		}
	}
	return noRole, false
}
