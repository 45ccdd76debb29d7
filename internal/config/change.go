package config

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// Change is an edit of a file of `.core/` that is worked out and not made.
type Change struct {
	Name     string // of the file
	path     string
	was, now []byte
	missing  bool // the file is made by it
}

// change works an edit of a file out; one that is missing begins with header.
func change(dir Dir, name, header string, edit func(path string, was []byte) ([]byte, error)) (Change, error) {
	c := Change{Name: name, path: dir.File(name)}
	was, err := os.ReadFile(c.path)
	if c.missing = errors.Is(err, fs.ErrNotExist); c.missing {
		was = []byte(header)
	} else if err != nil {
		return c, err
	}
	c.was = was
	c.now, err = edit(c.path, was)
	return c, err
}

// Empty tells that the file says already what it shall say.
func (c Change) Empty() bool { return bytes.Equal(c.was, c.now) }

// Lines are the lines that go ("- text") and that come ("+ text"), in the file's
// order, without what could act on a terminal. Of a file that is made they are all.
func (c Change) Lines() []string {
	was, now := splitLines(c.was), splitLines(c.now)
	if c.missing {
		was = nil
	}
	head := 0
	for head < min(len(was), len(now)) && was[head] == now[head] {
		head++
	}
	was, now = was[head:], now[head:]
	for len(was) > 0 && len(now) > 0 && was[len(was)-1] == now[len(now)-1] {
		was, now = was[:len(was)-1], now[:len(now)-1]
	}
	out := []string{}
	for _, l := range was {
		out = append(out, "- "+visible(maskSecrets(l)))
	}
	for _, l := range now {
		out = append(out, "+ "+visible(maskSecrets(l)))
	}
	return slices.DeleteFunc(out, func(l string) bool { return strings.TrimSpace(l) == "+" && c.missing })
}

// Make makes the change, unless the file changed since it was worked out: then it
// stays as it is, and the error says so.
func (c Change) Make(dir Dir) error {
	if c.Empty() {
		return nil
	}
	return locked(dir, c.write)
}

// write makes it, under the folder's lock.
func (c Change) write() error {
	if c.missing {
		return createFile(c.path, c.now)
	}
	return replaceFile(c.path, c.was, c.now)
}
