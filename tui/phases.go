package tui

import (
	"maps"
	"strconv"
	"strings"

	"github.com/dappcore/core-dev/inventory"
)

// checkLine is one line of Phases: a phase's heading, or a child.
type checkLine struct {
	phase int
	child int // index into the epic's children; -1: the heading
}

// checklistOf lists an epic's phases with their children.
func checklistOf(e *inventory.Epic, clean func(string) string) ([]checkLine, []row) {
	under := make([][]int, len(e.Phases))
	for k, c := range e.Children {
		under[c.Phase] = append(under[c.Phase], k)
	}
	var lines []checkLine
	var rows []row
	for p, ph := range e.Phases {
		lines = append(lines, checkLine{p, -1})
		rows = append(rows, row{id: "phase " + strconv.Itoa(p), match: strings.ToLower(clean(ph.Name))})
		for _, k := range under[p] {
			c := &e.Children[k]
			lines = append(lines, checkLine{p, k})
			rows = append(rows, row{id: c.Ref.Key() + " " + strconv.Itoa(c.Line),
				match: strings.ToLower(c.Ref.From(e.Ref.Repo) + " " + clean(c.Title) + " " + stateWord(c.Verdict) + " " + c.Verdict.Agent)})
		}
	}
	return lines, rows
}

// firstOpen is where one wants to stand in an epic: its first READY child, else
// the first that is not done.
func firstOpen(e *inventory.Epic, lines []checkLine, l list) int {
	open := -1
	for at, k := range l.shown {
		c := lines[k].child
		switch {
		case c < 0:
		case e.Children[c].Verdict.Ready():
			return at
		case open < 0 && e.Children[c].Verdict.Code != inventory.CodeDone:
			open = at
		}
	}
	return max(0, open)
}

// stateWord is a verdict as the pane words it.
func stateWord(v inventory.Verdict) string {
	switch v.Code {
	case inventory.CodeReady:
		return "ready"
	case inventory.CodeDone:
		return "done"
	case inventory.CodeDispatched:
		return "running"
	case inventory.CodePhase:
		return "waits"
	case inventory.CodeDependency:
		return "blocked"
	case inventory.CodeListed:
		return "elsewhere"
	case inventory.CodeFeature:
		return "your word"
	}
	return "person"
}

func stateMark(c inventory.Code) mark {
	switch {
	case c == inventory.CodeReady:
		return readyMark
	case c == inventory.CodeDone:
		return done
	case c == inventory.CodeDispatched:
		return running
	case forPerson(c):
		return person
	}
	return waiting
}

var phaseColumns = []column{{width: 12, flex: true}, {width: 11}, {width: 10, drop: 1}}

// drawPhases draws the checklist of the selected epic.
func (d *drawing) drawPhases(w, h int) []string {
	s := d.s
	e, _, ok := s.epic()
	if !ok {
		if s.board == nil {
			return d.absent(phases, w, h)
		}
		return d.say(w, h, "No epic is selected.")
	}
	return d.window(phases, w, h, s.of+" "+strconv.Itoa(s.folds), func(k int) []cell {
		line := s.lines[k]
		if line.child < 0 {
			return d.phaseCells(e, line.phase)
		}
		c := &e.Children[line.child]
		box := "[ ]"
		if c.Checked {
			box = "[" + d.glyphs.ticked + "]"
		}
		m := stateMark(c.Verdict.Code)
		role := markRoles[m]
		text := plainRole
		if m == done || m == waiting {
			text = faintRole
		}
		return []cell{
			{"  " + box + " " + c.Ref.From(e.Ref.Repo) + " " + d.text(c.Title), text},
			{d.glyphs.marks[m] + " " + stateWord(c.Verdict), role},
			{d.text(c.Verdict.Agent), faintRole},
		}
	})
}

func (d *drawing) phaseCells(e *inventory.Epic, k int) []cell {
	p := e.Phases[k]
	m, word := waiting, "waits"
	switch {
	case p.Finished():
		m, word = done, "finished"
	case p.Open:
		m, word = partly, "open"
	}
	name := shortPhase(d.text(p.Name))
	if name == "" {
		name = "Children"
	}
	return []cell{
		{d.glyphs.marks[m] + " " + name + "  " + strconv.Itoa(p.Done) + "/" + strconv.Itoa(p.Total), strongRole},
		{"  " + word, faintRole},
		{},
	}
}

// foldedHere folds the phase that is selected, or of the child that is, or unfolds
// it.
func (s state) foldedHere() state {
	k := s.lists[phases].index()
	e, _, ok := s.epic()
	if !ok || k < 0 {
		return s
	}
	phase := s.lines[k].phase
	key := s.of + " " + strconv.Itoa(phase)
	folded := maps.Clone(s.folded)
	if folded == nil {
		folded = map[string]bool{}
	}
	if folded[key] {
		delete(folded, key)
	} else {
		folded[key] = true
	}
	s.folded, s.folds = folded, s.folds+1
	var rows []row
	s.lines, rows = s.checklist(e)
	l := s.lists[phases].with(rows)
	if at := l.find("phase " + strconv.Itoa(phase)); at >= 0 {
		l.at = at
	}
	s.lists[phases] = l
	return s
}

// checklist lists the epic's phases with the children of those that are not
// folded.
func (s *state) checklist(e *inventory.Epic) ([]checkLine, []row) {
	lines, rows := checklistOf(e, s.clean)
	if len(s.folded) == 0 {
		return lines, rows
	}
	keptLines, keptRows := []checkLine{}, []row{}
	for k, l := range lines {
		if l.child >= 0 && s.folded[e.Ref.Key()+" "+strconv.Itoa(l.phase)] {
			continue
		}
		keptLines, keptRows = append(keptLines, l), append(keptRows, rows[k])
	}
	return keptLines, keptRows
}
