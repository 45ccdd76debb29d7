//go:build conformance

package github

import (
	"os"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// Every document holds against GitHub's public schema (npm
// @octokit/graphql-schema, schema.graphql, at CORE_GITHUB_SCHEMA). The one field
// beyond it is Issue.blockedBy, newer than the published schema and asked for
// only where the server's introspection lists it, or asked without once it was
// refused.
func TestConformanceDocuments(t *testing.T) {
	path := os.Getenv("CORE_GITHUB_SCHEMA")
	if path == "" {
		t.Fatal("CORE_GITHUB_SCHEMA names no file: make conformance fetches @octokit/graphql-schema 15.26.1")
	}
	public, extended := loadSchema(t, path, ""), loadSchema(t, path, dependencyFields)
	asked := documents()
	asked["Recheck apart"] = recheckDocument(true)
	asked["Tie alone"] = tieDocument(false)
	for name, text := range asked {
		if _, errs := gqlparser.LoadQueryWithRules(extended, text, rules.NewDefaultRules()); len(errs) > 0 {
			t.Errorf("%s: %v", name, errs)
		}
		_, errs := gqlparser.LoadQueryWithRules(public, text, rules.NewDefaultRules())
		for _, e := range errs {
			if !strings.Contains(e.Message, `"blockedBy"`) {
				t.Errorf("%s: %v", name, e)
			}
		}
		if len(errs) > 0 && name != "FleetDetails" && name != "Recheck" && name != "Tie" {
			t.Errorf("%s needs more than the public schema", name)
		}
		t.Logf("%s: %d bytes", name, len(text))
	}
}
