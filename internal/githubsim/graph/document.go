package graph

import (
	"sync"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// Clients send the same few documents again and again, and reading one costs more than answering
// it: those that were found valid are kept by their text. Nothing changes a document once it is
// validated.
var documents struct {
	sync.Mutex
	kept  map[string]*ast.QueryDocument
	bytes int // of their texts
}

// documentBytes is how much text is kept; then all of it makes room.
const documentBytes = 4 << 20

// read is the document of a text, validated, or why GitHub would refuse it.
func read(text string) (*ast.QueryDocument, []*Error) {
	documents.Lock()
	doc := documents.kept[text]
	documents.Unlock()
	if doc != nil {
		return doc, nil
	}
	doc, err := parser.ParseQuery(&ast.Source{Input: text})
	if err != nil {
		return nil, []*Error{syntaxError(err)}
	}
	if errs := validate(doc); len(errs) > 0 {
		return nil, errs
	}
	documents.Lock()
	defer documents.Unlock()
	if documents.kept == nil || documents.bytes+len(text) > documentBytes {
		documents.kept, documents.bytes = map[string]*ast.QueryDocument{}, 0
	}
	if documents.kept[text] == nil {
		documents.bytes += len(text)
	}
	documents.kept[text] = doc
	return doc, nil
}
