package config

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// surgery edits a file of settings by its bytes: what is not cut stays as it is,
// comments, order, spacing and line ends.
type surgery struct {
	doc     *document
	starts  []int // offset of each line
	eol     string
	splices []splice
}

// splice replaces the bytes from at to end by text.
type splice struct {
	at, end int
	text    string
}

func operate(doc *document) surgery {
	return surgery{doc: doc, starts: lineStarts(doc.data), eol: lineEnd(doc.data)}
}

// apply puts the splices into the file's bytes.
func (e *surgery) apply() []byte {
	slices.SortStableFunc(e.splices, func(a, b splice) int { return cmp.Compare(a.at, b.at) })
	var out []byte
	from := 0
	for _, s := range e.splices {
		out = append(append(out, e.doc.data[from:s.at]...), s.text...)
		from = s.end
	}
	return append(out, e.doc.data[from:]...)
}

// unsafe is the error of a file whose edit would not say what was asked.
func (e *surgery) unsafe(why string) error {
	return fmt.Errorf("%s is written in a way that cannot be edited safely (%s), and was left as it is: edit it by hand", e.doc.path, why)
}

// insert puts new entries at the end of a list, by how the list is written: lines
// of their own (block), or between its brackets (flow). key is the entry of the
// list; nil: the file has none yet, and gets one of that name.
func (e *surgery) insert(key *ast.MappingValueNode, name string, block func(indent string) string, flow func() string) {
	data := e.doc.data
	end := len(data)
	if key == nil {
		text := name + ":" + e.eol + block("  ")
		if end > 0 && data[end-1] != '\n' {
			text = e.eol + text
		}
		e.splices = append(e.splices, splice{end, end, text})
		return
	}
	seq, _ := key.Value.(*ast.SequenceNode)
	indent := "  "
	var after int
	remarks := 2 // how far in a comment below has to stand to be the list's; 0: none is
	switch {
	case seq == nil: // the key alone
		_, after = e.span(key.Key.GetToken())
	case seq.IsFlowStyle && len(seq.Values) > 0:
		at := e.offset(seq.End.Position)
		e.splices = append(e.splices, splice{at, at, ", " + flow()})
		return
	case seq.IsFlowStyle: // `[]`
		start, stop := e.offset(seq.Start.Position), e.offset(seq.End.Position)+1
		e.splices = append(e.splices, splice{start, stop, ""})
		after, remarks = stop, 0
	default:
		remarks = seq.Start.Position.Column - 1
		indent = strings.Repeat(" ", seq.Start.Position.Column-1)
		after = e.starts[min(lastLine(seq), len(e.starts))-1]
	}
	after = e.lineEndAt(after)
	if remarks > 0 {
		after = e.behindRemarks(after, remarks)
	}
	text := e.eol + strings.TrimSuffix(block(indent), e.eol)
	if after == end {
		text += e.eol
	}
	e.splices = append(e.splices, splice{after, after, text})
}

// cut takes an entry of a list out: its lines, or what stands between its brackets
// and a comma. Comments before and after it stay. False: it cannot be told what
// belongs to it.
func (e *surgery) cut(seq *ast.SequenceNode, at int) bool {
	data := e.doc.data
	if !seq.IsFlowStyle {
		if at >= len(seq.Entries) {
			return false
		}
		dash, last := seq.Entries[at].Start.Position.Line, min(lastLine(seq.Values[at]), len(e.starts))
		start := e.starts[dash-1]
		if len(bytes.TrimLeft(data[start:e.offset(seq.Entries[at].Start.Position)], " ")) > 0 {
			return false // something else begins on its line
		}
		end := len(data)
		if last < len(e.starts) {
			end = e.starts[last]
		}
		e.splices = append(e.splices, splice{start, end, ""})
		return true
	}
	item, ok := seq.Values[at].(*ast.MappingNode)
	if !ok || item.Start == nil || item.End == nil {
		return false
	}
	start, end := e.offset(item.Start.Position), e.offset(item.End.Position)+1
	switch {
	case at+1 < len(seq.Values):
		next, ok := seq.Values[at+1].(*ast.MappingNode)
		if !ok || next.Start == nil {
			return false
		}
		end = e.offset(next.Start.Position)
	case at > 0:
		before, ok := seq.Values[at-1].(*ast.MappingNode)
		if !ok || before.End == nil {
			return false
		}
		start = e.offset(before.End.Position) + 1
	}
	if bytes.ContainsRune(data[start:end], '#') {
		return false
	}
	e.splices = append(e.splices, splice{start, end, ""})
	return true
}

