package jules

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
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

// What a program that nobody here wrote may answer is never guessed at: a figure
// comes of it only where one line says it plainly, and stands there in digits.
func FuzzParse(f *testing.F) {
	for _, text := range []string{"used 12 of 300\n", "Tasks used today: 12/300\r\n", "used 1 of 2\nused 2 of 2", "used 301 of 300", "used ١ of 2", "\x1b[1mused 3 of 4\x1b[0m", "used 00012 of 300"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		used, err := Parse(text)
		switch {
		case err != nil && used != 0:
			t.Fatalf("%q: %d and an error", text, used)
		case err != nil:
		case used < 0 || used > 999_999 || !bytes.Contains(bytes.ToLower(text), []byte("used")) || !bytes.ContainsAny(text, "0123456789"):
			t.Fatalf("%q is understood as %d", text, used)
		}
		if again, err := Parse(append(bytes.Clone(text), "\nused 1 of 2\n"...)); err == nil && used != 0 {
			t.Fatalf("%q with another answer is understood as %d", text, again)
		}
	})
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
	t.Setenv("SOME_TOKEN", "secret")
	stand("[ -n \"$SOME_TOKEN\" ] && echo 'used 8 of 300' || echo 'used 9 of 300'\n")
	if used, err := Usage(t.Context()); err != nil || used != 9 {
		t.Errorf("the program got a token: %d %v", used, err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := Usage(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("of a caller that is gone: %v", err)
	}
	var h head
	for range 3 {
		if n, err := h.Write(make([]byte, mostAnswer)); n != mostAnswer || err != nil || len(h) > mostAnswer+1 {
			t.Errorf("%d bytes of an endless answer are kept: %d %v", len(h), n, err)
		}
	}
	if _, err := Parse([]byte("used 7 of 300\n" + strings.Repeat(" ", mostAnswer))); err == nil {
		t.Error("what is longer than any answer was taken for one")
	}
	stand("echo oops >&2; exit 1\n")
	if _, err := Usage(t.Context()); err == nil {
		t.Error("a failure was taken for an answer")
	}
}
