package rest

import (
	"maps"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestFind(t *testing.T) {
	for _, c := range []struct {
		method, path, template string
		params                 map[string]string
	}{
		{"GET", "/", "/", map[string]string{}},
		{"GET", "", "/", map[string]string{}},
		{"HEAD", "/user", "/user", map[string]string{}},
		{"GET", "/repos/o/r/issues/comments", "/repos/{owner}/{repo}/issues/comments", map[string]string{"owner": "o", "repo": "r"}},
		{"GET", "/repos/o/r/issues/12", "/repos/{owner}/{repo}/issues/{issue_number}", map[string]string{"owner": "o", "repo": "r", "issue_number": "12"}},
		{"GET", "/repos/o/r/labels/a%2Fb%20c", "/repos/{owner}/{repo}/labels/{name}", map[string]string{"owner": "o", "repo": "r", "name": "a/b c"}},
		{"GET", "/repos/o/r/git/ref/heads/epic/1-x", "/repos/{owner}/{repo}/git/ref/{ref}", map[string]string{"owner": "o", "repo": "r", "ref": "heads/epic/1-x"}},
		{"GET", "/repos/o/r/git/ref/heads%2Fepic%2F1-x", "/repos/{owner}/{repo}/git/ref/{ref}", map[string]string{"owner": "o", "repo": "r", "ref": "heads/epic/1-x"}},
		{"GET", "/repos/o/r/commits/a/b/check-runs", "/repos/{owner}/{repo}/commits/{ref}/check-runs", map[string]string{"owner": "o", "repo": "r", "ref": "a/b"}},
		{"GET", "/repos/o/r/branches/a/b/protection", "/repos/{owner}/{repo}/branches/{branch}/protection", map[string]string{"owner": "o", "repo": "r", "branch": "a/b"}},
		{"GET", "/repos/o/r/contents/", "/repos/{owner}/{repo}/contents", map[string]string{"owner": "o", "repo": "r"}},
	} {
		m := Find(c.method, c.path)
		if m.Template != c.template || !maps.Equal(m.Params, c.params) {
			t.Errorf("%s %s: %s %v, want %s %v", c.method, c.path, m.Template, m.Params, c.template, c.params)
		}
	}
	for _, path := range []string{"/nothing", "/repos/o", "/repos/o/r/issues/1/2", "/repos//r", "/repos/o/r/git/ref"} {
		if m := Find("GET", path); m.Template != "" {
			t.Errorf("%s: %s", path, m.Template)
		}
	}
	if m := Find("DELETE", "/repos/o/r/issues/1"); m.Params != nil || strings.Join(m.Allowed, " ") != "GET PATCH" {
		t.Errorf("a method that is not known: %+v", m)
	}
}

// Every operation of the table is found by a path made from its template, with the values put in.
func TestFindProperty(t *testing.T) {
	routes := table()
	rapid.Check(t, func(t *rapid.T) {
		r := routes[rapid.IntRange(0, len(routes)-1).Draw(t, "route")]
		want := map[string]string{}
		var path []string
		for _, part := range segments(r.template) {
			if name, isParam := strings.CutPrefix(part, "{"); isParam {
				value := rapid.StringMatching(`[a-z0-9]{1,6}x`).Draw(t, "value")
				if tails[part] && rapid.Bool().Draw(t, "deep") {
					value += "/" + rapid.StringMatching(`[a-z0-9]{1,6}x`).Draw(t, "rest")
				}
				want[strings.TrimSuffix(name, "}")] = value
				part = value
			}
			path = append(path, part)
		}
		m := Find(r.method, "/"+strings.Join(path, "/"))
		if m.Template != r.template || !maps.Equal(m.Params, want) {
			t.Fatalf("%s %v: %s %v, want %s %v", r.method, path, m.Template, m.Params, r.template, want)
		}
	})
}
