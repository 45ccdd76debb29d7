package git

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/dappcore/core-dev/inventory"
)

// Sweep takes away what processes that died left, in every repository: worktrees,
// and whatever still runs in them. Work of a process that lives is not touched.
func (s *Shop) Sweep(ctx context.Context) error {
	owners, err := os.ReadDir(s.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, owner := range owners {
		names, readErr := os.ReadDir(filepath.Join(s.Dir, owner.Name()))
		err = errors.Join(err, readErr)
		for _, name := range names {
			at, siteErr := s.site(inventory.RepoRef{Owner: owner.Name(), Name: name.Name()})
			if siteErr != nil {
				continue // nothing of ours is called so
			}
			lock, lockErr := tryLock(filepath.Join(at.dir, "lock"))
			if lock == nil { // somebody works there, who has swept
				err = errors.Join(err, lockErr)
				continue
			}
			err = errors.Join(err, at.sweep(ctx))
			unlock(lock)
		}
	}
	return err
}

// sweep takes away the dead's jobs. The repository's lock is held.
func (s *site) sweep(ctx context.Context) error {
	jobs, err := os.ReadDir(filepath.Join(s.dir, "jobs"))
	for _, e := range jobs {
		if ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		dir := filepath.Join(s.dir, "jobs", e.Name())
		lock, lockErr := tryLock(filepath.Join(dir, "lock"))
		if lock == nil {
			if !errors.Is(lockErr, fs.ErrNotExist) { // gone meanwhile
				err = errors.Join(err, lockErr)
			}
			continue
		}
		endAll(e.Name(), filepath.Join(dir, "group"))
		err = errors.Join(err, remove(dir))
		unlock(lock)
	}
	left, _ := filepath.Glob(filepath.Join(s.dir, "rr-cache", "*"))
	for _, path := range left { // half-kept
		if strings.HasPrefix(filepath.Base(path), "new-") {
			err = errors.Join(err, os.RemoveAll(path))
		}
	}
	return err
}
