package graph

import (
	_ "embed"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator"
)

//go:embed schema.graphql
var schemaText string

// schema is the loaded schema.graphql; loading takes tens of milliseconds, so it waits for first use.
var schema = sync.OnceValue(func() *ast.Schema {
	s, err := validator.LoadSchema(
		validator.Prelude,
		&ast.Source{Name: "schema.graphql", Input: schemaText},
	)
	if err != nil {
		// The file is embedded: a test loads it, so this cannot happen in a built program.
		panic("graph: embedded schema.graphql does not load: " + err.Error())
	}
	return s
})

// SDL is the schema this package answers, in GraphQL's schema definition language.
func SDL() string { return schemaText }
