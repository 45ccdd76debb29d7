// Command pictures runs the real program on its demo in a terminal of its own,
// presses keys, and writes what stands on that terminal as SVG. Usage:
//
//	pictures PROGRAM FOLDER
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
)

const (
	wide, high = 120, 36
	patience   = time.Minute
)

// terminal is a program on a pseudo terminal, and the cells that it draws.
type terminal struct {
	mu  sync.Mutex
	vt  *vt.Emulator
	pty *os.File
	cmd *exec.Cmd
}

func open(program string, args ...string) (*terminal, error) {
	t := &terminal{vt: vt.NewEmulator(wide, high), cmd: exec.Command(program, args...)}
	t.cmd.Env = append(os.Environ(), "TERM=xterm-256color", "COLORTERM=truecolor", "NO_COLOR=")
	var err error
	if t.pty, err = pty.StartWithSize(t.cmd, &pty.Winsize{Rows: high, Cols: wide}); err != nil {
		return nil, err
	}
	go func() { // what the terminal answers: its colours, its modes
		b := make([]byte, 4096)
		for {
			n, err := t.vt.Read(b)
			if err != nil {
				return
			}
			if _, err := t.pty.Write(b[:n]); err != nil {
				return
			}
		}
	}()
	go func() {
		b := make([]byte, 32<<10)
		for {
			n, err := t.pty.Read(b)
			t.mu.Lock()
			_, _ = t.vt.Write(b[:n])
			t.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	return t, nil
}

// text is what stands there now.
func (t *terminal) text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var b strings.Builder
	for y := range high {
		for x := range wide {
			if c := t.vt.CellAt(x, y); c != nil && c.Content != "" {
				b.WriteString(c.Content)
			} else if c == nil || c.Width != 0 {
				b.WriteByte(' ')
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// press presses keys and waits until a text stands there.
func (t *terminal) press(keys, until string) error {
	if _, err := t.pty.WriteString(keys); err != nil {
		return err
	}
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		if strings.Contains(t.text(), until) {
			time.Sleep(400 * time.Millisecond) // the rest of the frame, and a plan becomes readable
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("after %q there was never %q:\n%s", keys, until, t.text())
		}
	}
}

// scene is a picture and how one comes to it from the one before.
type scene struct {
	name  string // empty: none is taken
	keys  string
	until string
}

// story is what the pictures tell, in the order of the demo.
var story = []scene{
	{"panes", "", "READY"},
	{"audit", "a", "y send"},
	{"", "y", "issues made"},
	{"issues", "i", "critical"},
	{"", "e", "y send"},
	{"", "y", "2 shows the epics"},
	{"", "2", "[2 Epics]"},
	{"dispatch", "d", "y send"},
	{"", "y", "dispatched"},
	{"watch", "w", "y send"},
	{"", "y", "watching:"},
	{"watching", "", "merge "},
	{"pulls", "p", "Next: "},
	{"", "\x1b", "[2 Epics]"},
	{"budget", "b", "Complete by"},
	{"", "\x1b", "[2 Epics]"},
	{"session", "m", "stages 1 and 2"},
	{"", "\x1b", "[2 Epics]"},
	{"help", "?", "Keys"},
}

func run() error {
	if len(os.Args) != 3 {
		return errors.New("usage: pictures PROGRAM FOLDER")
	}
	program, err := filepath.Abs(os.Args[1])
	if err != nil {
		return err
	}
	folder, err := filepath.Abs(os.Args[2])
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	at, err := os.MkdirTemp("", "pictures")
	if err != nil {
		return err
	}
	defer os.RemoveAll(at)
	t, err := open(program, "dev", "demo", "--speed", "60", "--dir", at)
	if err != nil {
		return err
	}
	defer func() { _ = t.cmd.Process.Kill(); _ = t.cmd.Wait() }()
	for _, s := range story {
		if err := t.press(s.keys, s.until); err != nil {
			return err
		}
		if s.name == "" {
			continue
		}
		t.mu.Lock()
		picture := svg(t.vt)
		t.mu.Unlock()
		file := filepath.Join(folder, s.name+".svg")
		if err := os.WriteFile(file, []byte(picture), 0o644); err != nil {
			return err
		}
		fmt.Println(file)
	}
	return nil
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "pictures:", err)
		os.Exit(1)
	}
}
