package gitstore

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// RefUpdate moves one reference. Old empty: it must not exist; New empty: it is deleted.
type RefUpdate struct{ Name, Old, New string }

// Refs reads all references.
func (r *Repo) Refs() (map[string]string, error) {
	out, err := r.git(nil, "for-each-ref", "--format=%(objectname) %(refname)")
	if err != nil {
		return nil, err
	}
	refs := map[string]string{}
	for line := range strings.Lines(string(out)) {
		id, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		refs[name] = id
	}
	return refs, nil
}

// RefTransaction is a set of reference updates that is locked and checked, and
// then made or dropped as one.
type RefTransaction struct {
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stdout *bufio.Reader
	text   *strings.Builder
}

// ErrMoved says that a reference was not where the update expected it.
var ErrMoved = errors.New("reference has moved")

// Prepare locks the references and checks that all updates can be made.
// ErrMoved when one cannot.
func (r *Repo) Prepare(updates []RefUpdate) (*RefTransaction, error) {
	cmd := exec.Command("git", "--git-dir="+r.dir, "update-ref", "--stdin", "-z")
	cmd.Env = Env()
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("run git update-ref: %w", err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("run git update-ref: %w", err)
	}
	t := &RefTransaction{cmd: cmd, stdin: stdin, stdout: bufio.NewReader(stdout), text: &strings.Builder{}}
	cmd.Stderr = t.text
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("run git update-ref: %w", err)
	}
	var b strings.Builder
	b.WriteString("start\x00")
	for _, u := range updates {
		switch {
		case u.New == "":
			b.WriteString("delete " + u.Name + "\x00" + u.Old + "\x00")
		case u.Old == "":
			b.WriteString("create " + u.Name + "\x00" + u.New + "\x00")
		default:
			b.WriteString("update " + u.Name + "\x00" + u.New + "\x00" + u.Old + "\x00")
		}
	}
	b.WriteString("prepare\x00")
	if err := t.say(b.String(), "start: ok", "prepare: ok"); err != nil {
		t.Abort()
		return nil, fmt.Errorf("%w: %s", ErrMoved, strings.TrimSpace(t.text.String()))
	}
	return t, nil
}

func (t *RefTransaction) say(text string, answers ...string) error {
	if _, err := io.WriteString(t.stdin, text); err != nil {
		return err
	}
	for _, want := range answers {
		line, err := t.stdout.ReadString('\n')
		if err != nil {
			return err
		}
		if strings.TrimSpace(line) != want {
			return fmt.Errorf("git update-ref answered %q", line)
		}
	}
	return nil
}

// Commit makes the updates.
func (t *RefTransaction) Commit() error {
	err := t.say("commit\x00", "commit: ok")
	if err = errors.Join(err, t.stdin.Close(), t.cmd.Wait()); err != nil {
		return fmt.Errorf("git update-ref: %w: %s", err, strings.TrimSpace(t.text.String()))
	}
	return nil
}

// Abort drops the updates and the locks. Its process ends by the closed pipe.
func (t *RefTransaction) Abort() {
	_ = t.stdin.Close()
	_ = t.cmd.Wait()
}

// Apply makes those updates whose reference is where they expect it, and
// leaves out the others.
func (r *Repo) Apply(updates []RefUpdate) error {
	refs, err := r.Refs()
	if err != nil {
		return err
	}
	var due []RefUpdate
	for _, u := range updates {
		if refs[u.Name] == u.Old && u.Old != u.New {
			due = append(due, u)
		}
	}
	if len(due) == 0 {
		return nil
	}
	t, err := r.Prepare(due)
	if err != nil {
		return err
	}
	return t.Commit()
}

// Unlock removes the locks that processes killed together with this one left.
// Nobody else may be using the repository.
func (r *Repo) Unlock() error {
	stale := []string{filepath.Join(r.dir, "packed-refs.lock"), filepath.Join(r.dir, "HEAD.lock")}
	err := filepath.WalkDir(filepath.Join(r.dir, "refs"), func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && strings.HasSuffix(path, ".lock") {
			stale = append(stale, path)
		}
		return err
	})
	for _, path := range stale {
		if gone := os.Remove(path); gone != nil && !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, gone)
		}
	}
	return err
}
