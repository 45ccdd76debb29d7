package finding

import (
	"strings"
	"unicode"

	"github.com/dappcore/core-dev/inventory/finding/pattern"
)

// class is what the words of a heading say about what stands below it.
type class uint8

const (
	open   class = iota // nothing: its content decides
	silent              // no findings: summary, scope, method, legend, conclusion ...
	digest              // says again what is found elsewhere: action lists, overviews, priorities
	sound               // what is in good order, or was mended
	grade               // a severity alone, or with words like "findings"
	holder              // findings, issues, details: a container by its name
	aspect              // a part of one finding: impact, description, fix
)

var (
	silentWords = phrases(`executive summary`, `management summary`, `introduction`, `intro`, `overview`, `background`, `method(?:ology|s)?`, `approach`, `how (?:we|i|this|it was|to read|it works)\b.*`, `about\b.*`,
		`legend`, `key`, `glossary`, `definitions?`, `terminology`, `severity (?:scale|levels?|ratings?|definitions?|legend|key|criteria|guide|classification|matrix)`, `rating (?:scale|system|key)`, `risk (?:rating|matrix|scale)`,
		`statistics`, `stats`, `metrics`, `by the numbers`, `numbers`, `counts?`, `score ?card`, `scores?`, `(?:table of )?contents`, `toc`, `appendi(?:x|ces)\b.*`, `annex\b.*`, `references`, `further reading`, `resources`, `links`, `sources`, `bibliography`,
		`disclaimer`, `conclusions?`, `closing(?: remarks| notes| words)?`, `final (?:words|thoughts|remarks|notes)`, `verdict`, `overall(?: assessment| rating| impression)?`, `assessment`, `change ?log`, `revision history`, `document (?:history|control|information)`, `version history`, `sign-?off`, `acknowledge?ments?`, `credits`, `thanks`,
		`environment`, `test(?:ing)? (?:setup|environment|environments|method|methodology|approach)`, `setup`, `limitations?`, `caveats`, `assumptions`, `out of scope`, `not (?:covered|in scope|reviewed|looked at|examined|tested|audited|checked|part of)\b.*`, `in scope`, `what (?:was|we|i) (?:not )?(?:review|audit|look|check|test|read|examin|cover|did).*`,
		`metadata`, `files? reviewed`, `reviewed files?`, `audited files`, `(?:files|components|areas) (?:audited|reviewed|examined|in scope|covered)`, `timeline`, `schedule`, `takeaways?`, `key takeaways`, `raw output`, `output`, `commands?(?: run| used)?`, `tool(?:s|ing)?(?: used| output| versions?)?`, `tool(?:s)? and versions`, `checks? (?:performed|run|made)`, `threat model`, `(?:open )?questions`, `notes?`, `remarks?`, `auditors?'?s? notes?`, `abstract`, `tl;?dr`, `context`, `preface`, `foreword`, `purpose`, `goals?`, `objectives?`, `architecture overview`, `system overview`, `coverage of (?:this|the) (?:audit|review)`, `audit (?:scope|details|information|info|metadata|trail|log|team)`, `scope(?: and method(?:ology|s)?| of (?:the |this )?(?:audit|review|work))?`, `summary`, `in short`, `at a glance`, `how to reproduce the (?:figures|numbers)`, `contact`, `status`, `disclosure`, `distribution`, `test (?:results|run)`, `housekeeping`)
	digestWords = phrases(`action (?:list|items?|plan|points?|table|register)`, `actions`, `recommended (?:actions?|next steps|order|fixes|remediation|priorities|plan|sequence)`, `recommendations?(?: summary)?`, `suggested (?:order|actions?|fixes|next steps|sequence|priorit.*|plan|roadmap)`, `next steps?`, `priorit(?:y|ies|i[sz]ation|i[sz]ed)\b(?: (?:matrix|table|list|order|actions?|recommendations?|fixes|plan|overview|summary|of fixes|ranking))?`, `remediation (?:plan|roadmap|timeline|summary|priorit.*|order|schedule|steps|checklist|effort|tracker)`, `road ?map`, `(?:fix|fixing|repair) (?:order|plan|list|sequence|first)`, `order of (?:work|fixes|repair|attack|march)`, `to-?do(?: list)?`, `checklist`, `follow[- ]?ups?(?: actions?| items?)?`, `quick wins`, `what (?:to do|should be done|we should do|i would do|comes) (?:first|next|now)?.*`, `where to (?:start|begin)`, `plan`, `work plan`, `milestones`, `sprint plan`,
		`(?:summary|overview|list|index|table|recap|summari[sz]ed|matrix|register) of (?:all )?(?:the )?(?:\w+ )?(?:findings|issues|vulnerabilities|problems|risks|results|recommendations|actions?)`, `(?:findings?|issues?|vulnerability|risk|results?) (?:summary|overview|index|table|matrix|at a glance|recap|register|by severity|breakdown|count|totals?|distribution)`, `summary (?:table|matrix)`, `recap(?:itulation)?`, `at a glance`, `severity (?:breakdown|summary|distribution|counts?|overview|table|totals?)`, `tracking`, `tickets?`, `effort (?:estimates?|table|overview)`, `cross[- ]references?`)
	soundWords  = phrases(`strengths?`, `(?:well|fully|already)[- ](?:covered|tested|designed|documented|structured|written|factored|handled)`, `positives?`, `positive (?:findings?|observations?|notes?|aspects?|points?)`, `what (?:works?|worked|goes|went|we liked|i liked|looks? good|impressed)\b.*`, `(?:what|things that) (?:is|are|was|were)(?: \w+)? (?:well|right|fine|good|ok|okay|solid|liked|in good (?:order|shape)|great|robust|healthy|sound|clean|safe)(?: done)?`, `good (?:practices?|news|things|parts|points|stuff|order|shape|patterns?)`, `well done`, `done (?:right|well)`, `best practices (?:followed|observed|in use|in place)`, `verified(?: (?:clean|ok|as|safe|secure|good|correct).*)?`, `no (?:issues?|findings?|problems?|action|concerns?|vulnerabilities|defects?|changes?)\b.*`, `passed(?: checks?)?`, `passing(?: checks?)?`, `pass`, `robust`, `clean(?: bill of health| areas?| checks?)?`, `non-?(?:issues|findings)`, `not (?:a |an )?(?:findings?|issues?|problems?|bugs?|vulnerable|affected|exploitable)`, `false positives?`, `dismissed(?: .*)?`, `ruled out`, `rejected`, `discarded`, `looks? good`, `compliant(?: areas)?`, `healthy`, `already (?:fixed|mended|resolved|addressed|handled|mitigated|done|in place|covered).*`, `resolved(?: .*)?`, `fixed(?: .*)?`, `remediated(?: .*)?`, `mitigated(?: .*)?`, `closed(?: .*)?`, `(?:accepted|known and accepted) risks?`, `accepted`, `won'?t ?fix`, `existing (?:controls|safeguards|protections?|mitigations?)`, `controls in place`, `security controls`, `examined and (?:sound|fine|ok|clean|good)`, `checked and (?:sound|fine|ok|clean|good|found.*)`, `sound`, `secure (?:areas?|practices?|patterns?)`, `safe`, `in good (?:order|shape|standing)`, `nothing to (?:do|report|fix).*`, `previously (?:reported|fixed|resolved).*`, `fine`, `commendations?`, `praise`, `kudos`, `highlights`, `withdrawn.*`, `retracted.*`)
	holderWords = set(`finding findings issue issues problem problems vulnerability vulnerabilities detail details detailed result results observation observations weakness weaknesses gap gaps risk risks concern concerns bug bugs defect defects deficiency deficiencies analysis audit review report list
 severity priority prio level impact rated class category categories items item all the of and or in to a an for with by our this that new remaining open other further additional general specific main key top individual full technical confirmed identified discovered noted found fix fixes now soon later before release must should could p0 p1 p2 p3 tier urgent immediate attention required action needed nice have per area areas part section chapter
 security quality performance testing tests test docs documentation code error errors handling input validation complexity architecture dependencies dependency race concurrency conditions owasp ten configuration config infrastructure data api coverage maintainability reliability authentication authorisation authorization access control controls cryptography crypto injection logging monitoring secrets session sessions storage database network networking deployment ci build style design structure accessibility privacy robustness resilience correctness hygiene backend frontend server client cli container containers docker image images scripts shell workflow workflows pipeline misc miscellaneous various others`)
	number  = pattern.New(`(?i)^[\s*_#>]*(?:(?:finding|issue|vulnerability|vuln|problem|bug|item|observation|risk|defect|section|part|chapter|weakness|concern|gap|audit item|point|case|no\.?|nr\.?|#)\s*[:#.-]?\s*(?:[a-z]{1,8}[-_. ]?)?\d{1,4}(?:[.-]\d{1,3})*[a-z]?|[\[(]?(?:[a-z]{1,8}[-_])?[a-z]{0,6}-?\d{1,4}(?:[.-]\d{1,3})*[a-z]?[\])]|(?:[A-Z]{2,10}-)?[A-Z]{1,10}-?\d{1,4}(?:[.-]\d{1,3})*[a-z]?\b|\d{1,3}(?:\.\d{1,3})*[.):]?|[ivx]{1,5}[.):]|[a-h][.)])\s*(?:[:.)\]|/·,–—-]+\s*|\s+|$)`)
	idForm  = pattern.New(`(?i)^[\s*_#>\pSo\x{fe0f}\x{20e3}]*[\[(]?\s*((?:finding|issue|vulnerability|vuln|problem|bug|item|observation|risk|defect|weakness|concern|gap|point|case|no\.?|nr\.?|#)\s*[:#.-]?\s*(?:[a-z]{1,8}-?)?\d{1,4}(?:[.-]\d{1,3})*[a-z]?\b|(?:[A-Z]{2,10}-)?[A-Z]{1,10}-?\d{1,4}(?:[.-]\d{1,3})*[a-z]?\b|\d{1,3}\.\d{1,3}(?:\.\d{1,3})*\b|\d{1,3}[.)]|[IVX]{1,5}[.)])\s*([:.)\]|/·–—(\[-]|\s|$)?`)
	notAnID = pattern.New(`(?i)^(?:php|go|node|sha|md|utf|http|https|ipv|oauth|mp|es|python|java|tls|ssl|v|aes|rsa|argon|base|i18n|l10n|a11y|k8s|s3|ec|x|q|log4j|cwe|rfc|iso|cve|win|arm|amd|day|week|phase|step|tier|wave|sprint|level|rc|utf-)-?\d`)
)

