package git

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/dappcore/core-dev/inventory"
)

// Order is work for a command in a worktree of its own.
type Order struct {
	Repo inventory.RepoRef
	// From is the branch whose head the worktree has. Branch is where the result is
	// pushed: From itself, or a branch that is not there yet. Short names.
	From, Branch string
	Head         string // where From has to stand; empty: wherever it does
	Text         string // of the commit

	Command  []string
	Patience time.Duration // 0: Patience
	Env      []string      // variables of its own; CORE_REPO is set
	Out      io.Writer     // what it prints; nil: nobody hears it
	// Begin is asked right before the command runs; an error keeps it from running.
	// Nil: nobody is.
	Begin func(context.Context) error
	// Clear is asked right before the push; an error keeps it back. Nil: nobody is.
	Clear func(context.Context) error
}

// Result is what came of an Order.
type Result struct {
	SHA string // of the commit that was pushed; empty: there is none
	Why string // then
}

// Carry has a command work in a worktree, commits whatever it left there, its own
// commits included, as one commit, and pushes that, once. A From that is gone or
// stands elsewhere is *Stale, and so is a Branch that is there; an error of the
// push is a *PushError. The worktree is gone when it returns.
func (s *Shop) Carry(ctx context.Context, o Order) (res Result, err error) {
	at, err := s.site(o.Repo)
	if err != nil {
		return Result{}, err
	}
	from, err := branchRef(o.From)
	if err != nil {
		return Result{}, err
	}
	to, err := branchRef(o.Branch)
	if err != nil {
		return Result{}, err
	}
	if len(o.Command) == 0 {
		return Result{}, errors.New("there is no command")
	}
	if err := s.Sweep(ctx); err != nil {
		return Result{}, err
	}
	j, heads, err := at.begin(ctx, from)
	switch {
	case err != nil:
		return Result{}, err
	case j == nil:
		return Result{}, &Stale{o.Repo.String(), "its branch " + o.From + " is gone"}
	}
	defer func() { err = errors.Join(err, j.Discard()) }()
	head := heads[from]
	if o.Head != "" && o.Head != head {
		return Result{}, &Stale{o.Repo.String(), "the head of " + o.From + " is " + short(head) + " by now"}
	}
	if res, err = j.carry(ctx, o, head); err != nil || res.SHA == "" {
		return res, err
	}
	if o.Clear != nil {
		if err := o.Clear(ctx); err != nil {
			return Result{}, err
		}
	}
	was := ""
	if from == to {
		was = head
	}
	if err := j.push(ctx, to, was, res.SHA); err != nil {
		return Result{}, err
	}
	return res, nil
}

// Pushed tells where a branch stands on the server; empty: there is none.
func (s *Shop) Pushed(ctx context.Context, repo inventory.RepoRef, branch string) (sha string, err error) {
	at, err := s.site(repo)
	if err != nil {
		return "", err
	}
	ref, err := branchRef(branch)
	if err != nil {
		return "", err
	}
	text := ""
	if s.Token != nil {
		if text, err = s.Token(ctx); err != nil {
			return "", err
		}
	}
	heads, err := at.heads(ctx, program{dir: at.dir, token: newSecret(text, s.Site)}, ref)
	return heads[ref], err
}

func (j *job) carry(ctx context.Context, o Order, head string) (Result, error) {
	p := j.program()
	if _, err := p.run(ctx, "checkout", "--quiet", "--force", "--detach", "--no-recurse-submodules", head); err != nil {
		return Result{}, err
	}
	before, err := index(ctx, p, filepath.Join(j.git(), "index"))
	if err != nil {
		return Result{}, err
	}
	theirs, err := j.lend()
	if err != nil {
		return Result{}, err
	}
	patience := o.Patience
	if patience <= 0 {
		patience = Patience
	}
	if o.Begin != nil {
		if err := o.Begin(ctx); err != nil {
			return Result{}, err
		}
	}
	if why, err := j.command(ctx, o.Out, o.Command, patience, o.Env...); why != "" || err != nil {
		return Result{Why: why}, err
	}
	if err := remove(theirs); err != nil {
		return Result{}, err
	}
	if _, err := p.run(ctx, "add", "--all", "--", "."); err != nil {
		return Result{Why: "what the command left cannot be added"}, ctx.Err()
	}
	after, err := index(ctx, p, filepath.Join(j.git(), "index"))
	if err != nil {
		return Result{}, err
	}
	changed := false
	for path, e := range after {
		was := before[path]
		changed = changed || was != e
		if was != e && slices.ContainsFunc(e.stage[:], func(s string) bool { return strings.HasPrefix(s, "160000 ") }) {
			return Result{Why: "the command left a repository inside the worktree"}, nil
		}
	}
	if !changed && len(after) == len(before) {
		return Result{Why: "the command changed nothing"}, nil
	}
	sha, err := j.commit(ctx, o.Text, head)
	return Result{SHA: sha}, err
}
