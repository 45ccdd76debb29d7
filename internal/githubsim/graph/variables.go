package graph

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// problem is one reason why a variable's value was refused, in graphql-ruby's words, which are GitHub's.
type problem struct {
	Path        []any  `json:"path"`
	Explanation string `json:"explanation"`
}

// variables coerces the request's variables to the operation's declarations: Int to int64, Float to
// float64, ID to string, single values to lists, defaults filled in.
func variables(op *ast.OperationDefinition, given map[string]any) (map[string]any, []*Error) {
	vars := map[string]any{}
	var errs []*Error
	for _, d := range op.VariableDefinitions {
		v, ok := given[d.Variable]
		if !ok && d.DefaultValue != nil {
			vars[d.Variable] = literal(d.Type, d.DefaultValue, nil)
			continue
		}
		if !ok && !d.Type.NonNull {
			continue
		}
		coerced, problems := coerce(d.Type, v, nil)
		if len(problems) > 0 {
			errs = append(errs, &Error{
				Message:    fmt.Sprintf("Variable $%s of type %s was provided invalid value", d.Variable, d.Type),
				Locations:  at(d.Position),
				Extensions: map[string]any{"value": v, "problems": problems},
			})
			continue
		}
		vars[d.Variable] = coerced
	}
	return vars, errs
}

func coerce(t *ast.Type, v any, path []any) (any, []problem) {
	bad := func(format string, a ...any) (any, []problem) {
		return nil, []problem{{Path: append([]any{}, path...), Explanation: fmt.Sprintf(format, a...)}}
	}
	if v == nil {
		if t.NonNull {
			return bad("Expected value to not be null")
		}
		return nil, nil
	}
	if t.Elem != nil {
		items, ok := v.([]any)
		if !ok {
			items = []any{v}
		}
		out := make([]any, 0, len(items))
		for i, item := range items {
			c, problems := coerce(t.Elem, item, append(slices.Clone(path), i))
			if problems != nil {
				return nil, problems
			}
			out = append(out, c)
		}
		return out, nil
	}
	d := schema().Types[t.NamedType]
	switch d.Kind {
	case ast.InputObject:
		in, ok := v.(map[string]any)
		if !ok {
			return bad("Expected %s to be a key-value object", text(v))
		}
		return coerceObject(d, in, path)
	case ast.Enum:
		if s, ok := v.(string); ok && d.EnumValues.ForName(s) != nil {
			return s, nil
		}
		var names []string
		for _, e := range d.EnumValues {
			names = append(names, e.Name)
		}
		return bad("Expected %s to be one of: %s", text(v), joined(names))
	}
	c, ok := scalar(t.NamedType, v)
	if !ok {
		return bad("Could not coerce value %s to %s", text(v), t.NamedType)
	}
	return c, nil
}

func coerceObject(d *ast.Definition, in map[string]any, path []any) (any, []problem) {
	out := map[string]any{}
	var problems []problem
	for name := range in {
		if d.Fields.ForName(name) == nil {
			problems = append(problems, problem{Path: append(slices.Clone(path), name), Explanation: "Field is not defined on " + d.Name})
		}
	}
	slices.SortFunc(problems, func(a, b problem) int { return cmpText(a.Path, b.Path) })
	for _, f := range d.Fields {
		v, ok := in[f.Name]
		if !ok && f.DefaultValue != nil {
			out[f.Name] = literal(f.Type, f.DefaultValue, nil)
			continue
		}
		if !ok && !f.Type.NonNull {
			continue
		}
		c, p := coerce(f.Type, v, append(slices.Clone(path), f.Name))
		problems = append(problems, p...)
		out[f.Name] = c
	}
	return out, problems
}

// scalar coerces one JSON value; GitHub takes an integer for an ID, and nothing else but the exact type.
func scalar(name string, v any) (any, bool) {
	switch name {
	case "Int":
		n, ok := number(v)
		if !ok || n != math.Trunc(n) || n > math.MaxInt32 || n < math.MinInt32 {
			return nil, false
		}
		return int64(n), true
	case "Float":
		n, ok := number(v)
		return n, ok
	case "Boolean":
		b, ok := v.(bool)
		return b, ok
	case "ID", "BigInt":
		if n, ok := number(v); ok && n == math.Trunc(n) {
			return strconv.FormatInt(int64(n), 10), true
		}
		s, ok := v.(string)
		return s, ok
	case "DateTime":
		s, ok := v.(string)
		if !ok {
			return nil, false
		}
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", time.DateOnly} {
			if t, err := time.Parse(layout, s); err == nil {
				return t, true
			}
		}
		return nil, false
	}
	s, ok := v.(string)
	return s, ok
}

func number(v any) (float64, bool) {
	switch n := v.(type) {
	case float64:
		return n, true
	case json.Number:
		f, err := n.Float64()
		return f, err == nil
	case int:
		return float64(n), true
	case int64:
		return float64(n), true
	}
	return 0, false
}

// literal is the value of a document's literal for a type it was validated against.
func literal(t *ast.Type, v *ast.Value, vars map[string]any) any {
	if v == nil || v.Kind == ast.NullValue {
		return nil
	}
	if v.Kind == ast.Variable {
		return vars[v.Raw]
	}
	if t.Elem != nil {
		if v.Kind != ast.ListValue {
			return []any{literal(t.Elem, v, vars)}
		}
		out := make([]any, 0, len(v.Children))
		for _, c := range v.Children {
			out = append(out, literal(t.Elem, c.Value, vars))
		}
		return out
	}
	if v.Kind == ast.ObjectValue {
		return literalObject(schema().Types[t.NamedType], v, vars)
	}
	var raw any = v.Raw
	switch v.Kind {
	case ast.IntValue, ast.FloatValue:
		if t.NamedType == "ID" || t.NamedType == "BigInt" {
			return v.Raw
		}
		n, err := strconv.ParseFloat(v.Raw, 64)
		if err != nil {
			return nil
		}
		raw = n
	case ast.BooleanValue:
		raw = v.Raw == "true"
	}
	c, ok := scalar(t.NamedType, raw)
	if !ok {
		return nil
	}
	return c
}

func literalObject(d *ast.Definition, v *ast.Value, vars map[string]any) any {
	out := map[string]any{}
	for _, f := range d.Fields {
		c := v.Children.ForName(f.Name)
		unset := c == nil
		if c != nil && c.Kind == ast.Variable {
			_, given := vars[c.Raw]
			unset = !given
		}
		switch {
		case !unset:
			out[f.Name] = literal(f.Type, c, vars)
		case f.DefaultValue != nil:
			out[f.Name] = literal(f.Type, f.DefaultValue, nil)
		}
	}
	return out
}

// arguments are the values of a field's arguments, defaults filled in; an argument that was not
// given and has no default is absent.
func arguments(defs ast.ArgumentDefinitionList, given ast.ArgumentList, vars map[string]any) args {
	out := args{}
	for _, d := range defs {
		a := given.ForName(d.Name)
		if a != nil && a.Value.Kind == ast.Variable {
			if v, ok := vars[a.Value.Raw]; ok {
				out[d.Name] = v
				continue
			}
			a = nil
		}
		switch {
		case a != nil:
			out[d.Name] = literal(d.Type, a.Value, vars)
		case d.DefaultValue != nil:
			out[d.Name] = literal(d.Type, d.DefaultValue, nil)
		}
	}
	return out
}

func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}