// headline is what a heading, a lead or the first line of an item says.
type headline struct {
	class    class
	text     string   // without numbering and marks
	id       string   // in lower case: "f-1", "3.1", "finding 2"
	severity Severity // its own
	settled  bool     // mended, dismissed, or passed
	empty    bool
	holds    bool  // nothing but words of containers and subjects
	role     role  // aspect
	alone    class // aspect: what it is where no finding stands above it
}

func stripSigns(t string) string {
	if isASCII(t) {
		return strings.TrimSpace(t)
	}
	return strings.TrimSpace(strings.Map(func(c rune) rune {
		if unicode.Is(unicode.So, c) || c == 0xfe0f || c == 0x20e3 || c == 0x200d || c >= 0x1f3fb && c <= 0x1f3ff || c == '‼' || c == 'ℹ' {
			return -1
		}
		return c
	}, t))
}

// unnumber removes numbering, an id, and marks from the start.
func unnumber(t string) string {
	t = strings.TrimSpace(stripSigns(t))
	if m := number.FindString(t); m != "" && !notAnID.MatchString(strings.TrimLeft(m, "[(# ")) && (!isNumber(strings.TrimSpace(m)) || opens(t[len(m):])) {
		return strings.TrimSpace(t[len(m):])
	}
	return t
}

