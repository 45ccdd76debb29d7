package cmd

import (
	"fmt"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/internal/terminal"
	"github.com/dappcore/core-dev/orchestrator"
)

// mostSteps is how many steps a brief apply prints a line each of.
const mostSteps = 20

// brief counts the steps that were done as they were to be: all else has its line.
type brief struct {
	of   int
	done orchestrator.Approval
	gone []string // children that were dispatched
}

// takes counts a step; false: it is to be printed. The nil brief counts none.
func (b *brief) takes(e orchestrator.Event) bool {
	if b == nil || e.Outcome != orchestrator.Done {
		return false
	}
	if b.done.Steps == nil {
		b.done.Steps = map[string]int{}
	}
	b.done.Steps[e.Step.Effect.Kind()]++
	if l, ok := e.Step.Effect.(flows.AddLabel); ok && l.Spends {
		b.gone = append(b.gone, l.Target())
	}
	return true
}

// tellBrief prints what a brief apply came to.
func (a *app) tellBrief(d *delivery) {
	n := 0
	for _, k := range d.brief.done.Steps {
		n += k
	}
	switch {
	case a.opt.json || n == 0:
	case n < d.brief.of:
		fmt.Fprintf(a.out, "  %d of %d steps done: %s\n", n, d.brief.of, kinds(d.brief.done))
	default:
		fmt.Fprintf(a.out, "  %d steps done: %s\n", n, kinds(d.brief.done))
	}
	if !a.opt.json && len(d.brief.gone) > 0 {
		fmt.Fprintf(a.out, "  dispatched: %s\n", terminal.Clean(shorten(d.brief.gone, 12)))
	}
}
