package cmd

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dappcore/core-dev/flows/execute"
	"github.com/dappcore/core-dev/internal/state"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
	"github.com/dappcore/core-dev/tui"
)

// TestReadOnlyHoldsInTheEngineToo, whatever the screen asks of it.
func TestReadOnlyHoldsInTheEngineToo(t *testing.T) {
	s := demoScreen(t)
	v, err := s.Refresh(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	epic, ok := firstReady(v.Fleet)
	if !ok {
		t.Fatal("nothing is READY")
	}
	ask := tui.Ask{Verb: tui.Dispatch, Epics: []inventory.Ref{epic}, Max: 1}
	p, err := s.Propose(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	s.a.opt.readOnly = true
	emit := func(orchestrator.Event) { t.Error("something was sent") }
	_, proposed := s.Propose(t.Context(), ask)
	_, followed := s.Follow(t.Context(), emit)
	for _, err := range []error{proposed, followed, s.Apply(t.Context(), p.ID, emit)} {
		if err == nil || !strings.Contains(err.Error(), "--read-only") {
			t.Errorf("answered %v", err)
		}
	}
}

// TestAFollowSaysAllItWillDo: the preview names what the settings let the later looks
// do, and until when its number of tasks holds.
func TestAFollowSaysAllItWillDo(t *testing.T) {
	a, _ := onDemo(t, morning)
	l, err := a.look(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	always := []string{"Until it is stopped", "until 00:00Z", "each day after that"}
	for _, c := range []struct {
		x    execute.Watch
		says []string
		not  []string
	}{
		{execute.Watch{}, []string{"merges what is green"}, []string{"reassign", "next epic", "wait for you"}},
		{execute.Watch{Begin: true}, []string{"begins a repository's next epic"}, []string{"reassign"}},
		{execute.Watch{Gates: execute.Gates{Reassign: "codex"}}, []string{"closes a pull request that stays red and gives its child to codex", "a task each"}, []string{"next epic"}},
		{execute.Watch{Gates: execute.Gates{Ask: true, Word: true}}, []string{"wait for you"}, []string{"merges what is green"}},
	} {
		text := followLater(l, c.x)
		for _, want := range append(c.says, always...) {
			if !strings.Contains(text, want) {
				t.Errorf("%+v: no %q in %q", c.x, want, text)
			}
		}
		for _, no := range c.not {
			if strings.Contains(text, no) {
				t.Errorf("%+v: %q in %q", c.x, no, text)
			}
		}
	}
}

// TestTheDemoInsteadLeavesTheFolderAlone: what was opened of the folder before the
// question was answered is not written to afterwards.
func TestTheDemoInsteadLeavesTheFolderAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), ".core")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"config.yaml": "org: acme\n", "inventory.yaml": "repos:\n  - name: widgets\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(dir, "state.db")
	db, _, err := state.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	db.Close()
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	a := newApp(nil, &bytes.Buffer{}, &bytes.Buffer{})
	t.Cleanup(a.close)
	a.opt.dir = dir
	if _, err := a.remembered(); err != nil {
		t.Fatal(err)
	}
	if a.db == nil {
		t.Fatal("nothing was opened")
	}
	a.opt.demo = true
	a.leaveFolder()
	d, err := a.dir()
	if err != nil || !d.Demo {
		t.Fatalf("%+v, %v", d, err)
	}
	if _, err := newScreenEngine(a, d).Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	after, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the folder's state.db was written: %v", err)
	}
	if _, err := os.Stat(d.File("state.db")); err != nil {
		t.Error(err)
	}
}
