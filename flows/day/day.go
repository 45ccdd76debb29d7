// Package day is a maintainer's working day as a list: the eleven steps of the
// morning, midday and evening sessions, which of them are done, and the report that
// ends the day (spec/2-flows "Sessions of a day"). It decides nothing that a flow
// decides: what a step does is the plan of that flow.
package day

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/dappcore/core-dev/flows"
)

// Session is a part of the day.
type Session string

// The sessions, in the day's order.
const (
	Morning Session = "morning"
	Midday  Session = "midday"
	Evening Session = "evening"
)

// Sessions are all there are.
var Sessions = []Session{Morning, Midday, Evening}

// Step is one of the eleven, by the number it bears in the mission.
type Step int

// The steps. Morning is the first five, midday the next three, evening the rest.
const (
	Results       Step = 1 + iota // what was merged is ticked, what is green is merged
	Budget                        // what may be spent today
	Unstick                       // pull requests that wait for a word
	Blockers                      // first children of new epics
	Phases                        // next phases of running epics
	Conflicts                     // what merges set in conflict with others
	Interventions                 // the agents are asked for fixes
	More                          // more children, where budget remains and agents idle
	Review                        // dispatched, merged, stuck
	Tomorrow                      // the next day's plan
	Refill                        // stages 1 and 2, so that READY does not run dry
)

// step is what there is to say of a step.
type step struct {
	session Session
	key     string // for machines
	title   string
	tells   bool // it only shows something: every sitting shows it
}

var steps = [...]step{
	Results:       {Morning, "results", "yesterday's results", false},
	Budget:        {Morning, "budget", "today's budget", true},
	Unstick:       {Morning, "unstick", "unstick pull requests", false},
	Blockers:      {Morning, "blockers", "first blockers of new epics", false},
	Phases:        {Morning, "phases", "next phases of running epics", false},
	Conflicts:     {Midday, "conflicts", "merges, and the conflicts they make", false},
	Interventions: {Midday, "interventions", "ask the agents for fixes", false},
	More:          {Midday, "more", "more children, if agents are idle", false},
	Review:        {Evening, "review", "dispatched, merged, stuck", true},
	Tomorrow:      {Evening, "tomorrow", "tomorrow's plan", true},
	Refill:        {Evening, "refill", "stages 1 and 2, to refill READY", false},
}

// Steps are those of a session, in order; none of a session that there is not.
func (s Session) Steps() []Step {
	var out []Step
	for n := Results; n <= Refill; n++ {
		if steps[n].session == s {
			out = append(out, n)
		}
	}
	return out
}

// Known tells whether there is such a step.
func (s Step) Known() bool { return s >= Results && s <= Refill }

// Session is the one it belongs to.
func (s Step) Session() Session { return steps[s].session }

// Key names it for machines, in one word.
func (s Step) Key() string { return steps[s].key }

// Title names it for people.
func (s Step) Title() string { return steps[s].title }

// Tells: it only shows something and sends nothing, so that it is shown each time.
func (s Step) Tells() bool { return steps[s].tells }

// Dispatches: it hands out a part of the day's plan, which costs tasks.
func (s Step) Dispatches() bool { return s == Blockers || s == Phases || s == More }

// Fact is what a look says of a step.
type Fact struct {
	Step  Step
	Count int    // of what there is to do, or to know; Said says of what
	Said  string // in a line
	// Digest is of what is to be done: the same where nothing changed. Empty: there
	// is nothing to do.
	Digest string
}

// Digest is of what plans do, whatever their costs and reasons are; empty where
// they do nothing.
func Digest(plans []flows.Plan) string {
	var b strings.Builder
	for _, p := range plans {
		for _, s := range p.Steps {
			fmt.Fprintf(&b, "%s\x00%s\x00%s\x00", s.Effect.Kind(), s.Effect.Target(), s.Effect.Detail())
		}
	}
	if b.Len() == 0 {
		return ""
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:8])
}

// State is how a step stands.
type State string

const (
	Open    State = "open"    // not looked at, or broken off, or the answer was no
	Done    State = "done"    // carried out, or nothing was to be done
	Changed State = "changed" // done, and there is something new to do since
)

// Judge says how a step stands by what is remembered of the day. A step that only
// shows something is never over.
func Judge(r Record, f Fact) State {
	m, ok := r.Of(f.Step)
	switch {
	case !ok, f.Step.Tells():
		return Open
	case f.Digest != "" && f.Digest != m.Left:
		return Changed
	}
	return Done
}

// Next is the first step of a session that is not done by the record alone, for a
// list that is drawn without a look; false: all are.
func Next(r Record, s Session) (Step, bool) {
	for _, n := range s.Steps() {
		if _, ok := r.Of(n); !ok {
			return n, true
		}
	}
	return 0, false
}
