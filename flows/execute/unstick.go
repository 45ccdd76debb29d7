package execute

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// The rows by which a pull request is unstuck: reviews, conflicts, the stuck flow.

// answered are the threads to be resolved, unread: those that stood before we
// first saw the head which the agent made after it was asked for a fix.
func (d *decider) answered() []string {
	ask, ok := d.asked(inventory.FixReviews)
	h, made := d.answer()
	if !ok || !made || !h.Seen.After(ask.At) {
		return nil
	}
	open := d.Pull.Unresolved()
	return slices.DeleteFunc(open, func(id string) bool {
		// One that we resolved and that is open was opened again by who is not content.
		again := slices.ContainsFunc(d.Course.Resolved, func(r inventory.Resolution) bool { return r.Thread == id && !r.At.Before(h.Seen) })
		return again || !slices.Contains(h.Threads, id)
	})
}

func (d *decider) resolve() {
	list := d.answered()
	if n, last := d.refused(flows.ResolveThread{}.Kind()); n >= mostRefusals {
		d.person("GitHub refused to resolve its threads: "+last.Why, "resolve them by hand")
		return
	} else if n > 0 && d.Now.Sub(last.At) < d.Patience.Retry {
		d.wait("GitHub refused to resolve a thread: "+last.Why, "it is tried again in a while")
		return
	}
	var steps []flows.Effect
	for _, id := range list {
		steps = append(steps, flows.ResolveThread{Pull: d.Pull.Ref, Thread: id})
	}
	d.do(fmt.Sprintf("a fix was asked for and the agent made a head since: %s stood before it", count(len(list), "unresolved thread")), "they are to be resolved", steps...)
}

// wantsReviews: threads or changes requested that nobody asked the agent about
// since its newest head. An objection that no thread goes with is asked about once;
// a reviewer who is not content with the answer has to say so anew.
func (d *decider) wantsReviews() bool {
	if _, waiting := d.waits(inventory.FixReviews); waiting {
		return false
	}
	if len(d.Pull.Unresolved()) > 0 {
		return true
	}
	if !d.objected() {
		return false
	}
	ask, asked := d.asked(inventory.FixReviews)
	return !asked || d.Pull.ObjectedAt.After(ask.At)
}

func (d *decider) objected() bool {
	return d.Pull.Objected > 0 || d.Pull.ReviewDecision == "CHANGES_REQUESTED"
}

func (d *decider) askReviews() {
	seen := count(len(d.Pull.Unresolved()), "unresolved review thread")
	if len(d.Pull.Unresolved()) == 0 {
		seen = "changes are requested"
	}
	switch {
	case d.Own:
		d.alert("reviews", seen+" on the epic's own pull request", "answer them, and resolve the threads")
		d.Stalled = d.Now.Sub(d.head().Seen) > d.Patience.GiveUp
		return
	case d.Deaf:
		d.person(seen+", and its agent is a command that reads no comments", "answer the reviews by hand, or take the child back")
		return
	case d.asks(inventory.FixReviews) >= mostReviewAsks:
		d.person(fmt.Sprintf("%s, after %d requests for a fix", seen, mostReviewAsks), "answer the reviews by hand, or take the child back")
		return
	}
	d.ask(inventory.FixReviews, seen)
}

func (d *decider) ask(fix inventory.Fix, seen string) {
	if n, last := d.refused(flows.Ask{}.Kind()); n > 0 {
		d.person(seen+", and GitHub refused a comment: "+last.Why, "look at the pull request")
		return
	}
	text := fixReviewsText
	if fix == inventory.FixConflict {
		text = fixConflictText
	}
	last, _ := d.asked(fix)
	d.do(seen, "the agent is to be asked for a fix", flows.Ask{Pull: d.Pull.Ref, Fix: fix, Body: strings.TrimSpace(text), Head: d.Pull.HeadSHA, After: last.Comment})
	d.Soon = false
}

func (d *decider) conflicting() bool { return d.Pull.Mergeable == "CONFLICTING" }

// wantsConflict: in conflict, asked fewer than two times, and not since the
// agent's newest head unless the answer limit has passed.
func (d *decider) wantsConflict() bool {
	if !d.conflicting() || d.Own || d.Deaf || d.asks(inventory.FixConflict) >= mostConflictAsks {
		return false
	}
	ask, waiting := d.waits(inventory.FixConflict)
	if d.asks(inventory.FixConflict) == 0 {
		return true
	}
	return !waiting || d.Now.Sub(ask.At) > d.Patience.Answer
}

