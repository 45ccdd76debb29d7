package world

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/dappcore/core-dev/internal/githubsim/gitstore"
)

// pendingKind rows say which references of git repositories are still to move:
// they are written with the state and removed once git has followed.
const pendingKind = "pending"

// commit makes the running Update's changes last, or fails without a trace:
// git locks and checks its references, SQLite writes the state, git moves the
// references. A kill in between leaves a pending row, see recover.
func (w *World) commit(tx *Tx) (written bool, err error) {
	if tx.now.After(w.s.meta.rows[1].LastTime) {
		w.s.meta.update(1, func(m *metaRow) { m.LastTime = tx.now })
	}
	updates := tx.refUpdates()
	prepared := map[int64]*gitstore.RefTransaction{}
	abort := func() {
		for _, t := range prepared {
			t.Abort()
		}
	}
	for _, id := range slices.Sorted(maps.Keys(updates)) {
		git, made := w.git.Lookup(id)
		if !made {
			delete(updates, id)
			continue
		}
		t, err := git.Prepare(updates[id])
		if err != nil {
			abort()
			if errors.Is(err, gitstore.ErrMoved) {
				return false, status(409, "Reference cannot be updated: %v", err)
			}
			return false, err
		}
		prepared[id] = t
	}
	if err := w.save(updates); err != nil {
		abort()
		return false, err
	}
	err = w.follow(tx, prepared)
	w.collect(tx)
	for _, t := range w.s.tables() {
		if changed := tx.actor.Changed; changed != nil && t != stored(w.s.meta) && t != stored(w.s.plans) && t != stored(w.s.memos) {
			t.each(func(id int64) { changed(t.name(), id) })
		}
		t.accept()
	}
	return true, err
}

// save writes the state and, in the same transaction, what git has yet to do.
func (w *World) save(updates map[int64][]gitstore.RefUpdate) error {
	if w.disk == nil {
		return nil
	}
	return w.disk.save(w.s, func(put func(kind string, id int64, text []byte) error) error {
		for id, list := range updates {
			text, err := json.Marshal(list)
			if err != nil {
				return err
			}
			if err := put(pendingKind, id, text); err != nil {
				return err
			}
		}
		return nil
	})
}

// follow lets git do what the state on disk already says. What fails here
// stays pending and is done at the next Open.
func (w *World) follow(tx *Tx, prepared map[int64]*gitstore.RefTransaction) error {
	for _, id := range slices.Sorted(maps.Keys(prepared)) {
		if err := prepared[id].Commit(); err != nil {
			return fmt.Errorf("repository %d: the state is written, its git references follow when the world is opened again: %w", id, err)
		}
		if w.disk != nil {
			if err := w.disk.settle(id); err != nil {
				return err
			}
		}
	}
	for id, old := range w.s.repos.before {
		now := w.s.repos.rows[id]
		git, made := w.git.Lookup(id)
		if made && now != nil && (old == nil || old.DefaultBranch != now.DefaultBranch) {
			if err := git.SetHead(now.DefaultBranch); err != nil {
				return err
			}
		}
	}
	return nil
}

// recover brings git repositories and state together after a kill: pending
// references are moved, unless a push has moved them since; then what pushes
// did that was not taken over yet is.
func (w *World) recover() error {
	pending, err := w.disk.pending()
	if err != nil {
		return err
	}
	ids, err := w.git.IDs()
	if err != nil {
		return fmt.Errorf("read the git repositories: %w", err)
	}
	for _, id := range ids {
		repo := w.s.repos.rows[id]
		git, made := w.git.Lookup(id)
		if repo == nil || !made {
			continue // of an Update that was never acknowledged; CreateRepo clears it
		}
		if err := git.Unlock(); err != nil {
			return fmt.Errorf("repository %d: %w", id, err)
		}
		if err := git.Apply(pending[id]); err != nil {
			return fmt.Errorf("repository %d: %w", id, err)
		}
		if err := w.disk.settle(id); err != nil {
			return err
		}
		refs, err := git.Refs()
		if err != nil {
			return err
		}
		if !maps.Equal(refs, repo.Refs) {
			if err := w.SyncRefs(System(), id); err != nil {
				return fmt.Errorf("repository %d: %w", id, err)
			}
		}
	}
	return nil
}
