//go:build conformance

package openapi_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/dappcore/core-dev/internal/githubsim/openapi"
	"github.com/dappcore/core-dev/internal/githubsim/rest"
)

// CORE_GITHUB_OPENAPI names the file api.github.com.json of the npm package @octokit/openapi 23.0.2.
func TestConformanceOfTheCut(t *testing.T) {
	name := os.Getenv("CORE_GITHUB_OPENAPI")
	if name == "" {
		t.Fatal("CORE_GITHUB_OPENAPI does not name GitHub's description")
	}
	full, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	want, err := openapi.Cut(full, rest.Operations())
	if err != nil {
		t.Fatal(err)
	}
	got, err := openapi.Description()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("testdata/github.json.gz is not the cut of %s: run go generate in this folder", name)
	}
}
