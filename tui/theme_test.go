package tui

import (
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
)

// TestThemes: what a person wants, what the terminal can show and what it told of its
// background decide the colours, in that order but for NO_COLOR, which stands first.
func TestThemes(t *testing.T) {
	for _, c := range []struct {
		name string
		look look
		want *theme
	}{
		{"nothing is known", look{}, &sixteen},
		{"a dark background", look{known: true, dark: true}, &dark},
		{"a light background", look{known: true}, &light},
		{"dark is wanted on light", look{want: ThemeDark, known: true}, &dark},
		{"light is wanted on dark", look{want: ThemeLight, known: true, dark: true}, &light},
		{"its own are wanted", look{want: ThemeANSI, known: true}, &sixteen},
		{"only sixteen can be shown", look{want: ThemeDark, profile: colorprofile.ANSI}, &sixteen},
		{"none can be shown", look{want: ThemeDark, profile: colorprofile.ASCII}, &noColour},
		{"NO_COLOR", look{want: ThemeDark, none: true, known: true, profile: colorprofile.TrueColor}, &noColour},
	} {
		if c.look.theme() != c.want {
			t.Errorf("%s: other colours", c.name)
		}
	}
}

// TestThemesAreDrawn: --theme reaches the frame.
func TestThemesAreDrawn(t *testing.T) {
	for theme, want := range map[Theme]string{ThemeDark: dark[accentRole], ThemeLight: light[accentRole], ThemeANSI: sixteen[accentRole]} {
		s := open(t, 120, 36, func(_ *hub, o *Options) { o.Theme = theme })
		if !strings.Contains(s.Model().View().Content, "\x1b["+want+"m") {
			t.Errorf("%s: its accent is not drawn", theme)
		}
	}
}
