package git

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// TestNothingOfARepositoryRuns: attributes, drivers, submodules, hooks, names, and
// what the command configured in its own git directory.
func TestNothingOfARepositoryRuns(t *testing.T) {
	s := newStage(t)
	trap := filepath.Join(t.TempDir(), "sprung")
	evil := "touch " + trap
	home := t.TempDir() // what git would read of this machine's user
	for path, text := range map[string]string{".gitconfig": "[core]\n\thooksPath = " + home + "/hooks\n[filter \"evil\"]\n\tsmudge = " + evil + "\n\tclean = " + evil +
		"\n[merge \"evil\"]\n\tdriver = " + evil + "\n[diff \"evil\"]\n\ttextconv = " + evil + "\n[credential]\n\thelper = \"!" + evil + "\"\n",
		"hooks/pre-push": "#!/bin/sh\n" + evil + "\n", "hooks/post-checkout": "#!/bin/sh\n" + evil + "\n", "hooks/pre-merge-commit": "#!/bin/sh\n" + evil + "\n"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(home, path)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(home, path), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("HOME", home)
	t.Setenv("GIT_EXTERNAL_DIFF", evil)
	t.Setenv("GIT_SSH_COMMAND", evil)
	t.Setenv("GIT_DIR", home)
	t.Setenv("GIT_CONFIG_PARAMETERS", "'core.fsmonitor="+evil+"'")
	s.git(s.clone, "config", "core.hooksPath", "/dev/null")
	root := s.commit("base", "origin/main", map[string]string{
		".gitattributes": "* filter=evil merge=evil diff=evil conflict-marker-size=3\n*.lfs filter=lfs diff=lfs merge=lfs -text\n",
		".gitmodules":    "[submodule \"x\"]\n\tpath = sub\n\turl = ext::sh -c '" + evil + "'\n",
		"a.txt":          "one\n", "big.lfs": "version https://git-lfs.github.com/spec/v1\n",
		"-rf": "x\n", "--upload-pack=" + "x": "x\n", "new\nline": "one\n", "quo\"te": "x\n", "sp ace/\u00e9\u202e": "x\n", "*": "x\n", ":(top)x": "x\n",
		".githooks/pre-push": "#!/bin/sh\n" + evil + "\n",
	})
	root = s.submodule("base", root, root)
	head := s.commit("work", root, map[string]string{"a.txt": "mine\n", "new\nline": "mine\n", "-rf": "mine\n"})
	s.commit("base", root, map[string]string{"a.txt": "theirs\n", "new\nline": "theirs\n", "-rf": "theirs\n", "*": "star\n"})
	s.program(`echo half >.git/config.new
git config filter.evil.clean '` + evil + `'; git config filter.evil.smudge '` + evil + `'; git config core.hooksPath .githooks
git config core.fsmonitor '` + evil + `'; git config merge.evil.driver '` + evil + `'; git config remote.origin.url 'ext::sh -c "` + evil + `"'
mkdir -p .git/hooks; cp .githooks/pre-push .git/hooks/pre-push; chmod +x .git/hooks/pre-push
xargs -0 -n1 sh -c 'echo both >"./$0"' <"$CORE_CONFLICTS"`)
	w := s.merge(head)
	if w.How() != "the command" {
		t.Fatalf("%q", w.How())
	}
	if err := errors.Join(w.Push(t.Context()), w.Discard()); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"-rf": "both", "new\nline": "both", "a.txt": "both", "*": "star", "big.lfs": "version https://git-lfs.github.com/spec/v1"} {
		if got := s.file(w.SHA(), path); got != want {
			t.Errorf("%q is %q, want %q", path, got, want)
		}
	}
	if got := s.git(s.clone, "ls-tree", w.SHA(), "sub"); !strings.HasPrefix(got, "160000") {
		t.Errorf("the submodule is %q", got)
	}
	if _, err := os.Stat(trap); err == nil {
		t.Error("something of the repository ran")
	}
	s.clean(s.shop.Dir)
}

// TestARepositoryThatGitRefuses is no merge, and no error that would come again
// and again.
func TestARepositoryThatGitRefuses(t *testing.T) {
	s := newStage(t)
	trap := filepath.Join(t.TempDir(), "sprung")
	root := s.commit("base", "origin/main", map[string]string{"a.txt": "one\n", ".gitmodules": "[submodule \"x\"]\n\tpath = sub\n\turl = ./x\n\tupdate = !touch " + trap + "\n"})
	root = s.submodule("base", root, root)
	head := s.commit("work", root, map[string]string{"a.txt": "mine\n"})
	s.commit("base", root, map[string]string{"a.txt": "theirs\n"})
	if w := s.merge(head); w.SHA() != "" || !strings.Contains(w.How(), "git could not merge") {
		t.Errorf("%q %q", w.SHA(), w.How())
	}
	if _, err := os.Stat(trap); err == nil {
		t.Error("something of the repository ran")
	}
	s.clean(s.shop.Dir)
}

