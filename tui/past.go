package tui

import (
	"strconv"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/orchestrator"
)

// pastOf words the plans of earlier runs as Activity words its own: each task
// that was dispatched, and how the plan ended.
func pastOf(plans []orchestrator.Entry, clean, called func(string) string) []entry {
	var out []entry
	for _, p := range plans {
		for _, s := range p.Steps {
			l, ok := s.Step.Effect.(flows.AddLabel)
			if !ok || !l.Spends || s.Outcome != orchestrator.Done {
				continue
			}
			out = append(out, entry{at: s.At, mark: done, word: labelled, child: l.Issue.Key(), text: clean(l.Target() + "  " + detailOf(l) + "  1 task")})
		}
		name := p.Flow + " " + p.Target
		if p.Target == "" {
			name = "plan " + p.ID
		}
		e := entry{at: p.Last, mark: note, word: string(p.State), text: name + ": " + count(p.Tasks, "task", "tasks") + " dispatched, " + strconv.Itoa(p.Done) + " of " + count(len(p.Steps), "step", "steps")}
		switch p.State {
		case orchestrator.State(orchestrator.Complete):
			e.mark, e.word = done, "sent"
		case orchestrator.Running:
			e.mark = running
		case orchestrator.Open:
			e.mark, e.text = bad, e.text+"; left open: "+called(resumeCommand)+" goes on with it"
		case orchestrator.Broken:
			e.mark, e.text = bad, name+": "+p.Detail
		case orchestrator.State(orchestrator.Outdated):
			e.mark, e.text = bad, e.text+"; "+p.Detail
		}
		e.text = clean(e.text)
		out = append(out, e)
	}
	return out[max(0, len(out)-mostLog):]
}

// recalled puts what earlier runs did before what this one tells.
func (s state) recalled(past []entry) state {
	for k := range past {
		s.logged++
		past[k].seq = s.logged
	}
	log := append(past[:len(past):len(past)], s.log...)
	return s.logging(log[max(0, len(log)-mostLog):])
}

// halted takes whether writing is paused, and tells when that changed.
func (s state) halted(p pause) state {
	was := s.brake
	s.brake = p
	switch {
	case p.on && !was.on:
		s = s.noted(entry{mark: person, word: "paused", text: "nothing writes to GitHub until " + s.called("core dev resume") + p.words()})
	case was.on && !p.on:
		s = s.noted(entry{mark: done, word: "resumed", text: "this folder's processes may write again"})
	}
	return s.settled()
}
