package inventory_test

import (
	"reflect"
	"testing"

	"github.com/dappcore/core-dev/inventory"
)

func TestRunning(t *testing.T) {
	repo := inventory.RepoRef{Owner: "org", Name: "a"}
	at := func(n int) inventory.Ref { return inventory.Ref{Repo: repo, Number: n} }
	s := inventory.Snapshot{
		Repos: []inventory.Repo{{Ref: repo, Issues: []inventory.Issue{
			{Ref: at(1), Labels: []string{"bug", "Jules"}},
			{Ref: at(2), Labels: []string{"jules"}, Closed: true},
			{Ref: at(3), Labels: []string{"bug"}},
			{Ref: at(4), Labels: []string{"jules"}, IsPull: true},
		}}},
		Elsewhere: []inventory.Issue{{Ref: at(5), Labels: []string{"codex"}}},
	}
	got := inventory.Running(&s, inventory.Rules{Labels: map[string]string{"jules": "jules", "codex": "codex"}})
	if want := []inventory.Task{{Ref: at(1), Agent: "jules"}, {Ref: at(5), Agent: "codex"}}; !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
}
