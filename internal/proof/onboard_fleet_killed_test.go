package proof

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// ownWrites is how many requests of a process of a fleet's onboarding are let
// through at the most. Each paces its own writes and knows of no other's: one
// that has sent less than 80 never waits for GitHub's limit of a minute, and so a
// fleet is killed again and again without an hour of waiting.
const ownWrites = 79

// mostDeaths bounds how often one course is killed.
const mostDeaths = 500

// TestOnboardingAFleetKilledAgainAndAgain: a fleet is onboarded by one process
// after the other, each killed at a boundary that is drawn, every second after a
// failure that is drawn, now and then gone on with between them, until one comes
// to its end. The end is, issue for issue, that of one process that nobody
// disturbed. In the long runs on fleets of three seeds, with many courses each.
func TestOnboardingAFleetKilledAgainAndAgain(t *testing.T) {
	t.Parallel()
	seed := drawnSeed(t)
	fleet, seeds, courses := "scale:2x8", 1, 2
	if soak() {
		fleet, seeds, courses = "scale:3x40", 3, 12
	}
	for _, s := range fleetsToOnboard(t, fleet, seed, seeds) {
		seed := s.seed
		t.Run(fmt.Sprintf("%s seed %d", fleet, seed), func(t *testing.T) {
			t.Parallel()
			c := runCourse(t, s)
			numbers := make([]int, courses)
			for n := range numbers {
				numbers[n] = n + 1
			}
			var told tellings
			sum := each(t, busy, numbers, func(t *testing.T, n int) *verdict {
				b := newBench(t, s)
				b.dieAgainAndAgain(len(c.sent), rand.New(rand.NewPCG(seed, uint64(n))), &told)
				return c.as(b)
			})
			t.Logf("onboarding of %s, seed %d, %d requests, %s: %s", fleet, seed, len(c.sent), &told, sum)
			if sum.points != courses || told.deaths.Load() == 0 {
				t.Errorf("%d of %d courses were tried, %s", sum.points, courses, &told)
			}
		})
	}
}

// mostSeeds bounds how many seeds are looked at for one fleet with something to do.
const mostSeeds = 20

// fleetsToOnboard are so many fleets of the seeds from one on that have something
// to onboard: in some every repository executes already.
func fleetsToOnboard(t *testing.T, fleet string, seed uint64, most int) (out []scene) {
	t.Helper()
	for k := range uint64(mostSeeds * most) {
		s := scene{fleet: fleet, seed: seed + k, label: "jules", command: onboardArgs, patience: 10 * longest}
		e := newBench(t, s).run("onboard", "--all", "--dry-run", "--json")
		if e.status != 0 {
			t.Fatalf("%s seed %d: %s", fleet, s.seed, e)
		}
		if e.idle() {
			t.Logf("%s seed %d has nothing to onboard", fleet, s.seed)
			continue
		}
		if out = append(out, s); len(out) == most {
			return out
		}
	}
	t.Fatalf("%d of %d seeds of %s have something to onboard", len(out), mostSeeds*most, fleet)
	return nil
}

// dieAgainAndAgain runs the scene's command, which takes so many requests where
// nobody disturbs it, until it comes to its end undisturbed. It is killed once at
// the least.
func (b *bench) dieAgainAndAgain(requests int, r *rand.Rand, told *tellings) {
	b.t.Helper()
	most := min(ownWrites, requests)
	for k := range mostDeaths {
		p := boundary{1 + r.IntN(most), moments[r.IntN(len(moments))], "drawn"}
		failing := k%2 == 1
		if failing {
			kind := failures[r.IntN(len(failures))]
			if err := b.host.sim.Faults().Replace(fmt.Sprintf("%s@*#%d", kind, 1+r.IntN(p.request))); err != nil {
				b.t.Fatal(err)
			}
		}
		died := b.dies(p)
		b.mend()
		if failing {
			told.failures.Add(1)
		}
		if died {
			told.deaths.Add(1)
		}
		if last := b.runs[len(b.runs)-1]; !died && !failing && last.status == 0 {
			return
		}
		if died && r.IntN(8) == 0 {
			b.goOn()
			told.resumed.Add(1)
		}
	}
	b.t.Errorf("it was killed %d times and has not come to its end", mostDeaths)
}
