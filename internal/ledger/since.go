package ledger

import (
	"bytes"

	"github.com/dappcore/core-dev/budget"
)

// Since are the log's readable lines dated from a day on, in its order: to be
// matched with what GitHub shows.
func (b *Book) Since(from budget.Day) ([]budget.Entry, error) {
	names, err := b.logs()
	if err != nil {
		return nil, err
	}
	var out []budget.Entry
	var l budget.Line
	take := func(line []byte, ended bool) {
		if l.Parse(line) && (ended || !l.Open) && l.At.Day() >= from {
			out = append(out, l.Entry())
		}
	}
	block := func(lines []byte) {
		for len(lines) > 0 {
			end := bytes.IndexByte(lines, '\n')
			take(lines[:end], true)
			lines = lines[end+1:]
		}
	}
	for _, name := range names {
		if err := b.walk(name, block, take); err != nil {
			return nil, err
		}
	}
	return out, nil
}
