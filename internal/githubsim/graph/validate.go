package graph

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// ruleSet is the specification's rules without OverlappingFieldsCanBeMerged: github.com accepts
// gh's own document that selects state on Issue and on PullRequest under one name.
func ruleSet() *rules.Rules {
	r := rules.NewDefaultRules()
	r.RemoveRule(rules.OverlappingFieldsCanBeMergedRule.Name)
	return r
}

// validate returns why GitHub would refuse the document, in its words; nil when it would not. It
// also attaches the schema's definitions to the document's fields.
func validate(doc *ast.QueryDocument) []*Error {
	found := validator.ValidateWithRules(schema(), doc, ruleSet())
	v := &validation{doc: doc}
	for _, f := range doc.Fragments {
		name := "fragment " + f.Name
		if v.knownType(f.TypeCondition, f.Position, name) {
			v.selections(f.SelectionSet, f.TypeCondition, []any{name})
		}
		if !v.spread(f.Name) {
			v.add(f.Position, []any{name}, map[string]any{"code": "useAndDefineFragment", "fragmentName": f.Name},
				"Fragment %s was defined, but not used", f.Name)
		}
	}
	for _, op := range doc.Operations {
		v.operation(op)
	}
	if len(v.errs) > 0 || len(found) == 0 {
		return v.errs
	}
	for _, e := range found {
		ge := &Error{Message: e.Message, Extensions: map[string]any{"code": strings.ToLower(e.Rule[:1]) + e.Rule[1:]}}
		for _, l := range e.Locations {
			ge.Locations = append(ge.Locations, Location{Line: l.Line, Column: l.Column})
		}
		v.errs = append(v.errs, ge)
	}
	return v.errs
}

type validation struct {
	doc  *ast.QueryDocument
	errs []*Error
}

func (v *validation) add(p *ast.Position, path []any, ext map[string]any, format string, a ...any) {
	v.errs = append(v.errs, &Error{Path: slices.Clone(path), Extensions: ext, Locations: at(p), Message: fmt.Sprintf(format, a...)})
}

// spread tells whether any operation or fragment spreads the fragment.
func (v *validation) spread(name string) bool {
	var in func(ast.SelectionSet) bool
	in = func(set ast.SelectionSet) bool {
		for _, s := range set {
			switch s := s.(type) {
			case *ast.FragmentSpread:
				if s.Name == name {
					return true
				}
			case *ast.Field:
				if in(s.SelectionSet) {
					return true
				}
			case *ast.InlineFragment:
				if in(s.SelectionSet) {
					return true
				}
			}
		}
		return false
	}
	for _, op := range v.doc.Operations {
		if in(op.SelectionSet) {
			return true
		}
	}
	for _, f := range v.doc.Fragments {
		if in(f.SelectionSet) {
			return true
		}
	}
	return false
}

func (v *validation) operation(op *ast.OperationDefinition) {
	name := string(op.Operation)
	if op.Name != "" {
		name += " " + op.Name
	}
	root := rootType(op)
	if root == nil {
		v.add(op.Position, []any{name}, map[string]any{"code": "missingRootType"}, "Schema is not configured for %ss", op.Operation)
		return
	}
	uses := v.uses(op.SelectionSet, map[string]bool{})
	for _, d := range op.VariableDefinitions {
		if schema().Types[d.Type.Name()] == nil {
			v.add(d.Position, []any{name}, map[string]any{"code": "undefinedType", "typeName": d.Type.Name(), "variableName": d.Variable},
				"%s isn't a defined input type (on $%s)", d.Type.Name(), d.Variable)
		}
		if !slices.ContainsFunc(uses, func(u use) bool { return u.name == d.Variable }) {
			v.add(d.Position, []any{name}, map[string]any{"code": "variableNotUsed", "variableName": d.Variable},
				"Variable $%s is declared by %s but not used", d.Variable, opLabel(op))
		}
	}
	for _, u := range uses {
		if op.VariableDefinitions.ForName(u.name) == nil {
			v.add(u.at, []any{name}, map[string]any{"code": "variableNotDefined", "variableName": u.name},
				"Variable $%s is used by %s but not declared", u.name, opLabel(op))
		}
	}
	v.selections(op.SelectionSet, root.Name, []any{name})
}

