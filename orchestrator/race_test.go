//go:build race

package orchestrator_test

import (
	"flag"

	_ "pgregory.net/rapid" // has the flag
)

// raced: the race detector is on. It is there for races and not for the state
// that is left, which the tests without it prove at every point.
const raced = true

// Before flags are read: what is asked for by flag goes before.
func init() { _ = flag.Set("rapid.checks", "10") }
