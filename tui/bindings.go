package tui

// keyTable is every key there is, before the configuration rebinds any. No ctrl
// key writes, and one key alone sends. The verbs are those of the command line.
var keyTable = []binding{
	{scope: inPanes, name: "open", keys: []string{"enter", "l", "right"}, want: openIt{}, foot: "open", help: "open what is selected"},
	{scope: inPanes, name: "back", keys: []string{"esc", "h", "left"}, want: goBack{}, foot: "back", must: true, help: "back, one level out", when: (*state).inside},
	{scope: inPanes, name: "next-pane", keys: []string{"tab"}, want: focusNext{1}, help: "next, previous pane"},
	{scope: inPanes, name: "previous-pane", keys: []string{"shift+tab"}, want: focusNext{-1}},
	{scope: inPanes, name: "audit", keys: []string{"a"}, want: planFor{Audit}, foot: "audit", help: "audit: make issues of what the audits found", cli: "core dev audit REPO", when: (*state).mayPlan, offer: offering(Audit)},
	{scope: inPanes, name: "epic", keys: []string{"e"}, want: planFor{Organise}, foot: "epic", help: "epic: organise the open issues into epics", cli: "core dev epic create REPO", when: (*state).mayPlan, offer: (*state).offersEpics},
	{scope: inPanes, name: "dispatch", keys: []string{"d"}, want: planFor{Dispatch}, foot: "dispatch", help: "dispatch: hand out what is READY", cli: "core dev epic N --dispatch", when: (*state).mayPlan, offer: (*state).offersDispatch},
	{scope: inPanes, name: "follow", keys: []string{"w"}, want: planFor{Follow}, foot: "watch", help: "watch: merge, tick, next phase", cli: "core dev watch", when: (*state).mayFollow, offer: (*state).offersFollow},
	{scope: inPanes, name: "stop-follow", keys: []string{"w"}, want: stopFollow{}, foot: "stop watching", help: "stop watching", when: (*state).watches},
	{scope: inPanes, name: "tick", keys: []string{"x"}, want: planFor{Tick}, help: "tick: the checklist by what is closed", cli: "core dev epic N --sync", when: (*state).mayPlan},
	{scope: inPanes, name: "undo", keys: []string{"u"}, want: planFor{Undo}, help: "undo: take back what was sent last", cli: "core dev undo --run", when: (*state).mayPlan},
	{scope: inPanes, name: "people", keys: []string{"!"}, want: listPeople{}, foot: "needs you", help: "what needs you, and why", cli: "core dev", offer: (*state).needsPerson},
	{scope: inPanes, name: "pulls", keys: []string{"p"}, want: openPage{pullPage}, foot: "pulls", help: "pull requests: what comes next, and why", cli: "core dev watch --once --dry-run", when: (*state).read},
	{scope: inPanes, name: "budget", keys: []string{"b"}, want: openPage{spentPage}, foot: "budget", help: "budget: today, members, the days before", cli: "core dev budget", when: (*state).read},
	{scope: inPanes, name: "issues", keys: []string{"i"}, want: openPage{issuePage}, foot: "issues", help: "a repository's issues, by severity", cli: "core dev inventory", when: (*state).read, offer: (*state).offersIssues},
	{scope: inPanes, name: "session", keys: []string{"m"}, want: openPage{dayPage}, help: "the day's sessions: eleven steps, one by one", cli: "core dev morning", when: (*state).read},
	{scope: inPanes, name: "log", keys: []string{"L"}, want: openPage{logPage}, help: "what was sent, plan by plan", cli: "core dev log"},
	{scope: inPanes, name: "mark", keys: []string{"space"}, want: markOne{}, help: "mark, or take the mark away", when: (*state).marks},
	{scope: inPanes, name: "mark-range", keys: []string{"v"}, want: markRange{}, help: "mark a range: here, and again at its end", when: (*state).marks},
	{scope: inPanes, name: "mark-all", keys: []string{"A"}, want: markAll{}, help: "mark all that are shown, or none", when: (*state).marks},
	{scope: inPanes, name: "filter", keys: []string{"/"}, want: startFilter{}, foot: "filter", help: "filter this pane"},
	{scope: inPanes, name: "next-match", keys: []string{"n"}, want: nextMatch{1}, help: "next, previous match"},
	{scope: inPanes, name: "previous-match", keys: []string{"N"}, want: nextMatch{-1}},
	{scope: inPanes, name: "sort", keys: []string{"s"}, want: sortNext{}, help: "sort by the next column; turn it round", when: (*state).sorts},
	{scope: inPanes, name: "sort-reverse", keys: []string{"S"}, want: sortTurn{}, when: (*state).sorts},
	{scope: inPanes, name: "refresh", keys: []string{"r", "R"}, want: refreshNow{}, help: "look at GitHub again"},
	{scope: inPanes, name: "zoom", keys: []string{"+"}, want: toggleZoom{}, help: "zoom the pane, and back", when: (*state).gridded},
	{scope: inPanes, name: "fold", keys: []string{"z"}, want: foldIt{}, help: "fold a phase, and unfold it", when: (*state).onPhases},
	{scope: inPanes, name: "browse", keys: []string{"o"}, want: browse{}, help: "open its page in the browser", when: (*state).hasPage},
	{scope: inPanes, name: "copy", keys: []string{"y"}, want: copyName{}, help: "copy its reference, its address", when: (*state).hasPage},
	{scope: inPanes, name: "copy-address", keys: []string{"Y"}, want: copyPage{}, when: (*state).hasPage},
	{scope: inPanes, name: "mouse", keys: []string{"M"}, want: toggleMouse{}, help: "mouse on and off"},
	{scope: inPanes, name: "commands", keys: []string{":", "ctrl+p"}, want: openPage{verbBox}, foot: "command", help: "every command, by name"},
	{scope: inPanes, name: "help", keys: []string{"?"}, want: toggleHelp{}, foot: "help", help: "these keys", must: true},
	{scope: inPanes, name: "quit", keys: []string{"q"}, want: leave{}, foot: "quit", help: "back; at the root, quit", must: true},
	{scope: inPanes, name: "down", keys: []string{"j", "down"}, want: move{1}, help: "down, up"},
	{scope: inPanes, name: "up", keys: []string{"k", "up"}, want: move{-1}},
	{scope: inPanes, name: "page-down", keys: []string{"ctrl+d", "pgdown"}, want: movePage{1}, help: "half a page down, up"},
	{scope: inPanes, name: "page-up", keys: []string{"ctrl+u", "pgup"}, want: movePage{-1}},
	{scope: inPanes, name: "first", keys: []string{"g", "home"}, want: moveEnd{}, help: "first, last"},
	{scope: inPanes, name: "last", keys: []string{"G", "end"}, want: moveEnd{last: true}},
	{scope: inPanes, name: "repos", keys: []string{"1"}, want: focusPane{repos}, help: "to a pane"},
	{scope: inPanes, name: "epics", keys: []string{"2"}, want: focusPane{epics}},
	{scope: inPanes, name: "phases", keys: []string{"3"}, want: focusPane{phases}},
	{scope: inPanes, name: "budget-pane", keys: []string{"4"}, want: focusPane{budgets}},
	{scope: inPanes, name: "activity", keys: []string{"5"}, want: focusPane{activity}},

	{scope: inFilter, name: "keep", keys: []string{"enter"}, want: keepFilter{}, foot: "keep", help: "keep the filter"},
	{scope: inFilter, name: "drop", keys: []string{"esc"}, want: dropFilter{}, foot: "drop", help: "drop it"},
	{scope: inFilter, name: "erase", keys: []string{"backspace"}, want: eraseRune{}, help: "erase a letter, all"},
	{scope: inFilter, name: "erase-all", keys: []string{"ctrl+u"}, want: eraseAll{}},
	{scope: inFilter, name: "down", keys: []string{"down"}, want: move{1}, help: "down, up"},
	{scope: inFilter, name: "up", keys: []string{"up"}, want: move{-1}},

	{scope: inPalette, name: "do", keys: []string{"enter"}, want: runIt{}, foot: "do it", help: "do what is selected", must: true},
	{scope: inPalette, name: "close", keys: []string{"esc", "ctrl+p"}, want: goBack{}, foot: "close", help: "close", must: true},
	{scope: inPalette, name: "erase", keys: []string{"backspace"}, want: eraseRune{}, help: "erase a letter, all"},
	{scope: inPalette, name: "erase-all", keys: []string{"ctrl+u"}, want: eraseAll{}},
	{scope: inPalette, name: "down", keys: []string{"down", "tab"}, want: move{1}, foot: "down", help: "down, up"},
	{scope: inPalette, name: "up", keys: []string{"up", "shift+tab"}, want: move{-1}, foot: "up"},

	{scope: inHelp, name: "close", keys: []string{"?", "esc", "q", "enter", "h", "left"}, want: toggleHelp{}, foot: "close", help: "close the help"},
	{scope: inHelp, name: "down", keys: []string{"j", "down"}, want: move{1}, foot: "down", help: "down, up"},
	{scope: inHelp, name: "up", keys: []string{"k", "up"}, want: move{-1}, foot: "up"},
	{scope: inHelp, name: "page-down", keys: []string{"ctrl+d", "pgdown", "space"}, want: movePage{1}, help: "half a page down, up"},
	{scope: inHelp, name: "page-up", keys: []string{"ctrl+u", "pgup"}, want: movePage{-1}},

	{scope: inDetail, name: "close", keys: []string{"esc", "q", "enter", "h", "left"}, want: goBack{}, foot: "close", help: "close it", must: true},
	{scope: inDetail, name: "dispatch", keys: []string{"d"}, want: planFor{Dispatch}, foot: "dispatch", help: "dispatch: hand out its epic's open phase", when: (*state).onChild},
	{scope: inDetail, name: "browse", keys: []string{"o"}, want: browse{}, foot: "browser", help: "open its page in the browser", when: (*state).hasPage},
	{scope: inDetail, name: "copy", keys: []string{"y"}, want: copyName{}, foot: "copy", help: "copy its reference", when: (*state).hasPage},

	{scope: inPeople, name: "close", keys: []string{"esc", "q", "!", "h", "left"}, want: listPeople{}, foot: "close", help: "close", must: true},
	{scope: inPeople, name: "show", keys: []string{"enter", "l", "right"}, want: goToPerson{}, foot: "show in its pane", help: "show it in its pane", when: (*state).needsPerson},
	{scope: inPeople, name: "down", keys: []string{"j", "down"}, want: move{1}, foot: "down", help: "down, up"},
	{scope: inPeople, name: "up", keys: []string{"k", "up"}, want: move{-1}, foot: "up"},
	{scope: inPeople, name: "page-down", keys: []string{"ctrl+d", "pgdown"}, want: movePage{1}},
	{scope: inPeople, name: "page-up", keys: []string{"ctrl+u", "pgup"}, want: movePage{-1}},
	{scope: inPeople, name: "first", keys: []string{"g", "home"}, want: moveEnd{}},
	{scope: inPeople, name: "last", keys: []string{"G", "end"}, want: moveEnd{last: true}},

	{scope: inPage, name: "close", keys: []string{"esc", "q", "h", "left"}, want: goBack{}, foot: "back", help: "back to the panes", must: true},
	{scope: inPage, name: "show", keys: []string{"enter", "l", "right"}, want: openIt{}, foot: "show in its pane", help: "show it in its pane", when: (*state).leads},
	{scope: inPage, name: "sit", keys: []string{"enter", "l", "right"}, want: planFor{Sit}, foot: "do this step", help: "do the selected step of the day", when: (*state).sits, must: true},
	{scope: inPage, name: "plan", keys: []string{"d"}, want: planFor{Plan}, foot: "dispatch the day's plan", help: "dispatch: hand out the day's plan", cli: "core dev budget --plan --apply", when: (*state).plans},
	{scope: inPage, name: "epic", keys: []string{"e"}, want: planFor{Organise}, foot: "epic of the marked", help: "epic: of the marked issues, or of all", when: (*state).onIssues},
	{scope: inPage, name: "audit", keys: []string{"a"}, want: planFor{Audit}, foot: "audit", help: "audit: make issues of the audits listed", when: (*state).onAudits},
	{scope: inPage, name: "follow", keys: []string{"w"}, want: planFor{Follow}, foot: "watch: do what comes next", help: "watch: do what comes next, look by look", when: (*state).followsHere},
	{scope: inPage, name: "stop-follow", keys: []string{"w"}, want: stopFollow{}, foot: "stop watching", help: "stop watching", when: (*state).watches},
	{scope: inPage, name: "undo", keys: []string{"u"}, want: planFor{Undo}, foot: "undo", help: "undo: take the selected plan back", when: (*state).undoes},
	{scope: inPage, name: "mark", keys: []string{"space"}, want: markOne{}, foot: "mark", help: "mark, or take the mark away", when: (*state).onIssues},
	{scope: inPage, name: "mark-range", keys: []string{"v"}, want: markRange{}, help: "mark a range, all that are shown", when: (*state).onIssues},
	{scope: inPage, name: "mark-all", keys: []string{"A"}, want: markAll{}, when: (*state).onIssues},
	{scope: inPage, name: "browse", keys: []string{"o"}, want: browse{}, foot: "browser", help: "open its page in the browser", when: (*state).hasPage},
	{scope: inPage, name: "copy", keys: []string{"y"}, want: copyName{}, help: "copy its reference, its address", when: (*state).hasPage},
	{scope: inPage, name: "copy-address", keys: []string{"Y"}, want: copyPage{}, when: (*state).hasPage},
	{scope: inPage, name: "refresh", keys: []string{"r", "R"}, want: refreshNow{}, foot: "refresh", help: "look again"},
	{scope: inPage, name: "pulls", keys: []string{"p"}, want: openPage{pullPage}, help: "to the pull requests"},
	{scope: inPage, name: "budget", keys: []string{"b"}, want: openPage{spentPage}, help: "to the budget"},
	{scope: inPage, name: "session", keys: []string{"m"}, want: openPage{dayPage}, help: "to the day's sessions"},
	{scope: inPage, name: "log", keys: []string{"L"}, want: openPage{logPage}, help: "to what was sent"},
	{scope: inPage, name: "repos", keys: []string{"1"}, want: focusPane{repos}, help: "to a pane"},
	{scope: inPage, name: "epics", keys: []string{"2"}, want: focusPane{epics}},
	{scope: inPage, name: "phases", keys: []string{"3"}, want: focusPane{phases}},
	{scope: inPage, name: "budget-pane", keys: []string{"4"}, want: focusPane{budgets}},
	{scope: inPage, name: "activity", keys: []string{"5"}, want: focusPane{activity}},
	{scope: inPage, name: "commands", keys: []string{":", "ctrl+p"}, want: openPage{verbBox}, help: "every command, by name"},
	{scope: inPage, name: "help", keys: []string{"?"}, want: toggleHelp{}, foot: "help", must: true},
	{scope: inPage, name: "down", keys: []string{"j", "down"}, want: move{1}, help: "down, up"},
	{scope: inPage, name: "up", keys: []string{"k", "up"}, want: move{-1}},
	{scope: inPage, name: "page-down", keys: []string{"ctrl+d", "pgdown"}, want: movePage{1}, help: "half a page down, up"},
	{scope: inPage, name: "page-up", keys: []string{"ctrl+u", "pgup"}, want: movePage{-1}},
	{scope: inPage, name: "first", keys: []string{"g", "home"}, want: moveEnd{}, help: "first, last"},
	{scope: inPage, name: "last", keys: []string{"G", "end"}, want: moveEnd{last: true}},

	{scope: inPreview, name: "cancel", keys: []string{"enter", "esc", "q", "h", "left"}, want: cancel{}, foot: "cancel", help: "cancel: nothing is sent", must: true},
	{scope: inPreview, name: "send", keys: []string{"y"}, want: approve{}, foot: "send", help: "send exactly what is shown", when: (*state).maySend, must: true},
	{scope: inPreview, name: "whole", keys: []string{"l", "right"}, want: openIt{}, foot: "whole", help: "the selected step whole, and the list again", when: (*state).onStep},
	{scope: inPreview, name: "leave-out", keys: []string{"t"}, want: leaveOut{}, foot: "leave out", help: "leave the selected step out, with those that rest on it", when: (*state).mayLeave},
	{scope: inPreview, name: "fit", keys: []string{"f"}, want: planFit{}, foot: "plan what fits", help: "after a refusal: plan what would fit", when: (*state).mayFit},
	{scope: inPreview, name: "copy", keys: []string{"c"}, want: copyCommand{}, foot: "copy command", help: "copy the same as a command line", when: (*state).mayCopy},
	{scope: inPreview, name: "down", keys: []string{"j", "down"}, want: move{1}, foot: "down", help: "down, up", when: (*state).planShown},
	{scope: inPreview, name: "up", keys: []string{"k", "up"}, want: move{-1}, when: (*state).planShown},
	{scope: inPreview, name: "page-down", keys: []string{"ctrl+d", "pgdown"}, want: movePage{1}, when: (*state).planShown},
	{scope: inPreview, name: "page-up", keys: []string{"ctrl+u", "pgup"}, want: movePage{-1}, when: (*state).planShown},
	{scope: inPreview, name: "first", keys: []string{"g", "home"}, want: moveEnd{}, when: (*state).planShown},
	{scope: inPreview, name: "last", keys: []string{"G", "end"}, want: moveEnd{last: true}, when: (*state).planShown},

	{scope: inQuestion, name: "stay", keys: []string{"enter", "esc", "q", "h", "left", "n"}, want: cancel{}, foot: "stay", help: "stay: the send goes on", must: true},
	{scope: inQuestion, name: "stop", keys: []string{"y"}, want: stopAndQuit{}, foot: "stop and quit", help: "stop before the next write, and quit", must: true},

	{scope: anywhere, name: "interrupt", keys: []string{"ctrl+c"}, want: interrupt{}, help: "quit; while something runs it asks first"},
}

