package people

import (
	"errors"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// Queue is how the merge queue of a repository that has one works.
type Queue struct {
	Turn     Delay `json:"turn"`     // what one entry takes
	Patience int   `json:"patience"` // turns that an entry may wait for its checks
}

// queued has the queue take notice of a pull request put into it.
func (t *turn) queued(pull *world.Issue, e *world.Event) {
	t.later(t.book.Manners.Queue.Turn.from(t.p.dice("queue", e.ID)), errand{Kind: "queue.turn", Issue: pull.ID, Subject: e.ID})
}

// takeTurn merges the first entry of a branch's queue when it is green, and throws it out when it conflicts or fails. The
// others wait.
func (t *turn) takeTurn(e errand) error {
	pull := t.tx.IssueByID(e.Issue)
	if pull == nil || pull.Closed || !pull.Pull.Queued || t.tx.QueuedBy(pull).ID != e.Subject {
		return nil
	}
	wait := t.book.Manners.Queue.Turn.from(t.p.dice("queue", e.Subject, int64(e.N)))
	if t.tx.Queued(pull.RepoID, pull.Pull.BaseRef)[0].ID != pull.ID {
		t.later(wait, e)
		return nil
	}
	repo := t.tx.RepoByID(pull.RepoID)
	t.as(nil)
	out := func(why string) error {
		t.did("queue.out."+why, "", pull)
		_, err := t.tx.DequeuePull(pull)
		return err
	}
	switch t.tx.Rollup(pull.RepoID, pull.Pull.HeadSHA) {
	case "FAILURE":
		return out("red")
	case "PENDING":
		if e.N++; e.N <= t.book.Manners.Queue.Patience {
			t.later(wait, e)
			return nil
		}
		return out("late")
	}
	clean, err := t.tx.Merges(pull)
	if err != nil {
		return err
	}
	if !clean {
		return out("conflict")
	}
	method := "merge"
	if repo.Settings.NoMergeCommit {
		method = "squash"
	}
	t.as(t.tx.User(pull.Pull.AutoMergeByID))
	_, err = t.tx.MergePull(pull, world.Merge{Method: method})
	var refused *world.Error
	if errors.As(err, &refused) { // before anything was changed
		t.as(nil)
		return out("unmet")
	}
	t.did("queue.merged", "", pull)
	return err
}
