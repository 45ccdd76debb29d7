package epic

import (
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

//go:embed epic.md
var epicText string

// titleRunes bounds a child's title on the checklist: a hundred of them stay
// far below the 65,536 characters of a body.
const titleRunes = 200

func (g group) title() string {
	text := map[string]string{
		auditor: "Audit findings implementation", "security": "Security improvements", "quality": "Code quality",
		"testing": "Test coverage", "docs": "Documentation", "performance": "Performance", general: "Open issues",
	}[g.theme]
	if text == "" {
		text = string(unicode.ToUpper([]rune(g.theme)[0])) + string([]rune(g.theme)[1:])
	}
	switch {
	case g.further:
		text += fmt.Sprintf(" (part %d)", g.part)
	case g.parts > 1:
		text += fmt.Sprintf(" (%d of %d)", g.part, g.parts)
	}
	return flows.OneLine("epic("+g.theme+"): "+text, 200)
}

// mark knows the epic again; home is the repository it is made in.
func (g group) mark(home inventory.RepoRef) inventory.Mark {
	return inventory.NewMark(inventory.MarkEpic, home.Key(), g.theme, fmt.Sprint(g.part))
}

// body is the epic's text, its checklist by phases.
func (g group) body(home inventory.RepoRef, host string) string {
	var list strings.Builder
	order := make([]int, len(g.members))
	for k := range order {
		order[k] = k
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(gravity(g.members[a].issue), gravity(g.members[b].issue)) })
	head := headings(g.members)
	for p := range head {
		begun := false
		for _, k := range order {
			m := g.members[k]
			if g.at[k] != p {
				continue
			}
			if !begun {
				fmt.Fprintf(&list, "### %s\n\n", head[p])
				begun = true
			}
			fmt.Fprintf(&list, "- [ ] %s - %s\n", m.issue.Ref.From(home), flows.HarmlessWithin(m.issue.Title, titleRunes))
		}
		if begun {
			list.WriteByte('\n')
		}
	}
	return strings.NewReplacer(
		"{overview}", g.overview(home, host), "{children}", strings.TrimSpace(list.String()), "{mark}", g.mark(home).String(),
	).Replace(strings.TrimSpace(epicText))
}

// overview says where the children came from: how many of them from which audits.
func (g group) overview(home inventory.RepoRef, host string) string {
	text := fmt.Sprintf("%d issues", len(g.members))
	var from int
	var refs []string
	for _, m := range g.members {
		a, ok := inventory.ParentAudit(m.issue.Body, home, host)
		if !ok {
			continue
		}
		from++
		if ref := a.From(home); !slices.Contains(refs, ref) {
			refs = append(refs, ref)
		}
	}
	if len(refs) > 20 {
		refs = append(refs[:20], "others")
	}
	if from > 0 {
		text += fmt.Sprintf(", %d of them from the audits %s", from, strings.Join(refs, ", "))
	}
	return text + ". A phase opens when every child of the phases before it is closed; their order in a phase is by severity and does not bind."
}

// gravity orders children of one phase: critical first, what says nothing last.
func gravity(i *inventory.Issue) int {
	for k, s := range []string{"critical", "high", "medium", "low"} {
		if i.HasLabel(s) {
			return k
		}
	}
	return 4
}
