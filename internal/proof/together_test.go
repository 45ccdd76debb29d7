package proof

import (
	"context"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/orchestrator"
)

// shared is time that several processes live by: it goes on to the next waking
// when all of them sleep, or have ended.
type shared struct {
	mu    sync.Mutex
	turn  *sync.Cond
	at    time.Time
	awake int
	wakes map[int]time.Time
	next  int
}

func newShared(at time.Time, processes int) *shared {
	s := &shared{at: at, awake: processes, wakes: map[int]time.Time{}}
	s.turn = sync.NewCond(&s.mu)
	return s
}

func (s *shared) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.at
}

func (s *shared) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil || d <= 0 {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	me, until := s.next, s.at.Add(d)
	s.wakes[me] = until
	s.awake--
	s.advance()
	for s.at.Before(until) {
		s.turn.Wait()
	}
	return ctx.Err()
}

func (s *shared) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.awake--
	s.advance()
}

// advance goes to the next waking where nobody is awake, and counts those awake
// whose time has come.
func (s *shared) advance() {
	if s.awake > 0 || len(s.wakes) == 0 {
		return
	}
	var first time.Time
	for _, at := range s.wakes {
		if first.IsZero() || at.Before(first) {
			first = at
		}
	}
	s.at = first
	for id, at := range s.wakes {
		if !at.After(first) {
			delete(s.wakes, id)
			s.awake++
		}
	}
	s.turn.Broadcast()
}

// TestTwoProcessesShareWhatGitHubAllows: each paces its own writes, and both are
// the same account to GitHub. What is too much for it is refused, held back as
// long as it says and sent again: no step is lost, nothing is done twice.
func TestTwoProcessesShareWhatGitHubAllows(t *testing.T) {
	const children = 160
	s := epicsScene(children, 2, children)
	clock := newShared(time.Date(2026, 2, 4, 6, 0, 0, 0, time.UTC), 2)
	s.clock, s.limits = clock, true
	h := newHost(t, s)
	t.Cleanup(h.close)
	dir := filepath.Join(s.folder(t, h), ".core")
	var all sync.WaitGroup
	var first time.Time
	errs := make([]error, 2)
	for k := range 2 {
		part := s
		part.epic.Number += k
		engine, plan := shipped(t, part, h, dir, clock)
		all.Go(func() {
			defer clock.end()
			p := orchestrator.Proposal{ID: orchestrator.NewID(clock.Now()), Plans: []flows.Plan{plan}, Command: "proof", MadeAt: clock.Now()}
			errs[k] = engine.Apply(context.WithoutCancel(t.Context()), p)
		})
	}
	first = clock.Now()
	all.Wait()
	for k, err := range errs {
		if err != nil {
			t.Errorf("process %d: %v", k+1, err)
		}
	}
	h.at(nil)
	_ = h.sim.World().View(func(tx *world.Tx) error {
		repo, _ := tx.Repo(smallOrg, "work")
		for n := 1; n <= children; n++ {
			i, labeled := tx.Issue(repo.ID, n), 0
			for _, e := range tx.Events(i.ID) {
				if e.Kind == world.Labeled && e.Label == s.label {
					labeled++
				}
			}
			if c := len(tx.Comments(i.ID)); c != 1 || labeled != 1 {
				t.Errorf("#%d: %d comments, %d LABELED events", n, c, labeled)
			}
		}
		return nil
	})
	refused, writes := 0, 0
	for _, r := range h.sim.Requests().Since(0) {
		if r.Refused != "" {
			refused++
		}
		if r.Method == http.MethodPost && !strings.HasSuffix(r.Path, "/graphql") {
			writes++
		}
	}
	took := clock.Now().Sub(first)
	t.Logf("%d writes by two processes in %v, %d of them refused and sent again", writes, took.Round(time.Second), refused)
	if refused == 0 {
		t.Error("nothing was refused: this proves nothing")
	}
	if refused > writes/20 {
		t.Errorf("%d of %d writes were refused: nobody learned of it", refused, writes)
	}
}
