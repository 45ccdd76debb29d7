package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dappcore/core-dev/internal/config"
	"github.com/dappcore/core-dev/internal/github"
	"github.com/dappcore/core-dev/internal/terminal"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/tui"
)

// themes are what --theme may be.
var themes = []tui.Theme{tui.ThemeAuto, tui.ThemeDark, tui.ThemeLight, tui.ThemeANSI}

// guided opens the screen. Where nothing says which repositories are meant, or
// nobody is signed in, it says so and asks what to do instead.
func (a *app) guided(ctx context.Context) error {
	if !slices.Contains(themes, tui.Theme(a.opt.theme)) {
		return usageError{fmt.Errorf("--theme %q: dark, light or ansi", a.opt.theme)}
	}
	if a.opt.demo {
		return a.screen(ctx)
	}
	c, err := a.config()
	if err != nil {
		return err
	}
	fl, err := a.fleet(c)
	nothing := err != nil && len(fl.Repos) == 0 && fl.Org == "" && len(a.opt.repos) == 0
	if err != nil && !nothing {
		return err
	}
	url := c.APIURL
	if url == "" {
		url = c.Host
	}
	end, err := github.ParseEndpoint(url)
	if err != nil {
		return err
	}
	_, signedOut := github.FindToken(end, c.HostByUser())
	if !nothing {
		// What was kept from an earlier look is worth showing to whoever is signed
		// out; the screen says that he is.
		if signedOut == nil {
			return a.screen(ctx)
		}
		if v, ok := newScreenEngine(a, config.Dir{}).Cached(); ok && v.Fleet != nil {
			return a.screen(ctx)
		}
	}
	if nothing {
		fmt.Fprintln(a.out, "There is no .core/ here, and no organisation was named.")
	}
	if signedOut != nil {
		_, _, text, hint := kindOf(signedOut)
		fmt.Fprintln(a.out, terminal.Clean(text))
		fmt.Fprintln(a.out, "  "+terminal.Clean(hint))
	}
	return a.choose(ctx, nothing && signedOut == nil)
}

// choose asks what to open instead: the demo, or, where somebody is signed in, an
// organisation.
func (a *app) choose(ctx context.Context, org bool) error {
	fmt.Fprintln(a.out, "\n  d     look around on the demo: an embedded GitHub, no token, no network")
	if org {
		fmt.Fprintln(a.out, "  NAME  read that organisation on GitHub; nothing is sent, nothing is kept")
	}
	fmt.Fprint(a.out, "  q     leave\n\nd, ")
	if org {
		fmt.Fprint(a.out, "an organisation's name, ")
	}
	fmt.Fprint(a.out, "or q? ")
	line, err := a.answer(ctx)
	if err != nil {
		return err
	}
	switch answer := strings.TrimSpace(line); {
	case answer == "d":
		if a.opt.speed == 0 || a.opt.speed == 1 {
			a.opt.speed = guidedSpeed
		}
		a.opt.demo = true
		a.leaveFolder()
		return a.screen(ctx)
	case answer == "", answer == "q":
		fmt.Fprintln(a.out, "nothing was opened")
		return nil
	case org:
		if _, err := inventory.ParseRepo(answer+"/x", ""); err != nil {
			return usageError{fmt.Errorf("%q is no organisation's name", answer)}
		}
		a.opt.org, a.conf = answer, nil
		return a.screen(ctx)
	}
	return usageError{errors.New("nothing was opened: answer d or q")}
}

// leaveFolder closes what was opened of the folder and of its GitHub: what is opened
// from here on is that of what was chosen instead.
func (a *app) leaveFolder() {
	a.close()
	a.later(a.flush)
	a.folder, a.conf, a.hub, a.db, a.files, a.store = nil, nil, nil, nil, nil, nil
	a.noCache, a.toldReadOnly, a.heldUnknown, a.missing, a.worked = false, false, false, nil, worked{}
}

// guidedSpeed is how fast the demo's time goes for whoever looks around.
const guidedSpeed = 60
