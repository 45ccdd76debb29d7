// Package cmd is the command line: a file a command, flags to options, errors
// to exit statuses, and wire.go, where everything is put together.
package cmd

import (
	"context"
	"io"
	"math"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// version is set by the build (-X .../cmd.version).
var version = "devel"

// Main runs the program and returns its exit status (exit.go).
func Main(args []string, in io.Reader, out, errw io.Writer) int {
	frugal()
	return newApp(in, out, errw).run(args)
}

// run carries one command line out.
func (a *app) run(args []string) int {
	ends := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // nohup; else the terminal was closed
		ends = append(ends, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(context.Background(), ends...)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends it at once
	defer a.close()
	root := newRoot(a)
	root.SetArgs(args)
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.errw)
	help := root.HelpFunc()
	root.SetHelpFunc(func(c *cobra.Command, given []string) {
		if rest := c.Flags().Args(); len(rest) > 0 && c.HasSubCommands() && c.Args != nil && c.Args(c, rest[:1]) != nil {
			a.missing = usageError{errUnknownCommand(c, rest[0])} // "core dev nonsense --help"
			return
		}
		help(c, given)
	})
	done, err := root.ExecuteContextC(ctx)
	if err == nil && a.status == exitOK {
		err = a.missing
	}
	if lost := a.printed(); lost != nil && err == nil && a.status == exitOK {
		err = lost
	}
	if err == nil {
		return a.status
	}
	a.opt.json = a.opt.json || asksJSON(args) // a flag before it may be wrong
	return a.fail(done, err)
}

// asksJSON tells whether --json is among the arguments.
func asksJSON(args []string) bool {
	if k := slices.Index(args, "--"); k >= 0 {
		args = args[:k]
	}
	return slices.Contains(args, "--json")
}

// frugal keeps the garbage collector out of commands that end before it could
// help: below 64 MB nothing is collected. GOGC and GOMEMLIMIT, when set, hold.
func frugal() {
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetGCPercent(-1)
		debug.SetMemoryLimit(64 << 20)
	}
}

// longLived undoes frugal for what keeps running.
func longLived() {
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(math.MaxInt64)
		debug.SetGCPercent(100)
	}
}

func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:           "core",
		Short:         "Run a fleet of coding agents over many GitHub repositories",
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       version,
	}
	root.SetVersionTemplate("core {{.Version}}\n")
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return usageError{err} })
	root.AddCommand(newDev(a), newVersion(a))
	root.SetHelpCommand(newHelp(root))
	return root
}

// newHelp is the help command below a command: "core help dev epic" and "core
// dev help epic" are the same.
func newHelp(of *cobra.Command) *cobra.Command {
	return &cobra.Command{Use: "help [COMMAND]", Short: "Help about a command", RunE: func(c *cobra.Command, args []string) error {
		target, rest, err := of.Find(args)
		if dev, _, none := of.Find([]string{"dev"}); none == nil && (err != nil || len(rest) > 0) { // "core help exit"
			target, rest, err = dev.Find(args)
		}
		if err != nil || len(rest) > 0 {
			return usageError{errUnknownTopic(strings.Join(args, " "))}
		}
		return target.Help()
	}}
}

func newDev(a *app) *cobra.Command {
	dev := &cobra.Command{
		Use:     "dev",
		Version: version,
		Short:   "The fleet: inventory, epics, budget, dispatch",
		Long: `core dev keeps a fleet of coding agents busy on GitHub issues across many
repositories. Without a command it opens a screen of five live panes ("core dev keys"
lists its keys; nothing is sent before y); where there is no terminal, or with
--headless or --json, it prints the whole report: the inventory, the epics with
their phases, today's budget, and what needs a person.

Start with "core dev demo" (an embedded GitHub: no token, no network), or with
"core dev init ORG" in the folder that shall hold the fleet's files (.core/).

Everything that reads needs only --org or --repo; whatever writes needs .core/
and shows its plan first. Exit statuses are listed under "core dev exit".`,
		Example: `  core dev demo                              the main job, on the embedded GitHub
  core dev --org ORG                         report on an organisation, nothing to set up
  core dev epic 118 --repo NAME --dispatch   hand an epic's open phase to the agents`,
		Args:              noArgs,
		PersistentPreRunE: func(c *cobra.Command, args []string) error { return a.setFromEnv(c.Flags()) },
		RunE: func(c *cobra.Command, args []string) error {
			if a.wantsScreen() {
				return a.guided(c.Context())
			}
			return a.report(c.Context())
		},
	}
	a.screenFlags(dev)
	a.speedFlag(dev)
	f := dev.PersistentFlags()
	f.StringVar(&a.opt.dir, "dir", "", "folder that holds .core/ (default: searched upward from here)")
	f.BoolVar(&a.opt.demo, "demo", false, "use the embedded GitHub, with all files in .core/demo/")
	f.StringVar(&a.opt.apiURL, "api-url", "", "API to talk to: github.com, GitHub Enterprise or an embedded GitHub (default https://api.github.com)")
	f.StringVar(&a.opt.org, "org", "", "organisation; without .core/ its repositories are the fleet")
	f.StringSliceVar(&a.opt.repos, "repo", nil, "only this repository (NAME or OWNER/NAME; may be repeated)")
	f.BoolVar(&a.opt.json, "json", false, "print JSON, as described by \"core dev schema\"")
	f.BoolVar(&a.opt.headless, "headless", false, "no screen and no questions")
	f.BoolVar(&a.opt.stats, "stats", false, "afterwards print how many requests and points it took")
	f.BoolVar(&a.opt.refresh, "refresh", false, "read everything again, trusting nothing remembered")
	_ = dev.RegisterFlagCompletionFunc("repo", a.completeRepos) // it fails only for a flag that is not there
	dev.AddCommand(
		newInventory(a), newEpic(a), newWhy(a), newBudget(a), newTeam(a), newChecklist(a), newAudit(a), newOnboard(a), newWatch(a), newFix(a),
		newInit(a), newConfig(a), newDoctor(a), newDemo(a), newSchema(a), newKeys(a), newPause(a), newResume(a), newAgent(a),
		newApply(a), newUndo(a), newRecall(a), newLog(a), newTraining(a), newBenchmark(a),
		newExitHelp(), newHelp(dev),
	)
	dev.AddCommand(newSessions(a)...)
	return dev
}

// setFromEnv gives every flag that was not set its CORE_* variable:
// --api-url is CORE_API_URL.
func (a *app) setFromEnv(flags *pflag.FlagSet) error {
	var bad error
	flags.VisitAll(func(f *pflag.Flag) {
		name := "CORE_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		v, ok := a.env(name)
		if !ok || v == "" || f.Changed || f.Name == "help" || f.Name == "version" || bad != nil {
			return
		}
		if err := flags.Set(f.Name, v); err != nil {
			bad = usageError{errBadEnv(name, v, err)}
		}
	})
	return bad
}

func noArgs(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usageError{errUnknownCommand(c, args[0])}
	}
	return nil
}

// exactly demands n arguments, named in the error as the usage line names them.
func exactly(n int) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if err := cobra.ExactArgs(n)(c, args); err != nil {
			return usageError{err}
		}
		return nil
	}
}

func newVersion(a *app) *cobra.Command {
	return &cobra.Command{Use: "version", Short: "Print the version", Args: noArgs, RunE: func(c *cobra.Command, _ []string) error {
		return a.printVersion()
	}}
}
