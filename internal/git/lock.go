package git

import (
	"context"
	"errors"
	"os"
	"syscall"
	"time"
)

// lockFile opens the file and waits for its lock. The lock ends with the last
// process that has it open, a killed one included.
func lockFile(ctx context.Context, path string) (*os.File, error) {
	pause := 10 * time.Millisecond
	for {
		f, err := tryLock(path)
		if f != nil || err != nil {
			return f, err
		}
		t := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			t.Stop()
			return nil, ctx.Err()
		case <-t.C:
		}
		pause = min(2*pause, 500*time.Millisecond)
	}
}

// tryLock gives nil where another has the lock.
func tryLock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		switch err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); {
		case err == nil:
			return f, nil
		case errors.Is(err, syscall.EWOULDBLOCK):
			return nil, f.Close()
		case !errors.Is(err, syscall.EINTR):
			return nil, errors.Join(err, f.Close())
		}
	}
}

// unlock gives a lock back; a git process that outlived its order keeps it.
func unlock(f *os.File) {
	if f != nil {
		f.Close() //nolint:errcheck // nothing was written
	}
}
