package tui

import (
	"strconv"
	"strings"
)

var activityColumns = []column{{width: 5}, {width: 1}, {width: 10}, {width: 16, flex: true}}

func entryID(seq int) string { return strconv.Itoa(seq) }

func entryMatch(e entry) string { return strings.ToLower(e.word + " " + e.text) }

// drawActivity draws what was sent and what changed, the newest last.
func (d *drawing) drawActivity(w, h int) []string {
	s := d.s
	if len(s.log) == 0 {
		return d.say(w, h, "Nothing yet. What is sent, and what changes on GitHub, is told here.")
	}
	return d.window(activity, w, h, strconv.Itoa(s.log[0].seq), func(k int) []cell {
		e := s.log[k]
		text := plainRole
		if e.mark == bad {
			text = badRole
		}
		return []cell{{e.at.UTC().Format("15:04"), faintRole}, {d.glyphs.marks[e.mark], markRoles[e.mark]}, {e.word, markRoles[e.mark]}, {e.text, text}}
	})
}
