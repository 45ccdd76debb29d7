package day

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"sync"
)

//go:embed page.html
var pageText string

var page = sync.OnceValue(func() *template.Template { return template.Must(template.New("report").Parse(pageText)) })

// Page is the report as one HTML file: its pictures are in it as SVG, it has no
// script and loads nothing, and whatever came from outside is text in it. It is
// light or dark as its reader's machine is.
func Page(r Report) ([]byte, error) {
	var out bytes.Buffer
	err := page().Execute(&out, draw(r))
	return out.Bytes(), err
}

// The pictures, in units of the SVGs.
const (
	pictureWidth  = 720
	pictureHeight = 180
	barRow        = 26  // height of a line of the stuck list
	barFrom       = 300 // where its bars begin
	mostBars      = 40  // of it; the table below has them all
	mostName      = 44  // characters before a bar
)

// drawing is the report with what its pictures need.
type drawing struct {
	Report
	Width, Height int
	Bars          []bar
	Most          int // of a day's dispatched or merged
	Known, Closed string
	Children      int
	Ticks         []tick
	Waits         []wait
	WaitsHeight   int
	Unmeasured    bool
}

type bar struct {
	X, Width        int
	Up, UpY         int
	Done, DoneY, X2 int
	Label           string
}

type tick struct {
	X     int
	Label string
}

type wait struct {
	Y, TextY, Width int
	Stuck
}

func draw(r Report) drawing {
	d := drawing{Report: r, Width: pictureWidth, Height: pictureHeight, Most: 1}
	for _, f := range r.Days {
		d.Most = max(d.Most, f.Dispatched, f.Merged)
	}
	d.Unmeasured = len(r.Days) == 0
	slot := pictureWidth / max(len(r.Days), 1)
	for k, f := range r.Days {
		b := bar{X: k*slot + 2, Width: max(slot/2-3, 1), Label: fmt.Sprintf("%s: %d dispatched, %d merged", f.Date, f.Dispatched, f.Merged)}
		b.Up, b.Done = f.Dispatched*pictureHeight/d.Most, f.Merged*pictureHeight/d.Most
		b.UpY, b.DoneY, b.X2 = pictureHeight-b.Up, pictureHeight-b.Done, b.X+b.Width+1
		d.Bars = append(d.Bars, b)
		if k%2 == 0 {
			d.Ticks = append(d.Ticks, tick{k*slot + slot/2, f.Date[min(5, len(f.Date)):]})
		}
	}
	most := 1
	for _, b := range r.BurnUp {
		most = max(most, b.Known)
	}
	for k, b := range r.BurnUp {
		x := k*slot + slot/2
		d.Known += fmt.Sprintf("%d,%d ", x, pictureHeight-b.Known*pictureHeight/most)
		d.Closed += fmt.Sprintf("%d,%d ", x, pictureHeight-b.Closed*pictureHeight/most)
	}
	d.Children = most
	longest := 1
	for _, s := range r.Stuck {
		longest = max(longest, s.Hours)
	}
	for k, s := range r.Stuck[:min(len(r.Stuck), mostBars)] {
		if name := []rune(s.Ref); len(name) > mostName {
			s.Ref = string(name[:mostName-3]) + "..."
		}
		d.Waits = append(d.Waits, wait{k*barRow + 4, k*barRow + 18, max(s.Hours*(pictureWidth-barFrom-60)/longest, 2), s})
	}
	d.WaitsHeight = len(d.Waits)*barRow + 4
	return d
}
