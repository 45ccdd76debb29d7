package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"
)

// Pause is what the PAUSE file says.
type Pause struct {
	Since time.Time // UTC; of the file's time where the text does not say
	Note  string    // one line, cleaned; may be empty
}

// maxNote is how much of a PAUSE file is read, in bytes.
const maxNote = 4096

// Paused tells whether writing to GitHub is paused. The file counts by being
// there, whatever it holds; when that cannot be found out the answer is yes,
// with the error.
func Paused(dir Dir) (Pause, bool, error) {
	path := dir.File(PauseFile)
	st, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Pause{}, false, nil
	}
	if err != nil {
		return Pause{}, true, fmt.Errorf("whether writing is paused: %w", err)
	}
	p := Pause{Since: st.ModTime().UTC()}
	if !st.Mode().IsRegular() {
		return p, true, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return p, true, nil // it is there; its text is a courtesy
	}
	defer f.Close()
	buf := make([]byte, maxNote)
	n, _ := f.Read(buf)
	line := strings.TrimSpace(firstLine(string(buf[:n])))
	if stamp, rest, _ := strings.Cut(line, " "); stamp != "" {
		if t, err := time.Parse(time.RFC3339, stamp); err == nil {
			p.Since, line = t.UTC(), rest
		}
	}
	p.Note = visible(strings.TrimSpace(line))
	return p, true, nil
}

// SetPause makes the PAUSE file; one that is there already is left as it is.
// note is shown to whoever is refused, and cut to one line.
func SetPause(dir Dir, now time.Time, note string) error {
	if !dir.Exists() {
		return dir.Writable()
	}
	line := now.UTC().Format(time.RFC3339) + " " + visible(strings.TrimSpace(firstLine(note)))
	err := createFile(dir.File(PauseFile), []byte(strings.TrimSpace(line)+"\n"))
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}

// ClearPause removes the PAUSE file and tells whether there was one.
func ClearPause(dir Dir) (bool, error) {
	err := os.Remove(dir.File(PauseFile))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
