package proof

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/flows/execute"
	"github.com/dappcore/core-dev/internal/github"
	"github.com/dappcore/core-dev/internal/journal"
	"github.com/dappcore/core-dev/internal/ledger"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
)

// virtual is time that passes only when somebody sleeps or GitHub answers: the
// program and its GitHub live by the same.
type virtual struct {
	mu sync.Mutex
	at time.Time
}

func (v *virtual) Now() time.Time {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.at
}

func (v *virtual) Sleep(ctx context.Context, d time.Duration) error {
	if d > 0 && ctx.Err() == nil {
		v.pass(d)
	}
	return ctx.Err()
}

func (v *virtual) pass(d time.Duration) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.at = v.at.Add(d)
}

// sent is one write as GitHub saw it.
type sent struct {
	at      time.Time
	content bool // it counts against the limits on new content
}

// soonest is when the last of these writes could have come at the earliest,
// after the first: a second between writes, 80 that create content a minute,
// 500 an hour.
func soonest(writes []sent) time.Duration {
	var last time.Duration
	var content []time.Duration
	for k, w := range writes {
		at := last
		if k > 0 {
			at += time.Second
		}
		if w.content {
			for _, l := range []struct {
				limit int
				span  time.Duration
			}{{80, time.Minute}, {500, time.Hour}} {
				if n := len(content); n >= l.limit {
					at = max(at, content[n-l.limit]+l.span)
				}
			}
			content = append(content, at)
		}
		last = at
	}
	return last
}

// TestAnApplyRunsAtWhatGitHubAllows: dispatches applied at virtual time, by the
// engine and the client as they are shipped, on a GitHub that enforces its
// limits and takes its time to answer.
func TestAnApplyRunsAtWhatGitHubAllows(t *testing.T) {
	for _, c := range []struct {
		children int
		answer   time.Duration // how long GitHub takes for one
		least    float64       // percent of what GitHub allows
	}{
		{30, 100 * time.Millisecond, 90},
		{100, 250 * time.Millisecond, 90},
		{100, 330 * time.Millisecond, 99},
		{300, 250 * time.Millisecond, 90}, // more content than an hour takes
		// The label's answer and two looks come between it and the next comment,
		// and have a second: beyond a third of it each the answers set the pace.
		{100, 400 * time.Millisecond, 90},
	} {
		t.Run(fmt.Sprintf("%d dispatches, answers in %v", c.children, c.answer), func(t *testing.T) {
			writes, _ := applyAtVirtualTime(t, c.children, c.answer)
			took, least := writes[len(writes)-1].at.Sub(writes[0].at), soonest(writes)
			share := 100 * float64(least) / float64(took)
			t.Logf("%d writes in %v, GitHub allows %v: %.1f %% of it", len(writes), took.Round(time.Second), least.Round(time.Second), share)
			if share < c.least {
				t.Errorf("it loses %.1f %%", 100-share)
			}
			if share > 100.01 {
				t.Errorf("it was faster than GitHub allows")
			}
		})
	}
}

// TestTheTimeLeftIsTrue: what an apply says of its end at every step, against
// when it came, at virtual time and by the engine and the client as they are
// shipped.
func TestTheTimeLeftIsTrue(t *testing.T) {
	most := 300 // the hour's limit binds there
	if soak() {
		most = 1000
	}
	for _, c := range []struct {
		children int
		answer   time.Duration
	}{{10, 100 * time.Millisecond}, {100, 400 * time.Millisecond}, {most, 250 * time.Millisecond}} {
		t.Run(fmt.Sprintf("%d dispatches, answers in %v", c.children, c.answer), func(t *testing.T) {
			_, told := applyAtVirtualTime(t, c.children, c.answer)
			end := told[len(told)-1].At
			worst, waits := 0.0, 0
			for k, p := range told {
				left := end.Sub(p.At)
				if off := (p.Left - left).Abs(); off > left/10+time.Second {
					t.Errorf("at step %d of %d it said %v, and it were %v", p.Done, p.Of, p.Left, left)
				} else if left > time.Minute {
					worst = max(worst, 100*float64(off)/float64(left))
				}
				if p.Left < 0 || p.Rate < 0 || p.Rate > 61 || p.Done > p.Of {
					t.Errorf("it said %+v", p)
				}
				if k > 1 && p.Left > told[k-1].Left { // the first answer is measured with the first child
					t.Errorf("at step %d of %d the time left rose from %v to %v", p.Done, p.Of, told[k-1].Left, p.Left)
				}
				if !p.Held.IsZero() {
					waits++
				}
			}
			if last := told[len(told)-1]; last.Left != 0 || last.Done != last.Of {
				t.Errorf("in the end it said %+v", last)
			}
			t.Logf("%d times told, with more than a minute left off by %.1f %% at the most; held back %d times", len(told), worst, waits)
			if hour := c.children > 250; hour != (waits > 0) {
				t.Errorf("it was held back %d times", waits)
			}
		})
	}
}

