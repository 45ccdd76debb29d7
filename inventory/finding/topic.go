package finding

import (
	"strings"
)

// topical tells whether a heading names a subject, a folder or a file, and no
// problem.
func (r *reader) topical(t string) bool {
	p := place{mentions: r.mentions}
	p.text(t)
	if len(p.list) > 0 && r.onlyPlaces([]span{{text: t}}) {
		return true
	}
	w := words(t)
	if len(w) > 6 {
		return false
	}
	for _, x := range w {
		if problemWords[x] {
			return false
		}
	}
	return len(w) <= 4 || strings.ContainsAny(t, "&,/")
}

var problemWords = set(`missing no not without lacks lack lacking unsafe insecure weak broken wrong fails fail failing failed leaks leak leaking leaked exposes exposed exposure hardcoded hard unbounded unvalidated unchecked unhandled ignored swallowed stale outdated duplicate duplicated dead unused never always cannot can't doesn't does isn't is are has have may can allows allow accepts returns uses bypass bypassable vulnerable race overflow traversal injection xss csrf ssrf n+1 slow quadratic excessive too unencrypted plaintext plain disabled enabled untested undocumented inconsistent incorrect invalid insufficient incomplete improper inadequate lost loses silent silently skipped deprecated unpinned abandoned runs deadlock panic crash crashes nil null unsanitized unsanitised unescaped arbitrary open stored reflected cross god deep long large`)

// onlyPlaces tells whether a text says nothing but where.
func (r *reader) onlyPlaces(spans []span) bool {
	var said strings.Builder
	for _, s := range spans {
		if s.style&verbatim == 0 || !folder.MatchString(strings.TrimSpace(s.text)) {
			said.WriteString(s.text)
		}
	}
	t := placed.ReplaceAllString(said.String(), " ")
	for _, w := range words(t) {
		if !isNumber(w) && !connecting[w] && w != "line" && w != "lines" && w != "see" && w != "also" && w != "same" && w != "l" {
			return false
		}
	}
	p := place{mentions: r.mentions}
	p.spans(spans)
	return len(p.list) > 0
}

func boldLead(spans []span) bool {
	return len(spans) > 0 && spans[0].style&strong != 0 && wordsOf(spans[0].text, 2) > 1
}
