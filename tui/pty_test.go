//go:build unix

package tui

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/creack/pty"

	"github.com/dappcore/core-dev/internal/terminal"
	"github.com/dappcore/core-dev/orchestrator"
)

// TestMain is the screen itself when the smoke tests start it on a terminal.
func TestMain(m *testing.M) {
	switch mode := os.Getenv("TUI_SMOKE"); mode {
	case "":
	case "init":
		os.Exit(0)
	default:
		os.Exit(smoke(mode))
	}
	os.Exit(m.Run())
}

func smoke(mode string) int {
	h := newHub(wallClock{})
	v := h.view()
	h.cached = &v
	h.lookGate = make(chan struct{}) // the network never answers
	var e Engine = h
	if mode == "panic" {
		e = panicking{h}
	}
	err := Run(context.Background(), e, Options{In: os.Stdin, Out: os.Stdout, Clean: terminal.Clean, NoColor: mode == "nocolor"})
	if err != nil {
		fmt.Println("ended with:", err)
		return 1
	}
	return 0
}

// panicking breaks when it is asked for a plan.
type panicking struct{ *hub }

func (panicking) Propose(context.Context, Ask) (orchestrator.Proposal, error) {
	panic("a broken engine")
}

// terminalOf is the screen on a pseudo terminal that answers no query.
type terminalOf struct {
	t   testing.TB
	cmd *exec.Cmd
	pty *os.File
	tty *os.File
	// before are the terminal's modes before the screen was started; once it
	// runs it may have changed them at any time.
	before *term.State

	mu   sync.Mutex
	out  bytes.Buffer
	more *sync.Cond
	end  bool
}

func start(t testing.TB, mode string) *terminalOf {
	t.Helper()
	p, tty, err := pty.Open()
	if err != nil {
		t.Skipf("no pseudo terminal here: %v", err)
	}
	if err := pty.Setsize(p, &pty.Winsize{Rows: 36, Cols: 120}); err != nil {
		t.Fatal(err)
	}
	x := &terminalOf{t: t, pty: p, tty: tty, cmd: exec.Command(os.Args[0])}
	x.more = sync.NewCond(&x.mu)
	if x.before, err = term.GetState(tty.Fd()); err != nil {
		t.Fatal(err)
	}
	x.cmd.Env = []string{"TUI_SMOKE=" + mode, "TERM=xterm-256color", "COLORTERM=truecolor"}
	x.cmd.Stdin, x.cmd.Stdout, x.cmd.Stderr = tty, tty, tty
	if err := x.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.cmd.Process.Kill(); p.Close(); tty.Close() })
	go func() {
		b := make([]byte, 4096)
		for {
			n, err := p.Read(b)
			x.mu.Lock()
			x.out.Write(b[:n])
			x.end = err != nil
			x.more.Broadcast()
			x.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	return x
}

// until waits for a text among what was written since from, and returns where
// what was written ends.
func (x *terminalOf) until(from int, text string) int {
	x.t.Helper()
	late := time.AfterFunc(20*time.Second, func() { x.mu.Lock(); x.end = true; x.more.Broadcast(); x.mu.Unlock() })
	defer late.Stop()
	x.mu.Lock()
	defer x.mu.Unlock()
	for !strings.Contains(x.out.String()[from:], text) {
		if x.end {
			x.t.Fatalf("%q never came; this did: %q", text, x.out.String()[from:])
		}
		x.more.Wait()
	}
	return x.out.Len()
}

func (x *terminalOf) press(keys string) {
	x.t.Helper()
	if _, err := io.WriteString(x.pty, keys); err != nil {
		x.t.Fatal(err)
	}
}

// ends waits for the program's end and returns its status.
func (x *terminalOf) ends() int {
	x.t.Helper()
	over := make(chan error, 1)
	go func() { over <- x.cmd.Wait() }()
	select {
	case err := <-over:
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			return exit.ExitCode()
		}
		if err != nil {
			x.t.Fatal(err)
		}
		return 0
	case <-time.After(20 * time.Second):
		x.t.Fatal("the program does not end")
	}
	return -1
}

const leaveAltScreen = "\x1b[?1049l"

// TestOnASilentTerminal: the first frame comes from the cache though neither
// the terminal nor the network ever answers, a storm of sizes does no harm,
// and quitting leaves the terminal as it was.
func TestOnASilentTerminal(t *testing.T) {
	x := start(t, "silent")
	at := x.until(0, "Medium migration")
	for k := range 150 {
		if err := pty.Setsize(x.pty, &pty.Winsize{Rows: uint16(1 + k*7%60), Cols: uint16(1 + k*13%200)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := pty.Setsize(x.pty, &pty.Winsize{Rows: 40, Cols: 140}); err != nil {
		t.Fatal(err)
	}
	x.press("?")
	at = x.until(at, "only door to a write")
	x.press("?q")
	x.until(at, leaveAltScreen)
	if status := x.ends(); status != 0 {
		t.Errorf("exit status %d", status)
	}
	after, err := term.GetState(x.tty.Fd())
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(*x.before) != fmt.Sprint(*after) {
		t.Error("the terminal's modes are not what they were")
	}
}

// TestAPanicRestoresTheTerminal and says what happened.
func TestAPanicRestoresTheTerminal(t *testing.T) {
	x := start(t, "panic")
	at := x.until(0, "Medium migration")
	x.press("2d")
	x.until(at, leaveAltScreen)
	x.until(at, "a broken engine")
	if status := x.ends(); status == 0 {
		t.Error("a panic ended with status 0")
	}
	if after, err := term.GetState(x.tty.Fd()); err != nil || fmt.Sprint(*x.before) != fmt.Sprint(*after) {
		t.Errorf("the terminal's modes are not what they were (%v)", err)
	}
}

// TestNoColour: not one colour reaches the terminal.
func TestNoColour(t *testing.T) {
	x := start(t, "nocolor")
	x.until(0, "Medium migration")
	x.press("q")
	x.ends()
	x.mu.Lock()
	defer x.mu.Unlock()
	if m := colourful.FindString(x.out.String()); m != "" {
		t.Errorf("it wrote %q", m)
	}
}
