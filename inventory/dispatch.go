package inventory

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Dispatch is one task an agent was given, as GitHub shows it: its label put on.
type Dispatch struct {
	Ref   Ref       `json:"ref"`
	Agent string    `json:"agent"`
	Actor string    `json:"actor"` // who put the label on
	At    time.Time `json:"at"`
	Event string    `json:"event"` // id of the label event
	// Attempt counts the issue's dispatches up to this one, from 1: a claim on
	// GitHub bears it.
	Attempt int `json:"attempt"`
}

// NextAttempt numbers the next dispatch of an issue: 1 + the LABELED events of
// agents.
func NextAttempt(i *Issue, rules Rules) int {
	n := 1
	for _, e := range i.LabelEvents {
		if _, ok := rules.Agent(e.Label); ok && e.Added {
			n++
		}
	}
	return n
}

// NewestDispatch is the id of the newest LABELED event of an agent's label, empty
// where there is none.
func NewestDispatch(i *Issue, rules Rules) string {
	for _, e := range slices.Backward(i.LabelEvents) {
		if _, ok := rules.Agent(e.Label); ok && e.Added {
			return e.ID
		}
	}
	return ""
}

// Dispatches lists every time an agent's label was put on since an instant,
// oldest first, as far as the snapshot holds label events.
func Dispatches(s *Snapshot, rules Rules, since time.Time) []Dispatch {
	var out []Dispatch
	seen := map[string]bool{}
	add := func(i *Issue) {
		attempt := 0
		for _, e := range i.LabelEvents {
			agent, ok := rules.Agent(e.Label)
			if !ok || !e.Added {
				continue
			}
			attempt++
			if e.At.Before(since) || seen[e.ID] {
				continue
			}
			seen[e.ID] = true
			out = append(out, Dispatch{Ref: i.Ref, Agent: agent, Actor: e.Actor, At: e.At, Event: e.ID, Attempt: attempt})
		}
	}
	for r := range s.Repos {
		for i := range s.Repos[r].Issues {
			add(&s.Repos[r].Issues[i])
		}
	}
	for i := range s.Elsewhere {
		add(&s.Elsewhere[i])
	}
	slices.SortFunc(out, func(a, b Dispatch) int {
		return cmp.Or(a.At.Compare(b.At), a.Ref.Compare(b.Ref), strings.Compare(a.Event, b.Event))
	})
	return out
}

// Line is one dispatch.log line as far as matching it with GitHub needs.
type Line struct {
	Ref   Ref
	Agent string
	At    time.Time // minute precision
}

// Outside returns the dispatches no line accounts for: made by hand or from
// elsewhere (spec/3-budget "outside"). A line is dated by its label event, so
// it accounts for the event of its own minute first; a line of another minute
// accounts for one remaining event of the same issue, agent and day, since
// clocks and hands differ by a little.
func Outside(dispatches []Dispatch, lines []Line) []Dispatch {
	type slot struct {
		key, agent string
		at         time.Time
	}
	exact, loose := map[slot]int{}, map[slot]int{}
	for _, l := range lines {
		exact[slot{l.Ref.Key(), l.Agent, l.At.UTC().Truncate(time.Minute)}]++
	}
	var rest []Dispatch
	for _, d := range dispatches {
		k := slot{d.Ref.Key(), d.Agent, d.At.UTC().Truncate(time.Minute)}
		if exact[k] > 0 {
			exact[k]--
			continue
		}
		rest = append(rest, d)
	}
	for k, n := range exact {
		loose[slot{k.key, k.agent, k.at.Truncate(24 * time.Hour)}] += n
	}
	var out []Dispatch
	for _, d := range rest {
		k := slot{d.Ref.Key(), d.Agent, d.At.UTC().Truncate(24 * time.Hour)}
		if loose[k] > 0 {
			loose[k]--
			continue
		}
		out = append(out, d)
	}
	return out
}
