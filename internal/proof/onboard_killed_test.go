package proof

import (
	"strings"
	"testing"
)

// course is an onboarding as it goes undisturbed.
type course struct {
	sent []string // its requests, a query of GraphQL by its name
	end  []string // what GitHub and the folder hold then
}

// runCourse runs the scene's command to its end, then once more: the second run
// has nothing to do and sends nothing.
func runCourse(t testing.TB, s scene) course {
	t.Helper()
	b := newBench(t, s)
	b.host.at(nil)
	e := b.run(s.command...)
	b.runs = append(b.runs, e)
	c := course{sent: b.host.requests()}
	for k, r := range b.host.sim.Requests().Since(0) {
		if r.Operation != "" {
			c.sent[k] = r.Operation
		}
	}
	if e.status != 0 || e.idle() {
		t.Fatalf("undisturbed:\n%s", b.story())
	}
	c.end = b.state()
	b.secondRun()
	if d := differences(c.end, b.state()); len(d) > 0 {
		t.Errorf("the second run changed\n%s", strings.Join(d, "\n"))
	}
	return c
}

// secondRun runs the command again: it plans nothing and GitHub sees no write.
func (b *bench) secondRun() {
	b.t.Helper()
	last := b.host.sim.Requests().Last()
	e := b.run(b.scene.args(0)...)
	b.runs = append(b.runs, e)
	b.nothingDone(e, last)
}

// nothingDone holds a run against GitHub's journal from a request on.
func (b *bench) nothingDone(e ended, last int64) {
	b.t.Helper()
	if !e.idle() {
		b.t.Errorf("the second run has something to do:\n%s", e)
	}
	for _, r := range b.host.sim.Requests().Since(last) {
		if len(r.Effect) > 0 || r.Method != "GET" && r.Operation == "" || r.Kind == "mutation" {
			b.t.Errorf("the second run sent %s %s %s, which changed %v", r.Method, r.Path, r.Operation, r.Effect)
		}
	}
}

// as holds the end of a course against this one's: issue for issue, and the
// folder's books with them.
func (c course) as(b *bench) *verdict {
	b.t.Helper()
	v := &verdict{}
	if err := b.finish(); err != nil {
		v.other = append(v.other, err.Error())
	}
	for _, d := range differences(c.end, b.state()) {
		if strings.HasPrefix(d, "lacks") {
			v.lost = append(v.lost, d)
		} else {
			v.over = append(v.over, d)
		}
	}
	if !v.clean() {
		b.t.Errorf("\n%s%s", v, b.story())
	}
	return v
}

// TestOnboardingKilledAtEveryRequestBoundary: SIGKILL at every boundary of an
// onboarding of one repository, and the command run again, or what was left
// gone on with first: the end is, issue for issue, that of the course that
// nobody disturbed. In the long runs small fleets of drawn seeds besides.
func TestOnboardingKilledAtEveryRequestBoundary(t *testing.T) {
	t.Parallel()
	onboardingKilled(t, wholeScene())
	if !soak() {
		return
	}
	for _, s := range fleetsToOnboard(t, "scale:2x8", drawnSeed(t), 3) {
		onboardingKilled(t, s)
	}
}

func onboardingKilled(t *testing.T, s scene) {
	c := runCourse(t, s)
	points := boundaries(t, c.sent)
	for _, resumed := range []bool{false, true} {
		if resumed { // going on is killed at every boundary of a dispatch, too
			points = sample(t, points, drawn)
		}
		sum := each(t, busy, points, func(t *testing.T, p boundary) *verdict {
			b := newBench(t, s)
			b.die(p)
			if resumed {
				b.goOn()
			}
			return c.as(b)
		})
		t.Logf("onboarding of %s, seed %d, %d requests, %d boundaries, resumed %v: %s", s.fleet, s.seed, len(c.sent), len(points), resumed, sum)
		if sum.points != len(points) {
			t.Errorf("%d of %d points were tried", sum.points, len(points))
		}
	}
}

// goOn goes on with what was left. Exit status 5 of it tells that nothing was.
func (b *bench) goOn() {
	b.t.Helper()
	e := b.run("apply", "--resume", "--yes")
	b.runs = append(b.runs, e)
	if e.status != 0 && !strings.Contains(e.err, "nothing to go on with") {
		b.t.Errorf("what was left could not be gone on with:\n%s", b.story())
	}
}

// TestOnboardingWhileListsLag: GitHub's lists show nothing of the last half hour,
// from the first request to the last; each issue that was made is there by its
// number. In this folder nothing is made twice, nor left out.
func TestOnboardingWhileListsLag(t *testing.T) {
	t.Parallel()
	s := wholeScene()
	c := runCourse(t, s)
	b := newBench(t, s)
	if err := b.host.sim.Faults().Replace("lag=30m@*"); err != nil {
		t.Fatal(err)
	}
	c.as(b)
}
