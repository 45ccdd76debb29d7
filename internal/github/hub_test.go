package github

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/inventory"
)

func kindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return ""
}

func TestWritesAndLooks(t *testing.T) {
	l := acme(t)
	c := l.client("ada")
	ctx := t.Context()
	two := inventory.Ref{Repo: mainRepo, Number: 2}

	head, ok, err := c.Head(ctx, mainRepo, "dev")
	if err != nil || !ok || len(head) != 40 {
		t.Fatal(head, ok, err)
	}
	if err := c.CreateBranch(ctx, mainRepo, "epic/2-new", head); err != nil {
		t.Error(err)
	}
	if got, ok, err := c.Head(ctx, mainRepo, "epic/2-new"); err != nil || !ok || got != head {
		t.Error(got, ok, err)
	}
	if _, ok, err := c.Head(ctx, mainRepo, "epic/3-none"); err != nil || ok {
		t.Error(ok, err)
	}
	if err := c.CreateBranch(ctx, mainRepo, "epic/2-new", head); kindOf(err) != KindExists {
		t.Errorf("again: %v", err)
	}
	if err := c.CreateBranch(ctx, mainRepo, "epic/4-bad", strings.Repeat("a", 40)); kindOf(err) != KindInvalid {
		t.Errorf("no such commit: %v", err)
	}

	if err := post(c, ctx, two, "before"); err != nil {
		t.Fatal(err)
	}
	base, err := c.Comments(ctx, two, 0)
	if err != nil || len(base) != 1 || !base[0].Mine {
		t.Fatal(base, err)
	}
	l.as("mallory", func(tx *world.Tx) { must(tx.CreateComment(l.issue(tx, "main", 2), "evil")) })
	if err := post(c, ctx, two, "after"); err != nil {
		t.Fatal(err)
	}
	if got, err := c.Comments(ctx, two, base[0].ID); err != nil || len(got) != 2 || got[0].Mine || !got[1].Mine || got[1].CreatedAt.IsZero() {
		t.Error(got, err)
	}

	if err := c.AddLabel(ctx, two, "jules"); err != nil {
		t.Error(err)
	}
	if err := c.AddLabel(ctx, two, "jules"); err != nil {
		t.Error(err)
	}
	if err := c.RemoveLabel(ctx, two, "jules"); err != nil {
		t.Error(err)
	}
	if err := c.RemoveLabel(ctx, two, "jules"); kindOf(err) != KindNotFound {
		t.Errorf("not on any more: %v", err)
	}
	i, err := c.Look(ctx, two)
	if err != nil || i.ID == "" || i.Closed || i.HasLabel("jules") || len(i.LabelEvents) != 2 || i.Body != "" || i.Association != "MEMBER" && i.Association != "OWNER" {
		t.Errorf("%+v %v", i, err)
	}
	l.as("ada", func(tx *world.Tx) {
		r, _ := tx.Repo("acme", "main")
		must(tx.CreateLabel(r, world.NewLabel{Name: "odd/name?", Color: "B60205"}))
	})
	if err := c.AddLabel(ctx, two, "odd/name?"); err != nil {
		t.Error(err)
	}
	if err := c.RemoveLabel(ctx, two, "odd/name?"); err != nil {
		t.Error(err)
	}
	if _, err := c.Look(ctx, inventory.Ref{Repo: mainRepo, Number: 999}); kindOf(err) != KindNotFound {
		t.Error(err)
	}
	if _, err := c.Look(ctx, inventory.Ref{Repo: inventory.RepoRef{Owner: "acme", Name: "gone"}, Number: 1}); kindOf(err) != KindNotFound {
		t.Error(err)
	}
	var want Stats
	for _, r := range l.since(0) {
		want.Requests++
		want.Points += r.Points
		if r.Kind != "" {
			want.GraphQL++
		} else if r.Method != "GET" {
			want.Writes++
		}
	}
	if st := c.Stats(); st.Requests != want.Requests || st.Points != want.Points || st.GraphQL != want.GraphQL || st.Writes != want.Writes {
		t.Errorf("counted %+v, the server %+v", st, want)
	}
	l.nothingSecret()
}

