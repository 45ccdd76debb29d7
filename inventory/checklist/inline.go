package checklist

import (
	"bytes"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// inlines parses the text of one paragraph; blocks were found before.
var inlines = sync.OnceValue(func() parser.Parser {
	return parser.NewParser(
		parser.WithBlockParsers(util.Prioritized(parser.NewParagraphParser(), 1)),
		parser.WithInlineParsers(append(parser.DefaultInlineParsers(),
			util.Prioritized(struck{}, 500))...),
	)
})

// mark says what a byte of a line is.
type mark uint8

const (
	written mark = iota // text, where a reference may stand
	opaque              // code, an image, an escaped character: no reference
	joint               // the place of an HTML tag or comment; no text at all
)

// line is the text of a paragraph as a reader sees it: without emphasis marks,
// links as their text.
type line struct {
	text  []byte
	marks []mark
	links []link
	cut   bool // the paragraph goes on; only its start was read
}

// longest is how many bytes of a paragraph are read. Inline structure costs more
// than its length (goldmark takes seconds for 64 KB of "[](" ), and what is
// longer than this is no title.
const longest = 4096

// link is where the text of a link stands in a line.
type link struct {
	start, end  int
	destination string
}

func (l *line) add(text []byte, m mark) {
	l.text = append(l.text, text...)
	for range text {
		l.marks = append(l.marks, m)
	}
}

// newLine reads the inline structure of a paragraph's text.
func newLine(paragraph []byte) *line {
	l := &line{cut: len(paragraph) > longest}
	if l.cut {
		paragraph = paragraph[:longest-validTail(paragraph[:longest])]
	}
	paragraph = bytes.ReplaceAll(paragraph, []byte{0}, []byte("\ufffd"))
	root := inlines().Parse(text.NewReader(paragraph))
	hidden := "" // the HTML element whose content is no text
	var open []int
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if _, ok := n.(*ast.Link); ok && !entering {
			last := len(open) - 1
			l.links[open[last]].end = len(l.text)
			open = open[:last]
		}
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Link:
			open = append(open, len(l.links))
			l.links = append(l.links, link{start: len(l.text), destination: string(n.Destination)})
		case *ast.Text:
			m := written
			if hidden != "" {
				m = opaque
			}
			l.addText(n.Segment.Value(paragraph), m)
			if n.SoftLineBreak() || n.HardLineBreak() {
				l.add([]byte{' '}, m)
			}
		case *ast.CodeSpan:
			for c := n.FirstChild(); c != nil; c = c.NextSibling() {
				if t, ok := c.(*ast.Text); ok {
					l.add(t.Segment.Value(paragraph), opaque)
				}
			}
			return ast.WalkSkipChildren, nil
		case *ast.Image:
			l.add([]byte("\ufffc"), opaque)
			return ast.WalkSkipChildren, nil
		case *ast.AutoLink:
			l.add(n.Label(paragraph), written)
		case *ast.RawHTML:
			hidden = elementAfter(n.Segments.Value(paragraph), hidden)
			l.add([]byte{' '}, joint)
		}
		return ast.WalkContinue, nil
	})
	return l
}

// validTail is how many bytes at the end of text begin a character without
// finishing it.
func validTail(text []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if c := text[len(text)-n:]; utf8.RuneStart(c[0]) {
			if utf8.FullRune(c) {
				return 0
			}
			return n
		}
	}
	return 0
}

// addText adds text without its backslash escapes; what was escaped is opaque.
func (l *line) addText(text []byte, m mark) {
	for len(text) > 0 {
		i := bytes.IndexByte(text, '\\')
		if i < 0 || i+1 == len(text) {
			break
		}
		if !isPunctuation(text[i+1]) {
			l.add(text[:i+1], m)
			text = text[i+1:]
			continue
		}
		l.add(text[:i], m)
		l.add(text[i+1:i+2], opaque)
		text = text[i+2:]
	}
	l.add(text, m)
}

// elementAfter is the hidden element (one whose content GitHub links nothing
// in) that is open behind an HTML tag.
func elementAfter(tag []byte, hidden string) string {
	name := strings.ToLower(string(tag))
	for _, element := range []string{"code", "pre", "kbd", "samp", "tt", "script", "style"} {
		switch {
		case hidden == "" && strings.HasPrefix(name, "<"+element) && !isLetter((name + " ")[1+len(element)]):
			return element
		case hidden == element && strings.HasPrefix(name, "</"+element):
			return ""
		}
	}
	return hidden
}

// String is the text on one line, without the places of tags.
func (l *line) String() string { return l.slice(0, len(l.text)) }

func (l *line) slice(start, end int) string {
	var b strings.Builder
	for i := start; i < end; i++ {
		if l.marks[i] != joint {
			b.WriteByte(l.text[i])
		}
	}
	return strings.Join(strings.Fields(strings.ToValidUTF8(b.String(), "\ufffd")), " ")
}

// plain is the text of a paragraph or heading as a reader sees it, on one line.
func plain(paragraph []byte) string { return newLine(bytes.TrimSpace(paragraph)).String() }

func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }
