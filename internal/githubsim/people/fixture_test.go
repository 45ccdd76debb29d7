package people

import (
	"fmt"
	"testing"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/seed"
	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/internal/githubsim/worldtest"
)

var day0 = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

// place is a fleet with people in it, and somebody who calls agents.
type place struct {
	t     testing.TB
	w     *world.World
	p     *People
	clock *worldtest.ManualClock
	info  seed.Info
	dir   string
	from  uint64
}

func settle(t testing.TB, dir, fleet string, from uint64, m Manners) *place {
	t.Helper()
	pl := &place{t: t, clock: worldtest.NewManualClock(day0), dir: dir, from: from}
	w, err := world.Open(dir, pl.clock)
	if err != nil {
		t.Fatal(err)
	}
	pl.w = w
	t.Cleanup(func() { pl.w.Close() })
	if pl.info, err = seed.Fleet(w, fleet, from); err != nil {
		t.Fatal(err)
	}
	pl.wake()
	if err := pl.p.SetManners(m); err != nil {
		t.Fatal(err)
	}
	return pl
}

func (pl *place) wake() {
	p, err := New(pl.w, pl.from, pl.info.Label)
	if err != nil {
		pl.t.Fatal(err)
	}
	pl.p = p
}

// again closes the world and opens it from disk.
func (pl *place) again() {
	pl.t.Helper()
	if err := pl.w.Close(); err != nil {
		pl.t.Fatal(err)
	}
	w, err := world.Open(pl.dir, pl.clock)
	if err != nil {
		pl.t.Fatal(err)
	}
	pl.w = w
	pl.wake()
}

// pass lets time go by, with everything that happens in it.
func (pl *place) pass(d time.Duration) {
	pl.t.Helper()
	pl.clock.Advance(d)
	if err := pl.p.Live(pl.w.Now()); err != nil {
		pl.t.Fatal(err)
	}
}

// do acts as a user, as the API would, now.
func (pl *place) do(login string, fn func(tx *world.Tx) error) {
	pl.t.Helper()
	if err := pl.p.Live(pl.w.Now()); err != nil {
		pl.t.Fatal(err)
	}
	var u *world.User
	pl.see(func(tx *world.Tx) { u = tx.UserByLogin(login) })
	if u == nil {
		pl.t.Fatalf("no user %s", login)
	}
	if err := pl.w.Update(world.Actor{User: u}, fn); err != nil {
		pl.t.Fatal(err)
	}
}

func (pl *place) see(fn func(tx *world.Tx)) {
	pl.t.Helper()
	if err := pl.w.View(func(tx *world.Tx) error { fn(tx); return nil }); err != nil {
		pl.t.Fatal(err)
	}
}

func (pl *place) issue(repo string, number int) (i *world.Issue) {
	pl.t.Helper()
	pl.see(func(tx *world.Tx) {
		r, _ := tx.Repo(pl.info.Org, repo)
		i = tx.Issue(r.ID, number)
	})
	if i == nil {
		pl.t.Fatalf("no issue %s#%d", repo, number)
	}
	return i
}

// call is a dispatch by hand: the target comment, then the label.
func (pl *place) call(repo string, number int, branch string) {
	pl.t.Helper()
	i := pl.issue(repo, number)
	pl.do(pl.info.Owner, func(tx *world.Tx) error {
		if branch != "" {
			r := tx.RepoByID(i.RepoID)
			if r.Refs["refs/heads/"+branch] == "" {
				if _, err := tx.CreateRef(r, "refs/heads/"+branch, r.Refs["refs/heads/"+r.DefaultBranch]); err != nil {
					return err
				}
			}
			if _, err := tx.CreateComment(i, fmt.Sprintf("Target branch: `%s`", branch)); err != nil {
				return err
			}
		}
		_, err := tx.AddLabels(i, []string{"jules"})
		return err
	})
}

// fresh are open issues of a repository that no agent was given, and no audits.
func (pl *place) fresh(repo string, n int) (numbers []int) {
	pl.see(func(tx *world.Tx) {
		r, _ := tx.Repo(pl.info.Org, repo)
		for _, i := range tx.Issues(r.ID) {
			agent := false
			for _, l := range tx.LabelsOf(i) {
				agent = agent || l.Name == "jules" || l.Name == "agentic"
			}
			if i.Pull == nil && !i.Closed && !agent && len(numbers) < n {
				numbers = append(numbers, i.Number)
			}
		}
	})
	if len(numbers) < n {
		pl.t.Fatalf("%s has only %d such issues", repo, len(numbers))
	}
	return numbers
}

// pullsOf are the pull requests that refer to an issue.
func (pl *place) pullsOf(i *world.Issue) (pulls []*world.Issue) {
	pl.see(func(tx *world.Tx) {
		for _, e := range tx.Events(i.ID) {
			if e.Kind != world.CrossReferenced {
				continue
			}
			if p := tx.IssueByID(e.SourceID); p != nil && p.Pull != nil {
				pulls = append(pulls, p)
			}
		}
	})
	return pulls
}
