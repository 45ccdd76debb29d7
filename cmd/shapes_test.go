package cmd

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/dappcore/core-dev/budget/forecast"
	"github.com/dappcore/core-dev/budget/plan"
	"github.com/dappcore/core-dev/docs/schema"
	"github.com/dappcore/core-dev/inventory"
)

// theShapes are the compiled schemas of docs/schema, by name.
var theShapes = sync.OnceValues(func() (map[string]*jsonschema.Schema, error) {
	names, err := fs.Glob(schema.Files, "*.json")
	if err != nil {
		return nil, err
	}
	out := map[string]*jsonschema.Schema{}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	for _, n := range names {
		raw, err := schema.Files.ReadFile(n)
		if err != nil {
			return nil, err
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", n, err)
		}
		if err := c.AddResource(n, doc); err != nil {
			return nil, err
		}
		if out[strings.TrimSuffix(n, ".json")], err = c.Compile(n); err != nil {
			return nil, fmt.Errorf("%s: %w", n, err)
		}
	}
	return out, nil
})

// judged are the shapes that scripts printed and a schema accepted in this run.
var judged sync.Map

// validate holds a document against the schema of that name: one JSON value,
// nothing after it.
func validate(name string, text []byte) error {
	all, err := theShapes()
	if err != nil {
		return err
	}
	s := all[name]
	if s == nil {
		return fmt.Errorf("docs/schema has no %s.json", name)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("not one JSON document: %w\n%s", err, text)
	}
	return s.Validate(doc)
}

func validCommand(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: valid NAME FILE")
	}
	err := validate(args[0], []byte(ts.ReadFile(args[1])))
	if err == nil {
		judged.Store(args[0], true)
	}
	if neg != (err != nil) {
		ts.Fatalf("%s by the schema %s: %v", args[1], args[0], err)
	}
}

// validLinesCommand holds every line of a file against a schema; there is one at
// least.
func validLinesCommand(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 || neg {
		ts.Fatalf("usage: validlines NAME FILE")
	}
	lines := strings.Split(strings.TrimSpace(ts.ReadFile(args[1])), "\n")
	for k, l := range lines {
		if err := validate(args[0], []byte(l)); err != nil {
			ts.Fatalf("%s:%d by the schema %s: %v", args[1], k+1, args[0], err)
		}
	}
	judged.Store(args[0], true)
}

// jsonCommand finds a value by a path of names and indices; len is how many
// elements there are. A text is compared as it is, all else as JSON.
func jsonCommand(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: json FILE PATH [VALUE]")
	}
	var at any
	if err := json.Unmarshal([]byte(ts.ReadFile(args[0])), &at); err != nil {
		ts.Fatalf("%s: %v", args[0], err)
	}
	for _, step := range strings.Split(args[1], ".") {
		switch v := at.(type) {
		case map[string]any:
			at = v[step]
		case []any:
			n, err := strconv.Atoi(step)
			switch {
			case step == "len":
				at = len(v)
			case err != nil || n >= len(v):
				ts.Fatalf("%s: no element %s of %d", args[1], step, len(v))
			default:
				at = v[n]
			}
		default:
			at = nil
		}
	}
	text, ok := at.(string)
	if !ok {
		raw, _ := json.Marshal(at)
		text = string(raw)
	}
	if len(args) == 2 {
		fmt.Fprintln(ts.Stdout(), text)
	} else if (text == args[2]) == neg {
		ts.Fatalf("%s is %s, want %s", args[1], text, args[2])
	}
}

