//go:build linux

package tui

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// BenchmarkIdle is how much of a core the whole program takes on a terminal
// while nothing happens but that a second goes by: as idle-%. It takes 20
// seconds; docs/figures.md says how it is run.
func BenchmarkIdle(b *testing.B) {
	const looked = 20 * time.Second
	for range b.N {
		x := start(b, "silent")
		x.until(0, "Medium migration")
		time.Sleep(2 * time.Second) // for the start to be over; nothing tells when
		before := used(b, x.cmd.Process.Pid)
		time.Sleep(looked)
		b.ReportMetric(100*float64(used(b, x.cmd.Process.Pid)-before)/float64(looked), "idle-%")
		x.press("q")
		x.ends()
	}
}

// used is the processor time of all threads of a process.
func used(b *testing.B, pid int) time.Duration {
	files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	var sum time.Duration
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			continue // a thread that has ended
		}
		var on time.Duration
		if _, err := fmt.Sscan(string(raw), &on); err != nil {
			b.Fatal(err)
		}
		sum += on
	}
	if sum == 0 {
		b.Skip("this system does not tell the processor time of threads")
	}
	return sum
}

// BenchmarkFrameOnASilentTerminal is from the start of the process to the first
// frame, on a pseudo terminal that answers no query while the network never answers
// either: as ms. What is drawn comes from the cache.
func BenchmarkFrameOnASilentTerminal(b *testing.B) {
	for range b.N {
		at := time.Now()
		x := start(b, "silent")
		x.until(0, "Medium migration")
		b.ReportMetric(float64(time.Since(at).Microseconds())/1000, "ms")
		x.press("q")
		x.ends()
	}
}
