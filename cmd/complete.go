package cmd

import (
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dappcore/core-dev/docs/schema"
)

// What a shell may complete comes from our own files alone: a tab asks nobody.

// shapeNames are the shapes of --json, by name.
func shapeNames() []string {
	names, _ := fs.Glob(schema.Files, "*.json") // the pattern is none that could be wrong
	for k, n := range names {
		names[k] = strings.TrimSuffix(n, ".json")
	}
	return names
}

func completeShapes(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return shapeNames(), cobra.ShellCompDirectiveNoFileComp
}

func completeFleets(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return []string{"mission", "scale:", "empty"}, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// completeRepos are the repositories of inventory.yaml.
func (a *app) completeRepos(c *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	const none = cobra.ShellCompDirectiveNoFileComp
	if a.setFromEnv(c.Flags()) != nil {
		return nil, none
	}
	d, err := a.dir()
	if err != nil || !d.Exists() { // a demo that is still to be made, too
		return nil, none
	}
	a.opt.repos = nil // what was typed so far narrows nothing
	conf, err := a.config()
	if err != nil {
		return nil, none
	}
	fl, err := a.fleet(conf)
	if err != nil {
		return nil, none
	}
	var names []string
	for _, r := range fl.Repos {
		if r.Ref.Owner == conf.Org {
			names = append(names, r.Ref.Name)
		} else {
			names = append(names, r.Ref.String())
		}
	}
	return names, none
}
