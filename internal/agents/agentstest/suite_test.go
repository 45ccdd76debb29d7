package agentstest_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/internal/agents"
	"github.com/dappcore/core-dev/internal/agents/agentstest"
	"github.com/dappcore/core-dev/internal/agents/label"
	"github.com/dappcore/core-dev/internal/agents/local"
	"github.com/dappcore/core-dev/internal/git"
	"github.com/dappcore/core-dev/internal/github"
	"github.com/dappcore/core-dev/internal/githubsim"
	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/internal/stagetest"
	"github.com/dappcore/core-dev/inventory"
)

// base is a stage of the embedded GitHub, without an agent yet.
func base(t *testing.T) (*stagetest.Stage, *agentstest.Stage) {
	on := stagetest.New(t, func(*githubsim.Server) github.Clock { return github.SystemClock{} }, nil)
	s := &agentstest.Stage{Branch: "epic/3-all"}
	on.Update(func(tx *world.Tx) error {
		repo, _ := tx.Repo(on.Repo.Owner, on.Repo.Name)
		_, err := tx.CreateRef(repo, "refs/heads/"+s.Branch, repo.Refs["refs/heads/main"])
		return err
	})
	for k := range s.Children {
		s.Children[k] = inventory.Ref{Repo: on.Repo, Number: k + 1}
	}
	look := func(f func(tx *world.Tx, repo *world.Repo)) {
		_ = on.Sim.World().View(func(tx *world.Tx) error {
			repo, _ := tx.Repo(on.Repo.Owner, on.Repo.Name)
			f(tx, repo)
			return nil
		})
	}
	s.Pulls = func(child inventory.Ref) (out []agentstest.Pull) {
		look(func(tx *world.Tx, repo *world.Repo) {
			for _, e := range tx.Events(tx.Issue(repo.ID, child.Number).ID) {
				if e.Kind != world.CrossReferenced {
					continue
				}
				for _, i := range tx.PullsOf(repo.ID) {
					if i.ID == e.SourceID {
						out = append(out, agentstest.Pull{Ref: inventory.Ref{Repo: on.Repo, Number: i.Number}, Base: i.Pull.BaseRef})
					}
				}
			}
		})
		return out
	}
	s.Asked = func(pull inventory.Ref) (n int) {
		look(func(tx *world.Tx, repo *world.Repo) {
			for _, c := range tx.Comments(tx.Issue(repo.ID, pull.Number).ID) {
				if strings.HasPrefix(c.Body, "Can you fix the ") {
					n++
				}
			}
		})
		return n
	}
	return on, s
}

// bench is the real one, with the embedded GitHub.
type bench struct {
	*git.Shop
	hub  *github.Client
	runs map[string]int
}

func (b bench) Work(ctx context.Context, r local.Record, env []string, begin func(context.Context) error) (string, string, error) {
	b.runs[r.Child.Key()]++
	res, err := b.Carry(ctx, git.Order{Repo: r.Child.Repo, From: r.Branch, Branch: r.Head(), Text: "x", Env: env, Begin: begin,
		Command: []string{"/bin/sh", "-c", `echo "$CORE_ISSUE" >"done-$CORE_ISSUE"`}})
	return res.SHA, res.Why, err
}

func (b bench) Open(ctx context.Context, repo inventory.RepoRef, head, base, title, body string) error {
	return b.hub.OpenOnce(ctx, repo, head, base, title, body)
}

// TestLocal: the agent that is a command.
func TestLocal(t *testing.T) {
	agentstest.Run(t, func(t *testing.T) *agentstest.Stage {
		on, s := base(t)
		var keys []string
		a := &local.Agent{Dir: filepath.Join(t.TempDir(), "agents"), Name: "local", Limit: 2, Now: time.Now, Spawn: func(key string) error { keys = append(keys, key); return nil }}
		b := bench{&git.Shop{Dir: t.TempDir(), Site: on.Hub.Endpoint().Site(), Token: func(context.Context) (string, error) { return on.Hub.Secret(), nil }, Name: "c", Email: "c@e", Now: time.Now}, on.Hub, map[string]int{}}
		s.Agent = a
		s.Work = func(ctx context.Context) {
			for _, k := range slices.Concat(keys, keys) { // each twice: another process may be begun for it
				if err := a.Attend(ctx, k, b); err != nil {
					t.Error(err)
				}
			}
			if err := a.Resume(); err != nil {
				t.Error(err)
			}
		}
		s.Starts = func(child inventory.Ref) int { return b.runs[child.Key()] }
		return s
	})
}

