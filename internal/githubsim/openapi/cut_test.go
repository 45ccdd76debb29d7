package openapi_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/dappcore/core-dev/internal/githubsim/openapi"
	"github.com/dappcore/core-dev/internal/githubsim/rest"
)

func TestEveryOperationServedIsDescribedOrNamed(t *testing.T) {
	text, err := openapi.Description()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths map[string]map[string]any
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for op := range openapi.Undescribed {
		named[op] = true
	}
	for _, op := range rest.Operations() {
		method, template, _ := strings.Cut(op, " ")
		described := doc.Paths[template][strings.ToLower(method)] != nil
		if described == named[op] {
			t.Errorf("%s: described %v, named as undescribed %v: cut the description again, or name the reason", op, described, named[op])
		}
	}
	if len(doc.Paths) < 70 {
		t.Errorf("only %d paths", len(doc.Paths))
	}
}

func TestCutKeepsWhatIsReachedAndDropsProse(t *testing.T) {
	full := `{"openapi":"3.0.3","info":{"version":"1"},"paths":{
		"/a":{"get":{"summary":"s","responses":{"200":{"description":"d","content":{"application/json":{"schema":{"$ref":"#/components/schemas/one"}}}}}},"post":{}},
		"/b":{"get":{"responses":{"200":{"$ref":"#/components/responses/lost"}}}}},
		"components":{"schemas":{"one":{"type":"object","title":"t","properties":{"description":{"type":"string","example":"x"},"two":{"$ref":"#/components/schemas/two"}}},
			"two":{"type":"object","properties":{"one":{"$ref":"#/components/schemas/one"}}},"three":{}}}}`
	got, err := openapi.Cut([]byte(full), []string{"GET /a", "GET /none"})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"components":{"schemas":{"one":{"properties":{"description":{"type":"string"},"two":{"$ref":"#/components/schemas/two"}},"type":"object"},` +
		`"two":{"properties":{"one":{"$ref":"#/components/schemas/one"}},"type":"object"}}},"info":{"title":"GitHub REST API, a cut","version":"1"},"openapi":"3.0.3",` +
		`"paths":{"/a":{"get":{"responses":{"200":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/one"}}}}}}}}}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if _, err := openapi.Cut([]byte(full), []string{"GET /b"}); err == nil || !strings.Contains(err.Error(), "leads nowhere") {
		t.Errorf("a reference to nothing: %v", err)
	}
}
