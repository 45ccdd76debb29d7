package tui

import (
	"testing"
	"time"

	"github.com/dappcore/core-dev/orchestrator"
)

// TestSendingIsSeen at any size, with the time left, whoever else has news.
func TestSendingIsSeen(t *testing.T) {
	for _, c := range []struct {
		name string
		w, h int
	}{{"sending-120x36", 120, 36}, {"sending-80x24", 80, 24}, {"sending-50x15", 50, 15}} {
		s := open(t, c.w, c.h, func(h *hub, _ *Options) { h.step = make(chan struct{}, 9) })
		s.Press("2")
		for s.state().board != nil {
			if _, f, ok := s.state().epic(); ok && f.name == "core #118" {
				break
			}
			s.Press("j")
		}
		s.Press("d")
		s.read()
		s.Tap("y")
		for range 3 {
			s.hub.step <- struct{}{}
		}
		s.Until("core #118 3/9")
		s.Shows("! 2 need you") // as ever
		if c.w >= 80 {
			s.Shows("about 2 s left")
		}
		golden(t, s, c.name)
		for range 6 {
			s.hub.step <- struct{}{}
		}
		s.Idle()
	}
}

// TestWhatIsSaidOfASend: as much as there is room for, the time left counting
// down by itself, and of a wait until when.
func TestWhatIsSaidOfASend(t *testing.T) {
	going := orchestrator.Progress{Done: 12, Of: 60, Rate: 54, Left: 190 * time.Second, At: noon}
	held := going
	held.Held = noon.Add(40 * time.Second)
	for _, c := range []struct {
		send  send
		after time.Duration
		cells int
		want  string
	}{
		{send{progress: going}, 0, 80, "core #118 12/60, 54 writes a minute, about 3 min left"},
		{send{progress: going}, 0, 40, "core #118 12/60, about 3 min left"},
		{send{progress: going}, 0, 20, "core #118 12/60"},
		{send{progress: going}, 2 * time.Minute, 40, "core #118 12/60, about 70 s left"},
		{send{progress: going}, time.Hour, 80, "core #118 12/60"},
		{send{progress: held}, 0, 80, "core #118 12/60, waits until " + noon.Add(40*time.Second).Format("15:04:05Z") + ": GitHub's limit on writes"},
		{send{progress: held}, time.Minute, 40, "core #118 12/60, about 2 min left"},
		{send{progress: going, until: noon.Add(53 * time.Minute), waitFor: "refused"}, 0, 80, "core #118 12/60, waits until " + noon.Add(53*time.Minute).Format("15:04Z") + ": refused"},
		{send{progress: going, until: noon.Add(53 * time.Minute), waitFor: "refused"}, 0, 42, "core #118 12/60, waits until " + noon.Add(53*time.Minute).Format("15:04Z")},
	} {
		c.send.name, c.send.running = "core #118", true
		st := &state{now: noon.Add(c.after), date: noon.Add(c.after), send: c.send}
		d := drawing{s: st, meter: st.meter()}
		if got := d.progress(c.cells); got != c.want {
			t.Errorf("in %d cells after %v: %q, want %q", c.cells, c.after, got, c.want)
		}
	}
}
