// Package local is the agent that is a command of this machine: it works in a
// worktree, and what it leaves there becomes a pull request (spec/1-domain "local").
//
// A task is a record in a folder, on disk before anything begins. A process of its
// own looks after it: killing whoever started it loses nothing, and neither does it
// start a second one, because the record is the task. Where the process itself is
// killed, what it had pushed is opened as a pull request by the next one; the
// command is never run a second time for one dispatch: the task is noted as
// interrupted, until "core dev recall" takes it back.
package local

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"github.com/google/renameio/v2"

	"github.com/dappcore/core-dev/internal/agents"
	"github.com/dappcore/core-dev/inventory"
)

// Agent is one such agent. The records of all of them are in one folder.
type Agent struct {
	Dir   string
	Name  string
	Limit int // tasks at once; 0: as many as it is given
	Now   func() time.Time
	// Spawn begins a process that calls Attend for a record, and that outlives this one.
	Spawn func(key string) error
}

// Record is a task and what became of it.
type Record struct {
	agents.Task
	Agent   string    `json:"agent"`
	Started time.Time `json:"started"`          // handed over
	Begun   time.Time `json:"begun,omitzero"`   // the command, about to run
	Tries   int       `json:"tries,omitempty"`  // that ended before the command could be run
	SHA     string    `json:"sha,omitempty"`    // that was pushed
	Ended   time.Time `json:"ended,omitzero"`   // nothing more will come
	Why     string    `json:"why,omitempty"`    // it ended without a pull request
	Stopped time.Time `json:"stopped,omitzero"` // taken back
}

// Key is the name of the record.
func (r Record) Key() string { return key(r.ID) }

// Branch is where its work is pushed.
func (r Record) Head() string { return fmt.Sprintf("%s/%d-%s", r.Agent, r.Child.Number, r.Key()[:8]) }

// Open tells that something may still come of it.
func (r Record) Open() bool { return r.Ended.IsZero() && r.Stopped.IsZero() }

// State is that in a word or a few.
func (r Record) State() string {
	switch {
	case !r.Stopped.IsZero():
		return "taken back"
	case r.Why != "":
		return "failed: " + r.Why
	case !r.Ended.IsZero():
		return "pull request opened"
	case r.SHA != "":
		return "pushed"
	case !r.Begun.IsZero():
		return "working"
	}
	return "about to begin"
}

func key(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:16])
}

// Start writes the task down and begins it.
func (a *Agent) Start(ctx context.Context, t agents.Task) error {
	spawn := false
	err := a.locked(ctx, func() error {
		all, err := Records(a.Dir)
		if err != nil {
			return err
		}
		open := 0
		for _, r := range all {
			if r.ID == t.ID {
				return nil
			}
			if r.Agent == a.Name && r.Stopped.IsZero() && r.Child.Key() == t.Child.Key() {
				return fmt.Errorf("%s has %s already", a.Name, t.Child)
			}
			if r.Agent == a.Name && r.Open() {
				open++
			}
		}
		if a.Limit > 0 && open >= a.Limit {
			return &agents.Busy{Agent: a.Name, Limit: a.Limit}
		}
		spawn = true
		return a.write(Record{Task: t, Agent: a.Name, Started: a.Now()})
	})
	if err != nil || !spawn {
		return err
	}
	// From here on it is started: where no process can be had now, the next command
	// that writes begins it.
	a.Spawn(key(t.ID)) //nolint:errcheck // Resume tries again
	return nil
}

// Started is when a task of that ID was written down; zero: never.
func (a *Agent) Started(_ context.Context, id string) (time.Time, error) {
	r, err := read(a.path(key(id)))
	if errors.Is(err, fs.ErrNotExist) {
		return time.Time{}, nil
	}
	return r.Started, err
}

// Has tells whether it was given a child that was not taken back since.
func (a *Agent) Has(_ context.Context, child inventory.Ref) (bool, error) {
	all, err := Records(a.Dir)
	return slices.ContainsFunc(all, func(r Record) bool {
		return r.Agent == a.Name && r.Stopped.IsZero() && r.Child.Key() == child.Key()
	}), err
}

// Stop notes that a child was taken back, and waits until the process that looks
// after it has ended its command.
func (a *Agent) Stop(ctx context.Context, child inventory.Ref) error {
	var stopped []string
	err := a.locked(ctx, func() error {
		all, err := Records(a.Dir)
		for _, r := range all {
			if r.Agent != a.Name || !r.Stopped.IsZero() || r.Child.Key() != child.Key() {
				continue
			}
			r.Stopped = a.Now()
			err = errors.Join(err, a.write(r))
			stopped = append(stopped, r.Key())
		}
		return err
	})
	for _, k := range stopped {
		bounded, end := context.WithTimeout(ctx, time.Minute)
		hold := flock.New(a.path(k) + ".lock")
		ok, lockErr := hold.TryLockContext(bounded, 100*time.Millisecond)
		end()
		if !ok {
			err = errors.Join(err, fmt.Errorf("%s goes on working on %s", a.Name, child), lockErr)
			continue
		}
		err = errors.Join(err, hold.Unlock())
	}
	return err
}

// Ask: a command reads no comments, and one that has ended hears nothing.
func (a *Agent) Ask(context.Context, inventory.Ref, inventory.Fix) error { return agents.ErrCannot }

// Resume begins a process for every open task that none looks after.
func (a *Agent) Resume() error {
	all, err := Records(a.Dir)
	for _, r := range all {
		if r.Agent != a.Name || !r.Open() {
			continue
		}
		hold := flock.New(a.path(r.Key()) + ".lock")
		if ok, lockErr := hold.TryLock(); lockErr != nil || !ok {
			err = errors.Join(err, lockErr)
			continue
		}
		err = errors.Join(err, hold.Unlock(), a.Spawn(r.Key()))
	}
	return err
}

// Records are all tasks of a folder, the oldest first.
func Records(dir string) ([]Record, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.json"))
	var out []Record
	for _, path := range paths {
		r, readErr := read(path)
		if readErr != nil {
			err = errors.Join(err, readErr)
			continue
		}
		out = append(out, r)
	}
	slices.SortStableFunc(out, func(a, b Record) int { return a.Started.Compare(b.Started) })
	return out, err
}

func read(path string) (Record, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Record{}, err
	}
	var r Record
	if err := json.Unmarshal(text, &r); err != nil {
		return Record{}, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}

func (a *Agent) path(key string) string { return filepath.Join(a.Dir, key+".json") }

// write is on disk when it returns.
func (a *Agent) write(r Record) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return renameio.WriteFile(a.path(r.Key()), append(text, '\n'), 0o600)
}

func (a *Agent) locked(ctx context.Context, do func() error) error {
	if err := os.MkdirAll(a.Dir, 0o700); err != nil {
		return err
	}
	hold := flock.New(filepath.Join(a.Dir, "lock"))
	if _, err := hold.TryLockContext(ctx, 10*time.Millisecond); err != nil {
		return err
	}
	err := do()
	return errors.Join(err, hold.Unlock())
}

// validKey tells whether a word is a record's name.
func validKey(k string) bool {
	return len(k) == 32 && strings.Trim(k, "0123456789abcdef") == ""
}

var _ agents.Agent = (*Agent)(nil)
