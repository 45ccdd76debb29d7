package world_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

func TestPermissions(t *testing.T) {
	s := set(t, "")
	issue := s.issue("bob's", "")
	locked := s.issue("locked", "")
	own := map[int64]*world.Issue{}
	s.must(as(s.cat), func(tx *world.Tx) (err error) {
		own[s.cat.ID], err = tx.CreateIssue(s.widgets, world.NewIssue{Title: "cat's"})
		return err
	})
	s.must(as(s.bob), func(tx *world.Tx) error { _, err := tx.LockIssue(locked, "spam"); return err })
	title, closed := "new title", "closed"
	actions := map[string]func(tx *world.Tx) error{
		"create issue":   func(tx *world.Tx) error { _, err := tx.CreateIssue(s.widgets, world.NewIssue{Title: "t"}); return err },
		"comment":        func(tx *world.Tx) error { _, err := tx.CreateComment(issue, "hi"); return err },
		"comment locked": func(tx *world.Tx) error { _, err := tx.CreateComment(locked, "hi"); return err },
		"close":          func(tx *world.Tx) error { _, err := tx.EditIssue(issue, world.IssueEdit{State: &closed}); return err },
		"retitle":        func(tx *world.Tx) error { _, err := tx.EditIssue(issue, world.IssueEdit{Title: &title}); return err },
		"label":          func(tx *world.Tx) error { _, err := tx.AddLabels(issue, []string{"bug"}); return err },
		"make label":     func(tx *world.Tx) error { _, err := tx.AddLabels(issue, []string{"unheard of"}); return err },
		"create ref": func(tx *world.Tx) error {
			_, err := tx.CreateRef(s.widgets, "refs/heads/x", s.tipIn(tx, "main"))
			return err
		},
		"delete issue": func(tx *world.Tx) error { return tx.DeleteIssue(issue) },
		"rename repo":  func(tx *world.Tx) error { _, err := tx.RenameRepo(s.widgets, "gadgets"); return err },
		"archived":     func(tx *world.Tx) error { _, err := tx.CreateIssue(s.attic, world.NewIssue{Title: "t"}); return err },
		"private":      func(tx *world.Tx) error { _, err := tx.CreateIssue(s.vault, world.NewIssue{Title: "t"}); return err },
	}
	who := []world.Actor{{}, as(s.cat), as(s.eve), as(s.dan), as(s.bob), as(s.ann)}
	// In order: anonymous, stranger, read, triage, member with write, owner.
	matrix := map[string][6]int{
		"create issue":   {401, 0, 0, 0, 0, 0},
		"comment":        {401, 0, 0, 0, 0, 0},
		"comment locked": {401, 403, 403, 403, 0, 0},
		"close":          {401, 403, 403, 0, 0, 0},
		"retitle":        {401, 403, 403, 403, 0, 0},
		"label":          {401, 403, 403, 0, 0, 0},
		"make label":     {401, 403, 403, 403, 0, 0},
		"create ref":     {401, 403, 403, 403, 0, 0},
		"delete issue":   {401, 403, 403, 403, 403, 0},
		"rename repo":    {401, 403, 403, 403, 403, 0},
		"archived":       {401, 403, 403, 403, 403, 403},
		"private":        {401, 404, 404, 404, 0, 0},
	}
	undo := fmt.Errorf("undo")
	for name, want := range matrix {
		for i, actor := range who {
			before := s.w.Dump()
			err := s.w.Update(actor, func(tx *world.Tx) error {
				if err := actions[name](tx); err != nil {
					return err
				}
				return undo
			})
			if want[i] == 0 {
				if err != undo {
					t.Errorf("%s by %d: %v, want no error", name, i, err)
				}
			} else {
				s.refusedAs(err, want[i], "")
			}
			same(t, before, s.w.Dump())
		}
	}
	s.must(as(s.cat), func(tx *world.Tx) error {
		_, err := tx.EditIssue(own[s.cat.ID], world.IssueEdit{Title: &title, State: &closed, Labels: &[]string{"bug"}})
		return err
	})
	if i := s.now(own[s.cat.ID]); i.Title != title || !i.Closed || len(i.LabelIDs) != 0 {
		t.Errorf("an author may edit and close, labels are dropped silently: %+v", i)
	}
	s.must(as(s.cat), func(tx *world.Tx) error {
		i, err := tx.CreateIssue(s.widgets, world.NewIssue{Title: "with labels", Labels: []string{"bug"}, Assignees: []string{"bob"}})
		if err == nil && (len(i.LabelIDs) > 0 || len(i.AssigneeIDs) > 0) {
			t.Error("a stranger set labels or assignees")
		}
		return err
	})
}

