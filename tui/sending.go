package tui

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/orchestrator"
)

// planned asks for a plan and opens the preview on it.
func (s state) planned(ask Ask, name, note string) (state, []order) {
	s.preview = preview{phase: planning, seq: s.preview.seq + 1, ask: ask, name: name, since: s.now, note: note}
	next := propose{seq: s.preview.seq, ask: ask}
	if s.now.Sub(s.lastPlan) < planPause {
		next.after = planPause
	}
	s.lastPlan = s.now
	return s.settled(), []order{next}
}

// closed shuts the preview; whatever plan is on its way is not wanted.
func (s state) closed() (state, []order) {
	was := s.preview.phase
	s.preview = preview{seq: s.preview.seq + 1}
	if was == planning {
		return s.settled(), []order{dropPlan{}}
	}
	return s.settled(), nil
}

// proposed takes the plan that was asked for last.
func (s state) proposed(n proposalCame) (state, []order) {
	p := &s.preview
	if n.seq != p.seq || p.phase != planning {
		return s, nil
	}
	p.readable = s.now.Add(p.reading())
	if n.err != nil {
		p.phase, p.problem = planFailed, n.problem
		if r, ok := refusalOf(n.err); ok {
			p.phase, p.refusal = refused, r
		}
		return s.settled(), nil
	}
	p.phase, p.proposal = planned, n.proposal
	if n.proposal.Note != "" {
		p.note = strings.TrimPrefix(p.note+"; "+s.clean(n.proposal.Note), "; ")
	}
	p.steps, p.skipped = nil, nil
	for _, plan := range n.proposal.Plans {
		p.steps = append(p.steps, plan.Steps...)
		p.skipped = append(p.skipped, plan.Skipped...)
	}
	rows := make([]row, len(p.steps)+len(p.skipped))
	for k := range rows {
		rows[k].id = strconv.Itoa(k)
	}
	p.list = list{}.with(rows)
	return s.settled(), nil
}

// reading is how long a plan is shown before the key that sends counts: longer
// where it opened by itself, since that key may be meant for something else.
func (p *preview) reading() time.Duration {
	if p.note != "" {
		return answerTime
	}
	return readingTime
}

// approved sends what is shown: the only way to an order that writes. A y
// pressed before the plan could be read does not count, and is waited out: one
// that is held down sends nothing for as long as it is.
func (s state) approved() (state, []order) {
	if !s.maySend() {
		return s, nil
	}
	if s.now.Before(s.preview.readable) {
		s.preview.readable = s.now.Add(s.preview.reading())
		return s.told("that "+s.keyOf(approve{})+" came before the plan could be read: press it again to send", false), nil
	}
	id := s.preview.proposal.ID
	s.send = send{running: true, ask: s.preview.ask, name: s.preview.name, progress: orchestrator.Progress{Of: len(s.preview.steps), Left: s.preview.proposal.Takes, At: s.date}}
	s = s.noted(entry{mark: running, word: string(s.preview.ask.Verb), text: s.preview.name + ": " + count(s.preview.proposal.Cost().Tasks, "task", "tasks") + ", " + count(len(s.preview.steps), "step", "steps")})
	s.lists[repos], s.lists[epics], s.pages[issuePage] = s.lists[repos].unmarked(), s.lists[epics].unmarked(), s.pages[issuePage].unmarked()
	s.preview = preview{seq: s.preview.seq + 1}
	s.follow = true
	return s.settled(), []order{applyPlan{id}, awaitApply{}}
}

