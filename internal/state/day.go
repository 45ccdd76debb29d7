package state

import (
	"errors"
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

// ChangeDay replaces what the file holds, whole or not at all. Processes take
// turns, so that none loses what another one noted.
func ChangeDay(dir string, change func(was []byte) []byte) error {
	lock := flock.New(filepath.Join(dir, DayFile+".lock"))
	if err := lock.Lock(); err != nil {
		return err
	}
	defer lock.Unlock() //nolint:errcheck // it ends with the process at the latest
	was, err := ReadDay(dir)
	if err != nil {
		return err
	}
	return renameio.WriteFile(filepath.Join(dir, DayFile), change(was), 0o644)
}
