package cmd

import (
	"bytes"
	"context"
	"io"
	"os"
	"sync"
	"time"

	"github.com/cli/go-gh/v2/pkg/browser"

	"github.com/dappcore/core-dev/internal/config"
	"github.com/dappcore/core-dev/internal/github"
	"github.com/dappcore/core-dev/internal/state"
	"github.com/dappcore/core-dev/internal/terminal"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
	"github.com/dappcore/core-dev/tui"
)

// screen opens the live panes. What would be said on standard error waits until
// the screen is left.
func (a *app) screen(ctx context.Context) error {
	if err := a.checkSpeed(); err != nil {
		return err
	}
	longLived()
	a.onScreen, a.lively = true, a.opt.demo
	c, err := a.config()
	if err != nil {
		return err
	}
	if _, err := a.fleet(c); err != nil { // nothing to show, and nothing a screen could ask for
		return err
	}
	d, err := a.dir()
	if err != nil {
		return err
	}
	errw := a.errw
	said := &held{}
	a.errw = said
	defer func() {
		a.errw = errw
		_, _ = said.text.WriteTo(errw)
		if text := a.openLine(); text != "" {
			a.notice("%s", text)
		}
	}()
	keys, err := a.screenKeys(c)
	if err != nil {
		return err
	}
	noColor, _ := a.env("NO_COLOR") // https://no-color.org: set, and not empty
	engine := newScreenEngine(a, d)
	o := tui.Options{
		In: a.in, Out: a.out,
		Clean: terminal.Clean,
		Explain: func(err error) (text, hint string) {
			_, _, text, hint = kindOf(err)
			return text, hint
		},
		Called: a.caller(), Browse: browse, Keys: keys,
		ReadOnly: a.opt.readOnly, ASCII: a.opt.ascii, NoColor: noColor != "", Theme: tui.Theme(a.opt.theme),
		Date: a.now, Speed: a.opt.speed, Mouse: !a.opt.noMouse,
	}
	if a.opt.speed > 1 { // there much happens in a while
		o.Every = 2 * time.Second
	}
	return tui.Run(ctx, engine, o)
}

// browse opens an address in this machine's browser.
func browse(url string) error {
	return browser.New("", io.Discard, io.Discard).Browse(url)
}

// held keeps what is said while the screen is open; looks and an apply may both
// have something to say.
type held struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (h *held) Write(b []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.text.Len() > mostHeld { // of a long time, what was said last
		kept := h.text.Bytes()[h.text.Len()/2:]
		h.text = *bytes.NewBuffer(bytes.Clone(kept[bytes.IndexByte(kept, '\n')+1:]))
	}
	return h.text.Write(b)
}

const mostHeld = 16 << 10

// wantsScreen tells whether there is a person at a terminal that can show it.
func (a *app) wantsScreen() bool {
	wants := !a.opt.headless && !a.opt.json && a.asks()
	if wants && a.dumb() {
		a.notice("no screen: by TERM=dumb this terminal cannot show one")
		return false
	}
	return wants
}

// kept is where the last look is kept, under which key, and by what settings; db is
// nil where nothing is.
func (a *app) kept() (db *state.DB, key string, fl config.Fleet, err error) {
	d, err := a.dir()
	if err != nil || !d.Exists() {
		return nil, "", fl, err
	}
	if _, err := os.Stat(d.File("state.db")); err != nil {
		return nil, "", fl, nil
	}
	c, err := a.config()
	if err != nil {
		return nil, "", fl, err
	}
	if fl, err = a.fleet(c); err != nil {
		return nil, "", fl, err
	}
	var refs []inventory.RepoRef
	for _, r := range fl.Repos {
		refs = append(refs, r.Ref)
	}
	host, err := a.hostName()
	if err != nil || len(refs) == 0 {
		return nil, "", fl, err
	}
	if db, err = a.state(); err != nil || db == nil {
		return nil, "", fl, err
	}
	return db, snapshotKey(host, refs, c.Trust(), c.Labels()), fl, nil
}

// glance is the last look as the screen drew it, in a moment; false where there is
// none.
func (a *app) glance() (orchestrator.View, bool) {
	db, key, _, err := a.kept()
	if err != nil || db == nil {
		return orchestrator.View{}, false
	}
	g, ok := db.Glance(key)
	if !ok {
		return orchestrator.View{}, false
	}
	host, err := a.hostName()
	return orchestrator.View{Snapshot: &inventory.Snapshot{Host: host, TakenAt: g.Fleet.TakenAt}, Fleet: &g.Fleet, Budget: g.Budget,
		At: g.At, Web: a.web(host), Partial: true}, err == nil
}

// remembered is the last look, from our files alone; nil when there is none. It takes
// seconds where there are a hundred thousand issues.
func (a *app) remembered() (*look, error) {
	db, key, fl, err := a.kept()
	if err != nil || db == nil {
		return nil, err
	}
	snap, ok := db.Snapshot(key)
	if !ok {
		return nil, nil
	}
	c := a.conf
	l := &look{conf: c, snap: snap}
	l.rules = inventory.Rules{Trust: c.Trust(), Labels: c.Labels(), Repos: fl.Rules()}
	if err := a.readOwn(l); err != nil {
		return nil, err
	}
	l.assess()
	return l, nil
}

// hostName is the name by which this folder knows its GitHub, without asking it.
func (a *app) hostName() (string, error) {
	if a.opt.demo {
		return demoHost, nil
	}
	c, err := a.config()
	if err != nil {
		return "", err
	}
	url := c.APIURL
	if url == "" {
		url = c.Host
	}
	end, err := github.ParseEndpoint(url)
	return end.Host, err
}
