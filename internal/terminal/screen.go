package terminal

import (
	"os"

	"github.com/charmbracelet/x/term"
)

// Screen is what output goes to.
type Screen struct {
	Width  int  // cells a line; 0: not a terminal, or not known: nothing is cut
	Colour bool // whether it shows colour
}

// Of asks about a file. What is not a terminal has no width and no colour;
// neither has colour where NO_COLOR is set (https://no-color.org) or the
// terminal is dumb.
func Of(f *os.File, env func(string) (string, bool)) Screen {
	if f == nil || !term.IsTerminal(f.Fd()) {
		return Screen{}
	}
	s := Screen{Colour: true}
	if w, _, err := term.GetSize(f.Fd()); err == nil && w > 0 {
		s.Width = w
	}
	if v, _ := env("NO_COLOR"); v != "" {
		s.Colour = false
	}
	if v, _ := env("TERM"); v == "dumb" {
		s.Colour = false
	}
	return s
}

// Tone is what a piece of text says by its colour, which it must also say by
// its words.
type Tone int

const (
	Plain Tone = iota
	Good
	Warn
	Bad
	Faint
	Strong
)

// The colours are of the sixteen that a person's own theme defines.
var tones = [...]string{Plain: "", Good: "\x1b[32m", Warn: "\x1b[33m", Bad: "\x1b[31m", Faint: "\x1b[2m", Strong: "\x1b[1m"}

// Paint colours text where the screen shows colour.
func (s Screen) Paint(t Tone, text string) string {
	if !s.Colour || text == "" || t <= Plain || int(t) >= len(tones) {
		return text
	}
	return tones[t] + text + "\x1b[0m"
}
