package cmd

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/creack/pty"

	"github.com/dappcore/core-dev/internal/config"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
	"github.com/dappcore/core-dev/tui"
)

// TestAnAnswerSettlesAndIsAskedForAgain: where settling what was left open finds
// out more than the plan knew, the plan is made anew and asked about anew.
func TestAnAnswerSettlesAndIsAskedForAgain(t *testing.T) {
	sampled(t)
	p, tty, err := pty.Open()
	if err != nil {
		t.Skipf("no pseudo terminal here: %v", err)
	}
	defer p.Close()
	defer tty.Close()
	go func() { _, _ = io.Copy(io.Discard, p) }() // what the terminal echoes
	var out, errw bytes.Buffer
	a := newApp(tty, &out, &errw)
	a.onTerminal, a.out = true, &out
	a.opt.demo, a.opt.dir = true, t.TempDir()
	t.Cleanup(a.close)
	l, err := a.look(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	epic, ok := firstReady(&l.fleet)
	if !ok {
		t.Fatal("nothing is READY")
	}

	// A label whose answer was lost, and nobody who could look.
	s := newScreenEngine(a, config.Dir{})
	left, err := s.Propose(t.Context(), tui.Ask{Verb: tui.Dispatch, Epics: []inventory.Ref{epic}, Max: 1})
	if err != nil {
		t.Fatal(err)
	}
	fault := func(spec string) {
		t.Helper()
		if err := a.sim.Faults().Replace(spec); err != nil {
			t.Fatal(err)
		}
	}
	fault("cut-before@POST /repos/*/*/issues/*/labels#1,503@Look#2+")
	var unsettled *orchestrator.Unsettled
	if err := s.Apply(t.Context(), left.ID, func(orchestrator.Event) {}); !errors.As(err, &unsettled) {
		t.Fatalf("%v", err)
	}
	fault("")

	if _, err := p.WriteString("n\n"); err != nil {
		t.Fatal(err)
	}
	o := dispatchOptions{max: 1}
	arg := inventory.Ref{Repo: epic.Repo, Number: epic.Number}.String()
	if err := a.dispatchEpic(t.Context(), arg, o); err != nil {
		t.Fatal(err)
	}
	if n := len(a.leftOpen()); n != 1 || !strings.Contains(out.String(), "sending settles it first") {
		t.Fatalf("a no left %d plans open, and printed\n%s", n, out.String())
	}

	out.Reset()
	if _, err := p.WriteString("y\ny\n"); err != nil {
		t.Fatal(err)
	}
	if err := a.dispatchEpic(t.Context(), arg, o); err != nil {
		t.Fatalf("%v\n%s%s", err, out.String(), errw.String())
	}
	if n := strings.Count(out.String(), "? [y/N]"); n != 2 || !strings.Contains(out.String(), "dispatched 1\n") {
		t.Errorf("asked %d times:\n%s", n, out.String())
	}
	if !strings.Contains(errw.String(), "was left open and is settled now") || !strings.Contains(errw.String(), "planning again") {
		t.Errorf("said\n%s", errw.String())
	}
	if n := len(a.leftOpen()); n != 0 {
		t.Errorf("%d plans are open afterwards", n)
	}
}
