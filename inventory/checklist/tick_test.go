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

func TestTick(t *testing.T) {
	for _, c := range []struct {
		name, body string
		ref        string
		want       string
		err        error
	}{
		{"one byte", "- [ ] #1 a\r\n- [ ] #2 b\r\n", "#2", "- [ ] #1 a\r\n- [x] #2 b\r\n", nil},
		{"already ticked", "- [X] #1\n", "1", "- [X] #1\n", nil},
		{"not the one with the longer number", "- [ ] #12\n- [ ] #1\n", "#1", "- [ ] #12\n- [x] #1\n", nil},
		{"other repository", "- [ ] #1\n- [ ] Acme/Docs#1\n", "acme/docs#1", "- [ ] #1\n- [x] Acme/Docs#1\n", nil},
		{"URL", "- [ ] https://github.com/acme/docs/issues/1\n", "acme/docs#1", "- [x] https://github.com/acme/docs/issues/1\n", nil},
		{"absent", "- [ ] #1\n", "#2", "", ErrAbsent},
		{"mentioned only", "- [ ] see #2\n", "#2", "", ErrAbsent},
		{"in code", "```\n- [ ] #2\n```\n", "#2", "", ErrAbsent},
		{"twice", "- [ ] #1\n- [ ] #1\n", "#1", "", ErrAmbiguous},
		{"twice, one ticked", "- [ ] #1\n- [x] #1\n", "#1", "", ErrAmbiguous},
		{"twice, both ticked", "- [x] #1\n- [x] #1\n", "#1", "- [x] #1\n- [x] #1\n", nil},
		{"written another way", "- [ ] acme/core#1\n", "#1", "", ErrAbsent},
	} {
		t.Run(c.name, func(t *testing.T) {
			ref, err := ParseReference(c.ref)
			if err != nil {
				t.Fatal(err)
			}
			body := []byte(c.body)
			got, err := Tick(body, ref)
			if !errors.Is(err, c.err) || string(got) != c.want {
				t.Errorf("got %q, %v; want %q, %v", got, err, c.want, c.err)
			}
			if string(body) != c.body {
				t.Errorf("the body given was changed to %q", body)
			}
		})
	}
}

func TestParseReference(t *testing.T) {
	for text, want := range map[string]Reference{
		"12":                                     {"", "", 12, ""},
		" #12 ":                                  {"", "", 12, ""},
		"acme/core-x#12":                         {"acme", "core-x", 12, ""},
		"acme/core.go#12":                        {"acme", "core.go", 12, ""},
		"https://github.com/acme/core/issues/12": {"acme", "core", 12, "github.com"},
		"http://ghe.example/acme/core/pull/12#issuecomment-34": {"acme", "core", 12, "ghe.example"},
		"": {}, "#": {}, "#0": {}, "#-1": {}, "core#12": {}, "a/b/c#12": {}, "#12x": {}, "#2147483648": {}, "../x#1": {}, "a/..#1": {},
		"https://github.com/acme/core": {}, "https://github.com/acme/core/commit/12": {}, "--help": {},
	} {
		got, err := ParseReference(text)
		if got != want || (err == nil) != (want.Number != 0) {
			t.Errorf("%q: got %+v, %v; want %+v", text, got, err, want)
		}
	}
}

// checkRules holds for every body.
func checkRules(t interface{ Fatalf(string, ...any) }, body []byte) {
	list := Parse(body)
	if list.Checked > list.Items || len(list.Children) > list.Items {
		t.Fatalf("%q: %d of %d items ticked, %d children", body, list.Checked, list.Items, len(list.Children))
	}
	total := make([]int, len(list.Phases))
	for _, c := range list.Children {
		if c.Number < 1 || c.Offset < 1 || c.Offset+1 >= len(body) || body[c.Offset-1] != '[' || body[c.Offset+1] != ']' {
			t.Fatalf("%q: the byte of %+v is not in a box", body, c)
		}
		if strings.ContainsAny(c.Text, "\r\n\t") || c.Phase != list.Phases[c.PhaseIndex].Name {
			t.Fatalf("%q: %+v", body, c)
		}
		total[c.PhaseIndex]++
	}
	for i, p := range list.Phases {
		if p.Total != total[i] || p.Total == 0 || p.Done > p.Total {
			t.Fatalf("%q: %+v holds %d children", body, p, total[i])
		}
	}
	for _, c := range list.Children[:min(len(list.Children), 20)] {
		checkTick(t, body, list, c)
	}
}

// checkTick holds for every child: one byte is flipped and one more item done;
// ticking it again changes nothing.
func checkTick(t interface{ Fatalf(string, ...any) }, body []byte, list List, c Child) {
	ref := c.reference()
	ticked, err := Tick(body, ref)
	if errors.Is(err, ErrAmbiguous) {
		return
	}
	if err != nil {
		t.Fatalf("%q: %s: %v", body, ref, err)
	}
	after := Parse(ticked)
	if c.Checked {
		if !bytes.Equal(ticked, body) {
			t.Fatalf("%q: %s is ticked, yet the body changed to %q", body, ref, ticked)
		}
		return
	}
	if after.Items != list.Items || after.Checked != list.Checked+1 || len(after.Children) != len(list.Children) {
		t.Fatalf("%q: %s ticked gives %d of %d, was %d of %d", body, ref, after.Checked, after.Items, list.Checked, list.Items)
	}
	if body[c.Offset] != ' ' || ticked[c.Offset] != 'x' ||
		!bytes.Equal(ticked[:c.Offset], body[:c.Offset]) || !bytes.Equal(ticked[c.Offset+1:], body[c.Offset+1:]) {
		t.Fatalf("%q: %s ticked gives %q", body, ref, ticked)
	}
	again, err := Tick(ticked, ref)
	if err != nil || !bytes.Equal(again, ticked) {
		t.Fatalf("%q: %s ticked twice gives %q, %v", body, ref, again, err)
	}
}

func TestRulesHoldForChecklists(t *testing.T) {
	piece := rapid.SampledFrom([]string{"- [ ] ", "- [x] ", "1. [ ] ", "* [X] ", "#1", "#2", "#3 ", "a/b#1", " text ", "(#4)", "\n", "\n", "\n", "\r\n", "  ", "\t", "> ",
		"## Phase 1\n", "# Security\n", "2. X\n---\n", "```\n", "<!--", "-->", "[x]", "**", "`", "[#5](u)", "closes ", "see ", "\x00", "\xff", "é", "|", "-|-\n", "[a]: b\n"})
	rapid.Check(t, func(t *rapid.T) {
		checkRules(t, []byte(strings.Join(rapid.SliceOfN(piece, 0, 40).Draw(t, "body"), "")))
	})
}

func FuzzParse(f *testing.F) {
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
	f.Fuzz(func(t *testing.T, body []byte) { checkRules(t, body) })
}
