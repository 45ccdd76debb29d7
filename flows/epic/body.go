package epic

import (
	_ "embed"
	"fmt"
	"strings"
	"unicode"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

//go:embed epic.md
var epicText string

// titleRunes bounds a child's title on the checklist: a hundred of them stay
// far below the 65,536 characters of a body.
const titleRunes = 120

func (g group) title() string {
	text := map[string]string{
		auditor: "Audit findings implementation", "security": "Security improvements", "quality": "Code quality",
		"testing": "Test coverage", "docs": "Documentation", "performance": "Performance", general: "Open issues",
	}[g.theme]
	if text == "" {
		text = string(unicode.ToUpper([]rune(g.theme)[0])) + string([]rune(g.theme)[1:])
	}
	if g.parts > 1 {
		text += fmt.Sprintf(" (%d of %d)", g.part, g.parts)
	}
	return flows.OneLine("epic("+g.theme+"): "+text, 200)
}

// mark knows the epic again; home is the repository it is made in.
func (g group) mark(home inventory.RepoRef) inventory.Mark {
	return inventory.NewMark(inventory.MarkEpic, home.Key(), g.theme, fmt.Sprint(g.part))
}

// body is the epic's text, its checklist by phases.
func (g group) body(home inventory.RepoRef, audits []inventory.Ref) string {
	var list strings.Builder
	head, at := headings(g.members), phases(g.members)
	for p := range head {
		begun := false
		for k, m := range g.members {
			if at[k] != p {
				continue
			}
			if !begun {
				fmt.Fprintf(&list, "### %s\n\n", head[p])
				begun = true
			}
			fmt.Fprintf(&list, "- [ ] %s - %s\n", m.issue.Ref.From(home), flows.Harmless(m.issue.Title, titleRunes))
		}
		if begun {
			list.WriteByte('\n')
		}
	}
	return strings.NewReplacer(
		"{overview}", g.overview(audits, home), "{children}", strings.TrimSpace(list.String()), "{mark}", g.mark(home).String(),
	).Replace(strings.TrimSpace(epicText))
}

func (g group) overview(audits []inventory.Ref, home inventory.RepoRef) string {
	text := fmt.Sprintf("%d issues", len(g.members))
	if len(audits) > 0 {
		refs := make([]string, 0, len(audits))
		for k, a := range audits {
			if k == 20 {
				refs = append(refs, "and others")
				break
			}
			refs = append(refs, a.From(home))
		}
		text += " from the audits " + strings.Join(refs, ", ")
	}
	return text + ". A phase opens when every child of the phases before it is closed; their order in a phase does not matter."
}
