package git

import (
	"errors"
	"strings"
	"testing"
)

// TestACleanMerge is pushed with both parents, by the configured name and date.
func TestACleanMerge(t *testing.T) {
	s := newStage(t)
	root := s.commit("base", "origin/main", map[string]string{"a.txt": "one\n"})
	head := s.commit("work", root, map[string]string{"mine.txt": "new\n"})
	tip := s.commit("base", root, map[string]string{"theirs.txt": "new\n"})
	s.git(s.clone, "push", "-q", "origin", root+":refs/tags/work") // a bare name would mean either
	w := s.merge(head)
	if w.How() != "clean" || w.SHA() == "" {
		t.Fatalf("%q %q", w.SHA(), w.How())
	}
	if s.head("work") != head {
		t.Error("pushed before it was said")
	}
	if err := w.Push(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Discard(), w.Discard()); err != nil {
		t.Error(err)
	}
	if got := s.head("work"); got != w.SHA() {
		t.Fatalf("the branch stands at %s, want %s", got, w.SHA())
	}
	s.file(w.SHA(), "mine.txt")
	s.file(w.SHA(), "theirs.txt")
	if got := s.git(s.clone, "log", "-1", "--format=%P %an <%ae> %cn %at %ct", w.SHA()); got != head+" "+tip+" core dev <core@example.org> core dev 1770199200 1770199200" {
		t.Error(got)
	}
	s.clean(s.shop.Dir)
}

// TestAConflictWithoutHelp is not made.
func TestAConflictWithoutHelp(t *testing.T) {
	s := newStage(t)
	head, _ := s.conflict()
	w := s.merge(head)
	if w.SHA() != "" || !strings.Contains(w.How(), "1 file conflicts,") {
		t.Errorf("%q %q", w.SHA(), w.How())
	}
	var refused *PushError
	if err := w.Push(t.Context()); !errors.As(err, &refused) || refused.Doubtful() {
		t.Error(err)
	}
	s.clean(s.shop.Dir)
}

// TestTheCommandResolves a conflict, and git remembers how.
func TestTheCommandResolves(t *testing.T) {
	t.Setenv("GITHUB_TOKEN", "secret-of-ours")
	s := newStage(t)
	head, tip := s.conflict()
	s.program(`set -e
test "$(git status --porcelain a.txt)" = "UU a.txt"
test "$CORE_PULL $CORE_BRANCH $CORE_BASE" = "7 work base"
test "$(tr '\0' '\n' <"$CORE_CONFLICTS")" = a.txt
test "$CORE_REPO" = "` + s.repo.String() + `"
test -z "$GITHUB_TOKEN$GH_TOKEN"
! env | grep -qi -e basic -e secret -e "` + s.token + `"
printf 'both\n' >a.txt`)
	w := s.merge(head)
	if w.How() != "the command" || w.SHA() == "" {
		t.Fatalf("%q %q", w.SHA(), w.How())
	}
	if err := errors.Join(w.Push(t.Context()), w.Discard()); err != nil {
		t.Fatal(err)
	}
	if got := s.file(w.SHA(), "a.txt"); got != "both" {
		t.Errorf("pushed %q", got)
	}
	if got := s.git(s.clone, "log", "-1", "--format=%P", w.SHA()); got != head+" "+tip {
		t.Error(got)
	}
	s.clean(s.shop.Dir)

	// The same conflict again, on other commits, without the command.
	s.shop.Command = nil
	root := s.git(s.clone, "merge-base", head, tip)
	again := s.commit("work", root, map[string]string{"a.txt": "mine\n", "other.txt": "x\n"})
	w = s.merge(again)
	if w.How() != "rerere" || w.SHA() == "" {
		t.Fatalf("%q %q", w.SHA(), w.How())
	}
	if err := errors.Join(w.Push(t.Context()), w.Discard()); err != nil {
		t.Fatal(err)
	}
	if got := s.file(w.SHA(), "a.txt"); got != "both" {
		t.Errorf("rerere made %q", got)
	}
	s.clean(s.shop.Dir)
}

// TestWhatTheCommandMayNotDo: nothing of it is pushed, nor remembered.
func TestWhatTheCommandMayNotDo(t *testing.T) {
	s := newStage(t)
	head, _ := s.conflict()
	for _, c := range []struct{ name, script, want string }{
		{"fails", "echo both >a.txt; exit 3", "ended with 3"},
		{"does nothing", "true", "left a conflict as it was"},
		{"leaves markers", "echo more >>a.txt", "conflict markers"},
		{"leaves one kind of marker", "printf 'both\\n>>>>>>> theirs\\n' >a.txt", "conflict markers"},
		{"leaves markers and commits", "git commit -qam done", "conflict markers"},
		{"changes another file", "echo both >a.txt; echo more >>b.txt", "changed 1 file that was not in conflict"},
		{"deletes another file", "echo both >a.txt; rm mine.txt", "changed 1 file that was not in conflict"},
		{"leaves a new file", "echo both >a.txt; echo >junk", "changed 1 file that was not in conflict"},
		{"leaves a repository", "echo both >a.txt; git init -q sub && cd sub && git commit -q --allow-empty -m x", "changed 1 file that was not in conflict"},
		{"is killed", "kill -9 $$", "killed"},
	} {
		s.program(c.script)
		w := s.merge(head)
		if w.SHA() != "" || !strings.Contains(w.How(), c.want) {
			t.Errorf("%s: %q %q, want %q", c.name, w.SHA(), w.How(), c.want)
		}
		s.clean(s.shop.Dir)
	}
	s.shop.Command = []string{"no-such-program"}
	if w := s.merge(head); w.SHA() != "" || !strings.Contains(w.How(), "not found") {
		t.Errorf("%q %q", w.SHA(), w.How())
	}
	s.shop.Command = nil
	if w := s.merge(head); w.SHA() != "" {
		t.Errorf("something was remembered: %q", w.How())
	}
	if s.head("work") != head {
		t.Error("the branch moved")
	}
}

