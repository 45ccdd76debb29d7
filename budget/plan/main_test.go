package plan_test

import (
	"flag"
	"os"
	"testing"
)

// TestMain has every property tried on 10,000 fleets, which takes a second or two;
// -rapid.checks says another number, as make soak does with a million.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "10000"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}
