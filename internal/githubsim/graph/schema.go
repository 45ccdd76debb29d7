package graph

import (
	_ "embed"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator"
)

// schemaText is what this package answers of GitHub's published schema, laterText the little it answers beyond.
//
//go:embed schema.graphql
var schemaText string

//go:embed later.graphql
var laterText string

// schema is schema.graphql with later.graphql, loaded; loading takes tens of milliseconds, so it waits for first use.
var schema = sync.OnceValue(func() *ast.Schema {
	s, err := validator.LoadSchema(
		validator.Prelude,
		&ast.Source{Name: "schema.graphql", Input: schemaText},
		&ast.Source{Name: "later.graphql", Input: laterText},
	)
	if err != nil {
		// The files are embedded: a test loads them, so this cannot happen in a built program.
		panic("graph: the embedded schema does not load: " + err.Error())
	}
	return s
})