// applied hears of the running apply.
func (s state) applied(n applyNews) (state, []order) {
	if n.dropped.events > 0 {
		s = s.noted(entry{mark: note, word: "steps", text: strconv.Itoa(n.dropped.events) + " steps went by too fast to be shown"})
		s.send.add(n.dropped)
	}
	for _, e := range n.events {
		s = s.stepped(e)
	}
	if !n.done {
		return s.settled(), []order{awaitApply{}}
	}
	over := s.send
	s.send = send{name: over.name, ask: over.ask}
	tasks := over.came()
	how := atEase
	st, stale := staleOf(n.err)
	var more *Further
	further := errors.As(n.err, &more)
	switch {
	case n.err == nil && over.ask.Verb == Follow:
		s = s.followedOn()
	case n.err == nil:
		s = s.noted(entry{mark: done, word: "sent", text: over.name + ": " + tasks})
		s = s.told(over.name+": "+tasks+s.further(over.ask.Verb), false)
	case further:
		s = s.noted(entry{mark: note, word: "sent", text: over.name + ": " + tasks + "; the next round was not announced, and is shown first"})
	case stale:
		why := s.clean(st.Target + ": " + st.Why)
		s = s.noted(entry{mark: bad, word: "stale", text: over.name + ": " + why + "; " + tasks + " before, nothing after"})
	case errors.Is(n.err, context.Canceled) && over.stopping:
		s = s.noted(entry{mark: note, word: "stopped", text: over.name + ": stopped by you, " + tasks + "; the plan stays open: " + s.called(resumeCommand)})
		how = stopped
	default:
		s.send.problem = n.problem
		if halt := (orchestrator.Paused{}); errors.As(n.err, &halt) && over.progress.Done > 0 {
			s.send.problem.hint = "then " + s.called(resumeCommand) + " goes on with this plan"
		}
		s = s.noted(entry{mark: bad, word: "failed", text: over.name + ": " + s.send.problem.String()})
	}
	if over.leaving && !s.watch.running {
		return s.settled(), []order{quit{how}}
	}
	asked := s.asking
	if s.asking && !s.watch.on { // what was asked about has ended
		s.asking = false
	}
	if s.planShown() { // a y on its way was meant for what has just ended
		s.preview.readable = s.now.Add(answerTime)
	}
	s.fetch.again = s.fetch.running // that one began before the last write
	s, orders := s.looking()
	s, page := s.reading() // what the open page shows of it
	orders = append(orders, page...)
	if asked && (further || stale) { // whoever is about to quit is shown no other question
		return s.told("the rest was not sent, since it has to be planned anew", true), orders
	}
	if further && s.preview.phase == noPreview {
		again, more := s.planned(over.ask.anew(), over.name, "the next round goes beyond what was announced, so it is shown first")
		return again, append(orders, more...)
	}
	if stale && s.preview.phase == noPreview {
		// The world moved: plan again, never send. The new plan asks anew.
		again, more := s.planned(over.ask.anew(), over.name, "the world moved since the last preview ("+s.clean(st.Target+": "+st.Why)+"), so this is planned anew")
		return again, append(orders, more...)
	}
	return s, orders
}

// came is what a send came to, in words.
func (s send) came() string {
	switch s.ask.Verb {
	case Dispatch:
		return count(s.tasks, "task", "tasks") + " dispatched"
	case Follow:
		return count(s.steps, "step", "steps") + ", " + count(s.tasks, "task", "tasks")
	}
	text := count(s.steps, "step", "steps") + " done"
	if s.made > 0 {
		text = count(s.made, "issue", "issues") + " made, " + text
	}
	return text
}

// further is what one may do next, in a few words.
func (s *state) further(v Verb) string {
	switch v {
	case Audit:
		return " · " + s.keyOf(openPage{issuePage}) + " shows the issues, " + s.keyOf(planFor{Organise}) + " makes epics of them"
	case Organise:
		return " · " + s.keyOf(focusPane{epics}) + " shows the epics, " + s.keyOf(planFor{Dispatch}) + " dispatches one's first phase"
	case Dispatch:
		return " · " + s.keyOf(openPage{pullPage}) + " shows what comes of it, " + s.keyOf(planFor{Follow}) + " watches it to its end"
	}
	return ""
}

const resumeCommand = "core dev apply --resume"

// stepped hears of one step carried out.
func (s state) stepped(e orchestrator.Event) state {
	s.send.progress = e.Progress
	if e.Outcome == orchestrator.Waiting {
		s.send.until, s.send.waitFor = e.Until, s.clean(e.Detail)
		return s
	}
	s.send.until = time.Time{}
	en := s.stepEntry(e)
	s.send.add(tallyOf(e))
	if quietKinds[en.word] && e.Outcome == orchestrator.Done {
		return s
	}
	return s.noted(en)
}

// tally is what events come to, those that went by too fast to be shown too.
type tally struct {
	events int
	steps  int // done
	tasks  int // spent
	made   int // issues made
}

func (t *tally) add(o tally) {
	t.events, t.steps, t.tasks, t.made = t.events+o.events, t.steps+o.steps, t.tasks+o.tasks, t.made+o.made
}

// tallyOf is what one event comes to.
func tallyOf(e orchestrator.Event) tally {
	t := tally{events: 1}
	if e.Outcome != orchestrator.Done {
		return t
	}
	t.steps = 1
	if spends(e.Step.Effect) {
		t.tasks = 1
	}
	if _, made := e.Step.Effect.(flows.MakeIssue); made {
		t.made = 1
	}
	return t
}

// childOf is the child that a step which costs a task hands out.
func childOf(e flows.Effect) string {
	if l, ok := e.(flows.AddLabel); ok {
		return l.Issue.Key()
	}
	return e.Target()
}

// labelled is the word of a label put on: the kind of its step.
var labelled = flows.AddLabel{}.Kind()

// detailOf is what an effect writes, in a few words.
func detailOf(e flows.Effect) string {
	if e, ok := e.(flows.Comment); ok {
		return strings.Join(slices.DeleteFunc(strings.Split(e.Body, "\n"), func(l string) bool { return strings.TrimSpace(l) == "" }), " ")
	}
	return e.Detail()
}

// spends tells whether carrying out an effect costs a task.
func spends(e flows.Effect) bool {
	l, ok := e.(flows.AddLabel)
	return ok && l.Spends
}

// count is "1 task" or "3 tasks".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
