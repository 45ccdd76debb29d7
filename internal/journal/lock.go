package journal

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// locksFolder holds so many empty files to lock, so that no names gather there;
// two names may share one, which costs a wait and nothing else.
const (
	locksFolder = "locks"
	lockFiles   = 64
)

// Lock waits until no other holder in any process of this folder has the lock
// of that name, or of one that shares its file. A process that ends frees its
// locks. Whoever holds one must not ask for another.
func (s *Store) Lock(ctx context.Context, name string) (unlock func() error, err error) {
	if err := s.makeFolder(); err != nil {
		return nil, err
	}
	dir := filepath.Join(s.dir, locksFolder)
	if err := os.Mkdir(dir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	h := fnv.New32a()
	h.Write([]byte(name)) //nolint:errcheck // never fails
	f, err := os.OpenFile(filepath.Join(dir, fmt.Sprintf("%02d", h.Sum32()%lockFiles)), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	return hold(ctx, f)
}

// hold waits for a file's lock; without it the file is closed.
func hold(ctx context.Context, f *os.File) (unlock func() error, err error) {
	if ok, err := lock(f); err != nil {
		return nil, errors.Join(err, f.Close())
	} else if ok {
		return func() error { return release(f) }, nil
	}
	locked := make(chan error, 1)
	go func() { locked <- wait(f) }()
	select {
	case err := <-locked:
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
		return func() error { return release(f) }, nil
	case <-ctx.Done():
		go func() { // it cannot be woken: what it gets it gives back
			<-locked
			release(f) //nolint:errcheck // nothing was written
		}()
		return nil, ctx.Err()
	}
}

// wait takes the file's lock, however long that takes.
func wait(f *os.File) error {
	for {
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}
