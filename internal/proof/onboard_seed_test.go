package proof

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// drawnSeed is a seed drawn when the test runs, and printed; CORE_SEED repeats
// one.
func drawnSeed(t testing.TB) uint64 {
	t.Helper()
	seed := uint64(rand.Uint32()) + 1
	if n, err := strconv.ParseUint(os.Getenv("CORE_SEED"), 10, 64); err == nil && n > 0 {
		seed = n
	}
	t.Logf("seed %d (CORE_SEED=%d repeats it)", seed, seed)
	return seed
}