func TestTokens(t *testing.T) {
	s := set(t, "")
	token := func(scopes []string, repos ...int64) (a world.Actor) {
		s.must(world.System(), func(tx *world.Tx) error {
			made, err := tx.CreateToken(world.NewToken{User: s.ann, Scopes: scopes, Repos: repos, Expires: start.Add(time.Hour)})
			if err != nil {
				return err
			}
			a, _ = tx.ActorByToken(made.Text)
			return nil
		})
		return a
	}
	create := func(a world.Actor, r *world.Repo) error {
		return s.w.Update(a, func(tx *world.Tx) error { _, err := tx.CreateIssue(r, world.NewIssue{Title: "t"}); return err })
	}
	for _, c := range []struct {
		name           string
		actor          world.Actor
		widgets, vault int
		typ            string
	}{
		{"repo", token([]string{"repo"}), 0, 0, ""},
		{"public_repo", token([]string{"public_repo"}), 0, 404, "NOT_FOUND"},
		{"none", token(nil), 404, 404, "NOT_FOUND"},
		{"fine-grained", token(nil, s.vault.ID), 404, 0, ""},
	} {
		for repo, want := range map[*world.Repo]int{s.widgets: c.widgets, s.vault: c.vault} {
			err := create(c.actor, repo)
			if want == 0 && err != nil {
				t.Errorf("%s on %s: %v", c.name, repo.Name, err)
			}
			if want != 0 {
				s.refusedAs(err, want, "Not Found")
			}
		}
	}
	if e := s.refusedAs(create(token([]string{"read:org"}), s.widgets), 404, "Not Found"); e.Type != "INSUFFICIENT_SCOPES" {
		t.Errorf("GraphQL type %s", e.Type)
	}
	a := token([]string{"repo"})
	s.clock.Advance(2 * time.Hour)
	s.view(func(tx *world.Tx) {
		if _, ok := tx.ActorByToken(a.Token.Text); ok {
			t.Error("an expired token still acts")
		}
	})
}

func TestIssueRefusals(t *testing.T) {
	s := set(t, "")
	long := strings.Repeat("ä", 65537)
	s.issue("limit", strings.Repeat("ä", 65536))
	for _, c := range []struct {
		n     world.NewIssue
		want  string
		field world.FieldError
	}{
		{world.NewIssue{Title: "  "}, "Validation Failed", world.FieldError{Resource: "Issue", Field: "title", Code: "missing_field"}},
		{world.NewIssue{Title: strings.Repeat("x", 257)}, "title is too long (maximum is 256 characters)", world.FieldError{Resource: "Issue", Field: "title", Code: "custom", Message: "title is too long (maximum is 256 characters)"}},
		{world.NewIssue{Title: "t", Body: long}, "body is too long (maximum is 65536 characters)", world.FieldError{Resource: "Issue", Field: "body", Code: "custom", Message: "body is too long (maximum is 65536 characters)"}},
		{world.NewIssue{Title: "t", Assignees: []string{"cat"}}, "Issue assignees invalid", world.FieldError{Resource: "Issue", Field: "assignees", Code: "invalid", Value: "cat"}},
		{world.NewIssue{Title: "t", Labels: []string{strings.Repeat("x", 51)}}, "name is too long", world.FieldError{Resource: "Label", Field: "name", Code: "custom", Message: "name is too long (maximum is 50 characters)"}},
	} {
		err := s.w.Update(as(s.bob), func(tx *world.Tx) error { _, err := tx.CreateIssue(s.widgets, c.n); return err })
		if e := s.refusedAs(err, 422, c.want); !slices.Contains(e.Fields, c.field) || e.Message != "Validation Failed" {
			t.Errorf("fields %+v, want %+v", e.Fields, c.field)
		}
	}
	i := s.issue("t", "")
	for want, body := range map[string]string{"Body cannot be blank": " \n", "Body is too long (maximum is 65536 characters)": long} {
		s.refusedAs(s.w.Update(as(s.bob), func(tx *world.Tx) error { _, err := tx.CreateComment(i, body); return err }), 422, want)
	}
	s.must(as(s.ann), func(tx *world.Tx) error {
		off := true
		_, err := tx.EditRepo(s.widgets, world.RepoEdit{IssuesDisabled: &off})
		return err
	})
	s.refusedAs(s.w.Update(as(s.bob), func(tx *world.Tx) error {
		_, err := tx.CreateIssue(s.widgets, world.NewIssue{Title: "t"})
		return err
	}), 410, "disabled")
}

