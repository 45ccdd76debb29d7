package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sync"
)

// readingsFolder holds a file an audit text: what was read out of it by
// somebody who may say something else the next time.
const readingsFolder = "readings"

var readingShape = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9a-f]{16,64}$`) })

func (s *Store) reading(digest string) (string, error) {
	if !readingShape().MatchString(digest) {
		return "", fmt.Errorf("%q cannot name a reading", digest)
	}
	return filepath.Join(s.dir, readingsFolder, digest+".json"), nil
}

// Reading is the record that is kept under a digest (16 to 64 hexadecimal
// digits, small letters), and the file's path; nil where none is. It fails with
// ErrDamaged, and stays so until a person has looked: issues may have been made
// from what stood there, and another record would make other ones.
func (s *Store) Reading(digest string) (record []byte, path string, err error) {
	if path, err = s.reading(digest); err != nil {
		return nil, "", err
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, path, nil
	}
	if err != nil {
		return nil, path, err
	}
	line, whole := bytes.CutSuffix(data, []byte("\n"))
	record, ok := parseLine(line)
	if !whole || !ok {
		return nil, path, fmt.Errorf("%s: %w; restore it from a backup. Where no issue was made from that audit yet, move the file away: the audit is read anew", path, ErrDamaged)
	}
	return record, path, nil
}

// KeepReading keeps a record, one line of JSON, under a digest and gives the one
// that counts from then on: of two processes that keep one, the first's. It is
// on disk, whole, when KeepReading returns.
func (s *Store) KeepReading(ctx context.Context, digest string, record []byte) (kept []byte, path string, err error) {
	if bytes.IndexByte(record, '\n') >= 0 {
		return nil, "", errLines
	}
	unlock, err := s.Lock(ctx, "reading "+digest)
	if err != nil {
		return nil, "", err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	if kept, path, err = s.Reading(digest); err != nil || kept != nil {
		return kept, path, err
	}
	dir := filepath.Dir(path)
	if err := os.Mkdir(dir, 0o755); err == nil {
		if err := syncFolder(s.dir); err != nil {
			return nil, path, err
		}
	} else if !errors.Is(err, fs.ErrExist) {
		return nil, path, err
	}
	f, err := os.OpenFile(path+newSuffix, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644) // the lock's holder alone
	if err != nil {
		return nil, path, err
	}
	if err := errors.Join(appendLine(f, record), f.Close()); err != nil {
		return nil, path, err
	}
	if err := os.Rename(path+newSuffix, path); err != nil {
		return nil, path, err
	}
	return record, path, syncFolder(dir)
}
