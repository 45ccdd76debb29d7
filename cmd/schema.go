package cmd

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dappcore/core-dev/docs/schema"
)

func newSchema(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "schema [NAME]", Short: "Print the JSON Schema of what --json prints", Args: cobra.MaximumNArgs(1),
		ValidArgsFunction: completeShapes,
		RunE: func(c *cobra.Command, args []string) error {
			names := shapeNames()
			if len(args) == 0 {
				fmt.Fprintln(a.out, strings.Join(names, "\n"))
				return nil
			}
			raw, err := schema.Files.ReadFile(args[0] + ".json")
			if err != nil {
				return notFound{fmt.Sprintf("no shape %q: there are %s", args[0], strings.Join(names, ", "))}
			}
			_, err = a.out.Write(raw)
			return err
		},
	}
}
