package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// The files of `.core/` that this package reads or writes.
const (
	DirName       = ".core"
	DemoName      = "demo"
	ConfigFile    = "config.yaml"
	InventoryFile = "inventory.yaml"
	TeamFile      = "team.yaml"
	PauseFile     = "PAUSE"
	ReservedFile  = "reservations.log"
	JournalDir    = "journal"
)

// Dir is a `.core/` folder, or the place where one would be made.
type Dir struct {
	Path   string // absolute path of the folder itself
	Demo   bool   // it is `.core/demo/`
	exists bool
}

// Exists tells whether the folder is there. A `.core/` that holds nothing, or
// nothing but demo/, counts as absent.
func (d Dir) Exists() bool { return d.exists }

// File is the path of a file in the folder.
func (d Dir) File(name string) string { return filepath.Join(d.Path, name) }

// ErrAbsent is what a command that writes answers where there is no `.core/`.
var ErrAbsent = errors.New("no .core/ here or in a folder above")

// ErrNoConfig is what a command that writes answers in a `.core/` that init
// has not seen: nothing says which GitHub its ledger belongs to.
var ErrNoConfig = errors.New("this .core/ has no config.yaml, so nothing says which GitHub its ledger belongs to")

// ErrReadOnly is what a command that writes answers where this account may not
// write to `.core/`; what reads does without.
var ErrReadOnly = errors.New("this account may only read it, so nothing can be written from here")

const initHint = "run `core dev init ORG | REPO...`"

// Writable refuses a folder that init has not made or completed, or that may only
// be read. The error wraps ErrAbsent, ErrNoConfig or ErrReadOnly and says what to do.
func (d Dir) Writable() error {
	if !d.exists {
		return fmt.Errorf("%w: %s", ErrAbsent, initHint)
	}
	if _, err := os.Stat(d.File(ConfigFile)); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: %w: %s, which keeps what is there", visible(d.Path), ErrNoConfig, initHint)
	} else if err != nil {
		return err
	}
	const write, search = 2, 1 // of access(2)
	if err := syscall.Access(d.Path, write|search); err != nil {
		return fmt.Errorf("%s: %w: give it back to this account with chown or chmod, or name another folder with --dir", visible(d.Path), ErrReadOnly)
	}
	return nil
}

// Find looks for `.core/` in start and the folders above it. Absence is no
// error: the Dir then does not exist, and names where init would make it, in
// start itself.
func Find(start string) (Dir, error) {
	start, err := filepath.Abs(start)
	if err != nil {
		return Dir{}, err
	}
	for at := start; ; {
		d, err := look(filepath.Join(at, DirName))
		if err != nil {
			return Dir{}, err
		}
		if d.exists {
			// What was not named by its owner may hold another's commands.
			if err := ownedByUs(d.Path); err != nil {
				return Dir{}, err
			}
			return d, nil
		}
		up := filepath.Dir(at)
		if up == at {
			return Dir{Path: filepath.Join(start, DirName)}, nil
		}
		at = up
	}
}

// At is the folder that --dir or CORE_DIR names: `.core/` itself, or the
// folder which holds it or would. Nothing above it is searched.
func At(path string) (Dir, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return Dir{}, err
	}
	if filepath.Base(path) == DirName {
		return look(path)
	}
	st, err := os.Stat(path)
	if err != nil {
		return Dir{}, fmt.Errorf("--dir: %w", err)
	}
	if !st.IsDir() {
		return Dir{}, fmt.Errorf("--dir: %s is not a folder", visible(path))
	}
	return look(filepath.Join(path, DirName))
}

// Demo is `.core/demo/` in a folder. Nothing else is used with --demo.
func Demo(start string) (Dir, error) {
	start, err := filepath.Abs(start)
	if err != nil {
		return Dir{}, err
	}
	d := Dir{Path: filepath.Join(start, DirName, DemoName), Demo: true}
	st, err := os.Stat(d.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return Dir{}, err
	case !st.IsDir():
		return Dir{}, fmt.Errorf("%s is not a folder: move it away", visible(d.Path))
	default:
		d.exists = true
	}
	return d, nil
}

// look tells what is at a path that `.core/` may be at. A file of that name is
// somebody else's.
func look(path string) (Dir, error) {
	d := Dir{Path: path}
	st, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !st.IsDir() {
		return d, nil
	}
	if err != nil {
		return d, err
	}
	f, err := os.Open(path)
	if err != nil {
		return d, err
	}
	defer f.Close()
	names, err := f.Readdirnames(-1)
	if err != nil {
		return d, err
	}
	for _, n := range names {
		if n != DemoName {
			d.exists = true
		}
	}
	return d, nil
}
