package github

import (
	"errors"
	"strings"
	"testing"

	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/inventory"
)

// TestMaking: every write and look by which issues are made, closed, tied and
// listed, held against GitHub's description of its REST interface.
func TestMaking(t *testing.T) {
	l := acme(t)
	c := l.client("ada")
	ctx := t.Context()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(c.MakeLabel(ctx, mainRepo, "größe", "0e8a16", "about"))
	if err := c.MakeLabel(ctx, mainRepo, "GRÖSSE", "0e8a16", ""); err != nil && kindOf(err) != KindExists {
		t.Error(err)
	}
	if err := c.MakeLabel(ctx, mainRepo, "größe", "0e8a16", ""); kindOf(err) != KindExists {
		t.Errorf("made twice: %v", err)
	}
	if there, _, err := c.Label(ctx, mainRepo, "GRÖßE"); err != nil || !there {
		t.Error(there, err)
	}
	if there, _, err := c.Label(ctx, mainRepo, "none"); err != nil || there {
		t.Error(there, err)
	}

	two := inventory.Ref{Repo: mainRepo, Number: 2}
	before, err := c.Ground(ctx, mainRepo, 1<<30, []inventory.Ref{two, {Repo: mainRepo, Number: 9999}})
	check(err)
	if len(before.Made) != 0 || len(before.Sources) != 2 || before.Sources[0].Missing || !before.Sources[1].Missing || before.Newest == 0 || before.Archived || before.IssuesOff || !before.MayLabel() {
		t.Fatalf("%+v", before)
	}
	var refs []inventory.Ref
	for k := range 25 { // more than a page of the first look
		mark := inventory.NewMark(inventory.MarkFinding, strings.Repeat("x", k+1))
		n, err := c.MakeIssue(ctx, mainRepo, "made", "text\n\n"+mark.String()+"\n", []string{"größe", "new one"})
		check(err)
		refs = append(refs, inventory.Ref{Repo: mainRepo, Number: n})
	}
	g, err := c.Ground(ctx, mainRepo, before.Newest, nil)
	check(err)
	if len(g.Made) != 25 || g.Newest != refs[24].Number || g.Made[0].Ref != refs[24] || !g.Made[0].Own || g.Made[0].Body != "" || g.Made[24].Mark != inventory.NewMark(inventory.MarkFinding, "x") {
		t.Fatalf("%d made, %+v", len(g.Made), g.Made[0])
	}

	one, other := refs[0], refs[1]
	check(c.CloseIssue(ctx, one, "not_planned"))
	s, err := c.Standing(ctx, one)
	check(err)
	if !s.Closed || s.StateReason != "NOT_PLANNED" || !s.Mine || s.Turned == "" || s.TurnedAt.IsZero() || s.Database == 0 {
		t.Errorf("%+v", s)
	}
	check(c.ReopenIssue(ctx, one))
	if again, err := c.Standing(ctx, one); err != nil || again.Closed || again.Turned == s.Turned {
		t.Errorf("%+v, %v", again, err)
	}

	child, parent, err := c.Tie(ctx, one, other, true)
	check(err)
	check(c.LinkChild(ctx, other, child.Database))
	if err := c.LinkChild(ctx, refs[2], child.Database); kindOf(err) != KindInvalid || !strings.Contains(err.Error(), "one parent") {
		t.Errorf("a second parent: %v", err)
	}
	check(c.Block(ctx, one, parent.Database))
	if child, parent, err = c.Tie(ctx, one, other, true); err != nil || child.Parent != other || parent.Children != 1 || len(child.BlockedBy) != 1 || child.BlockedBy[0].Ref != other {
		t.Errorf("%+v %+v %v", child, parent, err)
	}
	check(c.UnlinkChild(ctx, other, child.Database))
	check(c.Unblock(ctx, one, parent.Database))
	if child, _, err = c.Tie(ctx, one, other, true); err != nil || !child.Parent.Repo.IsZero() || len(child.BlockedBy) != 0 {
		t.Errorf("%+v %v", child, err)
	}
	if _, _, err := c.Tie(ctx, one, inventory.Ref{Repo: mainRepo, Number: 9999}, false); kindOf(err) != KindNotFound {
		t.Error(err)
	}

	p, err := c.Page(ctx, one, false)
	check(err)
	if len(p.Edits) != 0 || !strings.HasPrefix(p.Body, "text\n") {
		t.Fatalf("%+v", p)
	}
	check(c.WritePage(ctx, one, "first\r\n"))
	l.as("ada", func(tx *world.Tx) {
		body := "second"
		must(tx.EditIssue(l.issue(tx, "main", one.Number), world.IssueEdit{Body: &body}))
	})
	p, err = c.Page(ctx, one, true)
	check(err)
	if len(p.Edits) != 2 || p.Edits[0].Text != "second" || p.Edits[1].Text != "first\r\n" || p.Edits[1].By != "ada" || p.Body != "second" {
		t.Errorf("%+v", p.Edits)
	}
	if p, err := c.Page(ctx, one, false); err != nil || p.Edits[0].Text != "" || p.Edits[0].ID == "" {
		t.Errorf("%+v %v", p, err)
	}
	if _, err := c.Standing(ctx, inventory.Ref{Repo: inventory.RepoRef{Owner: "acme", Name: "none"}, Number: 1}); !errors.Is(err, &Error{Kind: KindNotFound}) {
		t.Error(err)
	}
	l.nothingSecret()
}
