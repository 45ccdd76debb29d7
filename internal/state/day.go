package state

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
	"github.com/google/renameio/v2"
)

// DayFile is the file of a .core/ folder that remembers what of the day's sessions
// is done. Its form is flows/day's.
const DayFile = "day.json"

// ReadDay is what the file holds; nothing where there is none.
func ReadDay(dir string) ([]byte, error) {
	raw, err := os.ReadFile(filepath.Join(dir, DayFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return raw, err
}

// ChangeDay replaces what the file holds, whole or not at all; nil leaves it as it
// is. Processes take turns, so that none loses what another one noted. With keep,
// what it held stays beside it, in a file whose name is kept.
func ChangeDay(dir string, change func(was []byte) (now []byte, keep bool)) (kept string, err error) {
	lock := flock.New(filepath.Join(dir, DayFile+".lock"))
	if err := lock.Lock(); err != nil {
		return "", err
	}
	defer lock.Unlock() //nolint:errcheck // it ends with the process at the latest
	was, err := ReadDay(dir)
	if err != nil {
		return "", err
	}
	now, keep := change(was)
	if now == nil {
		return "", nil
	}
	if keep {
		if kept, err = aside(dir, was); err != nil {
			return "", err
		}
	}
	return kept, renameio.WriteFile(filepath.Join(dir, DayFile), now, 0o644)
}

// aside writes a day's file beside it, under a name that none has so far.
func aside(dir string, text []byte) (name string, err error) {
	for n := 1; ; n++ {
		name = fmt.Sprintf("%s.kept-%d", DayFile, n)
		f, err := os.OpenFile(filepath.Join(dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		_, err = f.Write(text)
		return name, errors.Join(err, f.Close())
	}
}
