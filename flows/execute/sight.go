package execute

import (
	"time"

	"github.com/dappcore/core-dev/inventory"
)

// Patience is how long things may take before somebody hears of them.
type Patience struct {
	Unknown time.Duration // until GitHub tells whether a head can be merged
	Ack     time.Duration // from the dispatch to the agent's eyes reaction
	Answer  time.Duration // from a request, or a red head, to the agent's next head
	Checks  time.Duration // from a head to the end of its checks
	Review  time.Duration // for a person's review
	Session time.Duration // from the dispatch to a pull request
	GiveUp  time.Duration // from the dispatch, without one, until the child is READY again
	Retry   time.Duration // after GitHub refused a write at a head
}

// Usual is what holds where nothing else is configured.
var Usual = Patience{
	Unknown: 10 * time.Minute, Ack: 30 * time.Minute, Answer: 2 * time.Hour, Checks: 2 * time.Hour, Review: 24 * time.Hour,
	Session: 6 * time.Hour, GiveUp: 24 * time.Hour, Retry: 10 * time.Minute,
}

const (
	mostConflictAsks = 2 // then the stuck flow (spec/2-flows "Stage 3")
	mostReviewAsks   = 5 // of one pull request, then a person
	mostRedHeads     = 3 // of the agent, then another agent or a person
	mostReturns      = 2 // pull requests of one child that ended unmerged, then a person
	mostQueued       = 2 // times that the merge queue gives a head back, then a person
	mostRefusals     = 3 // of one write at one head, then a person
)

// Sight is everything one decision about a pull request rests on: structure,
// our own journal, and the time.
type Sight struct {
	Pull   *inventory.PullWork
	Course inventory.Course
	Child  inventory.Ref    // whose it is; the epic's own pull request has the epic's
	Issue  *inventory.Issue // the child; nil where it could not be read
	Epic   inventory.Ref    // zero: a direct dispatch
	Ticked bool             // on the epic's checklist
	Target string           // branch it shall go to
	// Own tells that it is the epic's own: no agent answers for it.
	Own bool
	// Doubt is why a person has to say whether it takes part; empty: it does.
	Doubt string
	// Other is another pull request of the child that is open or merged and takes
	// part: the child is not taken back while there is one. Zero: there is none.
	Other inventory.Ref
	// NoTick is why the child cannot be ticked; empty: it can.
	NoTick string
	// Agents: an agent's account opened it. Deaf: its agent is a command of this
	// machine, which reads no comment.
	Agents, Deaf bool
	// Strange: the doubt is that it is a stranger's.
	Strange bool
	// Returned counts the earlier pull requests of the child that ended unmerged.
	Returned int
	// Dispatched is when its newest dispatch was; zero: it is not dispatched.
	Dispatched time.Time
	Reviewed   bool // its repository is gated by reviews alone (ci: none)
	Merge      inventory.MergeRules
	// Turn is the pull request of the same base whose turn it is; zero: its own.
	Turn     inventory.Ref
	Gates    Gates
	Patience Patience
	Now      time.Time
}

// Gates are what a maintainer lets happen unasked (config.yaml).
type Gates struct {
	Ask       bool // a merge waits for a person's word
	Word      bool // who is there gives it by approving the plan
	AutoMerge bool // GitHub's auto-merge may be enabled while checks are pending
	// Reassign is the agent that gets a child whose pull request stays red; empty: a person.
	Reassign string
}

// head is what is remembered of the present head; one never seen was seen now.
func (s *Sight) head() inventory.Head {
	if h, ok := s.Course.Head(s.Pull.HeadSHA); ok {
		return h
	}
	return inventory.Head{SHA: s.Pull.HeadSHA, Seen: s.Now, Threads: s.Pull.Unresolved()}
}

// answer is the newest head that the agent made, not we: by what was first seen
// last. false: there is none.
func (s *Sight) answer() (inventory.Head, bool) {
	heads := s.Course.Heads
	if _, known := s.Course.Head(s.Pull.HeadSHA); !known {
		heads = append(heads[:len(heads):len(heads)], s.head())
	}
	for k := len(heads) - 1; k >= 0; k-- {
		if !heads[k].Ours {
			return heads[k], true
		}
	}
	return inventory.Head{}, false
}

// asked is the newest request for a fix; false: there is none.
func (s *Sight) asked(what inventory.Fix) (inventory.Intervention, bool) {
	for k := len(s.Course.Asks) - 1; k >= 0; k-- {
		if s.Course.Asks[k].What == what {
			return s.Course.Asks[k], true
		}
	}
	return inventory.Intervention{}, false
}

// waits tells whether a request stands that the agent has made no head since.
func (s *Sight) waits(what inventory.Fix) (inventory.Intervention, bool) {
	ask, ok := s.asked(what)
	if !ok {
		return ask, false
	}
	h, ok := s.answer()
	return ask, !ok || !h.Seen.After(ask.At)
}

// asks counts the requests of a kind; those about a conflict, since it was last
// seen to be gone.
func (s *Sight) asks(what inventory.Fix) int {
	n := 0
	for _, a := range s.Course.Asks {
		if a.What == what && (what != inventory.FixConflict || a.At.After(s.Course.Clean)) {
			n++
		}
	}
	return n
}

// acked tells whether an agent's eyes stand on a request.
func (s *Sight) acked(a inventory.Intervention) bool {
	for _, k := range s.Pull.Acks {
		if k.Comment == a.Comment {
			return true
		}
	}
	return false
}

// red counts the agent's heads whose checks failed.
func (s *Sight) red() int {
	n := 0
	for _, h := range s.Course.Heads {
		if h.Red && !h.Ours {
			n++
		}
	}
	return n
}

// refused counts how often GitHub refused a deed at the present head, and the
// newest time.
func (s *Sight) refused(deed string) (n int, last inventory.Refusal) {
	for _, r := range s.Course.Refused {
		if r.Deed == deed && r.Head == s.Pull.HeadSHA {
			n, last = n+1, r
		}
	}
	return n, last
}

// sent counts how often a deed that GitHub may undo was done at the present head.
func (s *Sight) sent(deed string) int {
	n := 0
	for _, x := range s.Course.Sent {
		if x.Deed == deed && x.Head == s.Pull.HeadSHA {
			n++
		}
	}
	return n
}

// told tells whether a person was alerted to that at the present head.
func (s *Sight) told(what string) bool {
	for _, a := range s.Course.Alerts {
		if a.What == what && a.Head == s.Pull.HeadSHA {
			return true
		}
	}
	return false
}
