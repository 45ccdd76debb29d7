package tui

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/orchestrator"
)

func fieldsOf(keys string) []string { return strings.Fields(keys) }

// TestActivityRemembers what earlier runs sent, in the words of this one.
func TestActivityRemembers(t *testing.T) {
	ago := noon.Add(-time.Minute)
	label := func(n int, o orchestrator.Outcome) orchestrator.StepEntry {
		return orchestrator.StepEntry{Step: flows.Step{Effect: flows.AddLabel{Issue: ref("core", n), Label: "jules", Spends: true}}, Outcome: o, At: ago}
	}
	s := open(t, 120, 60, func(h *hub, _ *Options) {
		h.recent = []orchestrator.Entry{
			{ID: "1", Flow: "dispatch", Target: "dappcore/core#101", Last: ago, State: orchestrator.State(orchestrator.Complete), Tasks: 1, Done: 1,
				Steps: []orchestrator.StepEntry{label(112, orchestrator.Done)}},
			{ID: "2", Flow: "dispatch", Target: "dappcore/core#118\x1b[2J", Last: ago, State: orchestrator.Open, Tasks: 1, Done: 1,
				Steps: []orchestrator.StepEntry{label(119, orchestrator.Done), label(120, "")}},
		}
	})
	s.Shows("14:01 ✓ label      dappcore/core#112  jules  1 task",
		"14:01 ✓ sent       dispatch dappcore/core#101: 1 task dispatched, 1 of 1 step",
		"14:01 ✗ open       dispatch dappcore/core#118: 1 task dispatched, 1 of 2 steps; left open: core dev apply --resume")
	s.Hides("Nothing yet", "dappcore/core#120  jules")
	log := s.state().log
	if last := log[len(log)-1]; last.word != "refresh" {
		t.Errorf("what was before comes after what is now: %+v", last)
	}
}

// TestActivityRemembersOnTheEmbeddedGitHub: a screen opened after another was
// left tells what that one sent.
func TestActivityRemembersOnTheEmbeddedGitHub(t *testing.T) {
	s, r := openReal(t)
	s.Press("2", "d")
	s.Advance(time.Second)
	s.Press("y")
	s.Shows("work #3: 2 tasks dispatched")
	again := reopen(t, r)
	again.Shows("✓ sent", "2 tasks dispatched", "/work#2  jules  1 task")
}

// TestPauseIsSeen within a second, in both directions, with the reason.
func TestPauseIsSeen(t *testing.T) {
	s := open(t, 120, 36)
	s.Press("2", "j", "d")
	looks := s.hub.looks
	s.hub.mu.Lock()
	s.hub.paused, s.hub.reason = true, "the pool is\x1b[2J wrong"
	s.hub.mu.Unlock()
	s.Advance(time.Second)
	s.Shows("! paused: the pool is wrong", "Writing is paused (the pool is wrong): run core dev resume, then y sends.")
	s.Press("y")
	if s.writes() != nil {
		t.Fatalf("sent %q while paused", s.writes())
	}
	s.hub.mu.Lock()
	s.hub.paused = false
	s.hub.mu.Unlock()
	s.Advance(time.Second)
	s.Hides("! paused:", "Writing is paused")
	s.Press("esc")
	s.Shows("resumed", "nothing writes to GitHub until core dev resume (the pool is wrong)")
	if s.hub.looks != looks {
		t.Error("it took a look at GitHub to see a file")
	}
}

// TestPausedWhileSending says how to go on.
func TestPausedWhileSending(t *testing.T) {
	s := open(t, 120, 36, func(h *hub, o *Options) {
		h.broken = orchestrator.Paused{Note: "wrong pool"}
		o.Called = func(command string) string { return command + " --demo" }
	})
	s.Press("2", "j", "d")
	s.read()
	s.Press("y")
	s.Shows("writing is paused (.core/PAUSE: wrong pool)", "esc dismiss")
	s.Press("5", "/")
	s.Type("failed")
	s.Press("enter", "enter")
	s.Shows("[Activity]", "then core dev apply --resume --demo goes on with this plan")
}

// TestALongLineIsShownWhole by enter, of Activity and of Budget.
func TestALongLineIsShownWhole(t *testing.T) {
	s := open(t, 80, 24, func(h *hub, _ *Options) {
		h.broken = errors.New("Post \"https://api.github.com/graphql\": dial tcp 140.82.121.6:443: connect: connection refused, and that is all there is to say")
	})
	s.Press("2", "j", "d")
	s.read()
	s.Press("y", "5")
	s.Press("/")
	s.Type("failed")
	s.Press("enter", "enter")
	s.Shows("refused, and that is all there is to say  ")
	golden(t, s, "line-80x24-activity")
	s.Press("esc", "4", "G", "enter")
	s.Shows("connecting one frees it:", "core-mcp")
	golden(t, s, "line-80x24-budget")
	s.Press("esc")
	s.Hides("[Budget]")
}
