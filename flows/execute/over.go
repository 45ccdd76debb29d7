package execute

import "time"

// Over tells that nothing is left which watching could do: every epic is done, or
// what is left waits for a person. An agent that is late may come yet: what it is
// waited for is not over before that stalled.
func Over(watched []Watched) bool {
	for _, e := range watched {
		if len(e.Plan.Steps) > 0 {
			return false
		}
		for _, d := range e.Decisions {
			switch {
			case d.Row == RowMerged && d.Person == "", d.Row == RowClosed && d.Person == "":
			case d.Person == "", d.Row == RowSilent, d.Alert != "" && !d.Stalled:
				return false
			}
		}
	}
	return true
}

// Pause is how long to wait for the next look: a quarter of the usual where GitHub
// is about to settle something, or something was sent.
func Pause(watched []Watched, sent bool, usual time.Duration) time.Duration {
	soon := sent
	for _, e := range watched {
		for _, d := range e.Decisions {
			soon = soon || d.Soon
		}
	}
	if soon {
		return max(usual/4, min(usual, 15*time.Second))
	}
	return usual
}
