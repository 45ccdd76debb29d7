package touched

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// write appends a line.
func write(t *testing.T, file string) {
	t.Helper()
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString("2026-02-04T10:00Z core #1 jules -\n"); err != nil {
		t.Fatal(err)
	}
}

// waits is what Wait answers within a time.
func waits(t *testing.T, f *File, within time.Duration) bool {
	ctx, stop := context.WithTimeout(t.Context(), within)
	defer stop()
	return f.Wait(ctx)
}

func watched(t *testing.T, file string) *File {
	f := New(file)
	t.Cleanup(f.Close)
	return f
}

// TestWait: what is appended is told, once; what happens to other files of the folder
// is not.
func TestWait(t *testing.T) {
	file := filepath.Join(t.TempDir(), "dispatch.log")
	f := watched(t, file)
	write(t, file+".lock")
	write(t, filepath.Join(filepath.Dir(file), "reservations.log"))
	if waits(t, f, 4*rest) {
		t.Error("told of other files")
	}
	write(t, file)
	if !waits(t, f, 20*time.Second) {
		t.Fatal("it was written, and nobody was told")
	}
	if waits(t, f, 4*rest) {
		t.Error("told twice")
	}
}

// TestNothingIsMissedBetween two waits.
func TestNothingIsMissedBetween(t *testing.T) {
	file := filepath.Join(t.TempDir(), "dispatch.log")
	f := watched(t, file)
	for range 3 {
		write(t, file)
		if !waits(t, f, 20*time.Second) {
			t.Fatal("what was written while nobody waited was not told")
		}
	}
}

// TestAFileThatNeverRests is told of all the same.
func TestAFileThatNeverRests(t *testing.T) {
	file := filepath.Join(t.TempDir(), "dispatch.log")
	f := watched(t, file)
	over := make(chan struct{})
	told := make(chan bool, 1)
	go func() { told <- waits(t, f, 20*time.Second); close(over) }()
	beat := time.NewTicker(rest / 10)
	defer beat.Stop()
	for {
		select {
		case <-over:
			if !<-told {
				t.Error("nobody was told while it was being written")
			}
			return
		case <-beat.C:
			write(t, file)
		}
	}
}

// TestAFolderThatIsMadeLater is watched from then on, with what it was made with.
func TestAFolderThatIsMadeLater(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a", ".core", "dispatch.log")
	f := watched(t, file)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, file)
	if !waits(t, f, 20*time.Second) {
		t.Fatal("the folder was made, and nobody was told")
	}
	write(t, file)
	if !waits(t, f, 20*time.Second) {
		t.Error("it was written later, and nobody was told")
	}
}

// TestWaitEnds with its context, and with Close.
func TestWaitEnds(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	f := watched(t, filepath.Join(t.TempDir(), "dispatch.log"))
	if f.Wait(ctx) {
		t.Error("told of what nobody wrote")
	}
	f.Close()
	if f.Wait(t.Context()) {
		t.Error("told after it was closed")
	}
}
