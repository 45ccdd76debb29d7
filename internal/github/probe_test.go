package github

import (
	"fmt"
	"testing"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/inventory"
)

func (l *lab) survey(c *Client) inventory.Snapshot {
	l.Helper()
	s, err := c.Survey(l.Context(), []inventory.RepoRef{mainRepo, otherRepo}, SurveyOptions{Since: l.clock.Now().Add(-8 * time.Hour)})
	if err != nil {
		l.Fatal(err)
	}
	for _, r := range s.Repos {
		if r.Problem != nil && r.Problem.Kind != "moved" {
			l.Fatalf("%s: %+v", r.Ref, *r.Problem)
		}
	}
	l.clock.Advance(time.Minute)
	return s
}

func TestProbeSeesWhatDecisionsRead(t *testing.T) {
	l := acme(t)
	l.as("ada", func(tx *world.Tx) { closeIssue(tx, l.issue(tx, "main", 3)) })
	var thread *world.Thread
	var check *world.Check
	l.as("ada", func(tx *world.Tx) {
		p := l.issue(tx, "main", 9)
		r, _ := tx.Repo("acme", "main")
		thread = must(tx.CreateThread(p, world.NewThread{Path: "b.txt", Line: 1, Body: "x"}))
		check = must(tx.CreateCheck(r, world.NewCheck{SHA: p.Pull.HeadSHA, Name: "ci", State: "IN_PROGRESS"}))
	})
	c := l.client("ada")
	s := l.survey(c)
	quiet := func(what string) {
		t.Helper()
		mark := l.sim.Requests().Last()
		change, err := c.Probe(t.Context(), &s)
		if err != nil || change.Any() {
			t.Errorf("%s: %+v %v", what, change, err)
		}
		if n := len(l.since(mark)); n != 1 {
			t.Errorf("%s: %d requests", what, n)
		}
	}
	quiet("nothing happened")
	fresh := l.client("ada") // another process, which has not seen GitHub's clock yet
	if change, err := fresh.Probe(t.Context(), &s); err != nil || change.Any() {
		t.Errorf("from a new process: %+v %v", change, err)
	}
	text := "closed"
	for _, change := range []struct {
		what string
		repo string
		do   func(tx *world.Tx)
	}{
		{"an issue is labelled", "main", func(tx *world.Tx) { must(tx.AddLabels(l.issue(tx, "main", 2), []string{"jules"})) }},
		{"an issue is closed", "main", func(tx *world.Tx) { must(tx.EditIssue(l.issue(tx, "main", 4), world.IssueEdit{State: &text})) }},
		{"a closed child is labelled", "main", func(tx *world.Tx) { must(tx.AddLabels(l.issue(tx, "main", 3), []string{"jules"})) }},
		{"a closed issue nobody knew is labelled", "main", func(tx *world.Tx) { must(tx.AddLabels(l.issue(tx, "main", 4), []string{"jules"})) }},
		{"an issue is opened", "other", func(tx *world.Tx) {
			r, _ := tx.Repo("acme", "other")
			must(tx.CreateIssue(r, world.NewIssue{Title: "new"}))
		}},
		{"a check ends", "main", func(tx *world.Tx) {
			done, fine := "COMPLETED", "SUCCESS"
			must(tx.UpdateCheck(check, world.CheckEdit{State: &done, Conclusion: &fine}))
		}},
		{"a thread is resolved", "main", func(tx *world.Tx) { must(tx.ResolveThread(thread, true)) }},
		{"a thread is opened", "main", func(tx *world.Tx) {
			must(tx.CreateThread(l.issue(tx, "main", 9), world.NewThread{Path: "b.txt", Line: 1, Body: "x"}))
		}},
		{"a branch is made", "other", func(tx *world.Tx) {
			r, _ := tx.Repo("acme", "other")
			head, _ := tx.Resolve(r, "dev")
			must(tx.CreateRef(r, "refs/heads/epic/5-y", head))
		}},
		{"the default branch moves", "other", func(tx *world.Tx) {
			r, _ := tx.Repo("acme", "other")
			must(tx.PutFile(r, world.NewFile{Path: "c.txt", Content: []byte("c"), Message: "c", Branch: "dev"}))
		}},
		{"the pull request's base changes", "main", func(tx *world.Tx) { must(tx.EditPullBase(l.issue(tx, "main", 9), "dev")) }},
		{"it becomes a draft", "main", func(tx *world.Tx) { must(tx.SetDraft(l.issue(tx, "main", 9), true)) }},
		{"wendy's issue is opened", "main", func(tx *world.Tx) {
			tx.As(world.Actor{User: tx.UserByLogin("wendy")})
			r, _ := tx.Repo("acme", "main")
			must(tx.CreateIssue(r, world.NewIssue{Title: "hers"}))
		}},
		{"who accepted an issue", "main", func(tx *world.Tx) {
			tx.As(world.Actor{User: tx.UserByLogin("wendy")})
			must(tx.AddLabels(l.issue(tx, "main", 5), []string{"accepted"}))
		}},
		{"who wrote one, and accepted another, may write no more", "main", func(tx *world.Tx) {
			r, _ := tx.Repo("acme", "main")
			must(tx.RemoveCollaborator(r, tx.UserByLogin("wendy")))
		}},
		{"a repository is renamed", "other", func(tx *world.Tx) {
			r, _ := tx.Repo("acme", "other")
			must(tx.RenameRepo(r, "another"))
		}},
		{"a repository is archived", "other", func(tx *world.Tx) {
			r, _ := tx.Repo("acme", "other")
			must(tx.ArchiveRepo(r, true))
		}},
	} {
		l.as("ada", change.do)
		got, err := c.Probe(t.Context(), &s)
		if err != nil || len(got.Repos) != 1 || got.Repos[0].Name != change.repo {
			t.Errorf("%s: %+v %v", change.what, got, err)
		}
		s = l.survey(c)
		quiet("after: " + change.what)
	}
	if got, err := l.client("wendy").Probe(t.Context(), &s); err != nil || !got.Any() {
		t.Errorf("another account: %+v %v", got, err)
	}
	l.as("linus", func(tx *world.Tx) {
		r, _ := tx.Repo("linus", "lib")
		closeIssue(tx, tx.Issue(r.ID, 1))
	})
	if got, err := c.Probe(t.Context(), &s); err != nil || !got.Any() {
		t.Errorf("a child outside the fleet is closed: %+v %v", got, err)
	}
	l.nothingSecret()
}

