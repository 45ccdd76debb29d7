// Package git makes merges in worktrees of its own (spec/2-flows "Stuck flow"),
// with the git program. What comes out of a repository is a stranger's: nothing
// in it is ever run here. Hooks, filters, drivers, submodules and protocols other
// than HTTP are off, no configuration but our own is read, names are passed as
// full references or objects and never where an option could stand.
//
// Everything lies below one folder, by repository:
//
//	OWNER/NAME/lock      held while one of the shared things below is touched
//	OWNER/NAME/bare.git  the clone, without files where the server allows that
//	OWNER/NAME/rr-cache  what git remembers of conflicts that were resolved
//	OWNER/NAME/jobs/ID   one job; its lock is held as long as its owner lives
//
// A job has a git directory of its own that borrows the clone's objects, so that
// whatever a killed process left is inside its folder and goes with it. A lock is
// handed on to the git processes that work under it: one that outlives us keeps it.
package git

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/dappcore/core-dev/inventory"
)

// Bounds of one job, unless the Shop says otherwise.
const (
	Patience = 20 * time.Minute // of the local agent command
	Transfer = 10 * time.Minute // of one exchange with the server, or one step of git's own
)

// Shop makes merges. Its fields are set before its first use; several processes
// may have shops in one folder.
type Shop struct {
	Dir  string // everything lies below it
	Site string // where repositories are: "https://github.com"
	// Token is asked for right before it is needed, and reaches git through its
	// environment alone; empty: none.
	Token func(context.Context) (string, error)

	Command  []string      // the local agent: program and arguments; empty: there is none
	Patience time.Duration // how long it may take; 0: Patience

	Name, Email string           // who commits
	Now         func() time.Time // dates commits
}

// Stale says that what a merge was to start from is not so any more. Nothing was
// done.
type Stale struct{ Target, Why string }

func (s *Stale) Error() string { return s.Target + ": " + s.Why }

// site is where one repository is found, and kept.
type site struct {
	*Shop
	repo inventory.RepoRef
	dir  string
	url  string
}

func (s *Shop) site(repo inventory.RepoRef) (*site, error) {
	if !plainName(repo.Owner) || !plainName(repo.Name) {
		return nil, errors.New("a repository's name holds what no name on GitHub does")
	}
	u, err := url.Parse(s.Site)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("the address of the git server is none")
	}
	dir, err := filepath.Abs(s.Dir)
	if err != nil {
		return nil, err
	}
	dir = filepath.Join(dir, strings.ToLower(repo.Owner), strings.ToLower(repo.Name))
	if err := os.MkdirAll(filepath.Join(dir, "jobs"), 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the worktrees: %w", err)
	}
	return &site{Shop: s, repo: repo, dir: dir, url: u.JoinPath(repo.Owner, repo.Name+".git").String()}, nil
}

func (s *site) bare() string { return filepath.Join(s.dir, "bare.git") }

func plainName(s string) bool {
	for _, c := range []byte(s) {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.') {
			return false
		}
	}
	return s != "" && s != "." && s != ".." && len(s) <= 100
}

// branchRef is the full name of a branch, by the rules of git-check-ref-format.
func branchRef(name string) (string, error) {
	bad := name == "" || len(name) > 250 || name == "@" || strings.HasSuffix(name, ".") ||
		strings.Contains(name, "..") || strings.Contains(name, "@{") || strings.ContainsAny(name, " ~^:?*[\\\x7f")
	for _, c := range []byte(name) {
		bad = bad || c < 0x20
	}
	for part := range strings.SplitSeq(name, "/") {
		bad = bad || part == "" || strings.HasPrefix(part, ".") || strings.HasSuffix(part, ".lock")
	}
	if bad {
		return "", errors.New("a branch's name is none that git allows")
	}
	return "refs/heads/" + name, nil
}

func isSHA(s string) bool {
	for _, c := range []byte(s) {
		if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f') {
			return false
		}
	}
	return len(s) == 40 || len(s) == 64
}

func short(sha string) string { return sha[:min(7, len(sha))] }
