// Package plan proposes what to dispatch today: how many tasks each repository
// gets, which children, by which agent and at whose charge, what is left, and what
// could not be placed and why (spec/3-budget "Plan").
//
// It is pure and deterministic: the same input gives the same plan. Only what is
// READY is planned, so the order of phases holds by what READY means; what may be
// spent is budget.State's to say, and a budget.Draft places it.
//
// # Order
//
// Children of critical severity come first, then those of high severity; then
// those of the repositories with most work remaining, children that depend on
// nothing before those that did, and the repositories whose checks most likely
// pass; in the end the fleet's own order.
//
// # Limits of a repository
//
// While another repository has READY work that can be dispatched, a repository
// gets at most the smaller of a share of the day's limit and the limit times its
// part of the READY children of the repositories taken part of, today's dispatches
// included; and the one with most of them (ties: each) at most a share of these, those
// dispatched today counted among them. What is not whole is rounded up, so that the
// smallest repository gets its turn. The day's limit here is the members'; what agents
// with a quota of their own do is counted apart, and shared out likewise where several
// repositories ask for it.
package plan

import (
	"time"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/inventory"
)

// Version is the version of Plan's JSON form. Fields may be added to a version;
// what is there keeps its name and meaning.
const Version = 1

// Input is all that a plan is worked out from.
type Input struct {
	Budget   budget.State
	Repos    []Repo // in the fleet's order
	Settings Settings
	Past     []Outcome // earlier days, the oldest first; nil = nothing known
	// Processed and Made are the audits that were made into children so far, and how
	// many children that were.
	Processed, Made int
	Taken           time.Time // when GitHub was looked at
}

// Settings are what configuration says.
type Settings struct {
	Strategy   Strategy
	Reserve    int // percent of the usable quota kept back for retries
	RepoShare  int // percent of the day's limit that one repository gets at most
	ReadyShare int // percent of its READY children that the repository with most of them gets at most
}

// Repo is one repository as a plan sees it.
type Repo struct {
	Ref     inventory.RepoRef
	Tier    int      // 1 to 4; 0: none
	Agents  []string // who may implement here, in the order they are tried
	Unfit   string   // why nothing can be dispatched here; empty: it can
	Closed  string   // why stage 1 can make nothing here; empty: it can
	Left    int      // children of its epics that are not closed: the work remaining
	Audits  int      // open audits that nobody has processed
	Epics   int      // open epics, of which
	Running int      // have an open child
	Begun   bool     // it had children of epics before, by the log or our own records
	Passed  int      // heads whose checks passed
	Failed  int      // heads whose checks failed
	Stuck   int      // pull requests of children that have to be unstuck, which costs no task
	Ready   []Child  // in the order of epics and checklists
}

// Child is a READY child.
type Child struct {
	Ref      inventory.Ref
	Epic     inventory.Ref
	Severity Severity
	Depends  bool // it was blocked by issues, all closed by now
}

// Severity is how grave what a child mends is, by its label.
type Severity uint8

const (
	Other Severity = iota // medium, low, or not said
	High
	Critical
)

// Plan is what to dispatch today.
type Plan struct {
	Version  int      `json:"version"`
	Date     string   `json:"date"` // the UTC day, "2026-02-04"
	Strategy Strategy `json:"strategy"`
	// Level is the strategy that holds: of "auto" the step it stands on.
	Level     Strategy   `json:"level"`
	Why       string     `json:"why"`       // of the level, a sentence
	Usable    int        `json:"usable"`    // quota a day that can be spent at all
	Reserve   int        `json:"reserve"`   // of it kept back for retries
	Limit     int        `json:"limit"`     // tasks today at the most, dispatched ones and agents with a quota of their own included
	Spent     int        `json:"spent"`     // today: used, held, seen outside, unreadable
	Tasks     int        `json:"tasks"`     // this plan dispatches: its cost
	Remaining int        `json:"remaining"` // of the usable quota when all is dispatched, the reserve included; agents with a quota of their own take nothing of it
	Repos     []RepoPlan `json:"repos"`     // with READY children or something to unstick, in the fleet's order
	Unplaced  []Unplaced `json:"unplaced"`
	Stranded  []Stranded `json:"stranded"`
	Agents    []AgentUse `json:"agents"` // that get tasks
	Estimate  Estimate   `json:"estimate"`
	Gauge     Gauge      `json:"gauge"`
	Advice    []Advice   `json:"advice"`
	Notes     []string   `json:"notes"` // what about the input looks wrong
}

// RepoPlan is one repository's part.
type RepoPlan struct {
	Repo     string    `json:"repo"` // owner/name
	Tasks    int       `json:"tasks"`
	Ready    int       `json:"ready"`
	Today    int       `json:"today"`   // dispatched there today already
	Unstick  int       `json:"unstick"` // pull requests to be unstuck there, at no cost
	Reason   string    `json:"reason"`
	Children []Planned `json:"children"` // as many as tasks, in the order of priority

	Ref inventory.RepoRef `json:"-"`
}

// Planned is a child that is dispatched.
type Planned struct {
	Ref    string `json:"ref"`  // owner/name#12
	Epic   string `json:"epic"` // owner/name#3
	Agent  string `json:"agent"`
	Member string `json:"member"` // who is charged

	Child inventory.Ref `json:"-"`
	Of    inventory.Ref `json:"-"` // its epic
}

// Unplaced is a READY child that the plan leaves out.
type Unplaced struct {
	Ref    string `json:"ref"`
	Code   Code   `json:"code"`
	Reason string `json:"reason"`
}

// Code is the machine's word for why a READY child is left out.
type Code string

const (
	Limit       Code = "limit"       // the day's limit is reached
	Kept        Code = "reserve"     // budget.NoMore: what the members have left is kept for retries
	RepoLimit   Code = "repo"        // the repository's part of the day is reached
	ReadyLimit  Code = "ready"       // of the repository with most READY children enough are taken
	Later       Code = "later"       // the strategy takes other repositories today
	Unfit       Code = "unfit"       // nothing can be dispatched in its repository
	NoMember    Code = "no-member"   // budget.NoMember
	NoToken     Code = "no-token"    // budget.NoToken
	NoQuota     Code = "quota"       // budget.NoQuota
	Concurrency Code = "concurrency" // budget.NoConcurrency
)

// Stranded is quota that no repository can use, and what would free it.
type Stranded struct {
	Member string   `json:"member"`
	Quota  int      `json:"quota"`
	Reason string   `json:"reason"`
	Repos  []string `json:"repos"` // connecting one of these frees it
}

// AgentUse is what an agent gets.
type AgentUse struct {
	Agent string `json:"agent"`
	Tasks int    `json:"tasks"`
}
