package tui

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"github.com/dappcore/core-dev/internal/terminal"
)

// TestMeter: what is cut or filled is exactly as wide as was asked, by either
// measure, whatever the text.
func TestMeter(t *testing.T) {
	hard := []rune("\u0903\u0d4eaé界🇩🇪👍🏽❤️हिन्दีภาษาไทย\u0301\ufe0f\u200d ")
	rapid.Check(t, func(t *rapid.T) {
		s := terminal.Clean(string(rapid.SliceOf(rapid.OneOf(rapid.SampledFrom(hard), rapid.Rune())).Draw(t, "text")))
		cells := rapid.IntRange(0, 40).Draw(t, "cells")
		for _, method := range []ansi.Method{ansi.WcWidth, ansi.GraphemeWidth} {
			m := meter{method, "…"}
			if w := m.width(m.cut(s, cells)); w > cells {
				t.Fatalf("%q cut to %d is %d wide", s, cells, w)
			}
			for _, f := range []string{m.fit(s, cells), m.fitRight(s, cells)} {
				if m.width(f) != cells || m.width("│"+f+" ") != cells+2 {
					t.Fatalf("%q made %d wide is %d wide: %q", s, cells, m.width(f), f)
				}
			}
			if m.width(s) <= cells && m.cut(s, cells) != s {
				t.Fatalf("%q was cut though it fits", s)
			}
			if from := min(cells, m.width(s)); m.width(m.tail(s, from)) != m.width(s)-from {
				t.Fatalf("%q from %d on is %q", s, from, m.tail(s, from))
			}
			for _, l := range m.wrap(s, max(1, cells), 3) {
				if m.width(l) > max(1, cells) {
					t.Fatalf("%q wrapped at %d has the line %q", s, cells, l)
				}
			}
		}
	})
}

func TestShortNames(t *testing.T) {
	for in, want := range map[string]string{
		"Phase 1: Foundations (blocking)": "1 Foundations", "Wave 2": "Wave 2", "Security": "Security", "Phase two": "Phase two",
		"Phase 3 - Cleanup": "3 Cleanup", "Phase 1: (x)": "1 (x)", "": "",
	} {
		if got := shortPhase(in); got != want {
			t.Errorf("%q became %q, not %q", in, got, want)
		}
	}
	for in, want := range map[string]string{"epic(audit): all": "all", "epic: all": "all", "epic(audit):": "epic(audit):", "epicure": "epicure", "other": "other"} {
		if got := epicTitle(in); got != want {
			t.Errorf("%q became %q, not %q", in, got, want)
		}
	}
}

func TestBar(t *testing.T) {
	d := &drawing{glyphs: asciiGlyphs}
	for _, c := range []struct {
		full, part, of int
		want           string
	}{{0, 0, 10, ".........."}, {10, 0, 10, "##########"}, {1, 0, 300, "#........."}, {299, 0, 300, "#########."}, {0, 1, 300, "=........."}, {5, 5, 10, "#####====="}, {20, 5, 10, "##########"}, {0, 0, 0, ".........."}} {
		if got := d.bar(c.full, c.part, c.of, 10); got != c.want {
			t.Errorf("%d+%d of %d: %s, not %s", c.full, c.part, c.of, got, c.want)
		}
	}
	if strings.Contains(d.bar(9, 0, 10, 5), "#####") {
		t.Error("9 of 10 looks full")
	}
}
