package tui

import (
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/orchestrator"
)

// pane is one of the five, numbered as their keys, less one.
type pane int

const (
	repos pane = iota
	epics
	phases
	budgets
	activity
	paneCount
)

var paneNames = [paneCount]string{"Repos", "Epics", "Phases", "Budget", "Activity"}

// state is all the screen knows. The reducer makes the next from the last.
type state struct {
	// What it was started with.
	readOnly bool
	keys     []binding     // as they are bound here
	every    time.Duration // between looks in the background
	clean    func(string) string
	glyphs   glyphs
	called   func(string) string // a command line as it is typed here

	now    time.Time // the machine's, by which the screen waits
	date   time.Time // of the world that is shown
	speed  float64   // seconds of that world in one of the machine's
	w, h   int
	dim    bool        // the terminal has lost the focus
	method ansi.Method // how the terminal measures text

	focus  pane
	zoom   bool
	trail  []pane            // where one drilled in from
	only   inventory.RepoRef // epics of that repository alone; zero: all
	lists  [paneCount]list
	among  []int           // rows of Epics to the fleet's epics; nil: the same
	of     string          // epic whose phases are listed, by Ref.Key
	lines  []checkLine     // its phases and children, beside the rows of Phases
	folded map[string]bool // phases whose children are not listed, by epic's Ref.Key and phase
	folds  int             // counts the foldings
	detail bool            // the selected child is shown whole

	filtering bool
	before    string // the filter before it was edited
	helping   bool
	helpTop   int
	listing   bool // what needs a person
	people    list // over the board's people

	board *board // nil: nothing was read yet
	fetch fetch
	wakes int // sequence of the clock's order that counts

	log    []entry
	logged int // entries ever; numbers them
	follow bool

	page   page // that lies over the panes
	under  page // that the palette was opened on
	pages  [pageCount]list
	home   inventory.RepoRef // whose issues are listed
	issues []issueLine       // beside the rows of that page
	pulls  pullNews
	spent  spentNews
	ahead  aheadNews
	day    dayNews
	past   []orchestrator.Entry // of the journal, newest first
	reads  pastReads

	watch watching
	mouse bool

	preview  preview
	lastPlan time.Time // when one was asked for
	send     send
	asking   bool      // whether to quit though a send runs
	asked    time.Time // when it was asked, or answered
	brake    pause
	toast    toast
}

// fetch is how looking at GitHub goes.
type fetch struct {
	running  bool
	wanted   bool      // by a person, who is told what came of it
	since    time.Time // of the running one
	again    bool      // wanted once more when it is done
	kept     bool      // all that was kept was asked for
	failures int       // in a row
	problem  problem   // of the last one; empty: it went well
	next     time.Time // when the next is due
}

// failed tells whether the last look failed.
func (f fetch) failed() bool { return f.problem.text != "" }

// previewPhase is how far the one door to a write is open.
type previewPhase int

const (
	noPreview previewPhase = iota
	planning
	planned
	refused
	planFailed
)

type preview struct {
	phase    previewPhase
	seq      int // of the last plan asked for
	ask      Ask
	name     string // "core #118", cleaned
	since    time.Time
	note     string // why it was planned again
	proposal orchestrator.Proposal
	steps    []flows.Step
	skipped  []flows.Skip
	refusal  *flows.Refusal
	problem  problem
	list     list      // over steps and skipped
	whole    bool      // the selected one is shown whole,
	wholeTop int       // from that line on
	readable time.Time // from then on y counts: nobody reads faster
}

// send is a running apply.
type send struct {
	running  bool
	stopping bool
	leaving  bool // quit when it has stopped
	ask      Ask
	name     string
	progress orchestrator.Progress
	tally              // of what it did so far
	until    time.Time // it waits so long; zero: it does not
	waitFor  string    // for what, cleaned
	problem  problem   // of the last one, kept until it is dismissed or another went well
}

