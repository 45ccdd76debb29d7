package finding

import (
	"strconv"
	"strings"

	"github.com/dappcore/core-dev/inventory/finding/pattern"
)

// gravity are the words of auditors and what they mean here.
var gravity = map[string]Severity{}

func init() {
	for s, list := range map[Severity]string{
		Critical: "critical crit blocker blocking severe p0 sev0 sev-0 sev1 sev-1 catastrophic showstopper emergency",
		High:     "high major important serious p1 sev2 sev-2 urgent",
		Medium:   "medium med moderate p2 sev3 sev-3 warning warn warnings",
		Low:      "low minor p3 p4 sev4 sev-4 info informational information nit nitpick trivial cosmetic negligible suggestion note hint advisory optional",
	} {
		for _, w := range strings.Fields(list) {
			gravity[w] = s
		}
	}
}

const (
	// grave are the words that tell a severity wherever they are marked as one.
	grave = `critical|crit|blocker|severe|p0|high|major|important|serious|p1|medium|med|moderate|p2|warning|warn|low|minor|p3|p4|informational|info|nitpick|nit|trivial|cosmetic|sev-?[0-4]`
	// plainGrave are those that tell one in running text.
	plainGrave = `critical|high|medium|moderate|low`
)

// signs are the marks auditors use, where no legend says otherwise.
var signs = map[string]Severity{
	"🔴": Critical, "🚨": Critical, "🛑": Critical, "⛔": Critical, "🟥": Critical, "☠": Critical, "💀": Critical, "💥": Critical,
	"🟠": High, "🟧": High, "🔥": High, "🔶": High, "❗": High, "‼": High,
	"🟡": Medium, "🟨": Medium, "⚠": Medium,
	"🟢": Low, "🔵": Low, "⚪": Low, "🟩": Low, "🟦": Low, "⬜": Low, "ℹ": Low, "💡": Low, "🔹": Low, "🔷": Low,
}

const signClass = `[🔴🚨🛑⛔🟥☠💀💥🟠🟧🔥🔶❗‼🟡🟨⚠🟢🔵⚪🟩🟦⬜ℹ💡🔹🔷]\x{fe0f}?`

var (
	legend     = pattern.New(`(?i)(` + signClass + `)[ \t]*(?:[=:|–—-]+[ \t]*)?[*_` + "`" + `]*(` + grave + `)\b`)
	signLead   = pattern.New(`^[\s*_\[(]*(` + signClass + `)`)
	bracketed  = pattern.New(`(?i)[\[({][^\[\](){}]{0,24}?\b(` + grave + `)\b(?:[ -]?(?:severity|risk|priority|impact))?[^\[\](){}]{0,120}[\])}]`)
	inBracket  = pattern.New(`(?i)^[\[({]\s*(?:` + signClass + `\s*)?(?:(?:[a-z]{1,6}-?\d+(?:\.\d+)*|severity|sev|risk|priority|prio|impact|level|cvss[^,;/|]*|cwe-\d+|owasp[^,;/|]*)\s*[:=/|·,–—-]?\s*)*(` + grave + `)\b(?:[ -](?:severity|risk|priority|impact))?\s*(?:$|[\])},;:/|·+–—]|-\s)`)
	opening    = pattern.New(`(?i)^(?:` + signClass + `\s*)?(` + grave + `)(?:[ -](?:severity|risk|priority|impact|issue|finding))?\s*(?:[:|.)\]–—]|-\s|$)`)
	closing    = pattern.New(`(?i)(?:\s[–—-]+|[:|,;/]|\.)\s*\(?(?:severity\s*:?\s*)?(` + grave + `)(?:[ -](?:severity|risk|priority|impact))?\)?\s*\.?$`)
	alone      = pattern.New(`(?i)^(?:severity\s*:?\s*)?(` + grave + `)(?:[ -](?:severity|risk|priority|impact))?\s*[.!]?$`)
	phrased    = pattern.New(`(?i)\b(?:severity|rated|rate it|rating|classified|scored|graded|call (?:it|that|this)|consider (?:it|that|this)|this is|that is|which is|i'd say|we rate this|risk is|severity is|is)\s*(?:is|of|as|at|a|an|:|=|–|-)?\s+(?:a |an |as |at )?(` + plainGrave + `)(?:\s*(?:[.,;:)!]|$|severity|risk|priority|\b(?:for|because|since|and it|as|in my|here|vulnerability|bug|issue|problem|finding|flaw)\b))`)
	adjective  = pattern.New(`(?i)\b(` + plainGrave + `)[ -](?:severity|risk|priority|criticality)\b`)
	numbered   = pattern.New(`(?i)\bcvss(?:\s*v?\s*[234](?:\.[01])?)?(?:\s*(?:base|score|rating|of|is|at|:|=|–|—|-|\())*\s*(\d{1,2}(?:\.\d)?)(?:$|[^\d.:/]|[.:](?:$|\D)|/\s*10\b)`)
	onTen      = pattern.New(`^\D{0,12}?\b(\d{1,2}(?:\.\d)?)\s*(?:/\s*10)?\b`)
	graveWord  = pattern.New(`(?i)(?:^|[^\pL\d])(` + grave + `)(?:$|[^\pL\d])`)
	downgraded = pattern.New(`(?i)(?:→|->|now|downgraded to|upgraded to|raised to|lowered to|adjusted to|revised to)\s*[*_]*(` + grave + `)\b`)
	noGravity  = pattern.New(`(?i)^\W*(?:none|n/?a|ok|okay|pass(?:ed)?|positive|good|clean|no issues?|no risk|resolved|fixed|not applicable|false positive)\b`)
)

