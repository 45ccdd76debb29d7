package plan_test

import (
	"flag"
	"os"
	"testing"
)

// TestMain has every property tried on 10,000 fleets, which takes some seconds;
// -rapid.checks says another number, as make soak does with a million.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", usual); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

const usual = "10000"

// fewer has a property whose cases take longer tried on so many, where nobody said
// how many.
func fewer(t *testing.T, n string) {
	f := flag.Lookup("rapid.checks")
	if f.Value.String() == usual {
		_ = f.Value.Set(n)
		t.Cleanup(func() { _ = f.Value.Set(usual) })
	}
}
