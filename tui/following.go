package tui

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/dappcore/core-dev/orchestrator"
)

// A follow is approved once, in the preview, and then looks and sends by itself
// within what that said. It is shown in the header for as long as it goes on, and
// what it sends is told in Activity.

// followedOn begins a follow whose first look was sent.
func (s state) followedOn() state {
	s.watch = watching{on: true, next: followed(s.now, 0)}
	s = s.noted(entry{mark: running, word: "watch", text: "what runs is watched to its end, look by look; " + s.keyOf(stopFollow{}) + " stops it"})
	return s.told("watching: what is green is merged, ticked, and the next phase handed out; "+s.keyOf(stopFollow{})+" stops it", false)
}

// unfollowed ends it. A look under way ends before its next write.
func (s state) unfollowed(why string) (state, []order) {
	was := s.watch
	s.watch = watching{running: was.running, sending: was.sending, leaving: was.leaving, sent: was.sent}
	s = s.noted(entry{mark: note, word: "watch", text: why + "; " + count(was.sent, "step", "steps") + " sent by it"})
	s = s.told(why, false)
	if was.running {
		return s.settled(), []order{stopRound{}}
	}
	return s.settled(), nil
}

// stoppedToLeave ends what sends or follows, and the screen when that has stopped.
func (s state) stoppedToLeave() (state, []order) {
	s.asking, s.asked = false, s.now
	s.watch.on = false
	var orders []order
	if s.send.running {
		s.send.stopping, s.send.leaving, orders = true, true, append(orders, stopApply{})
	}
	if s.watch.running {
		s.watch.leaving, orders = true, append(orders, stopRound{})
		s = s.told("watching ends after the step under way; ctrl-c again leaves at once", false)
	}
	if orders == nil {
		orders = []order{quit{}}
	}
	return s, orders
}

// rounded hears of a look of the follow.
func (s state) rounded(n roundCame) (state, []order) {
	if n.dropped > 0 {
		s = s.noted(entry{mark: note, word: "steps", text: strconv.Itoa(n.dropped) + " steps went by too fast to be shown"})
	}
	for _, e := range n.events {
		s.watch.sending = true
		s = s.watchStep(e)
	}
	if !n.done {
		return s.settled(), []order{awaitRound{}}
	}
	s.watch.running = false
	if s.watch.leaving && !s.send.running {
		how := atEase
		if s.watch.sending && errors.Is(n.err, context.Canceled) {
			how = stopped
		}
		return s.settled(), []order{quit{how}}
	}
	if n.err != nil {
		return s.troubled(n)
	}
	s.watch.fails, s.watch.problem = 0, problem{}
	for _, p := range n.trouble {
		if t := p.String(); t != s.watch.problem.String() {
			s = s.noted(entry{mark: note, word: "again", text: t})
		}
	}
	if n.board != nil {
		s = s.boarded(viewCame{board: n.board, changes: n.changes})
	}
	s = s.pullsAre(n.round.Pulls)
	s.watch.sent += n.round.Sent
	s.watch.next = followed(s.now, n.round.Pause)
	if s.watch.on && n.round.Over {
		return s.unfollowed("nothing is left that watching could do")
	}
	if n.round.Sent > 0 { // what was sent is seen at once
		s.fetch.next = s.now
	}
	return s.settled(), nil
}

// troubled takes a look that failed: it is tried again, later each time, and said
// once in Activity.
func (s state) troubled(n roundCame) (state, []order) {
	if errors.Is(n.err, context.Canceled) || !s.watch.on {
		return s.settled(), nil
	}
	if n.problem.text != s.watch.problem.text {
		s = s.noted(entry{mark: bad, word: "watch", text: n.problem.String()})
	}
	s.watch.problem = n.problem
	wait := defaultEvery
	for range min(s.watch.fails, 8) {
		wait = min(2*wait, mostBackoff)
	}
	s.watch.fails++
	s.watch.next = followed(s.now, wait)
	return s.settled(), nil
}

// watchStep hears of one step that a follow sent. What only our journal hears of
// is not told.
func (s state) watchStep(e orchestrator.Event) state {
	if e.Outcome == orchestrator.Waiting || quietKinds[e.Step.Effect.Kind()] && e.Outcome == orchestrator.Done {
		return s
	}
	en := s.stepEntry(e)
	if e.Step.Reason != "" && e.Outcome == orchestrator.Done {
		en.text += "  (" + s.clean(e.Step.Reason) + ")"
	}
	return s.noted(en)
}

// quietKinds are the steps that go along with another one, which is told.
var quietKinds = map[string]bool{"note": true, "reserve": true, "log": true, "capture": true, "claim": true, "mark": true}

// watchWord is the header's word for the follow.
func (d *drawing) watchWord() string {
	s := d.s
	if s.watch.leaving {
		return d.glyphs.marks[running] + " watching: stops"
	}
	if !s.watch.on {
		return ""
	}
	word := "watching"
	if s.watch.problem.text != "" {
		return d.glyphs.marks[bad] + " " + word + ": looks again"
	}
	return d.glyphs.marks[readyMark] + " " + word
}

// stepEntry is a step carried out, as Activity tells it.
func (s *state) stepEntry(e orchestrator.Event) entry {
	en := entry{mark: done, word: e.Step.Effect.Kind(), text: s.clean(strings.TrimSpace(e.Step.Effect.Target() + "  " + detailOf(e.Step.Effect)))}
	switch {
	case e.Outcome == orchestrator.Skipped:
		en.mark, en.text = note, en.text+"  skipped: "+s.clean(e.Detail)
	case e.Outcome != orchestrator.Done:
		en.mark, en.text = bad, en.text+"  "+string(e.Outcome)+": "+s.clean(e.Detail)
	case spends(e.Step.Effect):
		en.child = childOf(e.Step.Effect)
		en.text += "  1 task"
	}
	return en
}
