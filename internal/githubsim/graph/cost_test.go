package graph

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// The documents of docs.github.com "Rate limits and query limits for the GraphQL API".
const (
	docSimple = `query { viewer { repositories(first: 50) { edges { repository: node { name issues(first: 10) { totalCount edges { node { title bodyHTML } } } } } } } }`
	docPoints = `query { viewer { login repositories(first: 100) { edges { node { id issues(first: 50) { edges { node { id labels(first: 60) { edges { node { id name } } } } } } } } } } }`
)

// fleet asks the same of n repositories under aliases.
func fleet(n int, selection string) string {
	var b strings.Builder
	b.WriteString("query {")
	for i := range n {
		fmt.Fprintf(&b, " r%d: repository(owner: \"o\", name: \"r\") { ...f }", i)
	}
	return b.String() + " } fragment f on Repository { " + selection + " }"
}

// costOf is the cost of a document without variables.
func costOf(t *testing.T, document string) (points, nodes int) {
	t.Helper()
	doc, err := parser.ParseQuery(&ast.Source{Input: document})
	if err != nil {
		t.Fatal(err)
	}
	if errs := validate(doc); len(errs) > 0 {
		t.Fatal(errs[0])
	}
	op, refusal := operation(doc, "")
	if refusal != nil {
		t.Fatal(refusal)
	}
	coerced, errs := variables(op, nil)
	if len(errs) > 0 {
		t.Fatal(errs[0])
	}
	return cost(doc, op, coerced)
}

func TestCost(t *testing.T) {
	pulls := func(n, below int) string {
		return fmt.Sprintf(`pullRequests(first: %d) { nodes { commits(last: 1) { nodes { commit { statusCheckRollup { contexts(first: %d) { nodes { __typename } } } } } } reviewThreads(first: %d) { nodes { id } } closingIssuesReferences(first: 5) { nodes { id } } } }`, n, below, below)
	}
	for _, c := range []struct {
		name, document string
		points, nodes  int
	}{
		{"documentation: 550 nodes", docSimple, 1, 550},
		{"documentation: 5,101 requests are 51 points", docPoints, 51, 100 + 100*50 + 100*50*60},
		{"16 repositories in full are 48 points and 119,200 nodes", fleet(16, `issues(first: 100) { nodes { labels(first: 20) { nodes { name } } } } `+pulls(50, 50)), 48, 119_200},
		{"no connection", `query { viewer { login } }`, 1, 0},
		{"probe: counts and the newest change", fleet(16, `updatedAt issues(states: OPEN, first: 1, orderBy: {field: UPDATED_AT, direction: DESC}) { totalCount nodes { updatedAt } }`), 1, 16},
		{"probe with the state of 50 pull requests", fleet(16, `pullRequests(first: 50) { nodes { commits(last: 1) { nodes { commit { statusCheckRollup { state } } } } } }`), 8, 16 * 100},
		{"counting asks for no page", fleet(100, `issues { totalCount } pullRequests { totalCount }`), 1, 0},
		{"nodes count for each id", `query { nodes(ids: ["a", "b", "c"]) { ... on Repository { issues(first: 10) { nodes { id } } } } }`, 1, 30},
		{"skipped selections cost nothing", `query { viewer { repositories(first: 50) @skip(if: true) { nodes { id } } } }`, 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			points, nodes := costOf(t, c.document)
			if points != c.points || nodes != c.nodes {
				t.Errorf("%d points, %d nodes; want %d, %d", points, nodes, c.points, c.nodes)
			}
		})
	}
}

func TestNodeLimit(t *testing.T) {
	f := newFixture(t, Options{})
	resp := f.run(fleet(16, `issues(first: 100) { nodes { labels(first: 100) { nodes { name } } } }
		pullRequests(first: 100) { nodes { commits(last: 1) { nodes { commit { statusCheckRollup { contexts(first: 100) { nodes { __typename } } } } } }
			reviewThreads(first: 100) { nodes { id } } reviews(last: 30) { nodes { id } } } }`), nil)
	if resp.Data != nil || len(resp.Errors) != 1 || resp.Errors[0].Type != "MAX_NODE_LIMIT_EXCEEDED" ||
		resp.Errors[0].Message != "This query requests up to 532,800 possible nodes which exceeds the maximum limit of 500,000." {
		t.Fatalf("data %s errors %s", resp.Data, compact(resp.Errors))
	}
}

