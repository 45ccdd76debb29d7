package gitstore

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Empty is the object id of the empty tree.
const Empty = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

// ErrNotFound says that an object, path or revision does not exist.
var ErrNotFound = errors.New("no such object")

type object struct {
	kind string // blob, tree, commit, tag
	data []byte
}

func (o object) framed() []byte {
	return append([]byte(o.kind+" "+strconv.Itoa(len(o.data))+"\x00"), o.data...)
}

func (o object) id() string {
	sum := sha1.Sum(o.framed())
	return hex.EncodeToString(sum[:])
}

// IsID tells whether s is a full object id in lower case.
func IsID(s string) bool {
	if len(s) != 40 {
		return false
	}
	return strings.Trim(s, "0123456789abcdef") == ""
}

// treeEntry is one line of a tree object; sha is hexadecimal.
type treeEntry struct{ mode, name, sha string }

const folderMode = "40000"

func encodeTree(entries []treeEntry) []byte {
	// Git orders a folder as if its name ended in a slash.
	sorted := func(e treeEntry) string {
		if e.mode == folderMode {
			return e.name + "/"
		}
		return e.name
	}
	entries = slices.Clone(entries)
	slices.SortFunc(entries, func(a, b treeEntry) int { return strings.Compare(sorted(a), sorted(b)) })
	var b bytes.Buffer
	for _, e := range entries {
		b.WriteString(e.mode + " " + e.name + "\x00")
		raw, _ := hex.DecodeString(e.sha)
		b.Write(raw)
	}
	return b.Bytes()
}

func parseTree(raw []byte) ([]treeEntry, error) {
	var list []treeEntry
	for len(raw) > 0 {
		head, rest, ok := bytes.Cut(raw, []byte{0})
		if !ok || len(rest) < sha1.Size {
			return nil, errors.New("damaged tree object")
		}
		mode, name, _ := strings.Cut(string(head), " ")
		list = append(list, treeEntry{mode: mode, name: name, sha: hex.EncodeToString(rest[:sha1.Size])})
		raw = rest[sha1.Size:]
	}
	return list, nil
}

// CheckPath refuses paths that git would not take into a tree.
func CheckPath(path string) error {
	if path == "" || len(path) > 4096 || strings.ContainsRune(path, 0) {
		return fmt.Errorf("path %q is not valid", path)
	}
	for _, part := range strings.Split(path, "/") {
		if part == "" || part == "." || part == ".." || strings.EqualFold(part, ".git") {
			return fmt.Errorf("path %q contains a malformed path component", path)
		}
	}
	return nil
}

// writeLoose stores an object in the repository's objects folder.
func writeLoose(dir string, o object) (string, error) {
	id := o.id()
	folder := filepath.Join(dir, "objects", id[:2])
	path := filepath.Join(folder, id[2:])
	if _, err := os.Stat(path); err == nil {
		return id, nil
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	temp, err := os.CreateTemp(folder, "tmp_obj_")
	if err != nil {
		return "", err
	}
	err = errors.Join(o.deflate(temp), temp.Chmod(0o444), temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		return "", errors.Join(fmt.Errorf("write object %s: %w", id, err), os.Remove(temp.Name()))
	}
	return id, nil
}

// writeNew stores an object in a folder that nobody reads yet.
func writeNew(dir, id string, o object) error {
	folder := filepath.Join(dir, "objects", id[:2])
	f, err := os.OpenFile(filepath.Join(folder, id[2:]), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o444)
	if errors.Is(err, os.ErrNotExist) {
		if err = os.Mkdir(folder, 0o755); err == nil {
			return writeNew(dir, id, o)
		}
	}
	if err != nil {
		return fmt.Errorf("write object %s: %w", id, err)
	}
	return errors.Join(o.deflate(f), f.Close())
}

// deflaters and inflaters are costly to make and may be used again.
var deflaters, inflaters sync.Pool

// deflate writes the object as git keeps it.
func (o object) deflate(to io.Writer) error {
	var b bytes.Buffer
	z, used := deflaters.Get().(*zlib.Writer)
	if used {
		z.Reset(&b)
	} else {
		z, _ = zlib.NewWriterLevel(&b, zlib.BestSpeed) // the level is one there is
	}
	defer deflaters.Put(z)
	_, err := z.Write(o.framed())
	if err = errors.Join(err, z.Close()); err == nil {
		_, err = to.Write(b.Bytes())
	}
	return err
}

// inflate reads what deflate wrote.
func inflate(from io.Reader) ([]byte, error) {
	packed, err := io.ReadAll(from)
	if err != nil {
		return nil, err
	}
	z, used := inflaters.Get().(io.ReadCloser)
	if used {
		err = z.(zlib.Resetter).Reset(bytes.NewReader(packed), nil)
	} else {
		z, err = zlib.NewReader(bytes.NewReader(packed))
	}
	if err != nil {
		return nil, err
	}
	defer inflaters.Put(z)
	return io.ReadAll(z)
}

// readLoose is false where the object is not loose.
func readLoose(dir, id string) (object, bool, error) {
	f, err := os.Open(filepath.Join(dir, "objects", id[:2], id[2:]))
	if errors.Is(err, os.ErrNotExist) {
		return object{}, false, nil
	}
	if err != nil {
		return object{}, false, err
	}
	defer f.Close()
	raw, err := inflate(f)
	if err != nil {
		return object{}, false, fmt.Errorf("object %s: %w", id, err)
	}
	head, data, ok := bytes.Cut(raw, []byte{0})
	if !ok {
		return object{}, false, fmt.Errorf("object %s is damaged", id)
	}
	kind, _, _ := strings.Cut(string(head), " ")
	return object{kind: kind, data: data}, true, nil
}
