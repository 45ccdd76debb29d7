package cmd

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/internal/config"
	"github.com/dappcore/core-dev/internal/githubsim"
	"github.com/dappcore/core-dev/internal/githubsim/requestlog"
)

// wholeRun tells that every script ran, so that the run can be held to floors.
var wholeRun bool

// TestScripts runs testdata/script (with the race detector some that are drawn), each script in a folder and with an
// embedded GitHub of its own. Beside testscript's commands there are:
//
//	sim FLEET [SEED]         starts the GitHub and points core at it
//	folder                   makes .core/ of the fleet's own files
//	exits N core ...         runs core and wants exit status N
//	mark                     forgets the requests so far
//	requests                 prints those since, a line each, then their number and points
//	paid FILE                the plan in FILE cost what the journal counted since the mark
//	both A -- B              runs two commands at once; what they print is in side1 and side2
//	serve FILE ARG...        core dev demo serve ARG... until it answers; FILE takes what it printed
//	fault SPEC | fault       sets the faults in force (internal/githubsim/faults)
//	cut | mend               takes the GitHub off the network and puts it back
//	token LOGIN [SCOPE...]   signs in with a new token; expired as the first scope: one that has expired
//	world ...                changes GitHub behind our back (see worldCommand)
//	meanwhile WHAT world ... does that when the next request that WHAT names has come in and had no effect yet
//	interrupt WHAT core ...  runs core and interrupts it at that point; what it prints is in side1
//	pick FILE                sets EPIC to the first epic of FILE (epic list --json) with READY children
//	valid NAME FILE          validates JSON by docs/schema/NAME.json
//	json FILE PATH [VALUE]   prints, or compares, a value of a JSON file
//	log TIME TEXT            appends "DATE TIME TEXT" to dispatch.log, of the day -1 if TIME begins so
func TestScripts(t *testing.T) {
	var mu sync.Mutex
	var faults []string
	fault := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		faults = append(faults, fmt.Sprintf(format, args...))
	}
	t.Cleanup(func() {
		for _, f := range faults {
			t.Error(f)
		}
		theReading.mu.Lock()
		defer theReading.mu.Unlock()
		for _, f := range theReading.faults {
			t.Error(f)
		}
		if c, err := theChecker(); err != nil {
			t.Error(err)
		} else {
			for _, f := range c.Faults() {
				t.Error(f)
			}
		}
		wholeRun = !t.Failed() && !filtered() && !raced
	})
	scripts, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	if all := len(scripts); raced {
		scripts = slices.DeleteFunc(scripts, func(file string) bool { return !drawn(file) })
		t.Logf("%d of %d scripts are drawn (CORE_SEED=%d repeats it)", len(scripts), all, drawing())
	}
	testscript.Run(t, testscript.Params{
		Files:              scripts,
		RequireUniqueNames: true,
		Setup: func(e *testscript.Env) error {
			s := &stage{name: filepath.Base(e.WorkDir), offset: time.Until(morning)}
			e.Values[stageKey{}] = s
			found := filepath.Join(e.WorkDir, ".output-faults")
			home := filepath.Join(e.WorkDir, "home")
			for k, v := range map[string]string{
				"HOME": home, "GH_CONFIG_DIR": filepath.Join(home, "gh"), "XDG_STATE_HOME": home,
				"GIT_CONFIG_NOSYSTEM": "1", "NO_PROXY": "*",
				"GORACE": "atexit_sleep_ms=0", // or each process waits a second as it ends
				clockEnv: s.offset.String(), faultEnv: found,
				"TODAY": morning.Format(time.DateOnly), "YESTERDAY": morning.AddDate(0, 0, -1).Format(time.DateOnly),
			} {
				e.Setenv(k, v)
			}
			e.Defer(func() {
				if s.host != nil {
					s.host.close()
				}
				if raw, err := os.ReadFile(found); err == nil {
					fault("%s: %s", s.name, raw)
				}
				for _, f := range holders(e.WorkDir, secretMark) {
					fault("%s: the file %s holds the token", s.name, f)
				}
			})
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"sim": simCommand, "folder": folderCommand, "exits": exitsCommand, "mark": markCommand,
			"requests": requestsCommand, "fault": faultCommand, "cut": cutCommand, "mend": mendCommand,
			"token": tokenCommand, "world": worldCommand, "valid": validCommand, "validlines": validLinesCommand, "json": jsonCommand, "log": logCommand,
			"both": bothCommand, "paid": paidCommand, "serve": serveCommand,
			"meanwhile": meanwhileCommand, "interrupt": interruptCommand, "pick": pickCommand,
		},
	})
}

// filtered tells whether only a part of the tests runs.
func filtered() bool {
	return flag.Lookup("test.run").Value.String() != "" || flag.Lookup("test.skip").Value.String() != ""
}

// holders are the files below dir with text in them.
func holders(dir, text string) []string {
	var out []string
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil
		}
		if raw, err := os.ReadFile(path); err == nil && strings.Contains(string(raw), text) {
			rel, _ := filepath.Rel(dir, path)
			out = append(out, rel)
		}
		return nil
	})
	return out
}

type stageKey struct{}

