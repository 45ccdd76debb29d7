package tui

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/dappcore/core-dev/budget"
)

// budgetLine is one line of Budget: a bar, or words.
type budgetLine struct {
	role              role
	label             string
	bar               bool
	used, held, quota int
	text              string
}

// budgetLines is today's budget in words, the most needed first.
func (s *state) budgetLines() []budgetLine {
	if s.board == nil {
		return nil
	}
	b := &s.board.view.Budget
	var out []budgetLine
	say := func(r role, label, format string, args ...any) {
		out = append(out, budgetLine{role: r, label: label, text: s.clean(fmt.Sprintf(format, args...))})
	}
	for _, a := range b.Agents {
		role := goodRole
		switch {
		case a.Remaining <= 0:
			role = badRole
		case (a.Quota-a.Remaining)*5 > a.Quota*4:
			role = warnRole
		}
		out = append(out, budgetLine{role: role, label: s.clean(a.Name), bar: true, used: a.Used + a.Outside + a.Unreadable, held: a.Held, quota: a.Quota, text: agentWords(a)})
	}
	left, word := plainRole, ""
	switch b.Level() {
	case budget.Exhausted:
		left, word = badRole, ": exhausted"
	case budget.High:
		left, word = warnRole, ": over 80 % is spent"
	}
	say(left, "left", "%d of %d usable%s", b.UsableRemaining, b.Usable, word)
	say(faintRole, "resets", "00:00Z, in %s", s.untilMidnight())
	say(faintRole, "ready", "%d %s to dispatch", s.board.ready, plural(s.board.ready, "child", "children"))
	if n := b.Pool - b.Usable; n > 0 {
		say(faintRole, "pool", "%d, %d of it idle", b.Pool, n)
	} else {
		say(faintRole, "pool", "%d", b.Pool)
	}
	if n := len(b.Outside); n > 0 {
		say(warnRole, "outside", "%d seen on GitHub, not in the log", n)
	}
	if n := len(b.Elsewhere); n > 0 {
		say(faintRole, "elsewhere", "%d charged to other folders", n)
	}
	if b.UnreadableToday > 0 {
		say(warnRole, "log", "%d unreadable %s of today count as spent", b.UnreadableToday, plural(b.UnreadableToday, "line", "lines"))
	}
	if n := len(b.Unlisted); n > 0 {
		var names []string
		for _, u := range b.Unlisted[:min(3, n)] {
			_, name, _ := strings.Cut(u.Repo, "/")
			names = append(names, name)
		}
		say(warnRole, "nobody's", "%d %s: %s", n, plural(n, "repository", "repositories"), strings.Join(names, ", "))
	}
	for _, m := range b.Members {
		say(plainRole, "@"+s.clean(m.Login), "%d of %d used, %d held, %d left", m.Used, m.Quota, m.Held, max(0, m.Remaining))
	}
	for _, st := range b.Stranded {
		free := ""
		if len(st.Repos) > 0 {
			free = "; connecting one frees it: " + strings.Join(st.Repos[:min(3, len(st.Repos))], ", ")
		}
		say(faintRole, "idle", "%d of @%s: %s%s", st.Quota, st.Login, st.Why, free)
	}
	return out
}

func agentWords(a budget.AgentStatus) string {
	text := strconv.Itoa(a.Used) + "/" + strconv.Itoa(a.Quota)
	if a.Held > 0 {
		text += " +" + strconv.Itoa(a.Held) + " held"
	}
	return text
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// untilMidnight is the time to the next UTC day.
func (s *state) untilMidnight() string {
	now := s.date.UTC()
	d := now.Truncate(24 * time.Hour).Add(24 * time.Hour).Sub(now)
	if d < time.Hour {
		return strconv.Itoa(int(d.Minutes())) + "m"
	}
	return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
}

func (s *state) budgetRows() []row {
	lines := s.budgetLines()
	rows := make([]row, len(lines))
	for k, l := range lines {
		rows[k] = row{id: strconv.Itoa(k), match: strings.ToLower(l.label + " " + l.text)}
	}
	return rows
}

// drawBudget draws what may still be spent today.
func (d *drawing) drawBudget(w, h int) []string {
	s, l := d.s, d.s.lists[budgets]
	if s.board == nil {
		return d.absent(budgets, w, h)
	}
	lines := s.budgetLines()
	var out []string
	for k := l.top; k < min(l.top+h, len(l.shown)); k++ {
		out = append(out, d.budgetLine(lines[l.shown[k]], w, k == l.at && s.focus == budgets && s.scopeNow() <= inFilter))
	}
	return out
}

const labelCells = 9

func (d *drawing) budgetLine(b budgetLine, w int, chosen bool) string {
	text := b.text
	if b.bar {
		room := max(6, min(30, w-labelCells-d.meter.width(text)-5))
		text = d.bar(b.used, b.held, b.quota, room) + "  " + text
	}
	label := d.meter.fit(b.label, labelCells)
	switch {
	case chosen:
		return d.theme.paint(chosenRole, d.meter.fit(d.glyphs.cursor+label+" "+text, w))
	case d.s.stale(budgets):
		return d.theme.paint(faintRole, d.meter.fit(" "+label+" "+text, w))
	}
	return " " + d.theme.paint(faintRole, label) + " " + d.theme.paint(b.role, d.meter.fit(text, w-labelCells-2))
}
