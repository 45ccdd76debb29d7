package journal

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// sealed is a file of the journal's folder that holds one note a line: only
// appended to, every line under its sum, and on disk before append returns.
// Several processes may append: each takes in what the others wrote first, so
// that what is known already is not written again. All of it is called with the
// Store's lock held.
type sealed struct {
	name     string
	read     int64 // bytes of the file that were taken in
	anchored bool  // its name is on the disk
	began    bool
	// empty forgets what was taken in; take takes in one note, without its sum.
	// False: nothing that this file would hold.
	empty func()
	take  func(note []byte) bool
}

// append writes a note, unless it turns out to be known when what others wrote
// was taken in.
func (l *sealed) append(s *Store, note string, known func() bool) error {
	if strings.ContainsRune(note, '\n') {
		return fmt.Errorf("%q cannot be written to %s as one line", note, l.name)
	}
	if err := s.makeFolder(); err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(s.dir, l.name), os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := wait(f); err != nil {
		return err
	}
	if !l.anchored { // by whoever made it, who may have died before
		if err := s.sync(s.dir); err != nil {
			return err
		}
		l.anchored = true
	}
	if err := endTorn(f); err != nil {
		return err
	}
	if err := l.readFrom(f); err != nil || known() {
		return err
	}
	if _, err := f.Write(append(seal(note), '\n')); err != nil {
		return err
	}
	return f.Sync()
}

// catchUp takes in what was appended since the last time; a file that is not
// there holds nothing.
func (l *sealed) catchUp(s *Store) error {
	f, err := os.Open(filepath.Join(s.dir, l.name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	return l.readFrom(f)
}

func (l *sealed) readFrom(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Size() < l.read || !l.began {
		l.read, l.began = 0, true
		l.empty()
	}
	data := make([]byte, info.Size()-l.read)
	if _, err := f.ReadAt(data, l.read); err != nil {
		return err
	}
	for line := range bytes.Lines(data) {
		text, whole := bytes.CutSuffix(line, []byte("\n"))
		if !whole {
			break
		}
		if !bytes.HasSuffix(text, []byte(tornMark)) {
			if note, ok := unseal(text); !ok || !l.take(note) {
				return fmt.Errorf("%s (%.60q): %w; restore it from a backup", f.Name(), text, ErrDamaged)
			}
		}
		l.read += int64(len(line))
	}
	return nil
}

const sumMark = " sum="

func seal(note string) []byte {
	return fmt.Appendf(nil, "%s%s%08x", note, sumMark, crc32.ChecksumIEEE([]byte(note)))
}

// unseal is the note of a line that fits its sum.
func unseal(line []byte) (note []byte, ok bool) {
	end := bytes.LastIndex(line, []byte(sumMark))
	if end < 0 {
		return nil, false
	}
	note = line[:end]
	return note, string(line[end+len(sumMark):]) == fmt.Sprintf("%08x", crc32.ChecksumIEEE(note))
}
