// Package training keeps the records of finished children below .core/training/:
// journals/epic-<E>-child-<C>.jsonl holds a record a line, of every repository
// whose epic and child bear these numbers; index.jsonl a line a record, with its
// file. A record that is captured again takes the place of the earlier one. Files
// are replaced whole, so that a reader never meets half a line.
package training

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
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

// Kept is what became of a record that was to be kept.
type Kept string

const (
	Written Kept = "written" // there was none of this child and pull request
	Renewed Kept = "renewed" // it took the place of another
	Same    Kept = "same"    // it was there, to the byte
)

// Keep writes a record and its line in the index, and tells what became of it and
// in which file below .core/training it is. One of the same child and pull request
// that stands under another epic goes. Processes take turns.
func (s *Store) Keep(epic, child inventory.Ref, r inventory.TrainingRecord) (how Kept, file string, err error) {
	if err := os.MkdirAll(filepath.Join(s.dir, "journals"), 0o755); err != nil {
		return "", "", err
	}
	unlock, err := s.lock()
	if err != nil {
		return "", "", err
	}
	defer unlock()
	file = fmt.Sprintf("journals/epic-%d-child-%d.jsonl", epic.Number, child.Number)
	same := func(line []byte) bool {
		var k struct{ Child, PR string }
		return json.Unmarshal(line, &k) == nil && k.Child == r.Child && k.PR == r.PR
	}
	if how, err = s.put(file, r, same); err != nil {
		return "", file, err
	}
	moved, err := s.takeOut(fmt.Sprintf("journals/epic-*-child-%d.jsonl", child.Number), file, same)
	if err != nil {
		return "", file, err
	}
	if moved {
		how = Renewed
	}
	_, err = s.put(indexFile, entryOf(r, file), same)
	return how, file, err
}

// takeOut removes the lines that are the same from all files of that pattern but
// one.
func (s *Store) takeOut(pattern, but string, same func([]byte) bool) (any bool, err error) {
	names, err := fs.Glob(os.DirFS(s.dir), pattern)
	for _, name := range names {
		if name == but {
			continue
		}
		path := filepath.Join(s.dir, filepath.FromSlash(name))
		old, err := os.ReadFile(path)
		if err != nil {
			return any, err
		}
		var rest bytes.Buffer
		for l := range bytes.Lines(old) {
			if !same(l) {
				rest.Write(l)
			}
		}
		switch {
		case rest.Len() == len(old):
			continue
		case rest.Len() == 0:
			err = os.Remove(path)
		default:
			err = renameio.WriteFile(path, rest.Bytes(), 0o644)
		}
		if err != nil {
			return any, err
		}
		any = true
	}
	return any, err
}

const indexFile = "index.jsonl"

// lock keeps other processes from writing; the folder is there.
func (s *Store) lock() (unlock func(), err error) {
	lock := flock.New(filepath.Join(s.dir, "lock"))
	if err := lock.Lock(); err != nil {
		return nil, err
	}
	return func() { _ = lock.Unlock() }, nil // it ends with the process at the latest
}

func entryOf(r inventory.TrainingRecord, file string) Entry {
	return Entry{Repo: r.Repo, Epic: r.Epic, Child: r.Child, PR: r.PR, Outcome: r.Outcome, File: file}
}

// put replaces the line that is the same, or appends one. Lines that cannot be
// read are kept as they are: they are not ours to lose.
func (s *Store) put(name string, what any, same func([]byte) bool) (Kept, error) {
	path := filepath.Join(s.dir, filepath.FromSlash(name))
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	line, err := json.Marshal(what)
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	how, placed := Written, false
	for l := range bytes.Lines(old) {
		l = bytes.TrimRight(l, "\n")
		if len(l) == 0 {
			continue
		}
		if same(l) {
			if placed {
				continue
			}
			how, l, placed = Renewed, line, true
		}
		out.Write(l)
		out.WriteByte('\n')
	}
	if !placed {
		out.Write(line)
		out.WriteByte('\n')
	}
	if bytes.Equal(out.Bytes(), old) {
		return Same, nil
	}
	return how, renameio.WriteFile(path, out.Bytes(), 0o644)
}

// End is how a child ended, by its newest record.
type End struct {
	Child  inventory.Ref
	Merged time.Time // zero: it ended otherwise
}

// Ends lists how the children that have a record ended. A record that cannot be
// read, or names no child, is left out: it is not there for anybody who counts.
func (s *Store) Ends() ([]End, error) {
	lines, err := s.Lines()
	var out []End
	for _, l := range lines {
		child, parseErr := inventory.ParseRef(l.Record.Child, inventory.RepoRef{}, "")
		if l.Err == nil && parseErr == nil && !child.Repo.IsZero() {
			out = append(out, End{child, l.Record.MergedAt})
		}
	}
	return out, err
}