// stage is what one script stands on.
type stage struct {
	name   string
	offset time.Duration
	host   *host
}

func on(ts *testscript.TestScript) *stage { return ts.Value(stageKey{}).(*stage) }

func (s *stage) github(ts *testscript.TestScript) *host {
	if s.host == nil {
		ts.Fatalf("no GitHub yet: sim FLEET")
	}
	return s.host
}

func simCommand(ts *testscript.TestScript, neg bool, args []string) {
	s := on(ts)
	if s.host != nil || len(args) == 0 {
		ts.Fatalf("usage: sim FLEET [SEED], once")
	}
	seed := uint64(1)
	if len(args) > 1 {
		n, err := strconv.ParseUint(args[1], 10, 64)
		ts.Check(err)
		seed = n
	}
	var err error
	s.host, err = newHost(args[0], seed, s.offset)
	ts.Check(err)
	fl := s.host.sim.Fleet()
	ts.Setenv("CORE_API_URL", s.host.url)
	ts.Setenv(simEnv, s.host.url)
	ts.Setenv("URL", s.host.url)
	ts.Setenv("ORG", fl.Org)
	ts.Setenv("OWNER", fl.Owner)
	tokenCommand(ts, false, []string{fl.Owner, "repo", "read:org"})
}

func tokenCommand(ts *testscript.TestScript, neg bool, args []string) {
	h := on(ts).github(ts)
	var expires time.Time
	scopes := args[1:]
	if len(scopes) > 0 && scopes[0] == "expired" {
		scopes, expires = scopes[1:], morning.Add(-time.Hour)
	}
	text, err := h.token(args[0], scopes, expires)
	ts.Check(err)
	ts.Setenv("GITHUB_TOKEN", text)
}

func folderCommand(ts *testscript.TestScript, neg bool, args []string) {
	h := on(ts).github(ts)
	d, err := config.At(ts.MkAbs("."))
	ts.Check(err)
	f := h.sim.Fleet().Files
	settings := strings.Replace(string(f[config.ConfigFile]), "host: github.localhost", "host: "+strings.TrimPrefix(h.url, "http://"), 1)
	_, err = config.Init(d, config.InitOptions{Config: []byte(settings), Inventory: f[config.InventoryFile], Team: f[config.TeamFile]})
	ts.Check(err)
}

// seenStatus are the exit statuses that scripts met.
var seenStatus sync.Map

func exitsCommand(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	if err != nil || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND...")
	}
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var ended *exec.ExitError
	switch {
	case errors.As(err, &ended):
		got = ended.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	seenStatus.Store(got, true)
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

func markCommand(ts *testscript.TestScript, neg bool, args []string) {
	h := on(ts).github(ts)
	h.since = h.sim.Requests().Last()
}

func requestsCommand(ts *testscript.TestScript, neg bool, args []string) {
	points := map[string]int{}
	all := on(ts).github(ts).requests()
	for _, r := range all {
		fmt.Fprintln(ts.Stdout(), line(r))
		points[r.Resource] += r.Points
	}
	fmt.Fprintf(ts.Stdout(), "requests %d, GraphQL points %d\n", len(all), points["graphql"])
}

// paidCommand holds a plan's own figures against the journal, the look before
// the plan left out.
func paidCommand(ts *testscript.TestScript, neg bool, args []string) {
	var sent struct {
		Plans []struct{ Cost flows.Cost }
	}
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &sent))
	var want, got flows.Cost
	for _, p := range sent.Plans {
		want.Requests += p.Cost.Requests
		want.Points += p.Cost.Points
		want.Tasks += p.Cost.Tasks
	}
	for _, r := range on(ts).github(ts).requests() {
		switch r.Operation {
		case "Probe", "Fleet", "FleetDetails":
			continue
		}
		got.Requests++
		if r.Resource == "graphql" {
			got.Points += r.Points
		}
		if r.Method == "POST" && strings.HasSuffix(r.Route, "/labels") {
			got.Tasks++
		}
	}
	if got != want {
		ts.Fatalf("the plan said %+v, the journal counted %+v", want, got)
	}
}

func faultCommand(ts *testscript.TestScript, neg bool, args []string) {
	ts.Check(on(ts).github(ts).sim.Faults().Replace(strings.Join(args, " ")))
}

func cutCommand(ts *testscript.TestScript, neg bool, args []string) { on(ts).github(ts).cut() }

func mendCommand(ts *testscript.TestScript, neg bool, args []string) {
	h := on(ts).github(ts)
	ts.Check(h.serve(strings.TrimPrefix(h.url, "http://")))
}

