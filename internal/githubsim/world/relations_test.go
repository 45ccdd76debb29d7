package world_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

func TestSubIssues(t *testing.T) {
	s := set(t, "")
	parent := s.issue("parent", "")
	add := func(parent, child *world.Issue, replace bool) error {
		return s.w.Update(as(s.dan), func(tx *world.Tx) error { _, err := tx.AddSubIssue(parent, child, replace); return err })
	}
	var children []*world.Issue
	for n := range 100 {
		child := s.issue(fmt.Sprint("child ", n), "")
		if err := add(parent, child, false); err != nil {
			t.Fatal(err)
		}
		children = append(children, child)
	}
	extra := s.issue("extra", "")
	s.refusedAs(add(parent, extra, false), 422, "100 sub-issues")
	s.refusedAs(add(parent, children[0], false), 422, "duplicate")
	s.refusedAs(add(extra, children[0], false), 422, "may only have one parent")
	s.refusedAs(add(children[0], parent, false), 422, "circular")
	s.refusedAs(add(extra, extra, false), 422, "circular")
	if err := add(extra, children[0], true); err != nil {
		t.Fatal(err)
	}
	s.wantKinds(children[0], "parent_issue_added", "parent_issue_removed", "parent_issue_added")
	if got := s.now(parent); len(got.SubIssues) != 99 || slices.Contains(got.SubIssues, children[0].ID) {
		t.Error("the old parent keeps the child")
	}
	s.must(as(s.dan), func(tx *world.Tx) error {
		if _, err := tx.ReprioritizeSubIssue(parent, children[5], children[1], nil); err != nil {
			return err
		}
		_, err := tx.ReprioritizeSubIssue(parent, children[9], nil, children[1])
		return err
	})
	if got, want := s.now(parent).SubIssues[:4], []int64{children[9].ID, children[1].ID, children[5].ID, children[2].ID}; !slices.Equal(got, want) {
		t.Errorf("order %v, want %v", got, want)
	}
	at := s.issue("level 0", "")
	for range 8 {
		next := s.issue("deeper", "")
		if err := add(at, next, false); err != nil {
			t.Fatal(err)
		}
		at = next
	}
	s.refusedAs(add(at, extra, false), 422, "8 levels")
}

func TestDependencies(t *testing.T) {
	s := set(t, "")
	a, b, c := s.issue("a", ""), s.issue("b", ""), s.issue("c", "")
	block := func(issue, by *world.Issue) error {
		return s.w.Update(as(s.dan), func(tx *world.Tx) error { _, err := tx.AddBlockedBy(issue, by); return err })
	}
	for _, err := range []error{block(b, a), block(c, b)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	s.refusedAs(block(b, a), 422, "already been taken")
	s.refusedAs(block(a, c), 422, "circular")
	s.refusedAs(block(a, a), 422, "circular")
	s.view(func(tx *world.Tx) {
		if list := tx.Blocking(a.ID); len(list) != 1 || list[0].ID != b.ID {
			t.Errorf("blocking: %v", list)
		}
	})
	s.must(as(s.dan), func(tx *world.Tx) error { _, err := tx.RemoveBlockedBy(b, a); return err })
	s.wantKinds(b, "blocked_by_added", "blocking_added", "blocked_by_removed")
	s.wantKinds(a, "blocking_added", "blocking_removed")
}

func TestDeletedAndTransferred(t *testing.T) {
	s := set(t, "")
	parent, gone, moved := s.issue("parent", ""), s.issue("gone", ""), s.issue("moved", "text")
	s.must(as(s.ann), func(tx *world.Tx) error {
		for _, child := range []*world.Issue{gone, moved} {
			if _, err := tx.AddSubIssue(parent, child, false); err != nil {
				return err
			}
		}
		if _, err := tx.AddLabels(moved, []string{"bug"}); err != nil {
			return err
		}
		if _, err := tx.CreateComment(moved, "stays with it"); err != nil {
			return err
		}
		if err := tx.DeleteIssue(gone); err != nil {
			return err
		}
		to, err := tx.CreateRepo(world.NewRepo{Owner: tx.UserByLogin("acme"), Name: "elsewhere"})
		if err != nil {
			return err
		}
		moved, err = tx.TransferIssue(moved, to, false)
		return err
	})
	s.view(func(tx *world.Tx) {
		if tx.Issue(s.widgets.ID, gone.Number) != nil || !tx.Tombstone(s.widgets.ID, gone.Number).Deleted {
			t.Error("deleted issue")
		}
		if tx.Issue(s.widgets.ID, 3) != nil || tx.Tombstone(s.widgets.ID, 3).MovedTo != moved.ID {
			t.Error("transferred issue")
		}
		if moved.Number != 1 || moved.Body != "text" || len(tx.Comments(moved.ID)) != 1 || len(tx.LabelsOf(moved)) != 1 || moved.ParentID != parent.ID {
			t.Errorf("what it became: %+v", moved)
		}
		if got := tx.IssueByID(parent.ID).SubIssues; !slices.Equal(got, []int64{moved.ID}) {
			t.Errorf("parent's sub-issues: %v", got)
		}
	})
}

// TestAConcealedMemberLooksLikeAnybody: and has the same access.
func TestAConcealedMemberLooksLikeAnybody(t *testing.T) {
	s := set(t, "")
	s.must(as(s.bob), func(tx *world.Tx) error {
		org := tx.UserByLogin("acme")
		before := tx.Association(s.bob, s.widgets)
		if _, err := tx.Conceal(org, s.ann); err == nil {
			t.Error("somebody else's membership is concealed")
		}
		if _, err := tx.Conceal(org, s.bob); err != nil {
			return err
		}
		if after := tx.Association(s.bob, s.widgets); before != "MEMBER" || after != "NONE" || tx.Permission(s.bob, s.widgets) != world.Write {
			t.Errorf("%s, then %s, with %s", before, after, tx.Permission(s.bob, s.widgets))
		}
		return nil
	})
	s.refusedAs(s.w.Update(as(s.cat), func(tx *world.Tx) error { _, err := tx.Conceal(tx.UserByLogin("acme"), s.cat); return err }), 404, "")
}