func opLabel(op *ast.OperationDefinition) string {
	if op.Name == "" {
		return "anonymous " + string(op.Operation)
	}
	return op.Name
}

func rootType(op *ast.OperationDefinition) *ast.Definition {
	switch op.Operation {
	case ast.Query:
		return schema().Query
	case ast.Mutation:
		return schema().Mutation
	}
	return nil
}

// use of a variable, where.
type use struct {
	name string
	at   *ast.Position
}

func (v *validation) uses(set ast.SelectionSet, seen map[string]bool) []use {
	var out []use
	var in func(*ast.Value)
	in = func(x *ast.Value) {
		if x == nil {
			return
		}
		if x.Kind == ast.Variable {
			out = append(out, use{x.Raw, x.Position})
		}
		for _, c := range x.Children {
			in(c.Value)
		}
	}
	directives := func(l ast.DirectiveList) {
		for _, d := range l {
			for _, a := range d.Arguments {
				in(a.Value)
			}
		}
	}
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			for _, a := range s.Arguments {
				in(a.Value)
			}
			directives(s.Directives)
			out = append(out, v.uses(s.SelectionSet, seen)...)
		case *ast.InlineFragment:
			directives(s.Directives)
			out = append(out, v.uses(s.SelectionSet, seen)...)
		case *ast.FragmentSpread:
			directives(s.Directives)
			if f := v.doc.Fragments.ForName(s.Name); f != nil && !seen[s.Name] {
				seen[s.Name] = true
				out = append(out, v.uses(f.SelectionSet, seen)...)
			}
		}
	}
	return out
}

func (v *validation) knownType(name string, p *ast.Position, path ...any) bool {
	if name == "" || schema().Types[name] != nil {
		return true
	}
	v.add(p, path, map[string]any{"code": "undefinedType", "typeName": name}, "No such type %s, so it can't be a fragment condition", name)
	return false
}

func (v *validation) selections(set ast.SelectionSet, parent string, path []any) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			v.field(s, parent, append(slices.Clone(path), s.Alias))
		case *ast.InlineFragment:
			on := s.TypeCondition
			if on == "" {
				on = parent
			}
			inner := append(slices.Clone(path), "... on "+on)
			if v.knownType(s.TypeCondition, s.Position, inner...) && v.possible(on, parent, "", s.Position, inner) {
				v.selections(s.SelectionSet, on, inner)
			}
		case *ast.FragmentSpread:
			inner := append(slices.Clone(path), "... "+s.Name)
			f := v.doc.Fragments.ForName(s.Name)
			if f == nil {
				v.add(s.Position, inner, map[string]any{"code": "useAndDefineFragment", "fragmentName": s.Name},
					"Fragment %s was used, but not defined", s.Name)
				continue
			}
			if schema().Types[f.TypeCondition] != nil {
				v.possible(f.TypeCondition, parent, " "+s.Name, s.Position, inner)
			}
		}
	}
}

// possible tells whether an object can be of both types.
func (v *validation) possible(on, parent, name string, p *ast.Position, path []any) bool {
	s := schema()
	if on == parent || s.Types[parent] == nil {
		return true
	}
	for _, a := range s.GetPossibleTypes(s.Types[on]) {
		for _, b := range s.GetPossibleTypes(s.Types[parent]) {
			if a.Name == b.Name {
				return true
			}
		}
	}
	frag := strings.TrimSpace(name)
	if frag == "" {
		frag = "unknown"
	}
	v.add(p, path, map[string]any{"code": "cannotSpreadFragment", "typeName": on, "fragmentName": frag, "parentName": parent},
		"Fragment%s on %s can't be spread inside %s", name, on, parent)
	return false
}

