package tui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/flows/execute"
	"github.com/dappcore/core-dev/internal/terminal"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
	"github.com/dappcore/core-dev/tui/tuitest"
)

var (
	noon  = time.Date(2026, 2, 4, 14, 2, 0, 0, time.UTC)
	rules = inventory.Rules{Labels: map[string]string{"jules": "jules"}}
)

func ref(repo string, n int) inventory.Ref {
	return inventory.Ref{Repo: inventory.RepoRef{Owner: "dappcore", Name: repo}, Number: n}
}

func newRepo(name, language string, issues ...inventory.Issue) inventory.Repo {
	r := inventory.Repo{Ref: ref(name, 0).Repo, DefaultBranch: "dev", DefaultHead: "a1", Language: language, Permission: "ADMIN", Issues: issues, ReadAt: noon}
	for k := range r.Issues {
		r.Issues[k].Ref.Repo = r.Ref
		if !r.Issues[k].Closed {
			r.OpenIssues++
		}
	}
	return r
}

func newIssue(n int, title string, change ...func(*inventory.Issue)) inventory.Issue {
	i := inventory.Issue{Ref: inventory.Ref{Number: n}, ID: fmt.Sprint("I", n), Title: title, Author: "Snider", Association: "MEMBER", CreatedAt: noon}
	for _, c := range change {
		c(&i)
	}
	return i
}

func closed(i *inventory.Issue)  { i.Closed, i.StateReason = true, "COMPLETED" }
func toJules(i *inventory.Issue) { i.Labels = []string{"jules"} }
func body(b string) func(*inventory.Issue) {
	return func(i *inventory.Issue) { i.Body = b }
}

// fleet is a small fleet in every state a row can be in.
func fleet() inventory.Snapshot {
	core := newRepo("core", "Go",
		newIssue(101, "epic(medium): Medium migration", body("### Phase 1: Blockers (blocking)\n- [x] #102 - a\n- [x] #103 - b\n### Phase 2: Build (parallelisable)\n- [x] #110 - c\n- [ ] #111 - d\n- [ ] #112 - e\n- [ ] #113 - f\n### Phase 3: Cleanup (cleanup)\n- [ ] #114 - g\n")),
		newIssue(102, "io: medium interface", closed), newIssue(103, "io: local medium", closed), newIssue(110, "io: memory medium", closed),
		newIssue(111, "io: migrate workspace", toJules), newIssue(112, "io: migrate config"), newIssue(113, "feat(io): sftp medium"), newIssue(114, "docs: media"),
		newIssue(118, "epic(mcp): MCP daemon", body("- [ ] #119 - a\n- [ ] #120 - b\n- [ ] #121 - c\n")),
		newIssue(119, "mcp: transport over stdio"), newIssue(120, "mcp: tool registry"), newIssue(121, "feat(mcp): resources"),
	)
	core.Branches = []inventory.Branch{{Name: "epic/101-medium", Head: "b2"}}
	php := newRepo("core-php", "PHP", newIssue(1, "[Audit] Security"), newIssue(2, "[Audit] Quality"), newIssue(3, "validate input"), newIssue(4, "escape output"))
	mcp := newRepo("core-mcp", "Go",
		newIssue(28, "epic(security): harden the server", body("- [ ] #29 - a\n- [ ] #30 - b\n")),
		newIssue(29, "bound the request body"), newIssue(30, "time out idle sessions"))
	broken := newRepo("core-tenant", "PHP")
	broken.Problem = &inventory.Problem{Kind: "forbidden", Message: "GitHub refuses to show it", Hint: "grant the token access to dappcore/core-tenant"}
	return inventory.Snapshot{Host: "github.com", Viewer: "Snider", TakenAt: noon, Dependencies: true, Repos: []inventory.Repo{php, mcp, core, broken, newRepo("core-api", "Go"), newRepo("core-docs", "")}}
}

// hub is an engine that behaves: it plans with the real flow on its snapshot,
// and applying changes what the next look sees.
type hub struct {
	mu       sync.Mutex
	snap     inventory.Snapshot
	state    budget.State
	paused   bool
	reason   string               // of the pause
	recent   []orchestrator.Entry // of earlier runs
	unread   error                // met by what reads our files
	reads    int                  // of what is to come
	gate     chan struct{}        // when set, reading that waits for one
	same     bool                 // GitHub answers that nothing changed
	cached   *orchestrator.View
	clock    Clock
	fail     error // of the next looks
	looks    int
	asked    []Ask
	sent     []string // effects, as they were applied
	applied  []string // ids
	plans    map[string]flows.Plan
	stale    *orchestrator.Stale // met by the next apply at its first write
	broken   error               // met by every apply after its first step
	step     chan struct{}       // when set, each step waits for one
	later    string              // what every proposal says of later rounds
	rounds   int                 // looks of a follow
	round    Round               // what each comes to
	pulls    []Pull
	days     []budget.DayUse
	ahead    Ahead
	sittings []Sitting
	lookGate chan struct{} // when set, each look waits for one
}