// idOf is the id a text opens with, in one form.
func idOf(t string) string {
	m := idForm.FindStringSubmatch(strings.TrimSpace(t))
	if m == nil || notAnID.MatchString(m[1]) {
		return ""
	}
	id := strings.ToLower(oneLine(m[1]))
	return strings.TrimRight(strings.TrimLeft(id, "#"), ".) ")
}

// maxHead is how many bytes of a first line are looked at for what it says of
// the whole.
const maxHead = 600

// head is the headline of a node.
func (r *reader) head(n *node) headline {
	h, ok := r.heads[n]
	if !ok {
		h = r.headline(n.head)
		r.heads[n] = h
	}
	return h
}

func (r *reader) headline(spans []span) headline {
	raw := plain(spans)
	if len(raw) > maxHead {
		spans = part(spans, 0, maxHead)
		raw = strings.ToValidUTF8(raw[:maxHead], "")
	}
	raw = oneLine(raw)
	h := headline{id: idOf(raw), settled: settledHead(spans, raw)}
	h.severity = r.tagged(raw)
	if h.severity == "" {
		h.severity = r.signed(raw)
	}
	h.text = unnumber(raw)
	bare := strings.Trim(stripSigns(h.text), " :.*_")
	if h.empty = bare == ""; h.empty {
		if h.severity != "" {
			h.class = grade
		}
		return h
	}
	key := strings.Trim(countTail.ReplaceAllString(bare, ""), " :.*_–—-")
	switch {
	case graded(key): // "High priority issues" is no list of priorities
	case whole(soundWords, key):
		h.class = sound
	case whole(digestWords, key):
		h.class = digest
	case whole(silentWords, key):
		h.class = silent
	}
	if ro, _ := named(bare); ro != noRole && h.class != sound && !graded(key) {
		h.role, h.alone, h.class = ro, h.class, aspect
		switch {
		case h.alone != open:
		case ro == titleRole || ro == evidenceRole || ro == riskRole || ro == severityRole || ro == impactRole || ro == asideRole:
			h.alone = holder
		case ro == fixRole:
			h.alone = digest
		default:
			h.alone = silent
		}
		if ro == titleRole {
			h.class = h.alone
		}
	}
	if h.class != open {
		return h
	}
	left := 0
	for _, w := range words(key) {
		if gravity[w] == "" && !holderWords[w] && !isNumber(w) {
			left++
		}
	}
	if left == 0 {
		h.holds = true
		h.class = holder
		for _, w := range words(key) {
			if s := gravity[w]; s != "" && h.severity == "" && !(s == Low && (w == "note" || w == "optional")) {
				h.severity = s
			}
		}
		if h.severity != "" {
			h.class = grade
		}
	}
	return h
}

