package people

import (
	"fmt"
	"testing"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/gitstore"
	"github.com/dappcore/core-dev/internal/githubsim/seed"
	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/internal/githubsim/worldtest"
)

var day0 = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

// place is a world with people in it.
type place struct {
	t     testing.TB
	w     *world.World
	p     *People
	clock *worldtest.ManualClock
	info  seed.Info
	dir   string
	from  uint64
}

func raise(t testing.TB, dir string, from uint64) *place {
	t.Helper()
	pl := &place{t: t, clock: worldtest.NewManualClock(day0), dir: dir, from: from}
	w, err := world.Open(dir, pl.clock)
	if err != nil {
		t.Fatal(err)
	}
	pl.w = w
	t.Cleanup(func() { pl.w.Close() })
	return pl
}

func (pl *place) live(m Manners) *place {
	pl.t.Helper()
	pl.wake()
	if err := pl.p.SetManners(m); err != nil {
		pl.t.Fatal(err)
	}
	return pl
}

// settle is a fleet with people in it.
func settle(t testing.TB, dir, fleet string, from uint64, m Manners) *place {
	t.Helper()
	pl := raise(t, dir, from)
	var err error
	if pl.info, err = seed.Fleet(pl.w, fleet, from); err != nil {
		t.Fatal(err)
	}
	return pl.live(m)
}

const goWorkflow = `name: CI
on:
  push:
    branches: [dev]
  pull_request:
jobs:
  test:
    runs-on: ubuntu-latest
  lint:
    runs-on: ubuntu-latest
`

// village is a small world: acme/widgets in Go with twelve issues, #1 an epic of #2 to #6, and acme/plain without
// workflows. ann owns acme, bob is a member, eve nobody.
func village(t testing.TB, dir string, m Manners) *place {
	t.Helper()
	pl := raise(t, dir, 7)
	pl.info = seed.Info{Org: "acme", Owner: "ann"}
	if err := pl.w.Update(world.System(), build); err != nil {
		t.Fatal(err)
	}
	return pl.live(m)
}

func build(tx *world.Tx) error {
	tx.At(day0.Add(-48 * time.Hour))
	users := map[string]*world.User{}
	for _, n := range []world.NewUser{{Login: "ann"}, {Login: "bob"}, {Login: "eve"}, {Login: jules, Name: "Jules", Kind: world.Bot}, {Login: "coderabbitai", Kind: world.Bot}} {
		u, err := tx.CreateUser(n)
		if err != nil {
			return err
		}
		users[n.Login] = u
	}
	org, err := tx.CreateOrg("acme", "Acme", users["ann"])
	if err != nil {
		return err
	}
	if org, err = tx.AddMember(org, users["bob"], false); err != nil {
		return err
	}
	for _, name := range []string{"widgets", "plain"} {
		files := map[string]string{"main.go": "package main\n", changelog: changelogHead}
		if name == "widgets" {
			files[".github/workflows/ci.yml"] = goWorkflow
		}
		repo, err := tx.CreateRepo(world.NewRepo{Owner: org, Name: name, Language: "Go", DefaultBranch: "dev", MemberAccess: world.Write,
			Settings: world.RepoSettings{AutoMerge: true}, Commits: []gitstore.Commit{{Branch: "dev", Message: "Begin", Files: files,
				Author: gitstore.Person{Name: "ann", Email: "ann@example.com", When: tx.Now()}}}})
		if err != nil {
			return err
		}
		if _, err := tx.AddCollaborator(repo, users[jules], world.Write); err != nil {
			return err
		}
		tx.As(world.Actor{User: users["ann"]})
		for n := range 12 {
			title, body := fmt.Sprintf("fix(part%d): mend it", n+1), "It is broken."
			if n == 0 {
				title, body = "epic(quality): mend everything", "## Child Issues\n\n- [ ] #2 - a\n- [ ] #3 - b\n- [ ] #4 - c\n- [ ] #5 - d\n- [ ] #6 - e\n"
			}
			if _, err := tx.CreateIssue(repo, world.NewIssue{Title: title, Body: body}); err != nil {
				return err
			}
		}
		tx.As(world.System())
	}
	return nil
}

