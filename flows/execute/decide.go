package execute

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// Row is a row of the table by which a pull request is judged: the first that
// fits, in this order (spec/2-flows "Stage 3: execute").
type Row string

const (
	RowStranger     Row = "stranger"     // not trusted, from a fork, or claimed twice
	RowMerged       Row = "merged"       //
	RowClosed       Row = "closed"       // without a merge
	RowIntervention Row = "intervention" // labelled needs-intervention
	RowChild        Row = "child"        // its child was closed meanwhile
	RowBase         Row = "base"         // its base is another branch than its target
	RowUnknown      Row = "unknown"      // a draft, or GitHub does not know yet
	RowResolve      Row = "resolve"      // the reviews that a fix was asked for are answered
	RowReviews      Row = "reviews"      // threads or changes that nobody asked the agent about
	RowConflict     Row = "conflict"     //
	RowStuck        Row = "stuck"        // in conflict, asked twice
	RowAnswer       Row = "answer"       // asked, not answered
	RowBehind       Row = "behind"       // lacks commits of its base
	RowRed          Row = "red"          // checks failed
	RowNone         Row = "none"         // no check at all
	RowReview       Row = "review"       // a review is missing
	RowPending      Row = "pending"      // checks run
	RowQueued       Row = "queued"       // in the merge queue
	RowGreen        Row = "green"        // green, resolved, up to date
	RowPerson       Row = "person"       // anything else
)

// InterventionLabel keeps a pull request for a person; it is made in this colour.
const (
	InterventionLabel = flows.InterventionLabel
	InterventionColor = "B60205"
)

// Decision is what is done about a pull request, or a child without one, at one
// look, and why.
type Decision struct {
	About inventory.Ref // the pull request, or the child
	Child inventory.Ref
	Row   Row
	Seen  string // what was seen
	Next  string // what comes next, and why
	Steps []flows.Step
	// Person is what a person is needed for; empty: nothing.
	Person string
	// Alert names what a person is told of, once a head; empty: nothing. Its note
	// is among the steps where nobody was told so far.
	Alert string
	// wordLacks: it would be merged, but for a person's word.
	wordLacks bool
	// Stalled: a person was told long ago, and nothing came.
	Stalled bool
	// Soon: another look is worth it within a minute, since GitHub or an effect of
	// ours settles what is open.
	Soon bool
}

// Decide judges one pull request at one look. It is total: every state has a row,
// and every row either does something or says what is waited for.
func Decide(s Sight) Decision {
	d := decider{Sight: s, Decision: Decision{About: s.Pull.Ref, Child: s.Child}}
	for _, row := range table {
		if row.fits(&d) {
			d.Row = row.name
			row.decide(&d)
			d.keep()
			return d.Decision
		}
	}
	d.Row = RowPerson
	d.person("a state that no rule knows: "+d.state(), "look at it, and merge or close it by hand")
	return d.Decision
}

// keep takes the merge out of GitHub's hands again where we gave it there, and a
// person has to look first.
func (d *decider) keep() {
	ours := slices.ContainsFunc(d.Course.Sent, func(s inventory.Sending) bool { return s.Deed == flows.AutoMerge{}.Kind() })
	if d.Person == "" || d.Pull.State != inventory.PullOpen || !d.Pull.AutoMerge || !ours || d.refusedOnce(flows.AutoMergeOff{}.Kind()) {
		return
	}
	switch d.Row {
	case RowStranger, RowIntervention, RowChild, RowReviews:
		d.Steps = append(d.Steps, flows.Step{Reason: d.Seen, Effect: flows.AutoMergeOff{Pull: d.Pull.Ref, Head: d.Pull.HeadSHA}})
		d.Next += "; auto-merge is to be taken off"
	}
}

type decider struct {
	Sight
	Decision
}

type tableRow struct {
	name   Row
	fits   func(*decider) bool
	decide func(*decider)
}

