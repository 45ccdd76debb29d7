//go:build race

package proof

// raced: the race detector is on. It is there for races and not for the state
// that is left, which the tests without it prove: of everything a few points are
// drawn. It sees the engine and the embedded GitHub, not the shipped program.
const raced = true
