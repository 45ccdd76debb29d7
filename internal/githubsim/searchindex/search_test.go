package searchindex

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/internal/githubsim/worldtest"
)

// library is organisation o with the repositories r (open to all) and secret (private), and their issues.
func library(t testing.TB) (*world.World, *worldtest.ManualClock, map[string]world.Actor) {
	t.Helper()
	clock := worldtest.NewManualClock(time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC))
	w, err := world.Open("", clock)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	actors := map[string]world.Actor{}
	update(t, w, world.System(), func(tx *world.Tx) error {
		me, err := tx.CreateUser(world.NewUser{Login: "me"})
		if err != nil {
			return err
		}
		other, err := tx.CreateUser(world.NewUser{Login: "other"})
		if err != nil {
			return err
		}
		if _, err := tx.CreateUser(world.NewUser{Login: "google-labs-jules", Kind: world.Bot}); err != nil {
			return err
		}
		o, err := tx.CreateOrg("o", "", me)
		if err != nil {
			return err
		}
		actors["me"], actors["other"] = world.Actor{User: me}, world.Actor{User: other}
		for _, name := range []string{"r", "secret"} {
			if _, err := tx.CreateRepo(world.NewRepo{Owner: o, Name: name, Private: name == "secret"}); err != nil {
				return err
			}
		}
		return nil
	})
	for n, i := range []struct{ repo, title, body, label, by string }{
		{"r", "Fix the parser", "panics on #12", "bug", "me"},
		{"r", "Parser is slow", "see #123", "", "other"},
		{"r", "Write docs", "for the parser of dates", "help wanted", "me"},
		{"secret", "Parser leak", "nobody must know", "bug", "me"},
	} {
		clock.Advance(24 * time.Hour)
		update(t, w, actors[i.by], func(tx *world.Tx) error {
			repo, _ := tx.Repo("o", i.repo)
			issue := world.NewIssue{Title: i.title, Body: i.body}
			if i.label != "" {
				issue.Labels = []string{i.label}
			}
			if n == 2 {
				issue.Assignees = []string{"me"}
			}
			_, err := tx.CreateIssue(repo, issue)
			return err
		})
	}
	return w, clock, actors
}

func update(t testing.TB, w *world.World, actor world.Actor, fn func(*world.Tx) error) {
	t.Helper()
	if err := w.Update(actor, fn); err != nil {
		t.Fatal(err)
	}
}

