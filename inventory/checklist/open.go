package checklist

import "bytes"

// openBlocks opens the blocks that begin on the line and gives the innermost.
func (r *reader) openBlocks(container *block, matched bool) *block {
	maybeLazy := r.current.kind == paragraph
	for container.kind != fenced && container.kind != indented && container.kind != html {
		r.find()
		was := container
		container = r.openBlock(container, matched, maybeLazy)
		if container == nil {
			return was
		}
		switch container.kind {
		case paragraph, heading, fenced, indented:
			return container
		}
		maybeLazy = false
	}
	return container
}

// openBlock opens the one block that begins at the cursor; nil where none does.
func (r *reader) openBlock(container *block, matched, maybeLazy bool) *block {
	if r.indent >= 4 {
		if !maybeLazy && !r.blank {
			r.columns(4)
			return r.add(container, indented)
		}
		r.markTask(container)
		return nil
	}
	rest := r.rest()
	inParagraph := container.kind == paragraph
	switch r.at(r.first) {
	case '>':
		r.bytes(r.first + 1 - r.offset)
		if c := r.at(r.offset); c == ' ' || c == '\t' {
			r.columns(1)
		}
		return r.add(container, quote)
	case '#':
		if level, n := atxStart(rest); level > 0 {
			r.bytes(r.first + n - r.offset)
			b := r.add(container, heading)
			b.level = level
			return b
		}
	case '`', '~':
		if n := fenceStart(rest); n > 0 {
			b := r.add(container, fenced)
			b.fence, b.fenceSize = rest[0], min(n, 255)
			return b
		}
	case '<':
		condition := htmlStart(rest)
		if condition == 0 && !inParagraph && loneTag(rest) {
			condition = 7
		}
		if condition > 0 {
			b := r.add(container, html)
			b.html = condition
			return b
		}
	}
	if level := setextLevel(rest); inParagraph && level > 0 {
		if container.dropDefinitions() {
			container.kind, container.level = heading, level
			r.outline = append(r.outline, container)
			r.end()
		}
		return container
	}
	if (!inParagraph || matched) && r.thematicBreak() {
		b := r.add(container, rule)
		r.end()
		return b
	}
	if marker, n := listMarker(rest, inParagraph); n > 0 {
		return r.openItem(container, marker, n)
	}
	switch container.kind {
	case item:
		r.markTask(container)
	case paragraph:
		return r.openTable(container)
	case table:
		return r.openRow(container)
	}
	return nil
}

// openItem opens a list item, and a list for it unless container is one of its
// kind. size is the marker's, in bytes.
func (r *reader) openItem(container *block, marker byte, size int) *block {
	indent := r.indent
	r.bytes(r.first + size - r.offset)
	after := r.cursor
	for r.column-after.column <= 5 && (r.at(r.offset) == ' ' || r.at(r.offset) == '\t') {
		r.columns(1)
	}
	space := r.column - after.column
	width := indent + size + space
	if space >= 5 || space < 1 || r.at(r.offset) == '\n' {
		width = indent + size + 1
		r.cursor = after
		if space > 0 {
			r.columns(1)
		}
	}
	if container.kind != list || container.marker != marker {
		container = r.add(container, list)
		container.marker = marker
	}
	b := r.add(container, item)
	b.marker, b.width = marker, width
	return b
}

// markTask makes a task item of the container where the whole line reads like
// one: GitHub's renderer looks at the line from its start, not from the item's
// own place, so that nothing quoted and no item that shares its line with an
// outer one has a checkbox; and it takes an item for done if "[x]" stands
// anywhere on the line.
func (r *reader) markTask(container *block) {
	if container.kind != item {
		return
	}
	box := taskBox(r.line)
	if box < 0 {
		return
	}
	container.task = true
	container.box = r.base + box
	container.ticked = bytes.Contains(r.line, []byte("[x]")) || bytes.Contains(r.line, []byte("[X]"))
	r.bytes(3)
}

// thematicBreak tells whether a thematic break begins at the first character.
func (r *reader) thematicBreak() bool {
	if r.broken > r.first {
		return false
	}
	c := r.at(r.first)
	if c != '*' && c != '_' && c != '-' {
		return false
	}
	count, i := 0, r.first
	for ; r.at(i) == c || r.at(i) == ' ' || r.at(i) == '\t'; i++ {
		if r.at(i) == c {
			count++
		}
	}
	if count >= 3 && r.at(i) == '\n' {
		return true
	}
	r.broken = i
	return false
}
