package orchestrator_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/internal/journal"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
)

// mortal is what a process has of the world until it dies: at one of its calls
// that change something, before the effect, after it, or, for GitHub, with the
// effect yet to come. From then on nothing it does has an effect.
type mortal struct {
	*stage
	calls  int    // that change something, so far
	remote []bool // whether each of them is GitHub's
	dies   int    // at which of them; 0: never
	when   death
	lands  time.Duration // how much later: inside the quiet period, if nobody says otherwise
	dead   bool
	log    *journal.Store
	id     string
}

type death int

const (
	before death = iota
	after
	late // GitHub's effects come later, by lands; others are as after
	deaths
)

var errDead = errors.New("this process is dead")

// change lets one call that changes something through, or dies at it.
func (m *mortal) change(remote bool, do func() error) error {
	if m.dead {
		return errDead
	}
	m.remote = append(m.remote, remote)
	if m.calls++; m.calls != m.dies {
		return do()
	}
	switch {
	case m.when == late && remote:
		m.clock.mu.Lock()
		m.clock.later = append(m.clock.later, landing{m.clock.at.Add(m.lands), func() { _ = do() }})
		m.clock.mu.Unlock()
	case m.when != before:
		_ = do()
	}
	m.dead = true
	_ = m.log.Leave(m.id, false) // the system gives its locks free
	return errDead
}

func (m *mortal) look() error {
	if m.dead {
		return errDead
	}
	return nil
}

// sent is what a write is carried out with that has left: nothing holds it back.
var sent = context.Background()

type mortalHub struct{ *mortal }

func (m mortalHub) Look(ctx context.Context, ref inventory.Ref) (inventory.Issue, error) {
	if err := m.look(); err != nil {
		return inventory.Issue{}, err
	}
	return m.hub.Look(ctx, ref)
}

func (m mortalHub) Recheck(ctx context.Context, q inventory.Question) (inventory.Fresh, error) {
	if err := m.look(); err != nil {
		return inventory.Fresh{}, err
	}
	return m.hub.Recheck(ctx, q)
}

func (m mortalHub) Comments(ctx context.Context, ref inventory.Ref, since int64) ([]inventory.Comment, error) {
	if err := m.look(); err != nil {
		return nil, err
	}
	return m.hub.Comments(ctx, ref, since)
}

func (m mortalHub) Head(ctx context.Context, repo inventory.RepoRef, branch string) (string, bool, error) {
	if err := m.look(); err != nil {
		return "", false, err
	}
	return m.hub.Head(ctx, repo, branch)
}

func (m mortalHub) Ref(ctx context.Context, repo inventory.RepoRef, name string) (string, bool, error) {
	if err := m.look(); err != nil {
		return "", false, err
	}
	return m.hub.Ref(ctx, repo, name)
}

func (m mortalHub) MakeMark(ctx context.Context, repo inventory.RepoRef, branch, text string) (sha string, err error) {
	err = m.change(true, func() error {
		sha, err = m.hub.MakeMark(sent, repo, branch, text)
		return err
	})
	return sha, err
}

func (m mortalHub) CreateRef(ctx context.Context, repo inventory.RepoRef, name, sha string) error {
	return m.change(true, func() error { return m.hub.CreateRef(sent, repo, name, sha) })
}

func (m mortalHub) DeleteRef(ctx context.Context, repo inventory.RepoRef, name string) error {
	return m.change(true, func() error { return m.hub.DeleteRef(sent, repo, name) })
}

func (m mortalHub) CreateBranch(ctx context.Context, repo inventory.RepoRef, branch, sha string) error {
	return m.change(true, func() error { return m.hub.CreateBranch(sent, repo, branch, sha) })
}

func (m mortalHub) DeleteBranch(ctx context.Context, repo inventory.RepoRef, branch string) error {
	return m.change(true, func() error { return m.hub.DeleteBranch(sent, repo, branch) })
}

func (m mortalHub) PostComment(ctx context.Context, ref inventory.Ref, body string) (id int64, err error) {
	err = m.change(true, func() error { id, err = m.hub.PostComment(sent, ref, body); return err })
	return id, err
}

func (m mortalHub) DeleteComment(ctx context.Context, ref inventory.Ref, id int64) error {
	return m.change(true, func() error { return m.hub.DeleteComment(sent, ref, id) })
}

func (m mortalHub) AddLabel(ctx context.Context, ref inventory.Ref, label string) error {
	return m.change(true, func() error { return m.hub.AddLabel(sent, ref, label) })
}

func (m mortalHub) RemoveLabel(ctx context.Context, ref inventory.Ref, label string) error {
	return m.change(true, func() error { return m.hub.RemoveLabel(sent, ref, label) })
}

type mortalLedger struct{ *mortal }

func (m mortalLedger) Reserve(ctx context.Context, t orchestrator.Task) (member string, err error) {
	err = m.change(false, func() error { member, err = m.stage.Reserve(ctx, t); return err })
	return member, err
}

