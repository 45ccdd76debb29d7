package orchestrator

import (
	"cmp"
	"slices"
	"time"

	"github.com/dappcore/core-dev/flows"
)

// Entry is one plan of the journal.
type Entry struct {
	ID      string
	Flow    string
	Target  string
	Command string
	Run     string // of the command, with all its rounds: the id of its first proposal
	MadeAt  time.Time
	Last    time.Time // of its newest record
	State   State
	Detail  string // why it ended so
	Tasks   int    // spent by it
	Done    int    // steps done, or so already
	Refused int    // steps that GitHub refused for good: the others went on
	Steps   []StepEntry
}

// State is where a plan stands: an Ending, or one of these.
type State string

const (
	Running State = "running" // a process works on it
	Open    State = "open"    // left; the next command that writes settles it
	Undone  State = "undone"  // taken back by a later plan
	Broken  State = "damaged" // its journal cannot be read
)

// StepEntry is one step of it.
type StepEntry struct {
	Step     flows.Step
	Asked    time.Time // of the newest intent; zero: never begun
	Baseline *Baseline
	Outcome  Outcome // empty: not begun, or not known
	At       time.Time
	Detail   string
	Evidence *Evidence
}

// History are the newest plans of the journal, newest first; most 0: all. A
// plan that cannot be read is listed as damaged.
func (a *Applier) History(most int) ([]Entry, error) {
	ids, err := a.Journal.IDs()
	if err != nil {
		return nil, err
	}
	var out []Entry
	undone := map[string]Entry{} // by plan, what took it back
	for k := len(ids) - 1; k >= 0 && (most == 0 || len(out) < most); k-- {
		e, err := a.Plan(ids[k])
		if err != nil {
			e = Entry{ID: ids[k], State: Broken, Detail: err.Error()}
		}
		if e.Flow == undoFlow && e.State == State(Complete) {
			undone[e.Target] = e
		}
		if by, ok := undone[e.ID]; ok {
			e.undoneBy(by)
		}
		out = append(out, e)
	}
	return out, nil
}

func (e *Entry) undoneBy(by Entry) {
	e.State = Undone
	if back := takenBack(*e, by); back.Partly() {
		e.Detail = back.String()
	}
}

// Recorded is one plan of the journal as History lists it: with what a later one
// took back of it. Of those it reads, each that is newer.
func (a *Applier) Recorded(id string) (Entry, error) {
	e, err := a.Plan(id)
	if err != nil {
		return e, err
	}
	ids, err := a.Journal.IDs()
	if err != nil {
		return e, err
	}
	for _, later := range ids[slices.Index(ids, id)+1:] { // the oldest that took it back, as in History
		by, err := a.Plan(later)
		if err == nil && by.Flow == undoFlow && by.Target == id && by.State == State(Complete) {
			e.undoneBy(by)
			break
		}
	}
	return e, nil
}

// Plan is one plan of the journal by itself.
func (a *Applier) Plan(id string) (Entry, error) {
	p, open, err := a.read(id)
	if err != nil {
		return Entry{}, err
	}
	e := Entry{ID: id, Flow: p.sheet.Flow, Target: p.sheet.Target, Command: p.sheet.Command, Run: cmp.Or(p.sheet.Run, ProposalOf(id)), MadeAt: p.sheet.MadeAt, Last: p.last}
	for _, s := range p.steps {
		x := StepEntry{Step: s.Step}
		if s.intent != nil {
			x.Asked, x.Baseline = s.intent.At, s.intent.Baseline
		}
		if o := s.outcome; o != nil {
			x.Outcome, x.At, x.Detail, x.Evidence = o.Outcome, o.At, o.Detail, o.Evidence
			if o.Outcome == Refused {
				e.Refused++
			}
		}
		if s.finished() {
			e.Done++
			if _, spent := s.Effect.(flows.LogDispatch); spent {
				e.Tasks++
			}
		}
		e.Steps = append(e.Steps, x)
	}
	switch {
	case p.end != nil:
		e.State, e.Detail = State(p.end.End), p.end.Detail
	case open:
		held, err := a.Journal.Held(id)
		if err != nil {
			return e, err
		}
		e.State = Open
		if held {
			e.State = Running
		}
	}
	return e, nil
}