// graded tells whether a heading is a severity and words of containers only.
func graded(t string) bool {
	found := false
	for _, w := range words(t) {
		if s := gravity[w]; s != "" {
			found = true
		} else if !holderWords[w] && !isNumber(w) {
			return false
		}
	}
	return found
}

// whole tells whether a pattern covers a heading, apart from a word or two of
// connection around it.
func whole(re *pattern.Pattern, t string) bool {
	if len(t) > 90 {
		return false
	}
	m := re.FindStringIndex(t)
	if m == nil {
		return false
	}
	left := len(words(t[:m[0]])) + len(words(t[m[1]:]))
	if left == 0 {
		return true
	}
	inside := len(words(t[m[0]:m[1]]))
	rest := t[:m[0]] + " " + t[m[1]:]
	for _, w := range words(rest) {
		if !connecting[w] {
			return left == 1 && inside >= 3
		}
	}
	return true
}

var (
	connecting = set(`and or of the a an for in to with on this our my by audit review report security code quality test tests performance brief short quick technical overall general final proposed suggested detailed high level full repo repository findings issues what is are was were already areas parts things items one ones good here`)
	countTail  = pattern.New(`\s*[(\[]\s*(?:\d+|none|zero|\d+ (?:findings?|issues?|items?|total))\s*[)\]]\s*:?$`)
	allDigits  = pattern.New(`^\d+(?:st|nd|rd|th)?$`)
)

func isNumber(w string) bool { return allDigits.MatchString(w) }

var (
	settledTag  = pattern.New(`(?i)(?:[\[(](?:already |now |since )?(?:fixed|resolved|closed|done|remediated|mitigated|verified|verified fixed|verified clean|pass(?:ed)?|ok|okay|no issues?|none found|not an issue|not a finding|false positive|wont ?fix|won't fix|accepted|accepted risk|duplicate|dup|withdrawn|obsolete|n/a|positive|clean)(?:\s+(?:in|by|with|since|on|at)\b[^\])]*|\s*[:,–—-][^\])]*)?[\])]|(?:\s[–—-]+|:)\s*(?:already |now )?(?:fixed|resolved|closed|remediated|mitigated|verified(?: clean| fixed| ok)?|pass(?:ed)?|ok|no issues?(?: found)?|none(?: found)?|false positive|clean|robust|fine|not vulnerable|n/a)(?:\s+(?:in|by|with|since)\s.*)?[.!]?$)`)
	settledSign = pattern.New(`^[\s*_]*(?:✅|✔|☑|👍|🆗|💚|🎉|✓)|(?:✅|✔️?|☑️?|👍|✓)[\s*_]*$`)
)

// settledHead tells whether a first line says that nothing is left to do.
func settledHead(spans []span, raw string) bool {
	if settledSign.MatchString(raw) || settledTag.MatchString(oneLine(mask(spans))) {
		return true
	}
	gone, left := 0, 0
	for _, s := range spans {
		if n := len(strings.TrimSpace(s.text)); s.style&struck != 0 {
			gone += n
		} else {
			left += n
		}
	}
	return gone > left
}
