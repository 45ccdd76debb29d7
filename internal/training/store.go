// Package training keeps the records of finished children below .core/training/:
// journals/epic-<E>-child-<C>.jsonl holds a record a line, of every repository
// whose epic and child bear these numbers; index.jsonl a line a record, with its
// file. A record that is captured again takes the place of the earlier one. Files
// are replaced whole, so that a reader never meets half a line.
package training

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"github.com/google/renameio/v2"

	"github.com/dappcore/core-dev/inventory"
)

// Store is the folder .core/training.
type Store struct{ dir string }

// Open names it; it is made with the first record.
func Open(dir string) *Store { return &Store{dir: dir} }

// Entry is a line of the index.
type Entry struct {
	Repo    string `json:"repo"`
	Epic    string `json:"epic"`
	Child   string `json:"child"`
	PR      string `json:"pr"`
	Outcome string `json:"outcome"`
	File    string `json:"file"` // below .core/training
}

// Keep writes a record and its line in the index. Processes take turns.
func (s *Store) Keep(epic, child inventory.Ref, r inventory.TrainingRecord) error {
	if err := os.MkdirAll(filepath.Join(s.dir, "journals"), 0o755); err != nil {
		return err
	}
	lock := flock.New(filepath.Join(s.dir, "lock"))
	if err := lock.Lock(); err != nil {
		return err
	}
	defer lock.Unlock() //nolint:errcheck // it ends with the process at the latest
	name := filepath.Join("journals", fmt.Sprintf("epic-%d-child-%d.jsonl", epic.Number, child.Number))
	same := func(line []byte) bool {
		var k struct{ Child, PR string }
		return json.Unmarshal(line, &k) == nil && k.Child == r.Child && k.PR == r.PR
	}
	if err := s.put(name, r, same); err != nil {
		return err
	}
	return s.put("index.jsonl", Entry{Repo: r.Repo, Epic: r.Epic, Child: r.Child, PR: r.PR, Outcome: r.Outcome, File: filepath.ToSlash(name)}, same)
}

// put replaces the line that is the same, or appends one. Lines that cannot be
// read are kept as they are: they are not ours to lose.
func (s *Store) put(name string, what any, same func([]byte) bool) error {
	path := filepath.Join(s.dir, name)
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	line, err := json.Marshal(what)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	placed := false
	for l := range bytes.Lines(old) {
		l = bytes.TrimRight(l, "\n")
		if len(l) == 0 {
			continue
		}
		if same(l) {
			if placed {
				continue
			}
			l, placed = line, true
		}
		out.Write(l)
		out.WriteByte('\n')
	}
	if !placed {
		out.Write(line)
		out.WriteByte('\n')
	}
	if bytes.Equal(out.Bytes(), old) {
		return nil
	}
	return renameio.WriteFile(path, out.Bytes(), 0o644)
}

// Index lists the records there are; without any it is empty. A line that cannot
// be read is an error that names it.
func (s *Store) Index() ([]Entry, error) {
	f, err := os.Open(filepath.Join(s.dir, "index.jsonl"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var out []Entry
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		var e Entry
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return out, fmt.Errorf("%s, line %d: %w", f.Name(), n, err)
		}
		out = append(out, e)
	}
	return out, lines.Err()
}

// End is how a child ended, by its newest record.
type End struct {
	Child  inventory.Ref
	Merged time.Time // zero: it ended otherwise
}

// Ends lists how the children that have a record ended. A record whose file cannot
// be read, or names no child, is left out: it is not there for anybody who counts.
func (s *Store) Ends() ([]End, error) {
	entries, err := s.Index()
	if err != nil {
		return nil, err
	}
	var out []End
	read := map[string]bool{}
	for _, e := range entries {
		if read[e.File] || !filepath.IsLocal(e.File) {
			continue
		}
		read[e.File] = true
		raw, err := os.ReadFile(filepath.Join(s.dir, e.File))
		if err != nil {
			continue
		}
		for line := range bytes.Lines(raw) {
			var r struct {
				Child    string    `json:"child"`
				MergedAt time.Time `json:"merged_at"`
			}
			if json.Unmarshal(line, &r) != nil {
				continue
			}
			if child, err := inventory.ParseRef(r.Child, inventory.RepoRef{}, ""); err == nil && !child.Repo.IsZero() {
				out = append(out, End{child, r.MergedAt})
			}
		}
	}
	return out, nil
}
