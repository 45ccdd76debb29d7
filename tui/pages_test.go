package tui

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/orchestrator"
)

// audited gives the issues of core-php the labels that an audit gives.
func audited(h *hub, _ *Options) {
	for n, labels := range map[int][]string{3: {"high", "security", "complexity:small"}, 4: {"critical", "security"}} {
		i, _ := h.snap.Find(ref("core-php", n))
		i.Labels = labels
	}
}

// TestIssuesPage lists a repository's issues by severity, and e makes an epic of
// those that are marked.
func TestIssuesPage(t *testing.T) {
	s := open(t, 120, 36, audited)
	s.Press("j", "j", "j", "i")
	s.Shows("[Issues of core-php]", "1 of 4", "an audit: its findings become issues")
	golden(t, s, "issues-120x36")
	frame := s.Frame()
	if strings.Index(frame, "critical") > strings.Index(frame, "high") {
		t.Errorf("not by severity:\n%s", frame)
	}
	s.Press("space", "e")
	s.Shows("every issue that is marked is an audit")
	s.Advance(toastTime)
	s.Press("space", "space", "space", "e")
	s.Shows("Make epics · preview", "2 issues of core-php")
	if a := s.hub.asked[0]; !slices.Equal(numbersOf(a.Issues), []int{4, 3}) || a.Repos[0].Name != "core-php" {
		t.Errorf("asked %+v", a)
	}
	s.Press("esc", "esc")
	s.Shows("[Issues of core-php]")
	s.Hides("3 marked")
	s.Press("e")
	if a := s.hub.asked[1]; a.Issues != nil {
		t.Errorf("without a mark it asked %+v", a)
	}
	s.Press("esc", "a")
	s.Shows("Audit · preview")
	s.Press("esc", "2")
	s.Shows("[2 Epics]")
}

// TestBudgetPage shows today by agent and member, and the days before.
func TestBudgetPage(t *testing.T) {
	s := open(t, 120, 36, func(h *hub, _ *Options) {
		h.days = []budget.DayUse{{Date: "2026-02-02", Used: 210, Agents: []budget.AgentUse{{Name: "codex", Used: 10}, {Name: "jules", Used: 200}}}, {Date: "2026-02-03", Used: 120}, {Date: "2026-02-04"}}
	})
	s.Press("b")
	s.Shows("[Budget]", "Members", "@Snider", "2026-02-02", "210 tasks: codex 10, jules 200")
	golden(t, s, "budget-120x36")
	s.Resize(80, 24)
	golden(t, s, "budget-80x24")
	s.hub.ahead = Ahead{Said: "3 tasks of 80 today at the most", Tasks: 3, Shares: []Share{{Repo: "core", Tasks: 2, Ready: 6}, {Repo: "core-mcp", Tasks: 1, Ready: 2}},
		Epics: []Finish{{"core #101", 4, "2026-02-06", "2026-02-09", "later"}}, Picture: []string{"4 │ ●●", "0 └───"}}
	s.Resize(120, 44)
	s.Press("r")
	s.Shows("Plan of today: 3 tasks", "2 of 6 READY", "4 children open · 2026-02-06 · 2026-02-09 · later")
	golden(t, s, "budget-120x44-ahead")
	s.Press("G")
	fits(t, s)
	s.Press("d")
	s.Shows("The day's plan · preview")
	s.Press("esc", "b")
	s.Hides("[Budget]")
}

// TestSessionPage lists the eleven steps, stands where the day goes on, and enter
// previews a step.
func TestSessionPage(t *testing.T) {
	s := open(t, 120, 36, func(h *hub, _ *Options) {
		for k, title := range []string{"yesterday's results", "today's budget", "unstick pull requests", "first blockers"} {
			st := Sitting{Step: k + 1, Session: "morning", Title: title, State: "open", Said: "nothing to do"}
			switch k {
			case 0:
				st.State, st.Said = "done", "3 steps"
			case 2:
				st.Sends, st.Said, st.Count = true, "2 steps: 2 ask", 2
			case 3:
				st.Problem = errors.New("GitHub is away\x1b[2J")
			}
			h.sittings = append(h.sittings, st)
		}
	})
	s.Press("m")
	s.Shows("[Sessions of the day]", "✓ done", "3 of 4")
	golden(t, s, "session-120x36")
	s.Press("enter")
	s.Shows("Session · preview, nothing sent yet", "3 unstick pull requests")
	if a := s.hub.asked[0]; a.Verb != Sit || a.Step != 3 {
		t.Errorf("asked %+v", a)
	}
	s.Press("esc", "k", "enter")
	s.Shows("2 today's budget: nothing is to be sent")
	s.Press("G")
	s.Shows("GitHub is away")
	fits(t, s)
	if s.writes() != nil {
		t.Errorf("sent %q", s.writes())
	}
}

// TestLogPage lists what was sent and takes one plan back through the preview.
func TestLogPage(t *testing.T) {
	s := open(t, 120, 36, func(h *hub, _ *Options) {
		h.recent = []orchestrator.Entry{{ID: "a", Flow: "audit", Target: "dappcore/core-php", Command: "core dev audit core-php", State: orchestrator.State(orchestrator.Complete), Last: noon},
			{ID: "b", Flow: "dispatch", Target: "dappcore/core#118", State: orchestrator.Open, Last: noon, Tasks: 2}}
	})
	s.Press("L")
	s.Shows("[Log]", "dappcore/core-php", "complete", "1 of 2")
	golden(t, s, "log-120x36")
	s.Press("j", "u")
	s.Shows("Undo · preview")
	if a := s.hub.asked[0]; a.Verb != Undo || a.Plan != "a" {
		t.Errorf("asked %+v", a)
	}
}

