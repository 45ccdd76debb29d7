//go:build race

package cmd

// raced: the race detector is on, which takes several times as long.
const raced = true