func (m mortalLedger) IsHeld(ctx context.Context, id string) (bool, error) {
	if err := m.look(); err != nil {
		return false, err
	}
	return m.stage.IsHeld(ctx, id)
}

func (m mortalLedger) OpenIDs(ctx context.Context) ([]string, error) {
	if err := m.look(); err != nil {
		return nil, err
	}
	return m.stage.OpenIDs(ctx)
}

func (m mortalLedger) WasSettled(ctx context.Context, id string, child inventory.Ref, lines int) (bool, error) {
	if err := m.look(); err != nil {
		return false, err
	}
	return m.stage.WasSettled(ctx, id, child, lines)
}

func (m mortalLedger) Settle(ctx context.Context, id string, at time.Time) error {
	return m.change(false, func() error { return m.stage.Settle(ctx, id, at) })
}

func (m mortalLedger) Release(ctx context.Context, id string) error {
	return m.change(false, func() error { return m.stage.Release(ctx, id) })
}

// mortalJournal reads through to the files of the folder.
type mortalJournal struct {
	*mortal
	*journal.Store
}

func (m mortalJournal) Begin(id string, record []byte) error {
	m.id = id
	return m.change(false, func() error { return m.Store.Begin(id, record) })
}

func (m mortalJournal) Take(id string) (bool, error) {
	if err := m.look(); err != nil {
		return false, err
	}
	m.id = id
	return m.Store.Take(id)
}

func (m mortalJournal) Append(id string, record []byte) error {
	return m.change(false, func() error { return m.Store.Append(id, record) })
}

func (m mortalJournal) Leave(id string, ended bool) error {
	return m.change(false, func() error { return m.Store.Leave(id, ended) })
}

func (m mortalJournal) NoteComment(at time.Time, ref inventory.Ref, id int64, digest string) error {
	return m.change(false, func() error { return m.Store.NoteComment(at, ref, id, digest) })
}

func (m mortalJournal) NotePosted(at time.Time, ref inventory.Ref, id int64, digest string) error {
	return m.change(false, func() error { return m.Store.NotePosted(at, ref, id, digest) })
}

func (m mortalJournal) NoteWithdrawn(at time.Time, ref inventory.Ref, id int64) error {
	return m.change(false, func() error { return m.Store.NoteWithdrawn(at, ref, id) })
}

func (m mortalJournal) NoteMade(at time.Time, ref inventory.Ref, mark inventory.Mark) error {
	return m.change(false, func() error { return m.Store.NoteMade(at, ref, mark) })
}

func (m mortalJournal) NoteTakenBack(at time.Time, ref inventory.Ref) error {
	return m.change(false, func() error { return m.Store.NoteTakenBack(at, ref) })
}

func (m mortalJournal) NoteGivenAgain(at time.Time, ref inventory.Ref) error {
	return m.change(false, func() error { return m.Store.NoteGivenAgain(at, ref) })
}

func (m mortalJournal) NoteClaim(at time.Time, ref inventory.Ref, sha string) error {
	return m.change(false, func() error { return m.Store.NoteClaim(at, ref, sha) })
}

func (m mortalJournal) NoteDispatch(at time.Time, ref inventory.Ref, event string) error {
	return m.change(false, func() error { return m.Store.NoteDispatch(at, ref, event) })
}

func (m mortalJournal) NoteRecall(at time.Time, ref inventory.Ref) error {
	return m.change(false, func() error { return m.Store.NoteRecall(at, ref) })
}

// process is a new process on the stage's folder that dies as it is told.
func (s *stage) process(dies int, when death) (*mortal, *orchestrator.Applier) {
	m := &mortal{stage: s, dies: dies, when: when, lands: quiet / 2, log: journal.Open(s.journalDir())}
	return m, &orchestrator.Applier{Hub: mortalHub{m}, Ledger: mortalLedger{m}, Journal: mortalJournal{m, m.log},
		Brake: s, Judge: stageRules.Again, Agent: stageRules.Agent, Clock: s.clock, Host: "test", Quiet: quiet}
}

func (s *stage) proposal(p flows.Plan) orchestrator.Proposal {
	return orchestrator.Proposal{ID: orchestrator.NewID(s.clock.Now()), Plans: []flows.Plan{p}, Command: "core dev epic 3 --dispatch", MadeAt: s.clock.Now()}
}

// recover is what the next command does: settle, or go on with what was left,
// and dispatch the rest.
func (s *stage) recover(a *orchestrator.Applier, resume bool) error {
	ctx := s.t.Context()
	if resume {
		left, err := a.Rest("")
		if none := (*orchestrator.NothingOpen)(nil); err != nil && !errors.As(err, &none) {
			return err
		}
		if err == nil {
			if err := a.Resume(ctx, idsOf(left)...); err != nil {
				return err
			}
		}
	}
	if _, err := a.Settle(ctx); err != nil {
		return err
	}
	return a.Apply(ctx, s.proposal(s.plan()))
}

