package rest

import (
	"net/http"
	"net/url"
	"sort"
	"strings"
	"sync"
)

// route is one operation: a method on a path template as GitHub's OpenAPI description writes it.
type route struct {
	method   string
	template string
	write    bool // carried out in one World.Update, else in a World.View
	run      func(*call) (*reply, error)
	parts    []string
}

// tails are the parameters that may hold slashes; they are always the last in their template, or followed by the fixed
// segments of a template.
var tails = map[string]bool{"{ref}": true, "{path}": true, "{branch}": true, "{basehead}": true}

// Match is what the router found for a request.
type Match struct {
	Template string            // "" when nothing matched
	Params   map[string]string // unescaped
	Allowed  []string          // methods this path knows when the method is not one of them
	route    *route
}

// Key is how limits name the operation: "METHOD template".
func (m Match) Key(method string) string { return method + " " + m.Template }

type node struct {
	fixed  map[string]*node
	param  *node
	tail   *node
	name   string // of the parameter or the tail
	routes map[string]*route
}

var root = sync.OnceValue(func() *node { return build(table()) })

func build(routes []route) *node {
	top := &node{}
	for i := range routes {
		r := &routes[i]
		n := top
		for _, part := range segments(r.template) {
			switch {
			case tails[part]:
				if n.tail == nil {
					n.tail = &node{}
				}
				n = n.tail
				n.name = strings.Trim(part, "{}")
			case strings.HasPrefix(part, "{"):
				if n.param == nil {
					n.param = &node{}
				}
				n = n.param
			default:
				if n.fixed == nil {
					n.fixed = map[string]*node{}
				}
				if n.fixed[part] == nil {
					n.fixed[part] = &node{}
				}
				n = n.fixed[part]
			}
		}
		if n.routes == nil {
			n.routes = map[string]*route{}
		}
		r.parts = segments(r.template)
		n.routes[r.method] = r
	}
	return top
}

func segments(path string) []string {
	path = strings.Trim(path, "/")
	if path == "" {
		return nil
	}
	return strings.Split(path, "/")
}

// find walks path, fixed segments first, and returns the leaf with the values of its parameters in order.
func (n *node) find(path []string, values []string) (*node, []string) {
	if len(path) == 0 {
		if n.routes != nil {
			return n, values
		}
		return nil, nil
	}
	if next := n.fixed[path[0]]; next != nil {
		if leaf, v := next.find(path[1:], values); leaf != nil {
			return leaf, v
		}
	}
	if n.param != nil && path[0] != "" {
		if leaf, v := n.param.find(path[1:], append(values[:len(values):len(values)], path[0])); leaf != nil {
			return leaf, v
		}
	}
	if n.tail != nil {
		for take := 1; take <= len(path); take++ { // the fixed end of a template goes before a longer tail
			v := append(values[:len(values):len(values)], strings.Join(path[:take], "/"))
			if leaf, v := n.tail.find(path[take:], v); leaf != nil {
				return leaf, v
			}
		}
	}
	return nil, nil
}

// Find looks a request up by method and escaped path, which is the client's without the prefix /api/v3.
func Find(method, escapedPath string) Match {
	leaf, values := root().find(segments(escapedPath), nil)
	if leaf == nil {
		return Match{}
	}
	r := leaf.routes[method]
	if r == nil && method == http.MethodHead {
		r = leaf.routes[http.MethodGet]
	}
	if r == nil {
		m := Match{}
		for known, other := range leaf.routes {
			m.Allowed = append(m.Allowed, known)
			m.Template = other.template
		}
		sort.Strings(m.Allowed)
		return m
	}
	m := Match{Template: r.template, Params: map[string]string{}, route: r}
	at := 0
	for _, part := range r.parts {
		if !strings.HasPrefix(part, "{") {
			continue
		}
		value, err := url.PathUnescape(values[at])
		if err != nil {
			value = values[at]
		}
		m.Params[strings.Trim(part, "{}")] = value
		at++
	}
	return m
}

// Operations lists every operation served as "METHOD template", sorted.
func Operations() []string {
	var out []string
	for _, r := range table() {
		out = append(out, r.method+" "+r.template)
	}
	sort.Strings(out)
	return out
}