func TestEditsAreKept(t *testing.T) {
	s := set(t, "")
	i := s.issue("t", "one")
	s.clock.Advance(time.Hour)
	edit := func(who *world.User, body string) {
		s.must(as(who), func(tx *world.Tx) error { _, err := tx.EditIssue(i, world.IssueEdit{Body: &body}); return err })
	}
	edit(s.bob, "two")
	s.clock.Advance(time.Hour)
	edit(s.ann, "three")
	edit(s.ann, "three")
	got := s.now(i)
	if got.Body != "three" || got.EditorID != s.ann.ID || !got.LastEditedAt.Equal(start.Add(2*time.Hour)) || !got.UpdatedAt.Equal(start.Add(2*time.Hour)) {
		t.Errorf("after edits: %+v", got)
	}
	s.view(func(tx *world.Tx) {
		var list []string
		for _, e := range tx.Edits(i.ID) {
			list = append(list, fmt.Sprintf("%s %d %s", e.Diff, e.EditorID, e.EditedAt.Sub(start)))
		}
		want := []string{fmt.Sprintf("one %d 0s", s.bob.ID), fmt.Sprintf("two %d 1h0m0s", s.bob.ID), fmt.Sprintf("three %d 2h0m0s", s.ann.ID)}
		if !slices.Equal(list, want) {
			t.Errorf("edits %v, want %v", list, want)
		}
	})
	s.wantKinds(i)
}

func TestTimeline(t *testing.T) {
	s := set(t, "")
	i := s.issue("old", "")
	var comment *world.Comment
	steps := []func(tx *world.Tx) error{
		func(tx *world.Tx) error { _, err := tx.AddLabels(i, []string{"bug", "jules"}); return err },
		func(tx *world.Tx) error { _, err := tx.AddLabels(i, []string{"BUG"}); return err },
		func(tx *world.Tx) error {
			_, err := tx.EditLabel(tx.LabelByName(s.widgets, "jules"), world.LabelEdit{Name: str("renamed")})
			return err
		},
		func(tx *world.Tx) error { _, err := tx.RemoveLabel(i, "bug"); return err },
		func(tx *world.Tx) error { _, err := tx.AddAssignees(i, []string{"bob", "nobody", "cat"}); return err },
		func(tx *world.Tx) error {
			_, err := tx.EditIssue(i, world.IssueEdit{Title: str("new"), State: str("closed"), Reason: str("not_planned")})
			return err
		},
		func(tx *world.Tx) error { _, err := tx.EditIssue(i, world.IssueEdit{State: str("open")}); return err },
		func(tx *world.Tx) (err error) { comment, err = tx.CreateComment(i, "hi"); return err },
		func(tx *world.Tx) error { _, err := tx.LockIssue(i, ""); return err },
		func(tx *world.Tx) error { _, err := tx.UnlockIssue(i); return err },
		func(tx *world.Tx) error { return tx.DeleteLabel(tx.LabelByName(s.widgets, "renamed")) },
	}
	for _, step := range steps {
		s.clock.Advance(time.Minute)
		s.must(as(s.bob), step)
	}
	s.wantKinds(i, "labeled", "labeled", "unlabeled", "assigned", "renamed", "closed", "reopened", "commented", "locked", "unlocked")
	s.view(func(tx *world.Tx) {
		events := tx.Events(i.ID)
		if e := events[1]; e.Label != "jules" || e.Color != "ededed" || e.ActorID != s.bob.ID || !e.CreatedAt.Equal(start.Add(time.Minute)) {
			t.Errorf("labeled event after the label was renamed and deleted: %+v", e)
		}
		if e := events[4]; e.From != "old" || e.To != "new" {
			t.Errorf("renamed: %+v", e)
		}
		if e := events[5]; e.Reason != "not_planned" {
			t.Errorf("closed: %+v", e)
		}
		if e := events[7]; e.CommentID != comment.ID {
			t.Errorf("commented: %+v", e)
		}
	})
	if got := s.now(i); len(got.LabelIDs) != 0 || got.Closed || got.Reason != "reopened" || !got.ClosedAt.IsZero() || len(got.AssigneeIDs) != 1 {
		t.Errorf("in the end: %+v", got)
	}
	s.refusedAs(s.w.Update(as(s.bob), func(tx *world.Tx) error { _, err := tx.RemoveLabel(i, "bug"); return err }), 404, "Label does not exist")
}