// table is the specification's, row by row.
var table = []tableRow{
	{RowMerged, func(d *decider) bool { return d.Pull.State == inventory.PullMerged && d.Doubt == "" }, (*decider).merged},
	{RowClosed, func(d *decider) bool { return d.Pull.State == inventory.PullClosed }, (*decider).closed},
	{RowStranger, func(d *decider) bool { return d.Doubt != "" }, (*decider).stranger},
	{RowIntervention, func(d *decider) bool { return hasLabel(d.Pull.Labels, InterventionLabel) }, (*decider).intervention},
	{RowChild, func(d *decider) bool { return !d.Own && d.Issue != nil && d.Issue.Closed }, (*decider).childClosed},
	{RowBase, func(d *decider) bool { return d.Pull.Base != d.Target }, (*decider).base},
	{RowUnknown, func(d *decider) bool {
		return d.Pull.Draft || d.Pull.Mergeable != "MERGEABLE" && d.Pull.Mergeable != "CONFLICTING"
	}, (*decider).unknown},
	{RowResolve, func(d *decider) bool { return len(d.answered()) > 0 }, (*decider).resolve},
	{RowReviews, (*decider).wantsReviews, (*decider).askReviews},
	{RowConflict, (*decider).wantsConflict, (*decider).askConflict},
	{RowStuck, (*decider).isStuck, (*decider).stuck},
	{RowAnswer, (*decider).waitsForAnswer, (*decider).await},
	{RowBehind, func(d *decider) bool { return d.Pull.Behind != 0 && !d.Pull.QueueOn && !d.Pull.Queued }, (*decider).behind},
	{RowRed, func(d *decider) bool {
		return d.Pull.Checks.Failed > 0 || isOneOf(d.Pull.Checks.State, "FAILURE", "ERROR")
	}, (*decider).redChecks},
	{RowNone, func(d *decider) bool { return d.Pull.Checks.State == "" && !d.reviewed() }, (*decider).none},
	{RowReview, func(d *decider) bool {
		return d.Pull.ReviewDecision == "REVIEW_REQUIRED" || d.objected()
	}, (*decider).review},
	{RowPending, func(d *decider) bool { return !d.checked() && !d.Pull.Queued }, (*decider).pending},
	{RowQueued, func(d *decider) bool { return d.Pull.Queued }, func(d *decider) {
		d.wait("in the merge queue", "the queue merges it")
	}},
	{RowGreen, func(d *decider) bool { return d.checked() }, (*decider).green},
}

// checked tells that nothing is to be said against it by its checks.
func (d *decider) checked() bool {
	return d.Pull.Checks.State == "SUCCESS" || d.Pull.Checks.State == "" && d.reviewed()
}

// reviewed tells whether reviews alone, in a repository without CI, let it pass.
func (d *decider) reviewed() bool {
	return d.Reviewed && (d.Pull.Approved > 0 || d.Pull.Reviews > 0 && len(d.Pull.Unresolved()) == 0)
}

func (d *decider) wait(seen, next string) { d.Seen, d.Next = seen, next }

func (d *decider) person(seen, next string) { d.Seen, d.Next, d.Person = seen, next, seen }

func (d *decider) do(seen, next string, effects ...flows.Effect) {
	d.Seen, d.Next, d.Soon = seen, next, true
	for _, e := range effects {
		d.Steps = append(d.Steps, flows.Step{Reason: seen, Effect: e})
	}
}

// alert tells a person, once a head.
func (d *decider) alert(what, seen, next string) {
	d.Seen, d.Next, d.Alert, d.Person = seen, next, what, seen
	if !d.told(what) {
		d.Steps = append(d.Steps, flows.Step{Reason: seen, Effect: flows.NotePull{Pull: d.Pull.Ref,
			Note: inventory.PullNote{Kind: inventory.NoteAlert, What: what, SHA: d.Pull.HeadSHA}}})
	}
}

// overdue waits, and alerts a person when it takes longer than it may: do is what
// they can do then.
func (d *decider) overdue(since time.Time, limit time.Duration, what, seen, next, do string) {
	if took := d.Now.Sub(since); took > limit {
		d.alert(what, seen+" for "+span(took), do)
		d.Stalled = took > limit+d.Patience.GiveUp
		return
	}
	d.wait(seen, next)
}

func (d *decider) stranger() {
	d.person(d.Doubt, "nothing is done with it until a person has settled that")
}

