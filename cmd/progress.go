package cmd

import (
	"fmt"
	"os"
	"time"

	"github.com/mattn/go-isatty"

	"github.com/dappcore/core-dev/internal/github"
	"github.com/dappcore/core-dev/internal/terminal"
)

// isTerminal tells whether an output is a terminal.
func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}

// asks tells whether there is somebody to ask.
func (a *app) asks() bool { return isTerminal(a.in) && a.onTerminal }

// dumb tells of a terminal that cannot place a cursor.
func (a *app) dumb() bool {
	term, _ := a.env("TERM")
	return term == "dumb"
}

// reading says on a terminal what is read now, until progress has more to say.
func (a *app) reading(what string) {
	if isTerminal(a.errw) && !a.opt.headless {
		fmt.Fprintf(a.errw, "\r\x1b[Kreading %s", terminal.Clean(what))
	}
}

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

// tellRetry says on standard error, terminal or not, that GitHub does not answer
// and is asked again; with --json standard error is the error's own.
func (a *app) tellRetry(why string, in time.Duration) {
	if a.onScreen || a.opt.json {
		return
	}
	a.progressDone()
	if in == 0 {
		a.notice("%s; still trying", why)
		return
	}
	a.notice("%s; trying again in %s", why, max(in.Truncate(time.Second), time.Second))
}

func (a *app) progressDone() {
	if isTerminal(a.errw) && !a.opt.headless {
		fmt.Fprint(a.errw, "\r\x1b[K")
	}
}
