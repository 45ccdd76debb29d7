package github

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/inventory"
)

func TestRecord(t *testing.T) {
	l := pulled(t)
	c := l.client("ada")
	two := inventory.Ref{Repo: mainRepo, Number: 2}
	check := func(tx *world.Tx, sha, conclusion string, minutes int) time.Time {
		done := l.clock.Now().Add(time.Duration(minutes) * time.Minute)
		must(tx.CreateCheck(must2(tx.Repo("acme", "main")), world.NewCheck{SHA: sha, Name: fmt.Sprintf("secret %d", minutes), State: "COMPLETED", Conclusion: conclusion,
			StartedAt: l.clock.Now(), CompletedAt: done}))
		return done
	}
	var heads []string
	var passed time.Time
	l.as("ada", func(tx *world.Tx) {
		r := must2(tx.Repo("acme", "main"))
		heads = append(heads, l.issue(tx, "main", 9).Pull.HeadSHA)
		check(tx, heads[0], "FAILURE", 1)
		check(tx, heads[0], "SUCCESS", 2)
		must(tx.PutFile(r, world.NewFile{Path: "f.txt", Content: []byte("f\n"), Message: "secret", Branch: "work"}))
		heads = append(heads, l.issue(tx, "main", 9).Pull.HeadSHA)
		check(tx, heads[1], "SUCCESS", 3)
		passed = check(tx, heads[1], "SUCCESS", 5)
		must(tx.AddLabels(l.issue(tx, "main", 2), []string{"security"}))
		must(tx.AddLabels(l.issue(tx, "main", 9), []string{"jules"}))
	})
	l.as("wendy", func(tx *world.Tx) {
		th := must(tx.CreateThread(l.issue(tx, "main", 9), world.NewThread{Path: "b.txt", Line: 1, Body: "secret"}))
		must(tx.ResolveThread(th, true))
	})
	l.as("ada", func(tx *world.Tx) { // the second head is taken out by force
		r := must2(tx.Repo("acme", "main"))
		must(tx.UpdateRef(r, "refs/heads/work", heads[0], true))
		must(tx.PutFile(must2(tx.Repo("acme", "main")), world.NewFile{Path: "g.txt", Content: []byte("g\n"), Message: "secret", Branch: "work"}))
		heads = append(heads, l.issue(tx, "main", 9).Pull.HeadSHA)
		must(tx.CreateCheck(r, world.NewCheck{SHA: heads[2], Name: "secret", State: "IN_PROGRESS", StartedAt: l.clock.Now()}))
	})
	sha, err := c.MergePull(t.Context(), nine, "squash", heads[2])
	if err != nil {
		t.Fatal(err)
	}
	mark := l.sim.Requests().Last()
	f, err := c.Record(t.Context(), two, nine)
	if err != nil {
		t.Fatal(err)
	}
	if got := l.since(mark); len(got) != 1 || got[0].Points != 1 {
		t.Errorf("%d requests, %+v", len(got), got)
	}
	if f.Child != two || f.ChildAt.IsZero() || !slices.Equal(f.ChildLabels, []string{"security"}) || f.Pull != nine || f.State != inventory.PullMerged ||
		f.Author != "ada" || f.AuthorKind != "User" || !slices.Equal(f.Labels, []string{"jules"}) || f.OpenedAt.IsZero() || !f.EndedAt.After(f.OpenedAt) || f.MergeSHA != sha {
		t.Errorf("%+v", f)
	}
	if len(f.Commits) != 2 || f.Commits[0].SHA != heads[0] || f.Commits[1].SHA != heads[2] || f.Commits[0].At.IsZero() {
		t.Fatalf("%+v", f.Commits)
	}
	if k := f.Commits[0]; k.Checks.State != "FAILURE" || k.Checks.Failed != 1 || k.Checks.Passed != 1 || k.Started.IsZero() || !k.Done.After(k.Started) {
		t.Errorf("%+v", k)
	}
	if k := f.Commits[1]; k.Checks.Pending != 1 || k.Started.IsZero() || !k.Done.IsZero() {
		t.Errorf("%+v", k)
	}
	if len(f.Replaced) != 1 || f.Replaced[0].SHA != heads[1] || f.Replaced[0].Checks.Passed != 2 || !f.FirstPass().Equal(passed.Truncate(time.Second)) {
		t.Errorf("%+v, first passed %v, want %v", f.Replaced, f.FirstPass(), passed)
	}
	if len(f.Threads) != 1 || f.Threads[0].ID == "" || !f.Threads[0].Resolved || f.Threads[0].Author != "wendy" || f.Threads[0].At.IsZero() {
		t.Errorf("%+v", f.Threads)
	}

	if f, err := c.Record(t.Context(), inventory.Ref{Repo: mainRepo, Number: 999}, nine); err != nil || !f.ChildAt.IsZero() || f.State != inventory.PullMerged {
		t.Errorf("a child that is gone: %+v, %v", f, err)
	}
	_, err = c.Record(t.Context(), two, inventory.Ref{Repo: mainRepo, Number: 999})
	refused(t, "no such pull request", err, KindNotFound)
	l.nothingSecret()
}

func TestRecordReadsEveryPage(t *testing.T) {
	l := pulled(t)
	l.as("ada", func(tx *world.Tx) {
		for k := range 60 {
			must(tx.PutFile(must2(tx.Repo("acme", "main")), world.NewFile{Path: fmt.Sprintf("z%d.txt", k), Content: []byte("z\n"), Message: "secret", Branch: "work"}))
		}
		for range 155 {
			must(tx.CreateThread(l.issue(tx, "main", 9), world.NewThread{Path: "b.txt", Line: 1, Body: "secret"}))
		}
	})
	mark := l.sim.Requests().Last()
	f, err := l.client("ada").Record(t.Context(), inventory.Ref{Repo: mainRepo, Number: 2}, nine)
	if err != nil {
		t.Fatal(err)
	}
	shas, threads := map[string]bool{}, map[string]bool{}
	for _, c := range f.Commits {
		shas[c.SHA] = true
	}
	for _, th := range f.Threads {
		threads[th.ID] = true
	}
	if len(f.Commits) != 61 || len(shas) != 61 || len(f.Threads) != 155 || len(threads) != 155 || len(l.since(mark)) != 3 {
		t.Errorf("%d commits, %d of them different, %d threads, %d different, %d requests", len(f.Commits), len(shas), len(f.Threads), len(threads), len(l.since(mark)))
	}
	l.nothingSecret()
}