func word(w string) Severity { return gravity[strings.ToLower(w)] }

// graver is the more severe of two, either may be empty.
func graver(a, b Severity) Severity {
	if a == "" || b != "" && b.Rank() < a.Rank() {
		return b
	}
	return a
}

// score is the severity of a CVSS base score (spec: 9 critical, 7 high, 4
// medium, else low).
func score(text string) Severity {
	f, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil || f < 0 || f > 10:
		return ""
	case f >= 9:
		return Critical
	case f >= 7:
		return High
	case f >= 4:
		return Medium
	}
	return Low
}

// scored is the severity of the CVSS score a text names.
func scored(t string) Severity {
	bare := vectorRe.ReplaceAllString(t, " ")
	if m := numbered.FindStringSubmatch(bare); m != nil {
		return score(m[1])
	}
	if m := vectorRe.FindString(t); m != "" {
		return vector(m)
	}
	return ""
}

// valued is the severity that a field or a cell gives as its value.
func (r *reader) valued(v string) Severity {
	v = strings.TrimSpace(v)
	if m := downgraded.FindStringSubmatch(v); m != nil {
		return word(m[1])
	}
	if m := graveWord.FindStringSubmatchIndex(v); m != nil {
		s := word(v[m[2]:m[3]])
		rest := v[m[3]:]
		// "medium/high", "medium to high": the graver
		if n := graveWord.FindStringSubmatchIndex(rest); n != nil && n[2] <= 5 && strings.ContainsAny(rest[:n[2]], "/-–") || n != nil && strings.TrimSpace(rest[:n[2]]) == "to" {
			s = graver(s, word(rest[n[2]:n[3]]))
		}
		return s
	}
	if s := scored(v); s != "" {
		return s
	}
	if s := r.signed(v); s != "" {
		return s
	}
	if m := onTen.FindStringSubmatch(v); m != nil {
		return score(m[1])
	}
	for _, w := range words(v) {
		if s := word(w); s != "" {
			return s
		}
	}
	return ""
}

// signed is the severity of the first mark in a text.
func (r *reader) signed(t string) Severity {
	for _, c := range t {
		if c < 0x80 {
			continue
		}
		if s := r.sign(string(c)); s != "" {
			return s
		}
	}
	return ""
}

func (r *reader) sign(c string) Severity {
	if s, ok := r.legend[c]; ok {
		return s
	}
	return signs[c]
}

// tagged is the severity in the marks of a heading or of a record's first
// line: [High], (high), "High:", "- high" at the end, a sentence "High.".
func (r *reader) tagged(t string) Severity {
	t = oneLine(t)
	for _, m := range bracketed.FindAllString(t, 4) {
		if n := inBracket.FindStringSubmatch(m); n != nil {
			return word(n[1])
		}
		if s := scored(m); s != "" {
			return s
		}
	}
	if m := opening.FindStringSubmatch(unnumber(t)); m != nil {
		return word(m[1])
	}
	if m := closing.FindStringSubmatch(t); m != nil {
		return word(m[1])
	}
	return ""
}

// told is the severity that running text tells: as a sentence of its own, or
// in the phrases one rates things with.
func (r *reader) told(t string) Severity {
	s, ok := r.rated[t]
	if !ok {
		s = r.tells(t)
		r.rated[t] = s
	}
	return s
}

func (r *reader) tells(t string) Severity {
	for _, s := range r.sentences(t) {
		s = strings.Trim(s, "*_ ")
		if m := alone.FindStringSubmatch(s); m != nil {
			return word(m[1])
		}
		if m := opening.FindStringSubmatch(s); m != nil && len(s) > len(m[0]) {
			return word(m[1])
		}
		if s := r.tagged(s); s != "" {
			return s
		}
	}
	for _, re := range []*pattern.Pattern{adjective, phrased} {
		if m := re.FindStringSubmatch(t); m != nil {
			return word(m[1])
		}
	}
	if s := scored(t); s != "" {
		return s
	}
	if m := leadingComma.FindStringSubmatch(r.lastSentence(t)); m != nil {
		return word(m[1])
	}
	return ""
}

// leadingComma is the severity that opens a closing sentence: "High, and it
// runs in deploy."
var leadingComma = pattern.New(`(?i)^(critical|high|medium|low)\s*[,;]`)

func (r *reader) lastSentence(t string) string {
	if all := r.sentences(t); len(all) > 0 {
		return all[len(all)-1]
	}
	return ""
}

// readLegend learns what the marks of this body mean, where it says so.
func (r *reader) readLegend(body string) {
	r.legend = map[string]Severity{}
	for _, m := range legend.FindAllStringSubmatch(body, 200) {
		sign := string([]rune(m[1])[0])
		if _, ok := r.legend[sign]; !ok {
			r.legend[sign] = word(m[2])
		}
	}
}
