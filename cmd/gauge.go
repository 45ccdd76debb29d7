package cmd

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/dappcore/core-dev/internal/terminal"
	"github.com/dappcore/core-dev/orchestrator"
)

// gauge shows on standard error how far an apply is: on a terminal one line,
// written anew in its place, elsewhere a plain line now and then. The nil gauge
// shows nothing.
type gauge struct {
	to    io.Writer
	flush func()
	width int // cells of the terminal; 0: not one
	drawn bool

	last orchestrator.Progress // that was printed on a line of its own
}

const (
	lineLeast = 10 * time.Second // between two plain lines
	lineMost  = time.Minute      // after which one comes, however little was done
)

// gauge is this command's; none with --json, where standard error is the
// error's own.
func (a *app) gauge() *gauge {
	if a.opt.json {
		return nil
	}
	g := &gauge{to: a.errw, flush: a.flush, last: orchestrator.Progress{At: a.now()}}
	if f, ok := a.errw.(*os.File); ok && !a.opt.headless {
		g.width = terminal.Of(f, a.env).Width
	}
	return g
}

// clear takes the line off the terminal, so that something else can be printed.
func (g *gauge) clear() {
	if g != nil && g.drawn {
		fmt.Fprint(g.to, "\r\x1b[K")
		g.drawn = false
	}
}

// show tells how far it is after a step, or while it waits.
func (g *gauge) show(e orchestrator.Event) {
	if g == nil || e.Progress.Of == 0 {
		return
	}
	p := e.Progress
	text := p.String()
	if hold := heldUntil(e); !hold.IsZero() {
		text += ", waits until " + hold.UTC().Format("15:04:05Z")
	}
	if g.width > 0 {
		if p.Done < p.Of {
			g.flush()
			fmt.Fprint(g.to, "\r\x1b[K"+terminal.Truncate(text, g.width-1))
			g.drawn = true
		}
		return
	}
	// Few lines: the first after a while, then one for each tenth or minute.
	gone := p.At.Sub(g.last.At)
	if p.Done == p.Of || gone < lineLeast || gone < lineMost && 10*(p.Done-g.last.Done) < p.Of {
		return
	}
	g.last = p
	g.flush() // what was printed before stands before
	fmt.Fprintln(g.to, "core: "+text)
}

// heldUntil is until when an apply does nothing; zero: it goes on.
func heldUntil(e orchestrator.Event) time.Time {
	if e.Outcome == orchestrator.Waiting {
		return e.Until
	}
	return e.Progress.Held
}
