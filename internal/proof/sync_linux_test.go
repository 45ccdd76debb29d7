package proof

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
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

// instant is a system call to be killed at.
type instant struct {
	moved
}

func (i instant) String() string {
	side := "before"
	if i.done {
		side = "after"
	}
	return fmt.Sprintf("%s %s %d of %s", side, i.name, i.number, i.file)
}

// TestKilledAtEverySync: SIGKILL right before and right after every fsync and
// fdatasync of a dispatch.
func TestKilledAtEverySync(t *testing.T) {
	for _, s := range killScenes(t) {
		if s.claims && !soak() {
			continue // the same files as without claims
		}
		killedAtCalls(t, s, syncs)
	}
}

// TestKilledAtEveryWrite: the same at every call that changes a file.
func TestKilledAtEveryWrite(t *testing.T) {
	if !soak() {
		t.Skip("a long run: CORE_SOAK=1")
	}
	for _, s := range killScenes(t) {
		killedAtCalls(t, s, writes)
	}
}

func killedAtCalls(t *testing.T, s scene, wanted map[uint64]string) {
	points := recordCalls(t, s, wanted)
	sum := each(t, busy, points, func(t *testing.T, p instant) *verdict {
		b := newBench(t, s)
		e, killed, err := trace(b.command(dispatchArgs(s.epic, s.first)...), wanted, func(m moved) bool { return m.number == p.number && m.done == p.done })
		if err != nil {
			t.Fatal(err)
		}
		b.runs = append(b.runs, e)
		if !killed { // another order of threads made one call fewer: nothing was proven here
			t.Errorf("the run never came there:\n%s", b.story())
		}
		return b.recovered()
	})
	t.Logf("%s: %d calls of %s x before, after: %s", s, len(points)/2, strings.Join(slices.Compact(slices.Sorted(maps.Values(wanted))), ", "), sum)
	if sum.points != len(points) {
		t.Errorf("%d of %d points were tried", sum.points, len(points))
	}
}

// recordCalls runs the dispatch once, undisturbed, and returns its instants.
func recordCalls(t *testing.T, s scene, wanted map[uint64]string) []instant {
	b := newBench(t, s)
	var points []instant
	e, _, err := trace(b.command(dispatchArgs(s.epic, s.first)...), wanted, func(m moved) bool {
		points = append(points, instant{m})
		return false
	})
	if errors.Is(err, errNoPtrace) {
		t.Fatal(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	b.runs = append(b.runs, e)
	if e.status != 0 {
		t.Fatalf("undisturbed, but traced, it fails:\n%s", b.story())
	}
	if len(points) == 0 {
		t.Fatal("not one call was seen: the tracer sees nothing")
	}
	return points
}
