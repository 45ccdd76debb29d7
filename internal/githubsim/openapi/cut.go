// Package openapi answers whether a conversation with a REST server is one GitHub's published OpenAPI description allows.
// It is for tests only: nothing that ships imports it.
//
// testdata/github.json.gz is cut from the file api.github.com.json of the npm package @octokit/openapi by the program in
// cut: the operations that package rest serves, with what they refer to, without prose and examples.
package openapi

import (
	"encoding/json"
	"fmt"
	"strings"
)

//go:generate go run ./cut $CORE_GITHUB_OPENAPI testdata/github.json.gz

// Cut reduces a full description to the given operations ("METHOD template") and the components they reach. Operations the
// description lacks are left out. The same input always gives the same bytes.
func Cut(full []byte, operations []string) ([]byte, error) {
	var doc map[string]any
	if err := json.Unmarshal(full, &doc); err != nil {
		return nil, fmt.Errorf("read the description: %w", err)
	}
	paths, isMap := doc["paths"].(map[string]any)
	if !isMap {
		return nil, fmt.Errorf("the description has no paths")
	}
	kept := map[string]any{}
	for _, op := range operations {
		method, template, _ := strings.Cut(op, " ")
		from, found := paths[template].(map[string]any)
		if !found {
			continue
		}
		described, found := from[strings.ToLower(method)]
		if !found {
			continue
		}
		item, _ := kept[template].(map[string]any)
		if item == nil {
			item = map[string]any{}
			kept[template] = item
		}
		item[strings.ToLower(method)] = strip(described, false)
	}
	out := map[string]any{"openapi": doc["openapi"], "info": map[string]any{"title": "GitHub REST API, a cut", "version": version(doc)}, "paths": kept}
	components := map[string]any{}
	source, _ := doc["components"].(map[string]any)
	if err := reach(kept, source, components); err != nil {
		return nil, err
	}
	out["components"] = components
	return json.Marshal(out)
}

func version(doc map[string]any) any {
	info, _ := doc["info"].(map[string]any)
	return info["version"]
}

// reach copies into components whatever v refers to, and what that refers to.
func reach(v any, source, components map[string]any) error {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			if err := reach(e, source, components); err != nil {
				return err
			}
		}
	case map[string]any:
		if ref, isRef := v["$ref"].(string); isRef {
			return fetch(ref, source, components)
		}
		for _, e := range v {
			if err := reach(e, source, components); err != nil {
				return err
			}
		}
	}
	return nil
}

func fetch(ref string, source, components map[string]any) error {
	kind, name, found := strings.Cut(strings.TrimPrefix(ref, "#/components/"), "/")
	if !found {
		return fmt.Errorf("reference %s is not to a component", ref)
	}
	target, _ := components[kind].(map[string]any)
	if target == nil {
		target = map[string]any{}
		components[kind] = target
	}
	if target[name] != nil {
		return nil
	}
	group, _ := source[kind].(map[string]any)
	if group[name] == nil {
		return fmt.Errorf("reference %s leads nowhere", ref)
	}
	target[name] = strip(group[name], false)
	return reach(target[name], source, components)
}

// named are the objects whose keys are names, not words of OpenAPI.
var named = map[string]bool{"properties": true, "patternProperties": true, "headers": true, "content": true, "responses": true}

// prose are the keys that no check reads.
var prose = map[string]bool{"description": true, "summary": true, "example": true, "examples": true, "externalDocs": true, "tags": true, "title": true}

func strip(v any, names bool) any {
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = strip(e, false)
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for k, e := range v {
			if !names && (prose[k] || strings.HasPrefix(k, "x-")) {
				continue
			}
			out[k] = strip(e, !names && named[k])
		}
		return out
	}
	return v
}