// When a binding does something, and when the footer names it.

func offering(v Verb) func(*state) bool { return func(s *state) bool { return s.offers(v) } }

func (s *state) read() bool { return s.board != nil }

// offersDispatch: what is selected has READY children, or says why it has none.
func (s *state) offersDispatch() bool { return s.offers(Dispatch) }

// offersEpics where a repository has issues that no epic lists.
func (s *state) offersEpics() bool {
	return s.focus == repos && s.offers(Organise) && s.loose()
}

// loose tells whether one of the chosen repositories has open issues and no epic,
// or is to be organised.
func (s *state) loose() bool {
	for _, k := range s.lists[repos].chosen() {
		if s.board.loose[k] > 0 {
			return true
		}
	}
	return false
}

// mayFollow: nothing is followed yet.
func (s *state) mayFollow() bool { return s.mayPlan() && !s.watch.on }

func (s *state) offersFollow() bool { return s.board != nil && s.board.running > 0 }

func (s *state) watches() bool { return s.watch.on }

func (s *state) followsHere() bool { return s.page == pullPage && s.mayFollow() }

func (s *state) onIssues() bool { return s.page == issuePage && s.mayPlan() && len(s.issues) > 0 }

func (s *state) onAudits() bool { return s.page == issuePage && s.mayPlan() && s.auditsHere() > 0 }

func (s *state) offersIssues() bool { return s.focus == repos }

func (s *state) undoes() bool { return s.page == logPage && s.mayPlan() && len(s.past) > 0 }

func (s *state) onPhases() bool { return s.focus == phases && s.board != nil }

// marks tells whether the focused pane's rows can be marked.
func (s *state) marks() bool { return s.focus == repos || s.focus == epics }

func (s *state) sorts() bool { return len(paneSorts[s.focus]) > 0 }

// leads tells whether what is selected on the page stands in a pane, too.
func (s *state) leads() bool { return s.page == pullPage || s.page == issuePage }

func (s *state) sits() bool { return s.page == dayPage && s.mayPlan() && len(s.day.steps) > 0 }

func (s *state) plans() bool { return s.page == spentPage && s.mayPlan() && s.ahead.Tasks > 0 }

func (s *state) hasPage() bool {
	_, ok := s.pointed()
	return ok
}