func logCommand(ts *testscript.TestScript, neg bool, args []string) {
	day := morning
	clock, past := strings.CutPrefix(args[0], "-1:")
	if past {
		day = day.AddDate(0, 0, -1)
	}
	f, err := os.OpenFile(ts.MkAbs(".core/dispatch.log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	ts.Check(err)
	defer f.Close()
	n := 1
	if len(args) > 2 { // so many
		n, err = strconv.Atoi(args[2])
		ts.Check(err)
	}
	for range n {
		_, err = fmt.Fprintf(f, "%sT%sZ %s\n", day.Format(time.DateOnly), clock, args[1])
		ts.Check(err)
	}
}

// bothCommand runs two commands at the same time; the last line of what each
// printed is its exit status.
func bothCommand(ts *testscript.TestScript, neg bool, args []string) {
	var sides [][]string
	last := 0
	for k, a := range args {
		if a == "--" {
			sides = append(sides, args[last:k])
			last = k + 1
		}
	}
	sides = append(sides, args[last:])
	path := program(ts)
	var wg sync.WaitGroup
	for k, side := range sides {
		f, err := os.Create(ts.MkAbs("side" + strconv.Itoa(k+1)))
		ts.Check(err)
		c := exec.Command(path, side[1:]...)
		c.Env, c.Dir, c.Stdout, c.Stderr = environment(ts), ts.MkAbs("."), f, f
		ts.Check(c.Start())
		wg.Go(func() {
			defer f.Close()
			_ = c.Wait() // its status is read off the state
			fmt.Fprintf(f, "exit status %d\n", c.ProcessState.ExitCode())
		})
	}
	wg.Wait()
}

// at has something happen once, before the next request that a GraphQL
// operation or "METHOD suffix-of-route" names has its effect.
func (h *host) at(what string, do func()) {
	method, suffix, _ := strings.Cut(what, " ")
	var once sync.Once
	h.sim.OnRequest(func(at githubsim.Boundary, r requestlog.Record) {
		if at == githubsim.BeforeEffect && (r.Operation == what || r.Method == method && suffix != "" && strings.HasSuffix(r.Route, suffix)) {
			once.Do(do)
		}
	})
}

func meanwhileCommand(ts *testscript.TestScript, neg bool, args []string) {
	h := on(ts).github(ts)
	h.at(args[0], func() {
		if err := h.world(ts, args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, err) // the script misses what should have happened
		}
	})
}

// interruptCommand keeps the request waiting until the program has ended, so
// that its answer never comes and its effect comes late.
func interruptCommand(ts *testscript.TestScript, neg bool, args []string) {
	f, err := os.Create(ts.MkAbs("side1"))
	ts.Check(err)
	defer f.Close()
	c := exec.Command(program(ts), args[2:]...)
	c.Env, c.Dir, c.Stdout, c.Stderr = environment(ts), ts.MkAbs("."), f, f
	started, ended := make(chan struct{}), make(chan struct{})
	on(ts).github(ts).at(args[0], func() {
		<-started
		_ = c.Process.Signal(os.Interrupt)
		<-ended
	})
	ts.Check(c.Start())
	close(started)
	_ = c.Wait() // its status is read off the state
	close(ended)
	seenStatus.Store(c.ProcessState.ExitCode(), true)
	fmt.Fprintf(f, "exit status %d\n", c.ProcessState.ExitCode())
}

func pickCommand(ts *testscript.TestScript, neg bool, args []string) {
	var doc epicsShape
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &doc))
	for _, e := range doc.Epics {
		if e.Ready > 0 {
			ts.Setenv("EPIC", e.Ref)
			return
		}
	}
	ts.Fatalf("no epic has READY children")
}

// serveCommand serves the embedded GitHub, asks it something as its token's
// user, interrupts it, and wants it to end well.
func serveCommand(ts *testscript.TestScript, neg bool, args []string) {
	c := exec.Command(program(ts), append([]string{"dev", "demo", "serve", "--json"}, args[1:]...)...)
	c.Env, c.Dir = environment(ts), ts.MkAbs(".")
	out, err := c.StdoutPipe()
	ts.Check(err)
	ts.Check(c.Start())
	defer c.Process.Kill()
	var doc json.RawMessage
	ts.Check(json.NewDecoder(out).Decode(&doc))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), doc, 0o600))
	var at serveShape
	ts.Check(json.Unmarshal(doc, &at))
	req, err := http.NewRequest(http.MethodGet, at.URL+"/user", nil)
	ts.Check(err)
	req.Header.Set("Authorization", "token "+at.Token)
	resp, err := http.DefaultClient.Do(req)
	ts.Check(err)
	defer resp.Body.Close()
	var user struct{ Login string }
	ts.Check(json.NewDecoder(resp.Body).Decode(&user))
	if user.Login != at.Login {
		ts.Fatalf("its token is of %q, not of %q", user.Login, at.Login)
	}
	ts.Check(c.Process.Signal(os.Interrupt))
	if err := c.Wait(); err != nil {
		ts.Fatalf("interrupted, it ends with %v", err)
	}
}

// program is where core is.
func program(ts *testscript.TestScript) string {
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		p := filepath.Join(dir, "core")
		if _, err := os.Stat(p); err == nil {
			return p
		}
	}
	ts.Fatalf("no program core")
	return ""
}

func environment(ts *testscript.TestScript) []string {
	var env []string
	for _, name := range []string{"PATH", "HOME", "GH_CONFIG_DIR", "CORE_API_URL", "GITHUB_TOKEN", "NO_PROXY", "GORACE", clockEnv, simEnv, faultEnv, "TMPDIR"} {
		env = append(env, name+"="+ts.Getenv(name))
	}
	return env
}
