package cmd

import (
	"os"
	"strings"

	"github.com/dappcore/core-dev/internal/terminal"
)

// table is a terminal.Table on the app's output; Flush prints it.
type table struct {
	*terminal.Table
	a *app
}

// table makes a table. A title that begins with # is of numbers; those in
// leasts are cut when the terminal is narrow, and if that is not enough those
// in drops go, the lowest number first. Without titles there are as many
// columns as a row needs, and no header.
func (a *app) table(titles ...string) table {
	var columns []terminal.Column
	if len(titles) == 0 {
		for range 6 {
			columns = append(columns, terminal.Column{Least: 12})
		}
	}
	for _, t := range titles {
		c := terminal.Column{Title: strings.TrimPrefix(t, "#"), Right: strings.HasPrefix(t, "#")}
		c.Least, c.Drop = leasts[c.Title], drops[c.Title]
		columns = append(columns, c)
	}
	return table{terminal.NewTable(columns...), a}
}

// A title says more than what else can be cut, and names are never cut: they
// are what one types.
var (
	leasts = map[string]int{"TITLE": 20, "BRANCH": 12, "PHASE": 12, "REPOS": 12, "EPICS": 12, "VALUE": 12}
	drops  = map[string]int{"BRANCH": 1, "LANG": 2, "PR": 3, "TIER": 4, "EPICS": 5, "FLOW": 6, "OF": 7, "SIZE": 8, "SCOPE": 9, "STEPS": 10, "TASKS": 11}
)

func (t table) Row(cells ...string) {
	row := make([]any, len(cells))
	for k, c := range cells {
		row[k] = c
	}
	t.Table.Row(row...)
}

func (t table) Flush() {
	_ = t.Table.WriteTo(t.a.out, t.a.paper())
}

// paper is what the output goes to.
func (a *app) paper() terminal.Screen {
	f, ok := a.out.(*os.File)
	if a.file != nil {
		f, ok = a.file, true
	}
	if ok {
		return terminal.Of(f, a.env)
	}
	return terminal.Screen{}
}
