package finding

import (
	"bytes"
	"html"
	"strings"
	"unicode/utf8"

	"github.com/dappcore/core-dev/inventory/finding/pattern"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
)

type kind uint8

const (
	document kind = iota
	section       // a heading and what stands below it, or a <details> with its summary
	lead          // a paragraph that opens a record, and what belongs to it
	list
	item
	paragraph
	table
	code
	rule
)

// node is one block of a body. What a heading, an item or a lead says itself is
// in head; what belongs to it is in kids.
type node struct {
	kind       kind
	level      int // section; 7 for <details>
	head       []span
	kids       []*node
	rows       [][][]span // table: the first row is the header
	text       string     // code
	ordered    bool       // list
	task, done bool       // item
	start, end int        // bytes of the source
	closes     bool       // </details>
	aside      bool       // lead: it stands outside the records around it
}

type style uint8

const (
	strong style = 1 << iota
	struck
	verbatim
	slanted
)

// span is a run of text in one style; a line break is "\n" in its text.
type span struct {
	text  string
	style style
	link  string // destination
}

var (
	markdown  = goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.TaskList)).Parser()
	comment   = pattern.New(`(?s)<!--.*?(?:-->|$)`)
	summary   = pattern.New(`(?is)<summary[^>]*>(.*?)</summary>`)
	tag       = pattern.New(`</?[a-zA-Z][^<>]*>`)
	lineBreak = pattern.New(`(?i)<br\s*/?>`)
	matter    = pattern.New(`\A(?:---|\+\+\+)\n((?:[^\n]*\n){0,100}?)(?:---|\+\+\+|\.\.\.)(?:\n|\z)`)
	pair      = pattern.New(`^(?:[\w .-]+\s*[:=].*|\s*- .*|\s*#.*|\s+.*|)$`)
)

// maxNesting is how many markers of quotes and lists are read at the start of
// a line; nobody writes more, and each level costs the parser a pass.
const maxNesting = 24

// normal is the body as it is read: valid UTF-8, lines ended by \n, without
// characters that no text has, not longer than maxBody.
func normal(body string) string {
	if len(body) > maxBody {
		body = body[:maxBody]
	}
	body = strings.ToValidUTF8(body, "")
	body = strings.ReplaceAll(strings.ReplaceAll(body, "\r\n", "\n"), "\r", "\n")
	body = strings.TrimPrefix(body, "\ufeff")
	body = strings.Map(func(c rune) rune {
		if c != '\n' && c != '\t' && invisible(c) {
			return -1
		}
		return c
	}, body)
	if !strings.Contains(body, strings.Repeat(">", maxNesting/2)) && !deepMarkers.MatchString(body) {
		return body
	}
	lines := strings.Split(body, "\n")
	for k, line := range lines {
		seen := 0
		for at, c := range line {
			if !strings.ContainsRune("> \t-*+", c) {
				break
			}
			if c != ' ' && c != '\t' {
				seen++
			}
			if seen > maxNesting {
				lines[k] = line[:at] + strings.TrimLeft(line[at:], "> \t-*+")
				break
			}
		}
	}
	return strings.Join(lines, "\n")
}

var deepMarkers = pattern.New(`(?m)^[ \t>*+-]{25,}`)

// invisible tells of control characters, direction overrides, tags and other
// characters that show nothing.
func invisible(c rune) bool {
	switch {
	case c < 0x20, c >= 0x7f && c < 0xa0, c == 0xad, c >= 0x200b && c <= 0x200f && c != 0x200d, c >= 0x2028 && c <= 0x202e,
		c >= 0x2060 && c <= 0x206f, c == 0xfeff, c >= 0xfff9 && c <= 0xfffb, c >= 0xe0000 && c <= 0xe0fff, c == utf8.RuneError:
		return true
	}
	return false
}

// front is how many bytes of front matter a body begins with.
func front(body string) int {
	m := matter.FindStringSubmatchIndex(body)
	if m == nil || m[3] == m[2] {
		return 0
	}
	keys := 0
	for _, line := range strings.Split(strings.TrimSuffix(body[m[2]:m[3]], "\n"), "\n") {
		if !pair.MatchString(line) {
			return 0
		}
		if strings.ContainsAny(line, ":=") {
			keys++
		}
	}
	if keys == 0 {
		return 0
	}
	return m[1]
}

// source is a body while its blocks are read.
type source struct{ body []byte }