// TestMouse selects and moves, never plans, and is switched off.
func TestMouse(t *testing.T) {
	s := open(t, 120, 36, func(_ *hub, o *Options) { o.Mouse = true })
	click := func(x, y int) { s.Send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft}) }
	click(60, 4) // Epics, the second row
	if st := s.state(); st.focus != epics || st.lists[epics].selected() != ref("core", 118).Key() {
		t.Errorf("%v %s", st.focus, st.lists[epics].selected())
	}
	click(60, 4)
	s.Shows("[3 Phases]")
	s.Send(tea.MouseWheelMsg{X: 5, Y: 5, Button: tea.MouseWheelDown})
	if got := s.state().lists[repos].at; got != 3 {
		t.Errorf("the wheel went to %d", got)
	}
	click(500, 500)
	click(0, 0)
	s.Press("M")
	if s.Model().View().MouseMode != tea.MouseModeNone {
		t.Error("the mouse is still taken")
	}
	click(3, 4)
	s.Shows("[3 Phases]")
	if s.hub.asked != nil {
		t.Error("the mouse planned")
	}
}

// TestHostilePages: what comes from outside is drawn safely on every page.
func TestHostilePages(t *testing.T) {
	s := open(t, 120, 36, func(h *hub, o *Options) {
		audited(h, o)
		hostile(&h.snap)
		h.pulls = somePulls()
		for k := range h.pulls {
			h.pulls[k].Agent, h.pulls[k].Next, h.pulls[k].Seen = "\x1b[31m世界世界世界", strings.Repeat("\u202e世e\u0301", 200), "\u0903x"
		}
		h.recent = []orchestrator.Entry{{ID: "a", Flow: "\x1b[2J", Target: strings.Repeat("世", 300), Command: "\u202e", State: orchestrator.Open, Last: noon, Detail: "\x07"}}
		h.days = []budget.DayUse{{Date: "2026-02-04", Used: 3, Agents: []budget.AgentUse{{Name: "\x1b]0;x\x07", Used: 1}, {Name: "世", Used: 2}}}}
	})
	for _, size := range [][2]int{{120, 36}, {80, 24}, {50, 15}} {
		s.Resize(size[0], size[1])
		for _, page := range []string{"p", "b", "i", "L", ":"} {
			s.Press(page)
			fits(t, s)
			s.Press("j", "G")
			fits(t, s)
			s.Press("esc")
		}
		s.Press("w")
		fits(t, s)
		s.Press("esc")
	}
	s.Resize(120, 36)
	s.Press("p")
	golden(t, s, "hostile-120x36-pulls")
	s.Press("esc", "G", "k", "i")
	golden(t, s, "hostile-120x36-issues")
}

// TestPagesSayWhatCouldNotBeRead, what to do about it, and keep what was read.
func TestPagesSayWhatCouldNotBeRead(t *testing.T) {
	s := open(t, 120, 44, func(h *hub, _ *Options) {
		h.days = []budget.DayUse{{Date: "2026-02-03", Used: 120}, {Date: "2026-02-04"}}
		h.ahead = Ahead{Said: "3 tasks of 80 today at the most", Tasks: 3}
		h.recent = []orchestrator.Entry{{ID: "a", Flow: "audit", Target: "owner/repo", State: orchestrator.State(orchestrator.Complete), Last: noon}}
	})
	unread := func(err error) {
		s.hub.mu.Lock()
		s.hub.unread = err
		s.hub.mu.Unlock()
	}
	s.Press("b")
	unread(errors.New("the log is torn\x1b[2J"))
	s.Press("r")
	s.Advance(toastTime + time.Minute)
	s.Shows("2026-02-03", "3 tasks of 80", "the log is torn", "r retry")
	if n := strings.Count(s.Frame(), "the log is torn"); n != 2 {
		t.Errorf("said %d times, of the days and of the plan", n)
	}
	fits(t, s)
	unread(nil)
	s.Press("r")
	s.Hides("the log is torn", "retry")
	s.Press("L")
	unread(errors.New("the journal is torn"))
	s.Press("r")
	s.Shows("owner/repo", "the journal is torn", "r retry")
	s.Hides("Nothing was sent")
	unread(nil)
	s.Press("r")
	s.Hides("the journal is torn")

	s = open(t, 120, 44, func(h *hub, _ *Options) { h.unread = errors.New("the journal is torn") })
	s.Shows("the journal is torn") // in Activity
	s.Press("L")
	s.Shows("the journal is torn", "r retry")
	s.Hides("Nothing was sent")
	s.Press("b")
	s.Shows("Plan of today: not known", "the journal is torn", "r retry")
}

// TestTheBudgetPageIsReadOnceAtATime, and says that it is.
func TestTheBudgetPageIsReadOnceAtATime(t *testing.T) {
	s := open(t, 120, 36, func(h *hub, _ *Options) { h.gate = make(chan struct{}) })
	s.Tap("b")
	for range 5 {
		s.Tap("r")
	}
	s.Until("Plan of today: reading")
	s.Shows("reading…")
	close(s.hub.gate)
	s.Idle()
	s.Hides("reading")
	if s.hub.reads != 1 {
		t.Errorf("read %d times", s.hub.reads)
	}
}
