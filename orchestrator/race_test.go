//go:build race

package orchestrator_test

// raced: the race detector is on. It is there for races and not for the state
// that is left, which the tests without it prove at every point.
const raced = true
