package gitstore

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Store is a folder of bare repositories, one an id.
type Store struct {
	root string
	mu   sync.Mutex // making a repository
}

// Repo is one bare repository.
type Repo struct{ dir string }

// New keeps repositories under root, which is made when first needed.
func New(root string) *Store { return &Store{root: root} }

func (s *Store) path(id int64) string {
	return filepath.Join(s.root, strconv.FormatInt(id, 10)+".git")
}

// Lookup is the repository of an id, if it has been made.
func (s *Store) Lookup(id int64) (*Repo, bool) {
	r := &Repo{dir: s.path(id)}
	_, err := os.Stat(r.dir)
	return r, err == nil
}

// IDs are the repositories made so far.
func (s *Store) IDs() ([]int64, error) {
	entries, err := os.ReadDir(s.root)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	var ids []int64
	for _, e := range entries {
		name, isRepo := strings.CutSuffix(e.Name(), ".git")
		if id, convErr := strconv.ParseInt(name, 10, 64); isRepo && convErr == nil {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids, err
}

// Forget removes the repository of an id, if there is one.
func (s *Store) Forget(id int64) error { return os.RemoveAll(s.path(id)) }

const config = `[core]
	repositoryformatversion = 0
	filemode = true
	bare = true
	logAllRefUpdates = false
	hooksPath = /dev/null
[gc]
	auto = 0
[maintenance]
	auto = false
[receive]
	autogc = false
	advertiseAtomic = true
	denyDeleteCurrent = refuse
	hideRefs = refs/pull
[http]
	receivepack = true
	uploadpack = true
[uploadpack]
	allowFilter = true
	allowAnySHA1InWant = true
`

// Make gives the repository of an id, making it from draft (nil: empty) with
// these references when it is not there. It appears whole or not at all.
func (s *Store) Make(id int64, draft func() (*Draft, error), head string, refs map[string]string) (*Repo, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r, made := s.Lookup(id); made {
		return r, nil
	}
	d, err := draft()
	if err != nil {
		return nil, fmt.Errorf("make git repository %d: %w", id, err)
	}
	if err := os.MkdirAll(s.root, 0o755); err != nil {
		return nil, fmt.Errorf("make git repository %d: %w", id, err)
	}
	temp, err := os.MkdirTemp(s.root, "new-")
	if err != nil {
		return nil, fmt.Errorf("make git repository %d: %w", id, err)
	}
	if err = build(temp, d, head, refs); err == nil {
		err = os.Rename(temp, s.path(id))
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("make git repository %d: %w", id, err), os.RemoveAll(temp))
	}
	return &Repo{dir: s.path(id)}, nil
}

func build(dir string, d *Draft, head string, refs map[string]string) error {
	for _, folder := range []string{"objects/info", "objects/pack", "refs/heads", "refs/tags"} {
		if err := os.MkdirAll(filepath.Join(dir, folder), 0o755); err != nil {
			return err
		}
	}
	if d != nil {
		for id, o := range d.objects {
			if err := writeNew(dir, id, o); err != nil {
				return err
			}
		}
	}
	var packed strings.Builder
	packed.WriteString("# pack-refs with: peeled fully-peeled sorted \n")
	for _, name := range slices.Sorted(maps.Keys(refs)) {
		packed.WriteString(refs[name] + " " + name + "\n")
	}
	for name, text := range map[string]string{
		"packed-refs": packed.String(), "config": config, "HEAD": "ref: refs/heads/" + head + "\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return os.Chmod(dir, 0o755)
}

// Dir is the repository's folder.
func (r *Repo) Dir() string { return r.dir }

// SetHead makes a branch the default one.
func (r *Repo) SetHead(branch string) error {
	_, err := r.git(nil, "symbolic-ref", "HEAD", "refs/heads/"+branch)
	return err
}
