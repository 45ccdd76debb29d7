package proof

import (
	"fmt"
	"testing"
)

// TestOnboardingFailedAtEveryWrite: at every write of an onboarding a drawn
// failure that leaves nothing done and one that leaves it done, and failures of
// all kinds at drawn requests that read; in the long runs every kind at every
// request. The command is run again
// until it says that nothing is left: the end is that of the course that nothing
// disturbed.
func TestOnboardingFailedAtEveryWrite(t *testing.T) {
	t.Parallel()
	s := wholeScene()
	c := runCourse(t, s)
	points, atWrites := failuresAt(t, c.sent)
	sum := each(t, waiting, points, func(t *testing.T, p failure) *verdict {
		b := newBench(t, s)
		if err := b.host.sim.Faults().Replace(fmt.Sprintf("%s@*#%d", p.kind, p.request)); err != nil {
			t.Fatal(err)
		}
		b.host.at(nil)
		b.runs = append(b.runs, b.run(s.command...))
		if len(b.host.requests()) < p.request {
			t.Errorf("the run never came there:\n%s", b.story())
		}
		b.mend()
		return c.as(b)
	})
	t.Logf("onboarding, %d requests, %d failures at writes, %d at reads: %s", len(c.sent), atWrites, len(points)-atWrites, sum)
	if sum.points != len(points) {
		t.Errorf("%d of %d points were tried", sum.points, len(points))
	}
}
