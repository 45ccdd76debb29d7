package tui

import "strings"

// scope is where a key means what it means. The innermost is asked first.
type scope int

const (
	inPanes scope = iota
	inFilter
	inHelp
	inDetail
	inPreview
	inQuestion
	inPeople
	anywhere
)

// binding is one line of the key table: footer, help and dispatch of keys are
// all made from it.
type binding struct {
	scope scope
	keys  []string // as Bubble Tea names keystrokes
	want  intent
	foot  string // word in the footer; empty: not shown there
	help  string // sentence in the help; empty: shown with the binding above
	// when tells whether the key does anything now; nil: always.
	when func(*state) bool
	// offer tells whether the footer names it now; nil: whenever it does anything.
	offer func(*state) bool
	must  bool // in the footer before all others: the way out and the way on
}

// keyTable is every key there is. No ctrl key writes, and one key alone sends.
var keyTable = []binding{
	{scope: inPanes, keys: []string{"enter", "l", "right"}, want: openIt{}, foot: "open", help: "open what is selected"},
	{scope: inPanes, keys: []string{"esc", "h", "left"}, want: goBack{}, foot: "back", must: true, help: "back, one level out", when: (*state).inside},
	{scope: inPanes, keys: []string{"tab"}, want: focusNext{1}, foot: "next pane", help: "next, previous pane"},
	{scope: inPanes, keys: []string{"shift+tab"}, want: focusNext{-1}},
	{scope: inPanes, keys: []string{"d"}, want: planSend{}, foot: "dispatch", help: "dispatch what is selected: shows the plan first", when: (*state).mayPlan, offer: (*state).offersPlan},
	{scope: inPanes, keys: []string{"!"}, want: listPeople{}, foot: "needs you", help: "what needs you, and why", offer: (*state).needsPerson},
	{scope: inPanes, keys: []string{"/"}, want: startFilter{}, foot: "filter", help: "filter this pane"},
	{scope: inPanes, keys: []string{"n"}, want: nextMatch{1}, help: "next, previous match"},
	{scope: inPanes, keys: []string{"N"}, want: nextMatch{-1}},
	{scope: inPanes, keys: []string{"r", "R"}, want: refreshNow{}, foot: "refresh", help: "look at GitHub again"},
	{scope: inPanes, keys: []string{"+"}, want: toggleZoom{}, foot: "zoom", help: "zoom the pane, and back", when: (*state).gridded},
	{scope: inPanes, keys: []string{"?"}, want: toggleHelp{}, foot: "help", help: "these keys", must: true},
	{scope: inPanes, keys: []string{"q"}, want: leave{}, foot: "quit", help: "back; at the root, quit", must: true},
	{scope: inPanes, keys: []string{"j", "down"}, want: move{1}, help: "down, up"},
	{scope: inPanes, keys: []string{"k", "up"}, want: move{-1}},
	{scope: inPanes, keys: []string{"ctrl+d", "pgdown"}, want: movePage{1}, help: "half a page down, up"},
	{scope: inPanes, keys: []string{"ctrl+u", "pgup"}, want: movePage{-1}},
	{scope: inPanes, keys: []string{"g", "home"}, want: moveEnd{}, help: "first, last"},
	{scope: inPanes, keys: []string{"G", "end"}, want: moveEnd{last: true}},
	{scope: inPanes, keys: []string{"1"}, want: focusPane{repos}, help: "to a pane"},
	{scope: inPanes, keys: []string{"2"}, want: focusPane{epics}},
	{scope: inPanes, keys: []string{"3"}, want: focusPane{phases}},
	{scope: inPanes, keys: []string{"4"}, want: focusPane{budgets}},
	{scope: inPanes, keys: []string{"5"}, want: focusPane{activity}},

	{scope: inFilter, keys: []string{"enter"}, want: keepFilter{}, foot: "keep", help: "keep the filter"},
	{scope: inFilter, keys: []string{"esc"}, want: dropFilter{}, foot: "drop", help: "drop it"},
	{scope: inFilter, keys: []string{"backspace"}, want: eraseRune{}, help: "erase a letter, all"},
	{scope: inFilter, keys: []string{"ctrl+u"}, want: eraseAll{}},
	{scope: inFilter, keys: []string{"down"}, want: move{1}, help: "down, up"},
	{scope: inFilter, keys: []string{"up"}, want: move{-1}},

	{scope: inHelp, keys: []string{"?", "esc", "q", "enter", "h", "left"}, want: toggleHelp{}, foot: "close"},
	{scope: inHelp, keys: []string{"j", "down"}, want: move{1}, foot: "down"},
	{scope: inHelp, keys: []string{"k", "up"}, want: move{-1}, foot: "up"},

	{scope: inDetail, keys: []string{"esc", "q", "enter", "h", "left"}, want: goBack{}, foot: "close"},
	{scope: inDetail, keys: []string{"d"}, want: planSend{}, foot: "dispatch", when: (*state).onChild},

	{scope: inPeople, keys: []string{"esc", "q", "!", "h", "left"}, want: listPeople{}, foot: "close", help: "close", must: true},
	{scope: inPeople, keys: []string{"enter", "l", "right"}, want: goToPerson{}, foot: "show in its pane", help: "show it in its pane", when: (*state).needsPerson},
	{scope: inPeople, keys: []string{"j", "down"}, want: move{1}, foot: "down", help: "down, up"},
	{scope: inPeople, keys: []string{"k", "up"}, want: move{-1}, foot: "up"},
	{scope: inPeople, keys: []string{"ctrl+d", "pgdown"}, want: movePage{1}},
	{scope: inPeople, keys: []string{"ctrl+u", "pgup"}, want: movePage{-1}},
	{scope: inPeople, keys: []string{"g", "home"}, want: moveEnd{}},
	{scope: inPeople, keys: []string{"G", "end"}, want: moveEnd{last: true}},

	{scope: inPreview, keys: []string{"enter", "esc", "q", "h", "left"}, want: cancel{}, foot: "cancel", help: "cancel: nothing is sent", must: true},
	{scope: inPreview, keys: []string{"y"}, want: approve{}, foot: "send", help: "send exactly what is shown", when: (*state).maySend, must: true},
	{scope: inPreview, keys: []string{"f"}, want: planFit{}, foot: "plan what fits", help: "after a refusal: plan what would fit", when: (*state).mayFit},
	{scope: inPreview, keys: []string{"c"}, want: copyCommand{}, foot: "copy command", help: "copy the same as a command line", when: (*state).mayCopy},
	{scope: inPreview, keys: []string{"j", "down"}, want: move{1}, foot: "down", help: "down, up", when: (*state).planShown},
	{scope: inPreview, keys: []string{"k", "up"}, want: move{-1}, when: (*state).planShown},
	{scope: inPreview, keys: []string{"ctrl+d", "pgdown"}, want: movePage{1}, when: (*state).planShown},
	{scope: inPreview, keys: []string{"ctrl+u", "pgup"}, want: movePage{-1}, when: (*state).planShown},
	{scope: inPreview, keys: []string{"g", "home"}, want: moveEnd{}, when: (*state).planShown},
	{scope: inPreview, keys: []string{"G", "end"}, want: moveEnd{last: true}, when: (*state).planShown},

	{scope: inQuestion, keys: []string{"enter", "esc", "q", "h", "left", "n"}, want: cancel{}, foot: "stay"},
	{scope: inQuestion, keys: []string{"y"}, want: stopAndQuit{}, foot: "stop and quit"},

	{scope: anywhere, keys: []string{"ctrl+c"}, want: interrupt{}, help: "quit; while a send runs it asks first"},
}

