package flows

import "time"

// Pace is how fast GitHub lets an account write, and what it wrote lately:
// enough to tell when each of the writes to come may leave. The zero Pace has
// no limits.
type Pace struct {
	Gap       time.Duration // between two writes
	PerMinute int           // writes that create content; 0: no limit
	PerHour   int           // the same
	Last      time.Time     // when the last write left; zero: none did
	Content   []time.Time   // writes that created content within the last hour, oldest first
	Blocked   time.Time     // nothing may be sent before
}

// PublishedPace is what GitHub publishes (docs "Rate limits for the REST API"
// and "Best practices"), for an account that wrote nothing lately.
func PublishedPace() Pace {
	return Pace{Gap: time.Second, PerMinute: 80, PerHour: 500}
}

// Ahead is how long it takes from now to carry the steps out one after another
// when GitHub answers each request after answer, and when the first write among
// them may leave, which is zero where there is none. Writes wait for the
// strictest of the limits, reads and local work for none. With answer 0 it is
// the least that the limits allow.
func (p Pace) Ahead(now time.Time, steps []Step, answer time.Duration) (left time.Duration, first time.Time) {
	at, last := now, p.Last
	if p.Blocked.After(at) {
		at = p.Blocked
	}
	content := p.Content[:len(p.Content):len(p.Content)]
	for _, s := range steps {
		c := s.Cost()
		at = at.Add(time.Duration(c.Requests-c.Writes) * answer)
		for k := range c.Writes {
			if !last.IsZero() {
				at = later(at, last.Add(p.Gap))
			}
			creates := k < c.Content
			if creates {
				at = later(at, room(content, p.PerMinute, time.Minute))
				at = later(at, room(content, p.PerHour, time.Hour))
			}
			if first.IsZero() {
				first = at
			}
			last = at
			at = at.Add(answer)
			if creates { // it counts as late as GitHub may have counted it
				content = append(content, at)
			}
		}
	}
	return at.Sub(now), first
}

// room is when one more fits into a limit of so many in a span; zero: at once.
func room(content []time.Time, limit int, span time.Duration) time.Time {
	if limit <= 0 || len(content) < limit {
		return time.Time{}
	}
	return content[len(content)-limit].Add(span)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
