// Package proof shows with the shipped program what spec/2-flows "Writing to
// GitHub, exactly once" promises: it is killed at every request boundary and at
// every local sync, meets every failure of GitHub at every request, and runs
// many times at once. Afterwards the state of GitHub and of the folder is
// counted. There is nothing here but tests; docs/proof.md tells how to read
// what they print.
//
// CORE_SOAK=1 runs the same on whole fleets and many seeds.
package proof

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// program is the program as it is shipped, built once for all tests.
var program string

func TestMain(m *testing.M) {
	os.Exit(buildAndRun(m))
}

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "core-proof-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "core")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	build := exec.Command("go", "build", "-trimpath", "-o", program, "github.com/dappcore/core-dev/cmd/core")
	build.Stdout, build.Stderr = os.Stderr, os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "the program does not build:", err)
		return 1
	}
	return m.Run()
}

// soak tells whether the long runs are wanted.
func soak() bool { return os.Getenv("CORE_SOAK") == "1" }

// How many points are worked on at once: those whose processes compute, and
// those whose processes mostly wait to try again.
const (
	busy    = 4
	waiting = 16
)