// TestAMarkerHasOneSize: an attribute of the repository does not hide one.
func TestAMarkerHasOneSize(t *testing.T) {
	s := newStage(t)
	root := s.commit("base", "origin/main", map[string]string{".gitattributes": "* conflict-marker-size=3\n", "a.txt": "one\n"})
	head := s.commit("work", root, map[string]string{"a.txt": "mine\n"})
	s.commit("base", root, map[string]string{"a.txt": "theirs\n"})
	s.program("echo more >>a.txt")
	if w := s.merge(head); !strings.Contains(w.How(), "conflict markers") {
		t.Errorf("%q %q", w.SHA(), w.How())
	}
}

// TestASubmoduleInConflict is left alone.
func TestASubmoduleInConflict(t *testing.T) {
	s := newStage(t)
	root := s.commit("base", "origin/main", map[string]string{"a.txt": "one\n"})
	head := s.submodule("work", root, root)
	s.submodule("base", root, strings.Repeat("1", 40))
	s.program("true")
	if w := s.merge(head); w.SHA() != "" || w.How() != "a submodule conflicts" {
		t.Errorf("%q %q", w.SHA(), w.How())
	}
}

// TestALinkIsNotFollowed out of the worktree, neither by us nor for the command.
func TestALinkIsNotFollowed(t *testing.T) {
	s := newStage(t)
	outside := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(outside, []byte("theirs\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	link := func(branch, from, to string) string {
		s.git(s.clone, "fetch", "-q", "origin")
		s.git(s.clone, "checkout", "-q", "--detach", from)
		os.Remove(filepath.Join(s.clone, "l"))
		if err := os.Symlink(to, filepath.Join(s.clone, "l")); err != nil {
			t.Fatal(err)
		}
		s.git(s.clone, "add", "-A")
		s.git(s.clone, "commit", "-q", "-m", "link")
		s.git(s.clone, "push", "-q", "-f", "origin", "HEAD:refs/heads/"+branch)
		return s.git(s.clone, "rev-parse", "HEAD")
	}
	root := link("base", "origin/main", "x")
	head := link("work", root, outside)
	link("base", root, "/etc/hosts")
	s.program("rm l; ln -s ours l")
	w := s.merge(head)
	if err := errors.Join(w.Push(t.Context()), w.Discard()); err != nil {
		t.Fatal(w.How(), err)
	}
	if got := s.file(w.SHA(), "l"); got != "ours" {
		t.Errorf("the link is %q", got)
	}
	if text, _ := os.ReadFile(outside); string(text) != "theirs\n" {
		t.Errorf("the file outside is %q", text)
	}
}

// TestTheTokenIsNowhere: in no process's arguments at any moment of a job, in no
// file, in no error.
func TestTheTokenIsNowhere(t *testing.T) {
	s := newStage(t)
	head, _ := s.conflict()
	seen := filepath.Join(t.TempDir(), "cmdlines")
	s.program("cat /proc/[0-9]*/cmdline >" + seen + " 2>/dev/null; env >>" + seen + "; cat .git/config >>" + seen + "; echo both >a.txt")
	var mu sync.Mutex
	asked, with := 0, 0
	hook := func(_ http.ResponseWriter, r *http.Request) bool {
		mu.Lock()
		defer mu.Unlock()
		asked++
		if r.Header.Get("Authorization") != "" {
			with++
		}
		paths, _ := filepath.Glob("/proc/[0-9]*/cmdline")
		for _, path := range paths {
			s.secretless(path)
		}
		_ = filepath.WalkDir(s.shop.Dir, func(path string, d os.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() {
				s.secretless(path)
			}
			return nil
		})
		return false
	}
	s.hook.Store(&hook)
	w := s.merge(head)
	if err := errors.Join(w.Push(t.Context()), w.Discard()); err != nil {
		t.Fatal(w.How(), err)
	}
	mu.Lock()
	if asked < 5 || with < 5 {
		t.Errorf("%d requests were looked at, %d with a token", asked, with)
	}
	mu.Unlock()
	s.secretless(seen)

	// A server that throws the token back at us.
	back := func(w http.ResponseWriter, r *http.Request) bool {
		w.WriteHeader(http.StatusInternalServerError)
		w.Write([]byte("fatal: " + r.Header.Get("Authorization") + s.token)) //nolint:errcheck // a test's
		return true
	}
	s.hook.Store(&back)
	_, err := s.shop.Merge(t.Context(), s.repo, 7, "work", "base", head)
	if err == nil || strings.Contains(err.Error(), s.token) || strings.Contains(err.Error(), newSecret(s.token, "").header) {
		t.Error(err)
	}
	if f := (&failure{verb: "x", said: lastWord(newSecret("tok", "").hide("fatal: tok \x1b[31m\u202e x"))}); f.Error() != "git x: fatal: *** [31m x" {
		t.Errorf("%q", f.Error())
	}
	s.clean(s.shop.Dir)
}

// TestAPushInDoubt is told from one that was refused for sure.
func TestAPushInDoubt(t *testing.T) {
	s := newStage(t)
	head, _ := s.conflict()
	s.program("echo both >a.txt")
	w := s.merge(head)
	fail := func(method string, status int) {
		hook := func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method != method || !strings.Contains(r.URL.Path+r.URL.RawQuery, "git-receive-pack") {
				return false
			}
			if status == 0 {
				panic(http.ErrAbortHandler)
			}
			w.WriteHeader(status)
			return true
		}
		s.hook.Store(&hook)
	}
	for _, c := range []struct {
		method string
		status int
		doubt  bool
	}{{"GET", 0, false}, {"GET", 403, false}, {"GET", 503, false}, {"POST", 0, true}, {"POST", 502, true}} {
		fail(c.method, c.status)
		var p *PushError
		if err := w.Push(t.Context()); !errors.As(err, &p) || p.Doubtful() != c.doubt {
			t.Errorf("%s %d: %v, doubt wanted: %v", c.method, c.status, err, c.doubt)
		}
	}
	// The push lands, the answer does not.
	lost := func(rw http.ResponseWriter, r *http.Request) bool {
		if r.Method != "POST" || !strings.HasSuffix(r.URL.Path, "git-receive-pack") {
			return false
		}
		rec := &swallow{header: http.Header{}}
		s.sim.ServeHTTP(rec, r)
		panic(http.ErrAbortHandler)
	}
	s.hook.Store(&lost)
	var p *PushError
	if err := w.Push(t.Context()); !errors.As(err, &p) || !p.Doubtful() {
		t.Errorf("%v", err)
	}
	if s.head("work") != w.SHA() {
		t.Error("it did not land")
	}
	s.hook.Store(nil)
	if err := w.Discard(); err != nil {
		t.Error(err)
	}
}