// Every object of every schema is closed and names its version where it is a
// whole document, and every shape the program prints has one.
func TestSchemasAreStrict(t *testing.T) {
	names, _ := fs.Glob(schema.Files, "*.json")
	for _, n := range names {
		raw, _ := schema.Files.ReadFile(n)
		var doc map[string]any
		if err := json.Unmarshal(raw, &doc); err != nil {
			t.Fatalf("%s: %v", n, err)
		}
		name := strings.TrimSuffix(n, ".json")
		if doc["$schema"] != "https://json-schema.org/draft/2020-12/schema" || doc["$id"] != "core-dev/"+name+"/v1" || doc["title"] == nil {
			t.Errorf("%s: wants $schema, $id core-dev/%s/v1 and a title", n, name)
		}
		if props, _ := doc["properties"].(map[string]any); props["version"] == nil && name != "checklist" { // whose keys the mission's scripts fix
			t.Errorf("%s tells no version", n)
		}
		var walk func(at string, v any)
		walk = func(at string, v any) {
			switch v := v.(type) {
			case map[string]any:
				if props, ok := v["properties"].(map[string]any); ok && v["type"] != nil {
					if v["additionalProperties"] != false {
						t.Errorf("%s: %s takes any key", n, at)
					}
					required, _ := v["required"].([]any)
					for _, r := range required {
						if props[r.(string)] == nil {
							t.Errorf("%s: %s requires %v and does not describe it", n, at, r)
						}
					}
				}
				for k, e := range v {
					walk(at+"."+k, e)
				}
			case []any:
				for k, e := range v {
					walk(at+"."+strconv.Itoa(k), e)
				}
			}
		}
		walk("", doc)
	}
	if _, err := theShapes(); err != nil {
		t.Error(err)
	}
}

// printed are all the shapes there are, with the schema of each.
var printed = map[string]any{
	"team": teamShape{}, "session": sessionShape{},
	"inventory": inventoryShape{}, "epics": epicsShape{}, "epic": epicShowShape{}, "why": whyShape{},
	"proposal": proposalShape{}, "doctor": doctorShape{}, "config": configShape{}, "error": errorShape{},
	"history": historyShape{}, "report": reportShape{}, "budget": budgetShape{}, "serve": serveShape{},
	"plan": plan.Plan{}, "forecast": forecast.Forecast{},
	"findings": findingsShape{}, "agent": tasksShape{}, "keys": keysShape{},
	"record": inventory.TrainingRecord{}, "sample": inventory.TrainingSample{}, "capture": captureShape{}, "training": trainingShape{},
	"validation": validationShape{}, "export": exportShape{}, "stats": statsShape{}, "benchmark": benchmarkShape{},
}

// Every kind of step is in the schemas that list them, and no other is.
func TestSchemasListTheKindsOfSteps(t *testing.T) {
	sources, err := filepath.Glob("../flows/*.go")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	said := regexp.MustCompile(`\) Kind\(\) string +\{ return "([a-z-]+)" \}`)
	for _, name := range sources {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range said.FindAllSubmatch(text, -1) {
			want = append(want, string(m[1]))
		}
	}
	slices.Sort(want)
	if len(want) < 30 {
		t.Fatalf("only %d kinds are found: %v", len(want), want)
	}
	for _, name := range []string{"proposal", "log"} {
		raw, err := schema.Files.ReadFile(name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var doc map[string]any
		if err := json.Unmarshal(raw, &doc); err != nil {
			t.Fatal(err)
		}
		var at any = doc
		for _, step := range []string{"properties", "plans", "items", "properties", "steps", "items", "properties", "kind", "enum"} {
			at = at.(map[string]any)[step]
		}
		var got []string
		for _, k := range at.([]any) {
			got = append(got, k.(string))
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s lists %v, there are %v", name, got, want)
		}
	}
}

// A key that a shape has and its schema lacks, or the other way round, is found
// here even where no script prints it.
func TestShapesAndSchemasHaveTheSameKeys(t *testing.T) {
	for name, shape := range printed {
		raw, err := schema.Files.ReadFile(name + ".json")
		if err != nil {
			t.Errorf("%T has no docs/schema/%s.json", shape, name)
			continue
		}
		var doc struct{ Properties map[string]any }
		if err := json.Unmarshal(raw, &doc); err != nil {
			t.Fatal(err)
		}
		var want []string
		for k := range doc.Properties {
			want = append(want, k)
		}
		got := keys(reflect.TypeOf(shape))
		slices.Sort(got)
		got = slices.Compact(got) // an outer key stands for the inner one
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s has %v, its schema %v", name, got, want)
		}
	}
}

func keys(t reflect.Type) []string {
	var out []string
	for k := range t.NumField() {
		f := t.Field(k)
		if f.Anonymous {
			out = append(out, keys(f.Type)...)
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		out = append(out, name)
	}
	return out
}
