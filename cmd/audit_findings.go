package cmd

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dappcore/core-dev/internal/agents/classifier"
	"github.com/dappcore/core-dev/internal/terminal"
	"github.com/dappcore/core-dev/inventory/finding"
)

// findingsShape is what "core dev audit findings --json" prints.
type findingsShape struct {
	Version  int               `json:"version"`
	Findings []finding.Finding `json:"findings"`
}

func newAuditFindings(a *app) *cobra.Command {
	var title string
	c := &cobra.Command{
		Use:   "findings [FILE|-]",
		Short: "List the findings in the body of an audit issue",
		Long: `Reads the body of an audit issue (standard input, or a file) and lists what the
auditor found: title, severity, type, scope, complexity and places. Needs no
GitHub and no .core/, and sends nothing.

A severity in the issue's title, as in "[Audit] [High] Sessions", is that of
every finding without one of its own: give the title with --title.

With the setting "classifier: command" the program of classifier_command reads
the body instead, without any token, and must answer as "core dev schema
classifier" describes; when it fails, the built-in rules answer and a note on
standard error says why.`,
		Example: "  gh issue view 35 --json body --jq .body | core dev audit findings\n  core dev audit findings body.md --title '[Audit] [High] Sessions' --json",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			body, err := a.readBody(c.Context(), args)
			if err != nil {
				return err
			}
			list, err := a.findings(c.Context(), title, string(body))
			if err != nil {
				return err
			}
			return a.printFindings(list)
		},
	}
	c.Flags().StringVar(&title, "title", "", "the issue's title")
	return c
}

// findings are what the built-in rules, or the classifier of the settings,
// find in an audit's body. Why a classifier was not heeded stands on standard
// error.
func (a *app) findings(ctx context.Context, title, body string) ([]finding.Finding, error) {
	conf, err := a.config()
	if err != nil {
		return nil, err
	}
	if conf.Classifier != "command" {
		return finding.Read(title, body), nil
	}
	list, note := classifier.Command{Args: conf.ClassifyWith}.Read(ctx, title, body)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if note != "" {
		fmt.Fprintln(a.errw, terminal.Clean(note))
	}
	return list, nil
}

func (a *app) printFindings(list []finding.Finding) error {
	if a.opt.json {
		return a.printJSON(findingsShape{shapeVersion, list})
	}
	if len(list) == 0 {
		fmt.Fprintln(a.out, "no findings")
		return nil
	}
	counts := make([]int, len(finding.Severities))
	t := a.table("SEVERITY", "TYPE", "SCOPE", "SIZE", "TITLE", "WHERE")
	for _, f := range list {
		counts[f.Severity.Rank()]++
		t.Row(string(f.Severity), f.Type, f.Scope, f.Complexity, terminal.Clean(f.Title), terminal.Clean(places(f.Locations)))
	}
	t.Flush()
	var parts []string
	for k, n := range counts {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, finding.Severities[k]))
		}
	}
	fmt.Fprintf(a.out, "\n%s: %s\n", count(len(list), "finding"), strings.Join(parts, ", "))
	return nil
}

// places is the first place and how many more there are.
func places(list []finding.Location) string {
	if len(list) == 0 {
		return "-"
	}
	text := list[0].Path
	if list[0].Line > 0 {
		text = fmt.Sprintf("%s:%d", text, list[0].Line)
	}
	if len(list) > 1 {
		text += fmt.Sprintf(" and %d more", len(list)-1)
	}
	return text
}
