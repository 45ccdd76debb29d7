package world_test

import (
	"errors"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/gitstore"
	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/internal/githubsim/worldtest"
)

var start = time.Date(2026, 2, 4, 10, 0, 0, 0, time.UTC)

// stage is a small world: the organisation acme, owned by ann, with member bob
// (write); dan (triage), eve (read) collaborate on widgets; cat is a stranger.
// Repositories: widgets (public), vault (private), attic (archived).
type stage struct {
	testing.TB
	w                     *world.World
	clock                 *worldtest.ManualClock
	dir                   string
	ann, bob, cat         *world.User
	dan, eve, bot         *world.User
	widgets, vault, attic *world.Repo
}

func set(t testing.TB, dir string) *stage {
	t.Helper()
	s := &stage{TB: t, dir: dir, clock: worldtest.NewManualClock(start)}
	s.open()
	t.Cleanup(func() { s.close() })
	s.must(world.System(), func(tx *world.Tx) error {
		user := func(login string, kind world.UserKind) *world.User {
			u, err := tx.CreateUser(world.NewUser{Login: login, Kind: kind})
			if err != nil {
				t.Fatal(err)
			}
			return u
		}
		s.ann, s.bob, s.cat = user("ann", ""), user("bob", ""), user("cat", "")
		s.dan, s.eve, s.bot = user("dan", ""), user("eve", ""), user("robo", world.Bot)
		org, err := tx.CreateOrg("acme", "Acme", s.ann)
		if err != nil {
			return err
		}
		if org, err = tx.AddMember(org, s.bob, false); err != nil {
			return err
		}
		first := gitstore.Commit{Branch: "main", Message: "first", Files: map[string]string{"README.md": "hello\n", "src/a.go": "package a\n\nvar A = 1\n"}}
		if s.widgets, err = tx.CreateRepo(world.NewRepo{Owner: org, Name: "widgets", MemberAccess: world.Write, Commits: []gitstore.Commit{first}}); err != nil {
			return err
		}
		if s.vault, err = tx.CreateRepo(world.NewRepo{Owner: org, Name: "vault", Private: true, MemberAccess: world.Read}); err != nil {
			return err
		}
		if s.attic, err = tx.CreateRepo(world.NewRepo{Owner: org, Name: "attic", MemberAccess: world.Write}); err != nil {
			return err
		}
		if s.attic, err = tx.ArchiveRepo(s.attic, true); err != nil {
			return err
		}
		if _, err = tx.AddCollaborator(s.widgets, s.dan, world.Triage); err != nil {
			return err
		}
		s.widgets, err = tx.AddCollaborator(s.widgets, s.eve, world.Read)
		return err
	})
	return s
}

func (s *stage) open() {
	s.Helper()
	w, err := world.Open(s.dir, s.clock)
	if err != nil {
		s.Fatal(err)
	}
	s.w = w
}

func (s *stage) close() {
	s.Helper()
	if s.w != nil {
		if err := s.w.Close(); err != nil {
			s.Error(err)
		}
		s.w = nil
	}
}

func (s *stage) reopen() {
	s.Helper()
	s.close()
	s.open()
}

func as(u *world.User) world.Actor { return world.Actor{User: u} }

func (s *stage) must(a world.Actor, fn func(tx *world.Tx) error) {
	s.Helper()
	if err := s.w.Update(a, fn); err != nil {
		s.Fatal(err)
	}
}

func (s *stage) view(fn func(tx *world.Tx)) {
	s.Helper()
	if err := s.w.View(func(tx *world.Tx) error { fn(tx); return nil }); err != nil {
		s.Fatal(err)
	}
}

// issue opens an issue as bob.
func (s *stage) issue(title, body string) *world.Issue {
	s.Helper()
	var made *world.Issue
	s.must(as(s.bob), func(tx *world.Tx) (err error) {
		made, err = tx.CreateIssue(s.widgets, world.NewIssue{Title: title, Body: body})
		return err
	})
	return made
}

// now is an issue as it is now.
func (s *stage) now(i *world.Issue) (current *world.Issue) {
	s.Helper()
	s.view(func(tx *world.Tx) { current = tx.IssueByID(i.ID) })
	if current == nil {
		s.Fatalf("#%d is gone", i.Number)
	}
	return current
}

// branch commits files on a branch of widgets, made from main's tip.
func (s *stage) branch(name string, files map[string]string) (sha string) {
	s.Helper()
	s.must(as(s.bob), func(tx *world.Tx) error {
		ids, err := tx.AddCommits(s.widgets, gitstore.Commit{Branch: name, Message: "work on " + name, Files: files})
		if err == nil {
			sha = ids[0]
		}
		return err
	})
	return sha
}

// pull opens a pull request as bob from a branch with these files.
func (s *stage) pull(branch, base string, files map[string]string) *world.Issue {
	s.Helper()
	s.branch(branch, files)
	var made *world.Issue
	s.must(as(s.bob), func(tx *world.Tx) (err error) {
		made, err = tx.CreatePull(s.widgets, world.NewPull{Title: "pull " + branch, Head: branch, Base: base})
		return err
	})
	return made
}

// kinds are an issue's events, oldest first.
func (s *stage) kinds(i *world.Issue) []string {
	s.Helper()
	var list []string
	s.view(func(tx *world.Tx) {
		for _, e := range tx.Events(i.ID) {
			list = append(list, string(e.Kind))
		}
	})
	return list
}

func (s *stage) wantKinds(i *world.Issue, want ...string) {
	s.Helper()
	if got := s.kinds(i); !slices.Equal(got, want) {
		s.Errorf("events of #%d: %v, want %v", i.Number, got, want)
	}
}

// refusedAs demands a world.Error of this status whose text holds want.
func (s *stage) refusedAs(err error, status int, want string) *world.Error {
	s.Helper()
	var e *world.Error
	if !errors.As(err, &e) {
		s.Errorf("got %v, want status %d", err, status)
		return &world.Error{}
	}
	if e.Status != status || !strings.Contains(e.Error(), want) {
		s.Errorf("got %d %q, want %d %q", e.Status, e.Error(), status, want)
	}
	return e
}

// git runs the git program in a folder and returns what it printed.
func (s *stage) git(dir string, args ...string) string {
	s.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(world.GitEnv(), "GIT_AUTHOR_NAME=bob", "GIT_AUTHOR_EMAIL=b@x", "GIT_COMMITTER_NAME=bob", "GIT_COMMITTER_EMAIL=b@x",
		"GIT_AUTHOR_DATE=1770000000 +0000", "GIT_COMMITTER_DATE=1770000000 +0000")
	out, err := cmd.CombinedOutput()
	if err != nil {
		s.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}
