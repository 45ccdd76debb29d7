package tui

import (
	"strconv"
	"time"

	"github.com/dappcore/core-dev/orchestrator"
)

// previewFixed is how many lines of the preview's box are not its list:
// borders, cost, a blank, the reason (two lines), the command, the keys.
const previewFixed = 10

// verbTitles name the preview.
var verbTitles = map[Verb]string{Dispatch: "Dispatch", Audit: "Audit", Organise: "Make epics", Tick: "Tick", Follow: "Watch", Undo: "Undo", Plan: "The day's plan", Sit: "Session"}

// mostLater is how many lines what an approval goes for besides may take: enough for
// all of it wherever a box is high enough; its first words are those that matter.
const mostLater = 16

// drawPreview draws the one door to a write: what would be sent, what it
// costs, why, what is left out, and the same as a command.
func (d *drawing) drawPreview() []string {
	s, p := d.s, &d.s.preview
	bw, bh := previewSize(s.w, s.h)
	w, h := bw-2, bh-2
	var lines []string
	say := func(r role, text string, most int) {
		for _, l := range d.meter.wrap(text, w-2, most) {
			lines = append(lines, d.theme.paint(r, d.meter.fit(" "+l, w)))
		}
	}
	name := verbTitles[p.ask.Verb] + " " + d.glyphs.dot + " preview, nothing sent yet"
	if p.note != "" {
		say(warnRole, p.note, 2)
	}
	switch p.phase {
	case planning:
		text := "Planning" + d.glyphs.dots
		if took := s.now.Sub(p.since); took >= 2*time.Second {
			text += " " + strconv.Itoa(int(took.Seconds())) + "s"
		}
		say(faintRole, text, 1)
		if s.now.Sub(p.since) >= 4*time.Second {
			say(warnRole, "No answer yet: what fails to be read is asked for again a few times before it is given up. "+s.keyOf(cancel{})+" leaves it.", 3)
		}
	case planFailed:
		name = verbTitles[p.ask.Verb] + " " + d.glyphs.dot + " no plan"
		say(badRole, p.problem.text, 6)
		say(plainRole, p.problem.hint, 4)
	case refused:
		name = verbTitles[p.ask.Verb] + " " + d.glyphs.dot + " refused, beyond the budget"
		say(badRole, count(p.refusal.Wanted, "task", "tasks")+" wanted, "+fitWords(p.refusal.Fits), 2)
		say(plainRole, d.text(p.refusal.Why), 8)
		if p.refusal.Fits > 0 {
			say(faintRole, s.keyOf(planFit{})+" plans the first "+strconv.Itoa(p.refusal.Fits)+", in checklist order. There is no override.", 2)
		} else {
			say(faintRole, "There is no override.", 1)
		}
	case planned:
		lines = append(lines, d.plan(w, h-len(lines)-1-gap(h))...)
	}
	lines = lines[:min(len(lines), h-1)] // the keys are always seen
	if gap(h) > 0 && len(lines) < h-1 {
		lines = append(lines, blanks(w))
	}
	keys, used := d.keys(inPreview, w-1)
	lines = append(lines, " "+keys+blanks(w-1-used))
	return d.box(lines, w, name, p.name, true)
}

// gap is how many blank lines stand above the keys in a box of that height.
func gap(h int) int {
	if h < 9 {
		return 0
	}
	return 1
}

func fitWords(n int) string {
	if n == 0 {
		return "none fits today"
	}
	return strconv.Itoa(n) + " would fit"
}

