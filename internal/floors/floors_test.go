// Package floors holds the test that keeps every package on its floor: who
// may import whom, and who may touch the outside world. The table is the
// house's plan; a better cut changes it here, in the same commit.
package floors

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/dappcore/core-dev"

// floor says what the packages below a folder may import of this module, and
// what they must never touch.
type floor struct {
	under string   // folder, longest match wins
	may   []string // import prefixes inside the module; "." is the folder itself
	never []string // packages of the standard library or outside
	calls []string // selectors never used, e.g. time.Now
}

var (
	world = []string{"os", "os/exec", "net", "net/http", "syscall", "database/sql", "log", "log/slog", "math/rand", "math/rand/v2"}
	clock = []string{"time.Now", "time.Since", "time.Until", "time.Sleep", "time.After", "time.Tick", "time.NewTimer", "time.NewTicker", "time.AfterFunc"}
)

var floors = []floor{
	{under: "inventory/checklist", never: world, calls: clock},
	{under: "inventory", may: []string{"inventory"}, never: world, calls: clock},
	{under: "budget", may: []string{"inventory"}, never: world, calls: clock},
	{under: "flows", may: []string{"inventory", "budget", "flows$"}, never: world, calls: clock},
	{under: "orchestrator", may: []string{"inventory", "budget", "flows$"},
		never: []string{"net/http", "os", "os/exec", "database/sql", "github.com/spf13/cobra", "charm.land/bubbletea/v2"}, calls: clock},
	{under: "tui", may: []string{"inventory", "budget", "flows$", "orchestrator$", "tui"},
		never: []string{"net", "net/http", "os", "os/exec", "syscall", "database/sql", "log", "github.com/spf13/cobra", "charm.land/lipgloss/v2/compat"}},
	{under: "internal/githubsim", may: []string{"internal/githubsim"},
		never: []string{"github.com/google/go-github/v92/github"}},
	{under: "internal", may: []string{"inventory", "budget", "."}},
	{under: "docs", never: world, calls: clock},
	{under: "cmd", may: []string{""}},
}

// exceptions are files that may do what their floor may not.
var exceptions = map[string]string{
	"orchestrator/catalog.go": "flows", // the table of all flows
}

func TestFloors(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	files := 0
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			if strings.HasPrefix(d.Name(), ".") && rel != "." || d.Name() == "testdata" {
				return filepath.SkipDir
			}
			if _, err := os.Stat(filepath.Join(path, "go.mod")); err == nil && rel != "." {
				return filepath.SkipDir // a module of its own
			}
			return nil
		}
		if !strings.HasSuffix(rel, ".go") || strings.HasSuffix(rel, "_test.go") {
			return nil
		}
		files++
		check(t, path, rel)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 50 {
		t.Fatalf("only %d files were looked at: the walk is broken", files)
	}
}

func check(t *testing.T, path, rel string) {
	fl, ok := floorOf(rel)
	if !ok {
		t.Errorf("%s stands on no floor: give its folder a line in the table", rel)
		return
	}
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Errorf("%s: %v", rel, err)
		return
	}
	for _, imp := range file.Imports {
		p, _ := strconv.Unquote(imp.Path.Value)
		for _, n := range fl.never {
			if p == n {
				t.Errorf("%s imports %s, which %s may never", rel, p, fl.under)
			}
		}
		if inner, ok := strings.CutPrefix(p, module+"/"); ok && !allowed(fl, rel, inner) {
			t.Errorf("%s imports %s, which %s may not", rel, inner, fl.under)
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := sel.X.(*ast.Ident); ok {
			for _, c := range fl.calls {
				if x.Name+"."+sel.Sel.Name == c {
					t.Errorf("%s uses %s: %s is told the time, it does not ask", rel, c, fl.under)
				}
			}
		}
		return true
	})
}

func floorOf(rel string) (floor, bool) {
	var best floor
	found := false
	for _, f := range floors {
		if strings.HasPrefix(rel, f.under+"/") && len(f.under) >= len(best.under) {
			best, found = f, true
		}
	}
	return best, found
}

func allowed(f floor, rel, inner string) bool {
	if more, ok := exceptions[rel]; ok && under(inner, more) {
		return true
	}
	for _, m := range f.may {
		switch {
		case m == "":
			return true
		case m == ".": // an adapter: itself and what is below it
			parts := strings.SplitN(rel, "/", 3)
			if under(inner, parts[0]+"/"+parts[1]) {
				return true
			}
		case strings.HasSuffix(m, "$"): // exactly that package
			if inner == strings.TrimSuffix(m, "$") {
				return true
			}
		case under(inner, m):
			return true
		}
	}
	return false
}

func under(path, folder string) bool { return path == folder || strings.HasPrefix(path, folder+"/") }

// TestTheTableBites shows that the check can fail.
func TestTheTableBites(t *testing.T) {
	for _, c := range []struct {
		file, imports string
		want          bool
	}{
		{"budget/ledger.go", "inventory", true},
		{"inventory/epic.go", "inventory/checklist", true},
		{"inventory/epic.go", "budget", false},
		{"flows/execute/plan.go", "flows", true},
		{"flows/execute/plan.go", "flows/audit", false},
		{"orchestrator/apply.go", "flows/execute", false},
		{"orchestrator/catalog.go", "flows/execute", true},
		{"internal/github/survey.go", "internal/ledger", false},
		{"internal/github/survey.go", "internal/github/queries", true},
		{"internal/githubsim/rest/issues.go", "internal/githubsim/world", true},
		{"internal/githubsim/rest/issues.go", "inventory", false},
		{"tui/board.go", "orchestrator", true},
		{"tui/board.go", "flows/execute", false},
		{"tui/text.go", "internal/terminal", false},
		{"cmd/wire.go", "internal/github", true},
	} {
		f, _ := floorOf(c.file)
		if got := allowed(f, c.file, c.imports); got != c.want {
			t.Errorf("%s importing %s: allowed %v, want %v", c.file, c.imports, got, c.want)
		}
	}
}
