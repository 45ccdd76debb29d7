package people

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

const branches = "refs/heads/"

// lookAround has people notice what others did since they last looked.
func (p *People) lookAround() error {
	changes := p.w.Changed()
	fresh := p.fresh
	nothing := false
	if err := p.w.View(func(tx *txn) error {
		nothing = !fresh && changes.Empty() && len(tx.EventsAfter(p.book.LastEvent)) == 0
		if fresh {
			changes = everything(tx)
		}
		return nil
	}); err != nil || nothing {
		return err
	}
	err := p.take(p.book.LastTime, func(t *turn) error { return t.noticeAll(changes) })
	p.fresh = p.fresh && err != nil
	return err
}

// everything is all that could have changed while nobody watched.
func everything(tx *txn) world.Changes {
	var c world.Changes
	for _, repo := range tx.Repos() {
		c.Repos = append(c.Repos, repo.ID)
		for _, i := range tx.PullsOf(repo.ID) {
			if i.RepoID == repo.ID {
				c.Pulls = append(c.Pulls, i.ID)
			}
		}
	}
	return c
}

// noticeAll has everybody react to new events, heads and re-requested checks. What follows is put off from when it happened.
func (t *turn) noticeAll(c world.Changes) error {
	at := t.at
	defer t.set(at)
	for _, e := range t.tx.EventsAfter(t.book.LastEvent) {
		t.book.LastEvent = e.ID
		t.set(e.CreatedAt)
		t.noticeEvent(e)
	}
	for _, id := range c.Pulls {
		if i := t.tx.IssueByID(id); i != nil {
			t.noticePull(i)
		}
	}
	for _, id := range c.Repos {
		if repo := t.tx.RepoByID(id); repo != nil {
			t.noticeBranches(repo)
		}
	}
	for _, id := range c.Checks {
		if k := t.tx.Check(id); k != nil {
			t.noticeCheck(k)
		}
	}
	return nil
}

func (t *turn) noticeEvent(e *world.Event) {
	issue, who := t.tx.IssueByID(e.IssueID), t.tx.User(e.ActorID)
	if issue == nil || who == nil {
		return
	}
	switch e.Kind {
	case world.Labeled:
		if a := t.labelled(e.Label); a != nil && who.Kind == world.Person && issue.Pull == nil {
			t.called(a, issue, who, e)
		}
	case world.Assigned:
		if u := t.tx.User(e.UserID); u != nil && who.Kind == world.Person && issue.Pull == nil {
			if a := t.profile(u.Login); a != nil && a.Assigned {
				t.called(a, issue, who, e)
			}
		}
	case world.Commented:
		if c := t.tx.Comment(e.CommentID); c != nil && issue.Pull != nil {
			t.asked(issue, c)
			t.remindedBy(issue, c)
		}
	case world.ReviewRequested:
		if u := t.tx.User(e.UserID); u != nil {
			t.reminded(issue, u)
		}
	case world.ReadyForReview:
		t.hearOfHead(issue, 1)
	case world.QueueAdded:
		t.queued(issue, e)
	}
}

// labelled finds the agent that a label calls.
func (t *turn) labelled(label string) *Profile {
	for i := range t.book.Manners.Agents {
		a := &t.book.Manners.Agents[i]
		if name := t.labelOf(a); name != "" && strings.EqualFold(name, label) {
			return a
		}
	}
	return nil
}

// labelOf is the label that calls an agent; the fleet's own name for it goes before that of the manners.
func (t *turn) labelOf(a *Profile) string {
	if a.Label != "" && a.Login == jules && t.p.label != "" {
		return t.p.label
	}
	return a.Label
}

// seen is the newest head of a pull request or branch that people know.
type seen struct {
	SHA  string `json:"sha"`
	Head int    `json:"head"` // which of its heads that is, from 1
}

func (t *turn) noticePull(pull *world.Issue) {
	key := fmt.Sprintf("head/%d", pull.ID)
	var s seen
	known := t.recall(key, &s)
	if pull.Closed {
		if known {
			t.remember(key, nil)
		}
		return
	}
	if s.SHA == pull.Pull.HeadSHA {
		return
	}
	s = seen{pull.Pull.HeadSHA, s.Head + 1}
	t.remember(key, s)
	t.set(pull.UpdatedAt)
	t.check(pull.RepoID, pull, "", pull.Pull.HeadSHA)
	t.hearOfHead(pull, s.Head)
}

// epicBranches are the full names of a repository's epic branches, in order.
func epicBranches(repo *world.Repo) []string {
	var names []string
	for name := range repo.Refs {
		if strings.HasPrefix(name, branches+"epic/") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// noticeBranches looks at the epic branches of a repository.
func (t *turn) noticeBranches(repo *world.Repo) {
	for _, name := range epicBranches(repo) {
		key := fmt.Sprintf("branch/%d/%s", repo.ID, name)
		var s seen
		t.recall(key, &s)
		if s.SHA == repo.Refs[name] {
			continue
		}
		s = seen{repo.Refs[name], s.Head + 1}
		t.remember(key, s)
		t.set(repo.PushedAt)
		t.check(repo.ID, nil, strings.TrimPrefix(name, branches), s.SHA)
	}
}

// SetManners has people live by other manners from the world's present time on. The first that are not none's have them look
// around once: what is there already they take as it is.
func (p *People) SetManners(m Manners) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	came := p.book.LastTime.IsZero() && !m.nobody()
	if came {
		p.w.Changed() // what happened before they came is as it is
		p.fresh = false
	} else if !p.book.LastTime.IsZero() {
		if err := p.lookAround(); err != nil {
			return err
		}
	}
	at := p.now()
	if p.book.LastTime.After(at) {
		at = p.book.LastTime
	}
	if err := p.take(at, func(t *turn) error {
		t.book.Manners = m
		t.startRounds()
		if err := t.enrol(); err != nil {
			return err
		}
		if came {
			return t.arrive()
		}
		return nil
	}); err != nil {
		return err
	}
	p.w.KeepQueue(!m.nobody())
	return p.load()
}

func (p *People) now() (now time.Time) { return p.w.Now() }