type swallow struct{ header http.Header }

func (s *swallow) Header() http.Header         { return s.header }
func (s *swallow) Write(b []byte) (int, error) { return len(b), nil }
func (s *swallow) WriteHeader(int)             {}

// TestWhatTheCommandLeftRunning ends with it, and so does one that hangs.
func TestWhatTheCommandLeftRunning(t *testing.T) {
	s := newStage(t)
	head, _ := s.conflict()
	dir := t.TempDir()
	background := "sleep 1000 & echo $! >" + dir + "/a; setsid sleep 1000 & echo $! >" + dir + "/b; "
	s.program(background + "echo both >a.txt")
	w := s.merge(head)
	if w.How() != "the command" {
		t.Error(w.How())
	}
	s.program(background + "echo both >a.txt; sleep 1000")
	s.shop.Patience = 500 * time.Millisecond
	w.Discard()
	if err := os.RemoveAll(filepath.Join(s.shop.Dir, strings.ToLower(s.repo.Owner), strings.ToLower(s.repo.Name), "rr-cache")); err != nil {
		t.Fatal(err)
	}
	if w := s.merge(head); w.SHA() != "" || !strings.Contains(w.How(), "did not end within") {
		t.Errorf("%q %q", w.SHA(), w.How())
	}
	for _, e := range marked("CORE_REPO=" + s.repo.String()) {
		t.Errorf("process %d still runs", e)
	}
	s.clean(s.shop.Dir)
}

// TestFilesStayWithTheServer where it allows that, and come when they are needed.
func TestFilesStayWithTheServer(t *testing.T) {
	s := newStage(t)
	head, _ := s.conflict()
	var id int64
	_ = s.sim.World().View(func(tx *world.Tx) error {
		repo, _ := tx.Repo(s.repo.Owner, s.repo.Name)
		id = repo.ID
		return nil
	})
	dir, err := s.sim.World().GitDir(id)
	if err != nil {
		t.Fatal(err)
	}
	s.git(dir, "config", "uploadpack.allowFilter", "true")
	s.git(dir, "config", "uploadpack.allowAnySHA1InWant", "true")
	s.program("git status -s >/dev/null && git diff >/dev/null && echo both >a.txt")
	w := s.merge(head)
	if err := errors.Join(w.Push(t.Context()), w.Discard()); err != nil {
		t.Fatal(w.How(), err)
	}
	bare := filepath.Join(s.shop.Dir, strings.ToLower(s.repo.Owner), strings.ToLower(s.repo.Name), "bare.git")
	out := s.git(bare, "rev-list", "--objects", "--all", "--missing=print", "--no-object-names")
	if !strings.Contains(out, "?") {
		t.Errorf("every file was fetched:\n%s", out)
	}
	if text, _ := os.ReadFile(filepath.Join(bare, "config")); bytes.Contains(text, []byte("xtraheader")) {
		t.Errorf("%s", text)
	}
}
