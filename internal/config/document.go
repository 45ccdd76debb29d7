package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

const (
	// maxFile is the size in bytes from which a file of settings is refused:
	// an inventory of ten thousand repositories stays below it.
	maxFile = 1 << 20
	// maxNesting bounds brackets within brackets; the parser's time grows
	// with the square of it.
	maxNesting = 500
	// maxBare bounds lists of lists and of nothing, and tags: they take it time
	// in the square of their number as well.
	maxBare = 5000
)

// document is one YAML file: its bytes, and its tree.
type document struct {
	path string
	data []byte
	root []*ast.MappingValueNode // of the top-level mapping; empty for a file of comments
	node ast.Node                // the top-level mapping; nil for a file of comments
}

// readDocument reads and parses a file. A missing one is os.ErrNotExist.
func readDocument(path string) (*document, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if st, err := f.Stat(); err == nil && !st.Mode().IsRegular() {
		return nil, &FileError{Path: path, Message: "is not a regular file"}
	}
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return parseDocument(path, data)
}

var byteOrderMark = []byte("\ufeff")

// parseDocument parses the bytes of a file; path is for errors alone.
func parseDocument(path string, data []byte) (doc *document, err error) {
	d := &document{path: path, data: data}
	if len(data) > maxFile {
		return nil, &FileError{Path: path, Message: fmt.Sprintf("is larger than %d KiB", maxFile>>10), Hint: "this is no file of settings"}
	}
	if err := d.checkText(); err != nil {
		return nil, err
	}
	// The parser has panicked on garbage before; a broken file is an error of
	// the file, not of the program.
	defer func() {
		if r := recover(); r != nil {
			doc, err = nil, &FileError{Path: path, Message: "is not readable as YAML"}
		}
	}()
	// The parser miscounts lines that end in CR LF after a comment. Lines and
	// columns are all that is taken from it, so they are the same without CR.
	text := strings.Join(splitLines(bytes.TrimPrefix(data, byteOrderMark)), "\n")
	file, err := parser.ParseBytes([]byte(text), 0)
	if err != nil {
		return nil, d.syntaxError(err)
	}
	var body ast.Node
	for _, part := range file.Docs {
		if part.Body == nil {
			continue
		}
		if body != nil {
			return nil, d.errorAt(begin(part.Body), "a second document begins here", "keep one document in the file")
		}
		body = part.Body
	}
	switch n := body.(type) {
	case nil, *ast.CommentGroupNode, *ast.NullNode:
	default:
		if d.root, err = d.mapping(n, "the file"); err != nil {
			return nil, err
		}
		d.node = n
	}
	return d, nil
}

// checkText refuses what is no text, what nests absurdly, and secrets, in
// values and comments alike.
func (d *document) checkText() error {
	nesting, bare := 0, 0
	for n, line := range splitLines(d.data) {
		if at := firstInvalid(line); at >= 0 {
			return newFileError(d.path, d.data, n+1, utf8.RuneCountInString(line[:at])+1, "holds bytes that are no UTF-8 text", "save the file as UTF-8")
		}
		if start, _, what := findSecret(line); start >= 0 {
			return newFileError(d.path, d.data, n+1, utf8.RuneCountInString(line[:start])+1,
				"holds what looks like "+what,
				"take it out, revoke it if the file was shared, and put it in the environment (GITHUB_TOKEN, or a variable named under tokens:)")
		}
		nesting = max(0, nesting+strings.Count(line, "[")+strings.Count(line, "{")-strings.Count(line, "]")-strings.Count(line, "}"))
		if rest, dash := strings.CutPrefix(strings.TrimSpace(line), "-"); dash && strings.Trim(rest, "- ") == "" || strings.HasPrefix(strings.TrimSpace(rest), "-") {
			bare++
		}
		bare += strings.Count(line, "!")
		if bare > maxBare || nesting > maxNesting || len(line)-len(strings.TrimLeft(line, "-? ")) > 2*maxNesting {
			return newFileError(d.path, d.data, n+1, 0, "is too deep or too empty a structure for a file of settings", "")
		}
	}
	return nil
}

// firstInvalid is the offset of the first byte that is no text, -1 without.
func firstInvalid(s string) int {
	for i, r := range s {
		if r == 0 {
			return i
		}
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(s[i:]); size <= 1 {
				return i
			}
		}
	}
	return -1
}

