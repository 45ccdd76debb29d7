package finding

import (
	"strings"

	"github.com/dappcore/core-dev/inventory/finding/pattern"
)

var (
	pointer   = pattern.New(`(?i)^(?:see|fix|address|resolve|cf\.?|refer to|as (?:in|noted in|described in)|like|related to|same as|duplicate of|covered by|first|then|do|after|repeats?)?\s*(?:also\s+)?(?:the\s+)?(?:findings?|issues?|items?|points?|vulnerabilit(?:y|ies)|#)?\s*(?:[a-z]{1,6}-?)?\d+(?:\.\d+)*(?:\s*(?:,|and|&|to|through|[–-])\s*(?:[a-z]{1,6}-?)?\d+(?:\.\d+)*)*\s*(?:[.;:,(–—-].*|first\b.*|\(.*|$)`)
	soundSays = pattern.New(`(?i)(?:^|[^\pL])(?:no (?:\w+ ){0,2}(?:issues?|findings?|problems?|vulnerabilit(?:y|ies)|concerns?|defects?|weakness(?:es)?|action|changes?)(?: of note)? ?(?:(?:were|was|have been|has been|is|are|could be) )?(?:\w+ )?(?:found|identified|detected|discovered|observed|needed|required|necessary|noted|seen)|no (?:issues?|findings|problems)(?: here| at all| in this area)?[.!]?$|verified clean|verified (?:ok|safe|secure|as safe)|(?:is|are|was|were|looks?|look|found) (?:all )?(?:robust|fine|sound|clean|ok|okay|good|solid|correct|in order|in good order|well (?:done|designed|tested|covered|written))\b(?: and need[s]? nothing)?(?:[.,;!]|$| and| as)|nothing (?:to (?:do|fix|report)|found|needed)|works? as (?:intended|designed|expected|documented)|not (?:vulnerable|a finding|an issue|exploitable|affected)|(?:is|are) not (?:vulnerable|affected|exploitable)|no action (?:is )?(?:needed|required)|looks? good|all (?:good|clear|clean|tests pass)|false positive|need[s]? nothing)`)
	wholly    = pattern.New(`(?i)^\W*(?:fine|ok|okay|good|clean|pass|passed|robust|sound|none|n/a|no issues?|no findings?|no problems?|nothing|verified|verified clean|solid|all good|as expected|no concerns?)\W*$`)
	mended    = pattern.New(`(?i)^(?:status\s*:\s*|update\s*:\s*|edit\s*:\s*)?(?:(?:this|it) )?(?:(?:was|is|has|have|had|been|now|since|already|meanwhile|has since been) )*(?:fixed|resolved|remediated|patched|mitigated|closed|addressed)(?:\s+(?:meanwhile|already|since|during the audit|in the meantime|upstream|on (?:main|dev|master)|\d{4}-\d\d-\d\d))*(?:\s*[.!]?$|\s+(?:in|by|with|via|on|since|during|before)\s+(?:#\d+|pr\b|pull|commit|[0-9a-f]{7,40}\b|this|the|main|dev|release|review|v?\d+\.\d+\.\d+ and verified|audit|\d{4}-))`)
)

// sound tells whether a text without a severity says that all is well.
func (r *reader) soundText(t string) bool {
	if wholly.MatchString(t) {
		return true
	}
	for k, s := range r.sentences(withoutPlace(t)) {
		if k > 3 {
			break
		}
		if wholly.MatchString(s) || soundSays.MatchString(s) && !contrast.MatchString(s) {
			return true
		}
	}
	return false
}

var contrast = pattern.New(`(?i)\b(?:but|however|except|although|though|unless|yet|only)\b`)

func (r *reader) mendedText(t string) bool {
	for _, s := range r.sentences(t) {
		if mended.MatchString(strings.Trim(s, "*_ ()[]")) {
			return true
		}
	}
	return false
}

// list reads a list whose items may be findings.
func (r *reader) list(n *node, c context) {
	items := r.segments(n.kids)
	marked, fields := 0, 0
	for _, it := range items {
		if ro, ok := r.opensField(it.head); ok && ro != titleRole {
			fields++
			continue
		}
		if d := r.direct(it); d.severity || d.place && !r.onlyPlaces(it.head) || d.id && it.head != nil || boldLead(it.head) || len(it.kids) > 0 && r.nested(it) {
			marked++
		}
	}
	if fields*2 > len(items) {
		return // the fields of a record that has no head
	}
	if !c.held && marked*2 < len(items)-fields && c.rank == firm {
		c.rank = loose
	}
	r.batch++
	for _, it := range items {
		r.item(it, c, r.batch)
	}
}