func newHub(clock Clock) *hub {
	h := &hub{snap: fleet(), clock: clock, plans: map[string]flows.Plan{}}
	h.state = budget.State{
		Now:    noon,
		Team:   budget.Team{Owner: "dappcore", Members: []budget.Member{{Login: "Snider", Quota: 300, Repos: []string{"core", "core-php", "core-mcp", "core-api", "core-docs", "core-tenant"}}, {Login: "bot2", Quota: 300}}},
		Agents: []budget.Agent{{Name: "jules"}},
	}
	for range 36 {
		h.state.Held = append(h.state.Held, budget.Reservation{Entry: budget.Entry{Repo: "core", Agent: "jules"}})
	}
	return h
}

func (h *hub) view() orchestrator.View {
	snap := h.snap
	snap.Repos = slices.Clone(snap.Repos)
	for k := range snap.Repos {
		snap.Repos[k].Issues = slices.Clone(snap.Repos[k].Issues)
	}
	f := inventory.Assess(&snap, rules, nil)
	h.state.Now = h.clock.Now()
	return orchestrator.View{Snapshot: &snap, Fleet: &f, Budget: h.state.Status(), At: h.clock.Now(), CheckedAt: h.clock.Now(), Web: "https://github.com"}
}

func (h *hub) Cached() (orchestrator.View, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.cached == nil {
		return orchestrator.View{}, false
	}
	return *h.cached, true
}

func (h *hub) Kept() (orchestrator.View, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.view(), h.cached != nil
}

func (h *hub) Paused() (string, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.reason, h.paused
}

func (h *hub) Recent() ([]orchestrator.Entry, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.recent, h.unread
}