// blocks gives the tree of a normal body, sections nested by the level of
// their headings.
func blocks(body string) *node {
	s := &source{[]byte(body)}
	skip := front(body)
	for k := range skip { // keeps every offset
		if s.body[k] != '\n' {
			s.body[k] = ' '
		}
	}
	for _, m := range comment.FindAllStringIndex(string(s.body), -1) {
		for k := m[0]; k < m[1]; k++ {
			if s.body[k] != '\n' {
				s.body[k] = ' '
			}
		}
	}
	root := &node{kind: document, end: len(s.body)}
	root.kids = nest(s.children(markdown.Parse(text.NewReader(s.body))), 0)
	ends(root)
	return root
}

func (s *source) children(parent ast.Node) []*node {
	var out []*node
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		out = append(out, s.block(n)...)
	}
	return out
}

func (s *source) block(n ast.Node) []*node {
	at := &node{start: s.lineOf(n)}
	switch n := n.(type) {
	case *ast.Heading:
		at.kind, at.level, at.head = section, n.Level, s.inline(n, 0)
	case *ast.Paragraph, *ast.TextBlock:
		at.kind, at.head = paragraph, s.inline(n, 0)
		if at.head == nil {
			return nil
		}
	case *ast.List:
		at.kind, at.ordered, at.kids = list, n.IsOrdered(), s.children(n)
	case *ast.ListItem:
		at.kind, at.kids = item, s.children(n)
		if len(at.kids) > 0 && at.kids[0].kind == paragraph {
			at.head, at.kids = at.kids[0].head, at.kids[1:]
		} else if len(at.kids) > 0 && at.kids[0].kind == section && at.kids[0].kids == nil {
			at.head, at.kids = at.kids[0].head, at.kids[1:]
		}
		if box := checkbox(n); box != nil {
			at.task, at.done = true, box.IsChecked
		}
	case *ast.Blockquote:
		return s.children(n) // a quote is what it quotes
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		at.kind, at.text = code, s.lines(n)
	case *ast.ThematicBreak:
		at.kind = rule
	case *east.Table:
		at.kind = table
		for r := n.FirstChild(); r != nil; r = r.NextSibling() {
			var row [][]span
			for c := r.FirstChild(); c != nil; c = c.NextSibling() {
				row = append(row, s.inline(c, 0))
			}
			at.rows = append(at.rows, row)
		}
	case *ast.HTMLBlock:
		return s.html(at, s.lines(n))
	default:
		return nil
	}
	return []*node{at}
}

// html reads the few elements that carry an audit's structure.
func (s *source) html(at *node, raw string) []*node {
	closes := strings.Contains(strings.ToLower(raw), "</details")
	if m := summary.FindStringSubmatchIndex(raw); m != nil {
		at.kind, at.level = section, 7
		at.head = []span{{text: bare(raw[m[2]:m[3]])}}
		out := []*node{at}
		if rest := bare(raw[m[1]:]); rest != "" {
			out = append(out, &node{kind: paragraph, head: []span{{text: rest}}, start: at.start})
		}
		if closes {
			out = append(out, &node{kind: rule, closes: true, start: at.start})
		}
		return out
	}
	if closes {
		return []*node{{kind: rule, closes: true, start: at.start}}
	}
	if plain := bare(raw); plain != "" {
		at.kind, at.head = paragraph, []span{{text: plain}}
		return []*node{at}
	}
	return nil
}

// bare is the text of a piece of HTML.
func bare(raw string) string {
	raw = lineBreak.ReplaceAllString(raw, "\n")
	return strings.TrimSpace(html.UnescapeString(tag.ReplaceAllString(raw, "")))
}

func checkbox(n ast.Node) *east.TaskCheckBox {
	if first := n.FirstChild(); first != nil && first.FirstChild() != nil {
		box, _ := first.FirstChild().(*east.TaskCheckBox)
		return box
	}
	return nil
}

func (s *source) lines(n ast.Node) string {
	var b strings.Builder
	for k := range n.Lines().Len() {
		line := n.Lines().At(k)
		b.Write(line.Value(s.body))
	}
	if h, ok := n.(*ast.HTMLBlock); ok && h.HasClosure() {
		b.Write(h.ClosureLine.Value(s.body))
	}
	return b.String()
}

// lineOf is where the line of a block's first text begins; -1 without text.
func (s *source) lineOf(n ast.Node) int {
	for n != nil && n.Type() != ast.TypeInline {
		if n.Type() == ast.TypeBlock && n.Lines() != nil && n.Lines().Len() > 0 {
			at := n.Lines().At(0).Start
			if n.Kind() == ast.KindFencedCodeBlock {
				at-- // the line of the fence
			}
			return bytes.LastIndexByte(s.body[:max(at, 0)], '\n') + 1
		}
		n = n.FirstChild()
	}
	return -1
}
