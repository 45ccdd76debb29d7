package orchestrator_test

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// oneIn is how many points there are to each that is tried with the race detector.
const oneIn = 8

// drawn tells of one point after the other whether it is tried: all are, and with
// the race detector some that a seed draws, which is printed. CORE_SEED repeats one.
func drawn(t *testing.T) func() bool {
	t.Helper()
	if !raced {
		return func() bool { return true }
	}
	seed := uint64(rand.Uint32()) + 1
	if n, err := strconv.ParseUint(os.Getenv("CORE_SEED"), 10, 64); err == nil && n > 0 {
		seed = n
	}
	t.Logf("seed %d (CORE_SEED=%d repeats it)", seed, seed)
	r := rand.New(rand.NewPCG(seed, 0))
	return func() bool { return r.IntN(oneIn) == 0 }
}
