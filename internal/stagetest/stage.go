// Package stagetest is what tests of applying plans start from: an embedded GitHub
// with one repository, an epic of two children, and a folder with a ledger and a
// journal, by the client and the files as they are shipped.
package stagetest

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/dappcore/core-dev/internal/github"
	"github.com/dappcore/core-dev/internal/githubsim"
	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/internal/journal"
	"github.com/dappcore/core-dev/internal/ledger"
	"github.com/dappcore/core-dev/inventory"
)

// Stage is one such GitHub and one folder.
type Stage struct {
	Sim  *githubsim.Server
	Repo inventory.RepoRef // #1 and #2 are the children, #3 is the epic
	URL  string            // of its API
	Hub  *github.Client
	Dir  string // of the ledger's files
	Log  *journal.Store
	Book *ledger.Book
	t    testing.TB
}

// New makes a stage, which lives by the clock that is made for its GitHub and asks
// clear before each write. It is gone with the test.
func New(t testing.TB, clock func(*githubsim.Server) github.Clock, clear func(context.Context) error) *Stage {
	t.Helper()
	sim, err := githubsim.Open(t.Context(), githubsim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sim.Close() })
	url, err := sim.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	info, at := sim.Fleet(), clock(sim)
	s := &Stage{Sim: sim, Repo: inventory.RepoRef{Owner: info.Org, Name: "work"}, URL: url, Dir: t.TempDir(), t: t}
	s.Update(func(tx *world.Tx) error {
		repo, err := tx.CreateRepo(world.NewRepo{Owner: tx.UserByLogin(info.Org), Name: "work", DefaultBranch: "main"})
		if err != nil {
			return err
		}
		if _, err := tx.PutFile(repo, world.NewFile{Path: "README.md", Content: []byte("work\n")}); err != nil {
			return err
		}
		for _, i := range []world.NewIssue{{Title: "one"}, {Title: "two"}, {Title: "epic(audit): all", Body: "- [ ] #1\n- [ ] #2\n"}} {
			if _, err := tx.CreateIssue(repo, i); err != nil {
				return err
			}
		}
		return nil
	})
	end, err := github.ParseEndpoint(url)
	if err != nil {
		t.Fatal(err)
	}
	if s.Hub, err = github.New(github.Options{Endpoint: end, Token: github.NewToken(sim.Token(info.Owner), "test"), Gap: -1, Clock: at, Clear: clear}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.Dir, "reservations.log"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if s.Book, err = ledger.Open(s.Dir, s.Repo.Owner, func() time.Time { return at.Now() }); err != nil {
		t.Fatal(err)
	}
	s.Log = journal.Open(filepath.Join(s.Dir, "journal"))
	return s
}

// Update changes GitHub behind the program's back, as its owner would by hand.
func (s *Stage) Update(change func(*world.Tx) error) {
	s.t.Helper()
	actor := world.System()
	_ = s.Sim.World().View(func(tx *world.Tx) error {
		actor = world.Actor{User: tx.UserByLogin(s.Sim.Fleet().Owner)}
		return nil
	})
	if err := s.Sim.World().Update(actor, change); err != nil {
		s.t.Fatal(err)
	}
}
