package cmd

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/creack/pty"
)

// TestCommandsAreNamedAsTheyCanBeCalled: by the name alone only where that leads
// to a program, and on the demo with its flag.
func TestCommandsAreNamedAsTheyCanBeCalled(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	args := os.Args
	t.Cleanup(func() { os.Args = args })
	os.Args = []string{"bin/core", "dev"}
	a := newApp(nil, &bytes.Buffer{}, &bytes.Buffer{})
	a.opt.demo = true
	if got := a.called("core dev epic list"); got != "bin/core dev epic list --demo" {
		t.Errorf("not on the path: %q", got)
	}
	if got := a.calledDemo("--reset"); got != "bin/core dev demo --reset" {
		t.Errorf("the demo: %q", got)
	}
	if err := os.WriteFile(filepath.Join(dir, "core"), []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	a.opt.demo = false
	if got := a.called("core dev log"); got != "core dev log" {
		t.Errorf("on the path: %q", got)
	}
	often := a.caller()
	t.Setenv("PATH", t.TempDir())
	if got := often("core dev log"); got != "core dev log" {
		t.Errorf("it was looked up again: %q", got)
	}
}

// TestTextsNameCommandsAsTheyWorkHere: what is made without knowing of the demo, or of
// the folder that was named, is printed with the flags that lead there, once.
func TestTextsNameCommandsAsTheyWorkHere(t *testing.T) {
	a := newApp(nil, &bytes.Buffer{}, &bytes.Buffer{})
	a.env = func(string) (string, bool) { return "", false }
	const text = "core dev recall o/r#1 makes it READY again; core dev epic list shows those there are, core dev demo another; see .core/team.yaml"
	if got := a.placed(text); got != text {
		t.Errorf("nothing was named: %q", got)
	}
	a.opt.demo = true
	const demo = "core dev --demo recall o/r#1 makes it READY again; core dev --demo epic list shows those there are, core dev demo another; see .core/demo/team.yaml"
	if got := a.placed(text); got != demo {
		t.Errorf("the demo: %q", got)
	}
	if got := a.placed(demo); got != demo {
		t.Errorf("twice: %q", got)
	}
	if got := a.placed("plan p is open: core dev apply --resume --demo goes on with it"); strings.Count(got, "--demo") != 1 {
		t.Errorf("what was written for here: %q", got)
	}
	if got := a.placed(`see "core dev config --help"`); got != `see "core dev config --help"` {
		t.Errorf("help: %q", got)
	}
	a.opt.demo, a.opt.dir = false, "my fleet"
	if got := a.placed("core dev resume goes on"); got != "core dev --dir 'my fleet' resume goes on" {
		t.Errorf("a folder: %q", got)
	}
	a.env = func(name string) (string, bool) { return "my fleet", name == "CORE_DIR" }
	if got := a.placed("core dev resume goes on"); got != "core dev resume goes on" {
		t.Errorf("a folder of the environment's: %q", got)
	}
}

// TestADumbTerminalGetsTheReport, and is told why.
func TestADumbTerminalGetsTheReport(t *testing.T) {
	p, tty, err := pty.Open()
	if err != nil {
		t.Skipf("no pseudo terminal here: %v", err)
	}
	defer p.Close()
	defer tty.Close()
	for _, c := range []struct {
		term, said string
		screen     bool
	}{
		{"dumb", "core: no screen: by TERM=dumb this terminal cannot show one\n", false},
		{"xterm-256color", "", true},
	} {
		var errw bytes.Buffer
		a := newApp(tty, tty, &errw)
		a.env = func(name string) (string, bool) { return c.term, name == "TERM" }
		if got := a.wantsScreen(); got != c.screen || errw.String() != c.said {
			t.Errorf("%s: %v, said %q", c.term, got, errw.String())
		}
	}
}