func applyAtVirtualTime(t *testing.T, children int, answer time.Duration) ([]sent, []orchestrator.Progress) {
	s := epicsScene(children, 1, children)
	clock := &virtual{at: time.Date(2026, 2, 4, 6, 0, 0, 0, time.UTC)}
	s.clock, s.limits = clock, true
	h := newHost(t, s)
	t.Cleanup(h.close)
	dir := filepath.Join(s.folder(t, h), ".core")
	var told []orchestrator.Progress
	engine, plan := shipped(t, s, h, dir, clock)
	engine.Emit = func(e orchestrator.Event) { told = append(told, e.Progress) }
	var writes []sent
	h.at(func(_ int, at moment, r *http.Request) bool {
		switch {
		case at == beforeRequest:
			clock.pass(answer / 2)
			if r.Method != http.MethodGet && !strings.HasSuffix(r.URL.Path, "/graphql") {
				writes = append(writes, sent{clock.Now(), !strings.Contains(r.URL.Path, "/git/refs")})
			}
		case at == afterEffect:
			clock.pass(answer - answer/2)
		}
		return false
	})
	if err := engine.Apply(t.Context(), orchestrator.Proposal{ID: orchestrator.NewID(clock.Now()), Plans: []flows.Plan{plan}, Command: "proof", MadeAt: clock.Now()}); err != nil {
		t.Fatal(err)
	}
	if want := 1 + 2*children; len(writes) != want {
		t.Errorf("%d writes, want %d", len(writes), want)
	}
	for _, r := range h.sim.Requests().Since(0) {
		if r.Refused != "" {
			t.Errorf("GitHub refused %s %s: %s", r.Method, r.Path, r.Refused)
		}
	}
	return writes, told
}

// shipped is engine, client and files as a process of its own has them, and the
// dispatch of the scene's epic as it plans it.
func shipped(t *testing.T, s scene, h *host, dir string, clock orchestrator.Clock) (*orchestrator.Applier, flows.Plan) {
	t.Helper()
	end, err := github.ParseEndpoint(h.url)
	if err != nil {
		t.Fatal(err)
	}
	hub, err := github.New(github.Options{Endpoint: end, Token: github.NewToken(h.sim.Token(h.sim.Fleet().Owner), "the proof"), Clock: clock, Clear: orchestrator.Cleared})
	if err != nil {
		t.Fatal(err)
	}
	book, err := ledger.Open(dir, smallOrg, clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	purse := purse{book, budget.State{Now: clock.Now(), Team: budget.Team{Owner: smallOrg, Members: []budget.Member{{Login: "owner", Quota: s.want, Every: true}}}}}
	snap, err := hub.Survey(t.Context(), []inventory.RepoRef{s.epic.Repo}, github.SurveyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	rules := inventory.Rules{Labels: map[string]string{"jules": s.label}}
	fleet := inventory.Assess(&snap, rules, inventory.Records{})
	plan, err := execute.Dispatch{Epic: s.epic, Agent: "jules", Labels: rules.Labels}.
		Plan(flows.World{Snapshot: &snap, Fleet: &fleet, Rules: rules, Records: inventory.Records{}, Budget: purse.state, Now: clock.Now()})
	if err != nil {
		t.Fatal(err)
	}
	return &orchestrator.Applier{Pace: func() flows.Pace { return flows.Pace(hub.Pace()) }, Hub: hub, Ledger: purse, Journal: journal.Open(filepath.Join(dir, "journal")),
		Brake: free{}, Judge: inventory.Rules{}.Again, Clock: clock, Host: end.Host, Quiet: time.Minute}, plan
}

// purse is the ledger as the engine asks for it.
type purse struct {
	*ledger.Book
	state budget.State
}

func (p purse) Reserve(ctx context.Context, t orchestrator.Task) (member string, err error) {
	res, err := p.Book.Reserve(ctx, ledger.Request{ID: t.ID, Child: t.Child, Epic: t.Epic, Agent: t.Agent, Lines: t.Lines}, p.state)
	var refused *ledger.Refused
	switch {
	case errors.As(err, &refused):
		return "", &flows.Refusal{Wanted: 1, Why: refused.Text}
	case errors.Is(err, ledger.ErrStale):
		return "", &orchestrator.Stale{Target: t.Child.String(), Why: err.Error()}
	}
	return res.Member, err
}

func (p purse) IsHeld(ctx context.Context, id string) (bool, error) {
	held, err := p.Held()
	for _, h := range held {
		if h.ID == id {
			return true, err
		}
	}
	return false, err
}

// free is a brake that nobody pulls.
type free struct{}

func (free) Paused() (bool, error) { return false, nil }