// TestLabel: a hosted agent that begins on its label, and opens pull requests.
func TestLabel(t *testing.T) {
	agentstest.Run(t, func(t *testing.T) *agentstest.Stage {
		on, s := base(t)
		a := &label.Agent{Name: "jules", Label: "jules", Limit: 2, Hub: on.Hub}
		a.Open = func(ctx context.Context) (int, error) {
			n := 0
			for _, c := range s.Children {
				has, err := a.Has(ctx, c)
				if err != nil {
					return 0, err
				}
				if has {
					n++
				}
			}
			return n, nil
		}
		s.Agent = a
		did := map[int]bool{}
		s.Work = func(context.Context) {
			on.Update(func(tx *world.Tx) error {
				repo, _ := tx.Repo(on.Repo.Owner, on.Repo.Name)
				for n := 1; n <= 3; n++ {
					i := tx.Issue(repo.ID, n)
					if did[n] || !slices.ContainsFunc(tx.LabelsOf(i), func(l *world.Label) bool { return l.Name == "jules" }) {
						continue
					}
					did[n] = true
					head := fmt.Sprintf("jules/%d", n)
					if _, err := tx.CreateRef(repo, "refs/heads/"+head, repo.Refs["refs/heads/"+s.Branch]); err != nil {
						return err
					}
					if _, err := tx.PutFile(repo, world.NewFile{Path: head, Content: []byte("x"), Branch: head}); err != nil {
						return err
					}
					if _, err := tx.CreatePull(repo, world.NewPull{Title: "x", Body: fmt.Sprintf("For #%d.", n), Head: head, Base: s.Branch}); err != nil {
						return err
					}
				}
				return nil
			})
		}
		s.Starts = func(child inventory.Ref) (n int) {
			i, err := on.Hub.Look(t.Context(), child)
			if err != nil {
				t.Error(err)
			}
			for _, e := range i.LabelEvents {
				if e.Added && e.Label == "jules" {
					n++
				}
			}
			return n
		}
		return s
	})
}

// TestInterrupted: who ran the command was killed. It is not run again, and what
// it had pushed is not lost.
func TestInterrupted(t *testing.T) {
	for _, pushed := range []bool{false, true} {
		on, s := base(t)
		a := &local.Agent{Dir: filepath.Join(t.TempDir(), "agents"), Name: "local", Now: time.Now, Spawn: func(string) error { return errors.New("no process is to be had") }}
		shop := &git.Shop{Dir: t.TempDir(), Site: on.Hub.Endpoint().Site(), Token: func(context.Context) (string, error) { return on.Hub.Secret(), nil }, Name: "c", Email: "c@e", Now: time.Now}
		b := bench{shop, on.Hub, map[string]int{}}
		task := agents.Task{ID: "a/1", Child: s.Children[0], Branch: s.Branch}
		if err := a.Start(t.Context(), task); err != nil {
			t.Fatal(err)
		}
		if at, err := a.Started(t.Context(), "a/1"); err != nil || at.IsZero() {
			t.Error("it does not count as started:", err)
		}
		all, err := local.Records(a.Dir)
		if err != nil || len(all) != 1 {
			t.Fatal(all, err)
		}
		ctx, kill := context.WithCancel(t.Context())
		dying := dies{b, kill, pushed}
		if err := a.Attend(ctx, all[0].Key(), dying); err == nil {
			t.Error("it ended")
		}
		if err := a.Attend(t.Context(), all[0].Key(), b); err != nil {
			t.Error(err)
		}
		all, _ = local.Records(a.Dir)
		if n := b.runs[s.Children[0].Key()]; n > 1 || all[0].Open() || (all[0].Why == "") != pushed || len(s.Pulls(s.Children[0])) == 1 != pushed {
			t.Errorf("pushed %v: run %d times, %s, %v", pushed, n, all[0].State(), s.Pulls(s.Children[0]))
		}
	}
}

// dies is a bench whose process ends in the midst of the work, before or after its
// push.
type dies struct {
	bench
	kill   func()
	pushed bool
}

func (d dies) Work(ctx context.Context, r local.Record, env []string, begin func(context.Context) error) (string, string, error) {
	if d.pushed {
		if _, _, err := d.bench.Work(ctx, r, env, begin); err != nil {
			return "", "", err
		}
	}
	if !d.pushed {
		if err := begin(ctx); err != nil {
			return "", "", err
		}
	}
	d.kill()
	return "", "", ctx.Err()
}

// TestWhatCannotBegin: a task whose command cannot be run stays open, a few times.
func TestWhatCannotBegin(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "agents")
	a := &local.Agent{Dir: dir, Name: "local", Now: time.Now, Spawn: func(string) error { return nil }}
	child := inventory.Ref{Repo: inventory.RepoRef{Owner: "o", Name: "r"}, Number: 1}
	if err := a.Start(t.Context(), agents.Task{ID: "a", Child: child, Branch: "main"}); err != nil {
		t.Fatal(err)
	}
	for n := range 6 {
		all, err := local.Records(dir)
		if err != nil || all[0].Open() != (n < 5) || !all[0].Begun.IsZero() {
			t.Fatalf("after %d: %v %s %+v", n, err, all[0].State(), all[0])
		}
		err = a.Attend(t.Context(), all[0].Key(), unreachable{})
		if (err != nil) != (n < 4) {
			t.Errorf("try %d: %v", n+1, err)
		}
	}
}

// unreachable is a bench whose repository cannot be fetched.
type unreachable struct{ bench }

func (unreachable) Work(context.Context, local.Record, []string, func(context.Context) error) (string, string, error) {
	return "", "", errors.New("the network is gone")
}