func (v *validation) field(f *ast.Field, parent string, path []any) {
	d := definition(parent, f.Name)
	if d == nil {
		v.add(f.Position, path, map[string]any{"code": "undefinedField", "typeName": parent, "fieldName": f.Name},
			"Field '%s' doesn't exist on type '%s'", f.Name, parent)
		return
	}
	t := schema().Types[d.Type.Name()]
	switch {
	case t.IsCompositeType() && len(f.SelectionSet) == 0:
		v.add(f.Position, path, map[string]any{"code": "selectionMismatch", "nodeName": "field '" + f.Name + "'", "typeName": d.Type.Name()},
			"Field must have selections (field '%s' returns %s but has no selections. Did you mean '%s { ... }'?)", f.Name, d.Type.Name(), f.Name)
	case t.IsLeafType() && len(f.SelectionSet) > 0:
		v.add(f.Position, path, map[string]any{"code": "selectionMismatch", "nodeName": "field '" + f.Name + "'", "typeName": d.Type.Name()},
			"Selections can't be made on %ss (field '%s' returns %s but has selections [%s])", strings.ToLower(string(t.Kind)), f.Name, d.Type.Name(), names(f.SelectionSet))
	}
	for _, a := range f.Arguments {
		if d.Arguments.ForName(a.Name) == nil {
			v.add(a.Position, append(slices.Clone(path), a.Name),
				map[string]any{"code": "argumentNotAccepted", "name": f.Name, "typeName": "Field", "argumentName": a.Name},
				"Field '%s' doesn't accept argument '%s'", f.Name, a.Name)
		}
	}
	var missing []string
	for _, a := range d.Arguments {
		g := f.Arguments.ForName(a.Name)
		if g == nil && a.Type.NonNull && a.DefaultValue == nil {
			missing = append(missing, a.Name)
		}
		if g != nil {
			v.value(f, a, g, path)
		}
	}
	if missing != nil {
		v.add(f.Position, path, map[string]any{"code": "missingRequiredArguments", "className": "Field", "name": f.Name, "arguments": joined(missing)},
			"Field '%s' is missing required arguments: %s", f.Name, joined(missing))
	}
	if t.IsCompositeType() {
		v.selections(f.SelectionSet, t.Name, path)
	}
}

// value checks a literal of a scalar or enum argument; deeper mistakes are left to the specification's rules.
func (v *validation) value(f *ast.Field, def *ast.ArgumentDefinition, a *ast.Argument, path []any) {
	d := schema().Types[def.Type.Name()]
	x := a.Value
	if x.Kind == ast.Variable || x.Kind == ast.ListValue || x.Kind == ast.ObjectValue || d == nil {
		return
	}
	ok := true
	switch {
	case x.Kind == ast.NullValue:
		ok = !def.Type.NonNull
	case d.Kind == ast.Enum:
		ok = x.Kind == ast.EnumValue && d.EnumValues.ForName(x.Raw) != nil
	case d.Kind == ast.InputObject || x.Kind == ast.EnumValue:
		ok = false
	case d.Kind == ast.Scalar:
		ok = literal(&ast.Type{NamedType: d.Name}, x, nil) != nil && (x.Kind != ast.StringValue || d.Name != "Boolean")
	}
	if !ok {
		v.add(f.Position, append(slices.Clone(path), a.Name),
			map[string]any{"code": "argumentLiteralsIncompatible", "typeName": "Field", "argumentName": a.Name},
			"Argument '%s' on Field '%s' has an invalid value (%s). Expected type '%s'.", a.Name, f.Name, x.String(), def.Type)
	}
}

func names(set ast.SelectionSet) string {
	var out []string
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			out = append(out, `"`+s.Name+`"`)
		case *ast.FragmentSpread:
			out = append(out, `"`+s.Name+`"`)
		}
	}
	return joined(out)
}

// definition is the field of a type, __typename and the introspection fields of the root included.
func definition(parent, field string) *ast.FieldDefinition {
	d := schema().Types[parent]
	if d == nil {
		return nil
	}
	if field == "__typename" {
		return &ast.FieldDefinition{Name: field, Type: ast.NonNullNamedType("String", nil)}
	}
	return d.Fields.ForName(field)
}
