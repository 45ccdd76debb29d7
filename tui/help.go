package tui

import (
	"strconv"
	"strings"
)

// footer shows the keys of the innermost scope that do something now, or what
// must be said for a moment.
func (d *drawing) footer() string {
	s := d.s
	if s.filtering && s.scopeNow() == inFilter {
		text := " /" + s.lists[s.focus].filter
		keys, used := d.keys(inFilter, s.w-d.meter.width(text)-4)
		return d.spread(d.theme.paint(strongRole, d.meter.cut(text, s.w))+d.theme.paint(accentRole, "_"), min(s.w-1, d.meter.width(text))+1, keys, used, s.w)
	}
	if s.toast.text != "" && s.now.Before(s.toast.until) {
		role := goodRole
		if s.toast.bad {
			role = warnRole
		}
		return d.theme.paint(role, d.meter.fit(" "+s.toast.text, s.w))
	}
	switch s.scopeNow() { // whose boxes name the keys
	case inPreview:
		text := "Nothing is sent until you press " + s.keyOf(approve{}) + "."
		if !s.maySend() {
			text = "Nothing is sent from here."
		}
		return d.theme.paint(faintRole, d.meter.fit(" "+text, s.w))
	case inQuestion:
		return d.theme.paint(faintRole, d.meter.fit(" The send goes on until you answer.", s.w))
	}
	keys, used := d.keys(s.scopeNow(), s.w)
	return keys + blanks(s.w-used)
}

// footed are the keys that the footer names in a scope now.
func (s *state) footed(in scope) []binding {
	var out []binding
	for _, k := range s.keys {
		switch {
		case k.scope != in || k.foot == "" || k.when != nil && !k.when(s) || k.offer != nil && !k.offer(s):
		case k.want == (leave{}) && s.inside(): // there it is but another "back"
		default:
			out = append(out, k)
		}
	}
	return out
}

// keys lists a scope's keys as far as there is room: first those that must be
// seen, then the others in the table's order.
func (d *drawing) keys(in scope, room int) (string, int) {
	list := d.s.footed(in)
	shown := make([]bool, len(list))
	used := 0
	for _, must := range []bool{true, false} {
		for i, k := range list {
			n := d.meter.width(keyName(k.keys[0], d.glyphs)) + d.meter.width(k.foot) + 3
			if k.must == must && used+n <= room {
				shown[i] = true
				used += n
			}
		}
	}
	var b strings.Builder
	for i, k := range list {
		if shown[i] {
			b.WriteString(" " + d.theme.paint(accentRole, keyName(k.keys[0], d.glyphs)) + " " + d.theme.paint(faintRole, k.foot) + " ")
		}
	}
	return b.String(), used
}

// answers says which keys answer the open box.
func (s *state) answers() string {
	var parts []string
	for _, k := range s.footed(s.scopeNow()) {
		if _, moves := k.want.(move); !moves {
			parts = append(parts, keyName(k.keys[0], s.glyphs)+" "+k.foot)
		}
	}
	return "that key does nothing here: " + strings.Join(parts, ", ")
}

// drawHelp lists every key by where it works, from the same table.
func (d *drawing) drawHelp() []string {
	lines, w := d.helpLines()
	h := d.s.helpRoom()
	top := max(0, min(d.s.helpTop, len(lines)-h))
	detail := ""
	if len(lines) > h {
		detail = d.glyphs.down + d.glyphs.up + " more"
	}
	return d.box(lines[top:min(len(lines), top+h)], w, "Keys", detail, true)
}

// helpRoom is how many lines of the help are seen at once.
func (s *state) helpRoom() int { return max(1, s.h-4) }

// helpMost is how far down the help can be read.
func (s *state) helpMost() int {
	d := s.drawn(look{}, &noColour)
	lines, _ := d.helpLines()
	return max(0, len(lines)-s.helpRoom())
}

