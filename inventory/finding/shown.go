package finding

import (
	"path"
	"strings"
	"unicode"

	"github.com/dappcore/core-dev/inventory/finding/pattern"
)

var (
	adverb = `(?:lastly|finally|also|additionally|furthermore|moreover|besides|in addition|last but not least|first(?:ly)?|second(?:ly)?|third(?:ly)?|next|last)`
	leadIn = pattern.New(`(?i)^(?:` + adverb + `\b,?\s+)?(?:and\s+)?(?:(?:a|an|one|another|one more|the)\s+)(?:(?:small|smaller|minor|tiny|little|last|final|other|quick|more)\s+)*(?:thing|nit|nitpick|point|note|remark|detail|matter)\s*(?:\([^()]{0,24}\))?\s*(?::|[–—]|-\s)\s*|^` + adverb + `,\s+`)
	dashed = pattern.New(`[–—]\s*$|\s-\s*$|[)\]]\s*[:–—-]?\s*$`)
)

// shown is a title as a person would write it: without the phrase that leads to
// it ("Lastly, a small thing:"), and without the folders of the file it begins
// with; the places of a finding are told beside it.
func shown(t string) string {
	if short := strings.TrimSpace(leadIn.ReplaceAllString(t, "")); wordsOf(short, 3) > 2 {
		t = short
	}
	m := leadingPlace.FindString(t)
	if m == "" || len(m) == len(t) || !strings.ContainsAny(m[len(m)-1:], " )],:.-") && !strings.HasSuffix(m, "–") && !strings.HasSuffix(m, "—") {
		return t
	}
	rest := strings.TrimSpace(t[len(m):])
	if dashed.MatchString(m) && wordsOf(rest, 4) > 3 {
		return rest
	}
	file := strings.TrimLeftFunc(m, func(c rune) bool { return c == '(' || c == '[' || unicode.IsSpace(c) })
	end := strings.IndexAny(file, " )],") // a name may hold dots and brackets of its own, not these
	if end < 0 {
		return t
	}
	name := strings.TrimRight(file[:end], ":.")
	return path.Base(name) + t[len(m)-len(file)+len(name):]
}

var (
	release = pattern.New(`^[>=≥^~\sv]*(\d+(?:\.\d+)+[\w.+-]*(?:\s*(?:,|/|\bor\b|\band\b)\s*v?\d+(?:\.\d+)+[\w.+-]*)*)$`)
	advises = pattern.New(`(?i)^(?:please\s+|instead,?\s+|better:?\s+|rather\s+)?(?:(?:use|upgrade|update|replace|add|move|validate|consider|prefer|switch|remove|delete|drop|rename|rotate|revoke|escape|encode|encrypt|sanitise|sanitize|verify|ensure|make sure|refuse|reject|restrict|limit|pin|bump|wrap|return|recover|split|extract|introduce|require|avoid|store|hash|sign|guard|set|enable|disable|document|write|read|take|pass|bind|check|compare|call|close|resolve|map|keep|put|run|let|give|do not|don't|never)\s+(?:[^\s:]+)|needs?\s+(?:a|an|to|the)\b)`)
	nounUse = pattern.New(`(?i)^\S+\s+(?:of|is|are|was|were|has|have|does|do|can|cannot|will|in|on|for)\b`)
	ought   = pattern.New(`(?i)\b(?:should|must|ought to)\b`)
)

// fix is the auditor's recommendation: the one with that name, else the advice
// that the description ends with.
func (r *reader) fix(f record) string {
	if m := release.FindStringSubmatch(f.Fix); m != nil {
		return "Upgrade to " + m[1] + "."
	}
	if f.Fix != "" {
		return f.Fix
	}
	all := r.sentences(f.whole)
	from, to := len(all), len(all)
	for k := len(all) - 1; k > 0; k-- {
		s := strings.TrimSpace(all[k])
		if advice(s) {
			from = k
			continue
		}
		if from == to && r.rates(s) {
			from, to = k, k
			continue
		}
		break
	}
	return cut(oneLine(strings.Join(all[from:to], " ")), 4000)
}

func advice(s string) bool {
	return advises.MatchString(s) && !nounUse.MatchString(s) || ought.MatchString(s)
}

// rates tells whether a sentence says nothing but a severity or another named
// part.
func (r *reader) rates(s string) bool {
	return fieldKey.MatchString(s) || alone.MatchString(s) || wordsOf(s, 7) < 7 && r.told(s) != ""
}
