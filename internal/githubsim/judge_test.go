package githubsim

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"sync"
	"testing"

	"github.com/dappcore/core-dev/internal/githubsim/openapi"
	"github.com/dappcore/core-dev/internal/githubsim/rest"
)

// excuses are what GitHub does and its OpenAPI description does not tell.
var excuses = map[string]string{
	"* /repositories/{id}":                                            "where redirects of renamed repositories lead",
	"* /repositories/{id}/{rest}":                                     "the same",
	"GET /repos/{owner}/{repo}/contents":                              "the root folder: the description wants a path that is not empty",
	"POST /repos/{owner}/{repo}/issues/{issue_number}/labels request": "go-github and old scripts send the bare list of names, which GitHub takes",
	"* * 304": "a conditional read, described for some operations only",
	"* * 301": "a renamed repository, described for some operations only",
	"* * 307": "the same for what is no read; described for PATCH of a repository",
}

// theChecker judges every REST exchange of this package's tests.
var theChecker = sync.OnceValues(func() (*openapi.Checker, error) {
	all := maps.Clone(excuses)
	maps.Copy(all, rest.Undescribed)
	return openapi.New(all)
})

func judge(t *testing.T) *openapi.Checker {
	t.Helper()
	c, err := theChecker()
	if err != nil {
		t.Fatal(err)
	}
	before := len(c.Faults())
	t.Cleanup(func() {
		for _, f := range c.Faults()[before:] {
			t.Error(f)
		}
	})
	return c
}

// floor is how many different operations with a status the tests of this package must have had judged.
const floor = 185

func TestMain(m *testing.M) {
	code := m.Run()
	if c, err := theChecker(); err == nil && code == 0 && flag.Lookup("test.run").Value.String() == "" {
		lines, total := c.Counts()
		fmt.Printf("checked against GitHub's description: %d operations x statuses, %d exchanges\n", len(lines), total)
		if testing.Verbose() {
			for _, l := range lines {
				fmt.Println("  " + l)
			}
		}
		if len(lines) < floor {
			fmt.Printf("want at least %d\n", floor)
			code = 1
		}
	}
	os.Exit(code)
}
