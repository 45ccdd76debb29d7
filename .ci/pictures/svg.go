package main

import (
	"fmt"
	"html"
	"image/color"
	"strings"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/vt"
)

// A cell's size in the picture, and what is around all of them.
const (
	cellWide, cellHigh = 8.4, 18.0
	margin             = 14.0
	paper, ink         = "#14161f", "#d6d9e6"
)

// svg is what stands on a terminal as a picture: one rectangle a run of
// background, one text a run of style, each exactly as wide as its cells.
func svg(t *vt.Emulator) string {
	w, h := t.Width(), t.Height()
	var back, text strings.Builder
	for y := range h {
		for x := 0; x < w; {
			from, style, words := x, styleAt(t, x, y), ""
			for x < w && styleAt(t, x, y) == style {
				c := t.CellAt(x, y)
				switch {
				case c == nil || c.Content == "" && c.Width != 0:
					words += " "
				default:
					words += c.Content
				}
				step := 1
				if c != nil && c.Width > 1 {
					step = c.Width
				}
				x += step
			}
			left, top, wide := margin+float64(from)*cellWide, margin+float64(y)*cellHigh, float64(x-from)*cellWide
			if style.back != "" {
				fmt.Fprintf(&back, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"/>`+"\n", left, top, wide, cellHigh, style.back)
			}
			bare := strings.TrimLeft(words, " ")
			left += float64(len(words)-len(bare)) * cellWide
			wide -= float64(len(words)-len(bare)) * cellWide
			words = strings.TrimRight(bare, " ")
			if wide -= float64(len(bare)-len(words)) * cellWide; words == "" {
				continue
			}
			attrs := fmt.Sprintf(`fill="%s"`, style.fore)
			if style.bold {
				attrs += ` font-weight="bold"`
			}
			if style.faint {
				attrs += ` opacity="0.6"`
			}
			fmt.Fprintf(&text, `<text x="%.1f" y="%.1f" textLength="%.1f" lengthAdjust="spacingAndGlyphs" %s>%s</text>`+"\n", left, top+cellHigh*0.75, wide, attrs, html.EscapeString(words))
		}
	}
	width, height := 2*margin+float64(w)*cellWide, 2*margin+float64(h)*cellHigh
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f">
<rect width="100%%" height="100%%" rx="10" fill="%s"/>
%s<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" xml:space="preserve" style="white-space: pre">
%s</g>
</svg>
`, width, height, width, height, paper, back.String(), text.String())
}

// style is how a run of cells looks.
type style struct {
	fore, back  string
	bold, faint bool
}

func styleAt(t *vt.Emulator, x, y int) style {
	c := t.CellAt(x, y)
	if c == nil {
		return style{fore: ink}
	}
	s := style{fore: ink, bold: c.Style.Attrs&uv.AttrBold != 0, faint: c.Style.Attrs&uv.AttrFaint != 0}
	if c.Style.Fg != nil {
		s.fore = hex(c.Style.Fg)
	}
	if c.Style.Bg != nil {
		s.back = hex(c.Style.Bg)
	}
	if c.Style.Attrs&uv.AttrReverse != 0 {
		if s.fore, s.back = s.back, s.fore; s.fore == "" {
			s.fore = paper
		}
	}
	return s
}

func hex(c color.Color) string {
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}
