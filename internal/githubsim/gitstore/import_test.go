package gitstore_test

import (
	"errors"
	"testing"

	"github.com/dappcore/core-dev/internal/githubsim/gitstore"
)

// TestImportBringsAllThatACommitNeeds, whether the other repository has it loose
// or packed, and nothing is missing where a part of it was there.
func TestImportBringsAllThatACommitNeeds(t *testing.T) {
	history := []gitstore.Commit{
		commit(nil, "one", map[string]string{"a/b.go": "package b\n", "c.txt": "c\n"}),
		commit(nil, "two", map[string]string{"a/d/e.go": "package d\n"}),
		commit(nil, "three", map[string]string{"c.txt": "another c\n"}),
	}
	for name, prepare := range map[string]func(*gitstore.Repo){
		"loose":  func(*gitstore.Repo) {},
		"packed": func(r *gitstore.Repo) { git(t, r, "repack", "-a", "-d", "-q") },
	} {
		t.Run(name, func(t *testing.T) {
			from, ids := repo(t, history...)
			prepare(from)
			to, mine := repo(t, history[0])
			last := ids[len(ids)-1]
			if _, err := to.Commit(last); !errors.Is(err, gitstore.ErrNotFound) {
				t.Fatalf("before: %v", err)
			}
			for range 2 { // the second time there is nothing to do
				if err := to.Import(from, last); err != nil {
					t.Fatal(err)
				}
			}
			git(t, to, "update-ref", "refs/heads/main", last, mine[0])
			git(t, to, "fsck", "--strict", "--no-dangling")
			if f, err := to.File(last, "a/d/e.go"); err != nil || string(f.Content) != "package d\n" {
				t.Errorf("%+v, %v", f, err)
			}
			if err := to.Import(from, "0123456789012345678901234567890123456789"); err == nil {
				t.Error("a commit that is nowhere was imported")
			}
		})
	}
}
