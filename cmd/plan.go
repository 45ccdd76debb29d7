package cmd

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
)

// planNamed is the plan that an argument names, by its id or by what begins or
// ends only one; empty without an argument. What names none is left to whoever
// looks for it.
func (a *app) planNamed(args []string) (string, error) {
	if len(args) == 0 {
		return "", nil
	}
	d, err := a.dir()
	if err != nil || !d.Exists() {
		return args[0], err
	}
	ids, err := a.plans(d.File(journalFolder)).IDs()
	if err != nil || args[0] == "" || slices.Contains(ids, args[0]) {
		return args[0], err
	}
	var found []string
	for _, id := range ids {
		if strings.HasPrefix(id, args[0]) || strings.HasSuffix(id, args[0]) {
			found = append(found, id)
		}
	}
	switch len(found) {
	case 0:
		return args[0], nil
	case 1:
		return found[0], nil
	}
	more := ""
	if len(found) > 3 {
		more = fmt.Sprintf(" and %d more", len(found)-3)
	}
	return "", usageError{fmt.Errorf("%q names %d plans: %s%s", args[0], len(found), strings.Join(found[:min(len(found), 3)], ", "), more)}
}

// completePlans are the plans of the journal, the newest first.
func (a *app) completePlans(c *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	const none = cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
	if len(args) > 0 || a.setFromEnv(c.Flags()) != nil {
		return nil, none
	}
	d, err := a.dir()
	if err != nil || !d.Exists() {
		return nil, none
	}
	ids, err := a.plans(d.File(journalFolder)).IDs()
	if err != nil {
		return nil, none
	}
	slices.Reverse(ids)
	return ids[:min(len(ids), someplans)], none
}

// completeEpics are the epics of the last look, from our own files.
func (a *app) completeEpics(c *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	const none = cobra.ShellCompDirectiveNoFileComp
	if len(args) > 0 || a.setFromEnv(c.Flags()) != nil {
		return nil, none
	}
	if d, err := a.dir(); err != nil || !d.Exists() { // a demo that is still to be made, too
		return nil, none
	}
	only := a.opt.repos
	a.opt.repos = nil
	l, err := a.remembered()
	if err != nil || l == nil {
		return nil, none
	}
	var out []string
	for k := range l.fleet.Epics {
		e := &l.fleet.Epics[k]
		name := a.repoName(l, e.Ref.Repo)
		switch {
		case len(only) == 0:
			out = append(out, fmt.Sprintf("%s#%d", name, e.Ref.Number))
		case slices.Contains(only, name) || slices.Contains(only, e.Ref.Repo.String()):
			out = append(out, strconv.Itoa(e.Ref.Number))
		}
	}
	return out, none
}

// completeNothing keeps a shell from offering files where none is meant.
func completeNothing(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveNoFileComp
}
