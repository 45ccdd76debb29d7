package orchestrator_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/flows"
)

// TestTakingBackKilledAtEveryChange: whenever the process dies, in the end the
// issue is closed and noted as taken back, or open and noted as given again.
func TestTakingBackKilledAtEveryChange(t *testing.T) {
	back := flows.Plan{Flow: "undo"}
	again := flows.Plan{Flow: "audit"}
	whole := newMaking(t)
	back.Add(flows.Step{Reason: "test", Effect: flows.CloseIssue{Issue: whole.ref(9), Reason: "not_planned", TakesBack: true}})
	again.Add(flows.Step{Reason: "test", Effect: flows.ReopenIssue{Issue: whole.ref(9), Again: true}})
	for _, c := range []struct {
		name   string
		before []flows.Plan
		plan   flows.Plan
		closed bool
	}{{"back", nil, back, true}, {"again", []flows.Plan{back}, again, false}} {
		start := func(t *testing.T) *stage {
			s := newMaking(t)
			for _, p := range c.before {
				if err := s.apply(p, nil); err != nil {
					t.Fatal(err)
				}
				s.clock.at = s.clock.at.Add(time.Second)
			}
			return s
		}
		s := start(t)
		m, a := s.process(0, after)
		if err := a.Apply(t.Context(), s.proposal(c.plan)); err != nil {
			t.Fatal(err)
		}
		for dies, remote := range m.remote {
			for when := after; when < deaths; when++ {
				if when == late && !remote {
					continue
				}
				for _, resume := range []bool{false, true} {
					t.Run(fmt.Sprint(c.name, "/", dies+1, "/", when, "/", resume), func(t *testing.T) {
						s := start(t)
						m, a := s.process(dies+1, when)
						if err := a.Apply(t.Context(), s.proposal(c.plan)); !m.dead {
							t.Fatalf("it did not die: %v", err)
						}
						_, a = s.process(0, after)
						if err := s.again(a, resume, c.plan); err != nil {
							t.Fatal(err)
						}
						got, err := s.log.TakenBack()
						if noted := !got[s.ref(9).Key()].IsZero(); err != nil || noted != c.closed {
							t.Errorf("taken back: %v, %v", got, err)
						}
						if want := fmt.Sprintf("#9 \"issue 9\" closed %v", c.closed); !strings.Contains(s.picture(), want) {
							t.Errorf("not %s:\n%s", want, s.picture())
						}
						s.wantNothingOpen()
					})
				}
			}
		}
	}
}