// helpLines are all lines of the help, and how wide they are.
func (d *drawing) helpLines() ([]string, int) {
	s := d.s
	w := min(s.w, 84) - 2
	twice := s.w >= 116 // two columns
	if twice {
		w = min(76, (s.w-4)/2)
	}
	keyCells := min(27, w/3)
	if twice {
		keyCells = 17
	}
	var lines []string
	panesEnd := 0 // what follows goes into the second column
	if s.board != nil && s.board.view.Beside != "" {
		lines = append(lines, d.theme.paint(strongRole, d.meter.fit(" From another terminal, while this is open", w)))
		for _, l := range d.meter.wrap(d.text(s.board.view.Beside), w-5, 4) {
			lines = append(lines, d.meter.fit("   "+l, w))
		}
	}
	for _, part := range []struct {
		scope scope
		name  string
	}{{inPanes, "Panes"}, {inPreview, "Preview: the only door to a write"}, {inPage, "Pages: pulls, budget, issues, log"}, {inDetail, "What is shown whole"}, {inPalette, "Commands"}, {inFilter, "Filter"}, {inPeople, "What needs you"}, {inQuestion, "Quit?"}, {inHelp, "These keys"}, {anywhere, "Anywhere"}} {
		if len(lines) > 0 && !(twice && len(lines) == panesEnd) {
			lines = append(lines, blanks(w))
		}
		lines = append(lines, d.theme.paint(strongRole, d.meter.fit(" "+part.name, w)))
		if part.scope == inPanes && !s.readOnly {
			lines = append(lines, d.theme.paint(faintRole, d.meter.fit("   "+s.planKeys()+" show a plan; only "+s.keyIn(inPreview, approve{})+" sends it", w)))
		}
		var names, help string
		plans := false
		flush := func() {
			if help != "" {
				if s.readOnly && plans {
					help, _, _ = strings.Cut(help, ":")
					help += ": off, --read-only"
				}
				left, right := d.meter.wrap(names, keyCells, 4), d.meter.wrap(help, w-keyCells-5, 4)
				for k := range max(len(left), len(right)) {
					var a, b string
					if k < len(left) {
						a = left[k]
					}
					if k < len(right) {
						b = right[k]
					}
					lines = append(lines, "   "+d.theme.paint(accentRole, d.meter.fit(a, keyCells))+" "+d.meter.fit(b, w-keyCells-4))
				}
			}
		}
		for _, b := range s.keys {
			if b.scope != part.scope {
				continue
			}
			name := make([]string, 0, len(b.keys))
			for _, k := range b.keys {
				name = append(name, keyName(k, d.glyphs))
			}
			if b.help == "" {
				if more := strings.Join(name, " "); help != "" && more != names {
					names += " " + more
				}
				continue
			}
			flush()
			names, help = strings.Join(name, " "), b.help
			_, plans = b.want.(planFor)
		}
		flush()
		if part.scope == inPanes {
			panesEnd = len(lines)
		}
	}
	if twice && len(lines) > s.helpRoom() {
		left, right := lines[:panesEnd], lines[panesEnd:]
		lines = nil
		for k := range max(len(left), len(right)) {
			a, b := blanks(w), blanks(w)
			if k < len(left) {
				a = left[k]
			}
			if k < len(right) {
				b = right[k]
			}
			lines = append(lines, a+b)
		}
		w *= 2
	}
	return lines, w
}

// planKeys are the keys of the panes that show a plan.
func (s *state) planKeys() string {
	var keys []string
	for _, b := range s.keys {
		if _, plans := b.want.(planFor); plans && b.scope == inPanes {
			keys = append(keys, keyName(b.keys[0], s.glyphs))
		}
	}
	return strings.Join(keys, " ")
}

