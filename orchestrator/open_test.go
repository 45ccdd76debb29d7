package orchestrator_test

import (
	"context"
	"errors"
	"testing"

	"github.com/dappcore/core-dev/orchestrator"
)

// TestAStoppedPlanCountsWhatItSpent: stopped between the label and the log
// step, the journal's figure is that of dispatch.log, before settling and after.
func TestAStoppedPlanCountsWhatItSpent(t *testing.T) {
	s := newStage(t)
	ctx, cancel := context.WithCancel(t.Context())
	labels := 0
	err := s.applyIn(ctx, s.plan(), func(e orchestrator.Event) {
		if e.Step.Effect.Kind() == "label" && e.Outcome == orchestrator.Done {
			if labels++; labels == 2 {
				cancel()
			}
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if got := s.state(); len(got.lines) != 2 || got.held != 0 {
		t.Fatalf("%+v", got)
	}
	a := s.applier(nil)
	open, err := a.LeftOpen()
	if err != nil || len(open) != 1 {
		t.Fatalf("%d plans are open, %v", len(open), err)
	}
	if open[0].Tasks != 2 || open[0].Done != len(open[0].Steps) {
		t.Errorf("open: %d tasks, %d of %d steps", open[0].Tasks, open[0].Done, len(open[0].Steps))
	}
	left, err := a.Settle(t.Context())
	if err != nil || len(left) != 1 || left[0].End != orchestrator.Complete {
		t.Fatalf("%+v, %v", left, err)
	}
	if e, err := a.Plan(open[0].ID); err != nil || e.Tasks != 2 {
		t.Errorf("settled: %d tasks, %v", e.Tasks, err)
	}
	if open, err := a.LeftOpen(); err != nil || len(open) != 0 {
		t.Errorf("%d plans are open afterwards, %v", len(open), err)
	}
}
