package world

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"github.com/dappcore/core-dev/internal/githubsim/gitstore"

	_ "modernc.org/sqlite" // the database/sql driver
)

// disk writes entities through to SQLite. WAL with synchronous=NORMAL keeps
// every committed transaction when the process is killed; only a failure of
// the machine may lose the last ones.
type disk struct {
	db             *sql.DB
	upsert, remove *sql.Stmt
}

const schema = `CREATE TABLE IF NOT EXISTS entity (
	kind TEXT NOT NULL, id INTEGER NOT NULL, json BLOB NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID`

func openDisk(path string) (*disk, error) {
	db, err := sql.Open("sqlite", "file:"+url.PathEscape(path)+
		"?_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_pragma=busy_timeout(2000)&_txlock=immediate")
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	db.SetMaxOpenConns(1)
	d := &disk{db: db}
	if _, err := db.Exec(schema); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), db.Close())
	}
	if d.upsert, err = db.Prepare(`INSERT OR REPLACE INTO entity (kind, id, json) VALUES (?, ?, ?)`); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if d.remove, err = db.Prepare(`DELETE FROM entity WHERE kind = ? AND id = ?`); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return d, nil
}

func (d *disk) close() error {
	return errors.Join(d.upsert.Close(), d.remove.Close(), d.db.Close())
}

// batch is how many rows are decoded together while the next are read.
const batch = 1024

// load reads every entity into its table, by kind and id. Rows are decoded
// beside the reading: that is where the time goes.
func (d *disk) load(s *state) error {
	for _, t := range s.tables() {
		if err := d.loadTable(t); err != nil {
			return fmt.Errorf("load the world: %w", err)
		}
	}
	return nil
}

type loaded struct {
	ids  []int64
	rows []any
	err  error
}

func (d *disk) loadTable(t stored) error {
	rows, err := d.db.Query(`SELECT id, json FROM entity WHERE kind = ? ORDER BY id`, t.name())
	if err != nil {
		return err
	}
	ready := make(chan chan loaded, 4) // in order of reading
	failed := make(chan error, 1)
	go func() {
		defer close(ready)
		failed <- read(rows, t, ready)
	}()
	for one := range ready {
		l := <-one
		if err = errors.Join(err, l.err); err != nil {
			continue // let the reader end
		}
		for i, id := range l.ids {
			t.adopt(id, l.rows[i])
		}
	}
	return errors.Join(err, <-failed)
}

func read(rows *sql.Rows, t stored, ready chan<- chan loaded) error {
	var ids []int64
	var texts [][]byte
	flush := func() {
		one := make(chan loaded, 1)
		ready <- one
		go func(ids []int64, texts [][]byte) {
			l := loaded{ids: ids}
			for _, text := range texts {
				row, err := t.decode(text)
				l.rows, l.err = append(l.rows, row), errors.Join(l.err, err)
			}
			one <- l
		}(ids, texts)
		ids, texts = nil, nil
	}
	for rows.Next() {
		var id int64
		var text []byte
		if err := rows.Scan(&id, &text); err != nil {
			return errors.Join(err, rows.Close())
		}
		if ids, texts = append(ids, id), append(texts, text); len(ids) == batch {
			flush()
		}
	}
	flush()
	return errors.Join(rows.Err(), rows.Close())
}

// save writes what the running Update touched in one transaction.
func (d *disk) save(s *state, extra func(put func(kind string, id int64, text []byte) error) error) error {
	txn, err := d.db.BeginTx(context.Background(), nil)
	if err != nil {
		return fmt.Errorf("write the world: %w", err)
	}
	upsert, remove := txn.Stmt(d.upsert), txn.Stmt(d.remove)
	put := func(kind string, id int64, text []byte) error {
		if text == nil {
			_, err := remove.Exec(kind, id)
			return err
		}
		_, err := upsert.Exec(kind, id, text)
		return err
	}
	for _, t := range s.tables() {
		if err := t.touched(func(id int64, text []byte) error { return put(t.name(), id, text) }); err != nil {
			return errors.Join(fmt.Errorf("write the world: %w", err), txn.Rollback())
		}
	}
	if extra != nil {
		if err := extra(put); err != nil {
			return errors.Join(fmt.Errorf("write the world: %w", err), txn.Rollback())
		}
	}
	if err := txn.Commit(); err != nil {
		return fmt.Errorf("write the world: %w", err)
	}
	return nil
}

// pending reads which references git has yet to move, by repository.
func (d *disk) pending() (map[int64][]gitstore.RefUpdate, error) {
	rows, err := d.db.Query(`SELECT id, json FROM entity WHERE kind = ?`, pendingKind)
	if err != nil {
		return nil, fmt.Errorf("load the world: %w", err)
	}
	defer rows.Close()
	all := map[int64][]gitstore.RefUpdate{}
	for rows.Next() {
		var id int64
		var text []byte
		if err := rows.Scan(&id, &text); err != nil {
			return nil, fmt.Errorf("load the world: %w", err)
		}
		var list []gitstore.RefUpdate
		if err := json.Unmarshal(text, &list); err != nil {
			return nil, fmt.Errorf("load the world: %w", err)
		}
		all[id] = list
	}
	return all, rows.Err()
}

// settle says that git has moved a repository's references.
func (d *disk) settle(repoID int64) error {
	if _, err := d.remove.Exec(pendingKind, repoID); err != nil {
		return fmt.Errorf("write the world: %w", err)
	}
	return nil
}
