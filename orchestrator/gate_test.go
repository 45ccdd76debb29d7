package orchestrator_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
)

func (s *stage) shut(n int) {
	closed := "closed"
	s.update(func(tx *world.Tx) error {
		_, err := tx.EditIssue(s.issue(tx, n), world.IssueEdit{State: &closed})
		return err
	})
}

// limited is a limit that refused for sure.
type limited struct{ d time.Duration }

func (l limited) Error() string          { return "refused by a limit" }
func (l limited) RetryIn() time.Duration { return l.d }

// delayed is a Hub whose first comment, or label, meets something: by an error it
// was not sent, else it is sent afterwards, by the client as it is shipped.
type delayed struct {
	orchestrator.Hub
	comment, label func() error
}

func (h *delayed) PostComment(ctx context.Context, ref inventory.Ref, body string) (int64, error) {
	if err := meet(&h.comment); err != nil {
		return 0, err
	}
	return h.Hub.PostComment(ctx, ref, body)
}

func (h *delayed) AddLabel(ctx context.Context, ref inventory.Ref, label string) error {
	if err := meet(&h.label); err != nil {
		return err
	}
	return h.Hub.AddLabel(ctx, ref, label)
}

func meet(first *func() error) error {
	do := *first
	*first = nil
	if do == nil {
		return nil
	}
	return do()
}

// delays are how a write is kept waiting: GitHub refuses it for a while, or the
// client holds it back itself.
func (s *stage) delays(d time.Duration, meanwhile func()) map[string]func() error {
	return map[string]func() error{
		"refused by GitHub": func() error { meanwhile(); return limited{d} },
		"held back by the client": func() error {
			meanwhile()
			return s.clock.Sleep(s.t.Context(), d)
		},
	}
}

// TestPausedWhileAWriteWaits: a write that waits for a limit while PAUSE is
// created is not sent.
func TestPausedWhileAWriteWaits(t *testing.T) {
	for _, how := range []string{"refused by GitHub", "held back by the client"} {
		t.Run(how, func(t *testing.T) {
			s := newStage(t)
			a := s.applier(nil)
			a.Hub = &delayed{Hub: s.hub, comment: s.delays(30*time.Second, func() { s.pause = true })[how]}
			err := a.Apply(t.Context(), s.proposal(s.plan()))
			var paused orchestrator.Paused
			if got := s.state(); !errors.As(err, &paused) || got.comments[1] != 0 || got.held != 0 {
				t.Errorf("%v; %d comments were written while paused, %d tasks are held", err, got.comments[1], got.held)
			}
			s.pause = false
			if err := s.recover(s.applier(nil), true); err != nil {
				t.Fatal(err)
			}
			s.wantOnce()
			s.wantNothingOpen()
		})
	}
}

// TestAChildClosedWhileAWriteWaits: what a look saw before a long wait counts no
// more: nothing is written to a child that was closed meanwhile, and its task is
// not spent.
func TestAChildClosedWhileAWriteWaits(t *testing.T) {
	for _, d := range []time.Duration{time.Second, 3 * time.Minute, 40 * time.Minute} {
		for _, how := range []string{"refused by GitHub", "held back by the client"} {
			if how == "held back by the client" && d < time.Minute {
				continue // as a moment's wait between any look and any write
			}
			for _, step := range []string{"comment", "label"} {
				t.Run(fmt.Sprint(d, " ", how, " ", step), func(t *testing.T) {
					s := newStage(t)
					hub := &delayed{Hub: s.hub}
					wait := s.delays(d, func() { s.shut(1) })[how]
					if step == "comment" {
						hub.comment = wait
					} else {
						hub.label = wait
					}
					a := s.applier(nil)
					a.Hub = hub
					err := a.Apply(t.Context(), s.proposal(s.plan()))
					var stale *orchestrator.Stale
					got := s.state()
					if !errors.As(err, &stale) || got.events[1] != 0 || len(got.lines) != 0 || got.held != 0 {
						t.Errorf("%v; %d LABELED events of a closed child, lines %v, %d tasks held", err, got.events[1], got.lines, got.held)
					}
					if step == "comment" && got.comments[1] != 0 {
						t.Errorf("%d comments on a closed child", got.comments[1])
					}
					s.wantNothingOpen()
				})
			}
		}
	}
}

// TestAWriteThatWaitedTooLongGetsANewIntent: it is refused before it leaves, and
// sent on a look and an intent of then, as often as it takes.
func TestAWriteThatWaitedTooLongGetsANewIntent(t *testing.T) {
	s := newStage(t)
	a := s.applier(nil)
	a.Hub = &slowLabels{Hub: s.hub, clock: s.clock, times: 5} // more often than a step is sent at the most
	if err := a.Apply(t.Context(), s.proposal(s.plan())); err != nil {
		t.Fatal(err)
	}
	s.wantOnce()
	s.wantNothingOpen()
	list, err := a.History(1)
	if err != nil {
		t.Fatal(err)
	}
	lines, _, err := s.log.Read(list[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for _, l := range lines {
		if strings.Contains(string(l), "nothing was sent") {
			refused++
		}
	}
	if refused != 5 {
		t.Errorf("%d writes are noted as not sent, 5 were", refused)
	}
}

// slowLabels keeps its first labels for six minutes before they reach the client.
type slowLabels struct {
	orchestrator.Hub
	clock *clock
	times int
}

func (h *slowLabels) AddLabel(ctx context.Context, ref inventory.Ref, label string) error {
	if h.times > 0 {
		h.times--
		if err := h.clock.Sleep(ctx, 6*time.Minute); err != nil {
			return err
		}
	}
	return h.Hub.AddLabel(ctx, ref, label)
}

// sleepy is a process whose machine slept for six minutes with a comment on its
// way out: it leaves long after its intent.
type sleepy struct{ mortalHub }

func (h sleepy) PostComment(ctx context.Context, ref inventory.Ref, body string) (int64, error) {
	_ = h.clock.Sleep(ctx, 6*time.Minute)
	return h.mortalHub.PostComment(ctx, ref, body)
}

// TestTheQuietPeriodBeginsWhenSomebodyLooks: a write may land after the death of
// its process however old its intent was then, so whoever finds it out waits the
// quiet period from then on.
func TestTheQuietPeriodBeginsWhenSomebodyLooks(t *testing.T) {
	points := 0
	for dies := 1; ; dies++ {
		s := newStage(t)
		m, a := s.process(dies, late)
		m.lands = 10 * time.Second
		a.Hub = sleepy{mortalHub{m}}
		_ = a.Apply(t.Context(), s.proposal(s.plan()))
		if !m.dead {
			break
		}
		if len(s.clock.later) == 0 {
			continue
		}
		points++
		if err := s.recover(s.applier(nil), dies%2 == 0); err != nil {
			t.Fatalf("after it died at change %d: %v", dies, err)
		}
		_ = s.clock.Sleep(t.Context(), time.Hour)
		s.wantOnce()
		s.wantNothingOpen()
	}
	if points < 5 {
		t.Errorf("only %d writes were on their way at a death", points)
	}
}

// TestResumeLooksBeforeItWrites: a plan is gone on with after its child was
// closed: nothing is written to it.
func TestResumeLooksBeforeItWrites(t *testing.T) {
	points := 0
	for _, claims := range []bool{false, true} {
		for dies := 1; ; dies++ {
			s := newStage(t)
			s.claim = claims
			m, a := s.process(dies, before)
			_ = a.Apply(t.Context(), s.proposal(s.plan()))
			if !m.dead {
				break
			}
			was := s.state()
			if was.events[1] != 0 {
				break
			}
			refs := s.claims()
			s.shut(1)
			a = s.applier(nil)
			left, err := a.Rest("")
			if err != nil {
				continue // it died before there was a plan
			}
			points++
			err = a.Resume(t.Context(), idsOf(left)...)
			var stale *orchestrator.Stale
			got := s.state()
			if !errors.As(err, &stale) || got.comments[1] != was.comments[1] || got.events[1] != 0 || got.held != 0 || s.claims() != refs {
				t.Errorf("died at %d: %v; %d comments on the closed child (%d before), %d claims (%d before), %d events, %d held",
					dies, err, got.comments[1], was.comments[1], s.claims(), refs, got.events[1], got.held)
			}
		}
	}
	if points < 10 {
		t.Errorf("only %d plans were gone on with", points)
	}
}

// claims counts the claims of the first child.
func (s *stage) claims() int {
	_, ok, err := s.hub.Ref(s.t.Context(), s.repo, "refs/core/dispatch/1/1")
	if err != nil {
		s.t.Fatal(err)
	}
	if ok {
		return 1
	}
	return 0
}

// refusedLooks is a Hub whose first looks before a write a limit refuses.
type refusedLooks struct {
	orchestrator.Hub
	recheck, head func() error
}

func (h *refusedLooks) Recheck(ctx context.Context, q inventory.Question) (inventory.Fresh, error) {
	if err := meet(&h.recheck); err != nil {
		return inventory.Fresh{}, err
	}
	return h.Hub.Recheck(ctx, q)
}

func (h *refusedLooks) Head(ctx context.Context, repo inventory.RepoRef, branch string) (string, bool, error) {
	if err := meet(&h.head); err != nil {
		return "", false, err
	}
	return h.Hub.Head(ctx, repo, branch)
}

// TestALookWaitsForALimitAsAWriteDoes: a limit that refuses the look before a write
// does not break the run off, and nothing is spent twice.
func TestALookWaitsForALimitAsAWriteDoes(t *testing.T) {
	for _, d := range []time.Duration{time.Second, 53 * time.Minute} {
		refuses := func() error { return limited{d} }
		for name, hub := range map[string]*refusedLooks{"a branch": {head: refuses}, "a child": {recheck: refuses}} {
			t.Run(fmt.Sprint(name, " ", d), func(t *testing.T) {
				s := newStage(t)
				hub.Hub = s.hub
				waits := 0
				a := s.applier(func(e orchestrator.Event) {
					if e.Outcome == orchestrator.Waiting {
						waits++
					}
				})
				a.Hub = hub
				if err := a.Apply(t.Context(), s.proposal(s.plan())); err != nil {
					t.Fatal(err)
				}
				if waits != 1 {
					t.Errorf("%d waits were told, there was one", waits)
				}
				s.wantOnce()
				s.wantNothingOpen()
			})
		}
	}
}
