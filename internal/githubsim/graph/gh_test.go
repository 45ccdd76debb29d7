package graph

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// recorded is a request that a released gh sent.
type recorded struct {
	GH        []string       `json:"gh"`
	Command   string         `json:"command"`
	Query     string         `json:"query"`
	Variables map[string]any `json:"variables"`
}

func recordings(t testing.TB) map[string]recorded {
	t.Helper()
	files, err := filepath.Glob("testdata/gh/*.json")
	if err != nil || len(files) < 30 {
		t.Fatalf("%d recordings, %v", len(files), err)
	}
	out := map[string]recorded{}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var r recorded
		if err := json.Unmarshal(b, &r); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out[strings.TrimSuffix(filepath.Base(name), ".json")] = r
	}
	return out
}

// ghWorld has what the recordings speak of: issue 7, pull request 9, labels audit and jules, branch feat.
func ghWorld(t testing.TB) *fixture {
	f := newFixture(t, Options{})
	f.label("audit")
	f.label("jules")
	for range 6 {
		f.issue("Other", "nothing")
	}
	f.issue("Fix it", "- [ ] #12", "audit")
	f.issue("Eight", "")
	return f
}

// real puts this world's node ids in place of the recorded ones.
func (f *fixture) real(vars map[string]any) map[string]any {
	ids := map[string]string{}
	if err := f.w.View(func(tx *world.Tx) error {
		repo := tx.RepoByID(f.repo)
		ids["R_1"] = world.NodeID(repo)
		ids["LA_1"], ids["LA_2"] = world.NodeID(tx.LabelByName(repo, "audit")), world.NodeID(tx.LabelByName(repo, "jules"))
		ids["I_7"] = world.NodeID(tx.Issue(repo.ID, 7))
		ids["PR_9"] = ids["I_7"]
		if p := tx.Issue(repo.ID, 9); p != nil {
			ids["PR_9"] = world.NodeID(p)
		}
		return nil
	}); err != nil {
		f.t.Fatal(err)
	}
	text := compact(vars)
	for from, to := range ids {
		text = strings.ReplaceAll(text, `"`+from+`"`, `"`+to+`"`)
	}
	var out map[string]any
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		f.t.Fatal(err)
	}
	return out
}

// TestRecordedDocuments: every document three released versions of gh sent is answered without errors
// and with exactly the fields it selects, which gh's strict decoder demands.
func TestRecordedDocuments(t *testing.T) {
	for name, r := range recordings(t) {
		t.Run(name, func(t *testing.T) {
			f := ghWorld(t)
			if speaksOfPull(r) || strings.Contains(r.Query, "PullRequestCreate") {
				f.feature()
			}
			if speaksOfPull(r) {
				f.pull("Nine", "feat", "dev")
			}
			resp := f.run(r.Query, f.real(r.Variables))
			if len(resp.Errors) > 0 {
				t.Fatalf("%s: errors %s", r.Command, compact(resp.Errors))
			}
			var data any
			if err := json.Unmarshal(resp.Data, &data); err != nil {
				t.Fatalf("%v in %s", err, resp.Data)
			}
			doc, err := parser.ParseQuery(&ast.Source{Input: r.Query})
			if err != nil {
				t.Fatal(err)
			}
			exact(t, doc, doc.Operations[0].SelectionSet, data, nil)
		})
	}
}

// exact fails when an answer holds a key that was not selected.
func exact(t *testing.T, doc *ast.QueryDocument, set ast.SelectionSet, v any, at []string) {
	t.Helper()
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			exact(t, doc, set, item, at)
		}
	case map[string]any:
		below := map[string]ast.SelectionSet{}
		var walk func(ast.SelectionSet)
		walk = func(set ast.SelectionSet) {
			for _, s := range set {
				switch s := s.(type) {
				case *ast.Field:
					below[s.Alias] = append(below[s.Alias], s.SelectionSet...)
					if below[s.Alias] == nil {
						below[s.Alias] = ast.SelectionSet{}
					}
				case *ast.InlineFragment:
					walk(s.SelectionSet)
				case *ast.FragmentSpread:
					walk(doc.Fragments.ForName(s.Name).SelectionSet)
				}
			}
		}
		walk(set)
		for key, value := range v {
			sub, ok := below[key]
			if !ok {
				t.Errorf("%s.%s was not selected", strings.Join(at, "."), key)
				continue
			}
			exact(t, doc, sub, value, append(at, key))
		}
	}
}

// speaksOfPull tells a recording that needs pull request 9.
func speaksOfPull(r recorded) bool {
	vars := compact(r.Variables)
	return strings.Contains(r.Query, "pr_number") || strings.Contains(r.Query, "pullRequest(number") || strings.Contains(vars, "PR_9")
}
