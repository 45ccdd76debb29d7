package cmd

import (
	"github.com/spf13/cobra"
)

func newConfig(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "config",
		Short: "Effective settings and where each came from",
		Long: `Prints every setting, its value, and its origin: a flag, a CORE_* variable, a
line of config.yaml, or the default. docs/config.md says what each means.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			conf, err := a.config()
			if err != nil {
				return err
			}
			values := conf.Effective()
			if a.opt.json {
				out := configShape{Version: shapeVersion, Values: []valueShape{}}
				for _, v := range values {
					out.Values = append(out.Values, valueShape{v.Key, v.Value, v.Origin})
				}
				return a.printJSON(out)
			}
			t := a.table("KEY", "VALUE", "FROM")
			for _, v := range values {
				t.Row(v.Key, v.Value, v.Origin)
			}
			t.Flush()
			return nil
		},
	}
}
