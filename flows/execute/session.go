package execute

import (
	"fmt"
	"slices"
	"time"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// Rows of a child that has no pull request so far.
const (
	RowWorking Row = "working" // an agent has it
	RowLimit   Row = "limit"   // the agent took its label off: it is at its concurrency limit
	RowTakenBy Row = "unlabelled"
	RowSilent  Row = "silent"  // no acknowledgement, or no pull request, in time
	RowUnread  Row = "unread"  // its pull requests could not be read
	RowBudget  Row = "budget"  // READY children wait for tasks
	RowSpent   Row = "spent"   // given up: READY again, or a person's
	RowBlocked Row = "blocked" // another issue has to be closed first
)

// mostAttempts is how often a child is dispatched before a person has to look.
const mostAttempts = 3

// session judges a dispatched child that has no open pull request: its agent is at
// work, or is not. A second task is never spent here: the child becomes READY
// again, and the plan of its dispatch says that it costs another.
func (x Watch) session(w flows.World, t *task) Decision {
	s := session{Watch: x, w: w, task: t, course: w.Courses.Of(t.Ref), Decision: Decision{About: t.Ref, Child: t.Ref}}
	s.decide()
	return s.Decision
}

type session struct {
	Watch
	w      flows.World
	task   *task
	course inventory.Course // what a person was told of the child
	Decision
}

func (s *session) decide() {
	t, now := s.task, s.w.Now
	took := now.Sub(t.since)
	attempts := max(inventory.NextAttempt(t.Issue, s.w.Rules)-1, s.w.Records[t.Ref.Key()].Lines)
	held := s.w.Records[t.Ref.Key()].Held
	if held {
		s.Row, s.Seen, s.Next = RowWorking, "a task is reserved for it", "the run that has reserved it goes on, or core dev apply --resume settles it"
		return
	}
	off, byAgent, isOff := s.labelOff()
	acked := s.acked()
	switch {
	case isOff && byAgent && now.Sub(off) < s.Patience.Ack:
		s.Row, s.Seen, s.Next = RowLimit, "the agent took its label off: it is at its limit of tasks at once", "in "+span(s.Patience.Ack-now.Sub(off))+" it is READY again: another task"
	case isOff && byAgent:
		s.again(RowLimit, "the agent took its label off "+span(now.Sub(off))+" ago: it was at its limit", attempts)
	case isOff && took > s.Patience.Ack:
		s.Row, s.Seen, s.Next = RowTakenBy, "somebody took the agent's label off at "+clock(off), "core dev recall "+t.Ref.String()+" makes it READY again, for another task"
		s.Person = s.Seen
	case s.w.Records[t.Ref.Key()].GaveUp != "":
		s.again(RowSpent, "its agent ended without a pull request: "+s.w.Records[t.Ref.Key()].GaveUp, attempts)
	case took > s.Patience.GiveUp:
		s.again(RowSpent, "dispatched "+span(took)+" ago, and no pull request", attempts)
	case took > s.Patience.Session:
		s.alert("session", "dispatched "+span(took)+" ago, and no pull request", "look what its agent does; "+span(s.Patience.GiveUp)+" after its dispatch it is READY again, for another task; core dev recall "+t.Ref.String()+" makes it so at once")
	case !acked && took > s.Patience.Ack:
		s.alert("ack", "dispatched "+span(took)+" ago, and the agent has not acknowledged it", "look whether its agent is well; "+span(s.Patience.GiveUp)+" after its dispatch it is READY again, for another task; core dev recall "+t.Ref.String()+" makes it so at once")
	default:
		s.Row, s.Seen, s.Next = RowWorking, "at work since "+clock(t.since), "the agent opens a pull request"
		if !acked {
			s.Seen = "dispatched at " + clock(t.since)
		}
	}
}

// labelOff tells that no agent's label is on any more, since when, and whether an
// agent took it off itself.
func (s *session) labelOff() (at time.Time, byAgent, off bool) {
	for _, l := range s.task.Issue.Labels {
		if _, ok := s.w.Rules.Agent(l); ok {
			return at, false, false
		}
	}
	for _, e := range s.task.Issue.LabelEvents {
		if _, ok := s.w.Rules.Agent(e.Label); ok && !e.Added && !e.At.Before(s.task.since) {
			at, byAgent, off = e.At, s.w.Rules.Trust.Author(e.Actor, e.ActorKind, "NONE"), true
		}
	}
	return at, byAgent, off
}

// acked tells whether an agent's eyes stand on the issue since its dispatch.
func (s *session) acked() bool {
	if began := s.w.Records[s.task.Ref.Key()].Began; !began.IsZero() && !began.Before(s.task.since.Add(-time.Minute)) {
		return true // a command has no eyes
	}
	c, ok := s.task.repo.Work.Child(s.task.Ref.Number)
	return ok && slices.ContainsFunc(c.Acks, func(a inventory.Ack) bool {
		return !a.At.Before(s.task.since.Add(-time.Minute)) && s.w.Rules.Trust.Author(a.Login, a.Kind, "NONE")
	})
}

// again takes the dispatch back, so that the child is READY; too often, and a
// person has to look.
func (s *session) again(row Row, seen string, attempts int) {
	s.Row, s.Seen = row, seen
	if attempts >= mostAttempts {
		s.Person, s.Next = seen, fmt.Sprintf("it was dispatched %s: say what keeps agents from it, and recall it, or close it", times(attempts))
		return
	}
	p, err := Recall{Child: s.task.Ref}.Plan(s.w)
	if err != nil {
		s.Person, s.Next = seen, err.Error()
		return
	}
	s.Steps, s.Next, s.Soon = p.Steps, "to be taken back, and READY again then: another dispatch costs another task", true
}

// alert tells a person once a dispatch.
func (s *session) alert(what, seen, next string) {
	s.Row, s.Seen, s.Next, s.Alert, s.Person = RowSilent, seen, next, what, seen
	mark := inventory.NewestDispatch(s.task.Issue, s.w.Rules)
	for _, a := range s.course.Alerts {
		if a.What == what && a.Head == mark {
			return
		}
	}
	s.Steps = append(s.Steps, flows.Step{Reason: seen, Effect: flows.NotePull{Pull: s.task.Ref, Note: inventory.PullNote{Kind: inventory.NoteAlert, What: what, SHA: mark}}})
}
