package proof

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// failures are all the ways a request goes wrong while somebody waits for its
// answer (package faults), but stale-search: a dispatch searches nothing.
var failures = []string{"500", "502", "503", "502-after", "cut-before", "cut-after", "slow=5ms", "timeout", "partial", "ratelimit", "secondary", "garbage"}

// undone and done are the failures by what they leave of a write (partial is for
// reads).
var (
	undone = []string{"500", "502", "503", "timeout", "cut-before", "ratelimit", "secondary"}
	done   = []string{"502-after", "cut-after", "garbage", "slow=5ms"}
)

// failuresAt are the failures of these requests that are tried: a drawn one of
// each of the two sorts at every write, those at writes first, and some at reads;
// in the long runs every kind at every request.
func failuresAt(t testing.TB, sent []string) (points []failure, atWrites int) {
	t.Helper()
	r := rand.New(rand.NewPCG(drawnSeed(t), 0))
	var reads []failure
	for n, what := range sent {
		switch {
		case !alters(what):
			for _, kind := range failures {
				reads = append(reads, failure{kind, n + 1, what})
			}
		case soak():
			for _, kind := range failures {
				points = append(points, failure{kind, n + 1, what})
			}
		default:
			points = append(points, failure{undone[r.IntN(len(undone))], n + 1, what}, failure{done[r.IntN(len(done))], n + 1, what})
		}
	}
	points = every(t, points)
	return append(points, sample(t, reads, drawn)...), len(points)
}

// alters tells requests that change something, a query of GraphQL by its name or
// not.
func alters(what string) bool { return strings.Contains(what, " ") && changes(what) }

// failure is a fault at one request of a dispatch.
type failure struct {
	kind    string
	request int
	what    string
}

func (f failure) String() string {
	return fmt.Sprintf("%s at request %d (%s)", f.kind, f.request, f.what)
}

// TestFailedAtEveryRequest: every kind of failure at every request of a
// dispatch. What the run did not do itself, the next ones do.
func TestFailedAtEveryRequest(t *testing.T) {
	t.Parallel()
	for _, s := range killScenes(t) {
		sent := record(t, s)
		var points []failure
		for n, what := range sent {
			for _, kind := range failures {
				points = append(points, failure{kind, n + 1, what})
			}
		}
		all := len(points)
		if points = some(s, points); s.claims && !s.past { // much is the same as without
			points, _ = failuresAt(t, sent)
		}
		points = every(t, points)
		sum := each(t, waiting, points, func(t *testing.T, p failure) *verdict { return failedAt(t, s, p) })
		t.Logf("%s: %d requests x %d failures, %d of %d: %s", s, len(sent), len(failures), len(points), all, sum)
		if sum.points != len(points) {
			t.Errorf("%d of %d points were tried", sum.points, len(points))
		}
	}
}

func failedAt(t *testing.T, s scene, p failure) *verdict {
	b := newBench(t, s)
	if err := b.host.sim.Faults().Replace(fmt.Sprintf("%s@*#%d", p.kind, p.request)); err != nil {
		t.Fatal(err)
	}
	b.host.at(nil)
	b.runs = append(b.runs, b.run(dispatchArgs(s.epic, s.first)...))
	if len(b.host.requests()) < p.request {
		t.Errorf("the run never came there:\n%s", b.story())
	}
	b.mend()
	return b.recovered()
}

// mend ends the failure.
func (b *bench) mend() {
	if err := b.host.sim.Faults().Replace(""); err != nil {
		b.t.Fatal(err)
	}
}

// changes tells requests that change something.
func changes(what string) bool {
	return !strings.HasPrefix(what, "GET ") && !strings.HasSuffix(what, "/graphql")
}

// landing is a write that happens after its connection was cut.
type landing struct {
	request int
	what    string
	when    string
	killed  bool // and whoever sent it is killed then
}

// When a late write lands.
const (
	beforeLook = "before the next request" // inside the quiet period
	afterWrite = "after the next write"    // it was looked for, and sent again
	afterAll   = "when nothing is left to do"
)

func (l landing) String() string {
	sender := "its sender lives"
	if l.killed {
		sender = "its sender is killed"
	}
	return fmt.Sprintf("request %d (%s) lands %s, %s", l.request, l.what, l.when, sender)
}

// TestWritesThatLandLate: every write's connection is cut, and it happens later;
// whoever sent it lives on, or is killed at that moment. Inside the quiet period
// that changes nothing. After it nobody can know: then a comment may stand there
// twice, but no task is paid twice, none is spent that the budget does not
// count, and no child is left undone.
func TestWritesThatLandLate(t *testing.T) {
	t.Parallel()
	for _, s := range killScenes(t) {
		sent := record(t, s)
		for _, when := range []string{beforeLook, afterWrite, afterAll} {
			for _, killed := range []bool{false, true} {
				var points []landing
				for n, what := range sent {
					if changes(what) {
						points = append(points, landing{n + 1, what, when, killed})
					}
				}
				points = every(t, some(s, points))
				var limit counter
				sum := each(t, busy, points, func(t *testing.T, p landing) *verdict { return landsLate(t, s, p, &limit) })
				t.Logf("%s: %d writes land %s, killed %v: %s; %s", s, len(points), when, killed, sum, &limit)
				if len(points) == 0 || sum.points != len(points) {
					t.Errorf("%d of %d points were tried", sum.points, len(points))
				}
			}
		}
	}
}

// lateBy is how long after its arrival a late write is due: only the test's hand
// on the clock makes that come about.
const lateBy = time.Hour

func landsLate(t *testing.T, s scene, p landing, limit *counter) *verdict {
	b := newBench(t, s)
	if err := b.host.sim.Faults().Replace(fmt.Sprintf("late=%s@*#%d", lateBy, p.request)); err != nil {
		t.Fatal(err)
	}
	land := sync.OnceFunc(func() { b.host.sim.Advance(lateBy) })
	c, token := b.victim()
	var victim *process
	ready := make(chan struct{})
	b.host.at(func(n int, at moment, r *http.Request) bool {
		<-ready
		switch {
		case n == p.request && at == afterEffect && p.killed:
			b.host.end(token)
			victim.kill()
		case n <= p.request:
		case p.when == beforeLook && at == beforeRequest:
			land()
		case p.when == afterWrite && at == afterEffect && changes(r.Method+" "+r.URL.Path):
			land()
		}
		return false
	})
	var err error
	if victim, err = start(c); err != nil {
		t.Fatal(err)
	}
	close(ready)
	e := victim.wait()
	b.host.end(token)
	b.host.rest()
	b.runs = append(b.runs, e)
	if killed := e.status == -1; killed != p.killed {
		t.Errorf("killed: %v\n%s", killed, b.story())
	}
	if p.when == beforeLook {
		land()
	}
	if err := b.finish(); err != nil {
		t.Errorf("%v\n%s", err, b.story())
	}
	land()
	b.host.at(nil)
	if p.when == beforeLook {
		return b.recovered()
	}
	return b.recoveredWithin(limit)
}
