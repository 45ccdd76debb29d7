package graph

import "testing"

// TestDependencies: a "blocked by" relation as GitHub's later schema has it,
// seen from both ends, its counts following the blocker's state.
func TestDependencies(t *testing.T) {
	f := newFixture(t, Options{})
	blocked, blocker := f.issue("blocked", ""), f.issue("blocker", "")
	const add = `mutation($a: ID!, $b: ID!) { addBlockedBy(input: {issueId: $a, blockingIssueId: $b}) { issue { title } blockingIssue { title } } }`
	const look = `query($a: ID!, $b: ID!) {
		a: node(id: $a) { ... on Issue { blockedBy(first: 5) { totalCount nodes { title state } } issueDependenciesSummary { blockedBy totalBlockedBy blocking totalBlocking } } }
		b: node(id: $b) { ... on Issue { blocking(first: 5) { nodes { title } } issueDependenciesSummary { blocking totalBlocking } } }
	}`
	vars := map[string]any{"a": blocked, "b": blocker}
	if got := compact(f.data(add, vars)); got != `{"addBlockedBy":{"blockingIssue":{"title":"blocker"},"issue":{"title":"blocked"}}}` {
		t.Errorf("add: %s", got)
	}
	want := `{"a":{"blockedBy":{"nodes":[{"state":"OPEN","title":"blocker"}],"totalCount":1},"issueDependenciesSummary":{"blockedBy":1,"blocking":0,"totalBlockedBy":1,"totalBlocking":0}},` +
		`"b":{"blocking":{"nodes":[{"title":"blocked"}]},"issueDependenciesSummary":{"blocking":1,"totalBlocking":1}}}`
	if got := compact(f.data(look, vars)); got != want {
		t.Errorf("open:\n%s\nwant\n%s", got, want)
	}
	f.data(`mutation($b: ID!) { closeIssue(input: {issueId: $b}) { issue { id } } }`, vars)
	if got := dig(f.data(look, vars), "a", "issueDependenciesSummary"); compact(got) != `{"blockedBy":0,"blocking":0,"totalBlockedBy":1,"totalBlocking":0}` {
		t.Errorf("closed: %s", compact(got))
	}
	f.data(`mutation($a: ID!, $b: ID!) { removeBlockedBy(input: {issueId: $a, blockingIssueId: $b}) { issue { id } } }`, vars)
	if got := dig(f.data(look, vars), "a", "blockedBy", "totalCount"); compact(got) != "0" {
		t.Errorf("removed: %v", got)
	}
}
