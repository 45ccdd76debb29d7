package execute

import (
	"fmt"
	"strings"

	"github.com/dappcore/core-dev/flows"
	"github.com/dappcore/core-dev/inventory"
)

// Fix is what a person asks for on one pull request, by hand: the same steps that
// watching takes, on their word instead of the table's.
type Fix struct {
	Pull inventory.Ref
	What FixWhat
	// Again asks although a request stands unanswered.
	Again bool
	// All resolves every thread that stands now, answered or not.
	All bool
	// Here runs the stuck flow instead of asking the agent.
	Here     bool
	Patience Patience
}

// FixWhat is what is to be fixed.
type FixWhat string

const (
	FixReviews   FixWhat = "reviews"   // the agent is asked to fix the code reviews
	FixConflicts FixWhat = "conflicts" // the agent is asked to fix the merge conflict
	FixThreads   FixWhat = "threads"   // answered review threads are resolved
)

// NoPull says why a pull request cannot be fixed.
type NoPull struct {
	Ref inventory.Ref
	Why string
}

func (e *NoPull) Error() string { return e.Ref.String() + ": " + e.Why }

// Plan plans it, on a snapshot with the repository's Work.
func (f Fix) Plan(w flows.World) (flows.Plan, error) {
	plan := flows.Plan{Flow: "fix", Target: f.Pull.String(), Steps: []flows.Step{}, Skipped: []flows.Skip{}}
	repo, ok := w.Snapshot.Repo(f.Pull.Repo)
	if !ok {
		return plan, &NoPull{f.Pull, "its repository is not part of the fleet"}
	}
	if repo.Work == nil && repo.Problem != nil {
		return plan, &NoPull{f.Pull, repo.Problem.Message}
	}
	p, ok := repo.Work.Pull(f.Pull.Number)
	switch {
	case !ok:
		return plan, &NoPull{f.Pull, "no pull request of that number was found"}
	case p.State != inventory.PullOpen:
		return plan, &NoPull{f.Pull, "it is " + strings.ToLower(string(p.State))}
	}
	if why := distrust(w, p); why != "" {
		return plan, &NoPull{f.Pull, why + ": nothing is done with it"}
	}
	s := &Sight{Pull: p, Course: w.Courses.Of(p.Ref), Patience: f.Patience, Now: w.Now}
	f.steps(&plan, s)
	return plan, nil
}

func (f Fix) steps(plan *flows.Plan, s *Sight) {
	ref := f.Pull.String()
	d := decider{Sight: *s}
	switch f.What {
	case FixThreads:
		list, why := d.answered(), "the agent made a head since it was asked for a fix, and they stood before it"
		if f.All {
			list, why = s.Pull.Unresolved(), "on your word: every thread that stands"
		}
		for _, id := range list {
			plan.Add(flows.Step{Reason: why, Effect: flows.ResolveThread{Pull: f.Pull, Thread: id}})
		}
		if n := len(s.Pull.Unresolved()) - len(list); n > 0 {
			plan.Skip(ref, fmt.Sprintf("%s not answered by a newer head of the agent: core dev fix threads %s --all resolves every one", count(n, "unresolved thread"), ref))
		} else if len(list) == 0 {
			plan.Skip(ref, "no thread is unresolved")
		}
	case FixReviews:
		if len(s.Pull.Unresolved()) == 0 && !d.objected() {
			plan.Skip(ref, "no thread is unresolved, and no changes are requested")
			return
		}
		f.ask(plan, s, inventory.FixReviews, fixReviewsText)
	case FixConflicts:
		switch {
		case !d.conflicting():
			plan.Skip(ref, "GitHub sees no conflict: "+strings.ToLower(s.Pull.Mergeable))
		case f.Here:
			plan.Add(flows.Step{Reason: "on your word, the stuck flow", Effect: flows.Mend{Pull: f.Pull, Branch: s.Pull.Head, Base: s.Pull.Base, Head: s.Pull.HeadSHA}})
		default:
			f.ask(plan, s, inventory.FixConflict, fixConflictText)
		}
	}
}

func (f Fix) ask(plan *flows.Plan, s *Sight, fix inventory.Fix, text string) {
	if ask, waiting := s.waits(fix); waiting && !f.Again {
		plan.Skip(f.Pull.String(), "asked at "+clock(ask.At)+", and the agent has made no head since: --again asks once more")
		return
	}
	last, _ := s.asked(fix)
	plan.Add(flows.Step{Reason: "on your word", Effect: flows.Ask{Pull: f.Pull, Fix: fix, Body: strings.TrimSpace(text), Head: s.Pull.HeadSHA, After: last.Comment}})
}