// drawDetail shows what is selected whole: a child, a line of Budget or of
// Activity.
func (d *drawing) drawDetail() []string {
	switch d.s.focus {
	case budgets:
		if k := d.s.lists[budgets].index(); k >= 0 {
			l := d.s.budgetLines()[k]
			return d.wholeLine("Budget", l.label, l.text, l.role)
		}
	case activity:
		if k := d.s.lists[activity].index(); k >= 0 {
			e := d.s.log[k]
			role := plainRole
			if e.mark == bad {
				role = badRole
			}
			return d.wholeLine("Activity", e.at.UTC().Format("2006-01-02 15:04Z")+" "+d.glyphs.dot+" "+e.word, e.text, role)
		}
	}
	return d.drawChild()
}

// wholeLine is a line that may be longer than its pane.
func (d *drawing) wholeLine(title, about, text string, r role) []string {
	w := min(d.s.w, 84) - 2
	lines := []string{d.theme.paint(strongRole, d.meter.fit(" "+about, w))}
	for _, l := range d.meter.wrap(text, w-2, 20) {
		lines = append(lines, d.theme.paint(r, d.meter.fit(" "+l, w)))
	}
	return d.box(lines, w, title, "", true)
}

func (d *drawing) drawChild() []string {
	e, c, ok := d.s.child()
	if !ok {
		return d.box(d.say(40, 3, "It is gone."), 40, "Child", "", true)
	}
	w := min(d.s.w, 84) - 2
	var lines []string
	say := func(r role, label, text string) {
		for k, l := range d.meter.wrap(d.text(text), w-14, 6) {
			if k > 0 {
				label = ""
			}
			lines = append(lines, " "+d.theme.paint(faintRole, d.meter.fit(label, 11))+" "+d.theme.paint(r, d.meter.fit(l, w-13)))
		}
	}
	say(strongRole, "title", c.Title)
	say(markRoles[stateMark(c.Verdict.Code)], "state", stateWord(c.Verdict))
	say(plainRole, "why", c.Verdict.Reason)
	say(plainRole, "agent", c.Verdict.Agent)
	say(plainRole, "phase", e.Phases[c.Phase].Name)
	say(plainRole, "branch", e.Branch.Name)
	if web := d.s.board.view.Web; web != "" {
		say(plainRole, "page", web+"/"+c.Ref.Repo.String()+"/issues/"+strconv.Itoa(c.Ref.Number))
	}
	if c.Issue != nil {
		say(plainRole, "author", c.Issue.Author+" ("+strings.ToLower(c.Issue.Association)+")")
		say(plainRole, "labels", strings.Join(c.Issue.Labels, ", "))
	}
	return d.box(lines, w, d.text(c.Ref.String()), "", true)
}

// drawQuestion asks before a running send is left.
func (d *drawing) drawQuestion() []string {
	w := min(d.s.w, 60) - 2
	var lines []string
	answer := d.s.keyOf(stopAndQuit{}) + ", or " + d.s.keyOf(interrupt{}) + " again,"
	texts := []string{"A send is running: " + d.progress(2*(w-4)) + ".", "Stopping sends nothing after the step under way; what was sent stays sent and is in the log. The plan stays open: " + d.s.called(resumeCommand) + " goes on with it.", answer + " stops and quits; any other answer stays."}
	if !d.s.send.running {
		texts = []string{"What runs is being watched. Quitting ends that: nothing is merged, ticked or handed out until it is watched again.",
			"The agents go on with what they have. " + answer + " quits; any other answer stays."}
	}
	for _, t := range texts {
		for _, l := range d.meter.wrap(t, w-4, 4) {
			lines = append(lines, d.meter.fit("  "+l, w))
		}
	}
	keys, used := d.keys(inQuestion, w-2)
	if room := d.s.h - 2 - 2; len(lines)+3 <= room { // inside the borders, between header and footer
		lines = append(append([]string{blanks(w)}, lines...), blanks(w))
	} else {
		lines = lines[:min(len(lines), room-1)]
	}
	lines = append(lines, "  "+keys+blanks(w-2-used))
	return d.box(lines, w, "Quit?", "", true)
}
