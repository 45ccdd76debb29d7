package git

import (
	"bytes"
	"context"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim"
	"github.com/dappcore/core-dev/internal/githubsim/limits"
	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/inventory"
)

// stage is an embedded GitHub with one repository: main, and a branch work.
type stage struct {
	*testing.T
	sim   *githubsim.Server
	repo  inventory.RepoRef
	token string
	front *httptest.Server // before the embedded GitHub
	hook  atomic.Pointer[func(http.ResponseWriter, *http.Request) bool]
	clone string // of somebody else, by hand
	shop  *Shop
}

func newStage(t *testing.T) *stage {
	t.Helper()
	off := limits.Defaults()
	off.Off = true
	sim, err := githubsim.Open(t.Context(), githubsim.Options{Limits: &off})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sim.Close() })
	at, err := sim.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	info := sim.Fleet()
	s := &stage{T: t, sim: sim, repo: inventory.RepoRef{Owner: info.Org, Name: "Work.Shop"}, token: sim.Token(info.Owner)}
	err = sim.World().Update(world.System(), func(tx *world.Tx) error {
		repo, err := tx.CreateRepo(world.NewRepo{Owner: tx.UserByLogin(info.Org), Name: s.repo.Name, DefaultBranch: "main", Private: true})
		if err != nil {
			return err
		}
		_, err = tx.PutFile(repo, world.NewFile{Path: "README.md", Content: []byte("work\n")})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	to, _ := url.Parse(at)
	proxy := httputil.NewSingleHostReverseProxy(to)
	proxy.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }
	s.front = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if hook := s.hook.Load(); hook != nil && (*hook)(w, r) {
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(s.front.Close)
	s.shop = s.newShop(t.TempDir())
	s.clone = filepath.Join(t.TempDir(), "clone")
	u, _ := url.Parse(at)
	u.User = url.UserPassword("x-access-token", s.token)
	s.git("", "clone", "-q", u.String()+"/"+s.repo.String()+".git", s.clone)
	return s
}

func (s *stage) newShop(dir string) *Shop {
	return &Shop{Dir: dir, Site: s.front.URL, Token: func(context.Context) (string, error) { return s.token, nil }, Patience: 30 * time.Second,
		Name: "core dev", Email: "core@example.org", Now: func() time.Time { return time.Date(2026, 2, 4, 10, 0, 0, 0, time.UTC) }}
}

// git is the program as somebody uses it by hand.
func (s *stage) git(dir string, args ...string) string {
	s.Helper()
	c := exec.CommandContext(s.Context(), "git", args...)
	c.Dir = dir
	c.Env = append(slices.DeleteFunc(os.Environ(), func(kv string) bool { return strings.HasPrefix(kv, "GIT_") }), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "GIT_TERMINAL_PROMPT=0",
		"GIT_AUTHOR_NAME=t", "GIT_AUTHOR_EMAIL=t@t", "GIT_COMMITTER_NAME=t", "GIT_COMMITTER_EMAIL=t@t")
	out, err := c.CombinedOutput()
	if err != nil {
		s.Fatalf("git %q: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// commit pushes a commit onto a branch, which starts at from where it is new; a
// text that is empty deletes its file.
func (s *stage) commit(branch, from string, files map[string]string) string {
	s.Helper()
	s.git(s.clone, "fetch", "-q", "origin")
	s.git(s.clone, "checkout", "-q", "--detach", from)
	for path, text := range files {
		full := filepath.Join(s.clone, path)
		if text == "" {
			if err := os.Remove(full); err != nil {
				s.Fatal(err)
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			s.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			s.Fatal(err)
		}
	}
	s.git(s.clone, "add", "-A")
	s.git(s.clone, "commit", "-q", "-m", "x")
	sha := s.git(s.clone, "rev-parse", "HEAD")
	s.git(s.clone, "push", "-q", "-f", "origin", "HEAD:refs/heads/"+branch)
	s.git(s.clone, "checkout", "-q", "-f", "--detach", "origin/main") // away from what git minds
	return sha
}

// submodule pushes a commit that has one at sub.
func (s *stage) submodule(branch, from, sha string) string {
	s.Helper()
	s.git(s.clone, "checkout", "-q", "--detach", from)
	s.git(s.clone, "update-index", "--add", "--cacheinfo", "160000,"+sha+",sub")
	s.git(s.clone, "commit", "-q", "-m", "submodule")
	at := s.git(s.clone, "rev-parse", "HEAD")
	s.git(s.clone, "push", "-q", "-f", "origin", "HEAD:refs/heads/"+branch)
	s.git(s.clone, "checkout", "-q", "-f", "--detach", "origin/main")
	return at
}

// conflict makes branches base and work that conflict in a.txt, and gives the
// head of work.
func (s *stage) conflict() (head, tip string) {
	s.Helper()
	root := s.commit("base", "origin/main", map[string]string{"a.txt": "one\n", "b.txt": "same\n"})
	head = s.commit("work", root, map[string]string{"a.txt": "mine\n", "mine.txt": "new\n"})
	tip = s.commit("base", root, map[string]string{"a.txt": "theirs\n"})
	return head, tip
}

func (s *stage) head(branch string) string {
	s.Helper()
	sha, _, _ := strings.Cut(s.git(s.clone, "ls-remote", "origin", "refs/heads/"+branch), "\t")
	return sha
}

// file is what stands in a commit that was pushed.
func (s *stage) file(sha, path string) string {
	s.Helper()
	s.git(s.clone, "fetch", "-q", "origin")
	return s.git(s.clone, "show", sha+":"+path)
}

func (s *stage) merge(head string) *Work {
	s.Helper()
	w, err := s.shop.Merge(s.Context(), s.repo, 7, "work", "base", head)
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { w.Discard() })
	return w
}

// program is a shell script as the local agent.
func (s *stage) program(script string) {
	s.shop.Command = []string{"/bin/sh", "-c", script}
}

// clean checks that no worktree, lock of git's or half of anything is left, that
// nothing of a job runs, and that nothing kept on disk holds the token.
func (s *stage) clean(dir string) {
	s.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if strings.HasSuffix(path, ".lock") || strings.HasPrefix(d.Name(), "tmp_") || filepath.Base(filepath.Dir(path)) == "jobs" {
			s.Errorf("%s is left", path)
		}
		if d.Type().IsRegular() {
			s.secretless(path)
		}
		return nil
	})
	if err != nil {
		s.Fatal(err)
	}
}

func (s *stage) secretless(path string) {
	s.Helper()
	text, err := os.ReadFile(path)
	if err == nil && (bytes.Contains(text, []byte(s.token)) || bytes.Contains(text, []byte(newSecret(s.token, "").header))) {
		s.Errorf("%s holds the token", path)
	}
}
