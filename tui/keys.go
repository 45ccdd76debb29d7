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
	inPage
	inPalette
	anywhere
	scopeCount
)

// scopeNames are how the scopes are called in the configuration and by "core
// dev keys".
var scopeNames = [scopeCount]string{"panes", "filter", "help", "detail", "preview", "question", "people", "pages", "palette", "anywhere"}

// binding is one line of the key table: footer, help and dispatch of keys are
// all made from it.
type binding struct {
	scope scope
	keys  []string // as Bubble Tea names keystrokes
	want  intent
	name  string // in the configuration and in the palette; empty: neither rebound nor listed there
	foot  string // word in the footer; empty: not shown there
	help  string // sentence in the help; empty: shown with the binding above
	// when tells whether the key does anything now; nil: always.
	when func(*state) bool
	// offer tells whether the footer names it now; nil: whenever it does anything.
	offer func(*state) bool
	must  bool   // in the footer before all others: the way out and the way on
	cli   string // the same on the command line
}

// scopeNow is the innermost scope.
func (s *state) scopeNow() scope {
	switch {
	case s.asking:
		return inQuestion
	case s.preview.phase != noPreview:
		return inPreview
	case s.helping:
		return inHelp
	case s.page == verbBox:
		return inPalette
	case s.listing:
		return inPeople
	case s.page != noPage:
		return inPage
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
	for k := range s.keys {
		b := &s.keys[k]
		if b.scope != inner && b.scope != anywhere {
			continue
		}
		for _, k := range b.keys {
			if k == key && (b.when == nil || b.when(s)) {
				return b.want, true
			}
		}
	}
	if (inner == inFilter || inner == inPalette) && text != "" {
		return typeText{text}, true
	}
	if inner == inPreview || inner == inQuestion {
		return strayKey{}, true
	}
	return nil, false
}

// keyOf is the key, as people write it, that means something where one is; where it
// means nothing there, in the panes.
func (s *state) keyOf(want intent) string {
	name := "?"
	for _, in := range []scope{inPanes, anywhere, s.scopeNow()} { // the last one that knows it
		if key := s.keyIn(in, want); key != "" {
			name = key
		}
	}
	return name
}

// keyIn is the key that means something in a scope; empty: none does.
func (s *state) keyIn(in scope, want intent) string {
	for k := range s.keys {
		if b := &s.keys[k]; b.scope == in && b.want == want {
			return keyName(b.keys[0], s.glyphs)
		}
	}
	return ""
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
