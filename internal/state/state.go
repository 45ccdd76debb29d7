// Package state is .core/state.db: the last snapshot and the request cache, so
// that a start is instant and an unchanged fleet costs one probe; and beside it
// .core/cache/seen.json, what the last refresh saw dispatched. Everything in it can be read again from GitHub: a
// damaged file is set aside under another name, and a new one is made
// (spec/1-domain "Files in .core/").
package state

import (
	"bytes"
	"compress/gzip"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/dappcore/core-dev/inventory"
)

// layout is the version of the tables; another one is rebuilt like a damaged file.
const layout = 1

const tables = `
create table if not exists snapshot (key text primary key, taken_at text not null, body blob not null);
create table if not exists request  (key text primary key, body blob not null);
`

// DB is an open state.db. It is safe for concurrent use, also by several
// processes: each waits up to five seconds for the other.
type DB struct {
	sql *sql.DB
}

// Open opens or makes the file. A file that SQLite cannot read is renamed to
// state.db.damaged-<n>; setAside then names it, and the caller tells the user.
func Open(path string) (db *DB, setAside string, err error) {
	db, err = open(path)
	if err == nil {
		return db, "", nil
	}
	if _, statErr := os.Stat(path); errors.Is(statErr, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return nil, "", err
	}
	if !damaged(err) {
		return nil, "", fmt.Errorf("%s: %w", path, err)
	}
	for n := 1; ; n++ {
		setAside = fmt.Sprintf("%s.damaged-%d", path, n)
		if _, err := os.Lstat(setAside); errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	if err := os.Rename(path, setAside); err != nil {
		return nil, "", fmt.Errorf("%s is damaged and cannot be set aside: %w", path, err)
	}
	for _, suffix := range []string{"-wal", "-shm"} { // they belong to the damaged file
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, "", fmt.Errorf("%s%s: %w", path, suffix, err)
		}
	}
	db, err = open(path)
	return db, setAside, err
}

type layoutError int

func (e layoutError) Error() string { return fmt.Sprintf("layout %d, not %d", int(e), layout) }

func open(path string) (*DB, error) {
	if _, err := os.Stat(filepath.Dir(path)); err != nil {
		return nil, err
	}
	if err := private(path); err != nil {
		return nil, err
	}
	q := url.Values{"_pragma": {"busy_timeout(5000)", "journal_mode(wal)", "synchronous(normal)"}, "_txlock": {"immediate"}}
	conn, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+q.Encode())
	if err != nil {
		return nil, err
	}
	conn.SetMaxOpenConns(1)
	fail := func(err error) (*DB, error) { conn.Close(); return nil, err }
	var have int
	if err := conn.QueryRow("pragma user_version").Scan(&have); err != nil {
		return fail(err)
	}
	switch have {
	case layout:
	case 0:
		if _, err := conn.Exec(tables + fmt.Sprintf("pragma user_version=%d", layout)); err != nil {
			return fail(err)
		}
	default:
		return fail(layoutError(have))
	}
	return &DB{conn}, nil
}

// private makes the file its owner's alone before anything is in it: it holds
// titles and bodies of private repositories. SQLite gives the files beside it
// the same permissions.
func private(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Mode().Perm()&0o077 != 0 {
		return f.Chmod(0o600)
	}
	return nil
}

// Close closes the file.
func (db *DB) Close() error { return db.sql.Close() }

// Snapshot returns the snapshot kept under a key (which repositories it is
// of); false when there is none or it cannot be read.
func (db *DB) Snapshot(key string) (inventory.Snapshot, bool) {
	var s inventory.Snapshot
	ok := db.get("snapshot", key, &s)
	return s, ok
}

// SaveSnapshot keeps a snapshot.
func (db *DB) SaveSnapshot(key string, s inventory.Snapshot) error {
	return db.put("snapshot", key, s.TakenAt, s)
}

// Get returns a remembered response.
func (db *DB) Get(key string) ([]byte, bool) {
	var body []byte
	err := db.sql.QueryRow("select body from request where key=?", key).Scan(&body)
	return body, err == nil
}

// Put remembers a response. It is a cache: what cannot be kept is read again.
func (db *DB) Put(key string, body []byte) {
	if _, err := db.sql.Exec("insert or replace into request(key,body) values(?,?)", key, body); err == nil {
		db.prune("request", mostRequests)
	}
}

// What the file keeps at the most, the newest: a fleet that is looked at in
// parts has a snapshot of each.
const (
	mostSnapshots = 16
	mostRequests  = 4096
)

// prune lets go of what was written longest ago. Rows written again get a new
// rowid, so their order is that of writing.
func (db *DB) prune(table string, most int) {
	_, _ = db.sql.Exec("delete from "+table+" where rowid <= (select rowid from "+table+" order by rowid desc limit 1 offset ?)", most)
}

func (db *DB) get(table, key string, into any) bool {
	var body []byte
	if db.sql.QueryRow("select body from "+table+" where key=?", key).Scan(&body) != nil {
		return false
	}
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return false
	}
	return json.NewDecoder(z).Decode(into) == nil
}

func (db *DB) put(table, key string, at time.Time, what any) error {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err := json.NewEncoder(z).Encode(what); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	_, err := db.sql.Exec("insert or replace into "+table+"(key,taken_at,body) values(?,?,?)", key, at.UTC().Format(time.RFC3339), b.Bytes())
	if err == nil {
		db.prune(table, mostSnapshots)
	}
	return err
}
