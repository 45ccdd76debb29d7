package graph

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// cost is what GitHub charges for an operation and how many nodes it may return, along
// docs.github.com "Rate limits and query limits for the GraphQL API": every connection that asks
// for a page is one request for each node above it, all assumed full; points are the requests
// divided by 100 and rounded, at least 1. A connection without first or last, asked for its
// totalCount, requests no page.
func cost(doc *ast.QueryDocument, op *ast.OperationDefinition, vars map[string]any) (points, nodes int) {
	c := &counter{doc: doc, vars: vars, fragments: map[string]tally{}}
	t := c.count(op.SelectionSet)
	points = int(math.Round(t.requests / 100))
	return max(1, points), int(min(t.nodes, math.MaxInt32))
}

// tally is for one object at the top of a selection; floats, for nesting overflows integers.
type tally struct{ requests, nodes float64 }

type counter struct {
	doc       *ast.QueryDocument
	vars      map[string]any
	fragments map[string]tally
}

func (c *counter) count(set ast.SelectionSet) tally {
	var sum tally
	add := func(t tally, times float64) {
		sum.requests += t.requests * times
		sum.nodes += t.nodes * times
	}
	include := &collector{doc: c.doc, vars: c.vars}
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			if !include.included(s.Directives) {
				continue
			}
			page, ids := c.page(s)
			switch {
			case page > 0:
				sum.requests++
				sum.nodes += page
				add(c.count(s.SelectionSet), page)
			default:
				add(c.count(s.SelectionSet), ids)
			}
		case *ast.InlineFragment:
			if include.included(s.Directives) {
				add(c.count(s.SelectionSet), 1)
			}
		case *ast.FragmentSpread:
			if include.included(s.Directives) {
				add(c.fragment(s.Name), 1)
			}
		}
	}
	return sum
}

func (c *counter) fragment(name string) tally {
	if t, ok := c.fragments[name]; ok {
		return t
	}
	f := c.doc.Fragments.ForName(name)
	if f == nil {
		return tally{}
	}
	t := c.count(f.SelectionSet)
	c.fragments[name] = t
	return t
}

// page is the page size a connection field asks for, 0 for any other field; ids is how many
// objects such another field leads to: as many as ids are given to nodes(ids:), else 1.
func (c *counter) page(f *ast.Field) (page, ids float64) {
	ids = 1
	if f.Definition == nil {
		return 0, ids
	}
	if f.Name == "nodes" && f.ObjectDefinition == schema().Query {
		list, _ := arguments(f.Definition.Arguments, f.Arguments, c.vars)["ids"].([]any)
		return 0, float64(len(list))
	}
	if !isConnection(f.Definition) {
		return 0, ids
	}
	a := arguments(f.Definition.Arguments, f.Arguments, c.vars)
	n := max(a.number("first"), a.number("last"))
	return float64(min(max(n, 0), 100)), ids
}

// isConnection tells a field that is paged: it takes first and returns a connection.
func isConnection(d *ast.FieldDefinition) bool {
	return strings.HasSuffix(d.Type.Name(), "Connection") && d.Arguments.ForName("first") != nil
}

func tooManyNodes(op *ast.OperationDefinition, nodes int) *Error {
	return &Error{
		Type:      NodeLimit,
		Path:      []any{opPath(op)},
		Locations: at(op.Position),
		Message:   fmt.Sprintf("This query requests up to %s possible nodes which exceeds the maximum limit of %s.", thousands(nodes), thousands(NodesAllowed)),
	}
}

func opPath(op *ast.OperationDefinition) string {
	if op.Name == "" {
		return string(op.Operation)
	}
	return string(op.Operation) + " " + op.Name
}

func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
