package cmd

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/dappcore/core-dev/tui"
)

// keysShape is what "core dev keys --json" prints.
type keysShape struct {
	Version int       `json:"version"`
	Keys    []tui.Key `json:"keys"`
}

func newKeys(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "keys",
		Short: "The screen's keys, as they are bound here",
		Long: `Lists the keys of the screen, where each works and what it does, with the command
that does the same. It is the table that the screen itself reads: its footer, its
help and its palette are made from it.

The setting "keys" binds them otherwise, by the names in the first column:

  keys:
    audit: [ctrl+a]
    preview-send: [Y]

Only preview-send sends anything. It may be no ctrl or alt key, and not enter.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			conf, err := a.config()
			if err != nil {
				return err
			}
			bound, err := a.screenKeys(conf)
			if err != nil {
				return err
			}
			list, err := tui.Keys(bound)
			if err != nil {
				return err
			}
			if a.opt.json {
				return a.printJSON(keysShape{shapeVersion, list})
			}
			t := a.table("NAME", "KEYS", "WHAT", "COMMAND")
			for _, k := range list {
				t.Row(k.Name, strings.Join(k.Keys, " "), k.Help, k.Command)
			}
			t.Flush()
			return nil
		},
	}
}

// screenFlags are the flags of what opens the screen.
func (a *app) screenFlags(c *cobra.Command) {
	f := c.Flags()
	f.BoolVar(&a.opt.readOnly, "read-only", false, "a screen that sends nothing")
	f.BoolVar(&a.opt.ascii, "ascii", false, "a screen of ASCII characters only")
	f.BoolVar(&a.opt.noMouse, "no-mouse", false, "a screen that leaves the mouse to the terminal")
	f.StringVar(&a.opt.theme, "theme", "", "colours of the screen: dark, light, ansi (default: as the terminal tells)")
}
