package cmd

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/dappcore/core-dev/internal/config"
	"github.com/dappcore/core-dev/internal/github"
	"github.com/dappcore/core-dev/internal/githubsim"
	"github.com/dappcore/core-dev/internal/journal"
	"github.com/dappcore/core-dev/internal/ledger"
	"github.com/dappcore/core-dev/internal/state"
	"github.com/dappcore/core-dev/internal/terminal"
)

// options are the flags every command has.
type options struct {
	dir, apiURL, org                     string
	demo, json, headless, stats, refresh bool
	readOnly, ascii, noMouse             bool // of the screen
	theme                                string
	repos                                []string
	speed                                float64 // of the demo's time
}

// app is the program put together. What a command does not need is never
// opened: "core dev checklist" reads standard input and nothing else.
type app struct {
	in        io.Reader
	out, errw io.Writer
	env       func(string) (string, bool)
	clock     github.Clock
	opt       options
	status    int

	onTerminal bool          // out is one
	buffered   *bufio.Writer // out, where it is a file or a pipe
	file       *os.File      // behind buffered
	trail      *paperTrail   // behind out, where that is no terminal

	toldReadOnly bool // that our files may only be read
	noCache      bool // state.db may not be opened

	worked   worked      // what was last read of pull requests
	asked    askedAgents // what their own programs say was used
	lively   bool        // the demo has agents, machines and people at work
	onScreen bool        // the screen tells itself what it waits for

	reconciles  bool  // this command finds out what is reserved
	heldUnknown bool  // reservations.log is missing or damaged
	missing     error // a repository that --repo names does not exist

	folder  *config.Dir
	conf    *config.Config
	sim     *githubsim.Server // only with --demo
	simURL  string
	hub     *github.Client
	db      *state.DB
	files   *ledger.Book
	store   *journal.Store
	journal *serverJournal // of an embedded GitHub, with --stats
	close_  []func()
}

func newApp(in io.Reader, out, errw io.Writer) *app {
	a := &app{in: in, out: out, errw: errw, env: os.LookupEnv, clock: github.SystemClock{}}
	a.onTerminal = isTerminal(out)
	if !a.onTerminal {
		a.trail = &paperTrail{to: out}
		a.out = a.trail
	}
	if f, ok := out.(*os.File); ok && !a.onTerminal { // a write a line is for people
		a.file, a.buffered = f, bufio.NewWriterSize(a.trail, 64<<10)
		a.out = a.buffered
		a.later(a.flush)
	}
	return a
}

// flush lets what was printed so far be seen: before something that takes
// time, and at the end.
func (a *app) flush() {
	if a.buffered != nil {
		_ = a.buffered.Flush() // paperTrail remembers
	}
}

// now is the time everything is reckoned by.
func (a *app) now() time.Time { return a.clock.Now() }

func (a *app) close() {
	for k := len(a.close_) - 1; k >= 0; k-- {
		a.close_[k]()
	}
	a.close_ = nil
}

func (a *app) later(f func()) { a.close_ = append(a.close_, f) }

// notice tells the user something that is not an error, on standard error.
func (a *app) notice(format string, args ...any) {
	a.flush() // what was printed before stands before
	fmt.Fprintln(a.errw, "core: "+terminal.Clean(a.placed(fmt.Sprintf(format, args...))))
}

// dir finds .core/ (spec/1-domain "Files in .core/").
func (a *app) dir() (config.Dir, error) {
	if a.folder != nil {
		return *a.folder, nil
	}
	here, err := os.Getwd()
	if err != nil {
		return config.Dir{}, err
	}
	var d config.Dir
	switch {
	case a.opt.demo && a.opt.dir != "":
		at, dirErr := config.At(a.opt.dir)
		if dirErr != nil {
			return at, dirErr
		}
		d, err = config.Demo(filepath.Dir(at.Path))
	case a.opt.demo:
		d, err = config.Demo(here)
	case a.opt.dir != "":
		d, err = config.At(a.opt.dir)
	default:
		d, err = config.Find(here)
	}
	if err != nil {
		return d, err
	}
	a.folder = &d
	if _, real := a.clock.(github.SystemClock); real && a.opt.demo {
		clock := newDemoClock(d.File("clock"), a.opt.speed)
		a.clock = clock
		if clock.speed > 1 {
			a.later(clock.keep)
		}
	}
	return d, nil
}

// config reads the settings: flag, then CORE_*, then config.yaml, then default.
func (a *app) config() (*config.Config, error) {
	if a.conf != nil {
		return a.conf, nil
	}
	if a.opt.demo { // a new demo brings its settings along
		if err := a.ensureDemoFiles(); err != nil {
			return nil, err
		}
	}
	d, err := a.dir()
	if err != nil {
		return nil, err
	}
	flags := map[string]string{}
	for path, v := range map[string]string{"api_url": a.opt.apiURL, "org": a.opt.org} {
		if v != "" {
			flags[path] = v
		}
	}
	c, err := config.Load(d, config.Sources{Env: a.env, Flags: flags})
	if err != nil {
		return nil, err
	}
	a.conf = c
	return c, nil
}

// client is GitHub: the embedded one with --demo, else the one configured.
func (a *app) client(ctx context.Context) (*github.Client, error) {
	if a.hub != nil {
		return a.hub, nil
	}
	if a.opt.demo {
		if err := a.startDemo(ctx); err != nil {
			return nil, err
		}
	}
	c, err := a.config()
	if err != nil {
		return nil, err
	}
	url := c.APIURL
	switch {
	case a.opt.demo:
		url = a.simURL
	case url == "":
		url = c.Host
	}
	end, err := github.ParseEndpoint(url)
	if err != nil {
		return nil, err
	}
	var token github.Token
	if a.opt.demo {
		token = github.NewToken(a.sim.Token(a.sim.Fleet().Owner), "the demo")
	} else if token, err = github.FindToken(end, c.HostByUser()); err != nil {
		return nil, err
	}
	if a.hub, err = a.connect(end, token); err != nil {
		return nil, err
	}
	if end.Local() {
		a.startJournal(ctx, strings.TrimSuffix(end.REST.String(), "/"))
	}
	return a.hub, nil
}

// readOnly tells whether our files may only be read, once with a notice: then
// nothing is remembered from one command to the next.
func (a *app) readOnly(d config.Dir) bool {
	if !errors.Is(d.Writable(), config.ErrReadOnly) {
		return false
	}
	if !a.toldReadOnly {
		a.toldReadOnly = true
		a.notice("%s is read-only for this account: everything is read from GitHub, and nothing of it is kept", d.Path)
	}
	return true
}

// state opens state.db; nil where there is no .core/ to keep it in.
func (a *app) state() (*state.DB, error) {
	if a.db != nil {
		return a.db, nil
	}
	d, err := a.dir()
	if err != nil || !d.Exists() || a.readOnly(d) {
		return nil, err
	}
	if a.noCache {
		return nil, nil
	}
	db, aside, err := state.Open(d.File("state.db"))
	if errors.Is(err, os.ErrPermission) {
		a.noCache = true
		a.notice("%v: nothing is remembered from one command to the next", err)
		return nil, nil
	}
	if err != nil {
		return nil, hinted{err, "it holds nothing that cannot be read again from GitHub: delete it, or mend its permissions"}
	}
	if aside != "" {
		a.notice("state.db was damaged: it is kept as %s, and a new one was made", aside)
	}
	a.db = db
	a.later(func() { db.Close() })
	return db, nil
}