func (d *decider) merged() {
	switch {
	case d.Own && d.Course.Ended == "":
	case d.Course.Ended != "" && d.Dispatched.After(d.Pull.EndedAt):
		d.wait("merged; its child was dispatched again since", "nothing: another pull request is waited for")
		return
	case d.Course.Ended != "" && !d.Own && d.Issue != nil && !d.Issue.Closed:
		d.person("merged, and its child was opened again since", "close "+d.Sight.Child.From(d.Pull.Ref.Repo)+", or recall it: then it is READY for another task")
		return
	case d.Course.Ended != "":
		d.wait("merged", "nothing is left to do")
		return
	}
	seen := "merged"
	if d.Pull.Base != d.Target {
		seen += " into " + d.Pull.Base + ", not " + d.Target
	}
	var steps []flows.Effect
	if d.Own { // read until its epic is closed, which is when its branch is home everywhere
		d.wait(seen, "its branch is to be deleted and the epic closed")
		return
	}
	if d.Issue != nil && !d.Issue.Closed {
		steps = append(steps, flows.CloseIssue{Issue: d.Sight.Child, Reason: "completed"})
	}
	if d.Epic.Number != 0 && !d.Ticked && d.NoTick == "" {
		steps = append(steps, flows.Tick{Epic: d.Epic, Child: d.Sight.Child})
	}
	steps = append(steps, flows.Capture{Epic: d.Epic, Child: d.Sight.Child, Pull: d.Pull.Ref}, d.ended())
	d.do(seen, "its child is to be closed and ticked, its training record written; then the phase is looked at", steps...)
}

func (d *decider) ended() flows.Effect {
	return flows.NotePull{Pull: d.Pull.Ref, Note: inventory.PullNote{Kind: inventory.NoteEnded, What: string(d.Pull.State), Child: d.Sight.Child.String()}}
}

func (d *decider) closed() {
	switch {
	case d.Course.Ended != "":
		d.wait("closed without a merge", "nothing: its child was taken back")
		return
	case d.Own:
		d.person("closed without a merge", "open it again, or merge the epic's branch by hand")
		return
	case d.Doubt != "":
		d.wait("closed without a merge; "+d.Doubt, "nothing: it never took part")
		return
	case d.Issue == nil || d.Issue.Closed:
		d.do("closed without a merge, and its child is closed, too", "nothing: the child is done with", d.ended())
		d.Soon = false
		return
	case d.Other.Number != 0:
		d.do("closed without a merge; "+d.Other.From(d.Pull.Ref.Repo)+" is its child's, too", "nothing: that one goes on", d.ended())
		d.Soon = false
		return
	case d.Dispatched.IsZero() || d.Dispatched.After(d.Pull.EndedAt):
		d.do("closed without a merge; its child was taken back or dispatched again since", "nothing", d.ended())
		d.Soon = false
		return
	case d.Returned >= mostReturns:
		d.person(fmt.Sprintf("closed without a merge, the %s of its child", nth(d.Returned+1)), "say what is wrong with "+d.Sight.Child.From(d.Pull.Ref.Repo)+": mend the issue and recall it, or close it")
		return
	}
	d.do("closed without a merge", "its child is to be taken back, and is READY again then: another dispatch costs another task", d.ended())
}

func (d *decider) intervention() {
	d.person("labelled "+InterventionLabel, "it waits until a person takes the label off; the rest of the epic goes on")
}

// childClosed: whoever closed the child decided about it; whether its pull request is
// wanted they have to say, too.
func (d *decider) childClosed() {
	how := "completed"
	if d.Issue.StateReason != "" && !strings.EqualFold(d.Issue.StateReason, "COMPLETED") {
		how = "not planned"
	}
	d.person("its child "+d.Sight.Child.From(d.Pull.Ref.Repo)+" was closed as "+how+", and it is open", "close it, or merge it by hand, or open the child again")
}

func (d *decider) base() {
	if n, last := d.refused(flows.Retarget{}.Kind()); n > 0 {
		d.person("its base is "+d.Pull.Base+", not "+d.Target+", and GitHub refused another: "+last.Why, "set its base by hand")
		return
	}
	d.do("its base is "+d.Pull.Base+", not "+d.Target, "to be retargeted", flows.Retarget{Pull: d.Pull.Ref, From: d.Pull.Base, To: d.Target})
}

