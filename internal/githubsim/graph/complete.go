package graph

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// fieldPath from the root, innermost first.
type fieldPath struct {
	up  *fieldPath
	key any
}

func (p *fieldPath) list() []any {
	if p == nil {
		return nil
	}
	return append(p.up.list(), p.key)
}

// object writes the selection of parent on obj as a JSON object. False: a field that must not be
// null was, so the object itself is null; what was written is to be cut off by who can be null.
func (x *execution) object(typ string, obj any, parent *selected, at *fieldPath) bool {
	x.out = append(x.out, '{')
	for i, f := range x.collector.under(typ, parent) {
		if i > 0 {
			x.out = append(x.out, ',')
		}
		x.out = strconv.AppendQuote(x.out, f.key)
		x.out = append(x.out, ':')
		if !x.field(typ, obj, f, &fieldPath{at, f.key}) {
			return false
		}
	}
	x.out = append(x.out, '}')
	return true
}

// field resolves and writes one field's value.
func (x *execution) field(typ string, obj any, f *selected, at *fieldPath) bool {
	start := len(x.out)
	if f.def.Name == "__typename" {
		x.out = strconv.AppendQuote(x.out, typ)
		return true
	}
	v, err := x.resolve(typ, obj, f)
	if err != nil {
		x.fail(err, f, at)
		return x.null(f.def.Type, start)
	}
	return x.value(f.def.Type, v, f, at)
}

// null writes null in place of what was written since start, or reports that it must not.
func (x *execution) null(t *ast.Type, start int) bool {
	x.out = append(x.out[:start], "null"...)
	return !t.NonNull
}

func (x *execution) value(t *ast.Type, v any, f *selected, at *fieldPath) bool {
	start := len(x.out)
	if isNil(v) {
		if t.NonNull {
			x.fail(&Error{Message: "Cannot return null for non-nullable field " + f.def.Name}, f, at)
		}
		return x.null(t, start)
	}
	if t.Elem != nil {
		items, ok := v.([]any)
		if !ok {
			x.fail(fmt.Errorf("no list: %T", v), f, at)
			return x.null(t, start)
		}
		x.out = append(x.out, '[')
		for i, item := range items {
			if i > 0 {
				x.out = append(x.out, ',')
			}
			if !x.value(t.Elem, item, f, &fieldPath{at, i}) {
				return x.null(t, start)
			}
		}
		x.out = append(x.out, ']')
		return true
	}
	d := schema().Types[t.NamedType]
	if d.IsLeafType() {
		if err := x.leaf(t.NamedType, v); err != nil {
			x.fail(err, f, at)
			return x.null(t, start)
		}
		return true
	}
	if !x.object(typeOf(v), v, f, at) {
		return x.null(t, start)
	}
	return true
}

func isNil(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case *world.User:
		return v == nil
	case *world.Repo:
		return v == nil
	case *world.Issue:
		return v == nil
	case *world.Label:
		return v == nil
	case []any:
		return v == nil
	case time.Time:
		return v.IsZero()
	}
	return false
}

func (x *execution) leaf(typ string, v any) error {
	switch v := v.(type) {
	case string:
		b, err := json.Marshal(v)
		x.out = append(x.out, b...)
		return err
	case bool:
		x.out = strconv.AppendBool(x.out, v)
	case int:
		if typ == "BigInt" || typ == "ID" {
			x.out = strconv.AppendQuote(x.out, strconv.Itoa(v))
			return nil
		}
		x.out = strconv.AppendInt(x.out, int64(v), 10)
	case int64:
		if typ == "BigInt" || typ == "ID" {
			x.out = strconv.AppendQuote(x.out, strconv.FormatInt(v, 10))
			return nil
		}
		if typ == "Int" && v != int64(int32(v)) { //nolint:gosec // to see whether it fits
			return fmt.Errorf("%s: %d", "Integer out of bounds", v) // GitHub's words
		}
		x.out = strconv.AppendInt(x.out, v, 10)
	case float64:
		x.out = strconv.AppendFloat(x.out, v, 'f', -1, 64)
	case time.Time:
		x.out = strconv.AppendQuote(x.out, v.UTC().Format("2006-01-02T15:04:05Z"))
	default:
		return fmt.Errorf("no value of %s: %T", typ, v)
	}
	return nil
}

// fail adds an entry to "errors". What GitHub has a type for keeps it; anything else is a mistake
// of this package and says so.
func (x *execution) fail(err error, f *selected, at *fieldPath) {
	e := &Error{Path: at.list(), Locations: locations(f)}
	var own *Error
	var refused *world.Error
	switch {
	case errors.As(err, &own):
		e.Type, e.Message, e.Extensions = own.Type, own.Message, own.Extensions
	case errors.As(err, &refused):
		e.Type, e.Message = refused.Type, refused.Error()
	default:
		e.Message = "Something went wrong while executing your query: " + err.Error()
	}
	if e.Type == Forbidden && e.Extensions == nil {
		e.Extensions = map[string]any{"saml_failure": false}
	}
	if e.Type == ResourceLimits {
		e.Locations = nil
	}
	x.errs = append(x.errs, e)
}

func locations(f *selected) []Location {
	var out []Location
	for _, g := range f.fields {
		out = append(out, at(g.Position)...)
	}
	return out
}

func encode64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
