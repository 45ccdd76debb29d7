package plan_test

import (
	"flag"
	"os"
	"strconv"
	"testing"
)

// TestMain has every property tried on 10,000 fleets, which takes a second or two,
// with the race detector on 500; -rapid.checks says another number, as make soak does with a million.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", usual); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// fewer has a property whose cases take longer tried on so many, where nobody said
// how many.
func fewer(t *testing.T, n int) {
	f := flag.Lookup("rapid.checks")
	if f.Value.String() == usual && !raced {
		_ = f.Value.Set(strconv.Itoa(n))
		t.Cleanup(func() { _ = f.Value.Set(usual) })
	}
}
