package proof

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dappcore/core-dev/internal/config"
	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/inventory"
)

// bench is a scene with its GitHub and its folder.
type bench struct {
	t     testing.TB
	scene scene
	host  *host
	dir   string
	env   []string
	runs  []ended // of the scene's command, in order
	demo  bool    // its GitHub is the demo's, in the folder

	patience time.Duration // how long a run may take; 0: longest

	before map[int]*spent // what the fleet's past did to the children
}

func newBench(t testing.TB, s scene) *bench {
	t.Helper()
	h := newHost(t, s)
	t.Cleanup(h.close)
	b := &bench{t: t, scene: s, host: h, dir: s.folder(t, h), patience: s.patience}
	b.env = b.environment(h.sim.Token(h.sim.Fleet().Owner))
	if s.past {
		b.before = b.all()
	}
	return b
}

func (b *bench) environment(token string) []string {
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + b.dir, "TMPDIR=" + os.TempDir(), "NO_PROXY=*",
		"GITHUB_TOKEN=" + token, "CORE_API_URL=" + b.host.url, "CORE_QUIET_PERIOD=1ms",
	}
}

// mint makes a token of the owner's, for one process alone.
func (b *bench) mint() string {
	b.t.Helper()
	token := fmt.Sprintf("ghp_%036d", minted.Add(1))
	err := b.host.sim.World().Update(world.System(), func(tx *world.Tx) error {
		_, err := tx.CreateToken(world.NewToken{Text: token, User: tx.UserByLogin(b.host.sim.Fleet().Owner), Scopes: []string{"repo", "read:org"}})
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return token
}

var minted atomic.Int64

// core is the file of that name in the folder's .core/.
func (b *bench) core(name string) string {
	d, err := config.At(b.dir)
	if err != nil {
		b.t.Fatal(err)
	}
	if b.demo {
		if d, err = config.Demo(filepath.Dir(d.Path)); err != nil {
			b.t.Fatal(err)
		}
	}
	return d.File(name)
}

// command is the shipped program with these arguments, in the folder.
func (b *bench) command(args ...string) *exec.Cmd {
	args = append([]string{"dev", "--headless", "--dir", b.dir}, args...)
	if b.demo {
		args = append(args, "--demo")
	}
	c := exec.Command(program, args...)
	c.Dir, c.Env = b.dir, b.env
	return c
}

// victim is the run that shall be killed: with a token of its own, so that
// GitHub can tell it from those that come after it.
func (b *bench) victim() (c *exec.Cmd, token string) {
	token = b.mint()
	c = b.command(b.scene.args(b.scene.first)...)
	c.Env = b.environment(token)
	return c, token
}

// gone has the host know that the victim is dead.
func (b *bench) gone(token string, e ended) {
	b.host.end(token)
	b.host.rest()
	b.host.at(nil)
	b.runs = append(b.runs, e)
}

// dispatchArgs is the dispatch of an epic's open phase, sent without asking.
func dispatchArgs(epic inventory.Ref, max int) []string {
	args := []string{"epic", strconv.Itoa(epic.Number), "--repo", epic.Repo.Name, "--dispatch", "--yes", "--json"}
	if max > 0 {
		args = append(args, "--max", strconv.Itoa(max))
	}
	return args
}

// ended is a run that is over.
type ended struct {
	status int  // -1: killed
	hung   bool // and was ended for that
	out    string
	err    string
}

func (e ended) String() string {
	return fmt.Sprintf("status %d\n%s%s", e.status, e.out, e.err)
}

// idle tells whether the program said that there is nothing to do.
func (e ended) idle() bool {
	if e.status != 0 {
		return false
	}
	var p struct {
		Plans []struct{ Steps []json.RawMessage }
	}
	if json.Unmarshal([]byte(e.out), &p) != nil {
		return false
	}
	for _, plan := range p.Plans {
		if len(plan.Steps) > 0 {
			return false
		}
	}
	return true
}

// process is a run that can be killed at any moment.
type process struct {
	cmd      *exec.Cmd
	out, err bytes.Buffer
	dead     chan struct{}
	status   int
}

func start(c *exec.Cmd) (*process, error) {
	p := &process{cmd: c, dead: make(chan struct{})}
	c.Stdout, c.Stderr = &p.out, &p.err
	if err := c.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer close(p.dead)
		_ = c.Wait() // its end is read off the state
		p.status = c.ProcessState.ExitCode()
	}()
	return p, nil
}

// kill ends the process as no program can see coming, and returns when it is gone.
func (p *process) kill() {
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		panic(err)
	}
	<-p.dead
}

// longest is how long a run may take before it counts as hanging.
const longest = 2 * time.Minute

func (p *process) wait() ended { return p.waitFor(longest) }

func (p *process) waitFor(most time.Duration) ended {
	hangs := time.AfterFunc(most, func() { _ = p.cmd.Process.Kill() })
	defer hangs.Stop()
	<-p.dead
	e := ended{status: p.status, out: p.out.String(), err: p.err.String()}
	if !hangs.Stop() {
		e.hung = true
		e.err += fmt.Sprintf("\nit was ended after %v: it hung\n", most)
	}
	return e
}

// run runs a command to its end.
func (b *bench) run(args ...string) ended {
	b.t.Helper()
	p, err := start(b.command(args...))
	if err != nil {
		b.t.Fatal(err)
	}
	if b.host != nil {
		defer b.host.rest()
	}
	return p.waitFor(cmp.Or(b.patience, longest))
}

// mostRuns bounds how often a command has to be run again.
const mostRuns = 8

// finish runs the scene's command until it says that there is nothing to do.
func (b *bench) finish() error {
	b.t.Helper()
	for range mostRuns {
		e := b.run(b.scene.args(0)...)
		b.runs = append(b.runs, e)
		if e.idle() {
			return nil
		}
	}
	return fmt.Errorf("after %d more runs it still does not say that there is nothing to do", mostRuns)
}

// story is what the runs printed, for a failure's report.
func (b *bench) story() string {
	var s strings.Builder
	for k, e := range b.runs {
		fmt.Fprintf(&s, "-- run %d: %s\n", k+1, e)
	}
	for _, name := range []string{"reservations.log", "dispatch.log", "journal/attempts.log"} {
		if raw, err := os.ReadFile(b.core(name)); err == nil {
			fmt.Fprintf(&s, "-- %s\n%s", name, raw)
		}
	}
	files, _ := filepath.Glob(b.core("journal/*.jsonl"))
	for _, f := range files {
		raw, _ := os.ReadFile(f)
		fmt.Fprintf(&s, "-- %s\n%s", filepath.Base(f), raw)
	}
	return s.String()
}
