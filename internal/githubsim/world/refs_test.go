package world_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dappcore/core-dev/internal/githubsim/gitstore"
	"github.com/dappcore/core-dev/internal/githubsim/world"
)

func TestRefRefusals(t *testing.T) {
	s := set(t, "")
	s.branch("dir/leaf", map[string]string{"x": "1"})
	main, other := s.tip("main"), s.tip("dir/leaf")
	s.must(as(s.ann), func(tx *world.Tx) error {
		if _, err := tx.CreateRef(s.widgets, "refs/heads/kept", other); err != nil {
			return err
		}
		_, err := tx.Protect(s.widgets, "kept", &world.Rules{})
		return err
	})
	create := func(name, sha string) func(tx *world.Tx) error {
		return func(tx *world.Tx) error { _, err := tx.CreateRef(s.widgets, name, sha); return err }
	}
	update := func(name, sha string, force bool) func(tx *world.Tx) error {
		return func(tx *world.Tx) error { _, err := tx.UpdateRef(s.widgets, name, sha, force); return err }
	}
	remove := func(name string) func(tx *world.Tx) error {
		return func(tx *world.Tx) error { _, err := tx.DeleteRef(s.widgets, name); return err }
	}
	for _, c := range []struct {
		do   func(tx *world.Tx) error
		want string
	}{
		{create("refs/heads/main", main), "Reference already exists"},
		{create("refs/heads/dir", main), "in the way"},
		{create("refs/heads/main/x", main), "in the way"},
		{create("heads/x", main), "must start with 'refs/'"},
		{create("refs/heads/a..b", main), "not a valid ref name"},
		{create("refs/heads/new", strings.Repeat("1", 40)), "Object does not exist"},
		{create("refs/heads/new", "main"), "Object does not exist"},
		{create("refs/pull/9/head", main), "Reference cannot be updated"},
		{update("refs/heads/absent", main, true), "Reference does not exist"},
		{update("refs/heads/dir/leaf", main, false), "Update is not a fast forward"},
		{update("refs/heads/kept", main, true), "Reference cannot be updated"},
		{update("refs/heads/main", strings.Repeat("1", 40), true), "Object does not exist"},
		{remove("refs/heads/absent"), "Reference does not exist"},
		{remove("refs/heads/main"), "Cannot delete this branch"},
		{remove("refs/heads/kept"), "Cannot delete this branch"},
	} {
		s.refusedAs(s.w.Update(as(s.bob), c.do), 422, c.want)
	}
	// The same rules once a git repository stands behind it.
	if _, err := s.w.GitDir(s.widgets.ID); err != nil {
		t.Fatal(err)
	}
	s.refusedAs(s.w.Update(as(s.bob), update("refs/heads/dir/leaf", main, false)), 422, "not a fast forward")
	s.refusedAs(s.w.Update(as(s.bob), create("refs/heads/new", strings.Repeat("1", 40))), 422, "Object does not exist")
	s.must(as(s.bob), update("refs/heads/dir/leaf", main, true))
	if got := s.tip("dir/leaf"); got != main {
		t.Errorf("forced branch is at %s", got)
	}
}

