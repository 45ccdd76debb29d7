package tui

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/internal/terminal"
	"github.com/dappcore/core-dev/inventory"
)

var update = flag.Bool("update", false, "write the golden frames anew")

// golden compares the frame with testdata/NAME.txt.
func golden(t *testing.T, s *screen, name string) {
	t.Helper()
	fits(t, s)
	file := filepath.Join("testdata", name+".txt")
	got := s.Frame() + "\n"
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (go test ./tui -update writes it)", err)
	}
	if got != string(want) {
		t.Errorf("%s differs (go test ./tui -update writes it anew)\ngot\n%s\nwant\n%s", name, got, want)
	}
}

var colours = regexp.MustCompile("\x1b\\[[0-9;]*m")

// fits fails unless the frame is exactly as large as the screen and holds
// nothing that acts on a terminal but colours.
func fits(t interface {
	Helper()
	Fatalf(string, ...any)
}, s *screen) {
	t.Helper()
	st := s.state()
	if st.w <= 0 || st.h <= 0 {
		return
	}
	raw := s.Raw()
	lines := strings.Split(colours.ReplaceAllString(raw, ""), "\n")
	if len(lines) != st.h {
		t.Fatalf("%d lines on a screen of %dx%d\n%s", len(lines), st.w, st.h, s.Frame())
	}
	for k, l := range lines {
		if terminal.Clean(l) != l {
			t.Fatalf("line %d is not clean: %q", k+1, l)
		}
		if w := st.method.StringWidth(l); w != st.w {
			t.Fatalf("line %d of a screen of %dx%d is %d cells wide: %q\n%s", k+1, st.w, st.h, w, l, s.Frame())
		}
	}
}

func TestGolden(t *testing.T) {
	t.Run("grid", func(t *testing.T) {
		s := open(t, 120, 36)
		golden(t, s, "grid-120x36")
		s.Press("2", "j")
		golden(t, s, "grid-120x36-epics")
		s.Press("enter")
		golden(t, s, "grid-120x36-phases")
		s.Press("enter")
		golden(t, s, "grid-120x36-detail")
	})
	t.Run("warnings", func(t *testing.T) {
		s := open(t, 120, 36, func(h *hub, _ *Options) {
			for _, r := range h.snap.Repos {
				h.state.Fleet = append(h.state.Fleet, r.Ref)
			}
			h.state.Team.Members[0].Repos = []string{"core"}
			h.state.Outside = []budget.Outside{{Repo: ref("core", 0).Repo, Issue: 111, Agent: "jules", Actor: "Snider", At: noon}}
		})
		s.Press("4")
		golden(t, s, "warnings-120x36")
	})
	t.Run("wide", func(t *testing.T) { golden(t, open(t, 200, 50), "grid-200x50") })
	t.Run("zoom", func(t *testing.T) {
		s := open(t, 120, 36)
		s.Press("+")
		golden(t, s, "zoom-120x36")
	})
	t.Run("tabs", func(t *testing.T) {
		s := open(t, 80, 24)
		for k, name := range paneNames {
			s.Press(string(rune('1' + k)))
			golden(t, s, "tabs-80x24-"+strings.ToLower(name))
		}
		s.Press("2", "j", "d")
		golden(t, s, "tabs-80x24-preview")
	})
	t.Run("single", func(t *testing.T) {
		s := open(t, 50, 15)
		golden(t, s, "single-50x15")
		s.Press("2", "d")
		golden(t, s, "single-50x15-preview")
	})
	t.Run("small", func(t *testing.T) { golden(t, open(t, 30, 8), "small-30x8") })
	t.Run("preview", func(t *testing.T) {
		s := open(t, 120, 36)
		s.Press("2", "j", "d")
		golden(t, s, "preview-120x36")
	})
	t.Run("refused", func(t *testing.T) {
		s := open(t, 120, 36, func(h *hub, _ *Options) { h.state.Team.Members[0].Quota = 37 })
		s.Press("2", "j", "d")
		golden(t, s, "refused-120x36")
	})
	t.Run("sent", func(t *testing.T) {
		s := open(t, 120, 36)
		s.Press("2", "j", "d")
		s.read()
		s.Press("y")
		golden(t, s, "sent-120x36")
	})
	t.Run("help", func(t *testing.T) {
		s := open(t, 120, 40)
		s.Press("?")
		golden(t, s, "help-120x40")
	})
	t.Run("filter", func(t *testing.T) {
		s := open(t, 120, 36)
		s.Press("/")
		s.Type("mcp")
		golden(t, s, "filter-120x36")
	})
	t.Run("ascii", func(t *testing.T) {
		s := open(t, 120, 36, func(_ *hub, o *Options) { o.ASCII, o.NoColor = true, true })
		s.Press("2", "j", "d")
		golden(t, s, "ascii-120x36")
		for _, r := range s.Raw() {
			if r >= 0x80 {
				t.Fatalf("%q is no ASCII", r)
			}
		}
	})
	t.Run("signed out", func(t *testing.T) {
		golden(t, open(t, 120, 36, func(h *hub, _ *Options) { h.fail = errSignedOut }), "signed-out-120x36")
	})
	t.Run("empty", func(t *testing.T) {
		golden(t, open(t, 120, 36, func(h *hub, _ *Options) { h.snap.Repos = nil }), "empty-120x36")
	})
	t.Run("stale", func(t *testing.T) {
		s := open(t, 120, 36)
		s.hub.fail = errSignedOut
		s.Advance(40 * time.Minute)
		golden(t, s, "stale-120x36")
	})
	t.Run("hostile", func(t *testing.T) {
		s := open(t, 120, 36, func(h *hub, _ *Options) { hostile(&h.snap) })
		golden(t, s, "hostile-120x36")
		s.Press("2", "d")
		golden(t, s, "hostile-120x36-preview")
	})
}

// hostile gives names and titles that act on terminals and on layouts.
func hostile(s *inventory.Snapshot) {
	titles := []string{
		"\x1b[2J\x1b]0;owned\x07clear the screen", "user\u202etxt.exe\u202c reversed", strings.Repeat("世界", 150),
		"e\u0301\u0301\u0301 combining 👩\u200d💻 👍🏽 🇩🇪 ❤️", "tab\tand\nline", "हिन्दी नमस्ते ภาษาไทย", "\u009b31mC1", "\u0903 starts with a vowel sign", strings.Repeat("x", 300), "",
	}
	k := 0
	for r := range s.Repos {
		for i := range s.Repos[r].Issues {
			it := &s.Repos[r].Issues[i]
			if it.Body != "" {
				it.Title = "epic(x): " + titles[k%len(titles)]
			} else {
				it.Title = titles[k%len(titles)]
			}
			k++
		}
	}
}
