package world

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/gitstore"
)

// World is one embedded GitHub's state. It is safe for concurrent use: any
// number of Views, or one Update, at a time.
type World struct {
	mu    sync.RWMutex
	s     *state
	clock Clock
	disk  *disk // nil: in memory only
	git   *gitstore.Store
	temp  string // folder removed on Close

	mergeableDelay time.Duration

	lookMu sync.Mutex
	looks  map[int64]bool // pulls whose mergeability a View asked for in vain

	askedMu sync.Mutex
	asked   map[string]contents // what git said of a pull request's base and head
	merges  map[string]bool     // whether they merge

	watch     watch
	queueKept bool
}

// Actor is who makes a request. The zero Actor is anonymous; a User without a
// Token acts with every scope.
type Actor struct {
	User  *User
	Token *Token
	// Changed, when set, is told of every entity an Update by this actor
	// changed, after it was kept; events and edits, which only accompany
	// others, included.
	Changed func(kind string, id int64)
	system  bool
}

// System is the actor of seeds: it may create accounts and repositories for
// anybody. Seeds then act as users by Tx.As.
func System() Actor { return Actor{system: true} }

// Open loads the world kept in dir, making an empty one where there is none.
// An empty dir keeps everything in memory, and git repositories in a temporary
// folder that Close removes. A clock with a method Resume(time.Time) is moved
// on to the last time the world recorded.
func Open(dir string, clock Clock) (*World, error) {
	w := &World{s: newState(), clock: clock, looks: map[int64]bool{}, asked: map[string]contents{}, merges: map[string]bool{}}
	if dir == "" {
		temp, err := os.MkdirTemp("", "githubsim-")
		if err != nil {
			return nil, fmt.Errorf("make a temporary folder for git repositories: %w", err)
		}
		w.temp = temp
		w.git = gitstore.New(filepath.Join(temp, "git"))
		return w, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("make the world's folder: %w", err)
	}
	w.git = gitstore.New(filepath.Join(dir, "git"))
	disk, err := openDisk(filepath.Join(dir, "world.db"))
	if err != nil {
		return nil, err
	}
	w.disk = disk
	if err := disk.load(w.s); err != nil {
		return nil, errors.Join(err, disk.close())
	}
	if resume, ok := clock.(interface{ Resume(time.Time) }); ok {
		resume.Resume(w.s.meta.rows[1].LastTime)
	}
	if err := w.recover(); err != nil {
		return nil, errors.Join(err, disk.close())
	}
	return w, nil
}

// Close writes nothing more: every Update has been written already.
func (w *World) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	var err error
	if w.disk != nil {
		err = w.disk.close()
	}
	if w.temp != "" {
		err = errors.Join(err, os.RemoveAll(w.temp))
	}
	return err
}

// Now is the virtual time to the second, as GitHub tells it.
func (w *World) Now() time.Time { return w.clock.Now().UTC().Truncate(time.Second) }

// SetMergeableDelay sets how long (virtual) a pull request's mergeability stays
// UNKNOWN after the first look at a new pair of head and base; 0, the default:
// it is known at the second look.
func (w *World) SetMergeableDelay(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.mergeableDelay = d
}

// View runs fn on a state that does not change meanwhile. What lookups return
// may be kept, never changed. Mutations on its Tx fail.
func (w *World) View(fn func(tx *Tx) error) error {
	err := w.view(fn)
	if found := w.settleLooks(); err == nil {
		err = found
	}
	return err
}

// Update runs fn as actor. Its changes are kept, on disk first, when fn
// returns nil; else neither memory nor disk shows any of them.
func (w *World) Update(actor Actor, fn func(tx *Tx) error) error {
	err := w.update(actor, fn)
	if found := w.settleLooks(); err == nil {
		err = found
	}
	return err
}

func (w *World) view(fn func(tx *Tx) error) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return fn(&Tx{w: w, s: w.s, now: w.tell()})
}

// update is safe against an fn that panics, as a handler of an HTTP server may:
// the deferred calls roll back and unlock.
func (w *World) update(actor Actor, fn func(tx *Tx) error) (err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	tx := &Tx{w: w, s: w.s, now: w.tell(), actor: actor, writing: true}
	kept := false
	defer func() {
		if !kept {
			w.rollback(tx)
		}
	}()
	if err := fn(tx); err != nil {
		return err
	}
	kept, err = w.commit(tx)
	return err
}

// tell is the time of a transaction: the clock's, never before the last one recorded.
func (w *World) tell() time.Time {
	now := w.Now()
	if last := w.s.meta.rows[1].LastTime; last.After(now) {
		return last
	}
	return now
}

func (w *World) rollback(tx *Tx) {
	for _, t := range w.s.tables() {
		t.rollback()
	}
	for _, id := range tx.made {
		// What cannot be removed is cleared when the id is given out again.
		_ = w.git.Forget(id)
	}
}
