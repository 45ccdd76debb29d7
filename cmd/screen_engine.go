package cmd

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/internal/config"
	"github.com/dappcore/core-dev/internal/journal"
	"github.com/dappcore/core-dev/internal/ledger"
	"github.com/dappcore/core-dev/internal/state"
	"github.com/dappcore/core-dev/internal/touched"
	"github.com/dappcore/core-dev/orchestrator"
	"github.com/dappcore/core-dev/tui"
)

// screenEngine is the program as the screen asks for it. Looks and plans take
// turns; what sends runs beside them, one at a time.
type screenEngine struct {
	a      *app
	folder config.Dir
	// sending is held by what sends; it is taken before mu.
	sending sync.Mutex
	mu      sync.Mutex
	// shown are the proposals that may be approved; a new one takes the place
	// of the last.
	shown  map[string]shown
	follow *watchOptions // that was approved; nil: nothing is followed
	// log is watched from the first question on.
	watching sync.Once
	log      *touched.File
	left     [32]byte // the sum of what was kept for the next start
}

func newScreenEngine(a *app, folder config.Dir) *screenEngine {
	return &screenEngine{a: a, folder: folder, shown: map[string]shown{}}
}

// Cached is what the last look left to be drawn at once, else all it left.
func (s *screenEngine) Cached() (orchestrator.View, bool) {
	s.mu.Lock()
	v, ok := s.a.glance()
	s.mu.Unlock()
	if ok {
		return v, true
	}
	return s.Kept()
}

func (s *screenEngine) Kept() (orchestrator.View, bool) {
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
	v, err := s.view(l)
	if err == nil {
		s.leave(v)
	}
	return v, err
}

// leave keeps a view for the first frame of the next start. What cannot be kept costs
// that its haste.
func (s *screenEngine) leave(v orchestrator.View) {
	if s.a.db == nil {
		return
	}
	db, key, _, err := s.a.kept()
	if err != nil || db == nil {
		return
	}
	s.left, _ = db.SaveGlance(key, state.Glance{Fleet: *v.Fleet, Budget: v.Budget, At: v.At}, s.left)
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
func (s *screenEngine) Recent() ([]orchestrator.Entry, error) {
	if !s.folder.Exists() {
		return nil, nil
	}
	reader := orchestrator.Applier{Journal: journal.Open(s.folder.File(journalFolder))}
	list, err := reader.History(recentPlans)
	if err != nil {
		return nil, err
	}
	from := s.a.now().Add(-24 * time.Hour)
	list = slices.DeleteFunc(list, func(e orchestrator.Entry) bool { return e.Last.Before(from) })
	slices.Reverse(list)
	return list, nil
}

// Changed waits for another process's dispatch, since the screen was opened.
func (s *screenEngine) Changed(ctx context.Context) bool {
	if s.folder.Path == "" {
		return false
	}
	s.watching.Do(func() {
		s.log = touched.New(s.folder.File(ledger.LogName))
		context.AfterFunc(ctx, s.log.Close)
	})
	return s.log.Wait(ctx)
}

// spentDays is how many days the budget page looks back.
const spentDays = 14

func (s *screenEngine) Spent() ([]budget.DayUse, error) {
	if !s.folder.Exists() {
		return nil, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.a.config()
	if err != nil {
		return nil, err
	}
	b, err := s.a.ledger(c)
	if err != nil {
		return nil, err
	}
	now := s.a.now()
	sp, err := b.Spending(budget.DayOf(now) - spentDays + 1)
	if err != nil {
		return nil, err
	}
	return budget.History(sp, now, spentDays), nil
}

// screenKeys are the settings' bindings, as the screen takes them.
func (a *app) screenKeys(c *config.Config) (map[string][]string, error) {
	out := map[string][]string{}
	for _, b := range c.Keys {
		out[b.Action] = b.Keys
	}
	if _, err := tui.Keys(out); err != nil {
		return nil, usageError{hinted{err, "mend \"keys\" in .core/config.yaml"}}
	}
	return out, nil
}