func TestRefusalsSayWhatToDo(t *testing.T) {
	l := acme(t)
	two := inventory.Ref{Repo: mainRepo, Number: 2}
	l.as("ada", func(tx *world.Tx) { must(tx.LockIssue(l.issue(tx, "main", 3), "")) })
	if err := l.sim.World().Update(world.System(), func(tx *world.Tx) error {
		_, err := tx.CreateToken(world.NewToken{Text: "ghp_noscopes", User: tx.UserByLogin("ada"), Scopes: []string{"read:org"}})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	with := func(text string) *Client {
		c := l.client("ada")
		c.token = NewToken(text, "GITHUB_TOKEN")
		c.wire.token = c.token
		return c
	}
	for name, c := range map[string]struct {
		err  error
		want []Kind
	}{
		"expired token":      {post(with("ghp_wrongtoken"), t.Context(), two, "x"), []Kind{KindBadToken}},
		"expired, reading":   {func() error { _, err := with("ghp_wrongtoken").Look(t.Context(), two); return err }(), []Kind{KindBadToken}},
		"no scope":           {post(with("ghp_noscopes"), t.Context(), two, "x"), []Kind{KindScope, KindForbidden, KindNotFound}},
		"no write access":    {l.client("mallory").AddLabel(t.Context(), two, "x"), []Kind{KindForbidden, KindNotFound}},
		"locked":             {post(l.client("mallory"), t.Context(), inventory.Ref{Repo: mainRepo, Number: 3}, "x"), []Kind{KindForbidden}},
		"too long":           {post(l.client("ada"), t.Context(), two, strings.Repeat("x", 70_000)), []Kind{KindInvalid}},
		"no such issue":      {post(l.client("ada"), t.Context(), inventory.Ref{Repo: mainRepo, Number: 999}, "x"), []Kind{KindNotFound}},
		"no such repository": {l.client("ada").CreateBranch(t.Context(), inventory.RepoRef{Owner: "acme", Name: "gone"}, "epic/1", strings.Repeat("a", 40)), []Kind{KindNotFound}},
	} {
		var e *Error
		if !errors.As(c.err, &e) {
			t.Errorf("%s: %v", name, c.err)
			continue
		}
		ok := false
		for _, k := range c.want {
			ok = ok || e.Kind == k
		}
		if !ok || e.InDoubt || e.Doing == "" || e.Message == "" || strings.Contains(e.Error(), "ghp_") {
			t.Errorf("%s: %s in doubt %v: %v", name, e.Kind, e.InDoubt, e)
		}
		t.Logf("%s: %v", name, e)
	}
}

func TestWhatADoctorAsks(t *testing.T) {
	l := acme(t)
	c := l.client("ada")
	l.clock.Advance(0)
	a, err := c.Account(t.Context())
	if err != nil || a.Login != "ada" || !a.ScopesKnown || len(a.Scopes) == 0 || len(a.Limits) != 3 || a.Limits[0].Limit != 5000 || a.ClockAhead > time.Second || a.ClockAhead < -time.Second {
		t.Errorf("%+v %v", a, err)
	}
	gone := inventory.RepoRef{Owner: "acme", Name: "gone"}
	mark := l.sim.Requests().Last()
	f, err := c.Fitness(t.Context(), []inventory.RepoRef{mainRepo, gone, {Owner: "linus", Name: "lib"}}, "jules")
	if err != nil || len(l.since(mark)) != 1 {
		t.Fatal(err, len(l.since(mark)))
	}
	if m := f[0]; m.Problem != nil || !m.AgentLabel || !m.CI() || m.Workflows != 1 || m.Owners != "CODEOWNERS" || m.Permission != "ADMIN" || !m.Ref.Same(mainRepo) {
		t.Errorf("%+v", m)
	}
	if f[1].Problem == nil || f[1].Problem.Kind != "not-found" || !f[1].Ref.Same(gone) {
		t.Errorf("%+v", f[1])
	}
	if m := f[2]; m.Problem != nil || m.AgentLabel || m.CI() || m.Owners != "" || m.Permission != "READ" {
		t.Errorf("%+v", m)
	}
	l.as("ada", func(tx *world.Tx) {
		for k := range 120 {
			must(tx.CreateRepo(world.NewRepo{Owner: tx.UserByLogin("acme"), Name: fmt.Sprintf("z%03d", k), NoLabels: true}))
		}
		r, _ := tx.Repo("acme", "other")
		must(tx.ArchiveRepo(r, true))
	})
	got, err := c.OrgRepos(t.Context(), "acme")
	if err != nil || len(got) != 121 || !got[0].Same(mainRepo) {
		t.Errorf("%d repositories: %v", len(got), err)
	}
	if _, err := c.OrgRepos(t.Context(), "nobody"); kindOf(err) != KindNotFound {
		t.Error(err)
	}
}

// Where GraphQL does not know dependencies, they are read by REST, and not at
// all where the survey brought them along.
func TestDependenciesAreRead(t *testing.T) {
	l := acme(t)
	l.as("ada", func(tx *world.Tx) {
		must(tx.AddBlockedBy(l.issue(tx, "main", 2), l.issue(tx, "main", 8)))
		must(tx.AddBlockedBy(l.issue(tx, "main", 2), l.issue(tx, "other", 1)))
		closeIssue(tx, l.issue(tx, "main", 8))
	})
	c := l.client("ada")
	s := l.survey(c)
	two := inventory.Ref{Repo: mainRepo, Number: 2}
	if err := c.Dependencies(t.Context(), &s, []inventory.Ref{two}); err != nil {
		t.Fatal(err)
	}
	i, _ := s.Find(two)
	want := map[string]bool{"acme/main#8": true, "acme/other#1": false}
	if len(i.BlockedBy) != 2 {
		t.Fatalf("%+v", i.BlockedBy)
	}
	for _, d := range i.BlockedBy {
		if closed, ok := want[d.Ref.String()]; !ok || closed != d.Closed {
			t.Errorf("%+v", d)
		}
	}
	again, err := c.Recheck(t.Context(), inventory.Question{Child: two, Apart: !s.Dependencies})
	if err != nil || !slices.Equal(again.Issue.BlockedBy, i.BlockedBy) {
		t.Errorf("looked at again: %+v %v", again.Issue.BlockedBy, err)
	}
}

// What the trust in an issue rests on is read again as it is now.
func TestRecheckSeesWhoMayWrite(t *testing.T) {
	l := acme(t)
	l.label("wendy", 5, "accepted")
	c := l.client("ada")
	five, trust := inventory.Ref{Repo: mainRepo, Number: 5}, inventory.Trust{}
	trusted := func(acceptor string) bool {
		t.Helper()
		now, err := c.Recheck(t.Context(), inventory.Question{Child: five, Acceptor: acceptor, Apart: true})
		if err != nil {
			t.Fatal(err)
		}
		ok, _ := trust.Issue(now.Issue)
		return ok
	}
	if !trusted("wendy") || trusted("") || trusted("tom") {
		t.Error("accepted by wendy, who may write, and nobody else")
	}
	l.as("mallory", func(tx *world.Tx) {
		title := "accepted, or so it seems"
		must(tx.EditIssue(l.issue(tx, "main", 5), world.IssueEdit{Title: &title}))
	})
	if trusted("wendy") {
		t.Error("edited after it was accepted")
	}
	l.as("wendy", func(tx *world.Tx) {
		must(tx.RemoveLabel(l.issue(tx, "main", 5), "accepted"))
		must(tx.AddLabels(l.issue(tx, "main", 5), []string{"accepted"}))
	})
	if !trusted("wendy") {
		t.Error("accepted again")
	}
	l.as("ada", func(tx *world.Tx) {
		r, _ := tx.Repo("acme", "main")
		must(tx.RemoveCollaborator(r, tx.UserByLogin("wendy")))
	})
	if trusted("wendy") {
		t.Error("wendy may not write any more")
	}
	l.nothingSecret()
}

func asError(err error, e **Error) bool { return errors.As(err, e) }