func (pl *place) wake() {
	pl.t.Helper()
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
		if r, _ := tx.Repo(pl.info.Org, repo); r != nil {
			i = tx.Issue(r.ID, number)
		}
	})
	if i == nil {
		pl.t.Fatalf("no issue %s#%d", repo, number)
	}
	return i
}

// call is a dispatch by hand: the target comment, then the label.
func (pl *place) call(repo string, number int, branch string) *world.Issue {
	pl.t.Helper()
	i := pl.issue(repo, number)
	pl.do(pl.info.Owner, func(tx *world.Tx) error {
		r := tx.RepoByID(i.RepoID)
		if r.Refs["refs/heads/"+branch] == "" {
			if _, err := tx.CreateRef(r, "refs/heads/"+branch, r.Refs["refs/heads/"+r.DefaultBranch]); err != nil {
				return err
			}
		}
		if _, err := tx.CreateComment(i, fmt.Sprintf("Target branch: `%s`", branch)); err != nil {
			return err
		}
		_, err := tx.AddLabels(i, []string{"jules"})
		return err
	})
	return i
}

// say comments on an issue or pull request.
func (pl *place) say(login string, on *world.Issue, body string) (c *world.Comment) {
	pl.t.Helper()
	pl.do(login, func(tx *world.Tx) (err error) { c, err = tx.CreateComment(on, body); return err })
	return c
}

// now is an issue or pull request as it is now.
func (pl *place) now(i *world.Issue) (now *world.Issue) {
	pl.see(func(tx *world.Tx) { now = tx.IssueByID(i.ID) })
	return now
}

// pullsOf are the pull requests that refer to an issue, oldest first.
func (pl *place) pullsOf(i *world.Issue) (pulls []*world.Issue) {
	pl.see(func(tx *world.Tx) {
		for _, e := range tx.Events(i.ID) {
			if p := tx.IssueByID(e.SourceID); e.Kind == world.CrossReferenced && p != nil && p.Pull != nil {
				pulls = append(pulls, p)
			}
		}
	})
	return pulls
}

// pull is the one pull request of an issue.
func (pl *place) pull(i *world.Issue) *world.Issue {
	pl.t.Helper()
	pulls := pl.pullsOf(i)
	if len(pulls) != 1 {
		pl.t.Fatalf("%d pull requests for #%d, want 1; the people did %v", len(pulls), i.Number, pl.count())
	}
	return pulls[0]
}

func (pl *place) count() map[string]int { return pl.p.State(0).Counts }

func (pl *place) counted(what string) {
	pl.t.Helper()
	if pl.count()[what] == 0 {
		pl.t.Errorf("nobody did %q: %v", what, pl.count())
	}
}

// mergeable is what GitHub says at the second look.
func (pl *place) mergeable(pull *world.Issue) (answer string) {
	for range 2 {
		pl.see(func(tx *world.Tx) { answer = tx.Mergeable(tx.IssueByID(pull.ID)) })
	}
	return answer
}

func (pl *place) rollup(pull *world.Issue) (state string) {
	pl.see(func(tx *world.Tx) { state = tx.Rollup(pull.RepoID, tx.IssueByID(pull.ID).Pull.HeadSHA) })
	return state
}

// eyes tells whether an agent looked at the issue or comment with that id.
func (pl *place) eyes(id int64) (found bool) {
	pl.see(func(tx *world.Tx) {
		for _, r := range tx.Reactions(id) {
			found = found || r.Content == "eyes" && tx.User(r.UserID).Login == jules
		}
	})
	return found
}

// agent changes the manners of calm people's agent, whom nobody else disturbs.
func agent(change func(*Profile)) Manners {
	m := Calm()
	m.Reviews, m.Agents[0].Overlap = Reviews{}, 0
	if change != nil {
		change(&m.Agents[0])
	}
	return m
}
