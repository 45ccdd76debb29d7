package notify

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestWhatWasToldIsRemembered(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cache", "told.json")
	now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	mine := func(k string) bool { return strings.HasPrefix(k, "o/a#") }
	tell := func(want string, keys ...string) {
		t.Helper()
		got, err := Remember(file).News(now, keys, mine) // each time another process
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%q, %v; want %q", got, err, want)
		}
	}
	tell("o/a#1 o/b#2", "o/a#1", "o/b#2", "o/a#1")
	tell("", "o/a#1", "o/b#2")
	tell("o/a#3", "o/a#3") // o/a#1 is settled; o/b#2 is nothing this look knows of
	tell("o/a#1", "o/a#1", "o/b#2")
	now = now.Add(40 * 24 * time.Hour)
	tell("")
	tell("o/b#2", "o/b#2")
	if err := os.WriteFile(file, []byte("\x00{"), 0o600); err != nil {
		t.Fatal(err)
	}
	tell("o/a#1", "o/a#1")
	if got, err := Remember("").News(now, []string{"x"}, mine); err != nil || !slices.Equal(got, []string{"x"}) {
		t.Error(got, err)
	}
}