func (d *decider) unknown() {
	if d.Pull.Draft {
		d.overdue(d.head().Seen, d.Patience.Session, "draft", "a draft", "its author marks it ready", "mark it ready, or close it: its child is READY again then")
		return
	}
	since := d.Course.Unknown
	if since.IsZero() {
		since = d.Now
	}
	d.overdue(since, d.Patience.Unknown, "unknown", "GitHub has not told whether it can be merged", "it is asked again soon", "look whether GitHub is well (githubstatus.com); it is asked again")
	d.Soon = d.Alert == ""
}

func (d *decider) behind() {
	head := d.Pull.HeadSHA
	if d.Pull.Behind < 0 {
		d.overdue(d.head().Seen, d.Patience.Checks, "behind", "GitHub has not told how far behind "+d.Pull.Base+" it is", "it is asked again soon", "look whether GitHub is well (githubstatus.com); it is asked again")
		d.Soon = d.Alert == ""
		return
	}
	seen := fmt.Sprintf("%s behind %s", count(d.Pull.Behind, "commit"), d.Pull.Base)
	n, last := d.refused(flows.UpdateBranch{}.Kind())
	switch {
	case n >= mostRefusals:
		d.person(seen+", and GitHub refused to update it: "+last.Why, "update its branch by hand")
	case n > 0 && d.Now.Sub(last.At) < d.Patience.Retry:
		d.wait(seen+", and GitHub refused to update it: "+last.Why, "it is tried again in a while")
	case slices.Contains(d.Course.Updated, head):
		d.overdue(d.head().Seen, d.Patience.Checks, "update", seen+", and an update of its branch was asked for", "GitHub merges the base into it", "update its branch by hand, or look whether GitHub is well")
		d.Soon = d.Alert == ""
	case d.Turn.Number != 0:
		d.turn(seen)
	default:
		d.do(seen, "its branch is to be updated", flows.UpdateBranch{Pull: d.Pull.Ref, Head: head})
	}
}

const mendOrClose = "mend it by hand, or close it: its child is READY again then"

func (d *decider) redChecks() {
	seen := count(max(d.Pull.Checks.Failed, 1), "check") + " failed"
	n := d.red()
	switch {
	case d.Own:
		d.alert("red", seen+" on the epic's own pull request", "mend it on the epic's branch")
		d.Stalled = d.Now.Sub(d.head().Seen) > d.Patience.GiveUp
	case n >= mostRedHeads && d.reassigns() && d.refusedOnce(flows.ClosePull{}.Kind()):
		d.person(fmt.Sprintf("%s, on %d heads of the agent, and GitHub refused to close it", seen, n), "close it by hand: its child goes to "+d.Gates.Reassign+" then")
	case n >= mostRedHeads && d.reassigns():
		d.do(fmt.Sprintf("%s, on %d heads of the agent", seen, n), "to be closed, and its child goes to "+d.Gates.Reassign+": another task",
			flows.ClosePull{Pull: d.Pull.Ref, Head: d.Pull.HeadSHA})
	case n >= mostRedHeads:
		d.person(fmt.Sprintf("%s, on %d heads of the agent", seen, n), "mend it by hand, or close it: its child is READY again then")
	case d.head().Ours:
		d.overdue(d.head().Seen, d.Patience.Answer, "red", seen+" on a merge of its base", "the agent mends it", mendOrClose)
	default:
		d.overdue(d.head().Seen, d.Patience.Answer, "red", fmt.Sprintf("%s, the agent's %s such head", seen, nth(max(n, 1))), "the agent mends it", mendOrClose)
	}
}

// reassigns tells whether another agent may get the child: never where a person
// opened the pull request.
func (d *decider) reassigns() bool { return d.Gates.Reassign != "" && (d.Agents || d.Deaf) }

func (d *decider) none() {
	if d.Reviewed {
		d.overdue(d.head().Seen, d.Patience.Review, "review", "no CI here, and no review yet", "a person, or a reviewing agent, reviews it", "review it")
		return
	}
	d.overdue(d.head().Seen, d.Patience.Checks, "checks", "no check has reported, and that is not green", "CI starts", "start CI, or where there is none say so: ci: none in inventory.yaml")
}

func (d *decider) review() {
	seen, next := "a review is required", "a person reviews it"
	if d.Pull.ReviewDecision != "REVIEW_REQUIRED" {
		seen, next = "changes are requested, and the agent has answered", "the reviewer looks again"
	}
	d.overdue(d.head().Seen, d.Patience.Review, "review", seen, next, "review it, or ask who has to")
	if d.Alert == "" {
		d.Person = seen
	}
}

