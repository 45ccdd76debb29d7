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
		told := Remember(file) // each time another process
		got := told.News(keys)
		if err := told.Keep(now, keys, got, mine); err != nil || strings.Join(got, " ") != want {
			t.Errorf("%q; want %q", got, want)
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
	lost := Remember(file)
	news := lost.News([]string{"o/a#9"})
	if err := lost.Keep(now, []string{"o/a#9"}, nil, mine); err != nil || !slices.Equal(news, []string{"o/a#9"}) {
		t.Error(news, err)
	}
	tell("o/a#9", "o/a#9") // it could not be told the first time
}
