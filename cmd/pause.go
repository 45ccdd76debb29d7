package cmd

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dappcore/core-dev/internal/config"
)

func newPause(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "pause [REASON]",
		Short: "Stop every process of this folder from writing to GitHub",
		Long: `Makes .core/PAUSE. While it exists nothing that uses this folder writes to
GitHub, running commands included: they stop before their next write.`,
		RunE: func(c *cobra.Command, args []string) error {
			d, err := a.writable()
			if err != nil {
				return err
			}
			if err := config.SetPause(d, a.now(), strings.Join(args, " ")); err != nil {
				return err
			}
			if a.opt.json {
				return a.printJSON(pauseShape{Version: shapeVersion, Paused: true})
			}
			fmt.Fprintln(a.out, a.placed("paused: nothing writes to GitHub until \"core dev resume\""))
			return nil
		},
	}
}

func newResume(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "resume", Short: "Let this folder's processes write again", Args: noArgs,
		RunE: func(c *cobra.Command, args []string) error {
			d, err := a.writable()
			if err != nil {
				return err
			}
			was, err := config.ClearPause(d)
			if err != nil {
				return err
			}
			if a.opt.json {
				return a.printJSON(pauseShape{Version: shapeVersion})
			}
			if !was {
				fmt.Fprintln(a.out, "was not paused")
				return nil
			}
			fmt.Fprintln(a.out, "resumed")
			return nil
		},
	}
}

// writable is the folder, refused where init has not made it.
func (a *app) writable() (config.Dir, error) {
	d, err := a.dir()
	if err != nil {
		return d, err
	}
	return d, d.Writable()
}

// brake is the PAUSE file as the orchestrator asks for it.
type brake struct{ dir config.Dir }

func (b brake) Paused() (bool, error) {
	_, paused, err := config.Paused(b.dir)
	return paused, err
}
