package inventory

import "strings"

// Verdict says whether a child can be dispatched, and if not, why not.
type Verdict struct {
	Code   Code
	Reason string // a sentence for people
	Agent  string // who has it, when dispatched
}

// Code is the machine's word for a verdict; the first that fits, in this order.
type Code string

const (
	CodeReady      Code = "ready"
	CodeDone       Code = "done"       // closed
	CodeChecked    Code = "checked"    // ticked, yet open
	CodeUnknown    Code = "unknown"    // gone, or not readable
	CodePull       Code = "pull"       // the checklist names a pull request
	CodeUntrusted  Code = "untrusted"  // a stranger's
	CodeDispatched Code = "dispatched" // an agent has it
	CodeLocked     Code = "locked"
	CodePhase      Code = "phase"      // an earlier phase is unfinished
	CodeDependency Code = "dependency" // blocked by an open issue
	CodeFeature    Code = "feature"    // feat( needs the owner's word
	CodeBranch     Code = "branch"     // several branches claim the epic
	CodeListed     Code = "listed"     // another epic lists it too, and comes first
)

// Ready tells whether the child belongs to the READY queue.
func (v Verdict) Ready() bool { return v.Code == CodeReady }

// judge applies the definition of the READY queue (spec/1-domain "Words") to
// one child, in the order of Code.
func judge(e *Epic, c *Child, rules Rules, records Records) Verdict {
	i := c.Issue
	if i == nil || i.Missing {
		if c.Checked {
			return Verdict{Code: CodeDone, Reason: "ticked; the issue itself cannot be found"}
		}
		return Verdict{Code: CodeUnknown, Reason: c.Ref.String() + " cannot be read: deleted, transferred, or hidden from this token; mend the checklist line"}
	}
	if i.Closed {
		if i.StateReason != "" {
			return Verdict{Code: CodeDone, Reason: "closed as " + strings.ToLower(strings.ReplaceAll(i.StateReason, "_", " "))}
		}
		return Verdict{Code: CodeDone, Reason: "closed"}
	}
	if i.IsPull {
		return Verdict{Code: CodePull, Reason: "a pull request, not an issue an agent could take"}
	}
	if ok, why := rules.Trust.Issue(*i); !ok {
		return Verdict{Code: CodeUntrusted, Reason: why}
	}
	if agent, why := Dispatched(i, rules, records[c.Ref.Key()]); why != "" {
		return Verdict{Code: CodeDispatched, Reason: why, Agent: agent}
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
		return Verdict{Code: CodeFeature, Reason: "a feature needs the owner's word: --include-feat " + c.Ref.From(e.Ref.Repo)}
	}
	if len(e.Rivals) > 0 {
		return Verdict{Code: CodeBranch, Reason: "several branches claim this epic: " + strings.Join(e.Rivals, ", ")}
	}
	return Verdict{Code: CodeReady, Reason: "unchecked, open, not dispatched, its phase open, nothing blocks it"}
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
	if rec.Lines > 0 && rec.LastLine.After(rec.Recalled) {
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
