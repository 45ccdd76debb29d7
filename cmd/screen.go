package cmd

import (
	"bytes"
	"context"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/dappcore/core-dev/internal/config"
	"github.com/dappcore/core-dev/internal/github"
	"github.com/dappcore/core-dev/internal/journal"
	"github.com/dappcore/core-dev/internal/terminal"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
	"github.com/dappcore/core-dev/tui"
)

// screen opens the live panes. What would be said on standard error waits until
// the screen is left.
func (a *app) screen(ctx context.Context) error {
	longLived()
	a.onScreen = true
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
	noColor, _ := a.env("NO_COLOR") // https://no-color.org: set, and not empty
	return tui.Run(ctx, &screenEngine{a: a, folder: d, shown: map[string]shown{}}, tui.Options{
		In: a.in, Out: a.out,
		Clean: terminal.Clean,
		Explain: func(err error) (text, hint string) {
			_, _, text, hint = kindOf(err)
			return text, hint
		},
		Called:   a.called,
		ReadOnly: a.opt.readOnly, ASCII: a.opt.ascii, NoColor: noColor != "",
	})
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
	return h.text.Write(b)
}

// wantsScreen tells whether there is a person at a terminal that can show it.
func (a *app) wantsScreen() bool {
	wants := !a.opt.headless && !a.opt.json && a.asks()
	if wants && a.dumb() {
		a.notice("no screen: by TERM=dumb this terminal cannot show one")
		return false
	}
	return wants
}

// screenEngine is the program as the screen asks for it. Looks and plans take
// turns; an apply runs beside them.
type screenEngine struct {
	a      *app
	folder config.Dir
	mu     sync.Mutex
	// shown are the proposals that may be approved; a new one takes the place
	// of the last.
	shown map[string]shown
}

type shown struct {
	look     *look
	proposal orchestrator.Proposal
}

func (s *screenEngine) Cached() (orchestrator.View, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, err := s.a.remembered()
	if err != nil || l == nil {
		return orchestrator.View{}, false
	}
	v, err := s.view(l)
	return v, err == nil
}

func (s *screenEngine) Refresh(ctx context.Context) (orchestrator.View, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, err := s.a.look(ctx)
	if err != nil {
		return orchestrator.View{}, err
	}
	return s.view(l)
}

func (s *screenEngine) view(l *look) (orchestrator.View, error) {
	st, err := s.a.fullStatus(l.conf, l.budget)
	if err != nil {
		return orchestrator.View{}, err
	}
	v := orchestrator.View{Snapshot: &l.snap, Fleet: &l.fleet, Budget: st, At: l.budget.Now, CheckedAt: l.checked}
	if v.Web = s.a.web(l.snap.Host); s.a.sim != nil {
		v.Beside = s.a.beside()
	}
	return v, nil
}

// Paused reads .core/PAUSE; what cannot be read holds.
func (s *screenEngine) Paused() (string, bool) {
	p, on, err := config.Paused(s.folder)
	if err != nil {
		return err.Error(), true
	}
	return p.Note, on
}

// recentPlans is how many plans Activity tells of at the start, at the most.
const recentPlans = 50

// Recent are the plans of the last day in the journal, oldest first.
func (s *screenEngine) Recent() []orchestrator.Entry {
	if !s.folder.Exists() {
		return nil
	}
	reader := orchestrator.Applier{Journal: journal.Open(s.folder.File(journalFolder))}
	list, err := reader.History(recentPlans)
	if err != nil {
		return nil // the screen shows what is; "core dev log" says what is the matter
	}
	from := s.a.now().Add(-24 * time.Hour)
	list = slices.DeleteFunc(list, func(e orchestrator.Entry) bool { return e.Last.Before(from) })
	slices.Reverse(list)
	return list
}

// Propose looks and plans; what an earlier run left open it only tells.
func (s *screenEngine) Propose(ctx context.Context, d tui.Dispatch) (orchestrator.Proposal, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.a.mayWrite(); err != nil {
		return orchestrator.Proposal{}, err
	}
	l, err := s.a.lookToDispatch(ctx, d.Epic)
	if err != nil {
		return orchestrator.Proposal{}, err
	}
	p, err := s.a.planDispatch(l, dispatchOptions{epic: d.Epic, max: d.Max})
	if err != nil {
		return orchestrator.Proposal{}, err
	}
	p.Left = l.budget.Status().UsableRemaining
	clear(s.shown)
	s.shown[p.ID] = shown{l, p}
	return p, nil
}

// Apply carries out a proposal that was shown; each only once. It settles first
// what was left open.
func (s *screenEngine) Apply(ctx context.Context, id string, emit func(orchestrator.Event)) error {
	s.mu.Lock()
	what, ok := s.shown[id]
	delete(s.shown, id)
	if !ok {
		s.mu.Unlock()
		return &orchestrator.Stale{Target: "proposal " + id, Why: "it was sent already, or another was made since"}
	}
	engine, err := s.a.applier(ctx, what.look, emit)
	s.mu.Unlock()
	if err != nil {
		return err
	}
	if err := s.a.refusePaused(); err != nil {
		return err
	}
	if err := s.a.settleFirst(ctx, emit); err != nil {
		return err
	}
	return engine.Apply(ctx, what.proposal)
}

// remembered is the last look, from our files alone; nil when there is none.
func (a *app) remembered() (*look, error) {
	d, err := a.dir()
	if err != nil || !d.Exists() {
		return nil, err
	}
	if _, err := os.Stat(d.File("state.db")); err != nil {
		return nil, nil
	}
	c, err := a.config()
	if err != nil {
		return nil, err
	}
	fl, err := a.fleet(c)
	if err != nil {
		return nil, err
	}
	var refs []inventory.RepoRef
	for _, r := range fl.Repos {
		refs = append(refs, r.Ref)
	}
	host, err := a.hostName()
	if err != nil || len(refs) == 0 {
		return nil, err
	}
	db, err := a.state()
	if err != nil || db == nil {
		return nil, err
	}
	snap, ok := db.Snapshot(snapshotKey(host, refs, c.Trust(), c.Labels()))
	if !ok {
		return nil, nil
	}
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