func str(s string) *string { return &s }

func TestLabelRefusals(t *testing.T) {
	s := set(t, "")
	for _, c := range []struct {
		n     world.NewLabel
		field world.FieldError
	}{
		{world.NewLabel{Name: "Bug"}, world.FieldError{Resource: "Label", Field: "name", Code: "already_exists"}},
		{world.NewLabel{Name: ""}, world.FieldError{Resource: "Label", Field: "name", Code: "missing_field"}},
		{world.NewLabel{Name: "x", Color: "#ffffff"}, world.FieldError{Resource: "Label", Field: "color", Code: "invalid"}},
	} {
		err := s.w.Update(as(s.bob), func(tx *world.Tx) error { _, err := tx.CreateLabel(s.widgets, c.n); return err })
		if e := s.refusedAs(err, 422, "Validation Failed"); !slices.Contains(e.Fields, c.field) {
			t.Errorf("%+v: %+v", c.n, e.Fields)
		}
	}
}

func TestCrossReferences(t *testing.T) {
	s := set(t, "")
	target := s.issue("target", "")
	for _, c := range []struct {
		body string
		want bool
	}{
		{"see #1", true}, {"**#1**", true}, {"acme/widgets#1", true}, {"https://github.localhost/acme/widgets/issues/1", true},
		{"[text](https://x/acme/widgets/pull/1)", true}, {"(#1)", true}, {"- [ ] #1 do it", true},
		{"`#1`", false}, {"```\n#1\n```", false}, {"    #1", false}, {"<!-- #1 -->", false}, {"abc#1", false}, {"#12", false},
		{"other/widgets#1", false}, {"#1x", false}, {"nothing", false},
	} {
		before := len(s.kinds(target))
		source := s.issue("source", c.body)
		if got := len(s.kinds(target)) > before; got != c.want {
			t.Errorf("%q refers: %v, want %v", c.body, got, c.want)
		}
		s.must(as(s.bob), func(tx *world.Tx) error { _, err := tx.CreateComment(source, "again "+c.body); return err })
		if got := len(s.kinds(target)); got > before+1 {
			t.Errorf("%q: %d events from one source", c.body, got-before)
		}
	}
}

func TestRenamedRepoRedirects(t *testing.T) {
	s := set(t, "")
	s.must(as(s.ann), func(tx *world.Tx) error { _, err := tx.RenameRepo(s.widgets, "gadgets"); return err })
	s.view(func(tx *world.Tx) {
		if r, redirected := tx.Repo("ACME", "Widgets"); r == nil || r.ID != s.widgets.ID || !redirected {
			t.Errorf("old name: %v %v", r, redirected)
		}
		if r, redirected := tx.Repo("acme", "gadgets"); r == nil || redirected {
			t.Errorf("new name: %v %v", r, redirected)
		}
	})
	s.must(as(s.ann), func(tx *world.Tx) error {
		_, err := tx.CreateRepo(world.NewRepo{Owner: tx.UserByLogin("acme"), Name: "widgets"})
		return err
	})
	s.view(func(tx *world.Tx) {
		if r, redirected := tx.Repo("acme", "widgets"); r.ID == s.widgets.ID || redirected {
			t.Error("a new repository must hide the redirect of an old name")
		}
	})
}
