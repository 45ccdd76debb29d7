package githubsim

import (
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// git runs the git program without anybody's configuration.
func (p *probe) git(dir string, args ...string) (string, error) {
	c := exec.CommandContext(p.Context(), "git", args...)
	c.Dir = dir
	c.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "GIT_TERMINAL_PROMPT=0",
		"GIT_AUTHOR_NAME=t", "GIT_AUTHOR_EMAIL=t@t", "GIT_COMMITTER_NAME=t", "GIT_COMMITTER_EMAIL=t@t")
	out, err := c.CombinedOutput()
	return string(out), err
}

func (p *probe) remote(login, repo string) string {
	u, _ := url.Parse(p.url)
	if login != "" {
		u.User = url.UserPassword("x-access-token", p.s.Token(login))
	}
	return u.String() + "/" + repo + ".git"
}

func TestGitOverHTTP(t *testing.T) {
	p := opened(t, Options{Limits: unlimited()})
	dir := filepath.Join(t.TempDir(), "clone")
	run := func(in string, args ...string) string {
		t.Helper()
		out, err := p.git(in, args...)
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return out
	}
	fails := func(want, in string, args ...string) {
		t.Helper()
		out, err := p.git(in, args...)
		if err == nil || !strings.Contains(out, want) {
			t.Errorf("git %v: %v, want it to fail with %q:\n%s", args, err, want, out)
		}
	}
	run("", "clone", "-q", p.remote("", "acme/widgets"), dir)
	if got := strings.TrimSpace(run(dir, "rev-parse", "HEAD")); got != p.head("dev") {
		t.Errorf("cloned %s, dev is %s", got, p.head("dev"))
	}
	if err := os.WriteFile(filepath.Join(dir, "big.txt"), []byte(strings.Repeat("0123456789abcdef\n", 1<<17)), 0o644); err != nil {
		t.Fatal(err)
	}
	run(dir, "add", ".")
	run(dir, "commit", "-q", "-m", "big")
	pull := p.do("POST", widgets+"/pulls", object{"title": "One", "head": "feature/one", "base": "dev"}).want(201).object()
	fails("", dir, "push", "-q", "origin", "HEAD:refs/heads/dev")
	fails("Permission to acme/widgets.git denied to cat", dir, "push", "-q", p.remote("cat", "acme/widgets"), "HEAD:refs/heads/dev")
	run(dir, "push", "-q", p.remote("bob", "acme/widgets"), "HEAD:refs/heads/dev", "HEAD:refs/heads/topic")
	sha := strings.TrimSpace(run(dir, "rev-parse", "HEAD"))
	if p.head("dev") != sha || p.head("topic") != sha {
		t.Errorf("dev is %s, topic %s, pushed %s", p.head("dev"), p.head("topic"), sha)
	}
	base := p.do("GET", strings.TrimPrefix(pull["url"].(string), p.url), nil).object()["base"].(object)["ref"]
	if base != "dev" {
		t.Errorf("base %v", base)
	}
	run(dir, "push", "-q", p.remote("bob", "acme/widgets"), "-d", "topic")
	p.do("GET", widgets+"/git/ref/heads/topic", nil).want(404)
	fails("not found", "", "ls-remote", p.remote("cat", "acme/vault"))
	fails("", "", "ls-remote", p.remote("", "acme/vault"))
	run("", "ls-remote", p.remote("ann", "acme/vault"))
	fails("403", dir, "push", "-q", p.remote("ann", "acme/attic"), "HEAD:refs/heads/x")
	p.do("PATCH", widgets, object{"name": "gadgets"}).want(200)
	if out := run("", "ls-remote", p.remote("bob", "acme/widgets"), "refs/heads/dev"); !strings.Contains(out, sha) {
		t.Errorf("by its old name: %s", out)
	}
	_ = p.s.Faults().Replace("503@GET /acme/gadgets.git/info/refs#1,cut-before@GET /acme/gadgets.git/**#1")
	fails("503", "", "ls-remote", p.remote("bob", "acme/gadgets"))
	_ = p.s.Faults().Replace("cut-before@GET /acme/gadgets.git/**#1")
	fails("", "", "ls-remote", p.remote("bob", "acme/gadgets"))
	run("", "ls-remote", p.remote("bob", "acme/gadgets"))
	pushes := 0
	for _, r := range p.s.Requests().Since(0) {
		if r.Resource == resourceGit && strings.HasSuffix(r.Path, "/git-receive-pack") && len(r.Effect) > 0 {
			pushes++
			if r.Login != "bob" {
				t.Errorf("pushed by %q", r.Login)
			}
		}
	}
	if pushes != 2 {
		t.Errorf("the journal has %d pushes with an effect, want 2", pushes)
	}
	err := p.s.world.View(func(tx *world.Tx) error {
		r, _ := tx.Repo("acme", "gadgets")
		if r.Refs["refs/heads/dev"] != sha {
			t.Errorf("the world has dev at %s", r.Refs["refs/heads/dev"])
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
