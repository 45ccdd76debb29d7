package github

import (
	"maps"
	"testing"

	"github.com/dappcore/core-dev/inventory"
)

// TestReferences: one request for many; what is not there points nowhere, and
// what could not be read is never taken for that.
func TestReferences(t *testing.T) {
	l := acme(t)
	c := l.client("ada")
	head, _, err := c.Head(t.Context(), mainRepo, "dev")
	if err != nil {
		t.Fatal(err)
	}
	claim := Reference{mainRepo, "refs/core/dispatch/2/1"}
	if err := c.CreateRef(t.Context(), mainRepo, claim.Name, head); err != nil {
		t.Fatal(err)
	}
	free, far, gone := Reference{mainRepo, "refs/core/dispatch/2/2"}, Reference{otherRepo, "refs/core/dispatch/2/1"}, Reference{inventory.RepoRef{Owner: "acme", Name: "gone"}, claim.Name}
	want := map[Reference]string{claim: head, free: "", far: "", gone: ""}
	before := c.Stats().GraphQL
	got, err := c.References(t.Context(), []Reference{claim, free, far, gone})
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("%v (%v), want %v", got, err, want)
	}
	if n := c.Stats().GraphQL - before; n != 1 {
		t.Errorf("%d requests", n)
	}
	if got, err := c.References(t.Context(), nil); err != nil || len(got) != 0 || c.Stats().GraphQL-before != 1 {
		t.Errorf("none wanted: %v, %v", got, err)
	}
	for _, fault := range []string{"503", "partial", "cut-before", "garbage"} {
		if err := l.sim.Faults().Replace(fault + "@References"); err != nil {
			t.Fatal(err)
		}
		l.unjudged()
		got, err := l.client("ada").References(t.Context(), []Reference{claim, far})
		for r, sha := range got {
			if sha != want[r] {
				t.Errorf("%s: %v is said to point to %q", fault, r, sha)
			}
		}
		if err == nil && len(got) != 2 {
			t.Errorf("%s: %v, and nothing is said", fault, got)
		}
	}
}

// TestAccounts: logins as GitHub writes them; nobody's are left out.
func TestAccounts(t *testing.T) {
	l := acme(t)
	got, err := l.client("ada").Accounts(t.Context(), []string{"ADA", "wendy", "nobody-here"})
	if want := map[string]string{"ADA": "ada", "wendy": "wendy"}; err != nil || !maps.Equal(got, want) {
		t.Errorf("%v (%v), want %v", got, err, want)
	}
	if err := l.sim.Faults().Replace("503@Accounts"); err != nil {
		t.Fatal(err)
	}
	if got, err := l.client("ada").Accounts(t.Context(), []string{"ada"}); err == nil {
		t.Errorf("%v, and nothing is said", got)
	}
}
