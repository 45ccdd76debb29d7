package requestlog

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"net/url"

	_ "modernc.org/sqlite" // the driver
)

type store struct {
	db  *sql.DB
	ins *sql.Stmt
}

func openStore(file string) (*store, error) {
	q := url.Values{"_pragma": {"journal_mode(WAL)", "synchronous(NORMAL)", "busy_timeout(5000)"}}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: file}).EscapedPath()+"?"+q.Encode())
	if err != nil {
		return nil, fmt.Errorf("request journal %s: %w", file, err)
	}
	db.SetMaxOpenConns(1)
	s := &store{db: db}
	if _, err = db.Exec(`CREATE TABLE IF NOT EXISTS requests (seq INTEGER PRIMARY KEY, record TEXT NOT NULL)`); err == nil {
		s.ins, err = db.Prepare(`INSERT OR REPLACE INTO requests (seq, record) VALUES (?, ?)`)
	}
	if err != nil {
		db.Close()
		return nil, fmt.Errorf("request journal %s: %w", file, err)
	}
	return s, nil
}

func (s *store) close() error {
	s.ins.Close()
	return s.db.Close()
}

func (s *store) add(r Record) error {
	text, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("request journal: %w", err)
	}
	if _, err := s.ins.Exec(r.Seq, string(text)); err != nil {
		return fmt.Errorf("request journal: write record %d: %w", r.Seq, err)
	}
	return nil
}

func (s *store) last() (int64, error) {
	var n int64
	if err := s.db.QueryRow(`SELECT COALESCE(MAX(seq), 0) FROM requests`).Scan(&n); err != nil {
		return 0, fmt.Errorf("request journal: %w", err)
	}
	return n, nil
}

func (s *store) after(seq int64) ([]Record, error) {
	rows, err := s.db.Query(`SELECT record FROM requests WHERE seq > ? ORDER BY seq`, seq)
	if err != nil {
		return nil, fmt.Errorf("request journal: %w", err)
	}
	defer rows.Close()
	var out []Record
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, fmt.Errorf("request journal: %w", err)
		}
		var r Record
		if err := json.Unmarshal([]byte(text), &r); err != nil {
			return nil, fmt.Errorf("request journal: a damaged record after %d: %w", seq, err)
		}
		out = append(out, r)
	}
	return out, rows.Err()
}