// A change in the very second of the reading bears the same time as what was
// read: it must not be taken for old.
func TestProbeDoubtsTheSecondOfTheReading(t *testing.T) {
	l := acme(t)
	c := l.client("ada")
	l.as("ada", func(tx *world.Tx) { must(tx.AddLabels(l.issue(tx, "main", 2), []string{"one"})) })
	l.clock.Set(l.clock.Now().Add(-time.Minute)) // back into the second of the labelling
	s, err := c.Survey(t.Context(), []inventory.RepoRef{mainRepo}, SurveyOptions{Since: l.clock.Now().Add(-8 * time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	err = l.sim.World().Update(world.System(), func(tx *world.Tx) error {
		tx.As(world.Actor{User: tx.UserByLogin("ada")})
		_, err := tx.AddLabels(l.issue(tx, "main", 2), []string{"two"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	l.clock.Advance(time.Hour)
	if change, err := c.Probe(t.Context(), &s); err != nil || !change.Any() {
		t.Errorf("%+v %v", change, err)
	}
}

func TestPagesOverflow(t *testing.T) {
	l := acme(t)
	l.as("ada", func(tx *world.Tx) {
		i := l.issue(tx, "main", 2)
		for k := range 30 {
			must(tx.AddLabels(i, []string{fmt.Sprintf("l%02d", k)}))
		}
		for range 60 {
			must(tx.AddLabels(i, []string{"jules"}))
			must(tx.RemoveLabel(i, "jules"))
		}
		p := l.issue(tx, "main", 9)
		for k := range 12 {
			must(tx.AddLabels(p, []string{fmt.Sprintf("p%02d", k)}))
		}
		for k := range 170 {
			th := must(tx.CreateThread(p, world.NewThread{Path: "b.txt", Line: 1, Body: "x"}))
			if k%2 == 0 {
				must(tx.ResolveThread(th, true))
			}
		}
		r, _ := tx.Repo("acme", "main")
		head, _ := tx.Resolve(r, "dev")
		for k := range 110 {
			must(tx.CreateRef(r, fmt.Sprintf("refs/heads/epic/%d-x", 1000+k), head))
		}
		for range 105 {
			closeIssue(tx, must(tx.CreateIssue(r, world.NewIssue{Title: "short-lived", Labels: []string{"jules"}})))
		}
	})
	c := l.client("ada")
	mark := l.sim.Requests().Last()
	s := l.survey(c)
	if n := len(l.since(mark)); n > 5 {
		t.Errorf("%d requests", n)
	}
	r := &s.Repos[0]
	i, _ := r.Issue(2)
	if len(i.Labels) != 30 || len(i.LabelEvents) != 150 {
		t.Errorf("#2: %d labels, %d events", len(i.Labels), len(i.LabelEvents))
	}
	for k := 1; k < len(i.LabelEvents); k++ {
		if i.LabelEvents[k].At.Before(i.LabelEvents[k-1].At) || i.LabelEvents[k].ID == i.LabelEvents[k-1].ID {
			t.Fatalf("events out of order at %d", k)
		}
	}
	if p := r.Pulls[0]; len(p.Threads) != 170 || len(p.Labels) != 12 {
		t.Errorf("#9: %d threads, %d labels", len(p.Threads), len(p.Labels))
	}
	if len(r.Branches) != 111 {
		t.Errorf("%d branches", len(r.Branches))
	}
	dispatched := 0
	for _, i := range r.Issues {
		if i.Closed && len(i.LabelEvents) > 0 && i.LabelEvents[0].Label == "jules" {
			dispatched++
		}
	}
	if dispatched != 105 {
		t.Errorf("%d closed issues with the agent's label event", dispatched)
	}
	l.nothingSecret()
}

func TestARenamedRepositoryIsFollowedAndTold(t *testing.T) {
	l := acme(t)
	l.as("ada", func(tx *world.Tx) {
		r, _ := tx.Repo("acme", "other")
		must(tx.RenameRepo(r, "another"))
		body := "- [ ] acme/another#1\n- [ ] acme/other#1\n"
		must(tx.EditIssue(l.issue(tx, "main", 1), world.IssueEdit{Body: &body}))
	})
	c := l.client("ada")
	s := l.survey(c)
	r, ok := s.Repo(otherRepo)
	if !ok || r.Problem == nil || r.Problem.Kind != "moved" || r.OpenIssues != 1 || len(r.Issues) != 1 || len(s.Elsewhere) != 0 {
		t.Errorf("%+v, elsewhere %+v", r, s.Elsewhere)
	}
	err := post(c, t.Context(), inventory.Ref{Repo: otherRepo, Number: 1}, "x")
	if k := kindOf(err); k != KindMoved {
		t.Errorf("writing under the old name: %v", err)
	}
}
