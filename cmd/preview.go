package cmd

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/internal/terminal"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
)

const (
	// mostLines is how many steps and omissions a preview lists one by one, all
	// plans of a proposal together: about two screens.
	mostLines = 60
	// fewLines is how many a plan may have to be listed whole all the same.
	fewLines = 4
	// fewReasons is how many reasons for what a plan leaves out are shown in short.
	fewReasons = 8
	// manyPlans is from how many plans on a short preview shows one step of each.
	manyPlans = 12
)

// printPlans is the preview of a proposal. One of more than mostLines is shown in
// short, by plan and kind, unless it shall be full; short tells that it was.
func (a *app) printPlans(l *look, p orchestrator.Proposal, full bool) (short bool) {
	lines := 0
	for _, plan := range p.Plans {
		lines += len(plan.Steps) + len(plan.Skipped)
	}
	short = !full && lines > mostLines
	shown := fewLines - 1
	if len(p.Plans) >= manyPlans {
		shown = 1
	}
	list := p.Plans
	if short {
		list = together(p.Plans)
	}
	for _, plan := range list {
		if short && len(plan.Steps)+len(plan.Skipped) > fewLines {
			a.printShort(plan, shown)
		} else {
			a.printPlan(l, plan)
		}
	}
	if short {
		c := p.Cost()
		fmt.Fprintf(a.out, "in all %s of %s: %s; %s, %s\n", count(steps(p.Plans), "step"), count(len(p.Plans), "plan"), kinds(orchestrator.Approve(p.Plans)), tasksWord(c.Tasks), count(c.Requests, "request"))
		fmt.Fprintln(a.out, "shown in short: --dry-run --full lists every step, --json has them all")
	}
	return short
}

// together makes one of the plans that one flow has in one repository, for a
// preview in short: an undo of a run has one for each of its rounds.
func together(plans []flows.Plan) []flows.Plan {
	var out []flows.Plan
	at, n := map[string]int{}, map[string]int{}
	for _, p := range plans {
		key := p.Flow + " " + where(p)
		n[key]++
		k, ok := at[key]
		if !ok {
			at[key] = len(out)
			p.Steps, p.Skipped = slices.Clone(p.Steps), slices.Clone(p.Skipped)
			out = append(out, p)
			continue
		}
		out[k].Steps, out[k].Skipped = append(out[k].Steps, p.Steps...), append(out[k].Skipped, p.Skipped...)
		out[k].Cost.Add(p.Cost)
		out[k].Target = count(n[key], "plan")
	}
	return out
}

func steps(plans []flows.Plan) int {
	n := 0
	for _, p := range plans {
		n += len(p.Steps)
	}
	return n
}

func tasksWord(n int) string {
	if n == 0 {
		return "costs no task"
	}
	return count(n, "task")
}

// printShort is a plan by kind, with its first steps, and what it leaves out by
// reason.
func (a *app) printShort(p flows.Plan, shown int) {
	target := p.Target
	if at := where(p); at != "" && !strings.HasPrefix(p.Target, at) { // an undo's is the plan it takes back
		target += " in " + at
	}
	fmt.Fprintf(a.out, "%s %s: preview, nothing sent yet\n", p.Flow, terminal.Clean(target))
	if len(p.Steps) == 0 {
		fmt.Fprintln(a.out, "nothing to do")
	} else {
		fmt.Fprintf(a.out, "%s, %s, %s: %s\n", count(len(p.Steps), "step"), tasksWord(p.Cost.Tasks), count(p.Cost.Requests, "request"), kinds(orchestrator.Approve([]flows.Plan{p})))
	}
	t := a.table()
	for k, s := range p.Steps[:min(len(p.Steps), shown)] {
		t.Row(fmt.Sprintf("%3d", k+1), s.Effect.Kind(), s.Effect.Target(), s.Effect.Detail())
	}
	t.Flush()
	if more := len(p.Steps) - shown; more > 0 {
		fmt.Fprintf(a.out, "     and %d more\n", more)
	}
	home, _ := inventory.ParseRepo(where(p), "")
	left := reasons(p.Skipped, home)
	for _, line := range left[:min(len(left), fewReasons)] {
		fmt.Fprintln(a.out, "  skipped "+terminal.Truncate(a.placed(line), 200))
	}
	if more := len(left) - fewReasons; more > 0 {
		fmt.Fprintf(a.out, "  skipped for %s more\n", count(more, "reason"))
	}
}

// where is the repository that most of a plan's steps are about; empty: none is.
func where(p flows.Plan) string {
	n := map[string]int{}
	best := ""
	for _, s := range p.Steps {
		repo, _, _ := strings.Cut(s.Effect.Target(), "#")
		if n[repo]++; best == "" || n[repo] > n[best] {
			best = repo
		}
	}
	if best == "" && len(p.Skipped) > 0 {
		best, _, _ = strings.Cut(p.Skipped[0].Target, "#")
	}
	return best
}

// kinds lists the steps of an approval, the most frequent kind first.
func kinds(s orchestrator.Approval) string {
	names := make([]string, 0, len(s.Steps))
	for k := range s.Steps {
		names = append(names, k)
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(s.Steps[b], s.Steps[a]), strings.Compare(a, b))
	})
	for k, n := range names {
		names[k] = fmt.Sprintf("%d %s", s.Steps[n], n)
	}
	return strings.Join(names, ", ")
}
