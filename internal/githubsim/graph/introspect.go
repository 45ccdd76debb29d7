package graph

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// introspectSchema is __schema.
func introspectSchema() any {
	s := schema()
	return record{"__Schema", map[string]any{
		"description": nil, "queryType": introspectDefinition(s.Query), "mutationType": introspectDefinition(s.Mutation), "subscriptionType": nil,
		"types": lazy(func() any {
			var names []string
			for name := range s.Types {
				names = append(names, name)
			}
			slices.Sort(names)
			out := make([]any, 0, len(names))
			for _, name := range names {
				out = append(out, introspectDefinition(s.Types[name]))
			}
			return out
		}),
		"directives": lazy(func() any {
			var out []any
			for _, name := range []string{"include", "skip", "deprecated"} {
				d := s.Directives[name]
				var places []any
				for _, l := range d.Locations {
					places = append(places, string(l))
				}
				out = append(out, record{"__Directive", map[string]any{
					"name": d.Name, "description": orNull(d.Description), "isRepeatable": d.IsRepeatable, "locations": places, "args": introspectArguments(d.Arguments),
				}})
			}
			return out
		}),
	}}
}

// introspectNamed is __type.
func introspectNamed(name string) any {
	if d := schema().Types[name]; d != nil {
		return introspectDefinition(d)
	}
	return nil
}

func introspectDefinition(d *ast.Definition) any {
	if d == nil {
		return nil
	}
	return record{"__Type", map[string]any{
		"kind": string(d.Kind), "name": d.Name, "description": orNull(d.Description), "ofType": nil, "specifiedByURL": nil, "isOneOf": nil,
		"fields":        introspectionList(func(deprecated bool) any { return introspectFields(d, deprecated) }),
		"enumValues":    introspectionList(func(deprecated bool) any { return introspectValues(d, deprecated) }),
		"inputFields":   introspectionList(func(bool) any { return introspectInputs(d) }),
		"interfaces":    lazy(func() any { return introspectNames(d, d.Interfaces, ast.Object, ast.Interface) }),
		"possibleTypes": lazy(func() any { return introspectPossible(d) }),
	}}
}

// introspectionList is a record's value that depends on includeDeprecated.
type introspectionList func(deprecated bool) any

func introspectFields(d *ast.Definition, deprecated bool) any {
	if d.Kind != ast.Object && d.Kind != ast.Interface {
		return nil
	}
	out := []any{}
	for _, f := range d.Fields {
		why := f.Directives.ForName("deprecated")
		if strings.HasPrefix(f.Name, "__") || why != nil && !deprecated {
			continue
		}
		out = append(out, record{"__Field", map[string]any{
			"name": f.Name, "description": orNull(f.Description), "args": introspectionList(func(bool) any { return introspectArguments(f.Arguments) }),
			"type": introspectType(f.Type), "isDeprecated": why != nil, "deprecationReason": deprecationReason(why),
		}})
	}
	return out
}

func introspectValues(d *ast.Definition, deprecated bool) any {
	if d.Kind != ast.Enum {
		return nil
	}
	out := []any{}
	for _, v := range d.EnumValues {
		why := v.Directives.ForName("deprecated")
		if why != nil && !deprecated {
			continue
		}
		out = append(out, record{"__EnumValue", map[string]any{
			"name": v.Name, "description": orNull(v.Description), "isDeprecated": why != nil, "deprecationReason": deprecationReason(why),
		}})
	}
	return out
}

func introspectInputs(d *ast.Definition) any {
	if d.Kind != ast.InputObject {
		return nil
	}
	out := []any{}
	for _, f := range d.Fields {
		out = append(out, introspectInput(f.Name, f.Description, f.Type, f.DefaultValue, f.Directives))
	}
	return out
}

func introspectArguments(defs ast.ArgumentDefinitionList) any {
	out := []any{}
	for _, a := range defs {
		out = append(out, introspectInput(a.Name, a.Description, a.Type, a.DefaultValue, a.Directives))
	}
	return out
}

func introspectInput(name, description string, t *ast.Type, def *ast.Value, dirs ast.DirectiveList) any {
	var value any
	if def != nil {
		value = def.String()
	}
	why := dirs.ForName("deprecated")
	return record{"__InputValue", map[string]any{
		"name": name, "description": orNull(description), "type": introspectType(t), "defaultValue": value,
		"isDeprecated": why != nil, "deprecationReason": deprecationReason(why),
	}}
}

func introspectType(t *ast.Type) any {
	wrap := func(kind string, of *ast.Type) any {
		return record{"__Type", map[string]any{"kind": kind, "ofType": lazy(func() any { return introspectType(of) })}}
	}
	switch {
	case t.NonNull:
		inner := *t
		inner.NonNull = false
		return wrap("NON_NULL", &inner)
	case t.Elem != nil:
		return wrap("LIST", t.Elem)
	}
	return introspectDefinition(schema().Types[t.NamedType])
}

func introspectNames(d *ast.Definition, names []string, kinds ...ast.DefinitionKind) any {
	if !slices.Contains(kinds, d.Kind) {
		return nil
	}
	out := []any{}
	for _, name := range names {
		out = append(out, introspectNamed(name))
	}
	return out
}

func introspectPossible(d *ast.Definition) any {
	if !d.IsAbstractType() {
		return nil
	}
	var names []string
	for _, p := range schema().GetPossibleTypes(d) {
		names = append(names, p.Name)
	}
	slices.Sort(names)
	return introspectNames(d, names, ast.Interface, ast.Union)
}

func deprecationReason(d *ast.Directive) any {
	if d == nil {
		return nil
	}
	if a := d.Arguments.ForName("reason"); a != nil {
		return a.Value.Raw
	}
	return "No longer supported"
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
