package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
	"github.com/vektah/gqlparser/v2/parser"
)

// builtin are the scalars every GraphQL schema has without declaring them.
var builtin = []string{"Int", "Float", "String", "Boolean", "ID"}

type cutter struct {
	public map[string]*ast.Definition
	listed map[string][]string // type -> its fields as listed
	whole  map[string]bool     // inputs, enums and scalars that some kept field needs
}

// Cut returns the schema text that holds the listed fields of the public schema. name is used in
// errors only. A listed name the public schema lacks, or a field whose type is not offered, is an error.
func Cut(name, public, list string) (string, error) {
	doc, err := parser.ParseSchema(&ast.Source{Name: name, Input: public})
	if err != nil {
		return "", err
	}
	c := &cutter{public: map[string]*ast.Definition{}, listed: map[string][]string{}, whole: map[string]bool{}}
	for _, d := range doc.Definitions {
		c.public[d.Name] = d
	}
	if err := c.read(list); err != nil {
		return "", err
	}
	if err := c.closeOver(); err != nil {
		return "", err
	}
	out := &ast.SchemaDocument{}
	for _, d := range doc.Definitions {
		if kept := c.keep(d); kept != nil {
			out.Definitions = append(out.Definitions, kept)
		}
	}
	var b bytes.Buffer
	b.WriteString("# Cut from GitHub's public schema by the program in cut/ along fields.txt. Do not edit.\n\n")
	formatter.NewFormatter(&b, formatter.WithIndent("  ")).FormatSchemaDocument(out)
	return b.String(), nil
}

func (c *cutter) read(list string) error {
	for n, line := range strings.Split(list, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		typ, fields, ok := strings.Cut(line, ":")
		d := c.public[typ]
		if !ok || d == nil {
			return fmt.Errorf("line %d: %q is no type of the public schema", n+1, typ)
		}
		if c.listed[typ] == nil {
			c.listed[typ] = []string{}
		}
		for _, f := range strings.Fields(fields) {
			if d.Fields.ForName(f) == nil {
				return fmt.Errorf("line %d: type %s has no field %s", n+1, typ, f)
			}
			c.listed[typ] = append(c.listed[typ], f)
		}
	}
	return nil
}

// closeOver adds what the kept fields need: connections, edges, payloads, interface fields, unions,
// and whole input types; until nothing is missing.
func (c *cutter) closeOver() error {
	for {
		before := len(c.listed) + len(c.whole)
		for typ := range c.listed {
			d := c.public[typ]
			for _, i := range d.Interfaces {
				for _, f := range c.listed[i] {
					if !slices.Contains(c.listed[typ], f) {
						c.listed[typ] = append(c.listed[typ], f)
					}
				}
			}
			fields := c.listed[typ]
			for _, f := range d.Fields {
				if !slices.Contains(fields, f.Name) {
					continue
				}
				for _, a := range f.Arguments {
					c.input(a.Type.Name())
				}
				if err := c.output(typ+"."+f.Name, f.Type.Name()); err != nil {
					return err
				}
			}
		}
		if len(c.listed)+len(c.whole) == before {
			break
		}
	}
	return nil
}

func (c *cutter) input(name string) {
	d := c.public[name]
	if d == nil || c.whole[name] {
		return
	}
	c.whole[name] = true
	for _, f := range d.Fields {
		c.input(f.Type.Name())
	}
}

func (c *cutter) output(field, name string) error {
	d := c.public[name]
	switch {
	case d == nil && slices.Contains(builtin, name), c.listed[name] != nil:
		return nil
	case d == nil:
		return fmt.Errorf("%s: unknown type %s", field, name)
	case d.Kind == ast.Scalar || d.Kind == ast.Enum:
		c.whole[name] = true
		return nil
	case d.Kind == ast.Union:
		if len(c.members(d)) == 0 {
			return fmt.Errorf("%s: no member of %s is listed", field, name)
		}
		c.listed[name] = []string{}
		return nil
	case d.Kind == ast.Object && (strings.HasSuffix(name, "Connection") || strings.HasSuffix(name, "Edge") || strings.HasSuffix(name, "Payload")):
		for _, f := range d.Fields {
			if c.offered(f.Type.Name()) {
				c.listed[name] = append(c.listed[name], f.Name)
			}
		}
		return nil
	}
	return fmt.Errorf("%s: its type %s is not listed", field, name)
}

// offered tells whether a field of that type can be taken along.
func (c *cutter) offered(name string) bool {
	d := c.public[name]
	return d == nil || c.listed[name] != nil || d.Kind == ast.Scalar || d.Kind == ast.Enum ||
		d.Kind == ast.Union && len(c.members(d)) > 0 ||
		d.Kind == ast.Object && (strings.HasSuffix(name, "Edge") || strings.HasSuffix(name, "Connection")) && c.offered(nodeOf(d))
}

// nodeOf names the type an edge or a connection leads to.
func nodeOf(d *ast.Definition) string {
	for _, f := range []string{"node", "nodes"} {
		if n := d.Fields.ForName(f); n != nil {
			return n.Type.Name()
		}
	}
	return d.Name
}

func (c *cutter) members(d *ast.Definition) []string {
	return slices.DeleteFunc(slices.Clone(d.Types), func(t string) bool { return c.listed[t] == nil })
}

// keep is the definition reduced to what is offered, nil when nothing of it is.
func (c *cutter) keep(d *ast.Definition) *ast.Definition {
	if c.whole[d.Name] {
		return withoutCustom(*d)
	}
	fields, ok := c.listed[d.Name]
	if !ok {
		return nil
	}
	k := *d
	k.Fields = nil
	for _, f := range d.Fields {
		if slices.Contains(fields, f.Name) {
			k.Fields = append(k.Fields, f)
		}
	}
	k.Interfaces = slices.DeleteFunc(slices.Clone(d.Interfaces), func(i string) bool { return c.listed[i] == nil })
	k.Types = c.members(d)
	return withoutCustom(k)
}

// withoutCustom drops directives other than @deprecated: they need definitions and mean nothing to a client.
func withoutCustom(d ast.Definition) *ast.Definition {
	standard := func(l ast.DirectiveList) ast.DirectiveList {
		return slices.DeleteFunc(slices.Clone(l), func(x *ast.Directive) bool { return x.Name != "deprecated" })
	}
	d.Directives = standard(d.Directives)
	fields := make(ast.FieldList, len(d.Fields))
	for i, f := range d.Fields {
		n := *f
		n.Directives = standard(f.Directives)
		n.Arguments = nil
		for _, a := range f.Arguments {
			x := *a
			x.Directives = standard(a.Directives)
			n.Arguments = append(n.Arguments, &x)
		}
		fields[i] = &n
	}
	d.Fields = fields
	values := make(ast.EnumValueList, len(d.EnumValues))
	for i, v := range d.EnumValues {
		n := *v
		n.Directives = standard(v.Directives)
		values[i] = &n
	}
	d.EnumValues = values
	return &d
}
