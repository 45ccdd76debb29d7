package checklist

import (
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// struck reads ~text~ and ~~text~~, GitHub's strikethrough, for which the
// reader of inline text only needs to know that the tildes are marks. goldmark's
// own is in a package whose start costs every command a millisecond.
type struck struct{}

func (struck) Trigger() []byte { return []byte{'~'} }

func (s struck) Parse(_ ast.Node, block text.Reader, pc parser.Context) ast.Node {
	before := block.PrecendingCharacter()
	rest, segment := block.PeekLine()
	run := parser.ScanDelimiter(rest, before, 1, s)
	if run == nil || run.OriginalLength > 2 || before == '~' {
		return nil
	}
	run.Segment = segment.WithStop(segment.Start + run.OriginalLength)
	block.Advance(run.OriginalLength)
	pc.PushDelimiter(run)
	return run
}

func (struck) IsDelimiter(b byte) bool { return b == '~' }

func (struck) CanOpenCloser(opener, closer *parser.Delimiter) bool { return opener.Char == closer.Char }

func (struck) OnMatch(int) ast.Node { return ast.NewEmphasis(2) }
