package tui

import (
	"strings"
	"testing"
)

// TestKeyTable holds what must be true of every key there is.
func TestKeyTable(t *testing.T) {
	type place struct {
		scope scope
		key   string
	}
	seen := map[place]bool{}
	// Of these the one never applies where the other does: watch and stop watching,
	// and enter on the pages.
	apart := map[string]bool{"w": true, "enter": true, "l": true, "right": true}
	for _, b := range keyTable {
		if len(b.keys) == 0 || b.want == nil {
			t.Fatalf("an empty binding: %+v", b)
		}
		for _, k := range b.keys {
			if seen[place{b.scope, k}] && !apart[k] || seen[place{anywhere, k}] {
				t.Errorf("%s means two things in scope %d", k, b.scope)
			}
			seen[place{b.scope, k}] = true
			if _, sends := b.want.(approve); sends && (k != "y" || b.scope != inPreview) {
				t.Errorf("%s in scope %d sends; only y in the preview may", k, b.scope)
			}
			if k == "enter" && (b.scope == inPreview || b.scope == inQuestion) && b.want != (cancel{}) {
				t.Errorf("enter in scope %d does not cancel", b.scope)
			}
		}
	}
}

// joined is a frame as one line, so that a sentence over two lines is found.
func joined(frame string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(frame, "│", " ")), " ")
}

// TestHelpNamesEveryKey: the help is made from the table, and so is the footer.
func TestHelpNamesEveryKey(t *testing.T) {
	s := open(t, 100, 160)
	s.Press("?")
	frame := s.Frame()
	for _, b := range keyTable {
		if b.help == "" {
			continue
		}
		if !strings.Contains(joined(frame), b.help) || !strings.Contains(frame, keyName(b.keys[0], unicodeGlyphs)) {
			t.Errorf("the help misses %s (%s):\n%s", b.keys[0], b.help, frame)
		}
	}
	s.Press("?", "2")
	s.Shows("d dispatch", "q quit", "? help")
}
