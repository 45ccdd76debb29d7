package inventory

import (
	"fmt"
	"strings"
)

// Verdict says whether a child can be dispatched, and if not, why not.
type Verdict struct {
	Code   Code
	Reason string // a sentence for people
	Agent  string // who has it, when dispatched
}

// Code is the machine's word for a verdict; the first that fits, in this order, else ready.
type Code string

const (
	CodeReady      Code = "ready"
	CodeDone       Code = "done"       // closed
	CodeUnknown    Code = "unknown"    // gone, or not readable
	CodePull       Code = "pull"       // the checklist names a pull request
	CodeElsewhere  Code = "elsewhere"  // its repository is not part of the fleet
	CodeUntrusted  Code = "untrusted"  // a stranger's
	CodeDispatched Code = "dispatched" // an agent has it
	CodeEpic       Code = "epic"       // the checklist names an epic
	CodeAudit      Code = "audit"      // the checklist names an audit issue
	CodeChecked    Code = "checked"    // ticked, yet open
	CodeLocked     Code = "locked"
	CodePhase      Code = "phase"      // an earlier phase is unfinished
	CodeDependency Code = "dependency" // blocked by an open issue
	CodeFeature    Code = "feature"    // feat( needs the owner's word
	CodeBranch     Code = "branch"     // several branches claim the epic
	CodeListed     Code = "listed"     // another epic lists it too, and comes first
)

// Ready tells whether the child belongs to the READY queue.
func (v Verdict) Ready() bool { return v.Code == CodeReady }

// jury judges the children of all epics of a fleet.
type jury struct {
	snap    *Snapshot
	rules   Rules
	records Records
	epics   map[string]bool // by Ref.Key
	listed  map[string]Ref  // child to the epic that lists it first
	people  []Person
}

func newJury(s *Snapshot, f *Fleet, rules Rules, records Records) *jury {
	j := &jury{snap: s, rules: rules, records: records, epics: map[string]bool{}, listed: map[string]Ref{}}
	for k := range f.Epics {
		j.epics[f.Epics[k].Ref.Key()] = true
	}
	return j
}

// judge gives every child of an epic its verdict.
func (j *jury) judge(e *Epic) {
	for k := range e.Children {
		c := &e.Children[k]
		c.Verdict = j.verdict(e, c)
		if first, ok := j.listed[c.Ref.Key()]; !ok {
			j.listed[c.Ref.Key()] = e.Ref
		} else if c.Verdict.Ready() {
			c.Verdict = Verdict{Code: CodeListed, Reason: "also on the checklist of " + first.From(e.Ref.Repo) + ", which comes first"}
		}
		if p, ok := needsPerson(e, c); ok {
			j.people = append(j.people, p)
		}
	}
}

// Alone is an issue on no checklist as a child of nothing, with its verdict: it
// may be dispatched directly, by the same rules.
func Alone(s *Snapshot, f *Fleet, rules Rules, records Records, i *Issue) Child {
	c := Child{Ref: i.Ref, Issue: i, Title: i.Title}
	c.Verdict = newJury(s, f, rules, records).verdict(&Epic{Ref: Ref{Repo: i.Ref.Repo}, Phases: []Phase{{Open: true}}}, &c)
	return c
}

