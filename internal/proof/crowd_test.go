package proof

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dappcore/core-dev/internal/config"
	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/internal/ledger"
	"github.com/dappcore/core-dev/inventory"
)

const (
	crowdChildren  = 200
	crowdEpics     = 8
	crowdPool      = 20
	crowdProcesses = 8
	crowdRuns      = 60 // of one process at the most
)

// crowd is many processes of the program on one GitHub, some of them killed.
type crowd struct {
	*bench
	size    int // children
	share   int // of the pool, a folder
	folders []string
	tokens  []string // a process each, so that GitHub can tell them apart

	mu    sync.Mutex
	marks map[string]*mark // by token
	kills int
	runs  int
}

// mark is where a process is to be killed.
type mark struct {
	victim *process
	left   int // requests until then
	at     moment
	ready  chan struct{}
}

// newCrowd makes so many folders on a repository of so many children, with a
// share of the pool each.
func newCrowd(t *testing.T, seed uint64, children, folders, share int, settings string) *crowd {
	s := epicsScene(children, crowdEpics, share)
	s.seed = seed
	s.files[config.ConfigFile] += "strategy: none\nreserve: 0\n" + settings
	c := &crowd{bench: newBench(t, s), size: children, share: share, marks: map[string]*mark{}}
	c.folders = []string{c.dir}
	for len(c.folders) < folders {
		c.folders = append(c.folders, s.folder(t, c.host))
	}
	for n := range crowdProcesses {
		token := fmt.Sprintf("ghp_%036d", n)
		owner := c.host.sim.Fleet().Owner
		if err := c.host.sim.World().Update(world.System(), func(tx *world.Tx) error {
			_, err := tx.CreateToken(world.NewToken{Text: token, User: tx.UserByLogin(owner), Scopes: []string{"repo", "read:org"}})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		c.tokens = append(c.tokens, token)
	}
	c.host.at(c.strike)
	return c
}

// strike kills the process that sent a request when its time has come.
func (c *crowd) strike(_ int, at moment, r *http.Request) bool {
	c.mu.Lock()
	m := c.marks[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
	if m == nil {
		c.mu.Unlock()
		return false
	}
	if at == beforeRequest {
		m.left--
	}
	now := m.left == 0 && at == m.at
	c.mu.Unlock()
	if !now {
		return false
	}
	<-m.ready
	m.victim.kill()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kills++
	return true
}

// work is one process that is started again and again until the pool is spent;
// draw decides what it dispatches and where it dies.
func (c *crowd) work(n int, draw *rand.Rand) {
	folder := c.folders[n%len(c.folders)]
	for range crowdRuns {
		epic := inventory.Ref{Repo: c.scene.epic.Repo, Number: c.size + 1 + draw.IntN(crowdEpics)}
		var m *mark
		if draw.IntN(4) > 0 {
			m = &mark{left: 1 + draw.IntN(20), at: moments[draw.IntN(len(moments))], ready: make(chan struct{})}
		}
		e, err := c.once(n, folder, m, dispatchArgs(epic, 1+draw.IntN(3)))
		if err != nil {
			c.t.Error(err)
			return
		}
		if full := e.status == exitExhausted && strings.Contains(e.err, "none fits"); full || e.idle() && c.childless() {
			return
		}
	}
	c.t.Logf("process %d gave up after %d runs", n+1, crowdRuns)
}

const exitExhausted = 4

func (c *crowd) once(n int, folder string, m *mark, args []string) (ended, error) {
	cmd := c.command(args...)
	cmd.Dir, cmd.Env = folder, c.environment(c.tokens[n])
	for k, a := range cmd.Args {
		if a == "--dir" {
			cmd.Args[k+1] = folder
		}
	}
	c.mu.Lock()
	c.marks[c.tokens[n]] = m
	c.runs++
	c.mu.Unlock()
	p, err := start(cmd)
	if err != nil {
		return ended{}, err
	}
	if m != nil {
		m.victim = p
		close(m.ready)
	}
	e := p.wait()
	c.mu.Lock()
	c.marks[c.tokens[n]] = nil
	c.mu.Unlock()
	return e, nil
}

// childless tells whether every child is dispatched.
func (c *crowd) childless() bool {
	n := 0
	for _, s := range c.children() {
		if s.events > 0 {
			n++
		}
	}
	return n == c.size
}

// settle runs to the end what is left, nobody killed.
func (c *crowd) settle() {
	c.host.at(nil)
	for _, folder := range c.folders {
		idle := 0
		for n := range crowdRuns {
			epic := inventory.Ref{Repo: c.scene.epic.Repo, Number: c.size + 1 + n%crowdEpics}
			e, err := c.once(0, folder, nil, dispatchArgs(epic, 1))
			if err != nil {
				c.t.Fatal(err)
			}
			if idle++; !e.idle() && e.status != exitExhausted {
				idle = 0
			}
			if idle >= crowdEpics && c.open(folder) == 0 { // each of the epics was asked
				break
			}
		}
	}
}

// open counts what a folder still holds and has not ended.
func (c *crowd) open(folder string) int {
	dir := filepath.Join(folder, config.DirName)
	book, err := ledger.Open(dir, c.scene.epic.Repo.Owner, time.Now)
	if err != nil {
		c.t.Fatal(err)
	}
	held, err := book.Held()
	if err != nil {
		c.t.Fatal(err)
	}
	journals, _ := filepath.Glob(filepath.Join(dir, "journal", "*.open.jsonl"))
	return len(held) + len(journals)
}

// lines counts a folder's dispatches.
func (c *crowd) lines(folder string) int {
	raw, _ := os.ReadFile(filepath.Join(folder, config.DirName, "dispatch.log"))
	return strings.Count(string(raw), "\n")
}

// run lets all processes loose and returns what was wrong in the end, and how
// many tasks were spent.
func (c *crowd) run(seed uint64) (v *verdict, spent int) {
	var all sync.WaitGroup
	for n := range crowdProcesses {
		all.Go(func() { c.work(n, rand.New(rand.NewPCG(seed, uint64(n)))) })
	}
	all.Wait()
	c.settle()
	v = &verdict{}
	lines := 0
	for k, folder := range c.folders {
		n := c.lines(folder)
		if n > c.share {
			v.over = append(v.over, fmt.Sprintf("folder %d wrote %d lines, its share is %d", k+1, n, c.share))
		}
		if open := c.open(folder); open > 0 {
			v.lost = append(v.lost, fmt.Sprintf("folder %d has %d reservations and journals open", k+1, open))
		}
		lines += n
	}
	for n, s := range c.children() {
		spent += s.events
		if s.events > 1 {
			v.doubled = append(v.doubled, fmt.Sprintf("#%d was paid %d times", n, s.events))
		}
		if s.comments > 1 {
			v.doubled = append(v.doubled, fmt.Sprintf("#%d has %d target comments", n, s.comments))
		}
		if len(c.folders) == 1 && s.lines != s.events {
			v.lost = append(v.lost, fmt.Sprintf("#%d has %d lines for %d payments", n, s.lines, s.events))
		}
	}
	if lines != spent {
		v.lost = append(v.lost, fmt.Sprintf("%d lines for %d payments", lines, spent))
	}
	if pool := c.share * len(c.folders); spent > pool {
		v.over = append(v.over, fmt.Sprintf("%d tasks of %d were spent", spent, pool))
	}
	return v, spent
}

func (c *crowd) report(seed uint64, v *verdict, spent int) {
	c.t.Helper()
	c.t.Logf("seed %d: %d processes on %d folders with %d tasks each, %d runs, %d killed: %d tasks spent over %d children; %d doubled, %d lost, %d over",
		seed, crowdProcesses, len(c.folders), c.share, c.runs, c.kills, spent, c.size, len(v.doubled), len(v.lost), len(v.over))
}

// TestACrowdOnOneFolder: eight processes, one folder, one pool. Killed and
// started again until it is spent, they spend exactly it.
func TestACrowdOnOneFolder(t *testing.T) {
	for seed := range seeds(1) {
		c := newCrowd(t, seed, crowdChildren, 1, crowdPool, "")
		v, spent := c.run(seed)
		c.report(seed, v, spent)
		if spent != crowdPool {
			v.lost = append(v.lost, fmt.Sprintf("%d of %d tasks were spent", spent, crowdPool))
		}
		if !v.clean() {
			t.Errorf("seed %d:\n%s%s", seed, v, c.story())
		}
	}
}

// seeds are how many random courses are run: few, or with CORE_SOAK=1 twenty.
func seeds(few uint64) uint64 {
	if soak() {
		return soakSeeds
	}
	return few
}
