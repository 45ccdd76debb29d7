package audit

import (
	_ "embed"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

//go:embed issue.md
var issueText string

//go:embed closing.txt
var closingText string

//go:embed nothing.txt
var nothingText string

// The runes that a part of an issue's body may have; together they stay far
// below the 65,536 characters GitHub takes.
const (
	textRunes = 8_000
	fixRunes  = 4_000
	titleMost = 120
)

func makeIssue(plan *flows.Plan, repo *inventory.Repo, f found, also []string) {
	labels := f.labels(also)
	plan.NeedLabels(repo, labels)
	why := fmt.Sprintf("a finding of %s: %s, %s", f.audit.Ref.From(repo.Ref), f.Severity, f.Type)
	if len(f.stale) > 0 {
		why += "; stale? " + strings.Join(f.stale, ", ") + " is gone"
	}
	plan.Add(flows.Step{Reason: why, Effect: flows.MakeIssue{
		Repo: repo.Ref, Title: title(f.Type, f.where(repo.Ref), f.Title), Body: f.body(repo.Ref), Labels: labels, Mark: f.mark,
		Newest: repo.Details.Newest, Sources: []flows.Source{{Issue: f.audit.Ref, Edited: f.audit.EditedAt}},
	}})
}

// labels are severity, type, scope, complexity, what the category adds, and
// those of every issue (spec/2-flows "Stage 1", the category map).
func (f found) labels(also []string) []string {
	labels := []string{string(f.Severity), f.Type}
	add := func(l string) {
		if !slices.Contains(labels, l) {
			labels = append(labels, l)
		}
	}
	switch f.Category {
	case "input-validation":
		add("security")
		add("quality")
	case "race-condition":
		add("security")
		add("performance")
	}
	add(f.Scope)
	add("complexity:" + f.Complexity)
	for _, l := range also {
		add(l)
	}
	if len(f.stale) > 0 {
		add("stale?")
	}
	return labels
}

// where names the place in an issue's title: the package of the finding, or
// what it is about where it names none.
func (f found) where(home inventory.RepoRef) string {
	dirs := packages(f.Finding.Locations)
	switch {
	case len(dirs) > 1:
		return "framework"
	case len(dirs) == 1 && dirs[0] != ".":
		return path.Base(dirs[0])
	case len(dirs) == 1:
		base := path.Base(f.Locations[0].Path)
		if stem := strings.TrimSuffix(base, path.Ext(base)); stem != "" {
			return stem
		}
		return base
	}
	return home.Name
}

var unsafeScope = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[^\pL\pN._/-]+`) })

// title is "type(scope): short description". It must never be taken for an
// audit's own.
func title(kind, scope, text string) string {
	scope = strings.Trim(unsafeScope().ReplaceAllString(scope, "-"), "-")
	if scope == "" {
		scope = "repo"
	}
	full := flows.OneLine(fmt.Sprintf("%s(%s): %s", kind, scope, withoutScope(scope, text)), titleMost)
	for inventory.IsAuditTitle(full) {
		full = strings.ReplaceAll(strings.ReplaceAll(full, "[Audit]", "(Audit)"), "audit:", "audit -")
	}
	return full
}

// withoutScope is a title without the file it begins with, where the scope names
// that file already.
func withoutScope(scope, text string) string {
	file, rest, ok := strings.Cut(text, " ")
	file = strings.TrimSuffix(file, ":")
	if ok && path.Ext(file) != "" && (file == scope || strings.TrimSuffix(file, path.Ext(file)) == scope) {
		return rest
	}
	return text
}

func (f found) body(home inventory.RepoRef) string {
	places := "The audit names no place."
	if len(f.Locations) > 0 {
		var b strings.Builder
		for _, l := range f.Locations {
			b.WriteString("- " + flows.Code(l.Path, l.Line))
			if slices.Contains(f.stale, l.Path) {
				b.WriteString(" (gone from the default branch: is this still so?)")
			}
			b.WriteByte('\n')
		}
		places = strings.TrimSpace(b.String())
	}
	text := f.Text
	if strings.TrimSpace(text) == "" {
		text = f.Evidence
	}
	fix := flows.HarmlessBlock(f.Fix, fixRunes)
	if fix == "" {
		fix = fixes[f.Category]
	}
	return strings.NewReplacer(
		"{parent}", inventory.ParentAuditLine(f.audit.Ref, home), "{finding}", flows.HarmlessBlock(text, textRunes),
		"{places}", places, "{fix}", fix, "{proof}", proofs[f.Type], "{mark}", f.mark.String(),
	).Replace(strings.TrimSpace(issueText))
}

// fixes are said where the auditor recommends nothing.
var fixes = map[string]string{
	"owasp":            "Close the hole at its root, and look for the same in the code around it.",
	"error-handling":   "Handle the error or return it with what was being done; never drop it.",
	"test-coverage":    "Write the tests that are missing.",
	"performance":      "Measure, mend what costs most, and measure again.",
	"complexity":       "Split what does several things, keeping its behaviour.",
	"documentation":    "Write down what is missing.",
	"input-validation": "Check the input where it enters, and refuse what is not allowed.",
	"race-condition":   "Guard the shared state, and prove it under the race detector or a test of its own.",
	"other":            "Mend what is described above.",
}

// proofs are the acceptance criteria of a type of finding.
var proofs = map[string]string{
	"security":    "A test shows that it cannot be misused any more",
	"quality":     "The behaviour is the same but for what is described above, and the tests show it",
	"performance": "A benchmark shows the difference",
	"testing":     "The new tests fail when what they test is broken",
	"docs":        "The text says what the code does",
}

// closing is what is said on an audit, why it is closed, and the rule. It rests on
// this audit alone: what is said must be the same when others have ended. That a
// framework issue came of it, too, shows in the issue's timeline.
func closing(r reading) (text, reason, why string) {
	if len(r.found) == 0 {
		return strings.TrimSpace(nothingText), "not_planned", "no actionable finding: not applicable"
	}
	refs := make([]string, len(r.found))
	for k, f := range r.found {
		refs[k] = f.issue.Ref.From(r.audit.Ref.Repo)
	}
	text = strings.NewReplacer("{count}", plural(len(refs), "issue"), "{issues}", strings.Join(refs, ", ")).Replace(strings.TrimSpace(closingText))
	return text, "completed", "every finding has its issue: " + strings.Join(refs, ", ")
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
