package cmd

import (
	"context"
	"io"
	"testing"

	"github.com/dappcore/core-dev/inventory"
)

// The details of a repository are asked for by those who need them, are asked
// for again each time, and are no part of what is kept of a look.
func TestDetailsAreReadAfresh(t *testing.T) {
	sampled(t)
	a := newApp(nil, io.Discard, io.Discard)
	t.Cleanup(a.close)
	a.opt.demo, a.opt.dir = true, t.TempDir()
	ctx := context.Background()
	l, err := a.look(ctx)
	if err != nil {
		t.Fatal(err)
	}
	row := l.fleet.Rows[0] // the first of the first tier: it has audits
	one := []inventory.RepoRef{row.Repo.Ref}
	if len(row.Audits) == 0 || row.Repo.Details != nil {
		t.Fatalf("%+v", row)
	}
	before := a.hub.Stats().Requests
	for range 2 {
		if err := a.detail(ctx, l, one, map[string][]string{one[0].Key(): {"no such file"}}, nil); err != nil {
			t.Fatal(err)
		}
		if d := row.Repo.Details; d == nil || len(d.Absent) != 1 || d.Newest < row.Repo.OpenIssues || len(d.Labels) == 0 || !d.SubIssues {
			t.Fatalf("%+v %+v", d, row.Repo.Problem)
		}
	}
	if n := a.hub.Stats().Requests - before; n != 2 {
		t.Errorf("%d requests", n)
	}
	again, err := a.look(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range again.snap.Repos {
		if r.Details != nil {
			t.Errorf("kept: %+v", r.Details)
		}
	}
	if !again.snap.SubIssues {
		t.Error("that GitHub knows sub-issues was not kept")
	}
}
