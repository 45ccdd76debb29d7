package training

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/renameio/v2"

	"github.com/dappcore/core-dev/inventory"
)

// Line is a line of a journal: a record, or what keeps it from being read as one.
type Line struct {
	File   string // below .core/training
	Number int    // from 1
	Raw    []byte
	Record inventory.TrainingRecord
	Err    error // it is no record: Record is empty
}

// At names the line as people find it: file:line.
func (l Line) At() string { return fmt.Sprintf("%s:%d", l.File, l.Number) }

// Lines reads every journal there is, file by file in the order of their names.
// Without any there is none; a line that is no record is among them.
func (s *Store) Lines() ([]Line, error) {
	names, err := fs.Glob(os.DirFS(s.dir), "journals/*.jsonl")
	if err != nil {
		return nil, err
	}
	var out []Line
	for _, name := range names {
		list, err := s.lines(name)
		if err != nil {
			return nil, err
		}
		for _, l := range list {
			if l.Err = json.Unmarshal(l.Raw, &l.Record); l.Err == nil && (l.Record.Child == "" || l.Record.PR == "") {
				l.Err = errors.New("it names no child and pull request")
			}
			if l.Err != nil {
				l.Record = inventory.TrainingRecord{}
			}
			out = append(out, l)
		}
	}
	return out, nil
}

// Find is the record of a pull request; false: there is none that can be read.
func (s *Store) Find(pull inventory.Ref) (inventory.TrainingRecord, bool, error) {
	lines, err := s.Lines()
	for _, l := range lines {
		if strings.EqualFold(l.Record.PR, pull.String()) {
			return l.Record, true, err
		}
	}
	return inventory.TrainingRecord{}, false, err
}

