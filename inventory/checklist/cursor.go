package checklist

// cursor is a place in one line. Columns count a tab up to the next multiple of
// four and every other byte as one, which is all that the starts of blocks need.
type cursor struct {
	line   []byte // without its line end
	base   int    // offset of the line in the body
	offset int
	column int

	// Of the first character after offset that is neither space nor tab:
	first  int
	indent int // columns from the cursor to it
	blank  bool
	// broken is where the line is known to stop being a thematic break.
	broken int
}

// at is the byte at i; the line end reads as a newline and what follows as 0.
// NUL reads as a byte of U+FFFD, which takes its place in a rendered document.
func (c *cursor) at(i int) byte {
	switch {
	case i < len(c.line):
		if c.line[i] == 0 {
			return 0xef
		}
		return c.line[i]
	case i == len(c.line):
		return '\n'
	}
	return 0
}

// find sets first, indent and blank from the cursor's place.
func (c *cursor) find() {
	first, column := c.offset, c.column
	for ; ; first++ {
		switch c.at(first) {
		case ' ':
			column++
			continue
		case '\t':
			column += 4 - column%4
			continue
		}
		break
	}
	c.first, c.indent, c.blank = first, column-c.column, c.at(first) == '\n'
}

// rest is the line from the first character that is neither space nor tab.
func (c *cursor) rest() []byte {
	if c.first >= len(c.line) {
		return nil
	}
	return c.line[c.first:]
}

// bytes moves the cursor on by n bytes.
func (c *cursor) bytes(n int) {
	for ; n > 0 && c.offset <= len(c.line); n-- {
		if c.at(c.offset) == '\t' {
			c.column += 4 - c.column%4
		} else {
			c.column++
		}
		c.offset++
	}
}

// columns moves the cursor on by n columns; it may come to stand inside a tab.
func (c *cursor) columns(n int) {
	for n > 0 && c.offset <= len(c.line) {
		step := 1
		if c.at(c.offset) == '\t' {
			step = 4 - c.column%4
			if step > n {
				c.column += n
				return
			}
		}
		c.column += step
		c.offset++
		n -= step
	}
}

// end moves the cursor to the line end.
func (c *cursor) end() { c.bytes(len(c.line) - c.offset) }
