package flows

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"github.com/dappcore/core-dev/inventory"
)

// InterventionLabel keeps a pull request for a person: nothing is merged that bears it.
const InterventionLabel = inventory.InterventionLabel

// known are the labels that flows put on, with colours that never change.
var known = map[string]struct{ color, about string }{
	"critical":          {"b60205", "severity: mend it at once"},
	"high":              {"d93f0b", "severity: mend it soon"},
	"medium":            {"fbca04", "severity: mend it in turn"},
	"low":               {"0e8a16", "severity: mend it when there is time"},
	"security":          {"ee0701", "what somebody could misuse"},
	"quality":           {"5319e7", "how the code is built"},
	"performance":       {"f9a03f", "how fast it is and what it takes"},
	"testing":           {"1d76db", "what the tests do not see"},
	"docs":              {"0075ca", "what is not written down"},
	"single-file":       {"c5def5", "scope: one file"},
	"package":           {"bfd4f2", "scope: one package"},
	"framework":         {"0052cc", "scope: several packages"},
	"complexity:small":  {"c2e0c6", "an hour or so"},
	"complexity:medium": {"fef2c0", "a day or so"},
	"complexity:large":  {"f9d0c4", "more than a day"},
	"audit":             {"6f42c1", "found by an audit"},
	"agentic":           {"8250df", "worked on by agents"},
	"stale?":            {"d4c5f9", "the place it names is gone"},
}

// NeedLabels adds a step for every label of these that a repository lacks.
// What is compared is the name without regard to case, as GitHub does.
func (p *Plan) NeedLabels(repo *inventory.Repo, names []string) {
	for _, name := range names {
		if repo.Details != nil && slices.ContainsFunc(repo.Details.Labels, func(l string) bool { return strings.EqualFold(l, name) }) {
			continue
		}
		if slices.ContainsFunc(p.Steps, func(s Step) bool {
			m, ok := s.Effect.(MakeLabel)
			return ok && m.Repo.Same(repo.Ref) && strings.EqualFold(m.Name, name)
		}) {
			continue
		}
		l, ok := known[name]
		if !ok {
			l.color = colorOf(name)
		}
		if lang, ok := strings.CutPrefix(name, "lang:"); ok {
			l.about = "written in " + lang
		}
		p.Add(Step{Reason: repo.Ref.String() + " has no label of that name", Effect: MakeLabel{Repo: repo.Ref, Name: name, Color: l.color, About: l.about}})
	}
}

// colorOf is a label's colour by its name alone, so that it is the same in
// every repository; none is too dark to be read on.
func colorOf(name string) string {
	h := sha256.Sum256([]byte(strings.ToLower(name)))
	return fmt.Sprintf("%02x%02x%02x", 128+h[0]/2, 128+h[1]/2, 128+h[2]/2)
}
