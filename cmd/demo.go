package cmd

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/dappcore/core-dev/internal/config"
	"github.com/dappcore/core-dev/internal/githubsim"
	"github.com/dappcore/core-dev/internal/githubsim/people"
	"github.com/dappcore/core-dev/inventory"
)

// demoHost is the name by which the demo's ledger knows its GitHub; the port
// it answers on differs from run to run.
const demoHost = "github.localhost"

const demoFleet = "mission"

func newDemo(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "demo",
		Short: "The main job on the embedded GitHub: report, dispatch, dispatch.log",
		Long: `Runs the main job on an embedded GitHub, with no token and no network. On a
terminal it opens the screen on a fleet of 16 repositories, with agents, CI and
people at work: a audits a repository, e makes epics of its issues, d dispatches an
epic's open phase, w watches it merge and tick over to the next; each shows its plan
first, and y sends it. --speed 60 lets an hour pass in a minute. Elsewhere, or with
--headless, it prints the report, then dispatches the open phase of the first epic
with READY children. Everything is kept in .core/demo/ of this
folder; run it again and the next epic's turn has come. Any other command
works on the same fleet with --demo. With --json it prints the dispatch alone;
the report is "core dev --demo --json".`,
		Example: `  core dev demo --speed 60             the screen; an hour in a minute
  core dev demo --headless             report, then dispatch
  core dev epic list --demo            look around
  core dev demo --reset                start over
  core dev demo serve                  serve it, for gh, curl or other programs
  core dev demo serve --data .core/demo/github --fleet scale:8x60 --seed 7
                                       another fleet: stop it, and --demo goes on with that one`,
		Args: noArgs,
	}
	reset := c.Flags().Bool("reset", false, "throw .core/demo/ away first")
	a.screenFlags(c)
	a.speedFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		a.opt.demo = true
		if *reset {
			if err := a.resetDemo(); err != nil {
				return err
			}
		}
		if err := a.checkSpeed(); err != nil {
			return err
		}
		if a.wantsScreen() {
			return a.guided(c.Context())
		}
		return a.runDemo(c.Context())
	}
	c.AddCommand(newServe(a))
	return c
}

// runDemo prints the report and dispatches one epic's open phase.
func (a *app) runDemo(ctx context.Context) error {
	if err := a.refusePaused(); err != nil {
		return err
	}
	if _, err := a.settle(ctx, nil); err != nil {
		return err
	}
	l, err := a.look(ctx)
	if err != nil {
		return err
	}
	epic, ok := firstReady(&l.fleet)
	send := dispatchOptions{epic: epic, sendOptions: sendOptions{yes: true}}
	switch {
	case a.opt.json && !ok:
		return a.printJSON(newDelivery().shape)
	case a.opt.json:
		return a.dispatch(ctx, l, send)
	}
	if err := a.printReport(l); err != nil {
		return err
	}
	if !ok {
		fmt.Fprintln(a.out, "\nNothing is READY any more. Start over with: "+a.calledDemo("--reset"))
		return nil
	}
	fmt.Fprintln(a.out, "\n$ "+a.called(fmt.Sprintf("core dev epic %d --repo %s --dispatch --yes", epic.Number, epic.Repo.Name)))
	if err := a.dispatch(ctx, l, send); err != nil {
		return err
	}
	d, err := a.dir()
	if err != nil {
		return err
	}
	fmt.Fprintf(a.out, "\nLook around: %s, %s, %s\nIts files are in %s; start over with %s.\n",
		a.called("core dev epic list"), a.called("core dev budget"), a.called("core dev why REF"), d.Path, a.calledDemo("--reset"))
	return nil
}

// speedFlag lets the demo's time run faster, for commands that wait for agents.
func (a *app) speedFlag(c *cobra.Command) {
	c.Flags().Float64Var(&a.opt.speed, "speed", 1, "with --demo: seconds of the demo's time in a real one")
}

// checkSpeed refuses what no clock can run at, and another's time.
func (a *app) checkSpeed() error {
	switch s := a.opt.speed; {
	case !(s >= 1) || math.IsInf(s, 1): // NaN is neither
		return usageError{fmt.Errorf("--speed %v: give the seconds of the demo's time in a real one, from 1", s)}
	case s > 1 && !a.opt.demo:
		return usageError{errors.New("--speed goes with --demo: nobody else's time can be hurried")}
	}
	return nil
}