func TestRateLimitField(t *testing.T) {
	f := newFixture(t, Options{Rate: func(world.Actor) Rate { return Rate{Limit: 5000, Used: 7, Remaining: 4993, ResetAt: start} }})
	got := compact(f.data(`query { rateLimit { cost limit nodeCount remaining resetAt used } viewer { repositories(first: 50) { nodes { name issues(first: 10) { totalCount } } } } }`, nil)["rateLimit"])
	if want := `{"cost":1,"limit":5000,"nodeCount":550,"remaining":4993,"resetAt":"2026-05-04T09:00:00Z","used":7}`; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if dry := string(f.run(`query { rateLimit(dryRun: true) { cost } viewer { login } }`, nil).Data); dry != `{"rateLimit":{"cost":1}}` {
		t.Errorf("dry run: %s", dry)
	}
}

func TestAdmit(t *testing.T) {
	var seen Plan
	f := newFixture(t, Options{Admit: func(_ context.Context, _ world.Actor, p Plan) *Error {
		seen = p
		return &Error{Type: RateLimited, Message: "API rate limit exceeded for user ID 1."}
	}})
	resp := f.run(`mutation Two { a: createLabel(input: {repositoryId: "x", name: "n", color: "ffffff"}) { clientMutationId } b: deleteLabel(input: {id: "x"}) { clientMutationId } }`, nil)
	if got := compact(resp); got != `{"errors":[{"type":"RATE_LIMITED","message":"API rate limit exceeded for user ID 1."}]}` {
		t.Errorf("answer %s", got)
	}
	if seen.Operation != "Two" || strings.Join(seen.Mutations, " ") != "createLabel deleteLabel" || seen.Cost != 1 {
		t.Errorf("plan %+v", seen)
	}
}

func TestResourceLimits(t *testing.T) {
	f := newFixture(t, Options{Overrun: func(p Plan) int {
		if len(p.Fields) > 2 {
			return 2
		}
		return -1
	}})
	resp := f.run(fleet(3, `name`), nil)
	if got := string(resp.Data); got != `{"r0":{"name":"r"},"r1":{"name":"r"},"r2":null}` {
		t.Errorf("data %s", got)
	}
	if got := compact(resp.Errors); got != `[{"type":"RESOURCE_LIMITS_EXCEEDED","path":["r2"],"message":"Resource limits for this query exceeded."}]` {
		t.Errorf("errors %s", got)
	}
	if resp := f.run(fleet(2, `name`), nil); len(resp.Errors) != 0 {
		t.Errorf("split down it still fails: %s", compact(resp.Errors))
	}

	f = newFixture(t, Options{ResourceNodes: 3})
	for range 4 {
		f.issue("One of many", "")
	}
	resp = f.run(fleet(2, `issues(first: 10) { nodes { number } }`), nil)
	if !strings.HasSuffix(string(resp.Data), `"r1":null}`) || len(resp.Errors) != 1 || resp.Errors[0].Type != ResourceLimits {
		t.Errorf("data %s errors %s", resp.Data, compact(resp.Errors))
	}
}

// A batch over a thousand repositories is answered in well under GitHub's ten seconds.
func BenchmarkThousandAliases(b *testing.B) {
	f := newFixture(b, Options{})
	for range 200 {
		f.issue("One", "")
	}
	doc := fleet(1000, `nameWithOwner updatedAt issues(first: 20, states: OPEN, orderBy: {field: UPDATED_AT, direction: DESC}) { totalCount nodes { number title labels(first: 5) { nodes { name } } } }`)
	for b.Loop() {
		if resp := f.run(doc, nil); len(resp.Errors) > 0 {
			b.Fatal(resp.Errors[0])
		}
	}
}
