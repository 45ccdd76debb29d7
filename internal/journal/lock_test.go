package journal

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dappcore/core-dev/inventory"
)

// TestALockIsHeldByOne of all that ask, in one store and in several; who gives
// up waiting leaves nothing locked behind.
func TestALockIsHeldByOne(t *testing.T) {
	dir := t.TempDir() + "/journal"
	one, other := Open(dir), Open(dir)
	var all sync.WaitGroup
	var in atomic.Int32
	for k := range 40 {
		s := []*Store{one, other}[k%2]
		all.Go(func() {
			unlock, err := s.Lock(t.Context(), "a")
			if err != nil {
				t.Error(err)
				return
			}
			if in.Add(1) > 1 {
				t.Error("two hold it")
			}
			in.Add(-1)
			if err := unlock(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	unlock, err := one.Lock(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := other.Lock(ctx, "a"); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	if unlock, err = other.Lock(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	_ = unlock()
}

// TestALockThatFailsIsNotHeld: there is nothing to unlock, and no file left open.
func TestALockThatFailsIsNotHeld(t *testing.T) {
	f, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil { // a lock on it cannot but fail
		t.Fatal(err)
	}
	if unlock, err := hold(t.Context(), f); unlock != nil || !errors.Is(err, os.ErrClosed) {
		t.Errorf("%t, %v", unlock != nil, err)
	}
}

// TestPostedOnceAndForAll: also over a dispatch, until it is withdrawn.
func TestPostedOnceAndForAll(t *testing.T) {
	dir := t.TempDir() + "/journal"
	ref, at := inventory.Ref{Repo: inventory.RepoRef{Owner: "acme", Name: "widgets"}, Number: 7}, time.Date(2026, 2, 4, 10, 0, 0, 0, time.UTC)
	s := Open(dir)
	for _, err := range []error{s.NotePosted(at, ref, 11, "aa"), s.NotePosted(at, ref, 11, "aa"), s.NotePosted(at, ref, 12, "bb"), s.NoteDispatch(at, ref, "LE_1"), s.NoteWithdrawn(at, ref, 99)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	want := func(digest string, id int64) {
		t.Helper()
		for _, store := range []*Store{s, Open(dir)} {
			if got, err := store.Posted(ref, digest); err != nil || got != id {
				t.Errorf("%s: %d, %v", digest, got, err)
			}
		}
	}
	want("aa", 11)
	want("bb", 12)
	if err := s.NoteWithdrawn(at, ref, 11); err != nil {
		t.Fatal(err)
	}
	want("aa", 0)
	want("bb", 12)
}

// TestTheFirstNoteOfEveryProcessSyncsTheFolder: the process that made attempts.log
// may have died before its name was on the disk.
func TestTheFirstNoteOfEveryProcessSyncsTheFolder(t *testing.T) {
	root := t.TempDir()
	dir := filepath.Join(root, "journal")
	ref, at := inventory.Ref{Repo: inventory.RepoRef{Owner: "acme", Name: "widgets"}, Number: 7}, time.Date(2026, 2, 4, 10, 0, 0, 0, time.UTC)
	for process := range 2 {
		s := Open(dir)
		synced := map[string]int{}
		s.sync = func(folder string) error { synced[folder]++; return nil }
		for range 2 { // the second process knows it already, and adds nothing
			if err := s.NoteDispatch(at, ref, "LE_1"); err != nil {
				t.Fatal(err)
			}
		}
		if synced[dir] != 1 || synced[root] != 1 {
			t.Errorf("process %d synced %v, want both folders once", process, synced)
		}
	}
	s := Open(dir)
	s.sync = func(string) error { return errors.New("no") }
	for range 2 {
		if err := s.NoteDispatch(at, ref, "LE_2"); err == nil {
			t.Error("noted though the folder is not on the disk")
		}
	}
}
