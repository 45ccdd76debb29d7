package proof

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// alike are the failures by what they leave: nothing done and an answer that
// says so, nothing done and no answer, done and an answer that says otherwise,
// done and no answer, no answer in time or a part of one, and a refusal.
var alike = [][]string{{"500", "502", "503"}, {"cut-before"}, {"502-after", "garbage"}, {"cut-after"}, {"timeout", "partial", "slow=5ms"}, {"ratelimit", "secondary"}}

// TestOnboardingFailedAtEveryWrite: at every write of an onboarding one drawn
// failure of all that are alike, and failures of all kinds at drawn requests
// that read; in the long runs every kind at every request. The command is run again
// until it says that nothing is left: the end is that of the course that nothing
// disturbed.
func TestOnboardingFailedAtEveryWrite(t *testing.T) {
	t.Parallel()
	s := wholeScene()
	c := runCourse(t, s)
	seed := drawnSeed(t)
	r := rand.New(rand.NewPCG(seed, 0))
	var points, reads []failure
	for n, what := range c.sent {
		for _, kinds := range alike {
			switch {
			case !alters(what):
				for _, kind := range kinds {
					reads = append(reads, failure{kind, n + 1, what})
				}
			case soak():
				for _, kind := range kinds {
					points = append(points, failure{kind, n + 1, what})
				}
			default:
				points = append(points, failure{kinds[r.IntN(len(kinds))], n + 1, what})
			}
		}
	}
	atWrites := len(points)
	points = append(points, sample(t, reads, 3*drawn)...)
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
