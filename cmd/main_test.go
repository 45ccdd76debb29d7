package cmd

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"github.com/rogpeppe/go-internal/testscript"
)

// The scripts run the program in a process of its own: this test binary under
// the name core. There it lives in virtual time, and all that it prints is
// looked through.
const (
	clockEnv = "TEST_CLOCK_OFFSET" // how far virtual time is from the machine's
	simEnv   = "TEST_SIM"          // URL of the embedded GitHub whose clock is meant
	faultEnv = "TEST_FAULTS"       // file that takes what was found in the output
)

// secretMark is part of every token in these tests.
const secretMark = "SECRETMARKER"

func TestMain(m *testing.M) {
	testscript.Main(counted{m}, map[string]func(){"core": func() {
		out, errw := &watched{f: os.Stdout, name: "stdout"}, &watched{f: os.Stderr, name: "stderr"}
		a := newApp(os.Stdin, out, errw)
		a.clock = newVirtualClock(os.Getenv(simEnv), os.Getenv(clockEnv))
		status := a.run(os.Args[1:])
		out.judge()
		errw.judge()
		os.Exit(status)
	}})
}

// counted runs the tests and then holds the run to its floors.
type counted struct{ m *testing.M }

func (c counted) Run() int {
	if code := c.m.Run(); code != 0 {
		return code
	}
	return floors()
}

// virtualClock is the embedded GitHub's clock. Nobody waits by it: a sleep puts
// both clocks forward.
type virtualClock struct {
	sim string

	mu     sync.Mutex
	offset time.Duration
}

func newVirtualClock(sim, offset string) *virtualClock {
	c := &virtualClock{sim: sim}
	c.offset, _ = time.ParseDuration(offset)
	c.ask(http.MethodGet, "")
	return c
}

func (c *virtualClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.offset)
}

func (c *virtualClock) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil || d <= 0 {
		return err
	}
	if !c.ask(http.MethodPost, fmt.Sprintf(`{"advance": %q}`, d)) {
		c.mu.Lock()
		c.offset += d
		c.mu.Unlock()
	}
	return nil
}

// ask reads the server's clock; false when there is no server.
func (c *virtualClock) ask(method, body string) bool {
	if c.sim == "" {
		return false
	}
	req, err := http.NewRequest(method, c.sim+"/_sim/clock", strings.NewReader(body))
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	var got struct{ Now time.Time }
	if json.NewDecoder(resp.Body).Decode(&got) != nil || got.Now.IsZero() {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset = time.Until(got.Now)
	return true
}

// watched passes output on and keeps a copy to be judged.
type watched struct {
	f    *os.File
	name string
	all  bytes.Buffer
}

func (w *watched) Write(b []byte) (int, error) {
	w.all.Write(b)
	return w.f.Write(b)
}

// judge reports what no output may hold: a token, a stack trace, or a character
// that acts on a terminal.
func (w *watched) judge() {
	text := w.all.String()
	var found []string
	if strings.Contains(text, secretMark) {
		found = append(found, "the token")
	}
	if strings.Contains(text, "goroutine ") || strings.Contains(text, "panic:") {
		found = append(found, "a stack trace")
	}
	for _, r := range text {
		if acts(r) && !bodies(os.Args) {
			found = append(found, fmt.Sprintf("the character %U", r))
			break
		}
	}
	if len(found) == 0 {
		return
	}
	f, err := os.OpenFile(os.Getenv(faultEnv), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	defer f.Close()
	fmt.Fprintf(f, "%s of core %s holds %s\n", w.name, strings.Join(os.Args[1:], " "), strings.Join(found, ", "))
}

// bodies are commands that print a body as it is.
func bodies(args []string) bool { return strings.Contains(strings.Join(args, " "), "checklist tick") }

func acts(r rune) bool {
	return r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r >= 0xE0000 && r <= 0xE007F)
}
