package cmd

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/internal/ledger"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
)

// The plan's member is charged; where that cannot be the plan is stale, and says
// so once.
func TestTheLedgerChargesTheMemberOfThePlan(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "reservations.log"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	book, err := ledger.Open(dir, "org", func() time.Time { return morning })
	if err != nil {
		t.Fatal(err)
	}
	port := ledgerPort{book, &look{budget: budget.State{Team: budget.Team{Owner: "org", Members: []budget.Member{
		{Login: "ann", Quota: 5, Repos: []string{"a"}}, {Login: "bob", Quota: 1, Repos: []string{"a", "b"}},
	}}}}}
	task := func(n int) orchestrator.Task {
		return orchestrator.Task{ID: string(rune('a' + n)), Child: inventory.Ref{Repo: inventory.RepoRef{Owner: "org", Name: "a"}, Number: n}, Agent: "jules", Member: "bob"}
	}
	if member, err := port.Reserve(t.Context(), task(1)); member != "bob" || err != nil {
		t.Fatalf("@%s %v", member, err)
	}
	for _, again := range []orchestrator.Task{{ID: "other", Child: task(1).Child, Agent: "jules", Member: "bob"}, task(2)} {
		_, err := port.Reserve(t.Context(), again)
		var stale *orchestrator.Stale
		if !errors.As(err, &stale) {
			t.Fatalf("%v: %v", again.Child, err)
		}
		if text := err.Error(); strings.Count(text, again.Child.String()) != 1 || strings.Contains(text, "plan again") {
			t.Errorf("it repeats itself: %s", text)
		}
	}
}
