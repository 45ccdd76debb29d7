package config

import (
	_ "embed"
	"fmt"
	"strings"
)

//go:embed testdata/reference.md
var referenceText string

// reference writes docs/config.md: the prose of testdata/reference.md with the
// table of settings in the place it marks.
func reference() string {
	var b strings.Builder
	b.WriteString("| key | value | default | environment | meaning |\n| --- | --- | --- | --- | --- |\n")
	cell := strings.NewReplacer("|", `\|`)
	for _, k := range keyTable {
		def := "`" + k.Default + "`"
		if strings.Contains(k.Default, " ") {
			def = k.Default
		}
		path := strings.ReplaceAll(k.Path, "*", "NAME")
		fmt.Fprintf(&b, "| `%s` | %s | %s | `%s` | %s |\n", path, cell.Replace(k.Type), cell.Replace(def), Env(path), cell.Replace(k.Meaning))
	}
	return strings.Replace(referenceText, "<!-- table -->\n", b.String(), 1)
}
