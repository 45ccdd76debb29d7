//go:build conformance

// Package judges has programs that nobody here wrote use the embedded GitHub: the real gh, in the versions named by
// CORE_GH (Debian's) and CORE_GH_NEW, git and curl. It answers for the claim that they cannot tell it from GitHub, and
// that core's numbers are those that gh gives. "make conformance" sets the variables; without CORE_GH the tests fail.
package judges

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim"
)

// client is a gh program.
type client struct {
	name string // old or new
	path string
}

// clients are the gh programs to judge with.
func clients(t *testing.T) []client {
	t.Helper()
	old := os.Getenv("CORE_GH")
	if old == "" {
		t.Fatal("CORE_GH names no gh program: run the judges with make conformance")
	}
	all := []client{{"old", old}}
	if newer := os.Getenv("CORE_GH_NEW"); newer != "" {
		all = append(all, client{"new", newer})
	}
	for _, c := range all {
		out, err := exec.Command(c.path, "--version").Output()
		if err != nil {
			t.Fatalf("%s: %v", c.path, err)
		}
		t.Logf("%s: %s", c.name, strings.SplitN(string(out), "\n", 2)[0])
	}
	return all
}

// world is an embedded GitHub with the mission's fleet, served over loopback, and the environment of a person there.
type world struct {
	*testing.T
	server *githubsim.Server
	url    string
	login  string
	env    []string
	dir    string // working folder of every command
}

// serve opens a fleet that nobody has touched.
func serve(t *testing.T) *world {
	t.Helper()
	server, err := githubsim.Open(t.Context(), githubsim.Options{Fleet: "mission", Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	url, err := server.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return &world{T: t, server: server, url: url, login: server.Fleet().Owner, dir: t.TempDir()}
}

// with gives the person there a gh: what is set is all that gh needs to take the server for its GitHub.
func (w *world) with(gh client) *world {
	w.Helper()
	bin := w.TempDir()
	path, err := filepath.Abs(gh.path)
	if err == nil {
		err = os.Symlink(path, filepath.Join(bin, "gh"))
	}
	if err != nil {
		w.Fatal(err)
	}
	c := *w
	c.dir = w.TempDir()
	c.env = []string{
		"HTTP_PROXY=" + w.url, "HTTPS_PROXY=http://127.0.0.1:9", "GH_HOST=github.localhost", "GH_TOKEN=" + w.server.Token(w.login),
		"GH_CONFIG_DIR=" + w.TempDir(), "GH_PROMPT_DISABLED=1", "GH_NO_UPDATE_NOTIFIER=1",
		"PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH"), "HOME=" + c.dir, "LANG=C.UTF-8", "URL=" + w.url,
		"GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0", "GIT_AUTHOR_NAME=Judge", "GIT_AUTHOR_EMAIL=judge@example.com",
		"GIT_COMMITTER_NAME=Judge", "GIT_COMMITTER_EMAIL=judge@example.com",
	}
	return &c
}

// said is what a command printed and how it ended.
type said struct {
	out, err string
	status   int
}

// shell runs a script with bash, a minute of virtual time after whatever came before: no limit is in the way of one who
// types, and the limits are GitHub's nevertheless.
func (w *world) shell(script string, env ...string) said {
	w.Helper()
	w.server.Advance(time.Minute)
	c := exec.CommandContext(w.Context(), "bash", "-c", script)
	c.Env, c.Dir = append(append([]string{}, w.env...), env...), w.dir
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	err := c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		w.Fatalf("%s: %v", script, err)
	}
	return said{out.String(), errs.String(), c.ProcessState.ExitCode()}
}

// gets runs a script that must succeed without a word on standard error and returns what it printed.
func (w *world) gets(script string, env ...string) string {
	w.Helper()
	s := w.shell(script, env...)
	if s.status != 0 || s.err != "" {
		w.Fatalf("%s\nended with %d: %s%s", script, s.status, s.out, s.err)
	}
	return strings.TrimSuffix(s.out, "\n")
}

var builtIn string // the folder built builds in

// built is the product, built once.
var built = sync.OnceValues(func() (string, error) {
	var err error
	if builtIn, err = os.MkdirTemp("", "core-judged-"); err != nil {
		return "", err
	}
	path := filepath.Join(builtIn, "core")
	out, err := exec.Command("go", "build", "-o", path, "github.com/dappcore/core-dev/cmd/core").CombinedOutput()
	if err != nil {
		return "", errors.New(string(out))
	}
	return path, nil
})

func TestMain(m *testing.M) {
	status := m.Run()
	if builtIn != "" {
		os.RemoveAll(builtIn)
	}
	os.Exit(status)
}

// core runs the product against the server and returns what it printed.
func (w *world) core(args string) string {
	w.Helper()
	path, err := built()
	if err != nil {
		w.Fatal(err)
	}
	return w.gets(path+" dev "+args+" --org "+w.server.Fleet().Org+" --api-url "+w.url, "HTTP_PROXY=", "GITHUB_TOKEN="+w.server.Token(w.login))
}