// scopeNow is the innermost scope.
func (s *state) scopeNow() scope {
	switch {
	case s.asking:
		return inQuestion
	case s.preview.phase != noPreview:
		return inPreview
	case s.listing:
		return inPeople
	case s.helping:
		return inHelp
	case s.detail:
		return inDetail
	case s.filtering:
		return inFilter
	}
	return inPanes
}

// resolve finds what a key means here. Scopes other than the panes' are closed:
// what they do not know means nothing. text is what the key types.
func (s *state) resolve(key, text string) (intent, bool) {
	inner := s.scopeNow()
	for _, b := range keyTable {
		if b.scope != inner && b.scope != anywhere {
			continue
		}
		for _, k := range b.keys {
			if k == key && (b.when == nil || b.when(s)) {
				return b.want, true
			}
		}
	}
	if inner == inFilter && text != "" {
		return typeText{text}, true
	}
	if inner == inPreview || inner == inQuestion {
		return strayKey{}, true
	}
	return nil, false
}

// keyName is a key as people write it.
func keyName(k string, g glyphs) string {
	switch k {
	case "down":
		return g.down
	case "up":
		return g.up
	case "left":
		return g.left
	case "right":
		return g.right
	}
	if k == "+" {
		return k
	}
	return strings.ReplaceAll(k, "+", "-")
}
