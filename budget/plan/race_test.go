//go:build race

package plan_test

const (
	raced = true
	usual = "500"
)
