package graph

import (
	"context"
	"strings"
	"testing"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// TestRefusals: the whole answer to wrong requests, as GitHub words it.
func TestRefusals(t *testing.T) {
	f := newFixture(t, Options{})
	f.issue("One", "")
	for _, c := range []struct{ name, query, vars, want string }{
		{"no query", "", "", `{"errors":[{"message":"A query attribute must be specified and must be a string."}]}`},
		{"unknown repository", `query { repository(owner: "o", name: "gone") { id } }`, "",
			`{"data":{"repository":null},"errors":[{"type":"NOT_FOUND","path":["repository"],"locations":[{"line":1,"column":9}],"message":"Could not resolve to a Repository with the name 'o/gone'."}]}`},
		{"the other alias is answered", `query { a: repository(owner: "o", name: "gone") { id } b: repository(owner: "o", name: "r") { name } }`, "",
			`{"data":{"a":null,"b":{"name":"r"}},"errors":[{"type":"NOT_FOUND","path":["a"],"locations":[{"line":1,"column":9}],"message":"Could not resolve to a Repository with the name 'o/gone'."}]}`},
		{"unknown issue", `query { repository(owner: "o", name: "r") { issue(number: 99) { id } } }`, "",
			`{"data":{"repository":{"issue":null}},"errors":[{"type":"NOT_FOUND","path":["repository","issue"],"locations":[{"line":1,"column":45}],"message":"Could not resolve to an Issue with the number of 99."}]}`},
		{"unknown user", `query { user(login: "nobody") { id } }`, "",
			`{"data":{"user":null},"errors":[{"type":"NOT_FOUND","path":["user"],"locations":[{"line":1,"column":9}],"message":"Could not resolve to a User with the login of 'nobody'."}]}`},
		{"unknown owner is null", `query { repositoryOwner(login: "nobody") { id } }`, "", `{"data":{"repositoryOwner":null}}`},
		{"unknown node", `query { node(id: "I_nope") { id } }`, "",
			`{"data":{"node":null},"errors":[{"type":"NOT_FOUND","path":["node"],"locations":[{"line":1,"column":9}],"message":"Could not resolve to a node with the global id of 'I_nope'"}]}`},
		{"no page asked for", `query { repository(owner: "o", name: "r") { name issues { nodes { id } } } }`, "",
			`{"data":{"repository":null},"errors":[{"type":"MISSING_PAGINATION_BOUNDARIES","path":["repository","issues"],"locations":[{"line":1,"column":50}],"message":"You must provide a ` + "`first` or `last`" + ` value to properly paginate the ` + "`issues`" + ` connection."}]}`},
		{"too large a page", `query { repository(owner: "o", name: "r") { labels(first: 101) { nodes { id } } } }`, "",
			`{"data":{"repository":{"labels":null}},"errors":[{"type":"EXCESSIVE_PAGINATION","path":["repository","labels"],"locations":[{"line":1,"column":45}],"message":"Requesting 101 records on the ` + "`labels`" + ` connection exceeds the ` + "`first`" + ` limit of 100 records."}]}`},
		{"bad cursor", `query { repository(owner: "o", name: "r") { labels(first: 1, after: "x") { nodes { id } } } }`, "",
			`{"data":{"repository":{"labels":null}},"errors":[{"type":"INVALID_CURSOR_ARGUMENTS","path":["repository","labels"],"locations":[{"line":1,"column":45}],"message":"` + "`x`" + ` does not appear to be a valid cursor."}]}`},
		{"unknown field", `query Q { viewer { nope } }`, "",
			`{"errors":[{"path":["query Q","viewer","nope"],"extensions":{"code":"undefinedField","fieldName":"nope","typeName":"User"},"locations":[{"line":1,"column":20}],"message":"Field 'nope' doesn't exist on type 'User'"}]}`},
		{"unknown argument", `query { viewer(x: 1) { id } }`, "",
			`{"errors":[{"path":["query","viewer","x"],"extensions":{"argumentName":"x","code":"argumentNotAccepted","name":"viewer","typeName":"Field"},"locations":[{"line":1,"column":16}],"message":"Field 'viewer' doesn't accept argument 'x'"}]}`},
		{"missing argument", `query { repository(owner: "o") { id } }`, "",
			`{"errors":[{"path":["query","repository"],"extensions":{"arguments":"name","className":"Field","code":"missingRequiredArguments","name":"repository"},"locations":[{"line":1,"column":9}],"message":"Field 'repository' is missing required arguments: name"}]}`},
		{"no selection", `query { viewer }`, "",
			`{"errors":[{"path":["query","viewer"],"extensions":{"code":"selectionMismatch","nodeName":"field 'viewer'","typeName":"User"},"locations":[{"line":1,"column":9}],"message":"Field must have selections (field 'viewer' returns User but has no selections. Did you mean 'viewer { ... }'?)"}]}`},
		{"undeclared variable", `query Q { user(login: $l) { id } }`, "",
			`{"errors":[{"path":["query Q"],"extensions":{"code":"variableNotDefined","variableName":"l"},"locations":[{"line":1,"column":23}],"message":"Variable $l is used by Q but not declared"}]}`},
		{"unused variable", `query Q($l: String) { viewer { id } }`, "",
			`{"errors":[{"path":["query Q"],"extensions":{"code":"variableNotUsed","variableName":"l"},"locations":[{"line":1,"column":9}],"message":"Variable $l is declared by Q but not used"}]}`},
		{"wrong variable", `query Q($n: Int!) { repository(owner: "o", name: "r") { issue(number: $n) { id } } }`, `{"n":"one"}`,
			`{"errors":[{"extensions":{"problems":[{"path":[],"explanation":"Could not coerce value \"one\" to Int"}],"value":"one"},"locations":[{"line":1,"column":9}],"message":"Variable $n of type Int! was provided invalid value"}]}`},
		{"missing variable", `query Q($n: Int!) { repository(owner: "o", name: "r") { issue(number: $n) { id } } }`, "",
			`{"errors":[{"extensions":{"problems":[{"path":[],"explanation":"Expected value to not be null"}],"value":null},"locations":[{"line":1,"column":9}],"message":"Variable $n of type Int! was provided invalid value"}]}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := compactHTML(f.run(c.query, parse(t, c.vars))); got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestSyntaxErrorHasItsPlace(t *testing.T) {
	f := newFixture(t, Options{})
	resp := f.run("query {\n  viewer {", nil)
	if resp.Data != nil || len(resp.Errors) != 1 || len(resp.Errors[0].Locations) != 1 || resp.Errors[0].Locations[0].Line != 2 {
		t.Errorf("%s", compact(resp))
	}
}

func TestForbidden(t *testing.T) {
	f := newFixture(t, Options{})
	id := f.issue("One", "")
	f.label("audit")
	label := dig(f.data(`query { repository(owner: "o", name: "r") { label(name: "audit") { id } } }`, nil), "repository", "label", "id")
	resp := f.exec.Execute(context.Background(), f.a, Request{
		Query:     `mutation Add($i: ID!, $l: ID!) { addLabelsToLabelable(input: {labelableId: $i, labelIds: [$l]}) { clientMutationId } }`,
		Variables: map[string]any{"i": id, "l": label},
	})
	want := `{"data":{"addLabelsToLabelable":null},"errors":[{"type":"FORBIDDEN","path":["addLabelsToLabelable"],"extensions":{"saml_failure":false},"locations":[{"line":1,"column":34}],"message":"a does not have the correct permissions to execute ` + "`AddLabelsToLabelable`" + `"}]}`
	if got := compactHTML(resp); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

func TestHiddenRepositoryIsNotFound(t *testing.T) {
	f := newFixture(t, Options{})
	f.update(f.me, func(tx *world.Tx) {
		hide := true
		must(tx.EditRepo(tx.RepoByID(f.repo), world.RepoEdit{Private: &hide}))
	})
	node := ""
	f.update(f.me, func(tx *world.Tx) { node = world.NodeID(tx.RepoByID(f.repo)) })
	for _, q := range []string{`query { repository(owner: "o", name: "r") { id } }`, `query { node(id: "` + node + `") { id } }`} {
		resp := f.exec.Execute(context.Background(), f.a, Request{Query: q})
		if len(resp.Errors) != 1 || resp.Errors[0].Type != NotFound {
			t.Errorf("%s: %s", q, compact(resp))
		}
	}
	public := world.Actor{User: f.me.User, Token: &world.Token{Scopes: []string{"public_repo"}}}
	if resp := f.exec.Execute(context.Background(), public, Request{Query: `query { repository(owner: "o", name: "r") { id } }`}); len(resp.Errors) != 1 {
		t.Errorf("a token without the scope repo sees a private repository: %s", compact(resp))
	}
}

func TestInsufficientScopes(t *testing.T) {
	f := newFixture(t, Options{})
	actor := world.Actor{User: f.me.User, Token: &world.Token{Scopes: []string{"repo"}}}
	resp := f.exec.Execute(context.Background(), actor, Request{Query: `query { organization(login: "o") { membersWithRole(first: 1) { nodes { login } } } }`})
	if len(resp.Errors) != 1 || resp.Errors[0].Type != InsufficientScopes || !strings.Contains(resp.Errors[0].Message, "one of the following scopes: ['read:org'], but your token has only been granted the: ['repo'] scopes") {
		t.Errorf("%s", compact(resp))
	}
}

// A mutation that fails leaves the ones before and after it done.
func TestMutationsAreSerial(t *testing.T) {
	f := newFixture(t, Options{})
	id := f.issue("One", "")
	resp := f.run(`mutation M($i: ID!) {
		a: addComment(input: {subjectId: $i, body: "first"}) { commentEdge { node { body } } }
		b: addComment(input: {subjectId: "I_nope", body: "lost"}) { commentEdge { node { body } } }
		c: addComment(input: {subjectId: $i, body: "last", clientMutationId: "x"}) { clientMutationId subject { ... on Issue { comments(first: 5) { nodes { body } } } } }
	}`, map[string]any{"i": id})
	want := `{"a":{"commentEdge":{"node":{"body":"first"}}},"b":null,"c":{"clientMutationId":"x","subject":{"comments":{"nodes":[{"body":"first"},{"body":"last"}]}}}}`
	if string(resp.Data) != want || len(resp.Errors) != 1 || compact(resp.Errors[0].Path) != `["b"]` || strings.Join(resp.Mutations, " ") != "addComment addComment addComment" {
		t.Errorf("%s", compact(resp))
	}
}
