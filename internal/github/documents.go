package github

import (
	"embed"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
)

//go:embed queries/*.graphql
var queryFiles embed.FS

var (
	definition = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?m)^(fragment|query|mutation) (\w+)`) })
	spread     = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\.\.\.\s*(\w+)`) })
)

// definitions are the fragments and operations of the query files by name.
var definitions = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	files, err := queryFiles.ReadDir("queries")
	if err != nil {
		panic(err) // embedded: cannot fail
	}
	for _, f := range files {
		raw, err := queryFiles.ReadFile("queries/" + f.Name())
		if err != nil {
			panic(err)
		}
		text := stripComments(string(raw))
		at := definition().FindAllStringSubmatchIndex(text, -1)
		for i, m := range at {
			end := len(text)
			if i+1 < len(at) {
				end = at[i+1][0]
			}
			out[text[m[4]:m[5]]] = strings.TrimSpace(text[m[0]:end])
		}
	}
	return out
})

func stripComments(text string) string {
	lines := strings.Split(text, "\n")
	return strings.Join(slices.DeleteFunc(lines, func(l string) bool { return strings.HasPrefix(strings.TrimSpace(l), "#") }), "\n")
}

// document puts an operation and every fragment it needs, directly or through
// others, into one text. A given operation that is a bare name is taken from
// the query files.
func document(operation string) string {
	defs := definitions()
	if text, ok := defs[operation]; ok {
		operation = text
	}
	out := []string{operation}
	seen := map[string]bool{}
	for i := 0; i < len(out); i++ {
		for _, m := range spread().FindAllStringSubmatch(out[i], -1) {
			name := m[1]
			if name == "on" || seen[name] {
				continue
			}
			seen[name] = true
			out = append(out, defs[name])
		}
	}
	slices.Sort(out[1:])
	return strings.Join(out, "\n\n")
}

// compose writes the operation that asks all of asks in one request, with its
// variables; features asks, too, which fields this GitHub's Issue has.
// Repositories become aliases r0, r1, ... in order of appearance.
func compose(name string, asks []*ask, features bool) (string, map[string]any) {
	vars := map[string]any{}
	var params, body strings.Builder
	param := func(v, typ string, value any) {
		if _, ok := vars[v]; !ok {
			fmt.Fprintf(&params, ", $%s: %s", v, typ)
		}
		vars[v] = value
	}
	order, groups := group(asks)
	for i, key := range order {
		r := fmt.Sprintf("r%d", i)
		param(fmt.Sprintf("o%d", i), "String!", groups[key][0].repo.Owner)
		param(fmt.Sprintf("n%d", i), "String!", groups[key][0].repo.Name)
		fmt.Fprintf(&body, "  %s: repository(owner: $o%d, name: $n%d) {\n    id\n    nameWithOwner\n", r, i, i)
		for k, a := range groups[key] {
			a.alias = r
			text := a.selection
			if a.since != "" {
				param("since", "DateTime!", a.since)
			}
			if a.text != "" {
				v := fmt.Sprintf("v%d_%d", i, k)
				param(v, "String!", a.text)
				text = strings.ReplaceAll(text, "$text", "$"+v)
			}
			if a.key != "" {
				text = a.key + ": " + text
			}
			fmt.Fprintf(&body, "    %s\n", text)
		}
		body.WriteString("  }\n")
	}
	head := ""
	if features {
		head = "  features: __type(name: \"Issue\") { fields { name } }\n"
	}
	text := fmt.Sprintf("query %s(%s) {\n  viewer { login }\n  rateLimit { cost }\n%s%s}", name, strings.TrimPrefix(params.String(), ", "), head, body.String())
	return document(text), vars
}

// group sorts asks by repository, keeping the order of first appearance.
func group(asks []*ask) (order []string, groups map[string][]*ask) {
	groups = map[string][]*ask{}
	for _, a := range asks {
		k := a.repo.Key()
		if groups[k] == nil {
			order = append(order, k)
		}
		groups[k] = append(groups[k], a)
	}
	return order, groups
}
