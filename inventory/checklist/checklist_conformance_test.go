//go:build conformance

package checklist

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// truth is what cmark-gfm says of a document: a line "12 true" for each task
// item that begins on line 12 and is ticked.
func truth(t testing.TB, body []byte) string {
	t.Helper()
	cmd := exec.Command("cmark-gfm", "-e", "tasklist", "-e", "table", "-e", "strikethrough",
		"-e", "autolink", "-e", "tagfilter", "--sourcepos", "--to", "xml")
	cmd.Stdin = bytes.NewReader(body)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("cmark-gfm (Debian package cmark-gfm): %v", err)
	}
	var b strings.Builder
	for _, m := range taskElement.FindAllSubmatch(out, -1) {
		fmt.Fprintf(&b, "%s %s\n", m[1], m[2])
	}
	return b.String()
}

var taskElement = regexp.MustCompile(`<tasklist sourcepos="(\d+):[^"]*" completed="(true|false)"`)

func ours(body []byte) string {
	var b strings.Builder
	for _, item := range outline(body) {
		if item.task {
			fmt.Fprintln(&b, item.line, item.ticked)
		}
	}
	return b.String()
}

func compare(t testing.TB, body []byte) {
	t.Helper()
	if want, got := truth(t, body), ours(body); got != want {
		t.Fatalf("task items of %q:\ncmark-gfm\n%sours\n%s", body, want, got)
	}
}

func TestConformanceCorpus(t *testing.T) {
	bodies, err := filepath.Glob("testdata/*.md")
	if err != nil || len(bodies) < 40 {
		t.Fatalf("corpus: %d bodies, %v", len(bodies), err)
	}
	for _, name := range bodies {
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		compare(t, body)
	}
}

// pieces are what random documents are made of: everything that begins, goes on
// with or ends a block, and what a checkbox is made of.
var pieces = []string{
	"- ", "* ", "+ ", "1. ", "2) ", "1) ", "12. ", "-", "1.", "1a ", "3  ", "1234567890. ", "- [ ] ", "- [x] ", "* [X] ", "1. [ ] ", "- [ ]", "[ ] ", "[x] ", "[ ]", "[x]",
	" ", "  ", "   ", "    ", "      ", "\t", " \t", "\n", "\n", "\n", "\n\n", "\n\n", "\r\n", "\r", "\n  ", "\n    ", "\n\t", "\n- ", "\n  - [ ] ", "\n- [ ] ",
	"> ", ">", "# ", "## ", "###### ", "#", " #\n", "```", "```\n", "~~~\n", "````", "---", "***", "\n===\n", "\n---\n", "_ _ _", "- - -", "==",
	"<div>", "</div>", "<!-- ", "-->", "<pre>", "</pre>", "<details>\n", "<a href=\"x\">\n", "<b>", "<?", "?>", "<!X", "<![CDATA[", "]]>", "<i a=b c='d' />\n", "<x-y", "</p\n",
	"a | b\n", "|", "--|--\n", "-|-\n", ":-:|-", "|-|", "\\|", "|a|\n|-|\n", ":-\n", "\n:-\n",
	"[a]: b\n", "[a]: <b> \"c\"\n", "[a]:", "[a]", "'t'\n", "(t)", "[b]:\nc\n'd\n", "\\", "foo", "foo\n", "#12", "x", "é", "\x00", "\xff", "\v", "\f", "`", "&amp;", "a", "(", ")", "\"", "<", "0",
}

// edges decide whether a line is a link definition, a tag or a table; the item
// behind it shows what the renderer took it for.
var edges = []struct{ before, characters, after string }{
	{"[", "[]]::\\a<>()\"'' \n\t\x01\v", "\n===\n2. [ ] x"},
	{"[a]:", "<>()\"'\\a \n\t\v\f\x00\x01é", "\n===\n2. [ ] x"},
	{"[a]: b", "()\"'\\a \n\t\v\xff\x00é", "\n---\n2. [ ] x"},
	{"<", "a1-/='\"\t \v>>é\xff!?:_", "\n- [ ] x"},
	{"<a", " a=='\"/>\t`", ">\n- [ ] x"},
	{"", "ab||\\ \t\v-\n", "\n|-|-|\n2. [ ] x"},
	{"a|b\n", "|:--- \t\v\f", "\n2. [ ] x"},
	{"a|b\n-|-\n", "|\\a \n\t\xff", "\n2. [ ] x"},
	{"- a\n\n", " 1[]x-.)\t\v", "[ ] x"},
	{"-", " \t\n", "[ ] x"},
	{"1. - a\n", " \t\n\r>", "- [x] x"},
	{"", "`~ a\n\t", "\n- [ ] x"},
	{"<!--", "->!? \n", "\n- [ ] x"},
}

func randomBody(r *rand.Rand) []byte {
	var b []byte
	for range 1 + r.IntN(24) {
		if r.IntN(12) > 0 {
			b = append(b, pieces[r.IntN(len(pieces))]...)
			continue
		}
		edge := edges[r.IntN(len(edges))]
		b = append(b, "\n\n"+edge.before...)
		for range r.IntN(10) {
			b = append(b, edge.characters[r.IntN(len(edge.characters))])
		}
		b = append(b, edge.after+"\n\n"...)
	}
	return b
}

func TestConformanceRandomBodies(t *testing.T) {
	r := rand.New(rand.NewPCG(20260204, 1))
	for range 3000 {
		compare(t, randomBody(r))
	}
}

// TestConformanceManyRandomBodies packs documents so that one run of the
// program judges many: a heading and a closed fence between them end every
// block except an open HTML block or fence, which only hide what follows.
func TestConformanceManyRandomBodies(t *testing.T) {
	r := rand.New(rand.NewPCG(20260204, 2))
	for range 200 {
		var b []byte
		for range 40 {
			b = append(append(b, randomBody(r)...), "\n\n# ---\n\n"...)
		}
		compare(t, b)
	}
}

func FuzzDifferential(f *testing.F) {
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
	r := rand.New(rand.NewPCG(20260204, 3))
	for range 100 {
		f.Add(randomBody(r))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if len(body) <= 1<<16 {
			compare(t, body)
		}
	})
}