// watching is a follow that was approved: looks that decide and send by
// themselves, within what the preview said, until it is stopped.
type watching struct {
	on      bool
	running bool // a look of it is under way
	sending bool // that look has sent something
	leaving bool // quit when that look has stopped
	next    time.Time
	sent    int     // steps, in all
	problem problem // of its last look; kept until one goes well
	fails   int     // in a row
}

// pullNews is what was last read of pull requests.
type pullNews struct {
	list    []Pull
	at      time.Time // by the screen's clock; zero: never
	running bool
	again   bool // wanted once more when it is done
	problem problem
}

// spentNews is what was last read of the days before.
type spentNews struct {
	days    []budget.DayUse
	running bool
	problem problem // of the last reading; what one before it read is kept
}

// aheadNews is what was last read of what is to come.
type aheadNews struct {
	Ahead
	running bool
	problem problem
}

// pastReads is how reading the journal goes.
type pastReads struct {
	running bool
	problem problem
}

// pause is whether writing is paused, and why.
type pause struct {
	on     bool
	reason string // cleaned; may be empty
}

// words is " (REASON)", or nothing.
func (p pause) words() string {
	if p.reason == "" {
		return ""
	}
	return " (" + p.reason + ")"
}

// toast is a short word in the footer.
type toast struct {
	text  string
	bad   bool
	until time.Time
}

// entry is one line of Activity.
type entry struct {
	seq   int
	at    time.Time
	mark  mark
	word  string
	text  string // cleaned
	child string // the child it tells of, so that our own dispatch is told once
}

// epic is the selected epic.
func (s *state) epic() (*inventory.Epic, *epicFacts, bool) {
	k := s.lists[epics].index()
	if s.board == nil || k < 0 {
		return nil, nil, false
	}
	k = s.epicRow(k)
	return &s.board.fleet.Epics[k], &s.board.facts[k], true
}

// epicRow is the index in the fleet of a row of Epics.
func (s *state) epicRow(k int) int {
	if s.among == nil {
		return k
	}
	return s.among[k]
}

// child is the selected child, when a child is selected.
func (s *state) child() (*inventory.Epic, *inventory.Child, bool) {
	e, _, ok := s.epic()
	k := s.lists[phases].index()
	if !ok || k < 0 {
		return nil, nil, false
	}
	if c := s.lines[k].child; c >= 0 {
		return e, &e.Children[c], true
	}
	return e, nil, false
}

func (s *state) inside() bool {
	return s.lists[s.focus].anyMarked() || len(s.trail) > 0 || s.zoom || !s.only.IsZero() || s.lists[s.focus].filter != "" || s.focus == activity && s.send.problem.text != ""
}

func (s *state) gridded() bool { return shapeOf(s.w, s.h) == grid }

func (s *state) mayPlan() bool { return s.board != nil && !s.readOnly }

// offers tells whether a verb means something for what is selected in the
// focused pane, or marked.
func (s *state) offers(v Verb) bool {
	_, _, why := s.asks(v)
	return s.mayPlan() && why == ""
}

func (s *state) onChild() bool { return s.focus == phases && s.mayPlan() }

func (s *state) needsPerson() bool { return s.board != nil && len(s.board.people) > 0 }

func (s *state) planShown() bool { return s.preview.phase == planned }

// maySend tells whether the key that sends does: a plan with steps is drawn, and
// nothing that this screen knows of stands against it.
func (s *state) maySend() bool {
	return s.planShown() && shapeOf(s.w, s.h) != tooSmall && (len(s.preview.steps) > 0 || s.preview.ask.Verb == Follow) && !s.readOnly && !s.send.running && !s.paused()
}

func (s *state) mayCopy() bool { return s.planShown() && s.preview.proposal.Command != "" }
func (s *state) mayFit() bool {
	return s.preview.phase == refused && s.preview.refusal.Fits > 0
}
func (s *state) paused() bool { return s.brake.on }