func firstReady(f *inventory.Fleet) (inventory.Ref, bool) {
	for k := range f.Epics {
		if len(f.Epics[k].Ready()) > 0 {
			return f.Epics[k].Ref, true
		}
	}
	return inventory.Ref{}, false
}

func (a *app) resetDemo() error {
	d, err := a.dir()
	if err != nil {
		return err
	}
	// Only a folder that this program made is thrown away.
	if _, err := os.Stat(filepath.Join(d.Path, "github")); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err := os.RemoveAll(d.Path); err != nil {
		return err
	}
	a.folder = nil
	return nil
}

// startDemo opens the embedded GitHub in process, and its .core/demo/ when it
// is new.
func (a *app) startDemo(ctx context.Context) error {
	if a.sim != nil {
		return nil
	}
	d, err := a.dir()
	if err != nil {
		return err
	}
	o := githubsim.Options{Dir: d.File("github"), Clock: a.clock}
	if err := mayServe(o.Dir); err != nil {
		return err
	}
	if blank(o.Dir) { // else it goes on with the fleet that is there
		o.Fleet, o.Seed = demoFleet, 1
	}
	if a.lively { // who moved in stays
		o.People = people.Brisk()
	}
	sim, err := openDemo(ctx, o)
	if errors.Is(err, githubsim.ErrInUse) {
		return hinted{err, "another command runs the demo: let it end" + besideWords(d)}
	}
	if err != nil {
		return err
	}
	a.later(func() { sim.Close() })
	url, err := sim.Start("127.0.0.1:0")
	if err != nil {
		return err
	}
	a.sim, a.simURL = sim, url
	// For whoever finds the folder in use; it is a courtesy, like all that is
	// said beside a lock.
	if os.WriteFile(d.File(besideFile), []byte(a.beside()+"\n"), 0o600) == nil {
		a.later(func() { _ = os.Remove(d.File(besideFile)) })
	}
	if _, err := os.Stat(d.File(config.ConfigFile)); errors.Is(err, os.ErrNotExist) {
		f := sim.Fleet().Files
		if _, err := config.Init(d, config.InitOptions{Config: f[config.ConfigFile], Inventory: f[config.InventoryFile], Team: f[config.TeamFile]}); err != nil {
			return err
		}
		a.folder, a.conf = nil, nil
	}
	return nil
}

// mayServe refuses an embedded GitHub that this account may only read: it keeps
// whatever it is asked.
func mayServe(folder string) error {
	const write = 2 // of access(2)
	for _, path := range []string{folder, filepath.Join(folder, "world.db"), filepath.Join(folder, "requests.db")} {
		if err := syscall.Access(path, write); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("%s: %w: give it back to this account with chown or chmod, or name another folder with --dir", path, config.ErrReadOnly)
		}
	}
	return nil
}

// besideFile says, while a command serves the demo, how another reaches it.
const besideFile = "beside"

// beside is how another command reaches the embedded GitHub of this one: the
// variable and the flags to be given to it.
func (a *app) beside() string {
	f := a.sim.Fleet()
	return "GITHUB_TOKEN=" + a.sim.Token(f.Owner) + " core dev epic list --org " + f.Org + " --api-url " + a.simURL
}

func besideWords(d config.Dir) string {
	raw, err := os.ReadFile(d.File(besideFile))
	if err != nil || len(raw) == 0 {
		return ""
	}
	return ", or ask it: " + strings.TrimSpace(string(raw))
}

// ensureDemoFiles makes the demo's folder for commands that read files only.
func (a *app) ensureDemoFiles() error {
	d, err := a.dir()
	if err != nil || d.Writable() == nil {
		return err
	}
	return a.startDemo(context.Background())
}

// openDemo waits a little for another command on the same demo to end.
func openDemo(ctx context.Context, o githubsim.Options) (*githubsim.Server, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	for {
		sim, err := githubsim.Open(ctx, o)
		if !errors.Is(err, githubsim.ErrInUse) {
			return sim, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(50 * time.Millisecond):
		}
	}
}
