package proof

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
)

// record runs the dispatch once, undisturbed, and returns the requests it sent.
func record(t *testing.T, s scene) []string {
	t.Helper()
	b := newBench(t, s)
	b.host.at(nil)
	e := b.run(dispatchArgs(s.epic, s.first)...)
	b.runs = append(b.runs, e)
	sent := b.host.requests()
	if e.status != 0 {
		t.Fatalf("undisturbed it fails:\n%s", b.story())
	}
	if err := b.finish(); err != nil {
		t.Fatal(err, b.story())
	}
	if v := b.judge(); !v.clean() {
		t.Fatalf("undisturbed:\n%s%s", v, b.story())
	}
	return sent
}

// each works through points, so many at once, and adds up their verdicts.
func each[P any](t *testing.T, ways int, points []P, one func(t *testing.T, p P) *verdict) tally {
	t.Helper()
	var sum tally
	var mu sync.Mutex
	var all sync.WaitGroup
	gate := make(chan struct{}, ways)
	for _, p := range points {
		gate <- struct{}{}
		all.Go(func() {
			defer func() { <-gate }()
			t.Run(fmt.Sprint(p), func(t *testing.T) {
				v := one(t, p)
				mu.Lock()
				defer mu.Unlock()
				sum.add(v)
			})
		})
	}
	all.Wait()
	return sum
}

// drawn is how many points of a kind a fleet of the long runs gets, but for the
// request boundaries: whole fleets are for their variety, not for all points.
const drawn = 16

// some are all points of a small scene; of a fleet the few that its seed draws.
func some[P any](s scene, points []P) []P {
	if !s.past || len(points) <= drawn {
		return points
	}
	r := rand.New(rand.NewPCG(s.seed, uint64(len(points))))
	out := make([]P, 0, drawn)
	for _, k := range r.Perm(len(points))[:drawn] {
		out = append(out, points[k])
	}
	return out
}

// drawnRaced is how many points of a kind are drawn with the race detector.
const drawnRaced = 8

// every are all points, and with the race detector a few that are drawn.
func every[P any](t testing.TB, points []P) []P {
	t.Helper()
	return sample(t, points, len(points))
}

// sample are all points in the long runs; else so many that a seed draws, which
// is printed.
func sample[P any](t testing.TB, points []P, most int) []P {
	t.Helper()
	if raced {
		most = min(most, drawnRaced)
	}
	if soak() || len(points) <= most {
		return points
	}
	seed := drawnSeed(t)
	t.Logf("%d of %d points are drawn", most, len(points))
	r := rand.New(rand.NewPCG(seed, uint64(len(points))))
	out := make([]P, 0, most)
	for _, k := range r.Perm(len(points))[:most] {
		out = append(out, points[k])
	}
	return out
}

// boundary is a point to be killed at.
type boundary struct {
	request int
	at      moment
	what    string
}

func (b boundary) String() string {
	return fmt.Sprintf("request %d (%s), %s", b.request, b.what, b.at)
}

// boundaries are where a process may be that sends these requests. Without the
// long runs: before every request, after the effect of every write, and some of
// the rest, drawn. A read has no effect, and whoever has an answer is soon before
// the next request.
func boundaries(t testing.TB, sent []string) []boundary {
	t.Helper()
	var points, rest []boundary
	for n, what := range sent {
		for _, at := range moments {
			p := boundary{n + 1, at, what}
			if soak() || at == beforeRequest || at == afterEffect && alters(what) {
				points = append(points, p)
			} else {
				rest = append(rest, p)
			}
		}
	}
	if points = every(t, points); len(rest) > 0 {
		points = append(points, sample(t, rest, drawn)...)
	}
	return points
}

// TestKilledAtEveryRequestBoundary: SIGKILL before a request is handled, after
// its effect, and after its answer was sent, for every request of a dispatch.
func TestKilledAtEveryRequestBoundary(t *testing.T) {
	t.Parallel()
	for _, s := range killScenes(t) {
		sent := record(t, s)
		points := boundaries(t, sent)
		sum := each(t, busy, points, func(t *testing.T, p boundary) *verdict { return killedAt(t, s, p) })
		t.Logf("%s: %d requests, %d boundaries: %s", s, len(sent), len(points), sum)
		if sum.points != len(points) {
			t.Errorf("%d of %d points were tried", sum.points, len(points))
		}
	}
}

func killedAt(t *testing.T, s scene, p boundary) *verdict {
	b := newBench(t, s)
	b.die(p)
	return b.recovered()
}

// die runs the scene's command and kills it at a boundary.
func (b *bench) die(p boundary) {
	b.t.Helper()
	if !b.dies(p) {
		b.t.Errorf("the run never came there:\n%s", b.story())
	}
}

// dies runs the scene's command and kills it at a boundary; false: it came to
// its end before.
func (b *bench) dies(p boundary) bool {
	b.t.Helper()
	c, token := b.victim()
	var victim *process
	ready := make(chan struct{})
	var reached atomic.Bool
	b.host.at(func(n int, at moment, r *http.Request) bool {
		<-ready
		if n != p.request {
			return false
		}
		if at == afterEffect { // what it sends after the answer, it did not live to send
			b.host.end(token)
		}
		if at != p.at {
			return false
		}
		reached.Store(true)
		victim.kill()
		return true
	})
	var err error
	if victim, err = start(c); err != nil {
		b.t.Fatal(err)
	}
	close(ready)
	b.gone(token, victim.wait())
	return reached.Load()
}

// recovered runs the command again until it is done, and judges.
func (b *bench) recovered() *verdict {
	b.t.Helper()
	err := b.finish()
	v := b.judge()
	if err != nil {
		v.other = append(v.other, err.Error())
	}
	if !v.clean() {
		b.t.Errorf("\n%s%s", v, b.story())
	}
	return v
}
