package cmd

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dappcore/core-dev/inventory"
)

func newInventory(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "inventory",
		Short: "Every repository: open, audits, epics, stage, tier, READY",
		Long: `Lists the fleet in the order it is worked through: tier, then open issues.

  stage  audit: open audit issues; organise: open issues without a running epic;
         executing: a running epic; direct: all that is open was dispatched; idle
  RDY    children that could be dispatched now
  TODAY  dispatched today, by dispatch.log and by what was seen on GitHub

A terminal too narrow for all of it shows fewer columns; a pipe gets them all.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			l, err := a.look(c.Context())
			if err != nil {
				return err
			}
			defer a.printStats(c.Context())
			if a.opt.json {
				return a.printJSON(shapeInventory(&l.fleet, &l.snap))
			}
			a.printInventory(l)
			return nil
		},
	}
}

func (a *app) printInventory(l *look) {
	t := a.table("REPO", "#OPEN", "#AUDIT", "EPICS", "#PR", "BRANCH", "LANG", "STAGE", "#TIER", "#RDY", "#TODAY")
	for _, r := range l.fleet.Rows {
		if r.Repo.Problem != nil && r.Repo.ReadAt.IsZero() {
			t.Row(a.repoName(l, r.Repo.Ref), "-", "-", "-", "-", "-", "-", r.Repo.Problem.Message, "-", "-", "-")
			continue
		}
		t.Row(a.repoName(l, r.Repo.Ref), strconv.Itoa(r.Repo.OpenIssues), dash(len(r.Audits)), epicNumbers(r.Epics), dash(r.Repo.OpenPulls),
			r.Repo.DefaultBranch, r.Language, stageWord(r), dash(r.Tier), dash(r.Ready), dash(r.Dispatched))
	}
	t.Flush()
	a.noteProblems(l)
}

// noteProblems tells on standard error which repositories could not be read.
func (a *app) noteProblems(l *look) {
	for _, r := range l.fleet.Rows {
		if p := r.Repo.Problem; p != nil {
			text := strings.TrimPrefix(p.Message, r.Repo.Ref.String()+" ")
			if p.Hint != "" {
				text += "; " + p.Hint
			}
			if !r.Repo.ReadAt.IsZero() {
				text += fmt.Sprintf(" (shown: data %s old)", age(a.now().Sub(r.Repo.ReadAt)))
			}
			a.notice("%s: %s", r.Repo.Ref, text)
		}
	}
}

// repoName is the short name where all are of one owner.
func (a *app) repoName(l *look, ref inventory.RepoRef) string {
	for _, r := range l.snap.Repos {
		if r.Ref.Owner != ref.Owner {
			return ref.String()
		}
	}
	return ref.Name
}

func epicNumbers(list []int) string {
	if len(list) == 0 {
		return "-"
	}
	var parts []string
	for k := 0; k < len(list); {
		j := k
		for j+1 < len(list) && list[j+1] == list[j]+1 {
			j++
		}
		switch {
		case j-k >= 2:
			parts = append(parts, fmt.Sprintf("#%d-#%d", list[k], list[j]))
		default:
			for _, n := range list[k : j+1] {
				parts = append(parts, "#"+strconv.Itoa(n))
			}
		}
		k = j + 1
	}
	if len(parts) > 6 {
		parts = append(parts[:6], "...")
	}
	return strconv.Itoa(len(list)) + " (" + strings.Join(parts, ",") + ")"
}

func dash(n int) string {
	if n == 0 {
		return "-"
	}
	return strconv.Itoa(n)
}
