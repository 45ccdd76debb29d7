package world_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func same(t testing.TB, want, got map[string]any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("state differs (- before, + after):\n%s", diff)
	}
}
