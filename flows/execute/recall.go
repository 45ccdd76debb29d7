package execute

import (
	_ "embed"
	"strings"
	"time"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// Recall takes a dispatch back: the agent's label off, one comment, and the
// child may be READY again. Its task stays spent.
//
// Of a child that is not dispatched it frees the claim, where claims are made:
// a machine that is gone may have left one.
type Recall struct {
	Child inventory.Ref
	Claim inventory.Claim // of the child's next attempt
	Lives time.Duration   // how long a claim may be of a dispatch under way
}

// ClaimLives tells that a claim is too young to be one that was left.
type ClaimLives struct {
	Child inventory.Ref
	Claim inventory.Claim
	Until time.Time
}

func (e *ClaimLives) Error() string {
	return e.Child.String() + ": " + claimedBy(e.Claim) + ": it may be dispatching it right now; from " + e.Until.UTC().Format("15:04:05Z") + " on its claim can be freed"
}

func claimedBy(c inventory.Claim) string {
	who := "somebody"
	if c.By != "" {
		who = "@" + c.By
	}
	return who + " claimed it at " + c.At.UTC().Format("2006-01-02 15:04:05Z")
}

// NotDispatched says why there is nothing to take back.
type NotDispatched struct {
	Ref inventory.Ref
	Why string
}

func (e *NotDispatched) Error() string {
	return e.Ref.String() + ": " + e.Why + "; there is nothing to take back"
}

// Plan plans it.
func (r Recall) Plan(w flows.World) (flows.Plan, error) {
	plan := flows.Plan{Flow: "recall", Target: r.Child.String(), Steps: []flows.Step{}, Skipped: []flows.Skip{}}
	issue, ok := w.Snapshot.Find(r.Child)
	if !ok || issue.Missing {
		return plan, &NotDispatched{r.Child, "no open issue of that number was found"}
	}
	if issue.Closed {
		return plan, &NotDispatched{r.Child, closedAs(issue)}
	}
	record := w.Records[r.Child.Key()]
	if record.Held {
		return plan, &NotDispatched{r.Child, "a run that is under way has reserved a task for it"}
	}
	_, why := inventory.Dispatched(issue, w.Rules, record)
	switch {
	case why == "" && r.Claim.SHA != "":
		if until := r.Claim.At.Add(r.Lives); w.Now.Before(until) {
			return plan, &ClaimLives{issue.Ref, r.Claim, until}
		}
		plan.Add(flows.Step{
			Reason: "it is not dispatched, and " + claimedBy(r.Claim) + ", " + w.Now.Sub(r.Claim.At).Round(time.Second).String() + " ago: that keeps every machine away",
			Effect: flows.FreeClaim{Child: issue.Ref, Attempt: inventory.NextAttempt(issue, w.Rules), SHA: r.Claim.SHA},
		})
		return plan, nil
	case why == "":
		return plan, &NotDispatched{r.Child, "it is not dispatched"}
	}
	for _, label := range issue.Labels {
		if agent, ok := w.Rules.Agent(label); ok {
			plan.Add(flows.Step{Reason: "the label of " + agent, Effect: flows.RemoveLabel{Issue: issue.Ref, Label: label, Event: newest(issue, label)}})
		}
	}
	plan.Add(flows.Step{Reason: "whoever works on it shall know", Effect: flows.Comment{Issue: issue.Ref, Body: strings.TrimSpace(recallText)}})
	plan.Add(flows.Step{Reason: why, Effect: flows.NoteRecall{Child: issue.Ref, Event: inventory.NewestDispatch(issue, w.Rules)}})
	plan.Skip(issue.Ref.String(), "its task stays spent: "+stands(issue, record, w.Rules))
	return plan, nil
}

// closedAs tells how an issue was closed.
func closedAs(i *inventory.Issue) string {
	if i.StateReason == "" {
		return "it is closed"
	}
	return "it is closed as " + strings.ToLower(strings.ReplaceAll(i.StateReason, "_", " "))
}

// stands is what goes on telling that a dispatch was made.
func stands(i *inventory.Issue, record inventory.Record, rules inventory.Rules) string {
	event, line := inventory.NextAttempt(i, rules) > 1, record.Lines > 0
	switch {
	case event && line:
		return "the label event and the line in dispatch.log stand"
	case line:
		return "the line in dispatch.log stands"
	}
	return "the label event stands; dispatch.log has no line of it"
}

//go:embed recall.txt
var recallText string
