package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
	"github.com/google/renameio/v2"
)

// filePermissions of what this package makes, before the umask.
const filePermissions = 0o644

// createFile makes a file whole, or not at all: never over one that is there
// (fs.ErrExist), and on the disk when it returns.
func createFile(path string, data []byte) error {
	t, err := renameio.NewPendingFile(path, renameio.WithTempDir(filepath.Dir(path)), renameio.WithPermissions(filePermissions))
	if err != nil {
		return err
	}
	defer t.Cleanup() //nolint:errcheck // it is the temporary name alone
	if _, err := t.Write(data); err != nil {
		return err
	}
	if err := t.Sync(); err != nil {
		return err
	}
	// A link, unlike a rename, never replaces.
	if err := os.Link(t.Name(), path); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("%s: %w", path, fs.ErrExist)
		}
		return createPlain(path, data)
	}
	return syncDir(filepath.Dir(path))
}

// createPlain is createFile for a file system without links: the name is
// taken first, so nothing is ever replaced, but a crash may leave it short.
func createPlain(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, filePermissions)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close(), syncDir(filepath.Dir(path)))
}

// replaceFile puts new bytes in the place of those that were read, whole or
// not at all. Whatever somebody else wrote in between is kept: the file is
// then left alone, and the error says so.
func replaceFile(path string, was, now []byte) error {
	target, err := filepath.EvalSymlinks(path) // a link stays a link
	if err != nil {
		return err
	}
	t, err := renameio.NewPendingFile(target, renameio.WithTempDir(filepath.Dir(target)),
		renameio.WithPermissions(filePermissions), renameio.WithExistingPermissions())
	if err != nil {
		return err
	}
	defer t.Cleanup() //nolint:errcheck // after a replace it does nothing
	if _, err := t.Write(now); err != nil {
		return err
	}
	if err := t.Sync(); err != nil {
		return err
	}
	current, err := os.ReadFile(target)
	if err != nil {
		return err
	}
	if !bytes.Equal(current, was) {
		return fmt.Errorf("%s changed while it was edited, and was left as it is: run the command again", path)
	}
	if err := t.CloseAtomicallyReplace(); err != nil {
		return err
	}
	return syncDir(filepath.Dir(target))
}

// syncDir makes a new or replaced name survive a power cut.
func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, os.ErrInvalid) {
		return err
	}
	return nil
}

// editLock keeps two of our own processes from editing a file of the folder at
// the same time.
const editLock = "edit.lock"

// locked runs an edit under the folder's edit lock.
func locked(dir Dir, edit func() error) error {
	l := flock.New(dir.File(editLock))
	if err := l.Lock(); err != nil {
		return fmt.Errorf("lock %s: %w", dir.File(editLock), err)
	}
	return errors.Join(edit(), l.Unlock())
}
