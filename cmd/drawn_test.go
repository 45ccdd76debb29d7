package cmd

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
)

// oneIn is how many tests there are to each that runs with the race detector, of
// those that go through the same goroutines as others.
const oneIn = 3

// drawing is the seed that draws them; CORE_SEED repeats one.
var drawing = sync.OnceValue(func() uint64 {
	if n, err := strconv.ParseUint(os.Getenv("CORE_SEED"), 10, 64); err == nil && n > 0 {
		return n
	}
	return uint64(rand.Uint32()) + 1
})

// drawn tells whether the test of that name runs: all do without the race
// detector, and where somebody asks for tests by name.
func drawn(name string) bool {
	if !raced || filtered() {
		return true
	}
	h := fnv.New64a()
	fmt.Fprint(h, drawing(), name)
	return h.Sum64()>>32%oneIn == 0
}

// sampled skips a test that was not drawn.
func sampled(t *testing.T) {
	t.Helper()
	if !drawn(t.Name()) {
		t.Skipf("not drawn (CORE_SEED=%d repeats it)", drawing())
	}
}
