package proof

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
)

// syncs are the system calls by which a program makes sure of what it wrote.
var syncs = map[uint64]string{syscall.SYS_FSYNC: "fsync", syscall.SYS_FDATASYNC: "fdatasync"}

// writes are those by which it changes files at all: between two syncs a
// process can die after any of them.
var writes = func() map[uint64]string {
	all := maps.Clone(syncs)
	maps.Copy(all, map[uint64]string{syscall.SYS_WRITE: "write", syscall.SYS_PWRITE64: "pwrite", syscall.SYS_FTRUNCATE: "ftruncate",
		syscall.SYS_RENAMEAT: "rename", syscall.SYS_UNLINKAT: "unlink"})
	maps.Copy(all, moreWrites)
	return all
}()

// instant is a system call to be killed at. Which number it has among all calls
// depends on the order of threads; which call of its kind on its file it is,
// does not.
type instant struct {
	moved
}

func (i instant) String() string {
	side := "before"
	if i.done {
		side = "after"
	}
	return fmt.Sprintf("%s %s %d of %s", side, i.name, i.nth, i.file)
}

// oneSide leaves, without the long runs, one drawn side of every call: what a
// killed process wrote is there whether it was synced or not, so that before and
// after a sync the files are the same.
func oneSide(t testing.TB, all []instant) []instant {
	t.Helper()
	if soak() {
		return all
	}
	r := rand.New(rand.NewPCG(drawnSeed(t), 1))
	side := map[moved]bool{}
	var out []instant
	for _, p := range all {
		call := p.moved
		call.done = false
		if _, known := side[call]; !known {
			side[call] = r.IntN(2) == 1
		}
		if side[call] == p.done {
			out = append(out, p)
		}
	}
	return out
}

// TestKilledAtEverySync: SIGKILL right before and right after every fsync and
// fdatasync of a dispatch.
func TestKilledAtEverySync(t *testing.T) {
	t.Parallel()
	for _, s := range killScenes(t) {
		killedAtCalls(t, s, syncs)
	}
}

// TestKilledAtEveryWrite: the same at every call that changes a file.
func TestKilledAtEveryWrite(t *testing.T) {
	t.Parallel()
	if !soak() {
		t.Skip("a long run: CORE_SOAK=1")
	}
	for _, s := range killScenes(t) {
		killedAtCalls(t, s, writes)
	}
}

// mostTries bounds how often a run is made that shall come to an instant: where
// threads overtake each other two writes may become one.
const mostTries = 5

func killedAtCalls(t *testing.T, s scene, wanted map[uint64]string) {
	all := recordCalls(t, s, wanted)
	points := every(t, some(s, oneSide(t, all)))
	if s.claims {
		points = sample(t, points, drawn)
	}
	var more atomic.Int64
	sum := each(t, busy, points, func(t *testing.T, p instant) *verdict {
		for range mostTries {
			b := newBench(t, s)
			c, token := b.victim()
			e, killed, err := trace(c, wanted, func(m moved) bool { return m == p.moved })
			if err != nil {
				t.Fatal(err)
			}
			b.gone(token, e)
			if killed {
				return b.recovered()
			}
			more.Add(1)
		}
		t.Errorf("the run never came there, %d times", mostTries)
		return &verdict{}
	})
	t.Logf("%s: %d calls of %s x before, after, %d of %d, %d runs more to come there: %s", s, len(all)/2,
		strings.Join(slices.Compact(slices.Sorted(maps.Values(wanted))), ", "), len(points), len(all), more.Load(), sum)
	if sum.points != len(points) {
		t.Errorf("%d of %d points were tried", sum.points, len(points))
	}
}

// recordCalls runs the dispatch once, undisturbed, and returns its instants.
func recordCalls(t *testing.T, s scene, wanted map[uint64]string) []instant {
	b := newBench(t, s)
	var points []instant
	c, token := b.victim()
	e, _, err := trace(c, wanted, func(m moved) bool {
		points = append(points, instant{m})
		return false
	})
	if errors.Is(err, errNoPtrace) {
		t.Fatal(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	b.gone(token, e)
	if e.status != 0 {
		t.Fatalf("undisturbed, but traced, it fails:\n%s", b.story())
	}
	if len(points) == 0 {
		t.Fatal("not one call was seen: the tracer sees nothing")
	}
	return points
}
