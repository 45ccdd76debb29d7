package people

import (
	"errors"
	"fmt"
	"strings"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// What an agent is asked on a pull request of its own, word by word.
const (
	askReviews  = "Can you fix the code reviews?"
	askConflict = "Can you fix the merge conflict?"
)

func isNotFound(err error) bool {
	var e *world.Error
	return errors.As(err, &e) && e.Status == 404
}

// asked has an agent read a comment on a pull request of its own.
func (t *turn) asked(pull *world.Issue, c *world.Comment) {
	kind := ""
	switch strings.TrimSpace(c.Body) {
	case askReviews:
		kind = "agent.fix-reviews"
	case askConflict:
		kind = "agent.fix-conflict"
	default:
		return
	}
	k, mine := t.taskOf(pull)
	a, by := t.profile(k.Agent), t.tx.User(c.AuthorID)
	if !mine || a == nil || by == nil || by.Login == a.Login || pull.Closed {
		return
	}
	dice := t.p.dice(a.Login+" asked", c.ID)
	if t.tx.Permission(by, t.tx.RepoByID(pull.RepoID)) < world.Write && !a.Strangers.hits(dice) {
		t.did("agent.stranger-ignored", a.Login, pull)
		return
	}
	silent := a.Silent.hits(dice)
	if silent {
		t.did("agent.silent", a.Login, pull)
		if dice.IntN(2) == 0 {
			return // not even eyes
		}
	}
	eyes := a.Acknowledge.from(dice)
	t.later(eyes, errand{Kind: "agent.acknowledge", Who: a.Login, Issue: pull.ID, Subject: c.ID})
	if silent {
		return
	}
	d, late := within(dice, a.Answer, a.Late, a.LateAnswer)
	if late {
		t.did("agent.late", a.Login, pull)
	}
	t.later(eyes+d, errand{Kind: kind, Who: a.Login, Issue: pull.ID, Subject: c.ID})
}

// acknowledge has an agent put eyes on a comment.
func (t *turn) acknowledge(e errand) error {
	c := t.tx.Comment(e.Subject)
	if c == nil {
		return nil
	}
	t.as(t.tx.UserByLogin(e.Who))
	_, _, err := t.tx.AddCommentReaction(c, "eyes")
	t.did("agent.eyes", e.Who, t.tx.IssueByID(e.Issue))
	return err
}

// answering finds what an errand to answer is about, while there is anything to answer.
func (t *turn) answering(e errand) (k task, a *Profile, pull, issue *world.Issue, ok bool) {
	pull = t.tx.IssueByID(e.Issue)
	if pull == nil || pull.Closed {
		return
	}
	k, ok = t.taskOf(pull)
	a, issue = t.profile(e.Who), t.tx.IssueByID(k.Issue)
	ok = ok && a != nil && issue != nil
	t.as(t.tx.UserByLogin(e.Who))
	return k, a, pull, issue, ok
}

// better is the agent's own file as it should have been from the start.
func (t *turn) better(k *task, pull, issue *world.Issue) map[string]string {
	if k.Path == "" { // it opened the pull request before anybody kept a book
		k.Path = ownFile(t.tx.RepoByID(pull.RepoID), issue)
	}
	k.Rev++
	return map[string]string{k.Path: source(*k, issue)}
}

// fixReviews has an agent push what reviewers asked for: it changes the files that open threads are on. Done badly, it
// changes something else.
func (t *turn) fixReviews(e errand) error {
	k, a, pull, issue, ok := t.answering(e)
	if !ok {
		return nil
	}
	dice := t.p.dice(a.Login+" fixes reviews", e.Subject)
	files := t.better(&k, pull, issue)
	t.keepTask(k)
	bad := a.Badly.hits(dice) || k.Hopeless && dice.IntN(2) == 0
	repo := t.tx.RepoByID(pull.RepoID)
	if bad {
		files = map[string]string{fmt.Sprintf("docs/notes/%d.md", pull.Number): fmt.Sprintf("Looked at again, %d.\n", k.Rev)}
		t.did("agent.fixed-reviews.badly", a.Login, pull)
	} else {
		for _, th := range t.tx.Threads(pull.ID) {
			if th.Resolved || files[th.Path] != "" {
				continue
			}
			file, err := t.tx.File(repo, pull.Pull.HeadSHA, th.Path)
			if isNotFound(err) {
				continue
			}
			if err != nil {
				return err
			}
			files[th.Path] = strings.TrimRight(string(file.Content), "\n") + fmt.Sprintf("\n%s reviewed %d\n", commentMark(th.Path), k.Rev)
		}
		t.did("agent.fixed-reviews", a.Login, pull)
	}
	_, err := t.push(pull, "Address review comments", files)
	return err
}

// commentMark begins a line of comment in a file.
func commentMark(path string) string {
	switch {
	case strings.HasSuffix(path, ".go"), strings.HasSuffix(path, ".php"):
		return "//"
	case strings.HasSuffix(path, ".md"):
		return "-"
	}
	return "#"
}

// fixConflict has an agent merge the base into its branch and keep both sides. Done badly, it pushes something, and the
// conflict stays.
func (t *turn) fixConflict(e errand) error {
	k, a, pull, issue, ok := t.answering(e)
	if !ok {
		return nil
	}
	dice := t.p.dice(a.Login+" fixes conflict", e.Subject)
	clean, err := t.tx.Merges(pull)
	if err != nil {
		return err
	}
	if clean {
		t.did("agent.nothing-to-fix", a.Login, pull)
		return nil
	}
	if a.Badly.hits(dice) || k.Hopeless {
		files := t.better(&k, pull, issue)
		t.keepTask(k)
		t.did("agent.fixed-conflict.badly", a.Login, pull)
		_, err := t.push(pull, "Resolve merge conflict", files)
		return err
	}
	_, err = t.tx.MergeBothSides(pull)
	t.did("agent.fixed-conflict", a.Login, pull)
	return err
}

// repair has an agent look after a check that failed on its head.
func (t *turn) repair(e errand) error {
	k, a, pull, issue, ok := t.answering(e)
	if !ok || pull.Pull.HeadSHA != e.SHA {
		return nil
	}
	dice := t.p.dice(a.Login+" repairs", pull.ID, int64(k.Rev))
	files := t.better(&k, pull, issue)
	t.keepTask(k)
	sha, err := t.push(pull, "Fix failing checks", files)
	if err != nil {
		return err
	}
	t.did("agent.repaired", a.Login, pull)
	if k.Hopeless || dice.IntN(5) == 0 && a.Badly > 0 {
		t.did("agent.repaired.badly", a.Login, pull)
		return t.spoil(pull.RepoID, sha, k.Path, dice)
	}
	return nil
}
