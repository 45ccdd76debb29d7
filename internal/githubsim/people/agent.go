package people

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// A task is what an agent was called for by one label, or one assignment, on one issue.
type task struct {
	Agent    string `json:"agent"`
	Issue    int64  `json:"issue"`
	Caller   int64  `json:"caller"`
	Event    int64  `json:"event"` // that called; a later call is another task
	State    string `json:"state"`
	Pull     int64  `json:"pull,omitempty"`
	Path     string `json:"path,omitempty"` // of the file that is its own
	Rev      int    `json:"rev,omitempty"`  // of that file
	Hopeless bool   `json:"hopeless,omitempty"`
}

// States of a task.
const (
	called  = "called"
	working = "working"
	opened  = "opened" // its pull request
	stopped = "stopped"
)

const atLimit = "You are currently at your concurrent task limit. Please wait for a task to finish, then add the label again."

func taskKey(issue int64) string { return fmt.Sprintf("task/%d", issue) }

func (t *turn) keepTask(k task) { t.remember(taskKey(k.Issue), k) }

// taskOf finds the task that a pull request belongs to.
func (t *turn) taskOf(pull *world.Issue) (task, bool) {
	var issue int64
	var k task
	ok := t.recall(fmt.Sprintf("pull/%d", pull.ID), &issue) && t.recall(taskKey(issue), &k) && k.Pull == pull.ID
	return k, ok
}

// profileDice draws once for a task whether it is a lost cause.
func (p *People) profileDice(a *Profile, purpose string, id int64) bool {
	return a.Hopeless.hits(p.dice(a.Login+" "+purpose, id))
}

// called has an agent hear that it was called.
func (t *turn) called(a *Profile, issue *world.Issue, caller *world.User, e *world.Event) {
	dice := t.p.dice(a.Login+" called", e.ID)
	k := task{Agent: a.Login, Issue: issue.ID, Caller: caller.ID, Event: e.ID, State: called}
	k.Hopeless = t.p.profileDice(a, "hopeless", e.ID)
	if a.Ignore.hits(dice) {
		k.State = stopped
		t.keepTask(k)
		t.did("agent.ignored", a.Login, issue)
		return
	}
	t.keepTask(k)
	if t.book.Manners.Regret.hits(dice) {
		t.later(Delay{5 * second, a.Work.Min}.from(dice), errand{Kind: "regret", Issue: issue.ID, Subject: e.ID})
	}
	t.later(a.Acknowledge.from(dice), errand{Kind: "agent.answer-call", Who: a.Login, Issue: issue.ID, Subject: e.ID})
}

// carries tells whether what calls an agent is still on the issue.
func (t *turn) carries(issue *world.Issue, a *Profile) bool {
	label := t.labelOf(a)
	for _, l := range t.tx.LabelsOf(issue) {
		if label != "" && strings.EqualFold(l.Name, label) {
			return true
		}
	}
	u := t.tx.UserByLogin(a.Login)
	return a.Assigned && u != nil && slices.Contains(issue.AssigneeIDs, u.ID)
}

// atWork tells whether an agent was called for an issue and has not delivered yet.
func (t *turn) atWork(issue *world.Issue) bool {
	var k task
	return t.recall(taskKey(issue.ID), &k) && (k.State == called || k.State == working)
}

// current finds the task of an errand while it is the issue's newest and in that state.
func (t *turn) current(e errand, state string) (k task, a *Profile, issue *world.Issue, ok bool) {
	issue = t.tx.IssueByID(e.Issue)
	a = t.profile(e.Who)
	ok = issue != nil && a != nil && t.recall(taskKey(e.Issue), &k) && k.Event == e.Subject && k.State == state
	return k, a, issue, ok
}

func busyKey(k task) string { return fmt.Sprintf("%s %d", k.Agent, k.Caller) }

// answerCall has an agent show that it heard, or say that it has too much to do.
func (t *turn) answerCall(e errand) error {
	k, a, issue, ok := t.current(e, called)
	if !ok {
		return nil
	}
	dice := t.p.dice(a.Login+" answers", e.Subject)
	if (issue.Closed || !t.carries(issue, a)) && !a.GoOn.hits(dice) {
		k.State = stopped
		t.keepTask(k)
		t.did("agent.stopped", a.Login, issue)
		return nil
	}
	bot := t.tx.UserByLogin(a.Login)
	t.as(bot)
	if a.AtOnce > 0 && t.book.Busy[busyKey(k)] >= a.AtOnce || a.Full.hits(dice) {
		return t.tooBusy(k, a, issue)
	}
	if _, _, err := t.tx.AddIssueReaction(issue, "eyes"); err != nil {
		return err
	}
	t.did("agent.acknowledged", a.Login, issue)
	t.book.Busy[busyKey(k)]++
	k.State = working
	t.keepTask(k)
	work := a.Work
	if a.Slow.hits(dice) {
		work = a.SlowWork
		t.did("agent.slow", a.Login, issue)
	}
	t.later(work.from(dice), errand{Kind: "agent.deliver", Who: a.Login, Issue: issue.ID, Subject: e.Subject, By: k.Caller})
	return nil
}

// tooBusy has an agent refuse a task and take its label off.
func (t *turn) tooBusy(k task, a *Profile, issue *world.Issue) error {
	k.State = stopped
	t.keepTask(k)
	if _, err := t.tx.CreateComment(issue, atLimit); err != nil {
		return err
	}
	t.did("agent.at-limit", a.Login, issue)
	if _, err := t.tx.RemoveAssignees(issue, []string{a.Login}); err != nil {
		return err
	}
	for _, l := range t.tx.LabelsOf(issue) {
		if strings.EqualFold(l.Name, t.labelOf(a)) {
			_, err := t.tx.RemoveLabelIDs(issue, []int64{l.ID})
			return err
		}
	}
	return nil
}

// deliver has an agent push what it made and open a pull request.
func (t *turn) deliver(e errand) error {
	k, a, issue, ok := t.current(e, working)
	if !ok { // called again meanwhile
		t.idle(task{Agent: e.Who, Caller: e.By})
		return nil
	}
	dice := t.p.dice(a.Login+" delivers", e.Subject)
	t.idle(k)
	off := issue.Closed || !t.carries(issue, a)
	switch {
	case off && !a.GoOn.hits(dice):
		k.State = stopped
		t.keepTask(k)
		t.did("agent.stopped", a.Login, issue)
		return nil
	case a.GiveUp.hits(dice):
		k.State = stopped
		t.keepTask(k)
		t.did("agent.gave-up", a.Login, issue)
		return nil
	case off:
		t.did("agent.went-on", a.Login, issue)
	}
	return t.openPull(k, a, issue, dice)
}

// idle ends a task's place among those in work.
func (t *turn) idle(k task) {
	if t.book.Busy[busyKey(k)]--; t.book.Busy[busyKey(k)] <= 0 {
		delete(t.book.Busy, busyKey(k))
	}
}
