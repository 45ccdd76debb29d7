package gitstore_test

import (
	"errors"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/gitstore"
)

var when = time.Date(2026, 2, 4, 10, 0, 0, 0, time.UTC)

func commit(parents []string, message string, files map[string]string) gitstore.Commit {
	return gitstore.Commit{Parents: parents, Message: message, Files: files,
		Author: gitstore.Person{Name: "Ann <a>", Email: "a@x\n", When: when}}
}

// repo makes a repository from a draft of these commits, each the parent of the next.
func repo(t *testing.T, commits ...gitstore.Commit) (*gitstore.Repo, []string) {
	t.Helper()
	d, err := gitstore.NewDraft(nil)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, c := range commits {
		if len(ids) > 0 && c.Parents == nil {
			c.Parents = ids[len(ids)-1:]
		}
		id, err := d.Add(c)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	r, err := gitstore.New(t.TempDir()).Make(7, func() (*gitstore.Draft, error) { return d, nil }, "main",
		map[string]string{"refs/heads/main": ids[len(ids)-1]})
	if err != nil {
		t.Fatal(err)
	}
	return r, ids
}

func git(t *testing.T, r *gitstore.Repo, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", append([]string{"--git-dir=" + r.Dir()}, args...)...)
	cmd.Env = gitstore.Env()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// Git itself must find in order what the draft computed.
func TestDraftIsWhatGitReads(t *testing.T) {
	remove := commit(nil, "three", map[string]string{"z": "3\n"})
	remove.Remove = []string{"lib.go"}
	r, ids := repo(t,
		commit(nil, "one\n\nwith a body\n", map[string]string{"lib/a.go": "1\n", "lib-x": "2\n", "lib.go": "3\n", "lib/deep/b": "\x00\xff"}),
		commit(nil, "two", map[string]string{"lib/a.go": "changed\n"}), remove)
	git(t, r, "fsck", "--strict")
	if got := git(t, r, "ls-tree", "-r", "--name-only", "main"); got != "lib-x\nlib/a.go\nlib/deep/b\nz" {
		t.Errorf("files: %q", got)
	}
	if got := git(t, r, "log", "--format=%H %an %ae %at %s", "main"); got != strings.Join([]string{
		ids[2] + " Ann a a@x 1770199200 three", ids[1] + " Ann a a@x 1770199200 two", ids[0] + " Ann a a@x 1770199200 one"}, "\n") {
		t.Errorf("history:\n%s", got)
	}
	c, err := r.Commit(ids[0])
	if err != nil || c.Message != "one\n\nwith a body" || !c.Author.When.Equal(when) {
		t.Errorf("read back: %+v, %v", c, err)
	}
}

// The same commit has the same id, whichever way it is made, and is read the
// same way from a pack.
func TestDraftAndRepositoryAgree(t *testing.T) {
	first := commit(nil, "one", map[string]string{"x/y/z": "1", "a": "2"})
	second := commit(nil, "two", map[string]string{"x/w": "3"})
	second.Remove = []string{"x/y/z", "a"}
	_, ids := repo(t, first, second)
	r, _ := repo(t, first)
	second.Parents = ids[:1]
	got, err := r.AddCommit(second)
	if err != nil || got != ids[1] {
		t.Fatalf("made in the repository: %s, %v; in a draft: %s", got, err, ids[1])
	}
	git(t, r, "update-ref", "refs/heads/main", got)
	before, err := r.Tree(got, "x")
	if err != nil || len(before) != 1 || before[0].Name != "w" || before[0].Size != 1 {
		t.Fatalf("tree: %+v, %v", before, err)
	}
	git(t, r, "repack", "-adq")
	f, err := r.File(got, "x/w")
	if err != nil || string(f.Content) != "3" {
		t.Errorf("from a pack: %+v, %v", f, err)
	}
	for _, path := range []string{"x", "x/w/v", "absent"} {
		if _, err := r.File(got, path); !errors.Is(err, gitstore.ErrNotFound) {
			t.Errorf("file %s: %v", path, err)
		}
	}
	if _, err := r.Commit(strings.Repeat("1", 40)); !errors.Is(err, gitstore.ErrNotFound) {
		t.Errorf("absent commit: %v", err)
	}
}

func TestMergeAndRebase(t *testing.T) {
	lines := func(change map[int]string) string {
		var b strings.Builder
		for i := range 9 {
			if s, ok := change[i]; ok {
				b.WriteString(s + "\n")
			} else {
				b.WriteString("line\n")
			}
		}
		return b.String()
	}
	r, ids := repo(t, commit(nil, "base", map[string]string{"f": lines(nil)}), commit(nil, "ours", map[string]string{"f": lines(map[int]string{0: "ours"})}))
	add := func(parent, content string) string {
		id, err := r.AddCommit(commit([]string{parent}, "theirs", map[string]string{"f": content}))
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	apart := add(ids[0], lines(map[int]string{8: "theirs"}))
	clash := add(ids[0], lines(map[int]string{0: "theirs"}))
	tree, err := r.MergeTree(ids[1], apart)
	if err != nil {
		t.Fatal(err)
	}
	if got := git(t, r, "cat-file", "-p", tree+":f"); got != strings.TrimSpace(lines(map[int]string{0: "ours", 8: "theirs"})) {
		t.Errorf("merged:\n%s", got)
	}
	if _, err := r.MergeTree(ids[1], clash); !errors.Is(err, gitstore.ErrConflict) {
		t.Errorf("conflict: %v", err)
	}
	tip, err := r.Rebase(ids[1], apart, gitstore.Person{Name: "B", Email: "b@x", When: when})
	if err != nil {
		t.Fatal(err)
	}
	if c, err := r.Commit(tip); err != nil || !slices.Equal(c.Parents, ids[1:]) || c.Tree != tree || c.Author.Name != "Ann a" {
		t.Errorf("rebased: %+v, %v", c, err)
	}
	if _, err := r.Rebase(ids[1], clash, gitstore.Person{}); !errors.Is(err, gitstore.ErrConflict) {
		t.Errorf("rebase of a conflict: %v", err)
	}
}

func TestReferenceTransactions(t *testing.T) {
	r, ids := repo(t, commit(nil, "one", map[string]string{"a": "1"}), commit(nil, "two", map[string]string{"a": "2"}))
	good := []gitstore.RefUpdate{{Name: "refs/heads/main", Old: ids[1], New: ids[0]}, {Name: "refs/heads/x/y", New: ids[1]}}
	moved, err := r.Prepare(good)
	if err != nil {
		t.Fatal(err)
	}
	moved.Abort()
	want := map[string]string{"refs/heads/main": ids[1]}
	if refs, err := r.Refs(); err != nil || !maps.Equal(refs, want) {
		t.Errorf("after an abort: %v, %v", refs, err)
	}
	for _, bad := range [][]gitstore.RefUpdate{
		{{Name: "refs/heads/new", New: ids[0]}, {Name: "refs/heads/main", Old: ids[0], New: ids[1]}},
		{{Name: "refs/heads/main", New: ids[0]}},
		{{Name: "refs/heads/absent", Old: ids[0]}},
	} {
		if _, err := r.Prepare(bad); !errors.Is(err, gitstore.ErrMoved) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	if err := r.Apply(append(good, gitstore.RefUpdate{Name: "refs/heads/absent", Old: ids[0], New: ids[1]})); err != nil {
		t.Fatal(err)
	}
	want = map[string]string{"refs/heads/main": ids[0], "refs/heads/x/y": ids[1]}
	if refs, err := r.Refs(); err != nil || !maps.Equal(refs, want) {
		t.Errorf("after applying: %v, %v", refs, err)
	}
}

func TestDiff(t *testing.T) {
	long := strings.Repeat("same\n", 50)
	change := commit(nil, "two", map[string]string{"changed": "1\n3\n4\n", "new": "n\n", "moved/to": long, "bin": "\x00\x02"})
	change.Remove = []string{"gone", "moved-from"}
	r, ids := repo(t, commit(nil, "one", map[string]string{"changed": "1\n2\n", "gone": "g\n", "moved-from": long, "bin": "\x00\x01"}), change)
	list, err := r.Diff(ids[0], ids[1], true)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]gitstore.FileChange{}
	for _, f := range list {
		got[f.Path] = f
	}
	if f := got["changed"]; f.Status != "modified" || f.Additions != 2 || f.Deletions != 1 || !strings.HasPrefix(f.Patch, "@@ -1,2 +1,3 @@") {
		t.Errorf("changed: %+v", f)
	}
	if f := got["moved/to"]; f.Status != "renamed" || f.OldPath != "moved-from" || f.Additions != 0 {
		t.Errorf("moved: %+v", f)
	}
	if got["new"].Status != "added" || got["gone"].Status != "removed" || got["bin"].Patch != "" || len(got) != 5 {
		t.Errorf("changes: %+v", list)
	}
}

// CheckRef must agree with git check-ref-format.
func FuzzCheckRef(f *testing.F) {
	for _, name := range []string{"refs/heads/main", "refs/heads/a..b", "refs/heads/.a", "refs/heads/a.lock", "refs/heads/a.lock/b", "refs/heads/@", "@", "refs/heads/a@{b",
		"refs/heads/ä", "refs/heads/a b", "refs/heads/a\x7f", "refs//a", "/refs/a", "refs/heads/", "refs/heads/a.", "a", "refs/heads/-x", "refs/heads/a:b", "refs/heads/a\\b"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if strings.ContainsRune(name, 0) || name == "" || name[0] == '-' {
			t.Skip("not an argument of a program, or an option")
		}
		err := exec.Command("git", "check-ref-format", name).Run()
		if got := gitstore.CheckRef(name); got != (err == nil) {
			t.Errorf("%q: %v, git says %v", name, got, err == nil)
		}
	})
}

func TestCheckPath(t *testing.T) {
	for path, want := range map[string]bool{"a": true, "a/b.c": true, ".github/x": true, "": false, "/a": false, "a/": false, "a//b": false,
		"../a": false, "a/../b": false, ".": false, ".git/config": false, "x/.GIT/y": false, "a\x00b": false} {
		if got := gitstore.CheckPath(path) == nil; got != want {
			t.Errorf("%q: %v, want %v", path, got, want)
		}
	}
}
