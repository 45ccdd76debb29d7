package audit

import (
	"slices"
	"strings"
)

// ways are what findings of a category need one way for, as one would say it.
var ways = map[string]string{
	"error-handling":   "to handle errors",
	"test-coverage":    "to test",
	"performance":      "to save work",
	"complexity":       "to share code",
	"documentation":    "to document",
	"input-validation": "to check input",
	"race-condition":   "to guard shared state",
}

// guards are what the security findings of one pattern may be about, told by
// the stems of the words in their titles and fixes.
var guards = []struct{ way, stems string }{
	{"for access control", "acces permission rol gat authoriz authoris polic scop scope tenant workspac ability abilit entitlement membership admin owner ownership deni rbac"},
	{"to log people in", "login session authentic authent password logout factor cookie cooki"},
	{"to handle secrets", "secret token key credential vault certificat privat"},
	{"to escape output", "escap unescap html markup xss templat render encod"},
	{"to limit use", "limit throttl rate quota timeout brut"},
	{"to run commands and queries", "inject sql quer query shell command exec bind prepar"},
	{"to verify what comes in", "signatur sign verif checksum hash pin"},
}

// common says what the findings have in common: what they need one way for, or
// one way to do.
func (p pattern) common() string {
	if way := ways[p.category]; way != "" {
		return way
	}
	if p.category == "owasp" {
		best, most := "to keep it secure", len(p.members)/2 // more than half of them
		for _, g := range guards {
			stems, n := strings.Fields(g.stems), 0
			for _, m := range p.members {
				has := fixWords(m)
				if slices.ContainsFunc(stems, func(s string) bool { return has[s] }) {
					n++
				}
			}
			if n > most {
				best, most = g.way, n
			}
		}
		return best
	}
	var full []string
	for _, s := range p.shared {
		full = append(full, p.wordOf(s))
	}
	switch n := len(full); n {
	case 0:
		return "for " + p.kind
	case 1:
		return "for " + full[0]
	default:
		return "for " + strings.Join(full[:n-1], ", ") + " and " + full[n-1]
	}
}

// wordOf is the word that a stem was cut from: the one most of the findings use,
// of several the first by the alphabet.
func (p pattern) wordOf(s string) string {
	times := map[string]int{}
	for _, m := range p.members {
		for _, w := range words(m.Title + " " + m.Fix) {
			if stem(w) == s {
				times[w]++
			}
		}
	}
	best := s
	for w, n := range times {
		if n > times[best] || n == times[best] && w < best {
			best = w
		}
	}
	return best
}
