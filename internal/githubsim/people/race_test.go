//go:build race

package people

// raced: the race detector is on, which takes several times as long; the same
// days are begun, and what all of them bring is not asked for.
const raced = true
