package graph

import (
	"github.com/vektah/gqlparser/v2/ast"
)

// selected is one key of the answer: every selection of it on the type at hand, in document order.
// The first decides name and arguments.
type selected struct {
	key    string
	def    *ast.FieldDefinition
	fields []*ast.Field
	args   args
}

// collector flattens selection sets for concrete types; the same pair is flattened once.
type collector struct {
	doc   *ast.QueryDocument
	vars  map[string]any
	known map[collectKey][]*selected
}

type collectKey struct {
	typ    string
	parent *selected
}

// under are the fields the selection of parent asks of an object of type typ.
func (c *collector) under(typ string, parent *selected) []*selected {
	key := collectKey{typ, parent}
	if out, ok := c.known[key]; ok {
		return out
	}
	g := gathering{collector: c, typ: typ, index: map[string]*selected{}, spread: map[string]bool{}}
	for _, f := range parent.fields {
		g.add(f.SelectionSet)
	}
	c.known[key] = g.out
	return g.out
}

// gathering flattens one selection.
type gathering struct {
	*collector
	typ    string
	out    []*selected
	index  map[string]*selected // by key
	spread map[string]bool      // fragments already laid out: the specification does so once
}

func (c *gathering) add(set ast.SelectionSet) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			if !c.included(s.Directives) {
				continue
			}
			if have := c.index[s.Alias]; have != nil {
				have.fields = append(have.fields, s)
				continue
			}
			def := definition(c.typ, s.Name)
			if def == nil {
				continue
			}
			f := &selected{key: s.Alias, def: def, fields: []*ast.Field{s}, args: arguments(def.Arguments, s.Arguments, c.vars)}
			c.index[s.Alias] = f
			c.out = append(c.out, f)
		case *ast.InlineFragment:
			if c.included(s.Directives) && covers(s.TypeCondition, c.typ) {
				c.add(s.SelectionSet)
			}
		case *ast.FragmentSpread:
			f := c.doc.Fragments.ForName(s.Name)
			if f == nil || c.spread[s.Name] || !c.included(s.Directives) {
				continue
			}
			c.spread[s.Name] = true
			if covers(f.TypeCondition, c.typ) {
				c.add(f.SelectionSet)
			}
		}
	}
}

func (c *collector) included(l ast.DirectiveList) bool {
	if d := l.ForName("skip"); d != nil && c.condition(d) {
		return false
	}
	if d := l.ForName("include"); d != nil && !c.condition(d) {
		return false
	}
	return true
}

func (c *collector) condition(d *ast.Directive) bool {
	a := d.Arguments.ForName("if")
	if a == nil {
		return false
	}
	b, _ := literal(ast.NonNullNamedType("Boolean", nil), a.Value, c.vars).(bool)
	return b
}

// covers tells whether a fragment on condition applies to objects of type typ.
func covers(condition, typ string) bool {
	if condition == "" || condition == typ {
		return true
	}
	for _, p := range schema().PossibleTypes[condition] {
		if p.Name == typ {
			return true
		}
	}
	return false
}
