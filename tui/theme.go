package tui

import "github.com/charmbracelet/colorprofile"

// role is what a piece of text is, for its colour; its words say it too.
type role int

const (
	plainRole role = iota
	faintRole
	strongRole
	accentRole // the one accent: focus, keys
	goodRole
	warnRole
	badRole
	chosenRole // the selected row of the focused pane
	keptRole   // the selected row of another pane
	borderRole
	roleCount
)

// theme is how each role is written: the parameters of one SGR sequence.
type theme [roleCount]string

// The sixteen colours are a person's own, legible on their own background, so
// they are used until the terminal has told its background. NO_COLOR leaves
// weight alone.
var (
	noColour = theme{faintRole: "2", strongRole: "1", accentRole: "1", warnRole: "1", badRole: "1", chosenRole: "7", keptRole: "1", borderRole: "2"}
	sixteen  = theme{faintRole: "2", strongRole: "1", accentRole: "1;36", goodRole: "32", warnRole: "33", badRole: "31", chosenRole: "1;7", keptRole: "1", borderRole: "2"}
	dark     = theme{
		faintRole: "38;2;128;134;162", strongRole: "1", accentRole: "1;38;2;122;176;255",
		goodRole: "38;2;152;200;112", warnRole: "38;2;226;178;104", badRole: "38;2;248;120;140",
		chosenRole: "1;38;2;236;240;255;48;2;46;58;92", keptRole: "1", borderRole: "38;2;76;84;112",
	}
	light = theme{
		faintRole: "38;2;104;108;122", strongRole: "1", accentRole: "1;38;2;32;84;176",
		goodRole: "38;2;40;112;36", warnRole: "38;2;138;88;0", badRole: "38;2;178;28;52",
		chosenRole: "1;38;2;16;24;48;48;2;212;224;248", keptRole: "1", borderRole: "38;2;168;174;190",
	}
)

// Theme is which colours are used.
type Theme string

const (
	ThemeAuto  Theme = ""      // by what the terminal tells; until it does, its own sixteen
	ThemeDark  Theme = "dark"  // true colour on a dark background
	ThemeLight Theme = "light" // true colour on a light background
	ThemeANSI  Theme = "ansi"  // the terminal's own sixteen
)

// look is what decides the colours.
type look struct {
	want    Theme
	none    bool // NO_COLOR
	profile colorprofile.Profile
	known   bool // the terminal told its background
	dark    bool
}

func (l look) theme() *theme {
	switch {
	case l.none || l.profile != colorprofile.Unknown && l.profile <= colorprofile.ASCII:
		return &noColour
	case l.want == ThemeANSI || l.profile != colorprofile.Unknown && l.profile < colorprofile.ANSI256:
		return &sixteen
	case l.want == ThemeDark || l.want == ThemeAuto && l.known && l.dark:
		return &dark
	case l.want == ThemeLight || l.want == ThemeAuto && l.known:
		return &light
	}
	return &sixteen
}

// paint writes text in a role.
func (t *theme) paint(r role, text string) string {
	if text == "" || t[r] == "" {
		return text
	}
	return "\x1b[" + t[r] + "m" + text + "\x1b[m"
}

// mark is a status as a glyph; a word always stands beside it.
type mark int

const (
	noMark mark = iota
	done
	running
	readyMark
	waiting
	person
	bad
	note
	partly
	markCount
)

var markRoles = [markCount]role{done: goodRole, running: accentRole, readyMark: plainRole, waiting: faintRole, person: warnRole, bad: badRole, note: faintRole, partly: accentRole}

// glyphs are the signs the screen draws with. None needs a special font.
type glyphs struct {
	marks                         [markCount]string
	cursor                        string // before the selected row
	full, part, empty             string // of a bar
	down, up, left, right         string
	across, along                 string // borders
	topLeft, topRight             string
	bottomLeft, bottomRight       string
	dots, dot, none, turn, ticked string
	moreAbove, moreBelow          string
	tick                          string // of a marked row
}

var unicodeGlyphs = glyphs{
	marks:  [markCount]string{" ", "✓", "▶", "●", "○", "!", "✗", "·", "◐"},
	cursor: "▸", full: "█", part: "▒", empty: "░",
	down: "↓", up: "↑", left: "←", right: "→",
	across: "─", along: "│", topLeft: "╭", topRight: "╮", bottomLeft: "╰", bottomRight: "╯",
	dots: "…", dot: "·", none: "–", turn: "↻", ticked: "x", moreAbove: "↑", moreBelow: "↓", tick: "◆",
}

var asciiGlyphs = glyphs{
	marks:  [markCount]string{" ", "+", ">", "*", "o", "!", "x", "-", "~"},
	cursor: ">", full: "#", part: "=", empty: ".",
	down: "down", up: "up", left: "left", right: "right",
	across: "-", along: "|", topLeft: "+", topRight: "+", bottomLeft: "+", bottomRight: "+",
	dots: "~", dot: "-", none: "-", turn: "@", ticked: "x", moreAbove: "^", moreBelow: "v", tick: "*",
}
