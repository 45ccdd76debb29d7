package orchestrator

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/dappcore/core-dev/flows"
)

// record is one line of a plan's journal.
type record struct {
	Kind     string    `json:"kind"` // plan, intent, outcome, end
	At       time.Time `json:"at"`
	Plan     *sheet    `json:"plan,omitempty"`
	Step     int       `json:"step,omitempty"` // from 1
	Baseline *Baseline `json:"baseline,omitempty"`
	Outcome  Outcome   `json:"outcome,omitempty"`
	Evidence *Evidence `json:"evidence,omitempty"`
	Detail   string    `json:"detail,omitempty"`
	End      Ending    `json:"end,omitempty"`
}

const (
	kindPlan    = "plan"
	kindIntent  = "intent"
	kindOutcome = "outcome"
	kindEnd     = "end"
)

// sheet is a plan as its journal keeps it.
type sheet struct {
	Host    string           `json:"host"`
	Command string           `json:"command"`
	Flow    string           `json:"flow"`
	Target  string           `json:"target"`
	MadeAt  time.Time        `json:"made_at"`
	Run     string           `json:"run,omitempty"` // empty: its proposal's
	Steps   []flows.Recorded `json:"steps"`
}

// Baseline is what stood before a step was sent, for a later look to compare.
type Baseline struct {
	Comment     int64  `json:"comment,omitempty"`     // highest comment id of the issue
	Event       string `json:"event,omitempty"`       // newest LABELED event of the label
	Events      int    `json:"events,omitempty"`      // how many there were
	SHA         string `json:"sha,omitempty"`         // where the branch shall start, or stands
	Reservation string `json:"reservation,omitempty"` // its id, chosen before
	Lines       int    `json:"lines,omitempty"`       // of the child in dispatch.log
	Number      int    `json:"number,omitempty"`      // highest number of an issue or pull request of the repository
	ID          int64  `json:"id,omitempty"`          // REST's id of the other issue of a tie
	Edit        string `json:"edit,omitempty"`        // newest version of the body
	Sum         string `json:"sum,omitempty"`         // digest of the body that is written
	How         string `json:"how,omitempty"`         // in a few words, how a merge of our own came about
	// At is when the newest label event of the issue was, or, of a pull request, when
	// it was looked at.
	At time.Time `json:"at,omitzero"`
}

// Evidence is what shows that a step was done.
type Evidence struct {
	Comment     int64     `json:"comment,omitempty"`
	Event       string    `json:"event,omitempty"`
	At          time.Time `json:"at,omitzero"` // of the event
	SHA         string    `json:"sha,omitempty"`
	Reservation string    `json:"reservation,omitempty"`
	Member      string    `json:"member,omitempty"`
	Number      int       `json:"number,omitempty"` // of the issue or pull request that was made, or stood there
	// Final tells of a refusal that it stands: the journal remembers it
	// (inventory.NoteRefused), or a new look decides anew, and the plan goes on
	// without the step.
	Final bool `json:"final,omitempty"`
	// Ends tells of such a refusal that the steps behind it on the same target are
	// left out, too.
	Ends bool `json:"ends,omitempty"`
}

// Ending is how a plan ended.
type Ending string

const (
	Complete Ending = "complete" // every step was done or so already
	Outdated Ending = "stale"    // contradicted by what it met
	Stopped  Ending = "stopped"  // left before its end, nothing in doubt
	Settled  Ending = "settled"  // left by a process that died; what was open was found out later
)

// state is where one step of a plan stands.
type state struct {
	flows.Step
	intent  *record // the newest
	outcome *record // of it; nil while that is a question
}

// asked tells that the step was begun and nobody knows how it ended.
func (s *state) asked() bool { return s.intent != nil && s.outcome == nil }

func (s *state) finished() bool {
	return s.outcome != nil && (s.outcome.Outcome == Done || s.outcome.Outcome == Skipped)
}

// over tells that nothing more is done for the step in this plan: it is finished,
// or was refused for good.
func (s *state) over() bool {
	return s.finished() || s.outcome != nil && s.outcome.Evidence != nil && s.outcome.Evidence.Final
}

// ends tells that the step was refused, and what is behind it on its target is left
// out.
func (s *state) ends() bool {
	return s.outcome != nil && s.outcome.Evidence != nil && s.outcome.Evidence.Ends
}

// page is one plan's journal, read.
type page struct {
	id    string
	sheet sheet
	steps []*state
	end   *record
	last  time.Time // of the newest record
}

func readPage(id string, lines [][]byte) (*page, error) {
	p := &page{id: id}
	for k, line := range lines {
		var r record
		if err := json.Unmarshal(line, &r); err != nil {
			return nil, fmt.Errorf("plan %s, record %d: %w", id, k+1, err)
		}
		if (r.Kind == kindPlan) != (k == 0) || (r.Kind == kindIntent || r.Kind == kindOutcome) && (r.Step < 1 || r.Step > len(p.steps)) {
			return nil, fmt.Errorf("plan %s, record %d: a %q that does not belong there", id, k+1, r.Kind)
		}
		p.last = r.At
		switch r.Kind {
		case kindPlan:
			if r.Plan == nil {
				return nil, fmt.Errorf("plan %s has no steps written down", id)
			}
			p.sheet = *r.Plan
			for _, w := range p.sheet.Steps {
				s, err := w.Step()
				if err != nil {
					return nil, fmt.Errorf("plan %s: %w", id, err)
				}
				p.steps = append(p.steps, &state{Step: s})
			}
		case kindIntent:
			s := p.steps[r.Step-1]
			s.intent, s.outcome = &r, nil
		case kindOutcome:
			p.steps[r.Step-1].outcome = &r
		case kindEnd:
			p.end = &r
		}
	}
	return p, nil
}

// NewID names a proposal and the plan's journal: sortable by time.
func NewID(at time.Time) string {
	return at.UTC().Format("20060102T150405.000Z") + "-" + newNonce()
}

func newNonce() string { return strings.ToLower(rand.Text()[:6]) }