// found are the results as repo#number, best first.
func found(t testing.TB, w *world.World, ix *Index, actor world.Actor, text string) string {
	t.Helper()
	var out []string
	if err := w.View(func(tx *world.Tx) error {
		for _, i := range ix.Search(tx, actor, text).Issues {
			out = append(out, fmt.Sprintf("%s#%d", tx.RepoByID(i.RepoID).Name, i.Number))
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return strings.Join(out, " ")
}

func TestSearch(t *testing.T) {
	w, _, actors := library(t)
	ix := New(0)
	for _, c := range []struct{ as, query, want string }{
		{"me", "repo:o/r", "r#3 r#2 r#1"},
		{"me", "org:o", "secret#1 r#3 r#2 r#1"},
		{"other", "org:o", "r#3 r#2 r#1"},
		{"other", "repo:o/secret", ""},
		{"me", "org:o -repo:o/secret", "r#3 r#2 r#1"},
		{"me", "repo:o/r sort:created-asc", "r#1 r#2 r#3"},
		{"me", "repo:o/r parser", "r#2 r#1 r#3"}, // in the title counts for more
		{"me", "repo:o/r parser in:title", "r#2 r#1"},
		{"me", "repo:o/r parser in:body", "r#3"},
		{"me", `repo:o/r "parser of"`, "r#3"},
		{"me", `repo:o/r "of parser"`, ""},
		{"me", "repo:o/r -docs", "r#2 r#1"},
		{"me", "repo:o/r label:BUG", "r#1"},
		{"me", `repo:o/r label:"help wanted",bug`, "r#3 r#1"},
		{"me", "repo:o/r -label:bug", "r#3 r#2"},
		{"me", "repo:o/r no:label", "r#2"},
		{"me", "repo:o/r no:assignee", "r#2 r#1"},
		{"me", "repo:o/r assignee:@me", "r#3"},
		{"me", "repo:o/r author:other is:open type:issue", "r#2"},
		{"me", "repo:o/r is:pr", ""},
		{"me", "repo:o/r state:closed", ""},
		{"me", "repo:o/r #12", "r#2 r#1"}, // finds #123 too
		{"me", "repo:o/r created:>=2026-05-06", "r#3 r#2"},
		{"me", "repo:o/r created:2026-05-05", "r#1"},
		{"me", "repo:o/r created:2026-05-05..2026-05-06", "r#2 r#1"},
		{"me", "repo:o/r comments:0", "r#3 r#2 r#1"},
		{"me", "repo:o/r comments:>0", ""},
		{"me", "repo:o/r foo:bar", ""}, // no qualifier, so words
		{"me", "repo:o/r", "r#3 r#2 r#1"},
		{"me", "( sort:created-asc ) repo:o/r state:open", "r#1 r#2 r#3"},
		{"me", `repo:o/r (label:bug OR label:"help wanted")`, "r#3 r#1"},
		{"me", "repo:o/r (label:bug OR author:other) is:open", "r#2 r#1"},
		{"me", "repo:o/r NOT (label:bug OR author:other)", "r#3"},
		{"me", "repo:o/r -(label:bug)", "r#3 r#2"},
		{"me", "repo:o/secret OR (repo:o/r AND docs)", "secret#1 r#3"},
		{"other", "repo:o/secret OR repo:o/r", "r#3 r#2 r#1"},
		{"me", "repo:o/r )( docs (", "r#3"},
	} {
		if got := found(t, w, ix, actors[c.as], c.query); got != c.want {
			t.Errorf("%s searches %q: %q, want %q", c.as, c.query, got, c.want)
		}
	}
}

func TestUnknownScope(t *testing.T) {
	w, _, actors := library(t)
	if err := w.View(func(tx *world.Tx) error {
		r := New(0).Search(tx, actors["other"], "repo:o/secret repo:o/gone org:nobody")
		if r.Scoped || !slices.Equal(r.Unknown, []string{"o/secret", "o/gone", "nobody"}) || r.Issues != nil {
			t.Errorf("%+v", r)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// TestIndexRunsBehind: what the index finds is the state of some time ago, told from the timeline.
func TestIndexRunsBehind(t *testing.T) {
	w, clock, actors := library(t)
	ix := New(time.Minute)
	clock.Advance(time.Hour)
	title, body, closed := "Renamed", "rewritten", "closed"
	update(t, w, actors["me"], func(tx *world.Tx) error {
		repo, _ := tx.Repo("o", "r")
		_, err := tx.EditIssue(tx.Issue(repo.ID, 1), world.IssueEdit{Title: &title, Body: &body, State: &closed, Labels: &[]string{"wontfix"}, Assignees: &[]string{"me"}})
		return err
	})
	old := []string{"is:open", "label:bug", "no:assignee", "parser in:title", "panics"}
	now := []string{"is:closed", "label:wontfix", "assignee:me", "renamed", "rewritten"}
	check := func(when string, hit, miss []string) {
		t.Helper()
		for _, q := range hit {
			if got := found(t, w, ix, actors["me"], "repo:o/r "+q); !strings.Contains(got, "r#1") {
				t.Errorf("%s %q finds %q", when, q, got)
			}
		}
		for _, q := range miss {
			if got := found(t, w, ix, actors["me"], "repo:o/r "+q); strings.Contains(got, "r#1") {
				t.Errorf("%s %q finds %q", when, q, got)
			}
		}
	}
	check("at once", old, now)
	clock.Advance(2 * time.Minute)
	check("later", now, old)
}

// FuzzParse: every text is a query.
func FuzzParse(f *testing.F) {
	for _, s := range []string{`is:open label:"a b",c -word "a phrase" sort:updated-asc created:*..2026-01-01`, `"`, `-`, `:`, `label:`, `created:>=`, `-"x`, `((((((a OR b) -(c)`, `) OR (`} {
		f.Add(s)
	}
	w, _, actors := library(f)
	f.Fuzz(func(t *testing.T, text string) {
		if err := w.View(func(tx *world.Tx) error { New(time.Minute).Search(tx, actors["me"], text); return nil }); err != nil {
			t.Fatal(err)
		}
	})
}
