package checklist

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var addHome = Reference{Owner: "acme", Repo: "widgets"}

func add(n int, phase string) New {
	return New{Reference: Reference{Number: n}, Title: "new", Phase: phase}
}

func TestAdd(t *testing.T) {
	const epic = "## Overview\n\nText.\n\n## Child Issues\n\n### Phase 1: Blockers (blocking)\n\n- [x] #1 - one\n- [ ] #2 - two\n\n### Phase 2: Fixes (parallelisable)\n\n" +
		"- [ ] #3 - three\n  with more of it\n\n  and a note\n\n## Acceptance Criteria\n\n- [ ] all green\n\n<!-- core-dev:epic:0123456789abcdef -->\n"
	for _, c := range []struct {
		name, body string
		add        []New
		old, new   string // what becomes of what
	}{
		{"the end of its phase", epic, []New{add(9, "Phase 1: Blockers (blocking)")}, "#2 - two\n", "#2 - two\n- [ ] #9 - new\n"},
		{"behind all of the last item", epic, []New{add(9, "Phase 2: Fixes (parallelisable)"), add(8, "phase 2: fixes (parallelisable)")}, "  and a note\n", "  and a note\n- [ ] #9 - new\n- [ ] #8 - new\n"},
		{"by its ordinal", epic, []New{add(9, "Phase 1: other words")}, "#2 - two\n", "#2 - two\n- [ ] #9 - new\n"},
		{"a new phase", epic, []New{add(9, "Phase 3: Cleanup (cleanup)"), add(10, "Phase 3: Cleanup (cleanup)")}, "## Acceptance", "### Phase 3: Cleanup (cleanup)\n\n- [ ] #9 - new\n- [ ] #10 - new\n\n## Acceptance"},
		{"a phase between two", strings.Replace(epic, "Phase 2: Fixes (parallelisable)", "Phase 3: Cleanup (cleanup)", 1), []New{add(9, "Phase 2: Fixes (parallelisable)")},
			"### Phase 3", "### Phase 2: Fixes (parallelisable)\n\n- [ ] #9 - new\n\n### Phase 3"},
		{"a phase before the first", "text\n\nWave 2\n---\n* [ ] #2\n", []New{add(9, "Wave 1")}, "Wave 2", "## Wave 1\n\n- [ ] #9 - new\n\nWave 2"},
		{"one that is there", epic, []New{add(3, "Phase 1: Blockers (blocking)"), {Reference: Reference{"Acme", "Widgets", 2, ""}}}, "", ""},
		{"another repository's", epic, []New{{Reference: Reference{"acme", "tools", 2, ""}, Title: "two\nlines", Phase: "Phase 1"}}, "#2 - two\n", "#2 - two\n- [ ] acme/tools#2 - two lines\n"},
		{"CRLF", "### A\r\n\r\n- [ ] #1\r\n\r\nend\r\n", []New{add(2, "A")}, "#1\r\n", "#1\r\n- [ ] #2 - new\r\n"},
		{"CRLF, a new phase", "### Phase 1\r\n- [ ] #1\r\n", []New{add(2, "Phase 2")}, "#1\r\n", "#1\r\n\r\n### Phase 2\r\n\r\n- [ ] #2 - new\r\n"},
		{"no line end", "- [ ] #1", []New{add(2, "")}, "#1", "#1\n- [ ] #2 - new"},
		{"a star", "* [ ] #1\n* [ ] #3\n", []New{add(2, "")}, "#3\n", "#3\n* [ ] #2 - new\n"},
		{"lazy", "- [ ] #1\nlazy\n\nend", []New{add(2, "")}, "lazy\n", "lazy\n- [ ] #2 - new\n"},
		{"before the mark", "Nothing yet.\n\n<!-- core-dev:epic:0123456789abcdef -->\n", []New{add(2, "Phase 1: x")}, "yet.\n\n", "yet.\n\n### Phase 1: x\n\n- [ ] #2 - new\n\n"},
		{"below an empty heading", "### Phase 1: x\n\n## Acceptance Criteria\n", []New{add(2, "Phase 1: x")}, "x\n\n", "x\n\n- [ ] #2 - new\n\n"},
		{"an empty body", "", []New{add(2, "")}, "", "- [ ] #2 - new\n"},
		{"nested", "- group\n  - [ ] #1\n\ntext\n", []New{add(2, "")}, "#1\n", "#1\n- [ ] #2 - new\n"},
		{"unicode", "### Phase 1: größer 🚀\n\n- [ ] #1 — ä\n", []New{{Reference: Reference{Number: 2}, Title: "ö → 漢字", Phase: "Phase 1: größer 🚀"}}, "ä\n", "ä\n- [ ] #2 - ö → 漢字\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Add([]byte(c.body), addHome, c.add)
			if err != nil {
				t.Fatal(err)
			}
			want := strings.Replace(c.body, c.old, c.new, 1)
			if string(got) != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			for _, n := range c.add {
				if !Has(got, addHome, n.Reference) {
					t.Errorf("%s is not on it", n.Reference)
				}
			}
		})
	}
}

