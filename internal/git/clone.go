package git

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// heads asks the server for the heads of branches, by full name.
func (s *site) heads(ctx context.Context, p program, refs ...string) (map[string]string, error) {
	out, err := p.run(ctx, append([]string{"ls-remote", "--heads", "--", s.url}, refs...)...)
	if err != nil {
		return nil, err
	}
	heads := map[string]string{}
	for line := range bytes.SplitSeq(out, []byte("\n")) {
		if sha, ref, ok := bytes.Cut(line, []byte("\t")); ok && isSHA(string(sha)) {
			heads[string(ref)] = string(sha)
		}
	}
	return heads, nil
}

// fetched is where the clone keeps a branch: a name of our own, since two
// branches one after the other may be called a and a/b.
func fetched(ref string) string {
	sum := sha256.Sum256([]byte(ref))
	return "refs/core/" + hex.EncodeToString(sum[:16])
}

// fetch brings branches into the clone, which is made where there is none, and
// gives their heads. The repository's lock is held.
func (s *site) fetch(ctx context.Context, lock *os.File, token *secret, refs ...string) (map[string]string, error) {
	p := program{dir: s.bare(), lock: lock, token: token}
	if err := s.clone(ctx, p); err != nil {
		return nil, err
	}
	heads, err := s.heads(ctx, p, refs...)
	if err != nil {
		return nil, err
	}
	args := []string{"fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", "--no-auto-maintenance", "--", "origin"}
	for _, ref := range refs {
		if heads[ref] == "" {
			return heads, nil // the caller says what is missing
		}
		args = append(args, "+"+ref+":"+fetched(ref))
	}
	if _, err := p.run(ctx, args...); err != nil {
		return nil, err
	}
	for _, ref := range refs { // it may have moved since it was asked for
		out, err := p.run(ctx, "rev-parse", "--verify", "--end-of-options", fetched(ref)+"^{commit}")
		if err != nil {
			return nil, err
		}
		heads[ref] = strings.TrimSpace(string(out))
	}
	_, err = p.run(ctx, "-c", "gc.auto=6700", "-c", "gc.pruneExpire=never", "gc", "--auto", "--quiet") // jobs borrow: nothing goes
	return heads, err
}

// clone makes the clone where there is none, and sets it right where there is one:
// our configuration, no lock of a dead process, no half of a pack.
func (s *site) clone(ctx context.Context, p program) error {
	if _, err := os.Stat(filepath.Join(p.dir, "HEAD")); errors.Is(err, fs.ErrNotExist) {
		if err := os.RemoveAll(p.dir); err != nil {
			return err
		}
	}
	if err := makeGitDir(ctx, p, s.url, true); err != nil {
		return err
	}
	return filepath.WalkDir(p.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if !d.IsDir() && (strings.HasSuffix(path, ".lock") || strings.HasPrefix(d.Name(), "tmp_")) {
			return os.Remove(path)
		}
		return nil
	})
}

// makeGitDir makes a git directory whose configuration is ours alone. Files are
// left with the server until one is needed, where it allows that.
func makeGitDir(ctx context.Context, p program, url string, bare bool) error {
	if _, err := os.Stat(p.dir); errors.Is(err, fs.ErrNotExist) {
		if err := os.Mkdir(p.dir, 0o700); err != nil {
			return err
		}
		q := program{dir: p.dir, lock: p.lock}
		if _, err := q.run(ctx, "init", "--quiet", "--bare", "--template=", "--initial-branch=none"); err != nil {
			return errors.Join(err, os.RemoveAll(p.dir))
		}
	} else if err != nil {
		return err
	}
	for _, name := range []string{"hooks", "info/attributes", "info/grafts", "config.worktree", "config.lock"} {
		if err := os.RemoveAll(filepath.Join(p.dir, name)); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Join(p.dir, "info"), 0o700); err != nil {
		return err
	}
	// Above whatever the repository's own .gitattributes say: a marker stays a
	// marker, and no filter is asked for.
	if err := os.WriteFile(filepath.Join(p.dir, "info", "attributes"), []byte("* !filter !conflict-marker-size\n"), 0o600); err != nil {
		return err
	}
	text := fmt.Sprintf("[core]\n\trepositoryformatversion = 1\n\tfilemode = true\n\tbare = %v\n[extensions]\n\tpartialClone = origin\n"+
		"[remote \"origin\"]\n\turl = \"%s\"\n\tpromisor = true\n\tpartialclonefilter = blob:none\n", bare, strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(url))
	temp := filepath.Join(p.dir, "config.lock") // as git does
	if err := os.WriteFile(temp, []byte(text), 0o600); err != nil {
		return err
	}
	return os.Rename(temp, filepath.Join(p.dir, "config"))
}
