package cmd

import (
	"encoding/json"
	"fmt"
)

// printJSON prints one JSON document, indented, without escaping < and >.
func (a *app) printJSON(what any) error {
	e := json.NewEncoder(a.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(what)
}

func (a *app) printVersion() error {
	_, err := fmt.Fprintln(a.out, "core "+version)
	return err
}