// segments joins "Issue:", "Impact:", "Fix:" items that make one record.
func (r *reader) segments(items []*node) []*node {
	opens, rest := 0, 0
	for _, it := range items {
		if ro, ok := r.opensField(it.head); ok && ro == titleRole {
			opens++
		} else if ok {
			rest++
		}
	}
	if opens == 0 || rest == 0 {
		return items
	}
	var out []*node
	for _, it := range items {
		ro, ok := r.opensField(it.head)
		if len(out) == 0 || !ok || ro == titleRole {
			out = append(out, &node{kind: item, head: it.head, kids: it.kids, start: it.start, end: it.end, task: it.task, done: it.done})
			continue
		}
		last := out[len(out)-1]
		last.kids = append(last.kids, &node{kind: list, kids: []*node{it}, start: it.start, end: it.end})
		last.end = it.end
	}
	return out
}

// nested tells whether an item is but a heading for the items below it.
func (r *reader) nested(it *node) bool {
	h := r.head(it)
	sub := false
	for _, k := range it.kids {
		sub = sub || k.kind == list || k.kind == table
	}
	if !sub {
		return false
	}
	if h.class == grade || h.class == holder {
		return true
	}
	entries, rated := r.entries(it)
	if r.onlyPlaces(it.head) || r.topical(h.text) {
		fields := 0
		total := 0
		for _, k := range it.kids {
			if k.kind == list {
				for _, sub := range k.kids {
					total++
					if _, ok := r.opensField(sub.head); ok {
						fields++
					}
				}
			}
		}
		if fields > 0 && rated == 0 {
			return false
		}
		if r.onlyPlaces(it.head) && h.severity == "" {
			return total > fields
		}
		return (entries > 0 || rated > 0) && h.severity == "" && !r.direct(it).severity
	}
	return rated > 1 && h.severity == ""
}

func (r *reader) item(it *node, c context, batch int) {
	r.seen[it.start] = true
	if it.task && it.done {
		return
	}
	h := r.head(it)
	if ro, ok := r.opensField(it.head); ok && ro != titleRole {
		return
	}
	if h.settled || h.class == sound && h.severity == "" || h.class == silent || h.class == digest {
		return
	}
	if r.nested(it) {
		r.group(it.kids, r.below(c, it, h))
		return
	}
	if h.class == grade && len(it.kids) == 0 || len(it.head) == 0 && len(it.kids) == 0 {
		return
	}
	if r.onlyPlaces(it.head) && len(it.kids) == 0 {
		return
	}
	if pointer.MatchString(oneLine(plain(it.head))) && !r.direct(it).severity && h.id == "" {
		return
	}
	if f, ok := r.leaf(it, c, batch); ok {
		r.add(f)
		r.cover(cover{it.start, it.end, f.Severity})
	}
}

var tally = pattern.New(`(?i)\b(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|several|many|no|zero|some) (?:are |is |of (?:them|which) )?(?:rated )?(?:` + grave + `)\b`)

var allAre = pattern.New(`(?i)\b(?:all|each|every|everything)(?: (?:findings?|issues?|points?|items?|of (?:them|these|the above|which)|the above|here|below|are|is|rated|considered|severity))*\s+(` + plainGrave + `)\b`)

// prose reads a paragraph that no mark opens.
func (r *reader) prose(n *node, c context, batch int) {
	t := plain(n.head)
	if m := allAre.FindStringSubmatch(t); m != nil && wordsOf(t, 41) < 40 {
		r.common = word(m[1])
		return
	}
	if r.soundText(t) {
		r.clean = r.clean || cleanBill.MatchString(t)
	}
	if tally.MatchString(t) {
		return
	}
	d := r.direct(n)
	marked := false
	for _, s := range r.sentences(t) {
		marked = marked || r.tagged(s) != "" || alone.MatchString(s)
	}
	if !d.severity && !(d.place && (c.held || r.title != "")) || wordsOf(t, 5) < 4 {
		return
	}
	if !d.severity {
		c.rank = max(c.rank, loose)
	} else if !d.place && !c.held && !marked {
		c.rank = max(c.rank, loose)
	}
	head := firstSentence(mask(n.head), 0)
	l := &node{kind: lead, head: part(n.head, 0, head), start: n.start, end: n.end}
	if rest := part(n.head, head, len(t)); len(rest) > 0 {
		l.kids = []*node{{kind: paragraph, head: rest, start: n.start, end: n.end}}
	}
	if f, ok := r.leaf(l, c, batch); ok {
		r.add(f)
	}
}

var cleanBill = pattern.New(`(?i)\b(?:no (?:\w+ ){0,3}(?:issues?|findings?|problems?|vulnerabilit(?:y|ies)|defects?|concerns?)\b|nothing (?:to (?:do|fix|report)|was found|found)|clean bill|verified clean|all clear)`)

// hearClean notes that the body calls itself clean.
func (r *reader) hearClean(n *node) {
	for _, k := range n.kids {
		if k.kind == paragraph && cleanBill.MatchString(plain(k.head)) {
			r.clean = true
		}
	}
}
