package world_test

import (
	"strings"
	"testing"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

func TestNodeIDs(t *testing.T) {
	s := set(t, "")
	issue := s.issue("t", "")
	pull := s.pull("work", "main", map[string]string{"x": "1"})
	s.must(as(s.bob), func(tx *world.Tx) error {
		if _, err := tx.AddLabels(issue, []string{"bug"}); err != nil {
			return err
		}
		c, err := tx.CreateComment(issue, "hi")
		if err != nil {
			return err
		}
		if _, err := tx.EditComment(c, "ho"); err != nil {
			return err
		}
		if _, _, err := tx.AddIssueReaction(issue, "eyes"); err != nil {
			return err
		}
		if _, err := tx.CreateThread(pull, world.NewThread{Path: "x", Line: 1, Body: "b"}); err != nil {
			return err
		}
		if _, err := tx.CreateCheck(s.widgets, world.NewCheck{SHA: pull.Pull.HeadSHA, Name: "ci"}); err != nil {
			return err
		}
		_, err = tx.CreateStatus(s.widgets, pull.Pull.HeadSHA, "", "SUCCESS")
		return err
	})
	s.view(func(tx *world.Tx) {
		thread := tx.Threads(pull.ID)[0]
		_, said := tx.ThreadComment(thread.Comments[0].ID)
		comment := tx.Comments(issue.ID)[0]
		checks := tx.Checks(s.widgets.ID, pull.Pull.HeadSHA)
		entities := map[string]any{
			"U_": tx.User(s.bob.ID), "BOT_": tx.User(s.bot.ID), "O_": tx.UserByLogin("acme"), "R_": tx.RepoByID(s.widgets.ID),
			"LA_": tx.LabelByName(s.widgets, "bug"), "I_": tx.IssueByID(issue.ID), "PR_": tx.IssueByID(pull.ID), "IC_": comment,
			"LE_": tx.Events(issue.ID)[0], "UCE_": tx.Edits(comment.ID)[1], "REA_": tx.Reactions(issue.ID)[0],
			"PRR_": tx.Reviews(pull.ID)[0], "PRRT_": thread, "PRRC_": said, "CR_": checks[0], "SC_": checks[1],
		}
		for prefix, e := range entities {
			id := world.NodeID(e)
			if !strings.HasPrefix(id, prefix) || tx.Node(id) != e {
				t.Errorf("%s: %q leads to %v", prefix, id, tx.Node(id))
			}
		}
		ref := tx.Node(world.NodeID(&world.RefNode{Repo: s.widgets, Name: "refs/heads/main"})).(*world.RefNode)
		if ref.SHA != s.tipIn(tx, "main") || ref.Name != "refs/heads/main" {
			t.Errorf("ref node: %+v", ref)
		}
		for _, id := range []string{"", "I_", "I_kw", "I_" + strings.Repeat("A", 40), "XX_kgDOAA", strings.Replace(world.NodeID(issue), "I_", "PR_", 1), "REF_kgDOAAAAAA"} {
			if got := tx.Node(id); got != nil {
				t.Errorf("node %q: %v", id, got)
			}
		}
	})
}

func FuzzNode(f *testing.F) {
	s := set(f, "")
	f.Add("I_kwDOAA9CQc4AD0Jl")
	f.Add("REF_kwDOAA9CQdoAD3JlZnMvaGVhZHMvbWFpbg")
	f.Fuzz(func(t *testing.T, id string) {
		err := s.w.View(func(tx *world.Tx) error {
			if got := tx.Node(id); got != nil && world.NodeID(got) != id {
				t.Errorf("%q leads to an entity of id %q", id, world.NodeID(got))
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}