func idsOf(left []orchestrator.Remainder) []string {
	var ids []string
	for _, r := range left {
		ids = append(ids, r.ID)
	}
	return ids
}

// TestKilledAtEveryChange: a process dies right after each of its calls that
// change something (which is right before the next), or with GitHub's effect
// landing later; the next one leaves one comment, one LABELED event, one line a
// child, nothing held.
func TestKilledAtEveryChange(t *testing.T) {
	tried := drawn(t)
	points := 0
	for _, claims := range []bool{false, true} {
		whole := newStage(t)
		whole.claim = claims
		m, a := whole.process(0, after)
		if err := a.Apply(t.Context(), whole.proposal(whole.plan())); err != nil {
			t.Fatal(err)
		}
		for dies, remote := range m.remote {
			for when := after; when < deaths; when++ {
				if when == late && !remote {
					continue
				}
				if !tried() {
					continue
				}
				points++
				t.Run(fmt.Sprint(claims, "/", dies+1, "/", when), func(t *testing.T) {
					t.Parallel()
					s := newStage(t)
					s.claim = claims
					m, a := s.process(dies+1, when)
					if err := a.Apply(t.Context(), s.proposal(s.plan())); !m.dead {
						t.Fatalf("it did not die: %v", err)
					}
					_, a = s.process(0, after)
					if err := s.recover(a, dies%2 == 0); err != nil {
						t.Fatalf("after it died at change %d (%v): %v", dies+1, when, err)
					}
					_ = s.clock.Sleep(t.Context(), time.Hour) // whatever was to land has landed
					s.wantOnce()
					s.wantNothingOpen()
				})
			}
		}
	}
	t.Logf("%d deaths", points)
}

// TestWhatLandsTooLateBlocksNobody: a process dies with a write on its way, and
// the write lands when its plan is settled and nobody looks for it any more. A
// comment may stand there twice then, but each child is dispatched, and paid
// once: a claim that lands so late is known as our own.
func TestWhatLandsTooLateBlocksNobody(t *testing.T) {
	tried := drawn(t)
	for _, claims := range []bool{false, true} {
		whole := newStage(t)
		whole.claim = claims
		m, a := whole.process(0, after)
		if err := a.Apply(t.Context(), whole.proposal(whole.plan())); err != nil {
			t.Fatal(err)
		}
		for dies, remote := range m.remote {
			if !remote {
				continue
			}
			if !tried() {
				continue
			}
			t.Run(fmt.Sprint(claims, "/", dies+1), func(t *testing.T) {
				t.Parallel()
				s := newStage(t)
				s.claim = claims
				m, a := s.process(dies+1, late)
				m.lands = 2 * time.Hour
				if err := a.Apply(t.Context(), s.proposal(s.plan())); !m.dead {
					t.Fatalf("it did not die: %v", err)
				}
				_, a = s.process(0, after)
				if _, err := a.Settle(t.Context()); err != nil {
					t.Fatal(err)
				}
				_ = s.clock.Sleep(t.Context(), 3*time.Hour)
				if err := s.recover(a, false); err != nil {
					t.Fatalf("after write %d landed: %v", dies+1, err)
				}
				got := s.state()
				for n := 1; n <= 2; n++ {
					if got.events[n] != 1 || got.comments[n] < 1 || got.comments[n] > 2 {
						t.Errorf("#%d has %d LABELED events and %d comments", n, got.events[n], got.comments[n])
					}
				}
				if got.held != 0 {
					t.Errorf("%d tasks are held", got.held)
				}
				s.wantNothingOpen()
			})
		}
	}
}

// TestKilledAgainAndAgain: so after any number of deaths in a row.
func TestKilledAgainAndAgain(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := newStage(t)
		s.claim = rapid.Bool().Draw(rt, "claims")
		for range rapid.IntRange(1, 3).Draw(rt, "deaths") {
			_, a := s.process(rapid.IntRange(1, 40).Draw(rt, "at"), death(rapid.IntRange(0, int(deaths)-1).Draw(rt, "when")))
			_ = s.recover(a, rapid.Bool().Draw(rt, "resume"))
			s.clock.mu.Lock()
			s.clock.at = s.clock.at.Add(time.Duration(rapid.IntRange(0, 3).Draw(rt, "pause")) * time.Second)
			s.clock.mu.Unlock()
		}
		_, a := s.process(0, before)
		if err := s.recover(a, rapid.Bool().Draw(rt, "resume")); err != nil {
			rt.Fatal(err)
		}
		_ = s.clock.Sleep(t.Context(), time.Hour)
		s.wantOnce()
		s.wantNothingOpen()
		if t.Failed() {
			rt.FailNow()
		}
	})
}

func (s *stage) wantNothingOpen() {
	s.t.Helper()
	if ids, err := s.log.Unfinished(); err != nil || len(ids) > 0 {
		s.t.Errorf("plans left open: %v, %v", ids, err)
	}
}
