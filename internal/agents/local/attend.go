package local

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gofrs/flock"

	"github.com/dappcore/core-dev/inventory"
)

// Bench is where the command works, and GitHub as its work gets there.
type Bench interface {
	// Work runs the command in a worktree of the task's branch, commits and pushes
	// what it left to a new branch. sha is empty where nothing came of it: why says.
	// begin is called right before the command runs; an error keeps it from running.
	Work(ctx context.Context, r Record, env []string, begin func(context.Context) error) (sha, why string, err error)
	// Pushed is where a branch stands on GitHub; empty: nowhere.
	Pushed(ctx context.Context, repo inventory.RepoRef, branch string) (sha string, err error)
	// Open opens a pull request, unless one of the same branches is open.
	Open(ctx context.Context, repo inventory.RepoRef, head, base, title, body string) error
}

// looksAt is how often an attendant looks whether its task was taken back.
const looksAt = 250 * time.Millisecond

// mostTries is how often a task is begun whose command cannot be run, say because
// its repository cannot be fetched.
const mostTries = 5

// Attend does a task to its end. Where another process looks after it, or it has
// ended, nothing is done. An error leaves it open, to be gone on with.
func (a *Agent) Attend(ctx context.Context, key string, b Bench) error {
	if !validKey(key) {
		return fmt.Errorf("%q is no task", key)
	}
	hold := flock.New(a.path(key) + ".lock")
	if ok, err := hold.TryLock(); err != nil || !ok {
		return err
	}
	defer hold.Unlock() //nolint:errcheck // it ends with the process
	var r Record
	again := false
	err := a.update(ctx, key, func(now *Record) {
		again = !now.Begun.IsZero()
		r = *now
	})
	if err != nil || !r.Open() {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go a.watch(ctx, key, stop)
	sha, why := r.SHA, ""
	switch {
	case sha != "":
	case again: // who ran the command is gone: it is not run twice
		if sha, err = b.Pushed(ctx, r.Child.Repo, r.Head()); err != nil {
			return err
		}
		if sha == "" {
			why = "interrupted: the process that ran the command was killed"
		}
	default:
		sha, why, err = a.work(ctx, r, b, func(ctx context.Context) error {
			return a.update(ctx, key, func(now *Record) { now.Begun = a.Now(); r = *now })
		})
	}
	if ctx.Err() != nil {
		return ctx.Err() // it was taken back, or this process is to end
	}
	if err != nil && r.Begun.IsZero() && r.Tries+1 < mostTries { // nothing was run: that may be tried again
		return errors.Join(err, a.update(ctx, key, func(now *Record) { now.Tries++ }))
	}
	if err != nil {
		why = err.Error()
	}
	if why != "" {
		return a.update(ctx, key, func(now *Record) { now.Why, now.Ended = why, a.Now() })
	}
	if err := a.update(ctx, key, func(now *Record) { now.SHA = sha; r = *now }); err != nil || !r.Open() {
		return err
	}
	// Whoever reads it finds the child by the reference; it closes nothing.
	ref := fmt.Sprintf("#%d", r.Child.Number)
	if err := b.Open(ctx, r.Child.Repo, r.Head(), r.Branch, "Work on "+ref, "For "+ref+"."); err != nil {
		return err
	}
	return a.update(ctx, key, func(now *Record) { now.Ended = a.Now() })
}

func (a *Agent) work(ctx context.Context, r Record, b Bench, begin func(context.Context) error) (sha, why string, err error) {
	epic := ""
	if r.Epic.Number > 0 {
		epic = r.Epic.String()
	}
	sha, why, err = b.Work(ctx, r, []string{
		"CORE_TASK=issue", fmt.Sprintf("CORE_ISSUE=%d", r.Child.Number), "CORE_TARGET=" + r.Branch, "CORE_EPIC=" + epic, "CORE_BRANCH=" + r.Head(),
	}, begin)
	var d interface{ Doubtful() bool }
	if errors.As(err, &d) && d.Doubtful() { // nobody else makes a branch of that name
		if at, lookErr := b.Pushed(ctx, r.Child.Repo, r.Head()); lookErr == nil && at != "" {
			return at, "", nil
		}
	}
	return sha, why, err
}

// watch stops the work as soon as the task is taken back.
func (a *Agent) watch(ctx context.Context, key string, stop func()) {
	t := time.NewTicker(looksAt)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			if r, err := read(a.path(key)); err == nil && !r.Stopped.IsZero() {
				stop()
				return
			}
		}
	}
}

func (a *Agent) update(ctx context.Context, key string, change func(*Record)) error {
	return a.locked(ctx, func() error {
		r, err := read(a.path(key))
		if err != nil {
			return err
		}
		change(&r)
		return a.write(r)
	})
}
