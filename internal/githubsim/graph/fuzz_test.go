package graph

import (
	"context"
	"encoding/json"
	"testing"
)

// FuzzExecute: whatever is sent, the answer is JSON that has data or errors, and nothing panics.
func FuzzExecute(f *testing.F) {
	for _, r := range recordings(f) {
		f.Add(r.Query, compact(r.Variables))
	}
	f.Add(`query($a: [ID!]! = "x") { nodes(ids: $a) { ...F } } fragment F on Node { id ...F }`, `{"a":[null,1,{}]}`)
	f.Add(`query { repository(owner: 1, name: {}) { issue(number: 99999999999999999999) { id } } }`, `[]`)
	f.Add("{viewer{login}}query A{viewer{login}}subscription S{x}", `{}`)
	world := ghWorld(f)
	f.Fuzz(func(t *testing.T, query, variables string) {
		var vars map[string]any
		if json.Unmarshal([]byte(variables), &vars) != nil {
			vars = nil
		}
		resp := world.exec.Execute(context.Background(), world.me, Request{Query: query, Variables: vars})
		body, err := json.Marshal(resp)
		if err != nil || !json.Valid(body) {
			t.Fatalf("%v: %s", err, body)
		}
		if resp.Data == nil && len(resp.Errors) == 0 {
			t.Fatal("neither data nor errors")
		}
	})
}