func TestAddFindsNoPlace(t *testing.T) {
	for _, body := range []string{"```\nnever closed\n", "<!-- never closed\n", "<script>\n"} {
		if got, err := Add([]byte(body), addHome, []New{add(2, "Phase 1")}); !errors.Is(err, ErrNoPlace) {
			t.Errorf("%q became %q, %v", body, got, err)
		}
	}
	if _, err := Add([]byte("- [ ] #1\n"), addHome, []New{add(2, "Phase *1*")}); !errors.Is(err, ErrNoPlace) {
		t.Errorf("a heading that reads otherwise: %v", err)
	}
}

// checkAdd holds for every body: what was there is there, byte for byte around
// what was put in, and every old child is what it was.
func checkAdd(t interface{ Fatalf(string, ...any) }, body []byte, news []New) {
	got, err := Add(body, addHome, news)
	if errors.Is(err, ErrNoPlace) {
		return
	}
	if err != nil {
		t.Fatalf("%q: %v", body, err)
	}
	before, after := Parse(body), Parse(got)
	k, at := 0, 0
	for _, c := range after.Children {
		if k < len(before.Children) && c.reference() == before.Children[k].reference() {
			was := before.Children[k]
			if c.Checked != was.Checked || c.Phase != was.Phase || c.Text != was.Text {
				t.Fatalf("%q -> %q: %+v was %+v", body, got, c, was)
			}
			k++
			continue
		}
		at++
		if c.Checked || !bytes.Contains(got, []byte("[ ] "+c.Ref()+" - new")) {
			t.Fatalf("%q -> %q: %+v", body, got, c)
		}
	}
	if k != len(before.Children) || after.Items != before.Items+at || after.Checked != before.Checked {
		t.Fatalf("%q -> %q: %d of %d children, %d items", body, got, k, len(before.Children), after.Items)
	}
	rest, old := got, readPage(body)
	for n := range old.starts { // every old line, in order
		line := old.line(n + 1)
		i := bytes.Index(rest, line)
		if i < 0 {
			t.Fatalf("%q -> %q: lost %q", body, got, line)
		}
		rest = rest[i+len(line):]
	}
	for _, n := range news {
		if !Has(got, addHome, n.Reference) {
			t.Fatalf("%q -> %q: without %s", body, got, n.Reference)
		}
	}
	if again, err := Add(got, addHome, news); err != nil || !bytes.Equal(again, got) {
		t.Fatalf("%q: added again gives %q, %v", got, again, err)
	}
}

var addNews = []New{add(901, "Phase 1"), add(902, ""), add(903, "Phase 7: last (cleanup)"), add(904, "Phase 1")}

func TestAddKeepsTheRest(t *testing.T) {
	piece := rapid.SampledFrom([]string{"- [ ] ", "- [x] ", "1. [ ] ", "* [X] ", "#1", "#2", "#3 ", "a/b#1", " text ", "(#4)", "\n", "\n", "\n", "\r\n", "\r", "  ", "\t", "> ",
		"## Phase 1\n", "# Security\n", "### Phase 7: last (cleanup)\n", "## Acceptance Criteria\n", "2. X\n---\n", "```\n", "<!--", "-->\n", "[x]", "**", "`", "\xff", "é", "|", "-|-\n", "[a]: b\n",
		"<!-- core-dev:epic:0123456789abcdef -->\n"})
	rapid.Check(t, func(t *rapid.T) {
		checkAdd(t, []byte(strings.Join(rapid.SliceOfN(piece, 0, 40).Draw(t, "body"), "")), addNews)
	})
}

func FuzzAdd(f *testing.F) {
	bodies, err := filepath.Glob("testdata/*.md")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range bodies {
		body, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) { checkAdd(t, body, addNews) })
}
