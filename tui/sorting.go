package tui

// paneSorts are the orders of a pane besides its own, beside row.by.
var paneSorts = [paneCount][]string{
	repos: {"ready", "audits", "open", "today"},
	epics: {"needs you", "ready", "running", "done"},
}

// sortWord is the order of a list in a word; empty: the pane's own.
func sortWord(p pane, l list) string {
	word := ""
	if l.sort > 0 {
		word = paneSorts[p][l.sort-1]
	}
	if l.turned {
		if word == "" {
			word = "order"
		}
		word += " reversed"
	}
	return word
}

// resorted goes to the next order of the focused pane, or turns it round.
func (s state) resorted(in intent) state {
	l := s.lists[s.focus]
	by, turned := l.sort, l.turned
	if in == (sortTurn{}) {
		turned = !turned
	} else {
		by = (by + 1) % (len(paneSorts[s.focus]) + 1)
	}
	s.lists[s.focus] = l.sorted(by, turned)
	word := sortWord(s.focus, s.lists[s.focus])
	if word == "" {
		word = "the pane's own order"
	}
	return s.follows().told("sorted by: "+word, false)
}

// marking changes the marks of what has the keys.
func (s state) marking(change func(list) list) state {
	if s.page == issuePage {
		s.pages[issuePage] = change(s.pages[issuePage])
		return s
	}
	s.lists[s.focus] = change(s.lists[s.focus])
	return s.follows()
}