func TestPutFile(t *testing.T) {
	s := set(t, "")
	put := func(f world.NewFile) (w *world.WrittenFile, err error) {
		err = s.w.Update(as(s.bob), func(tx *world.Tx) error { w, err = tx.PutFile(s.widgets, f); return err })
		return w, err
	}
	one, err := put(world.NewFile{Path: "docs/a.md", Content: []byte("one")})
	if err != nil || !one.Created {
		t.Fatalf("%+v, %v", one, err)
	}
	for _, c := range []struct {
		f      world.NewFile
		status int
		want   string
	}{
		{world.NewFile{Path: "docs/a.md", Content: []byte("x")}, 422, "\"sha\" wasn't supplied."},
		{world.NewFile{Path: "docs/a.md", SHA: strings.Repeat("1", 40)}, 409, "docs/a.md does not match"},
		{world.NewFile{Path: "docs", Content: []byte("x"), SHA: "x"}, 409, "does not match"},
		{world.NewFile{Path: "README.md/x", Content: []byte("x")}, 422, "path exists"},
		{world.NewFile{Path: "../x"}, 422, "malformed path component"},
		{world.NewFile{Path: ".git/config"}, 422, "malformed path component"},
		{world.NewFile{Path: "a", Branch: "absent"}, 404, "Branch absent not found"},
		{world.NewFile{Path: "absent", Delete: true}, 404, "Not Found"},
	} {
		_, err := put(c.f)
		s.refusedAs(err, c.status, c.want)
	}
	two, err := put(world.NewFile{Path: "docs/a.md", Content: []byte("two"), SHA: one.BlobSHA, Message: "why"})
	if err != nil || two.Created {
		t.Fatalf("%+v, %v", two, err)
	}
	s.view(func(tx *world.Tx) {
		f, err := tx.File(s.widgets, "", "docs/a.md")
		if err != nil || string(f.Content) != "two" || f.SHA != two.BlobSHA {
			t.Errorf("file: %+v, %v", f, err)
		}
		list, err := tx.Commits(s.widgets, "main", nil, 2)
		if err != nil || len(list) != 2 || list[0].Message != "why" || list[1].Message != "Create a.md" || list[0].Author.Name != "bob" || !list[0].Author.When.Equal(start) {
			t.Errorf("commits: %+v, %v", list, err)
		}
		c, err := tx.Compare(s.widgets, list[1].SHA, "main")
		if err != nil || c.Ahead != 1 || c.Behind != 0 || len(c.Files) != 1 || c.Files[0].Path != "docs/a.md" {
			t.Errorf("compare: %+v, %v", c, err)
		}
	})
	if _, err := put(world.NewFile{Path: "docs/a.md", SHA: two.BlobSHA, Delete: true}); err != nil {
		t.Fatal(err)
	}
	s.view(func(tx *world.Tx) {
		_, err := tx.Tree(s.widgets, "main", "docs")
		s.refusedAs(err, 404, "Not Found")
	})
	// Into a repository without a commit.
	s.must(as(s.ann), func(tx *world.Tx) error {
		r, err := tx.CreateRepo(world.NewRepo{Owner: tx.UserByLogin("acme"), Name: "empty"})
		if err != nil {
			return err
		}
		w, err := tx.PutFile(r, world.NewFile{Path: "README.md", Content: []byte("hi")})
		if err == nil && tx.RepoByID(r.ID).Refs["refs/heads/main"] != w.CommitSHA {
			t.Error("the first commit made no default branch")
		}
		return err
	})
}

// Killed after the state was written and before git moved its references, the
// world has git follow when it opens again.
func TestGitFollowsAfterKill(t *testing.T) {
	s := set(t, t.TempDir())
	bare, err := s.w.GitDir(s.widgets.ID)
	if err != nil {
		t.Fatal(err)
	}
	old := s.tip("main")
	now := s.branch("main", map[string]string{"x": "1"})
	s.close()
	s.git(bare, "update-ref", "refs/heads/main", old)
	db, err := sql.Open("sqlite", filepath.Join(s.dir, "world.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`INSERT INTO entity VALUES ('pending', ?, ?)`, s.widgets.ID,
		fmt.Sprintf(`[{"Name":"refs/heads/main","Old":%q,"New":%q}]`, old, now)); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s.open()
	if got := s.tip("main"); got != now {
		t.Errorf("main is at %s, want the acknowledged %s", got, now)
	}
	s.refsAgree()
}

// What another gave out as an id and never acknowledged must not be found by
// whoever gets the id later.
func TestAbandonedRepoLeavesNoGit(t *testing.T) {
	s := set(t, t.TempDir())
	make := func(content string, fail error) error {
		return s.w.Update(as(s.ann), func(tx *world.Tx) error {
			r, err := tx.CreateRepo(world.NewRepo{Owner: tx.UserByLogin("acme"), Name: "new", Commits: []gitstore.Commit{
				{Branch: "main", Message: content, Files: map[string]string{"f": content}}}})
			if err != nil {
				return err
			}
			if _, err := tx.Commit(r, "main"); err != nil { // has the git repository made
				return err
			}
			return fail
		})
	}
	if err := make("abandoned", errGiveUp); err != errGiveUp {
		t.Fatal(err)
	}
	if err := make("kept", nil); err != nil {
		t.Fatal(err)
	}
	s.view(func(tx *world.Tx) {
		r, _ := tx.Repo("acme", "new")
		f, err := tx.File(r, "main", "f")
		if err != nil || string(f.Content) != "kept" {
			t.Errorf("%+v, %v", f, err)
		}
	})
	s.refsAgree()
}