// lines are those of a file that are not empty; none where it is not there.
func (s *Store) lines(name string) ([]Line, error) {
	raw, err := os.ReadFile(filepath.Join(s.dir, filepath.FromSlash(name)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []Line
	n := 0
	for l := range bytes.Lines(raw) {
		n++
		if l = bytes.TrimSpace(l); len(l) > 0 {
			out = append(out, Line{File: name, Number: n, Raw: l})
		}
	}
	return out, nil
}

// Fault is something that is not as it should be.
type Fault struct {
	At     string `json:"at"`     // file:line below .core/training, or a file
	Record string `json:"record"` // the pull request; empty: not known
	What   string `json:"what"`
}

// Index lists the records that the index names, and its lines that cannot be read.
func (s *Store) Index() ([]Entry, []Fault, error) {
	list, err := s.lines(indexFile)
	var out []Entry
	var bad []Fault
	for _, l := range list {
		var e Entry
		if err := json.Unmarshal(l.Raw, &e); err != nil || e.PR == "" || e.Child == "" {
			bad = append(bad, Fault{At: l.At(), What: "damaged: it is no line of an index"})
			continue
		}
		out = append(out, e)
	}
	return out, bad, err
}

// Check holds the index against the journals: the entries that the journals make,
// in their order, and what is damaged, missing on either side, twice, or in a file
// that is not its own.
func (s *Store) Check() ([]Entry, []Fault, error) {
	lines, err := s.Lines()
	if err != nil {
		return nil, nil, err
	}
	listed, faults, err := s.Index()
	if err != nil {
		return nil, nil, err
	}
	entries := []Entry{}
	at := map[string]string{} // of a record
	key := func(child, pr string) string { return child + " " + pr }
	for _, l := range lines {
		if l.Err != nil {
			faults = append(faults, Fault{At: l.At(), What: "damaged: " + l.Err.Error()})
			continue
		}
		r := l.Record
		if first := at[key(r.Child, r.PR)]; first != "" {
			faults = append(faults, Fault{l.At(), r.PR, "the same child and pull request as " + first})
			continue
		}
		at[key(r.Child, r.PR)] = l.At()
		entries = append(entries, entryOf(r, l.File))
		if want := fileOf(r); want != "" && want != l.File {
			faults = append(faults, Fault{l.At(), r.PR, "its place is " + want})
		}
	}
	for _, e := range listed {
		switch k := slices.IndexFunc(entries, func(o Entry) bool { return key(o.Child, o.PR) == key(e.Child, e.PR) }); {
		case k < 0:
			faults = append(faults, Fault{indexFile, e.PR, "missing: no record of it is in " + path.Base(e.File)})
		case entries[k] != e:
			faults = append(faults, Fault{indexFile, e.PR, "the index does not say what the record says"})
		}
	}
	for _, e := range entries {
		if !slices.ContainsFunc(listed, func(o Entry) bool { return key(o.Child, o.PR) == key(e.Child, e.PR) }) {
			faults = append(faults, Fault{at[key(e.Child, e.PR)], e.PR, "missing in the index"})
		}
	}
	return entries, faults, nil
}

// fileOf is where a record belongs; empty: its names cannot be read.
func fileOf(r inventory.TrainingRecord) string {
	number := func(text string) string { _, n, _ := strings.Cut(text, "#"); return n }
	child := number(r.Child)
	if child == "" {
		return ""
	}
	epic := "0"
	if r.Epic != "" {
		epic = number(r.Epic)
	}
	return "journals/epic-" + epic + "-child-" + child + ".jsonl"
}

// Rebuild writes the index anew from the journals, and tells how many records it
// lists. An index with lines that could not be read is kept beside it, under the
// name returned.
func (s *Store) Rebuild() (records int, aside string, err error) {
	if _, err := os.Stat(s.dir); errors.Is(err, fs.ErrNotExist) {
		return 0, "", nil
	}
	unlock, err := s.lock()
	if err != nil {
		return 0, "", err
	}
	defer unlock()
	entries, _, err := s.Check()
	if err != nil {
		return 0, "", err
	}
	var out bytes.Buffer
	for _, e := range entries {
		line, err := json.Marshal(e)
		if err != nil {
			return 0, "", err
		}
		out.Write(append(line, '\n'))
	}
	if _, bad, err := s.Index(); err != nil {
		return 0, "", err
	} else if len(bad) > 0 {
		if aside, err = s.setAside(); err != nil {
			return 0, "", err
		}
	}
	return len(entries), aside, renameio.WriteFile(filepath.Join(s.dir, indexFile), out.Bytes(), 0o644)
}

// setAside copies the index under the first name that is free.
func (s *Store) setAside() (name string, err error) {
	raw, err := os.ReadFile(filepath.Join(s.dir, indexFile))
	if err != nil {
		return "", err
	}
	for n := 1; ; n++ {
		name = fmt.Sprintf("%s.damaged-%d", indexFile, n)
		f, err := os.OpenFile(filepath.Join(s.dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		_, err = f.Write(raw)
		return name, errors.Join(err, f.Close())
	}
}

// keyFile holds what pseudonyms are made with. Whoever has it can find out whose a
// pseudonym is by trying names.
const keyFile = "pseudonyms.key"

// Key is the folder's own key for pseudonyms, 32 bytes; it is made when it is first
// asked for, and readable by its owner alone.
func (s *Store) Key() ([]byte, error) {
	if err := os.MkdirAll(s.dir, 0o755); err != nil {
		return nil, err
	}
	unlock, err := s.lock()
	if err != nil {
		return nil, err
	}
	defer unlock()
	path := filepath.Join(s.dir, keyFile)
	key, err := os.ReadFile(path)
	switch {
	case err == nil && len(key) != 32:
		return nil, fmt.Errorf("%s holds %d bytes, not the 32 of a key: delete it, and every pseudonym will be a new one", path, len(key))
	case !errors.Is(err, fs.ErrNotExist):
		return key, err
	}
	key = make([]byte, 32)
	_, _ = rand.Read(key) // it never fails
	return key, renameio.WriteFile(path, key, 0o600)
}

// Export replaces a file whole with lines.
func Export(path string, lines []byte) error { return renameio.WriteFile(path, lines, 0o644) }