// syntaxError gives the parser's word its place in the file.
func (d *document) syntaxError(err error) error {
	var at interface {
		GetMessage() string
		GetToken() *token.Token
	}
	if !errors.As(err, &at) {
		return &FileError{Path: d.path, Message: visible(maskSecrets(firstLine(err.Error())))}
	}
	hint := ""
	if tk := at.GetToken(); tk != nil && tk.Position != nil {
		if lines := splitLines(d.data); tk.Position.Line <= len(lines) && strings.Contains(lines[max(tk.Position.Line, 1)-1], "\t") {
			hint = "indent with spaces, YAML takes no tabs"
		}
	}
	return d.errorAt(at.GetToken(), "not valid YAML: "+firstLine(at.GetMessage()), hint)
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}

// errorAt is the error for the place of a token.
func (d *document) errorAt(tk *token.Token, message, hint string) error {
	line, column := 0, 0
	if tk != nil && tk.Position != nil {
		line, column = tk.Position.Line, tk.Position.Column
	}
	return newFileError(d.path, d.data, line, column, message, hint)
}

// begin is the token a node begins with: of a mapping its first key, where
// the parser names the colon.
func begin(n ast.Node) *token.Token {
	switch n := n.(type) {
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return begin(n.Values[0].Key)
		}
	case *ast.MappingValueNode:
		return begin(n.Key)
	}
	return n.GetToken()
}

// line is where a node stands, from 1.
func line(n ast.Node) int {
	if tk := begin(n); tk != nil && tk.Position != nil {
		return tk.Position.Line
	}
	return 0
}

// mapping is the entries of a mapping; nothing (`key:` alone) is an empty one.
func (d *document) mapping(n ast.Node, what string) ([]*ast.MappingValueNode, error) {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values, nil
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, nil
	case *ast.NullNode:
		return nil, nil
	}
	return nil, d.wrongType(n, what, "a mapping (key: value)")
}

// sequence is the items of a list; nothing (`key:` alone) is an empty one.
func (d *document) sequence(n ast.Node, what string) ([]ast.Node, error) {
	switch n := n.(type) {
	case *ast.SequenceNode:
		return n.Values, nil
	case *ast.NullNode:
		return nil, nil
	}
	return nil, d.wrongType(n, what, "a list")
}

// key is the name of a mapping's entry.
func (d *document) key(n *ast.MappingValueNode) (string, error) {
	if s, ok := n.Key.(*ast.StringNode); ok {
		return s.Value, nil
	}
	if i, ok := n.Key.(*ast.IntegerNode); ok { // a theme or a login of digits alone
		return i.GetToken().Value, nil
	}
	return "", d.errorAt(n.Key.GetToken(), "a key is "+typeName(n.Key)+" here", "write a plain name")
}

// text is the text of a scalar that is a string.
func (d *document) text(n ast.Node, what string) (string, error) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, nil
	case *ast.LiteralNode:
		return n.Value.Value, nil
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return "", d.errorAt(begin(n), what+" is text, found "+typeName(n), "write it in quotes")
	}
	return "", d.wrongType(n, what, "text")
}

// number is the value of a whole number written in plain digits.
func (d *document) number(n ast.Node, what string) (int, error) {
	if i, ok := n.(*ast.IntegerNode); ok {
		if v, err := parseInt(i.GetToken().Value); err == nil {
			return v, nil
		}
		return 0, d.errorAt(begin(n), what+" is out of range or not in plain digits", "")
	}
	return 0, d.wrongType(n, what, "a whole number")
}

func (d *document) wrongType(n ast.Node, what, want string) error {
	switch n.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode, *ast.MergeKeyNode:
		return d.errorAt(begin(n), what+" uses "+typeName(n), "anchors, aliases and tags are not read here: write the value out")
	case *ast.NullNode:
		return d.errorAt(begin(n), what+" has no value", "give one, or delete the line")
	}
	return d.errorAt(begin(n), what+" is "+want+", found "+typeName(n), "")
}

func typeName(n ast.Node) string {
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a mapping"
	case *ast.SequenceNode:
		return "a list"
	case *ast.StringNode, *ast.LiteralNode:
		return "text"
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return "a number"
	case *ast.BoolNode:
		return "true or false"
	case *ast.NullNode:
		return "nothing"
	case *ast.AnchorNode:
		return "an anchor"
	case *ast.AliasNode:
		return "an alias"
	case *ast.TagNode:
		return "a tag"
	case *ast.MergeKeyNode:
		return "a merge key"
	}
	return "something else"
}
