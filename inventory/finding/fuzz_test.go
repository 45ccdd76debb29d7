package finding

import (
	"html"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// FuzzRead holds what Read promises for any text: bounded, clean output made
// of the body's own words, the same every time. (Run it with -fuzzminimizetime
// 1x: making a long body small takes longer than finding the next.)
func FuzzRead(f *testing.F) {
	files, _ := filepath.Glob("testdata/tuned/*.md")
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add("[Audit] Review", string(raw))
	}
	f.Add("[Audit] [High]", "- \x00[High] a\u202eb\r\n\r\n| a |\n|-|\n| \\| |\n")
	f.Add("", "---\n---\n<details>\n<summary>\n")
	f.Add("", "## x\n- Severity: High\n```\n")
	f.Add("", "-\n\n<div{r\x1e<sumils\x13>d")
	f.Add("", "a<i><ms\n\nry>a")
	f.Add("", "- High: a<i><ms\n\n  ry>a\n")
	f.Fuzz(func(t *testing.T, title, body string) {
		got := Read(title, body)
		if got == nil || len(got) > MaxFindings {
			t.Fatalf("%d findings, nil %t", len(got), got == nil)
		}
		if again := Read(title, body); !reflect.DeepEqual(got, again) {
			t.Fatalf("two readings differ:\n%+v\n%+v", got, again)
		}
		for _, g := range got {
			check(t, g, body)
		}
	})
}

// check holds a finding against what Read promises of it.
func check(t *testing.T, g Finding, body string) {
	t.Helper()
	source := letters(html.UnescapeString(body)) + letters(body)
	for name, text := range map[string]string{"title": g.Title, "evidence": g.Evidence, "fix": g.Fix} {
		for _, c := range text {
			if c != '\n' && unicode.IsControl(c) || c == '\n' && name != "fix" || c == '\u202e' {
				t.Fatalf("the %s %q holds %U", name, text, c)
			}
		}
		if !utf8.ValidString(text) {
			t.Fatalf("the %s %q is no UTF-8", name, text)
		}
	}
	if n := utf8.RuneCountInString(g.Title); n == 0 || n > MaxTitle {
		t.Fatalf("a title of %d runes: %q", n, g.Title)
	}
	if utf8.RuneCountInString(g.Evidence) > MaxEvidence || len(g.Locations) > MaxLocations || g.Locations == nil {
		t.Fatalf("%d runes of evidence, places %v", utf8.RuneCountInString(g.Evidence), g.Locations)
	}
	if !slices.Contains(Severities, g.Severity) || !slices.Contains(Types, g.Type) || !slices.Contains(Scopes, g.Scope) ||
		!slices.Contains(Complexities, g.Complexity) || !slices.Contains(Categories, g.Category) {
		t.Fatalf("a word that is none of ours: %+v", g)
	}
	for _, l := range g.Locations {
		if l.Path == "" || strings.HasPrefix(l.Path, "/") || strings.HasPrefix(l.Path, "..") || l.Line < 0 {
			t.Fatalf("no place of a repository: %+v", l)
		}
	}
	for _, w := range strings.Fields(strings.TrimSuffix(g.Evidence, "…")) {
		if w = letters(w); !strings.Contains(source, w) && !drawn(normal(body), w) && !drawn(html.UnescapeString(normal(body)), w) {
			t.Fatalf("the evidence has %q, which the body has not", w)
		}
	}
}

// letters is what is left of a text without marks and space, so that markup
// does not matter.
func letters(t string) string {
	return strings.Map(func(c rune) rune {
		if c < 0x80 && (unicode.IsLetter(c) || unicode.IsDigit(c)) {
			return c
		}
		return -1
	}, t)
}

