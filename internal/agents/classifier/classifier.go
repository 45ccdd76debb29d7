// Package classifier asks a command of the user's own which findings an
// audit's body holds (spec/2-flows Stage 1, "classifier: command"). The body is
// a stranger's text to that command and its answer is a stranger's text to us:
// it must be exactly what docs/schema/classifier.json describes, and nothing
// but words, labels and places is ever taken from it. Whatever else happens,
// the built-in rules answer.
package classifier

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/dappcore/core-dev/internal/agents/environ"
	"github.com/dappcore/core-dev/inventory/finding"
)

// Bounds of one question.
const (
	Patience  = 2 * time.Minute // unless the Command says otherwise
	maxAnswer = 1 << 20         // bytes
)

// Command is the program that sorts findings.
type Command struct {
	Args     []string      // program and arguments
	Patience time.Duration // how long it may take; 0: Patience
}

// Read gives the command's findings, or, with a note that tells why, those of
// the rules. The command gets the body on standard input and the title in
// AUDIT_TITLE; it runs in an empty folder of its own, without the tokens and
// settings of this program's environment.
func (c Command) Read(ctx context.Context, title, body string) (list []finding.Finding, note string) {
	list, err := c.ask(ctx, title, body)
	if err != nil {
		return finding.Read(title, body), "the classifier " + err.Error() + "; the built-in rules were used"
	}
	return list, ""
}

var errFlood = errors.New("answered more than 1 MiB")

func (c Command) ask(ctx context.Context, title, body string) ([]finding.Finding, error) {
	if len(c.Args) == 0 {
		return nil, errors.New("has no command")
	}
	patience := c.Patience
	if patience <= 0 {
		patience = Patience
	}
	path, err := exec.LookPath(c.Args[0])
	if err != nil {
		return nil, fmt.Errorf("was not found: %w", err)
	}
	dir, err := os.MkdirTemp("", "classifier-")
	if err != nil {
		return nil, fmt.Errorf("got no folder: %w", err)
	}
	defer os.RemoveAll(dir)

	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	late := fmt.Errorf("did not answer within %s", patience)
	timer := time.AfterFunc(patience, func() { stop(late) })
	defer timer.Stop()

	out := &answer{full: func() { stop(errFlood) }}
	p := exec.CommandContext(ctx, path, c.Args[1:]...)
	p.Dir = dir
	p.Env = append(environ.Passed(os.Environ()), "AUDIT_TITLE="+line(title))
	p.Stdin = strings.NewReader(body)
	p.Stdout = out
	p.WaitDelay = 2 * time.Second // a child of it that keeps the pipe open is not waited for
	alone(p)
	err = p.Run()
	if cause := context.Cause(ctx); cause != nil {
		return nil, cause
	}
	if err != nil {
		return nil, fmt.Errorf("failed: %w", err)
	}
	list, err := Parse(out.text.Bytes())
	if err != nil {
		return nil, fmt.Errorf("answered what the schema does not allow: %w", err)
	}
	return list, nil
}

// answer keeps what a program prints, up to a bound.
type answer struct {
	text bytes.Buffer
	full func()
}

func (a *answer) Write(b []byte) (int, error) {
	if a.text.Len()+len(b) > maxAnswer {
		a.full()
		return 0, errFlood
	}
	return a.text.Write(b)
}

// line is a title as one line without what no variable may hold.
func line(title string) string {
	title = strings.Map(func(c rune) rune {
		if c < 0x20 || c == 0x7f {
			return ' '
		}
		return c
	}, strings.ToValidUTF8(title, ""))
	if r := []rune(title); len(r) > 256 {
		title = string(r[:256])
	}
	return title
}
