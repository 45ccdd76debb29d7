package graph

import (
	"encoding/json"

	"github.com/vektah/gqlparser/v2/ast"
)

// Request is the body of a POST to /graphql.
type Request struct {
	Query         string         `json:"query"`
	OperationName string         `json:"operationName,omitempty"`
	Variables     map[string]any `json:"variables,omitempty"`
	// WebURL is the origin of the url fields, without a slash at the end; empty: the executor's own.
	WebURL string `json:"-"`
}

// Response is the answer to a Request. Data is nil when nothing was executed: the document was
// refused. The fields that are not sent describe the request to a meter or a journal.
type Response struct {
	Data   json.RawMessage `json:"data,omitempty"`
	Errors []*Error        `json:"errors,omitempty"`

	Cost      int      `json:"-"` // points, 0 when the document was refused before it could be counted
	Nodes     int      `json:"-"` // nodes it could have returned at most
	Operation string   `json:"-"` // its name; of an anonymous one "query" or "mutation"
	Mutations []string `json:"-"` // mutation fields executed, in order, failed ones included
}

// Error is one entry of "errors". Type is empty for errors in the document itself, as at GitHub.
type Error struct {
	Type       string         `json:"type,omitempty"`
	Path       []any          `json:"path,omitempty"`
	Extensions map[string]any `json:"extensions,omitempty"`
	Locations  []Location     `json:"locations,omitempty"`
	Message    string         `json:"message"`
}

// Location in the document, both from 1.
type Location struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

func (e *Error) Error() string { return e.Message }

// The error types GitHub answers with.
const (
	NotFound           = "NOT_FOUND"
	Forbidden          = "FORBIDDEN"
	Unprocessable      = "UNPROCESSABLE"
	InsufficientScopes = "INSUFFICIENT_SCOPES"
	RateLimited        = "RATE_LIMITED"
	ResourceLimits     = "RESOURCE_LIMITS_EXCEEDED"
	NodeLimit          = "MAX_NODE_LIMIT_EXCEEDED"
	MissingPage        = "MISSING_PAGINATION_BOUNDARIES"
	ExcessivePage      = "EXCESSIVE_PAGINATION"
	BadCursor          = "INVALID_CURSOR_ARGUMENTS"
	TooManyArguments   = "ARGUMENT_LIMIT"
)

func refuse(errs ...*Error) Response { return Response{Errors: errs} }

func at(p *ast.Position) []Location {
	if p == nil {
		return nil
	}
	return []Location{{Line: p.Line, Column: p.Column}}
}