// verdict applies the definition of the READY queue (spec/1-domain "Words") to
// one child, in the order of Code.
func (j *jury) verdict(e *Epic, c *Child) Verdict {
	rules, records := j.rules, j.records
	i := c.Issue
	switch {
	case i == nil:
		return Verdict{Code: CodeUnknown, Reason: c.Ref.String() + " could not be read: its repository did not answer, or is hidden from this token"}
	case i.Missing && c.Checked:
		return Verdict{Code: CodeDone, Reason: "ticked; the issue itself cannot be found"}
	case i.Missing:
		return Verdict{Code: CodeUnknown, Reason: c.Ref.String() + " is gone: deleted, transferred, or hidden from this token; mend the checklist line"}
	case i.Closed && i.StateReason != "":
		return Verdict{Code: CodeDone, Reason: "closed as " + strings.ToLower(strings.ReplaceAll(i.StateReason, "_", " "))}
	case i.Closed:
		return Verdict{Code: CodeDone, Reason: "closed"}
	case i.IsPull:
		return Verdict{Code: CodePull, Reason: "a pull request, not an issue an agent could take"}
	}
	if !c.Ref.Repo.Same(c.Epic.Repo) && !j.knows(c.Ref.Repo) {
		return Verdict{Code: CodeElsewhere, Reason: "its repository is not part of the fleet: add it to .core/inventory.yaml"}
	}
	if ok, why := rules.Trust.Issue(*i); !ok {
		return Verdict{Code: CodeUntrusted, Reason: why}
	}
	if agent, why := Dispatched(i, rules, records[c.Ref.Key()]); why != "" {
		return Verdict{Code: CodeDispatched, Reason: why, Agent: agent}
	}
	switch { // after that: an agent may be at work on either
	case j.epics[c.Ref.Key()]:
		return Verdict{Code: CodeEpic, Reason: "an epic itself, not work an agent could take"}
	case IsAuditTitle(i.Title):
		return Verdict{Code: CodeAudit, Reason: "an audit issue: stage 1 turns its findings into issues"}
	}
	if c.Checked {
		return Verdict{Code: CodeChecked, Reason: "ticked, but the issue is open: close it, or untick the line"}
	}
	if i.Locked {
		return Verdict{Code: CodeLocked, Reason: "the conversation is locked: no comment can name the target branch"}
	}
	if p := e.Phases[c.Phase]; !p.Open {
		return Verdict{Code: CodePhase, Reason: "phase " + p.Name + " opens when every child of the phases before it is closed: " + waiting(e, p)}
	}
	for _, d := range i.BlockedBy {
		if !d.Closed {
			return Verdict{Code: CodeDependency, Reason: "blocked by " + d.Ref.From(c.Ref.Repo) + ", which is open"}
		}
	}
	if IsFeature(i.Title) && !rules.Feature[c.Ref.Key()] {
		return Verdict{Code: CodeFeature, Reason: "a feature needs the owner's word: " + word(e.Ref, c.Ref)}
	}
	if len(e.Rivals) > 0 {
		return Verdict{Code: CodeBranch, Reason: "a person must say which branch is this epic's, and that its name is plain: " + strings.Join(e.Rivals, ", ")}
	}
	return Verdict{Code: CodeReady, Reason: "unchecked, open, not dispatched, its phase open, nothing blocks it"}
}

// word is the command line that gives the owner's word for a feature. A shell takes
// what begins with # for a remark.
func word(epic, feature Ref) string {
	number := strings.TrimPrefix(feature.From(epic.Repo), "#")
	if epic.Number == 0 {
		return fmt.Sprintf("core dev epic create %s --direct --include-feat %s", epic.Repo, number)
	}
	return fmt.Sprintf("core dev epic %d --repo %s --dispatch --include-feat %s", epic.Number, epic.Repo, number)
}

// Dispatched finds out who has an issue and why it counts as dispatched, empty
// where it does not: "agent label, open reservation, or a log line or agent
// LABELED event since the last recall" (spec/1-domain).
func Dispatched(i *Issue, rules Rules, rec Record) (agent, why string) {
	for _, l := range i.Labels {
		if a, ok := rules.Agent(l); ok {
			return a, "dispatched to " + a + ": it bears the label " + l
		}
	}
	if rec.Held {
		return "", "a task is reserved for it; the outcome is not settled yet"
	}
	if rec.LastLine.After(rec.Recalled) {
		return "", "dispatched " + rec.LastLine.UTC().Format("2006-01-02 15:04Z") + " by dispatch.log"
	}
	for k := len(i.LabelEvents) - 1; k >= 0; k-- {
		ev := i.LabelEvents[k]
		if a, ok := rules.Agent(ev.Label); ok && ev.Added && ev.At.After(rec.Recalled) {
			return a, "dispatched to " + a + " " + ev.At.UTC().Format("2006-01-02 15:04Z") + " (label event by " + ev.Actor + "; the label is off again)"
		}
	}
	return "", ""
}

func waiting(e *Epic, p Phase) string {
	var open []string
	for _, c := range e.Children {
		q := e.Phases[c.Phase]
		if q.HasOrdinal && q.Ordinal < p.Ordinal && !c.Closed() {
			open = append(open, c.Ref.From(e.Ref.Repo))
		}
	}
	if len(open) > 5 {
		open = append(open[:5], "...")
	}
	return strings.Join(open, ", ")
}

// knows tells whether the fleet has the repository.
func (j *jury) knows(repo RepoRef) bool {
	_, ok := j.snap.Repo(repo)
	return ok
}
