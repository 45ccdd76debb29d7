package finding

import (
	"strings"

	"github.com/dappcore/core-dev/inventory/finding/pattern"
)

func (r *reader) firstOf(texts ...string) string {
	for _, t := range texts {
		if s := r.sentences(t); len(s) > 0 {
			return s[0]
		}
	}
	return ""
}

// headTitle is the title in a head: the whole of it, its bold part, or its
// first sentence; a bare name is completed by what is said of it.
func (r *reader) headTitle(n *node, h headline, before, given string) string {
	head := n.head
	t := plain(head)
	if n.kind == section {
		t = oneLine(t)
	} else if from, to := boldPart(head); to > 0 {
		bold := t[from:to]
		rest := strings.TrimLeft(t[to:], " :.–—-*")
		b := r.tidy(bold)
		switch {
		case b == "" || r.headline([]span{{text: bold}}).class == grade:
			t = t[:firstSentence(mask(head), 0)]
		case wordsOf(b, 3) < 2 && rest != "":
			t = b + ": " + r.firstOf(withoutPlace(rest))
		default:
			t = b
		}
	} else {
		t = strings.TrimSpace(t[:firstSentence(mask(head), 0)])
	}
	name := r.tidy(t)
	if name == "" || given != "" && wordsOf(name, 3) < 2 {
		if given != "" {
			return r.firstOf(given)
		}
		return r.firstOf(before)
	}
	if n.kind != item && wordsOf(name, 3) < 2 || r.onlyPlaces([]span{{text: name}}) {
		if s := r.firstOf(withoutPlace(before)); s != "" && r.tidy(s) != "" {
			return name + ": " + s
		}
	}
	return t
}

// boldPart is where the bold text is that opens a head, after a mark or a tag;
// 0, 0 where none does.
func boldPart(list []span) (from, to int) {
	at := 0
	for _, s := range list {
		switch {
		case s.style&strong != 0:
			if to == 0 {
				from = at
			}
			to = at + len(s.text)
		case to > 0:
			return from, to
		case wordsOf(headTag.ReplaceAllString(stripSigns(s.text)+" ", ""), 1) > 0 && !isNumber(strings.Trim(s.text, " .)#")):
			return 0, 0
		}
		at += len(s.text)
	}
	return from, to
}

// mask is the text of spans with all code made one capital letter repeated, so
// that nothing in it ends a sentence.
func mask(list []span) string {
	var b strings.Builder
	for _, s := range list {
		if s.style&verbatim != 0 {
			b.WriteString(strings.Repeat("X", len(s.text)))
		} else {
			b.WriteString(s.text)
		}
	}
	return b.String()
}

// withoutPlace removes a place at the start of a text, as in
// "(`a.go:3`) The lock ...".
func withoutPlace(t string) string {
	t = strings.TrimSpace(t)
	if m := leadingPlace.FindString(t); m != "" && len(m) < len(t) {
		return strings.TrimSpace(t[len(m):])
	}
	return t
}

var (
	leadingPlace = pattern.New(`^[\s(\[]*` + filePath + lineTail + `[\s)\],:.–—-]*`)
	gradeHead    = pattern.New(`(?i)^(?:[\[({]\s*(?:[^\[\](){}]{0,24}?\b)?(?:` + grave + `)\b[^\[\](){}]{0,40}[\])}]|(?:severity\s*[:=]\s*)?(?:` + grave + `)(?:[ -](?:severity|risk|priority|impact|issue|finding))?\s*(?:[:|.–—]|-\s))\s*[:|.–—-]*\s*`)
	gradeTail    = pattern.New(`(?i)(?:[\s(\[{]*(?:[–—|,;:/-]\s*|\.\s+|[(\[{])\s*(?:(?:severity|risk|priority|impact|sev|cvss[^)\]]{0,24}?)\s*[:=]?\s*)?(?:` + grave + `|cvss[^)\]]{0,20}\d(?:\.\d)?|\d{1,2}\.\d(?:\s*/\s*10)?)(?:[ -](?:severity|risk|priority|impact))?(?:\s*[,;/|·(][^)\]}]{0,40})?[\s)\]}.]*)$`)
	placeTail    = pattern.New(`(?:[\s(\[]*(?:[–—|,;:-]\s*|\b(?:in|at|see|seen in|found in|file|location)\b:?\s*|[(\[])\s*)` + filePath + lineTail + `[\s)\].]*$`)
	lineMark     = pattern.New(`(` + filePath + `)(?::\d+(?:[:–,-]\d+)*|#L\d+(?:-L?\d+)?)`)
	titleName    = pattern.New(`(?i)^(?:finding|issue|problem|vulnerability|title|bug|observation|weakness)\s*[:–—]\s*`)
	crossTail    = pattern.New(`(?i)\s*[(\[](?:see|cf\.?|also|id|ref|cwe|owasp|#)[^)\]]*[)\]]\s*$`)
)

// tidy is a title: one line without numbering, severity, place and markup.
func (r *reader) tidy(t string) string {
	out, ok := r.tidied[t]
	if !ok {
		out = tidy(t)
		r.tidied[t] = out
	}
	return out
}

func tidy(t string) string {
	t = oneLine(stripSigns(t))
	for range 4 {
		was := t
		t = unnumber(t)
		t = strings.TrimSpace(gradeHead.ReplaceAllString(t, ""))
		t = titleName.ReplaceAllString(t, "")
		t = gradeTail.ReplaceAllString(t, "")
		t = crossTail.ReplaceAllString(t, "")
		if short := strings.TrimRight(placeTail.ReplaceAllString(t, ""), " "); wordsOf(short, 2) > 1 {
			t = short
		}
		t = strings.TrimLeft(strings.TrimRight(t, " \t_~|:;,.–—-"), " \t_~|:;,–—")
		if strings.HasPrefix(t, "- ") || strings.HasPrefix(t, ". ") {
			t = t[2:]
		}
		if t == was {
			break
		}
	}
	t = lineMark.ReplaceAllString(t, "$1")
	if gravity[strings.ToLower(t)] != "" {
		return ""
	}
	if strings.Count(t, "(") < strings.Count(t, ")") {
		t = strings.TrimRight(t, ")")
	}
	if long := []rune(t); len(long) > MaxTitle {
		if head := firstClause(t); head != "" {
			t = head
		}
	}
	return cut(t, MaxTitle)
}

// firstClause is the part of a long title that can stand alone.
func firstClause(t string) string {
	for _, sep := range []string{"; ", " — ", " – ", ": ", ". ", ", "} {
		if at := strings.Index(t, sep); at > 25 && len([]rune(t[:at])) <= MaxTitle {
			return t[:at]
		}
	}
	return ""
}
