//go:build !race

package people

const raced = false
