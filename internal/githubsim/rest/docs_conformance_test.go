//go:build conformance

package rest

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// TestConformanceDocumentation: docs.txt names the pages that GitHub's OpenAPI description, at CORE_GITHUB_OPENAPI, names.
func TestConformanceDocumentation(t *testing.T) {
	text, err := os.ReadFile(os.Getenv("CORE_GITHUB_OPENAPI"))
	if err != nil {
		t.Fatal(err)
	}
	var api struct {
		Paths map[string]map[string]struct {
			ExternalDocs struct{ URL string }
		}
	}
	if err := json.Unmarshal(text, &api); err != nil {
		t.Fatal(err)
	}
	for _, op := range Operations() {
		method, template, _ := strings.Cut(op, " ")
		if want := api.Paths[template][strings.ToLower(method)].ExternalDocs.URL; want != "" && want != docPages()[op] {
			t.Errorf("%s: %s, the description has %s", op, docPages()[op], want)
		}
	}
}
