package checklist

import (
	"bytes"
	"unicode/utf8"
)

// kind is the sort of a block, in the words of the CommonMark specification.
type kind uint8

const (
	document kind = iota
	quote
	list
	item
	paragraph
	heading
	fenced
	indented
	html
	rule
	table
	row
)

// block is one block of a document while it is read. Closed blocks keep only
// what a reader of items and headings needs.
type block struct {
	kind     kind
	open     bool
	parent   *block
	previous *block // the sibling before
	last     *block // the last child
	children int
	line     int    // from 1
	end      int    // the last line that is not blank of it and of all below it, once closed
	text     []byte // paragraph and heading: the lines, their indent removed
	invalid  bool   // some of text is not UTF-8

	marker byte // list, item: one of - + * . )
	width  int  // item: columns of indent and marker a line must have to continue it
	own    *block
	task   bool
	ticked bool
	box    int // task: offset in the body of the byte between the brackets

	level     int // heading
	fence     byte
	fenceSize int
	html      int // start condition 1 to 7 of the specification
	columns   int // table
	rows      int
	cells     int
}

// reader keeps the open blocks of a document and takes it line by line, as
// described in the appendix "A parsing strategy" of the CommonMark
// specification 0.29, with the tables and task items of GitHub's dialect.
type reader struct {
	root    *block
	current *block // the deepest open block
	outline []*block
	cursor
	number int // of the line, from 1

	// A third blank line in a row, seen from the same container, changes
	// nothing; without this, deep lists with many blank lines cost their product.
	blankAt   *block
	blankRuns int
}

// outline gives the items and the headings of body in document order.
func outline(body []byte) []*block {
	root := &block{kind: document, open: true}
	r := &reader{root: root, current: root}
	for start := 0; start < len(body); {
		end, next := start, start
		for end < len(body) && body[end] != '\n' && body[end] != '\r' {
			end++
		}
		next = end
		if next < len(body) && body[next] == '\r' {
			next++
		}
		if next < len(body) && body[next] == '\n' && (next == end || body[next-1] == '\r') {
			next++
		}
		r.number++
		r.cursor = cursor{line: body[start:end], base: start}
		if r.number == 1 && bytes.HasPrefix(r.line, []byte("\ufeff")) {
			r.offset = 3
		}
		r.takeLine()
		start = next
	}
	for r.current != nil {
		r.current = r.close(r.current)
	}
	return r.outline
}

func (r *reader) takeLine() {
	container, matched, done := r.matchOpen()
	if !done {
		last := container
		container = r.openBlocks(container, matched)
		r.addText(container, last)
	}
	if len(bytes.TrimLeft(r.line, " \t")) > 0 {
		r.current.end = r.number
	}
}

// matchOpen walks down the open blocks as far as the line continues them. done
// tells that nothing is left to do with the line.
func (r *reader) matchOpen() (container *block, matched, done bool) {
	container = r.root
	sawBlank := false
	for container.last != nil && container.last.open {
		child := container.last
		r.find()
		if r.blank && !sawBlank {
			sawBlank = true
			if r.blankAt != container {
				r.blankAt, r.blankRuns = container, 0
			}
			if r.blankRuns++; r.blankRuns > 2 {
				return nil, false, true
			}
		}
		ok := true
		switch child.kind {
		case quote:
			ok = r.continueQuote()
		case item:
			ok = r.continueItem(child)
		case fenced:
			if r.closesFence(child) {
				r.current = r.close(child)
				return nil, false, true
			}
		case indented:
			if r.indent >= 4 {
				r.columns(4)
			} else {
				ok = r.blank
			}
		case html:
			ok = child.html < 6 || !r.blank
		case paragraph:
			ok = !r.blank
		case table:
			ok = countCells(r.rest()) > 0
		case heading, row:
			ok = false
		}
		if !ok {
			if !sawBlank {
				r.blankAt = nil
			}
			return container, false, false
		}
		container = child
	}
	if !sawBlank {
		r.blankAt = nil
	}
	return container, true, false
}

