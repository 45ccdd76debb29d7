package orchestrator_test

import (
	"errors"
	"testing"
	"time"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/flows/execute"
	"github.com/dappcore/core-dev/internal/github"
	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
)

// recalling plans what "core dev recall" of a child does.
func (s *stage) recalling(n int) flows.Plan {
	s.t.Helper()
	snap, err := s.hub.Survey(s.t.Context(), []inventory.RepoRef{s.repo}, github.SurveyOptions{})
	if err != nil {
		s.t.Fatal(err)
	}
	known, err := s.book.Dispatched()
	if err != nil {
		s.t.Fatal(err)
	}
	records := inventory.Records{}
	for key, k := range known {
		records[key] = inventory.Record{Lines: k.Lines, LastLine: k.Last}
	}
	p, err := execute.Recall{Child: s.ref(n)}.Plan(flows.World{Snapshot: &snap, Rules: stageRules, Records: records, Now: s.clock.Now()})
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

// anew takes what was dispatched back and dispatches it anew.
func (s *stage) anew(children ...int) {
	s.t.Helper()
	for _, n := range children {
		s.must(s.apply(s.recalling(n), nil))
	}
	s.must(s.clock.Sleep(s.t.Context(), time.Minute))
	s.must(s.apply(s.plan(), nil))
	s.must(s.clock.Sleep(s.t.Context(), time.Minute))
}

func (s *stage) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// TestANewerDispatchIsNotTakenBack: an undo and a recall that are approved when
// what they take back was dispatched anew leave the new one alone, and nobody
// pays for a third.
func TestANewerDispatchIsNotTakenBack(t *testing.T) {
	for name, late := range map[string]func(*stage) flows.Plan{
		"undo": func(s *stage) flows.Plan {
			p, err := s.applier(nil).Undo("")
			s.must(err)
			return p
		},
		"recall": func(s *stage) flows.Plan { return s.recalling(1) },
		"a recall that was interrupted before its last step": func(s *stage) flows.Plan {
			p := s.recalling(1)
			p.Steps = p.Steps[len(p.Steps)-1:]
			return p
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			s.must(s.apply(s.plan(), nil))
			s.must(s.clock.Sleep(t.Context(), time.Minute))
			p := late(s) // shown, and the question stands
			s.anew(1, 2)
			before := s.state()

			var stale *orchestrator.Stale
			if err := s.apply(p, nil); !errors.As(err, &stale) {
				t.Errorf("%v", err)
			}
			_ = s.sim.World().View(func(tx *world.Tx) error {
				for _, n := range []int{1, 2} {
					if i := s.issue(tx, n); len(i.LabelIDs) == 0 {
						t.Errorf("#%d bears no label any more", n)
					}
				}
				return nil
			})
			s.must(s.clock.Sleep(t.Context(), time.Minute))
			if next := s.plan(); next.Cost.Tasks != 0 {
				t.Errorf("%d tasks more", next.Cost.Tasks)
			}
			if got := s.state(); got.events[1] != 2 || got.comments[1] != before.comments[1] {
				t.Errorf("%+v, before %+v", got, before)
			}
		})
	}
}

// TestADispatchToAnotherAgentIsNotTakenBack: the label that was to come off is
// off, and another agent has the child.
func TestADispatchToAnotherAgentIsNotTakenBack(t *testing.T) {
	s := newStage(t)
	s.must(s.apply(s.plan(), nil))
	undo, err := s.applier(nil).Undo("")
	s.must(err)
	s.must(s.hub.RemoveLabel(t.Context(), s.ref(2), "jules"))
	s.must(s.hub.AddLabel(t.Context(), s.ref(2), "codex"))
	a := s.applier(nil)
	a.Agent = inventory.Rules{Labels: map[string]string{"jules": "jules", "codex": "codex"}}.Agent
	var stale *orchestrator.Stale
	if err := a.Apply(t.Context(), s.proposal(undo)); !errors.As(err, &stale) || stale.Target != s.ref(2).String() {
		t.Errorf("%v", err)
	}
	if recalls, err := s.log.Recalls(); err != nil || len(recalls) != 0 {
		t.Errorf("%v %v", recalls, err)
	}
}
