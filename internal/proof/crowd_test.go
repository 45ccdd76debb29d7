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
	"github.com/dappcore/core-dev/internal/ledger"
	"github.com/dappcore/core-dev/inventory"
)

const (
	crowdChildren  = 200
	crowdEpics     = 8
	crowdPool      = 20
	crowdProcesses = 8
	crowdRuns      = 60 // of one process while processes are killed
)

// crowd is many processes of the program on one GitHub, some of them killed.
type crowd struct {
	*bench
	size    int // children
	share   int // of the pool, a folder
	folders []string

	mu    sync.Mutex
	marks map[string]*mark // by token: each run has its own
	kills int
	runs  int
}

// mark is where a process is to be killed.
type mark struct {
	victim *process
	left   int // requests until then
	at     moment
	number int // of the request, when it has come
	ready  chan struct{}
}

// newCrowd makes so many folders on a repository of so many children, with a
// share of the pool each.
func newCrowd(t *testing.T, seed uint64, children, folders, share int, settings string) *crowd {
	withinOneDay()
	s := epicsScene(children, crowdEpics, share)
	s.seed = seed
	s.files[config.ConfigFile] += "strategy: none\nreserve: 0\n" + settings
	c := &crowd{bench: newBench(t, s), size: children, share: share, marks: map[string]*mark{}}
	c.folders = []string{c.dir}
	for len(c.folders) < folders {
		c.folders = append(c.folders, s.folder(t, c.host))
	}
	c.host.at(c.strike)
	return c
}

// withinOneDay lets midnight (UTC) go by where it is near: a pool is one day's,
// and a crowd that runs into the next day has two.
func withinOneDay() {
	if left := time.Until(time.Now().UTC().Truncate(24 * time.Hour).Add(24 * time.Hour)); left < 2*time.Minute {
		time.Sleep(left + time.Second)
	}
}

// strike kills the process that sent a request when its time has come.
func (c *crowd) strike(n int, at moment, r *http.Request) bool {
	token := bearer(r)
	c.mu.Lock()
	m := c.marks[token]
	if m == nil {
		c.mu.Unlock()
		return false
	}
	if at == beforeRequest {
		if m.left--; m.left == 0 {
			m.number = n
		}
	}
	mine := m.number == n
	c.mu.Unlock()
	if mine && at == afterEffect {
		c.host.end(token)
	}
	if !mine || at != m.at {
		return false
	}
	<-m.ready
	m.victim.kill()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kills++
	return true
}

// work is one process that is started again and again, for as long as there may
// be something to do and its runs are not used up; draw decides what it
// dispatches and where it dies. What is left then is settle's.
func (c *crowd) work(n int, draw *rand.Rand) {
	folder := c.folders[n%len(c.folders)]
	for range crowdRuns {
		epic := c.epic(draw.IntN(crowdEpics))
		var m *mark
		if draw.IntN(4) > 0 {
			m = &mark{left: 1 + draw.IntN(20), at: moments[draw.IntN(len(moments))], ready: make(chan struct{})}
		}
		e, err := c.once(folder, m, dispatchArgs(epic, 1+draw.IntN(3)))
		if err != nil {
			c.t.Error(err)
			return
		}
		if e.full() || e.idle() && c.childless() {
			return
		}
	}
}

// epic is the n-th of them, from 0: they come after the children.
func (c *crowd) epic(n int) inventory.Ref {
	return inventory.Ref{Repo: c.scene.epic.Repo, Number: c.size + 1 + n}
}

const exitExhausted = 4

// full tells that the program found no room for another task.
func (e ended) full() bool { return e.status == exitExhausted && strings.Contains(e.err, "none fits") }

func (c *crowd) once(folder string, m *mark, args []string) (ended, error) {
	token := c.mint()
	cmd := c.command(args...)
	cmd.Dir, cmd.Env = folder, c.environment(token)
	for k, a := range cmd.Args {
		if a == "--dir" {
			cmd.Args[k+1] = folder
		}
	}
	c.mu.Lock()
	c.marks[token] = m
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
	c.host.end(token)
	if e.hung {
		err = fmt.Errorf("a run hung: %s", e)
	}
	return e, err
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

// settle runs to the end what is left, nobody killed: every epic in every
// folder, round by round, until a round changes nothing any more, at GitHub or
// in a folder. What is undone then stays undone.
func (c *crowd) settle() {
	for was, now := "", c.standing(); was != now; {
		for _, folder := range c.folders {
			for n := range crowdEpics {
				if _, err := c.once(folder, nil, dispatchArgs(c.epic(n), 0)); err != nil {
					c.t.Fatal(err)
				}
			}
		}
		was, now = now, c.standing()
	}
}

// standing is how far the crowd has come.
func (c *crowd) standing() string {
	c.host.rest()
	s := fmt.Sprint(c.host.writes(), " writes")
	for _, folder := range c.folders {
		s += fmt.Sprint(", ", c.lines(folder), " lines, ", c.open(folder), " open")
	}
	return s
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
	t.Parallel()
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
