package touched

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestWait: what another process appends is told, what it does to other files of
// the folder is not.
func TestWait(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "dispatch.log")
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	told := make(chan bool, 1)
	go func() { told <- Wait(ctx, file) }()
	beat := time.NewTicker(20 * time.Millisecond) // until the folder is watched, what is written is not told
	defer beat.Stop()
	for n := 0; ; n++ {
		select {
		case ok := <-told:
			if !ok {
				t.Fatal("it was written, and nobody was told")
			}
			return
		case <-beat.C:
			if n%20 != 0 { // now and then, so that it comes to rest between
				continue
			}
			f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = f.WriteString("2026-02-04T10:00Z core #1 jules -\n")
			f.Close()
		}
	}
}

// TestWaitEnds with its context, and where there is no folder.
func TestWaitEnds(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if Wait(ctx, filepath.Join(t.TempDir(), "dispatch.log")) {
		t.Error("told of what nobody wrote")
	}
	if Wait(t.Context(), filepath.Join(t.TempDir(), "none", "dispatch.log")) {
		t.Error("told of a file in a folder that is not there")
	}
}
