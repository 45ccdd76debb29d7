// Package jules asks the Jules program what it says was used today. The format
// of its answer is not documented, so it is read strictly: what is not plainly
// "used N of M" is not understood, and said to be so. It never decides
// anything; the log and GitHub's label events do (spec/3-budget "Never guess").
package jules

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"sync"
	"time"

	"github.com/dappcore/core-dev/internal/agents/environ"
)

// ErrAbsent tells that there is no program "jules" on the PATH.
var ErrAbsent = errors.New("no program jules")

// patience is how long the program may take.
const patience = 3 * time.Second

var answer = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?im)^[ \t]*(?:tasks[ \t]+)?used(?:[ \t]+today)?[ \t]*:?[ \t]*(\d{1,6})[ \t]*(?:/|of)[ \t]*(\d{1,6})[ \t]*(?:tasks)?[ \t]*\r?$`)
})

// Usage runs "jules usage" and returns how many tasks it says were used today. The
// program gets no token of this process's environment.
func Usage(ctx context.Context) (used int, err error) {
	path, err := exec.LookPath("jules")
	if err != nil {
		return 0, ErrAbsent
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	c := exec.CommandContext(ctx, path, "usage")
	c.Env = environ.Passed(os.Environ())
	c.WaitDelay = time.Second // a child of it that keeps the pipe open is not waited for
	var out head
	c.Stdout = &out
	if err := c.Run(); err != nil {
		return 0, fmt.Errorf("jules usage failed: %w", err)
	}
	return Parse(out)
}

// mostAnswer is how many bytes an answer may have: what is longer is none.
const mostAnswer = 64 << 10

// head keeps the beginning of what is written to it, and a byte more than counts.
type head []byte

func (h *head) Write(p []byte) (int, error) {
	*h = append(*h, p[:min(len(p), mostAnswer+1-len(*h))]...)
	return len(p), nil
}

// Parse reads the program's answer: exactly one line "used N of M" or "used
// N/M", N not above M.
func Parse(out []byte) (used int, err error) {
	found := answer().FindAllSubmatch(out[:min(len(out), mostAnswer)], 2)
	if len(found) == 1 && len(out) <= mostAnswer {
		used, _ = strconv.Atoi(string(found[0][1]))
		if most, _ := strconv.Atoi(string(found[0][2])); used <= most {
			return used, nil
		}
	}
	return 0, errors.New("jules usage answered something that is not understood; the log alone counts")
}
