// Package touched tells when another process wrote a file of ours.
package touched

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	// rest is how long a file has to be left alone before it counts as written: a
	// line and its newline are one change.
	rest = 150 * time.Millisecond
	// most is how long a change is kept back while the file goes on being written.
	most = time.Second
)

// File is watched from New to Close. One goroutine at a time may wait.
type File struct {
	path    string
	watcher *fsnotify.Watcher // nil: this system cannot tell
	near    string            // the folder that is watched: the file's, or the nearest above that is there
}

// New begins to watch. The folder is watched, not the file, so a file that does not
// exist yet, or that is replaced as a whole, is seen too; and so is one whose folder is
// made later.
func New(path string) *File {
	f := &File{path: filepath.Clean(path)}
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return f
	}
	f.watcher = w
	if f.approach(); f.near == "" {
		f.Close()
	}
	return f
}

// approach watches the nearest folder that is there.
func (f *File) approach() {
	for dir := filepath.Dir(f.path); dir != f.near; dir = filepath.Dir(dir) {
		if f.watcher.Add(dir) == nil {
			if f.near != "" {
				_ = f.watcher.Remove(f.near)
			}
			f.near = dir
			return
		}
		if dir == filepath.Dir(dir) {
			return
		}
	}
}

// Close ends the watching, and a Wait under way; from any goroutine.
func (f *File) Close() {
	if f.watcher != nil {
		f.watcher.Close()
	}
}

// Wait returns true once the file was written, made or replaced since New, or since
// the Wait before it returned true: what was written between two is not missed. It
// returns false when the context ended, or where this system cannot tell: then nobody
// waits for it in vain, since whoever asks looks by himself anyhow.
func (f *File) Wait(ctx context.Context) bool {
	w := f.watcher
	if w == nil || ctx.Err() != nil {
		return false
	}
	var calm, late <-chan time.Time
	written := func() {
		calm = time.After(rest)
		if late == nil {
			late = time.After(most)
		}
	}
	for {
		select {
		case <-ctx.Done():
			return false
		case e, ok := <-w.Events:
			switch {
			case !ok:
				return false
			case f.near != filepath.Dir(f.path):
				f.approach()
				// The folder may have been made with the file in it.
				if _, err := os.Stat(f.path); err == nil && f.near == filepath.Dir(f.path) {
					written()
				}
			case filepath.Base(e.Name) == filepath.Base(f.path) && e.Op&^fsnotify.Chmod != 0:
				written()
			}
		case _, ok := <-w.Errors: // too many at once: something was written
			if !ok {
				return false
			}
			written()
		case <-calm:
			return true
		case <-late:
			return true
		}
	}
}
