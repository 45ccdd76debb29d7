//go:build race

package checklist

import (
	"flag"

	_ "pgregory.net/rapid" // has the flag
)

// raced: the race detector is on, which is there for races: fewer cases a property
// and smaller texts.
const raced = true

// Before flags are read: what is asked for by flag goes before.
func init() { _ = flag.Set("rapid.checks", "25") }