// TestAChoiceOfOneSide is one only where the command says so: git leaves a file
// that has no markers as it was.
func TestAChoiceOfOneSide(t *testing.T) {
	s := newStage(t)
	root := s.commit("base", "origin/main", map[string]string{"bin": "\x00one", "gone": "here\n"})
	head := s.commit("work", root, map[string]string{"bin": "\x00mine", "gone": "changed\n"})
	s.commit("base", root, map[string]string{"bin": "\x00theirs", "gone": ""})
	s.program("git rm -q gone")
	if w := s.merge(head); w.SHA() != "" || !strings.Contains(w.How(), "as it was") {
		t.Errorf("%q %q", w.SHA(), w.How())
	}
	s.program("git rm -q gone; git add bin")
	w := s.merge(head)
	if err := errors.Join(w.Push(t.Context()), w.Discard()); err != nil {
		t.Fatal(w.How(), err)
	}
	if got := s.git(s.clone, "ls-remote", "origin", "refs/heads/work"); !strings.HasPrefix(got, w.SHA()) {
		t.Error(got)
	}
	s.git(s.clone, "fetch", "-q", "origin")
	if got := s.git(s.clone, "ls-tree", "--name-only", w.SHA(), "bin", "gone"); got != "bin" {
		t.Errorf("the merge has %q", got)
	}
}

// TestAWorldThatMoved contradicts the merge: nothing is done.
func TestAWorldThatMoved(t *testing.T) {
	s := newStage(t)
	head, tip := s.conflict()
	for name, c := range map[string]struct{ branch, base, head, want string }{
		"another head":   {"work", "base", tip, "its head is"},
		"no branch":      {"none", "base", head, "its branch is gone"},
		"no base":        {"work", "none", head, "its base branch is gone"},
		"merged already": {"base", "main", tip, "merged into it already"},
	} {
		var stale *Stale
		if _, err := s.shop.Merge(t.Context(), s.repo, 7, c.branch, c.base, c.head); !errors.As(err, &stale) || !strings.Contains(stale.Why, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	s.program("echo both >a.txt")
	w := s.merge(head)
	moved := s.commit("work", head, map[string]string{"c.txt": "x\n"})
	var refused *PushError
	if err := w.Push(t.Context()); !errors.As(err, &refused) || refused.Doubtful() {
		t.Errorf("pushed over a head that moved: %v", err)
	}
	if s.head("work") != moved {
		t.Error("the head was overwritten")
	}
	s.git(s.clone, "push", "-q", "origin", ":refs/heads/work")
	if err := w.Push(t.Context()); !errors.As(err, &refused) || refused.Doubtful() {
		t.Errorf("pushed a branch that was deleted: %v", err)
	}
	if err := w.Discard(); err != nil || s.head("work") != "" {
		t.Error("the branch was made again", err)
	}
	s.clean(s.shop.Dir)
}

// TestNamesAreChecked before anything is made of them.
func TestNamesAreChecked(t *testing.T) {
	s := newStage(t)
	head, _ := s.conflict()
	for _, branch := range []string{"", "-x/", "a..b", "a b", "a\nb", "x.lock", "a//b", ".a", "a:b", "+a*", "a^", "@{1}", "@", "a\\b"} {
		if _, err := s.shop.Merge(t.Context(), s.repo, 7, branch, "base", head); err == nil {
			t.Errorf("%q is taken for a branch", branch)
		}
		if _, err := s.shop.Merge(t.Context(), s.repo, 7, "work", branch, head); err == nil {
			t.Errorf("%q is taken for a base", branch)
		}
	}
	for _, head := range []string{"", "HEAD", "--help", "-" + head[1:], head[:39]} {
		if _, err := s.shop.Merge(t.Context(), s.repo, 7, "work", "base", head); err == nil {
			t.Errorf("%q is taken for a commit", head)
		}
	}
	repo := s.repo
	for _, name := range []string{"..", ".", "", "a/b", "a b", "a\n"} {
		repo.Name = name
		if _, err := s.shop.Merge(t.Context(), repo, 7, "work", "base", head); err == nil {
			t.Errorf("%q is taken for a repository", name)
		}
	}
	s.commit("other/base", head, map[string]string{"m.txt": "x\n"})
	for _, branch := range []string{"-work/a", "--upload-pack=x", "x'$(x)", "\u00fc\u202e"} { // names that git allows
		at := s.commit(branch, head, map[string]string{"n.txt": branch + "\n"})
		w, err := s.shop.Merge(t.Context(), s.repo, 7, branch, "other/base", at)
		if err != nil {
			t.Fatalf("%q: %v", branch, err)
		}
		if err := errors.Join(w.Push(t.Context()), w.Discard()); err != nil {
			t.Errorf("%q: %v", branch, err)
		}
		if s.head(branch) != w.SHA() {
			t.Errorf("%q was not pushed", branch)
		}
	}
}
