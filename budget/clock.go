package budget

import (
	"slices"
	"time"
)

// Clock is what is known of the clock that dates dispatches, GitHub's: the log's
// lines bear its time, and so its days are those that no quota may be passed on.
// The zero value knows nothing.
type Clock struct {
	Ahead time.Duration // of the clock that State.Now is by; negative: behind it
	Known bool          // it was measured
}

const (
	// clockError is by how much a measured clock may be another: an answer tells
	// the time to the second, and took a while to come.
	clockError = 15 * time.Second
	// clockUnknown is how far apart two clocks may be of which nothing is known:
	// either is somebody's who keeps it right.
	clockUnknown = 5 * time.Minute
)

// span is between which instants GitHub's clock stands now.
func (s *State) span() (from, to time.Time) {
	if s.Clock.Known {
		now := s.Now.Add(s.Clock.Ahead)
		return now.Add(-clockError), now.Add(clockError)
	}
	return s.Now.Add(-clockUnknown), s.Now.Add(clockUnknown)
}

// stretches are what a dispatch that is admitted now needs room in: those of
// its window at whichever instant GitHub may date it. Where a day ends between
// the two that is the day before and the day after.
func (s *State) stretches(w Window) []stretch {
	from, to := s.span()
	out := w.stretches(from)
	for _, over := range w.stretches(to) {
		// What runs out bit by bit holds all the later one does.
		if !over.renewed.IsZero() && !slices.Contains(out, over) {
			out = append(out, over)
		}
	}
	return out
}

// Earliest is the first day that a Spending has to cover to answer for the state.
func (s *State) Earliest() Day {
	return min(Earliest(s.Now, s.Agents), earliest(s.Exact(), s.Agents))
}

// Exact is the instant that a Spending has to be precise to the minute for:
// the earliest that GitHub's clock may show.
func (s *State) Exact() time.Time {
	from, _ := s.span()
	return from
}
