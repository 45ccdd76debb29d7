package tui

import (
	"strconv"
	"strings"

	"github.com/dappcore/core-dev/budget"
)

// spentLine is one line of the budget page: words, a bar, or a title.
type spentLine struct {
	budgetLine
	title bool
}

// spentLines are today by agent and member, and the days before.
func (s *state) spentLines() []spentLine {
	if s.board == nil {
		return nil
	}
	var out []spentLine
	title := func(text string) { out = append(out, spentLine{budgetLine{label: text}, true}) }
	title("Today, " + s.board.view.Budget.Date)
	for _, l := range s.budgetLines() {
		if !strings.HasPrefix(l.label, "@") { // they follow, with bars
			out = append(out, spentLine{l, false})
		}
	}
	if b := &s.board.view.Budget; len(b.Members) > 0 {
		title("Members")
		for _, m := range b.Members {
			out = append(out, spentLine{budgetLine{role: goodRole, label: "@" + s.clean(m.Login), bar: true, used: m.Used, held: m.Held, quota: m.Quota,
				text: strconv.Itoa(m.Used) + "/" + strconv.Itoa(m.Quota) + heldWord(m.Held)}, false})
		}
	}
	out = append(out, s.aheadLines()...)
	if len(s.spent.days) > 0 || s.spent.problem.text != "" {
		title("Days")
		out = append(out, s.problemLines(s.spent.problem)...)
	}
	if len(s.spent.days) > 0 {
		most := 1
		for _, day := range s.spent.days {
			most = max(most, day.Used)
		}
		first := 0 // days before the first task say nothing
		for first < len(s.spent.days)-1 && s.spent.days[first].Used == 0 && s.spent.days[first].Unreadable == 0 {
			first++
		}
		for k := len(s.spent.days) - 1; k >= first; k-- {
			day := s.spent.days[k]
			out = append(out, spentLine{budgetLine{role: accentRole, label: day.Date, bar: true, used: day.Used, quota: most, text: dayWords(day, s.clean)}, false})
		}
	}
	return out
}

// aheadLines are today's plan and when the epics will be complete.
func (s *state) aheadLines() []spentLine {
	a := &s.ahead
	said := s.clean(a.Said)
	switch {
	case a.Said != "":
	case a.problem.text != "":
		said = "not known"
	case a.running:
		said = "reading"
	default:
		return nil
	}
	out := append([]spentLine{{budgetLine{label: "Plan of today: " + said}, true}}, s.problemLines(a.problem)...)
	most := 1
	for _, r := range a.Shares {
		most = max(most, r.Ready)
	}
	for _, r := range a.Shares {
		out = append(out, spentLine{budgetLine{role: goodRole, label: s.clean(r.Repo), bar: true, used: r.Tasks, held: r.Ready - r.Tasks, quota: most,
			text: strconv.Itoa(r.Tasks) + " of " + strconv.Itoa(r.Ready) + " READY"}, false})
	}
	for _, n := range a.Notes {
		out = append(out, spentLine{budgetLine{role: warnRole, label: "note", text: s.clean(n)}, false})
	}
	if len(a.Epics) == 0 {
		return out
	}
	out = append(out, spentLine{budgetLine{label: "Complete by, in 50, 85 and 95 % of the trials"}, true})
	for _, row := range a.Picture {
		out = append(out, spentLine{budgetLine{role: accentRole, text: row}, false})
	}
	for _, e := range a.Epics {
		out = append(out, spentLine{budgetLine{role: plainRole, label: s.clean(e.Name), text: count(e.Open, "child", "children") + " open · " + e.Half + " · " + e.Likely + " · " + e.Sure}, false})
	}
	return out
}

// problemLines say why there is nothing, or nothing new, and what to do.
func (s *state) problemLines(p problem) []spentLine {
	if p.text == "" {
		return nil
	}
	var out []spentLine
	for k, text := range s.meter().wrap(p.String()+" · "+s.keyOf(refreshNow{})+" retry", max(20, s.w-20), 4) {
		label := ""
		if k == 0 {
			label = "not read"
		}
		out = append(out, spentLine{budgetLine{role: badRole, label: label, text: text}, false})
	}
	return out
}

func heldWord(n int) string {
	if n == 0 {
		return ""
	}
	return " +" + strconv.Itoa(n) + " held"
}

func dayWords(day budget.DayUse, clean func(string) string) string {
	text := count(day.Used, "task", "tasks")
	var parts []string
	for _, a := range day.Agents {
		parts = append(parts, clean(a.Name)+" "+strconv.Itoa(a.Used))
	}
	if len(parts) > 1 {
		text += ": " + strings.Join(parts, ", ")
	}
	if day.Unreadable > 0 {
		text += ", " + strconv.Itoa(day.Unreadable) + " unreadable"
	}
	return text
}

func (s state) spentListed() state {
	lines := s.spentLines()
	rows := make([]row, len(lines))
	for k, l := range lines {
		rows[k] = row{id: strconv.Itoa(k), match: strings.ToLower(l.label + " " + l.text)}
	}
	s.pages[spentPage] = s.pages[spentPage].with(rows)
	return s
}

// drawSpent draws the budget page.
func (d *drawing) drawSpent() []string {
	s := d.s
	w, h := s.w-2, s.h-4
	lines := s.spentLines()
	l := s.pages[spentPage].settled(s.pageRoom())
	var out []string
	for k := l.top; k < len(l.shown) && len(out) < h-2; k++ {
		line := lines[l.shown[k]]
		switch {
		case line.title:
			out = append(out, d.theme.paint(strongRole, d.meter.fit(" "+line.label, w)))
		default:
			label := d.meter.fit(line.label, 14)
			text := line.text
			if line.bar {
				text = d.bar(line.used, line.held, line.quota, max(8, min(40, w-16-d.meter.width(text)-4))) + "  " + text
			}
			out = append(out, " "+d.theme.paint(faintRole, label)+" "+d.theme.paint(line.role, d.meter.fit(text, w-16)))
		}
		if k == l.at && l.at > 0 {
			out[len(out)-1] = d.theme.paint(chosenRole, d.glyphs.cursor+d.meter.tail(d.meter.fit(stripped(out[len(out)-1]), w), 1))
		}
	}
	for len(out) < h {
		out = append(out, blanks(w))
	}
	detail := "nothing read yet"
	if s.board != nil {
		detail = "as of " + s.board.view.At.UTC().Format("15:04Z")
	}
	if s.spent.running || s.ahead.running {
		detail = "reading" + d.glyphs.dots + " " + d.glyphs.dot + " " + detail
	}
	return d.box(out, w, "Budget", detail, true)
}
