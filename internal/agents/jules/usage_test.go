package jules

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestParseIsStrict(t *testing.T) {
	for text, want := range map[string]int{
		"used 12 of 300\n":                           12,
		"Jules\n  Tasks used today: 12/300\r\nbye\n": 12,
		"Used: 0 / 15 tasks":                         0,
	} {
		if got, err := Parse([]byte(text)); err != nil || got != want {
			t.Errorf("%q: %d %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "12", "300 left", "used many of 300", "used 301 of 300", "used 1 of 2\nused 2 of 2", "unused 1 of 2", "used -1 of 2", "used 1 of 9999999999", "\x00\xff"} {
		if got, err := Parse([]byte(text)); err == nil {
			t.Errorf("%q was understood as %d", text, got)
		}
	}
}

// TestUsage runs a stand-in: the real program cannot be had here.
func TestUsage(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	if _, err := Usage(t.Context()); !errors.Is(err, ErrAbsent) {
		t.Errorf("without the program: %v", err)
	}
	stand := func(script string) {
		if err := os.WriteFile(filepath.Join(dir, "jules"), []byte("#!/bin/sh\n"+script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	stand("[ \"$1\" = usage ] && echo 'used 7 of 300'\n")
	if used, err := Usage(t.Context()); err != nil || used != 7 {
		t.Errorf("%d %v", used, err)
	}
	stand("echo oops >&2; exit 1\n")
	if _, err := Usage(t.Context()); err == nil {
		t.Error("a failure was taken for an answer")
	}
}
