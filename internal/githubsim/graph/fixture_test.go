package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/gitstore"
	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/internal/githubsim/worldtest"
)

// fixture is a small world: organisation o with repository r, its admin me, the outsider a, a bot.
type fixture struct {
	t     testing.TB
	w     *world.World
	clock *worldtest.ManualClock
	exec  *Executor
	me    world.Actor
	a     world.Actor
	repo  int64
}

var start = time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)

func newFixture(t testing.TB, opts Options) *fixture {
	t.Helper()
	clock := worldtest.NewManualClock(start)
	w, err := world.Open("", clock)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	f := &fixture{t: t, w: w, clock: clock}
	f.update(world.System(), func(tx *world.Tx) {
		me := must(tx.CreateUser(world.NewUser{Login: "me", Name: "Me Myself"}))
		a := must(tx.CreateUser(world.NewUser{Login: "a"}))
		must(tx.CreateUser(world.NewUser{Login: "google-labs-jules", Kind: world.Bot}))
		o := must(tx.CreateOrg("o", "The O", me))
		repo := must(tx.CreateRepo(world.NewRepo{
			Owner: o, Name: "r", DefaultBranch: "dev", Language: "Go", NoLabels: true,
			Commits: []gitstore.Commit{{
				Branch: "dev", Message: "Begin\n\nbody", Author: gitstore.Person{Name: "Me Myself", Email: "me@users.noreply.github.com", When: start},
				Files: map[string]string{"README.md": "hello\n", ".github/workflows/ci.yml": "on: push\n", "CODEOWNERS": "* @me\n"},
			}},
		}))
		f.me, f.a, f.repo = world.Actor{User: me}, world.Actor{User: a}, repo.ID
	})
	f.exec = New(w, opts)
	return f
}

// must is for calls inside update whose failure is the fixture's fault.
func must[T any](v T, err error) T {
	if err != nil {
		panic(fault{err})
	}
	return v
}

type fault struct{ error }

// update changes the world; a fault fails the test only after the world's lock is free again.
func (f *fixture) update(actor world.Actor, fn func(tx *world.Tx)) {
	f.t.Helper()
	err := f.w.Update(actor, func(tx *world.Tx) (err error) {
		defer func() {
			if r := recover(); r != nil {
				err = r.(fault)
			}
		}()
		fn(tx)
		return nil
	})
	if err != nil {
		f.t.Fatal(err)
	}
}

// label makes a label in r.
func (f *fixture) label(name string) {
	f.update(f.me, func(tx *world.Tx) {
		must(tx.CreateLabel(tx.RepoByID(f.repo), world.NewLabel{Name: name, Color: "ededed"}))
	})
}

// issue makes an issue in r, a minute after the last thing that happened, and returns its node id.
func (f *fixture) issue(title, body string, labels ...string) string {
	f.clock.Advance(time.Minute)
	id := ""
	f.update(f.me, func(tx *world.Tx) {
		i := must(tx.CreateIssue(tx.RepoByID(f.repo), world.NewIssue{Title: title, Body: body, Labels: labels}))
		id = world.NodeID(i)
	})
	return id
}

// run executes a document as me and returns the whole answer.
func (f *fixture) run(query string, vars map[string]any) Response {
	f.t.Helper()
	return f.exec.Execute(context.Background(), f.me, Request{Query: query, Variables: vars})
}

// data executes a document that must have no errors and returns its data.
func (f *fixture) data(query string, vars map[string]any) map[string]any {
	f.t.Helper()
	resp := f.run(query, vars)
	if len(resp.Errors) > 0 {
		f.t.Fatalf("%s\nerrors: %s", query, compact(resp.Errors))
	}
	var out map[string]any
	if err := json.Unmarshal(resp.Data, &out); err != nil {
		f.t.Fatalf("%v in %s", err, resp.Data)
	}
	return out
}

// dig walks into JSON by keys and indexes.
func dig(v any, keys ...any) any {
	for _, k := range keys {
		switch k := k.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[k]
		case int:
			l, _ := v.([]any)
			if k >= len(l) {
				return nil
			}
			v = l[k]
		}
	}
	return v
}

func compact(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// feature gives r a branch feat one commit ahead of dev.
func (f *fixture) feature() {
	f.update(f.me, func(tx *world.Tx) {
		repo := tx.RepoByID(f.repo)
		dev := repo.Refs["refs/heads/dev"]
		must(tx.CreateRef(repo, "refs/heads/feat", dev))
		must(tx.PutFile(tx.RepoByID(f.repo), world.NewFile{Path: "feature.txt", Content: []byte("new\n"), Branch: "feat", Message: "Add the feature"}))
	})
}

// pull makes a pull request in r and returns its node id.
func (f *fixture) pull(title, head, base string) string {
	f.clock.Advance(time.Minute)
	id := ""
	f.update(f.me, func(tx *world.Tx) {
		p := must(tx.CreatePull(tx.RepoByID(f.repo), world.NewPull{Title: title, Head: head, Base: base}))
		id = world.NodeID(p)
	})
	return id
}

// compactHTML is compact without \u escapes of <, > and &.
func compactHTML(v any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err.Error()
	}
	return strings.TrimSpace(b.String())
}

// parse reads JSON variables; "" is none.
func parse(t testing.TB, text string) map[string]any {
	t.Helper()
	if text == "" {
		return nil
	}
	var out map[string]any
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatal(err)
	}
	return out
}
