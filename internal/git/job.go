package git

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"sync"
)

// job is the folder of one piece of work, and the lock that says that its owner
// lives.
type job struct {
	*site
	id, dir string
	lock    *os.File
	token   *secret

	mu   sync.Mutex
	gone bool
}

// job makes a job's folder and its git directory, which borrows the clone's
// objects. The repository's lock is held: a sweep sees no job without its lock.
func (s *site) job(ctx context.Context, token *secret) (*job, error) {
	var random [8]byte
	rand.Read(random[:]) //nolint:errcheck // never fails
	j := &job{site: s, id: hex.EncodeToString(random[:]), token: token}
	j.dir = filepath.Join(s.dir, "jobs", j.id)
	if err := os.Mkdir(j.dir, 0o700); err != nil {
		return nil, err
	}
	var err error
	if j.lock, err = tryLock(filepath.Join(j.dir, "lock")); err == nil {
		err = j.furnish(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, j.Discard())
	}
	return j, nil
}

func (j *job) furnish(ctx context.Context) error {
	for _, dir := range []string{j.tree(), j.temp()} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			return err
		}
	}
	if err := makeGitDir(ctx, program{dir: j.git(), lock: j.lock}, j.url, false); err != nil {
		return err
	}
	return borrow(j.git(), "../../../../bare.git/objects")
}

// borrow has a git directory find objects in another's; from is relative to its
// own objects.
func borrow(gitDir, from string) error {
	return os.WriteFile(filepath.Join(gitDir, "objects", "info", "alternates"), []byte(from+"\n"), 0o600)
}

func (j *job) git() string  { return filepath.Join(j.dir, "git") }
func (j *job) tree() string { return filepath.Join(j.dir, "tree") }
func (j *job) temp() string { return filepath.Join(j.dir, "tmp") }

// lend gives the worktree a git directory for a command: a copy of ours, which is
// thrown away after it.
func (j *job) lend() (string, error) {
	theirs := filepath.Join(j.tree(), ".git")
	if err := os.CopyFS(theirs, os.DirFS(j.git())); err != nil {
		return "", err
	}
	return theirs, borrow(theirs, "../../../../../bare.git/objects")
}

// program is git at this job's work. With a token it may ask the server, for files
// that were left there too.
func (j *job) program() program {
	at := strconv.FormatInt(j.Now().Unix(), 10) + " +0000"
	return program{dir: j.git(), tree: j.tree(), lock: j.lock, token: j.token, who: []string{
		"GIT_AUTHOR_NAME=" + j.Name, "GIT_AUTHOR_EMAIL=" + j.Email, "GIT_AUTHOR_DATE=" + at,
		"GIT_COMMITTER_NAME=" + j.Name, "GIT_COMMITTER_EMAIL=" + j.Email, "GIT_COMMITTER_DATE=" + at,
	}}
}

// Discard takes the job's folder away; twice is fine.
func (j *job) Discard() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.gone {
		return nil
	}
	if err := remove(j.dir); err != nil {
		return err
	}
	j.gone = true
	unlock(j.lock)
	return nil
}

// remove takes a folder away, also where a program made folders in it that may
// not be written to. The lock goes last: what is left of a half-removed job is
// swept like any other.
func remove(dir string) error {
	if os.RemoveAll(dir) == nil {
		return nil
	}
	filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error { //nolint:errcheck // the removal says it
		if err == nil && d.IsDir() {
			os.Chmod(path, 0o700) //nolint:errcheck // likewise
		}
		return nil
	})
	return os.RemoveAll(dir)
}