func (r *reader) continueQuote() bool {
	if r.indent > 3 || r.at(r.first) != '>' {
		return false
	}
	r.columns(r.indent + 1)
	if c := r.at(r.offset); c == ' ' || c == '\t' {
		r.columns(1)
	}
	return true
}

func (r *reader) continueItem(b *block) bool {
	switch {
	case r.indent >= b.width:
		r.columns(b.width)
	case r.blank && b.children > 0:
		r.bytes(r.first - r.offset)
	default:
		return false
	}
	return true
}

// closesFence tells whether the line is the closing fence of b.
func (r *reader) closesFence(b *block) bool {
	if r.indent > 3 {
		return false
	}
	rest := r.rest()
	n := run(rest, b.fence)
	return n >= 3 && n >= b.fenceSize && len(bytes.TrimLeft(rest[n:], " \t")) == 0
}

// add opens a block below parent, or below the nearest block above it that can
// hold one; those between are closed.
func (r *reader) add(parent *block, k kind) *block {
	for !parent.canHold(k) {
		parent = r.close(parent)
	}
	b := &block{kind: k, open: true, parent: parent, previous: parent.last, line: r.number, end: r.number}
	parent.last = b
	parent.children++
	if parent.kind == item && parent.children == 1 {
		parent.own = b
	}
	if k == item || k == heading {
		r.outline = append(r.outline, b)
	}
	return b
}

func (b *block) canHold(k kind) bool {
	switch b.kind {
	case document, quote, item:
		return k != item && k != row
	case list:
		return k == item
	case table:
		return k == row
	}
	return false
}

// close ends b and gives its parent. A paragraph of nothing but link
// definitions vanishes.
func (r *reader) close(b *block) *block {
	b.open = false
	if b.parent != nil {
		b.parent.end = max(b.parent.end, b.end)
	}
	if b.kind == paragraph && !b.dropDefinitions() {
		p := b.parent
		p.last = b.previous
		p.children--
		if p.own == b {
			p.own = nil
		}
	}
	return b.parent
}

// dropDefinitions removes the link definitions at the start of a paragraph and
// tells whether anything is left.
func (b *block) dropDefinitions() bool {
	for len(b.text) > 0 && b.text[0] == '[' {
		n := linkDefinition(b.text)
		if n == 0 {
			break
		}
		b.text = b.text[n:]
	}
	return len(bytes.TrimLeft(b.text, " \t\r\n")) > 0
}

// addText gives what is left of the line to the block it belongs to.
func (r *reader) addText(container, last *block) {
	r.find()
	if r.current != last && container == last && !r.blank && r.current.kind == paragraph {
		r.current.addLine(r.line[min(r.offset, len(r.line)):]) // a lazy continuation
		return
	}
	for r.current != last {
		r.current = r.close(r.current)
	}
	switch {
	case container.kind == html:
		if htmlEnds(container.html, r.rest()) {
			container = r.close(container)
		}
	case container.kind == fenced || container.kind == indented || r.blank:
	case container.kind == heading:
		container.addLine(trimHashes(r.rest()))
	case container.kind == paragraph:
		container.addLine(r.rest())
	default:
		container = r.add(container, paragraph)
		container.addLine(r.rest())
	}
	r.current = container
}

func (b *block) addLine(line []byte) {
	b.invalid = b.invalid || !utf8.Valid(line)
	b.text = append(append(b.text, line...), '\n')
}

// trimHashes removes the closing sequence of an ATX heading.
func trimHashes(line []byte) []byte {
	line = bytes.TrimRight(line, " \t\v\f")
	bare := bytes.TrimRight(line, "#")
	if len(bare) == 0 {
		return nil
	}
	if c := bare[len(bare)-1]; c == ' ' || c == '\t' {
		return bytes.TrimRight(bare, " \t")
	}
	return line
}
