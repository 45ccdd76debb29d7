package cmd

import (
	"fmt"
	"os"

	"github.com/mattn/go-isatty"

	"github.com/dappcore/core-dev/internal/github"
)

// isTerminal tells whether an output is a terminal.
func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}

// asks tells whether there is somebody to ask.
func (a *app) asks() bool { return isTerminal(a.in) && a.onTerminal }

// progress shows how far a long read is, on a terminal only, on one line of
// standard error.
func (a *app) progress() func(github.Progress) {
	if !isTerminal(a.errw) || a.opt.headless {
		return nil
	}
	return func(p github.Progress) {
		fmt.Fprintf(a.errw, "\r\x1b[Kreading %d of %s, %s", p.Repos, repositories(p.Of), count(p.Issues, "issue"))
	}
}

func (a *app) progressDone() {
	if isTerminal(a.errw) && !a.opt.headless {
		fmt.Fprint(a.errw, "\r\x1b[K")
	}
}
