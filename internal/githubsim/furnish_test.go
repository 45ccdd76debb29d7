package githubsim

import (
	"fmt"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/gitstore"
	"github.com/dappcore/core-dev/internal/githubsim/world"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(fmt.Sprintf("furnish: %v", err))
	}
	return v
}

// furnish fills the small world of the tests.
func furnish(tx *world.Tx) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	ann := must(tx.CreateUser(world.NewUser{Login: "ann", Name: "Ann"}))
	bob := must(tx.CreateUser(world.NewUser{Login: "bob"}))
	must(tx.CreateUser(world.NewUser{Login: "cat"}))
	must(tx.CreateUser(world.NewUser{Login: "robo", Kind: world.Bot}))
	acme := must(tx.CreateOrg("acme", "Acme", ann))
	by := gitstore.Person{Name: "ann", Email: "ann@users.noreply.github.com", When: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	commit := func(branch, message string, parents []string, files map[string]string) gitstore.Commit {
		return gitstore.Commit{Branch: branch, Message: message, Parents: parents, Author: by, Files: files}
	}
	widgets := must(tx.CreateRepo(world.NewRepo{Owner: acme, Name: "widgets", Description: "Things", Language: "Go", DefaultBranch: "dev", Commits: []gitstore.Commit{
		commit("dev", "first", nil, map[string]string{"README.md": "# Widgets\n", "src/a.go": "package a\n", ".github/CODEOWNERS": "* @ann\n/src @nobody-here\n",
			".github/workflows/ci.yml": "on: push\n"}),
		commit("dev", "second", []string{"dev"}, map[string]string{"src/b.go": "package a\n\nvar B = 1\n"}),
		commit("feature/one", "a feature", []string{"dev"}, map[string]string{"src/c.go": "package a\n\nvar C = 1\n"}),
		commit("clash/a", "one way", []string{"dev"}, map[string]string{"src/b.go": "package a\n\nvar B = 2\n"}),
	}}))
	must(tx.AddCollaborator(widgets, bob, world.Write))
	must(tx.CreateRepo(world.NewRepo{Owner: acme, Name: "vault", Private: true, DefaultBranch: "main"}))
	attic := must(tx.CreateRepo(world.NewRepo{Owner: acme, Name: "attic", DefaultBranch: "main", Commits: []gitstore.Commit{commit("main", "old", nil, map[string]string{"a": "b"})}}))
	must(tx.CreateRepo(world.NewRepo{Owner: acme, Name: "mute", IssuesDisabled: true}))
	tx.As(world.Actor{User: ann})
	must(tx.CreateIssue(attic, world.NewIssue{Title: "Kept"}))
	tx.As(world.System())
	must(tx.ArchiveRepo(attic, true))
	tx.As(world.Actor{User: ann})
	for n := range 5 {
		must(tx.CreateIssue(widgets, world.NewIssue{Title: fmt.Sprintf("Issue %d", n+1), Body: "Something is wrong", Labels: []string{"bug"}}))
	}
	return nil
}
