package git

import (
	"context"
	"errors"
	"strings"
)

// PushError says that a push did not succeed.
type PushError struct {
	Why    string
	doubt  bool
	unsent bool
}

func (e *PushError) Error() string { return "push: " + e.Why }

// Doubtful tells that the answer was lost: only a look at the branch can tell
// whether the push landed.
func (e *PushError) Doubtful() bool { return e.doubt }

// NotNow tells that it came to nothing for reasons that may pass: nothing was sent.
func (e *PushError) NotNow() bool { return e.unsent }

// Push pushes the merge to the branch, if that still stands where the merge began.
// An error that is not Doubtful means that nothing was pushed.
func (w *Work) Push(ctx context.Context) error {
	if w.sha == "" {
		return &PushError{Why: "there is no merge"}
	}
	return w.push(ctx, w.ref, w.head, w.sha)
}

// push moves a branch from a commit to another, once; from is empty where there
// must be none.
func (j *job) push(ctx context.Context, ref, from, to string) error {
	p := j.program()
	p.tree = ""
	// The branch by its full name: a bare one is ambiguous beside a tag.
	out, err := p.run(ctx, "push", "--porcelain", "--no-verify", "--no-recurse-submodules", "--no-signed", "--no-follow-tags",
		"--force-with-lease="+ref+":"+from, "--", "origin", to+":"+ref)
	if err == nil {
		return nil
	}
	for line := range strings.SplitSeq(string(out), "\n") {
		flag, rest, _ := strings.Cut(line, "\t")
		if _, state, ok := strings.Cut(rest, "\t"); ok && flag == "!" {
			switch {
			case strings.HasPrefix(state, "[rejected]"):
				return &PushError{Why: "refused: the branch does not stand where the merge began"}
			case strings.HasPrefix(state, "[remote rejected]"), strings.HasPrefix(state, "[no match]"):
				return &PushError{Why: "refused by the server: the branch's rules, or a right that lacks"}
			}
			break // [remote failure]: no word came back
		}
	}
	var f *failure
	if errors.As(err, &f) && unsent(f.all) {
		return &PushError{Why: f.Error(), unsent: true}
	}
	return &PushError{Why: err.Error(), doubt: true}
}

// unsent tells whether git did not come to send anything: it asks what references
// there are first.
func unsent(said string) bool {
	if strings.Contains(said, "RPC failed") || strings.Contains(said, "unexpected disconnect") {
		return false
	}
	for _, s := range []string{"fatal: unable to access '", "fatal: Authentication failed", "fatal: repository '", "fatal: could not read Username"} {
		if strings.Contains(said, s) {
			return true
		}
	}
	return false
}
