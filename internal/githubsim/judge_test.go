package githubsim

import (
	"flag"
	"fmt"
	"os"
	"sync"
	"testing"

	"github.com/dappcore/core-dev/internal/githubsim/openapi"
)

// theChecker judges every REST exchange of this package's tests.
var theChecker = sync.OnceValues(func() (*openapi.Checker, error) {
	return openapi.New(openapi.Undescribed)
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