// offset is where a token stands in the file, in bytes.
func (e *surgery) offset(p *token.Position) int {
	if p.Line < 1 || p.Line > len(e.starts) {
		return len(e.doc.data)
	}
	at := e.starts[p.Line-1]
	if p.Line == 1 && bytes.HasPrefix(e.doc.data, byteOrderMark) {
		at += len(byteOrderMark)
	}
	for range p.Column - 1 {
		if at >= len(e.doc.data) {
			break
		}
		at++
		for at < len(e.doc.data) && e.doc.data[at]&0xC0 == 0x80 { // the rest of the character
			at++
		}
	}
	return at
}

// span is the bytes a scalar takes in the file, its quotes included.
func (e *surgery) span(tk *token.Token) (start, end int) {
	start = e.offset(tk.Position)
	end = start + len(tk.Value)
	if start < len(e.doc.data) && (e.doc.data[start] == '"' || e.doc.data[start] == '\'') {
		end += 2
	}
	return start, min(end, len(e.doc.data))
}

// lineEndAt is the end, before its line break, of the line that holds an offset.
func (e *surgery) lineEndAt(at int) int {
	if i := bytes.IndexAny(e.doc.data[at:], "\r\n"); i >= 0 {
		return at + i
	}
	return len(e.doc.data)
}

// behindRemarks is the end of the last of the comments that follow a line's end, empty
// lines between them or not, as long as they stand in by so many columns: they are of
// the entry before them, and a new one goes below.
func (e *surgery) behindRemarks(after, columns int) int {
	at := slices.IndexFunc(e.starts, func(start int) bool { return start > after })
	for ; at >= 0 && at < len(e.starts); at++ {
		end := e.lineEndAt(e.starts[at])
		line := e.doc.data[e.starts[at]:end]
		text := bytes.TrimLeft(line, " ")
		switch {
		case len(bytes.TrimSpace(text)) == 0:
		case text[0] == '#' && len(line)-len(text) >= columns:
			after = end
		default:
			return after
		}
	}
	return after
}

func lineStarts(data []byte) []int {
	starts := []int{0}
	for i, c := range data {
		if c == '\n' || c == '\r' && (i+1 == len(data) || data[i+1] != '\n') {
			starts = append(starts, i+1)
		}
	}
	return starts
}

// lineEnd is the line break a file uses.
func lineEnd(data []byte) string {
	if bytes.Contains(data, []byte("\r\n")) {
		return "\r\n"
	}
	return "\n"
}

func column(n ast.Node) int { return n.GetToken().Position.Column }

// lastLine is the last line, from 1, that a node's tokens stand on.
func lastLine(n ast.Node) int {
	last := line(n)
	switch n := n.(type) {
	case *ast.MappingNode:
		for _, v := range n.Values {
			last = max(last, lastLine(v))
		}
		if n.End != nil {
			last = max(last, n.End.Position.Line)
		}
	case *ast.MappingValueNode:
		last = max(last, lastLine(n.Key), lastLine(n.Value))
	case *ast.SequenceNode:
		for _, v := range n.Values {
			last = max(last, lastLine(v))
		}
		if n.End != nil {
			last = max(last, n.End.Position.Line)
		}
	}
	return last
}
