//go:build race

package onboard

import (
	"flag"

	_ "pgregory.net/rapid" // has the flag
)

// Fewer cases a property with the race detector, which is there for races; set
// before flags are read, so that -rapid.checks goes before.
func init() { _ = flag.Set("rapid.checks", "20") }
