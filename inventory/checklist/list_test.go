package checklist

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the expected results anew; read the difference before keeping it")

// TestBodies compares each testdata/NAME.md with NAME.json. The items there are
// what cmark-gfm renders, which the tests tagged "conformance" verify.
func TestBodies(t *testing.T) {
	bodies, err := filepath.Glob("testdata/*.md")
	if err != nil || len(bodies) < 40 {
		t.Fatalf("%d bodies, %v", len(bodies), err)
	}
	for _, name := range bodies {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".md"), func(t *testing.T) {
			body, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			got, err := json.MarshalIndent(Parse(body), "", " ")
			if err != nil {
				t.Fatal(err)
			}
			golden := strings.TrimSuffix(name, ".md") + ".json"
			if *update {
				if err := os.WriteFile(golden, append(got, '\n'), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.TrimSpace(string(want)), string(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestJSONHasNoNullLists(t *testing.T) {
	got, err := json.Marshal(Parse(nil))
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"items":0,"checked":0,"children":[],"phases":[]}`; string(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
	got, err = json.Marshal(Parse([]byte("## Wave 2\n- [x] a/b#7 t\n## Docs\n- [ ] #8\n")))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"items":2,"checked":1,"children":[` +
		`{"ref":"a/b#7","owner":"a","repo":"b","number":7,"checked":true,"phase":"Wave 2","line":2,"offset":13},` +
		`{"ref":"#8","owner":"","repo":"","number":8,"checked":false,"phase":"Docs","line":4,"offset":35}],` +
		`"phases":[{"name":"Wave 2","ordinal":2,"total":1,"done":1},{"name":"Docs","ordinal":null,"total":1,"done":0}]}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestTextIsTheItemWithoutItsReference(t *testing.T) {
	for item, want := range map[string]string{
		"#12 - Add the `parser` (PR #40)":  "Add the parser (PR #40)",
		"**#12**: *Add* it":                "Add it",
		"Add it (#12)":                     "Add it",
		"Add it (closes #12)":              "Add it",
		"Closes #12":                       "",
		"Add it\n  and that: a/b#12":       "Add it and that",
		"[#12 Add it](https://x.example/)": "Add it",
		"#12 a\x00b\xff":                   "a\ufffdb\ufffd",
	} {
		list := Parse([]byte("- [ ] " + item))
		if len(list.Children) != 1 || list.Children[0].Text != want {
			t.Errorf("%q: %+v, want the text %q", item, list.Children, want)
		}
	}
}

func TestLongTextIsReadAtItsStartOnly(t *testing.T) {
	long := strings.Repeat("wörd ", longest)
	list := Parse([]byte("- [ ] #1 " + long + "\n- [ ] " + long + "#2\n"))
	if len(list.Children) != 1 || list.Children[0].Number != 1 || list.Items != 2 {
		t.Errorf("children %+v of %d items, want #1 of 2", list.Children, list.Items)
	}
}
