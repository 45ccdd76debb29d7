package tui

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/internal/terminal"
	"github.com/dappcore/core-dev/tui/tuitest"
)

// TestFirstFrameFromTheCache: before any answer of the network.
func TestFirstFrameFromTheCache(t *testing.T) {
	clock := tuitest.NewClock(noon)
	h := newHub(clock)
	v := h.view()
	h.cached = &v
	h.lookGate = make(chan struct{}, 9)
	clock.Set(noon.Add(3 * time.Hour))
	m, err := newModel(t.Context(), h, Options{Clean: terminal.Clean, Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	s := &screen{tuitest.Start(t, m, clock, 120, 36), h, clock}
	s.Until("core #101")
	s.Shows("old: 3h")
	if h.looks != 0 {
		t.Error("the network was asked first")
	}
	s.hub.lookGate <- struct{}{}
	s.Idle()
	s.Hides("old:")
	s.Shows("core #101")
}

// TestLoadingEnds in an error when nobody answers.
func TestLoadingEnds(t *testing.T) {
	s := open(t, 120, 36, func(h *hub, _ *Options) { h.fail = errSignedOut })
	s.Shows("not signed in", "run gh auth login or set GITHUB_TOKEN", "Waits for GitHub")
	s.Advance(time.Hour)
	s.Shows("not signed in")
	s.hub.mu.Lock()
	s.hub.fail = nil
	s.hub.mu.Unlock()
	s.Press("r")
	s.Hides("not signed in · ")
	s.Shows("core #101")
}

// TestAFailedLookKeepsWhatThereIs, says so, and dims it as it grows old.
func TestAFailedLookKeepsWhatThereIs(t *testing.T) {
	s := open(t, 120, 36)
	s.hub.mu.Lock()
	s.hub.fail = errors.New("GitHub cannot be reached")
	s.hub.mu.Unlock()
	s.Press("r")
	s.Shows("core #101", "✗ not refreshed", "GitHub cannot be reached · r retry")
	s.Hides("old:")
	s.Advance(10 * time.Minute)
	s.Shows("core #101", "old: 10m")
	s.hub.mu.Lock()
	s.hub.fail = nil
	s.hub.mu.Unlock()
	s.Press("r")
	s.Hides("not refreshed", "old:")
}

// TestBackoff: after failures it asks ever more rarely, and never stops.
func TestBackoff(t *testing.T) {
	s := open(t, 120, 36, func(h *hub, _ *Options) { h.fail = errSignedOut })
	first := s.hub.looks
	s.Advance(30 * time.Minute)
	n := s.hub.looks - first
	if n < 6 || n > 12 {
		t.Errorf("%d looks in half an hour of failures", n)
	}
}

// TestAnUnchangedAnswerIsNews: the age is that of the last answer, not of what
// was read, and a person who asked is told.
func TestAnUnchangedAnswerIsNews(t *testing.T) {
	s := open(t, 120, 36)
	s.hub.mu.Lock()
	s.hub.same = true
	s.hub.mu.Unlock()
	s.clock.Set(noon.Add(4 * time.Minute))
	s.Press("j") // a key, so that the time is looked at
	s.Shows("old: 4m", "↻ 4m")
	s.Press("r")
	s.Shows("GitHub was asked: nothing new since 14:02Z", "↻ now")
	s.Hides("old:")
	s.Advance(toastTime + time.Second)
	s.Hides("nothing new")
	s.Advance(10 * time.Minute) // asked again and again, by nobody
	s.Hides("old:", "nothing new")
	s.hub.mu.Lock()
	s.hub.same = false
	i, _ := s.hub.snap.Find(ref("core-mcp", 29))
	i.Labels = []string{"jules"}
	s.hub.mu.Unlock()
	s.Press("r")
	s.Shows("GitHub was read again: 1 change, told in Activity")
	s.clock.Set(s.clock.Now().Add(time.Second))
	s.Press("R")
	s.Shows("GitHub was read again: nothing new for what is shown")
}

// TestInterval: never under 2 s, whatever was configured.
func TestInterval(t *testing.T) {
	s := open(t, 120, 36, func(_ *hub, o *Options) { o.Every = time.Millisecond })
	first := s.hub.looks
	s.Advance(time.Minute)
	if n := s.hub.looks - first; n < 15 || n > 30 {
		t.Errorf("%d looks in a minute", n)
	}
}

// TestOneLookAtATime: keys do not pile looks up.
func TestOneLookAtATime(t *testing.T) {
	s := open(t, 120, 36)
	s.hub.lookGate = make(chan struct{}, 9)
	first := s.hub.looks
	for range 5 {
		s.Tap("r")
	}
	s.hub.lookGate <- struct{}{}
	s.Idle()
	if n := s.hub.looks - first; n != 1 {
		t.Errorf("%d looks", n)
	}
}

// TestOneFailedRepoHidesNoOther.
func TestOneFailedRepoHidesNoOther(t *testing.T) {
	s := open(t, 120, 36)
	s.Shows("✗ core-tenant", "grant the token access", "core-mcp", "core-api")
}

// TestCalm: on an idle screen, time passes without the frame changing but for what
// tells the time, looks that find nothing new included.
func TestCalm(t *testing.T) {
	s := open(t, 120, 36)
	s.hub.mu.Lock()
	s.hub.same = true
	s.hub.mu.Unlock()
	s.Advance(time.Second)
	told := regexp.MustCompile(`─|\b(now|[0-9]+[sm])\b|in [0-9]+h[0-9]+m`) // what tells the time, and what makes room for it
	still := func() string {
		_, panes, _ := strings.Cut(s.Frame(), "\n") // the first line tells the time
		return told.ReplaceAllString(panes, "")
	}
	before := still()
	first := s.hub.looks
	for range 40 {
		s.Advance(time.Second)
		if after := still(); after != before {
			t.Fatalf("an idle second changed\n%s\nto\n%s", before, after)
		}
	}
	if s.hub.looks-first < 2 {
		t.Error("nobody looked meanwhile")
	}
}

func TestRunNeedsClean(t *testing.T) {
	if err := Run(t.Context(), newHub(tuitest.NewClock(noon)), Options{}); err == nil {
		t.Error("a screen without Clean was opened")
	}
}

// TestAPartIsMadeWholeWhereGitHubIsAway: once, and no look is waited for meanwhile.
func TestAPartIsMadeWholeWhereGitHubIsAway(t *testing.T) {
	s := open(t, 120, 36, func(h *hub, _ *Options) {
		v := h.view()
		snap, part := *v.Snapshot, *v.Fleet
		snap.Repos, part.Rows = nil, slices.Clone(v.Fleet.Rows)
		for k := range part.Rows {
			repo := *part.Rows[k].Repo
			repo.Issues = nil
			part.Rows[k].Repo = &repo
		}
		v.Snapshot, v.Fleet, v.Partial = &snap, &part, true
		h.cached, h.fail = &v, errSignedOut
	})
	s.Shows("core #101", "not signed in")
	if b := s.state().board; b.view.Partial || s.state().fetch.running {
		t.Fatalf("a part still: %v, a look runs: %v", b.view.Partial, s.state().fetch.running)
	}
	s.Press("G", "k", "i")
	s.Hides("Reading the issues", "No issue is open here")
}
