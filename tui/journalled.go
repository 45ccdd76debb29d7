package tui

import (
	"strconv"
	"strings"

	"github.com/dappcore/core-dev/orchestrator"
)

// logListed lists the plans of the journal, newest first.
func (s state) logListed() state {
	rows := make([]row, len(s.past))
	for k, p := range s.past {
		rows[k] = row{id: p.ID, match: strings.ToLower(s.clean(p.Flow + " " + p.Target + " " + p.Command))}
	}
	s.pages[logPage] = s.pages[logPage].with(rows)
	return s
}

var logColumns = []column{
	{title: "WHEN", width: 12},
	{title: "FLOW", width: 9},
	{title: "TARGET", width: 20, flex: true},
	{title: "STATE", width: 10},
	{title: "STEPS", width: 7, right: true, drop: 1},
	{title: "TASKS", width: 5, right: true, drop: 2},
}

// drawLog draws what was sent, plan by plan.
func (d *drawing) drawLog() []string {
	s := d.s
	about, aboutRole, detail, empty := "", faintRole, "the last day", "Nothing was sent in the last day."
	if s.reads.running {
		detail, empty = "reading"+d.glyphs.dots, "Reading what was sent"+d.glyphs.dots
	}
	if s.reads.problem.text != "" {
		about, aboutRole, empty = s.reads.problem.String()+" · "+s.keyOf(refreshNow{})+" retry", badRole, ""
	} else if k := s.pages[logPage].index(); k >= 0 {
		p := &s.past[k]
		about = "same as: " + d.text(p.Command)
		if p.Detail != "" {
			about += " · " + d.text(p.Detail)
		}
	}
	return d.sheet("Log", detail, logColumns, func(k int) []cell {
		p := &s.past[k]
		r := plainRole
		switch p.State {
		case orchestrator.State(orchestrator.Complete):
			r = goodRole
		case orchestrator.Open, orchestrator.Broken, orchestrator.State(orchestrator.Outdated):
			r = badRole
		case orchestrator.Running:
			r = accentRole
		}
		return []cell{{p.Last.UTC().Format("01-02 15:04Z"), faintRole}, {d.text(p.Flow), plainRole}, {d.text(p.Target), plainRole},
			{string(p.State), r}, {strconv.Itoa(p.Done) + "/" + strconv.Itoa(len(p.Steps)), faintRole}, {d.number(p.Tasks), warnRole}}
	}, about, aboutRole, empty)
}
