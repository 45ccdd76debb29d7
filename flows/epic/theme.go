package epic

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/dappcore/core-dev/inventory"
)

// Theme is a subject that issues are grouped by: the labels that put an issue
// into it, which as words of its title do so too.
type Theme struct {
	Name  string
	Words []string
}

// general is the theme of what no other takes.
const general = "general"

// subject is what an issue is about: one of the themes, or for a feature its
// subsystem.
type subject struct {
	theme   string
	feature bool
}

var conventional = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^\s*([A-Za-z]+)\s*(?:\(([^()]{1,60})\))?\s*!?:\s*(.*)$`)
})

// kinds are the types of conventional titles, as themes.
var kinds = map[string]string{
	"sec": "security", "security": "security",
	"test": "testing", "tests": "testing", "testing": "testing",
	"doc": "docs", "docs": "docs",
	"perf": "performance", "performance": "performance",
	"fix": "quality", "refactor": "quality", "style": "quality", "chore": "quality", "quality": "quality", "build": "quality", "ci": "quality", "lint": "quality",
}

// subjectOf reads it from the labels first, then from the title: a feature by
// its scope, the type of a conventional title, the themes' own words.
func subjectOf(i *inventory.Issue, themes []Theme) subject {
	for _, t := range themes {
		for _, w := range t.Words {
			if i.HasLabel(w) {
				return subject{theme: t.Name}
			}
		}
	}
	kind, scope, rest := "", "", i.Title
	if m := conventional().FindStringSubmatch(i.Title); m != nil {
		kind, scope, rest = strings.ToLower(m[1]), strings.ToLower(strings.TrimSpace(m[2])), m[3]
	}
	if inventory.IsFeature(i.Title) || i.HasLabel("enhancement") || i.HasLabel("feature") {
		switch scope {
		case "", auditor, general: // no subsystem, or no theme of features
			scope = "features"
		}
		return subject{theme: scope, feature: true}
	}
	has := func(name string) bool {
		return slices.ContainsFunc(themes, func(t Theme) bool { return t.Name == name })
	}
	if t, ok := kinds[kind]; ok && t != "quality" && has(t) {
		return subject{theme: t}
	}
	words := strings.FieldsFunc(strings.ToLower(rest), func(r rune) bool { return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-') })
	for _, t := range themes {
		for _, w := range t.Words {
			if slices.Contains(words, strings.ToLower(w)) {
				return subject{theme: t.Name}
			}
		}
	}
	if t, ok := kinds[kind]; ok && has(t) {
		return subject{theme: t}
	}
	return subject{theme: general}
}

// apart tells whether a feature has no place in an epic made from audits: nobody
// found it there, and it waits for the owner's word, on which the others would
// wait. one: that epic is the only one, and of no theme.
func (m member) apart(one bool) bool {
	return !m.audited && (m.feature || one && inventory.IsFeature(m.issue.Title))
}

// labelOf is the label that marks a theme; false for one made up from a scope.
func labelOf(theme string, themes []Theme) (string, bool) {
	for _, t := range themes {
		if t.Name == theme && len(t.Words) > 0 {
			return t.Words[0], true
		}
	}
	return "", false
}

// scopeOf is the scope a conventional title names; empty where it names none.
func scopeOf(i *inventory.Issue) string {
	if m := conventional().FindStringSubmatch(i.Title); m != nil {
		return strings.ToLower(strings.TrimSpace(m[2]))
	}
	return ""
}