// drawn tells whether a body has a word's letters one after another where it is
// drawn: a tag between two letters is nothing to a reader, they are one word.
// What is a tag and what a text with an angle is the renderer's to say, so each
// may be either.
func drawn(body, word string) bool {
	had := make([][]bool, len(body)+1) // by place, how many of the letters may stand before it
	reach := func(at, n int) {
		if had[at] == nil {
			had[at] = make([]bool, len(word)+1)
		}
		had[at][n] = true
	}
	for at := range len(body) {
		reach(at, 0)
		c := body[at]
		for n, ok := range had[at] {
			if !ok {
				continue
			}
			if n == len(word) {
				return true
			}
			switch {
			case c >= 0x80 || !unicode.IsLetter(rune(c)) && !unicode.IsDigit(rune(c)):
				reach(at+1, n)
			case c == word[n]:
				reach(at+1, n+1)
			}
			if end := strings.IndexByte(body[at:], '>'); c == '<' && end > 0 {
				reach(at+end+1, n)
			}
		}
		had[at] = nil
	}
	return had[len(body)] != nil && had[len(body)][len(word)]
}

func TestDrawn(t *testing.T) {
	for _, c := range []struct {
		body, word string
		want       bool
	}{
		{"a<i><ms\n\nry>a", "ams", true}, {"a<i>b", "ab", true}, {"a<i>b", "aib", true}, {"a b", "ab", true},
		{"a<i>b", "abb", false}, {"a(i)b", "ab", false}, {"ab", "ab", true}, {"", "a", false},
	} {
		if got := drawn(c.body, c.word); got != c.want {
			t.Errorf("%q in %q: %v", c.word, c.body, got)
		}
	}
}

// hostile are bodies in shapes that cost parsers most.
func hostile(size int) map[string]string {
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	return map[string]string{
		"quotes": fill(">"), "bullets": fill("- "), "nested": fill("> - "), "brackets": fill("["), "stars": fill("**a "),
		"ticks": fill("`a``"), "angles": fill("<a "), "comments": fill("<!-- "), "pipes": fill("|"), "table": "|a|b|\n|-|-|\n" + fill("|[High] x|`a.go:1`|\n"),
		"headings": fill("# High: a\n"), "deep": fill("###### a\n- b\n"), "parens": fill("(high "), "colons": fill("Severity: "), "lines": fill("Issue: a\n"),
		"paths": fill("a/"), "dots": fill("a.go:1"), "paragraphs": fill("[High] x `a.go:1`\n\n"), "bold": fill("**a**\n\n"), "details": fill("<details>\n<summary>High: a</summary>\n\n"),
		"items": fill("- [High] item x `a.go:1`\n"), "one word": fill("a"), "digits": fill("1."), "spaces": fill(" "), "rules": fill("a\n\n---\n\n"),
		"indented": func() string {
			var b strings.Builder
			for k := 0; b.Len() < size; k++ {
				b.WriteString(strings.Repeat(" ", k%400) + "- High: a\n")
			}
			return b.String()
		}(),
	}
}

func TestHostileBodies(t *testing.T) {
	for name, body := range hostile(8192) {
		t.Run(name, func(t *testing.T) {
			for _, g := range Read("[Audit] x", body) {
				check(t, g, body)
			}
		})
	}
}

func BenchmarkHostile(b *testing.B) {
	for name, body := range hostile(65536) { // GitHub's limit
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Read("[Audit] x", body)
			}
		})
	}
}

// BenchmarkRead reads a body of 65 KB made of the tuned ones.
func BenchmarkRead(b *testing.B) {
	files, _ := filepath.Glob("testdata/tuned/*.md")
	var all strings.Builder
	for all.Len() < 65536 {
		for _, name := range files {
			raw, err := os.ReadFile(name)
			if err != nil {
				b.Fatal(err)
			}
			all.Write(raw)
			all.WriteString("\n\n")
		}
	}
	body := all.String()[:65536]
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		Read("[Audit] Review", body)
	}
}

// BenchmarkBodies reads the tuned bodies one by one, some 2 KB each.
func BenchmarkBodies(b *testing.B) {
	files, _ := filepath.Glob("testdata/tuned/*.md")
	var bodies []string
	var size int64
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			b.Fatal(err)
		}
		bodies = append(bodies, string(raw))
		size += int64(len(raw))
	}
	b.SetBytes(size)
	for b.Loop() {
		for _, body := range bodies {
			Read("[Audit] Review", body)
		}
	}
}
