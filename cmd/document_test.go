package cmd

import (
	"encoding/json"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dappcore/core-dev/docs/schema"
)

// docs/json.md lists every shape with its command, as the schema's title has
// it, and an example that the schema accepts.
func TestTheDocumentOfShapesIsTrue(t *testing.T) {
	raw, err := os.ReadFile("../docs/json.md")
	if err != nil {
		t.Fatal(err)
	}
	names, _ := fs.Glob(schema.Files, "*.json")
	var shapes []string
	for _, n := range names {
		shapes = append(shapes, strings.TrimSuffix(n, ".json"))
	}
	listed := map[string]string{}
	for _, m := range regexp.MustCompile("(?m)^\\| \\[(\\w+)\\]\\(#\\w+\\) \\| `([^`]+)` \\|$").FindAllStringSubmatch(string(raw), -1) {
		listed[m[1]] = m[2]
	}
	for _, name := range shapes {
		var doc struct{ Title string }
		text, _ := schema.Files.ReadFile(name + ".json")
		if err := json.Unmarshal(text, &doc); err != nil {
			t.Fatal(err)
		}
		if c := listed[name]; c == "" || !strings.HasSuffix(doc.Title, "("+c+")") {
			t.Errorf("docs/json.md says %q of the shape %s, its schema %q", c, name, doc.Title)
		}
	}
	sections := regexp.MustCompile("(?ms)^## (\\w+)\n.*?^```json\n(.*?)^```$").FindAllStringSubmatch(string(raw), -1)
	var shown []string
	for _, s := range sections {
		shown = append(shown, s[1])
		if err := validate(s[1], []byte(s[2])); err != nil {
			t.Errorf("the example of %s: %v", s[1], err)
		}
	}
	slices.Sort(shown)
	if !slices.Equal(shown, shapes) {
		t.Errorf("docs/json.md has examples of %v, there are %v", shown, shapes)
	}
}
