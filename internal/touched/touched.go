// Package touched tells when another process wrote a file of ours.
package touched

import (
	"context"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

// rest is how long a file has to be left alone before it counts as written: a line
// and its newline are one change.
const rest = 150 * time.Millisecond

// Wait returns true once the file was written, made or replaced after the call. It
// returns false when the context ended, or where this system cannot tell: then
// nobody waits for it in vain, since whoever asks looks by himself anyhow. The
// folder is watched, not the file, so a file that does not exist yet, or that is
// replaced as a whole, is seen too.
func Wait(ctx context.Context, file string) bool {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return false
	}
	defer w.Close()
	if err := w.Add(filepath.Dir(file)); err != nil {
		return false
	}
	var calm <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return false
		case e, ok := <-w.Events:
			if !ok {
				return false
			}
			if filepath.Base(e.Name) == filepath.Base(file) && e.Op&^fsnotify.Chmod != 0 {
				calm = time.After(rest)
			}
		case <-w.Errors: // too many at once: something was written
			calm = time.After(rest)
		case <-calm:
			return true
		}
	}
}
