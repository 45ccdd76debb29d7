package proof

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestOnboardingFailedAtEveryWrite: every kind of failure at every write of an
// onboarding, and at two requests of every kind that reads, the first and one
// that is drawn; in the long runs at every request. The command is run again
// until it says that nothing is left: the end is that of the course that nothing
// disturbed.
func TestOnboardingFailedAtEveryWrite(t *testing.T) {
	t.Parallel()
	s := wholeScene()
	c := runCourse(t, s)
	seed := drawnSeed(t)
	var points []failure
	reads := map[string][]int{}
	for n, what := range c.sent {
		if alters(what) || soak() {
			for _, kind := range failures {
				points = append(points, failure{kind, n + 1, what})
			}
			continue
		}
		reads[what] = append(reads[what], n+1)
	}
	atWrites := len(points)
	r := rand.New(rand.NewPCG(seed, 0))
	for what, list := range reads {
		pick := []int{list[0], list[r.IntN(len(list))]}
		for _, n := range slices.Compact(pick) {
			for _, kind := range failures {
				points = append(points, failure{kind, n, what})
			}
		}
	}
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

// alters tells requests of a course that change something.
func alters(what string) bool { return strings.Contains(what, " ") && changes(what) }
