// Package floors holds the test that keeps every package on its floor: who
// may import whom, and who may touch the outside world. The table is the
// house's plan; a better cut changes it here, in the same commit.
package floors

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
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

// seedless are the functions of math/rand/v2 that draw from a seed nobody gave.
var seedless = []string{"math/rand/v2.Int", "math/rand/v2.IntN", "math/rand/v2.Int32", "math/rand/v2.Int32N", "math/rand/v2.Int64", "math/rand/v2.Int64N",
	"math/rand/v2.Uint32", "math/rand/v2.Uint32N", "math/rand/v2.Uint64", "math/rand/v2.Uint64N", "math/rand/v2.N", "math/rand/v2.Perm", "math/rand/v2.Shuffle",
	"math/rand/v2.Float32", "math/rand/v2.Float64", "math/rand/v2.NormFloat64", "math/rand/v2.ExpFloat64"}

var floors = []floor{
	{under: "inventory/checklist", never: world, calls: clock},
	{under: "inventory", may: []string{"inventory"}, never: world, calls: clock},
	{under: "budget", may: []string{"inventory"}, never: world, calls: clock},
	{under: "budget/plan", may: []string{"inventory", "budget$"}, never: world, calls: clock},
	// Its draws are of a seed that it is given: those of the library that ask nobody for one.
	{under: "budget/forecast", may: []string{"inventory", "budget$", "budget/plan"},
		never: slices.DeleteFunc(slices.Clone(world), func(p string) bool { return p == "math/rand/v2" }), calls: slices.Concat(clock, seedless)},
	{under: "flows", may: []string{"inventory", "budget", "flows$"}, never: world, calls: clock},
	{under: "flows/onboard", may: []string{"inventory", "budget", "flows$", "flows/audit", "flows/epic", "flows/execute"}, never: world, calls: clock}, // the one flow made of others
	{under: "orchestrator", may: []string{"inventory", "budget", "flows$"},
		never: []string{"net/http", "os", "os/exec", "database/sql", "github.com/spf13/cobra", "charm.land/bubbletea/v2"}, calls: clock},
	{under: "tui", may: []string{"inventory", "budget", "flows$", "orchestrator$", "tui"},
		never: []string{"net", "net/http", "os", "os/exec", "syscall", "database/sql", "log", "github.com/spf13/cobra", "charm.land/lipgloss/v2/compat"}},
	{under: "tui/tuitest", may: []string{"inventory", "budget", "flows$", "orchestrator$", "tui"},
		never: []string{"net", "net/http", "os", "os/exec", "syscall", "database/sql", "github.com/spf13/cobra"}},
	{under: "internal/githubsim", may: []string{"internal/githubsim"},
		never: []string{"github.com/google/go-github/v92/github"}},
	{under: "internal/stagetest", may: []string{"inventory", "internal/github", "internal/githubsim", "internal/journal", "internal/ledger"}, calls: clock},
	{under: "internal", may: []string{"inventory", "budget", "."}},
	{under: "docs", never: world, calls: clock},
	{under: "cmd", may: []string{""}},
}

// programs are what is shipped; a package whose folder ends in "test" helps
// tests, and is never in one.
var programs = []string{"cmd/core"}

func TestFloors(t *testing.T) {
	files := 0
	imports := map[string][]string{} // by folder, of files that are no tests
	eachFile(t, func(path, rel string) {
		files++
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Errorf("%s: %v", rel, err)
			return
		}
		for _, fault := range faults(rel, file) {
			t.Error(fault)
		}
		folder := rel[:strings.LastIndexByte(rel, '/')]
		for _, imp := range file.Imports {
			imports[folder] = append(imports[folder], importPath(imp))
		}
	})
	if files < 50 {
		t.Fatalf("only %d files were looked at: the walk is broken", files)
	}
	seen := map[string]bool{}
	for queue := programs; len(queue) > 0; queue = queue[1:] {
		for _, p := range imports[queue[0]] {
			inner, ours := strings.CutPrefix(p, module+"/")
			if p == "testing" || strings.HasPrefix(p, "testing/") || ours && strings.HasSuffix(inner, "test") {
				t.Errorf("%s is shipped and imports %s, which is for tests", queue[0], p)
			}
			if ours && !seen[inner] {
				seen[inner] = true
				queue = append(queue, inner)
			}
		}
	}
	if !seen["cmd"] || !seen["inventory"] {
		t.Errorf("the programs import %d packages: the search is broken", len(seen))
	}
}

// eachFile calls f for every Go file of the module that is no test.
func eachFile(t *testing.T, f func(path, rel string)) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
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
		if strings.HasSuffix(rel, ".go") && !strings.HasSuffix(rel, "_test.go") {
			f(path, rel)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func importPath(imp *ast.ImportSpec) string {
	p, _ := strconv.Unquote(imp.Path.Value)
	return p
}

// faults are what a file does that its floor may not.
func faults(rel string, file *ast.File) []string {
	var out []string
	fault := func(format string, args ...any) { out = append(out, rel+" "+fmt.Sprintf(format, args...)) }
	fl, ok := floorOf(rel)
	if !ok {
		return []string{rel + " stands on no floor: give its folder a line in the table"}
	}
	names := map[string]string{} // of an import in this file, to its path
	for _, imp := range file.Imports {
		p := importPath(imp)
		name := p[strings.LastIndexByte(p, '/')+1:]
		if imp.Name != nil {
			name = imp.Name.Name
		}
		if name == "." {
			fault("imports %s with a dot, which hides whose its names are", p)
		}
		names[name] = p
		if slices.Contains(fl.never, p) {
			fault("imports %s, which %s may never", p, fl.under)
		}
		if inner, ok := strings.CutPrefix(p, module+"/"); ok && !allowed(fl, rel, inner) {
			fault("imports %s, which %s may not", inner, fl.under)
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := sel.X.(*ast.Ident); ok && slices.Contains(fl.calls, names[x.Name]+"."+sel.Sel.Name) {
			fault("uses %s.%s: %s is told the time, it does not ask", names[x.Name], sel.Sel.Name, fl.under)
		}
		return true
	})
	return out
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
		{"internal/github/survey.go", "internal/ledger", false},
		{"internal/github/survey.go", "internal/github/queries", true},
		{"internal/githubsim/rest/issues.go", "internal/githubsim/world", true},
		{"internal/githubsim/rest/issues.go", "inventory", false},
		{"tui/board.go", "orchestrator", true},
		{"tui/board.go", "flows/execute", false},
		{"tui/tuitest/driver.go", "tui", true},
		{"tui/tuitest/driver.go", "internal/github", false},
		{"tui/text.go", "internal/terminal", false},
		{"cmd/wire.go", "internal/github", true},
	} {
		f, _ := floorOf(c.file)
		if got := allowed(f, c.file, c.imports); got != c.want {
			t.Errorf("%s importing %s: allowed %v, want %v", c.file, c.imports, got, c.want)
		}
	}
}

// TestNoNameHidesTheClock: however the package is called in a file.
func TestNoNameHidesTheClock(t *testing.T) {
	for _, c := range []struct{ imports, call string }{
		{`"time"`, "time.Now()"},
		{`clock "time"`, "clock.Now()"},
		{`. "time"`, "Now()"},
		{`"os"`, "os.Getpid()"},
	} {
		text := "package budget\nimport " + c.imports + "\nvar _ = " + c.call + "\n"
		file, err := parser.ParseFile(token.NewFileSet(), "ledger.go", text, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := faults("budget/ledger.go", file); len(got) != 1 {
			t.Errorf("%s: %q", c.imports, got)
		}
	}
}