func (h *hub) Refresh(ctx context.Context) (orchestrator.View, error) {
	if h.lookGate != nil {
		select {
		case <-h.lookGate:
		case <-ctx.Done():
			return orchestrator.View{}, ctx.Err()
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.looks++
	if h.fail != nil {
		return orchestrator.View{}, h.fail
	}
	if !h.same {
		h.snap.TakenAt = h.clock.Now()
	}
	return h.view(), nil
}

func (h *hub) Propose(_ context.Context, d Ask) (orchestrator.Proposal, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.asked = append(h.asked, d)
	v := h.view()
	plan, command, err := h.plan(v, d)
	if d.Of != "" {
		plan, command, err = h.plans[d.Of].Without(d.Without-1), "", nil
	}
	if err != nil {
		return orchestrator.Proposal{}, err
	}
	id := fmt.Sprint("p", len(h.asked))
	h.plans[id] = plan
	takes, _ := flows.PublishedPace().Ahead(h.clock.Now(), plan.Steps, 0)
	return orchestrator.Proposal{ID: id, Plans: []flows.Plan{plan}, Command: command, Left: v.Budget.UsableRemaining, MadeAt: h.clock.Now(), Takes: takes, Later: h.later}, nil
}

// plan plans a dispatch with the real flow, and stands in for the others.
func (h *hub) plan(v orchestrator.View, d Ask) (flows.Plan, string, error) {
	plan := flows.Plan{Flow: string(d.Verb), Steps: []flows.Step{}}
	switch d.Verb {
	case Dispatch:
		command := fmt.Sprintf("core dev epic %d --dispatch --repo %s", d.Epics[0].Number, d.Epics[0].Repo.Name)
		if d.Max > 0 {
			command += fmt.Sprint(" --max ", d.Max)
		}
		for _, e := range d.Epics {
			p, err := execute.Dispatch{Epic: e, Max: d.Max, Agent: "jules", Labels: map[string]string{"jules": "jules"}}.
				Plan(flows.World{Snapshot: v.Snapshot, Fleet: v.Fleet, Rules: rules, Budget: h.state, Now: h.clock.Now()})
			if err != nil {
				return plan, command, err
			}
			for _, s := range p.Steps {
				plan.Add(s)
			}
			plan.Skipped = append(plan.Skipped, p.Skipped...)
		}
		return plan, command, nil
	case Audit, Organise:
		for _, r := range d.Repos {
			plan.Add(flows.Step{Reason: "test", Effect: flows.MakeIssue{Repo: r, Title: string(d.Verb)}})
		}
	case Tick:
		for _, e := range d.Epics {
			plan.Add(flows.Step{Reason: "it is closed", Effect: flows.Tick{Epic: e, Child: e}})
		}
	case Plan, Sit, Undo:
		plan.Add(flows.Step{Reason: "taken back", Effect: flows.RemoveLabel{Issue: ref("core", 119), Label: "jules"}})
	}
	return plan, "core dev " + string(d.Verb), nil
}

func (h *hub) Changed(context.Context) bool { return false } // a test says it itself: logChanged

func (h *hub) Follow(ctx context.Context, emit func(orchestrator.Event)) (Round, error) {
	h.mu.Lock()
	h.rounds++
	r, fail, step := h.round, h.fail, h.step
	h.mu.Unlock()
	if fail != nil {
		return Round{}, fail
	}
	for k := range r.Sent {
		if step != nil {
			select {
			case <-step:
			case <-ctx.Done():
				return Round{}, ctx.Err()
			}
		}
		h.mu.Lock()
		e := flows.Step{Reason: "it is green", Effect: flows.MergePull{Pull: ref("core", 200+k)}}
		h.sent = append(h.sent, e.Effect.Kind()+" "+e.Effect.Target())
		h.mu.Unlock()
		emit(orchestrator.Event{Step: e, Number: k + 1, Of: r.Sent, Outcome: orchestrator.Done})
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	r.View, r.Pulls = h.view(), h.pulls
	return r, nil
}

func (h *hub) Pulls(context.Context) ([]Pull, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.pulls, h.fail
}

func (h *hub) Spent() ([]budget.DayUse, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.unread != nil {
		return nil, h.unread
	}
	return h.days, nil
}

func (h *hub) Apply(ctx context.Context, id string, emit func(orchestrator.Event)) error {
	h.mu.Lock()
	plan, ok := h.plans[id]
	h.applied = append(h.applied, id)
	stale, broken := h.stale, h.broken
	h.stale = nil
	h.mu.Unlock()
	if !ok {
		return errors.New("no such proposal")
	}
	if stale != nil {
		return stale
	}
	for k, st := range plan.Steps {
		if h.step != nil {
			select {
			case <-h.step:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		if k == 1 && broken != nil {
			return broken
		}
		h.carryOut(st.Effect)
		now := h.clock.Now()
		left, _ := flows.PublishedPace().Ahead(now, plan.Steps[k+1:], 0)
		emit(orchestrator.Event{Step: st, Number: k + 1, Of: len(plan.Steps), Outcome: orchestrator.Done,
			Progress: orchestrator.Progress{Done: k + 1, Of: len(plan.Steps), Left: left, At: now}})
	}
	return nil
}

func (h *hub) carryOut(e flows.Effect) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.sent = append(h.sent, e.Kind()+" "+e.Target())
	if r, ok := e.(flows.Reserve); ok {
		h.state.Held = append(h.state.Held, budget.Reservation{Entry: budget.Entry{Repo: r.Child.Repo.Name, Agent: r.Agent}})
	}
	if l, ok := e.(flows.AddLabel); ok {
		if i, ok := h.snap.Find(l.Issue); ok {
			i.Labels = append(slices.Clone(i.Labels), l.Label)
		}
	}
}

// screen is a driver on a hub.
type screen struct {
	*tuitest.Driver
	hub   *hub
	clock *tuitest.Clock
}

func open(t testing.TB, w, h int, change ...func(*hub, *Options)) *screen {
	t.Helper()
	clock := tuitest.NewClock(noon)
	hb := newHub(clock)
	o := Options{Clean: terminal.Clean, Clock: clock, Explain: explain}
	for _, c := range change {
		c(hb, &o)
	}
	m, err := newModel(t.Context(), hb, o)
	if err != nil {
		t.Fatal(err)
	}
	return &screen{tuitest.New(t, m, clock, w, h), hb, clock}
}

func explain(err error) (string, string) {
	if errors.Is(err, errSignedOut) {
		return err.Error(), "run gh auth login or set GITHUB_TOKEN"
	}
	return err.Error(), ""
}

var errSignedOut = errors.New("not signed in")

func (s *screen) state() *state { return &s.Model().(*model).state }

// Press presses keys; a plan that is asked for in a hurry is waited for.
func (s *screen) Press(keys ...string) {
	for _, k := range keys {
		s.Driver.Press(k)
		if s.state().preview.phase == planning {
			s.Advance(planPause)
		}
	}
}

// writes is what was carried out, nil when nothing was.
func (s *screen) writes() []string {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	return slices.Clone(s.hub.sent)
}

// read lets the time go by that a person needs to read a preview.
func (s *screen) read() { s.Advance(time.Second) }

func (h *hub) Ahead(context.Context) (Ahead, error) {
	h.mu.Lock()
	h.reads++
	h.mu.Unlock()
	if h.gate != nil {
		<-h.gate
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.unread != nil {
		return Ahead{}, h.unread
	}
	return h.ahead, nil
}

func (h *hub) Sittings(context.Context) ([]Sitting, error) { return h.sittings, nil }