func (d *decider) askConflict() {
	seen := "in conflict with " + d.Pull.Base
	if n := d.asks(inventory.FixConflict); n > 0 {
		seen += fmt.Sprintf(", asked %s", times(n))
	}
	d.ask(inventory.FixConflict, seen)
}

// isStuck: in conflict, asked twice, and since then another head of the agent or
// the limit has passed.
func (d *decider) isStuck() bool {
	if !d.conflicting() {
		return false
	}
	if d.Own || d.Deaf {
		return true
	}
	if d.asks(inventory.FixConflict) < mostConflictAsks {
		return false
	}
	ask, waiting := d.waits(inventory.FixConflict)
	return !waiting || d.Now.Sub(ask.At) > d.Patience.Answer || d.gaveUp() != nil
}

// gaveUp is the stuck flow's run at this head that did not help; nil: none was.
func (d *decider) gaveUp() *inventory.Mending {
	for k := range d.Course.Mended {
		if m := &d.Course.Mended[k]; m.Head == d.Pull.HeadSHA && m.SHA == "" {
			return m
		}
	}
	return nil
}

func (d *decider) stuck() {
	seen := fmt.Sprintf("in conflict with %s, asked %s", d.Pull.Base, times(d.asks(inventory.FixConflict)))
	switch {
	case d.Own:
		seen = "the epic's branch is in conflict with " + d.Pull.Base
	case d.Deaf:
		seen = "in conflict with " + d.Pull.Base + ", and its agent is a command that reads no comments"
	}
	if m := d.gaveUp(); m != nil {
		if d.refusedOnce(flows.AddLabel{}.Kind()) || d.refusedOnce(flows.MakeLabel{}.Kind()) {
			d.person(seen+"; no merge of ours helped: "+m.How, "resolve it by hand; GitHub refused the label "+InterventionLabel)
			return
		}
		d.do(seen+"; no merge of ours helped: "+m.How, "a person resolves it; the rest of the epic goes on",
			flows.MakeLabel{Repo: d.Pull.Ref.Repo, Name: InterventionLabel, Color: InterventionColor, About: "A pull request that waits for a person"},
			flows.AddLabel{Issue: d.Pull.Ref, Label: InterventionLabel},
			flows.Comment{Issue: d.Pull.Ref, Body: strings.ReplaceAll(strings.TrimSpace(stuckText), "{base}", d.Pull.Base), Once: true})
		d.Person = d.Seen
		return
	}
	n, last := d.refused(flows.Mend{}.Kind())
	switch {
	case n >= mostRefusals:
		d.person(seen+", and the merge in a worktree could not be made: "+last.Why, "resolve it by hand, or mend what stands against it")
		return
	case n > 0 && d.Now.Sub(last.At) < d.Patience.Retry:
		d.wait(seen+"; the merge in a worktree could not be made: "+last.Why, "it is tried again in a while")
		return
	case d.Turn.Number != 0:
		d.turn(seen)
		return
	}
	d.do(seen, "the base is to be merged into it in a worktree: by git, by an earlier resolution, or by the local agent",
		flows.Mend{Pull: d.Pull.Ref, Branch: d.Pull.Head, Base: d.Pull.Base, Head: d.Pull.HeadSHA})
}

func (d *decider) turn(seen string) {
	d.wait(seen, "its turn comes after "+d.Turn.From(d.Pull.Ref.Repo)+": one at a time, since each merge moves the base of the others")
}

func (d *decider) waitsForAnswer() bool {
	_, reviews := d.waits(inventory.FixReviews)
	return d.conflicting() || reviews && (len(d.Pull.Unresolved()) > 0 || d.objected())
}

func (d *decider) await() {
	fix := inventory.FixReviews
	if d.conflicting() {
		fix = inventory.FixConflict
	}
	ask, _ := d.asked(fix)
	seen := "asked for a fix of the " + string(fix) + " at " + clock(ask.At)
	if d.acked(ask) {
		seen += ", which the agent has seen"
	}
	d.overdue(ask.At, d.Patience.Answer, "answer", seen+", no new head since", "the agent answers with a commit",
		"ask once more (core dev fix "+string(fix)+" "+d.Pull.Ref.String()+" --again), mend it by hand, or close it: its child is READY again then")
}
