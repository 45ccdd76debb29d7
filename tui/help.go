package tui

import (
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
	if in := s.scopeNow(); in == inPreview || in == inQuestion { // their boxes name the keys
		return blanks(s.w)
	}
	keys, used := d.keys(s.scopeNow(), s.w)
	return keys + blanks(s.w-used)
}

// keys lists a scope's keys as far as there is room.
func (d *drawing) keys(in scope, room int) (string, int) {
	var b strings.Builder
	used := 0
	for _, k := range keyTable {
		if k.scope != in || k.foot == "" || k.when != nil && !k.when(d.s) {
			continue
		}
		if k.want == (leave{}) && d.s.inside() {
			continue // there it is but another "back"
		}
		name, word := keyName(k.keys[0], d.glyphs), k.foot
		n := d.meter.width(name) + 1 + d.meter.width(word) + 2
		if used+n > room {
			break
		}
		used += n
		b.WriteString(" " + d.theme.paint(accentRole, name) + " " + d.theme.paint(faintRole, word) + " ")
	}
	return b.String(), used
}

// drawHelp lists every key by where it works, from the same table.
func (d *drawing) drawHelp() []string {
	s := d.s
	w := min(s.w, 84) - 2
	var lines []string
	for _, part := range []struct {
		scope scope
		name  string
	}{{inPanes, "Panes"}, {inFilter, "Filter"}, {inPreview, "Preview: the only door to a write"}, {anywhere, "Anywhere"}} {
		if len(lines) > 0 {
			lines = append(lines, blanks(w))
		}
		lines = append(lines, d.theme.paint(strongRole, d.meter.fit(" "+part.name, w)))
		var names, help string
		flush := func() {
			if help != "" {
				if s.readOnly && strings.HasPrefix(help, "dispatch") {
					help = "dispatch: off by --read-only"
				}
				lines = append(lines, "   "+d.theme.paint(accentRole, d.meter.fit(names, 26))+" "+d.meter.fit(help, w-30))
			}
		}
		for _, b := range keyTable {
			if b.scope != part.scope {
				continue
			}
			name := make([]string, 0, len(b.keys))
			for _, k := range b.keys {
				name = append(name, keyName(k, d.glyphs))
			}
			if b.help == "" {
				if help != "" {
					names += " " + strings.Join(name, " ")
				}
				continue
			}
			flush()
			names, help = strings.Join(name, " "), b.help
		}
		flush()
	}
	h := max(1, s.h-4)
	top := max(0, min(s.helpTop, len(lines)-h))
	detail := ""
	if len(lines) > h {
		detail = d.glyphs.down + d.glyphs.up + " more"
	}
	return d.box(lines[top:min(len(lines), top+h)], w, "Keys", detail, true)
}

// drawDetail shows the selected child whole.
func (d *drawing) drawDetail() []string {
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
	if c.Issue != nil {
		say(plainRole, "author", c.Issue.Author+" ("+strings.ToLower(c.Issue.Association)+")")
		say(plainRole, "labels", strings.Join(c.Issue.Labels, ", "))
	}
	return d.box(lines, w, d.text(c.Ref.String()), "", true)
}

// drawQuestion asks before a running send is left.
func (d *drawing) drawQuestion() []string {
	w := min(d.s.w, 60) - 2
	lines := []string{blanks(w)}
	for _, t := range []string{"A send is running: " + d.progress(2*(w-4)) + ".", "Stopping sends nothing after the step under way; what was sent stays sent and is in the log."} {
		for _, l := range d.meter.wrap(t, w-4, 4) {
			lines = append(lines, d.meter.fit("  "+l, w))
		}
	}
	keys, used := d.keys(inQuestion, w-2)
	lines = append(lines, blanks(w), "  "+keys+blanks(w-2-used))
	return d.box(lines, w, "Quit?", "", true)
}