func (d *decider) pending() {
	seen := "checks are running"
	if d.Now.Sub(d.head().Seen) > d.Patience.Checks {
		took := d.Now.Sub(d.head().Seen)
		d.alert("checks", seen+" for "+span(took), "look at the runs: something hangs")
		d.Stalled = took > d.Patience.Checks+d.Patience.GiveUp
		return
	}
	n, last := d.refused(flows.AutoMerge{}.Kind())
	switch {
	case d.Pull.AutoMerge:
		d.wait(seen+", auto-merge is on", "GitHub merges it when they pass")
	case n > 0 && last.Why == flows.RipeAtOnce:
		d.wait(seen+"; it could be merged at once when auto-merge was asked for", "to be merged at the next look that finds it green")
	case n > 0:
		d.wait(seen+"; GitHub refused auto-merge: "+last.Why, "to be merged when they pass")
	case d.sent(flows.AutoMerge{}.Kind()) > 0:
		d.wait(seen+"; auto-merge was enabled at this head and is off again", "to be merged when they pass")
	case d.Turn.Number != 0, !d.Gates.AutoMerge, d.Gates.Ask, !d.Merge.AutoMerge, d.Own:
		d.wait(seen, "to be merged when they pass")
	case d.Pull.QueueOn:
		d.do(seen, "the merge queue takes it when they pass", flows.AutoMerge{Pull: d.Pull.Ref, Head: d.Pull.HeadSHA, Base: d.Pull.Base})
	default:
		d.do(seen, "GitHub merges it when they pass", flows.AutoMerge{Pull: d.Pull.Ref, Head: d.Pull.HeadSHA, Base: d.Pull.Base, Method: d.Merge.Method()})
	}
	d.Soon = false
}

func (d *decider) green() {
	const seen = "green, resolved, up to date"
	merge := flows.Effect(flows.MergePull{Pull: d.Pull.Ref, Head: d.Pull.HeadSHA, Base: d.Pull.Base, Method: d.method()})
	next := "to be merged"
	if d.Pull.QueueOn {
		merge, next = flows.Enqueue{Pull: d.Pull.Ref, Head: d.Pull.HeadSHA, Base: d.Pull.Base}, "the merge queue takes it"
	}
	n, last := d.refused(merge.Kind())
	switch {
	case d.sent(flows.Enqueue{}.Kind()) >= mostQueued:
		d.person(seen+fmt.Sprintf(", and the merge queue gave it back %s", times(mostQueued)), "look at what the queue's checks said, and mend it")
	case n >= mostRefusals:
		d.person(seen+", and GitHub refused the merge: "+last.Why, "merge it by hand, or mend what stands against it")
	case n > 0 && d.Now.Sub(last.At) < d.Patience.Retry:
		d.wait(seen+"; GitHub refused the merge: "+last.Why, "it is tried again in a while")
	case d.Gates.Ask && !d.Gates.Word:
		d.person(seen, "a person gives their word (gates.merge: ask): run the command on a terminal")
		d.wordLacks = true
	case d.Turn.Number != 0:
		d.turn(seen)
	default:
		d.do(seen, next, merge)
	}
}

// refusedOnce tells whether GitHub refused a deed at the present head.
func (d *decider) refusedOnce(deed string) bool {
	n, _ := d.refused(deed)
	return n > 0
}

// method keeps the commits of an epic's branch apart, where that is allowed: each
// is one child's.
func (d *decider) method() string {
	if d.Own && d.Merge.Commit {
		return "merge"
	}
	return d.Merge.Method()
}

// state is what was seen, in a few words, of a state that no row fits.
func (d *decider) state() string {
	p := d.Pull
	return strings.ToLower(fmt.Sprintf("%s, mergeable %s, checks %s, review %s", p.State, p.Mergeable, p.Checks.State, p.ReviewDecision))
}

func hasLabel(labels []string, name string) bool {
	return slices.ContainsFunc(labels, func(l string) bool { return strings.EqualFold(l, name) })
}

func isOneOf(s string, list ...string) bool { return slices.Contains(list, s) }
