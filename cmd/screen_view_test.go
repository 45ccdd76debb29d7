package cmd

import (
	"io"
	"os"
	"strings"
	"testing"

	"github.com/dappcore/core-dev/internal/config"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
	"github.com/dappcore/core-dev/tui"
)

// demoScreen is the screen's engine on a new demo.
func demoScreen(t *testing.T) *screenEngine {
	t.Helper()
	a := newApp(nil, io.Discard, io.Discard)
	t.Cleanup(a.close)
	a.opt.demo, a.opt.dir = true, t.TempDir()
	if _, err := a.config(); err != nil {
		t.Fatal(err)
	}
	d, err := a.dir()
	if err != nil {
		t.Fatal(err)
	}
	return newScreenEngine(a, d)
}

// While a screen serves the demo, another command is told how to reach it.
func TestBesideTheDemo(t *testing.T) {
	sampled(t)
	s := demoScreen(t)
	v, err := s.Refresh(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(v.Beside, "--api-url "+s.a.simURL) || v.Web != s.a.simURL {
		t.Errorf("the view says %q and %q, the demo is at %s", v.Beside, v.Web, s.a.simURL)
	}
	if got := besideWords(s.folder); got != ", or ask it: "+v.Beside {
		t.Errorf("whoever finds the folder in use reads %q", got)
	}
	s.a.close()
	if got := besideWords(s.folder); got != "" {
		t.Errorf("after the end there is still %q", got)
	}
}

// The age of a look is that of GitHub's last answer, also where that was that
// nothing changed.
func TestALookThatFindsNothingNew(t *testing.T) {
	sampled(t)
	s := demoScreen(t)
	first, err := s.Refresh(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	again, err := s.Refresh(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !again.Snapshot.TakenAt.Equal(first.Snapshot.TakenAt) {
		t.Fatal("GitHub was read again though nothing changed")
	}
	if !again.CheckedAt.After(again.Snapshot.TakenAt) {
		t.Errorf("checked at %s, read at %s", again.CheckedAt, again.Snapshot.TakenAt)
	}
	l, err := s.a.look(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := s.a.seenWords(l); !strings.HasPrefix(got, "asked 0s ago: nothing new in ") {
		t.Errorf("the report says %q", got)
	}
}

// What was sent is there after a restart, and a pause at once.
func TestWhatTheScreenReadsOfTheFolder(t *testing.T) {
	sampled(t)
	s := demoScreen(t)
	_, on := s.Paused()
	if sent, err := s.Recent(); on || sent != nil || err != nil {
		t.Errorf("a new folder: paused %v, sent %v, %v", on, sent, err)
	}
	v, err := s.Refresh(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	epic, ok := firstReady(v.Fleet)
	if !ok {
		t.Fatal("nothing is READY")
	}
	p, err := s.Propose(t.Context(), tui.Ask{Verb: tui.Dispatch, Epics: []inventory.Ref{epic}, Max: 1})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Apply(t.Context(), p.ID, func(orchestrator.Event) {}); err != nil {
		t.Fatal(err)
	}
	sent, err := s.Recent()
	if err != nil || len(sent) != 1 || sent[0].Tasks != 1 || sent[0].State != orchestrator.State(orchestrator.Complete) || sent[0].Target != epic.String() {
		t.Errorf("sent %+v", sent)
	}
	if err := config.SetPause(s.folder, s.a.now(), "the pool is wrong"); err != nil {
		t.Fatal(err)
	}
	if why, on := s.Paused(); !on || why != "the pool is wrong" {
		t.Errorf("paused %v %q", on, why)
	}
	if err := os.Remove(s.folder.File(config.PauseFile)); err != nil {
		t.Fatal(err)
	}
	if _, on := s.Paused(); on {
		t.Error("paused without the file")
	}
}
