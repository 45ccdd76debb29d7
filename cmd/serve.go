package cmd

import (
	"errors"
	"fmt"
	"math"
	"net"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dappcore/core-dev/internal/githubsim"
	"github.com/dappcore/core-dev/internal/githubsim/faults"
	"github.com/dappcore/core-dev/internal/githubsim/people"
	"github.com/dappcore/core-dev/internal/githubsim/seed"
)

func newServe(a *app) *cobra.Command {
	var (
		addr, dir, fleet, fault, who string
		from                         uint64
		speed                        float64
		latency                      time.Duration
	)
	c := &cobra.Command{
		Use:   "serve",
		Short: "Serve the embedded GitHub until interrupted",
		Long: `Serves the embedded GitHub and prints its URL and a token. Any program that
speaks GitHub's REST or GraphQL API or git can use it:

  core dev --api-url URL --org ORG       (with GITHUB_TOKEN set to the token)
  curl -H "Authorization: token TOKEN" URL/user
  HTTP_PROXY=URL GH_HOST=github.localhost GH_TOKEN=TOKEN gh issue list --repo OWNER/NAME
  git clone URL/OWNER/NAME.git           (user name: anything, password: the token)

State is kept in --data and survives a restart; without --data it is gone with
the process. See docs/embedded-github.md for fleets, faults and the journal.`,
		Args: noArgs,
	}
	f := c.Flags()
	f.StringVar(&addr, "addr", "127.0.0.1:0", "address to listen on; port 0 takes a free one")
	f.StringVar(&dir, "data", "", "folder for its state (default: memory, gone with the process)")
	f.StringVar(&fleet, "fleet", "", "mission, scale:REPOSxISSUES or empty (default mission, or what --data holds)")
	_ = c.RegisterFlagCompletionFunc("fleet", completeFleets) // it fails only for a flag that is not there
	f.Uint64Var(&from, "seed", 1, "what everything drawn by chance is drawn from")
	f.Float64Var(&speed, "speed", 1, "virtual seconds a real second")
	f.DurationVar(&latency, "latency", 0, "real time every answer takes longer, such as 80ms")
	f.StringVar(&who, "people", "", "who lives there: "+strings.Join(people.Names(), ", ")+" (default none, or what --data holds)")
	_ = c.RegisterFlagCompletionFunc("people", cobra.FixedCompletions(people.Names(), cobra.ShellCompDirectiveNoFileComp))
	f.StringVar(&fault, "fault", "", "faults to inject, such as '503@POST /repos/*/*/issues/*/comments#2'")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if _, port, err := net.SplitHostPort(addr); err != nil {
			return usageError{fmt.Errorf("--addr: %w", err)}
		} else if _, err := net.LookupPort("tcp", port); err != nil {
			return usageError{fmt.Errorf("--addr: %w", err)}
		}
		if !(speed > 0) || math.IsInf(speed, 1) { // NaN is neither
			return usageError{fmt.Errorf("--speed %v: give the virtual seconds of a real one, more than 0", speed)}
		}
		if latency < 0 {
			return usageError{fmt.Errorf("--latency %s: no answer comes before it was asked for", latency)}
		}
		if fleet != "" {
			if err := seed.Check(fleet); err != nil {
				return usageError{fmt.Errorf("--fleet: %w", err)}
			}
		}
		if _, err := faults.Parse(fault); err != nil {
			return usageError{fmt.Errorf("--fault: %w", err)}
		}
		var manners people.Manners
		if who != "" {
			var err error
			if manners, err = people.Named(who); err != nil {
				return usageError{fmt.Errorf("--people: %w", err)}
			}
		}
		if fleet == "" && (dir == "" || blank(dir)) {
			fleet = demoFleet
		}
		longLived()
		sim, err := githubsim.Open(c.Context(), githubsim.Options{Dir: dir, Fleet: fleet, Seed: from, Speed: speed, Latency: latency, Faults: fault, People: manners})
		if err != nil {
			return err
		}
		defer sim.Close()
		url, err := sim.Start(addr)
		if err != nil {
			return err
		}
		fl := sim.Fleet()
		if a.opt.json {
			if err := a.printJSON(serveShape{shapeVersion, url, fl.Owner, sim.Token(fl.Owner), fl.Org, fl.Repos}); err != nil {
				return err
			}
		} else {
			fmt.Fprintf(a.out, "url    %s\ntoken  %s   (%s)\norg    %s, %s\n\nctrl-c stops it.\n", url, sim.Token(fl.Owner), fl.Owner, fl.Org, repositories(len(fl.Repos)))
		}
		a.flush()
		<-c.Context().Done()
		return nil
	}
	return c
}

// blank tells whether a folder holds nothing yet.
func blank(dir string) bool {
	names, err := os.ReadDir(dir)
	return errors.Is(err, os.ErrNotExist) || err == nil && len(names) == 0
}

type serveShape struct {
	Version int      `json:"version"`
	URL     string   `json:"url"`
	Login   string   `json:"login"`
	Token   string   `json:"token"`
	Org     string   `json:"org"`
	Repos   []string `json:"repos"`
}