// plan draws cost, steps, what is left out, the selected one's reason, and the
// command, in at most h lines.
func (d *drawing) plan(w, h int) []string {
	s, p := d.s, &d.s.preview
	var lines []string
	say := func(r role, text string) {
		lines = append(lines, d.theme.paint(r, d.meter.fit(" "+d.meter.cut(text, w-2), w)))
	}
	c := p.proposal.Cost()
	switch {
	case len(p.steps) == 0 && p.ask.Verb == Follow:
		say(strongRole, "Nothing is to be done at once: "+s.keyOf(approve{})+" begins to watch.")
	case len(p.steps) == 0:
		text := "Nothing to do."
		if len(p.ask.Epics) == 1 {
			if why := s.board.nothingIn(p.ask.Epics[0]); why != "" {
				text = "Nothing to do: " + why + "."
			}
		}
		say(strongRole, text)
	default:
		tasks := "costs no task"
		if c.Tasks > 0 {
			tasks = count(c.Tasks, "task", "tasks") + " of " + strconv.Itoa(p.proposal.Left) + " left today"
		}
		say(strongRole, tasks+" "+d.glyphs.dot+" "+count(len(p.steps), "step", "steps")+" "+d.glyphs.dot+" "+count(c.Requests, "request", "requests")+atBest(p.proposal))
	}
	later := d.text(p.proposal.Later)
	if p.ask.Verb == Follow && later != "" { // what ends it comes first: the end of the words may be cut
		later = s.keyOf(stopFollow{}) + " stops it. " + later
	}
	for _, l := range d.meter.wrap(later, w-2, min(mostLater, max(3, h-6))) {
		say(plainRole, l)
	}
	switch {
	case !s.planShown() || len(p.steps) == 0 && p.ask.Verb != Follow:
	case s.paused():
		say(warnRole, "Writing is paused"+s.brake.words()+": run "+s.called("core dev resume")+", then "+s.keyOf(approve{})+" sends.")
	case s.send.running:
		say(warnRole, "Another send is running: "+s.keyOf(approve{})+" sends when it is done.")
	}
	if p.whole {
		return append(lines, d.wholeStep(w, h-len(lines))...)
	}
	room := max(1, h-len(lines))
	why, blank, command := 0, 0, 0 // lines below the steps, as far as there is room
	if room >= 3 {
		why = 1
	}
	if p.proposal.Command != "" && room >= 5 {
		command = 1
	}
	if room >= 6 {
		why, blank = 2, 1
	}
	lines = append(lines, d.steps(w, room-why-blank-command)...)
	for range blank {
		lines = append(lines, blanks(w))
	}
	reason := d.meter.wrap("why: "+d.text(p.reason()), w-2, max(1, why))
	for k := range why {
		text := ""
		if k < len(reason) && p.reason() != "" {
			text = reason[k]
		}
		say(plainRole, text)
	}
	if command > 0 {
		say(faintRole, "same as: "+d.text(p.proposal.Command))
	}
	return lines
}

// reason is why the selected step is in the plan, or why it is not.
func (p *preview) reason() string {
	switch k := p.list.index(); {
	case k < 0:
		return ""
	case k < len(p.steps):
		return p.steps[k].Reason
	default:
		return p.skipped[k-len(p.steps)].Reason
	}
}

// atBest is how long sending takes at what GitHub allows.
func atBest(p orchestrator.Proposal) string {
	about := orchestrator.About(p.Takes)
	if about == "" {
		return ""
	}
	return ", " + about + " at best"
}

var (
	stepColumns = []column{{width: 3, right: true}, {width: 10}, {width: 22}, {width: 20, flex: true}, {width: 6, drop: 1}}
	// fewColumns say in a narrow box what is written to, and not with what: that is
	// seen whole.
	fewColumns = []column{{width: 3, right: true}, {width: 10}, {width: 20, flex: true}, {width: 6, drop: 1}}
)

// narrow is the width of a box that has no room for what a step writes.
const narrow = 62

func (d *drawing) steps(w, room int) []string {
	p := &d.s.preview
	l := p.list.settled(room)
	columns := stepColumns
	if w < narrow {
		columns = fewColumns
	}
	widths := fitColumns(columns, w)
	var out []string
	for k := l.top; k < min(l.top+room, len(l.shown)); k++ {
		how := common
		if k == l.at {
			how = chosen
		}
		var cells []cell
		if i := l.shown[k]; i < len(p.steps) {
			e, cost := p.steps[i].Effect, ""
			if spends(e) {
				cost = "1 task"
			}
			cells = []cell{{strconv.Itoa(i + 1), faintRole}, {e.Kind(), plainRole}, {d.text(e.Target()), plainRole}, {d.text(detailOf(e)), plainRole}, {cost, warnRole}}
		} else {
			sk := p.skipped[i-len(p.steps)]
			cells = []cell{{}, {"skipped", faintRole}, {d.text(sk.Target), faintRole}, {d.text(sk.Reason), faintRole}, {}}
		}
		if w < narrow {
			cells = append(cells[:3:3], cells[4])
		}
		out = append(out, d.line(columns, widths, w, how, false, cells))
	}
	return out
}
