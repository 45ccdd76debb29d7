package orchestrator

import (
	"fmt"
	"time"

	"github.com/dappcore/core-dev/flows"
)

// Progress is how far an apply is. While all goes as it went so far, At plus
// Left stays where it is; Left is never negative.
type Progress struct {
	Done, Of int           // steps
	Rate     int           // writes a minute, over the last minute; 0: it is too early to tell
	Left     time.Duration // until the last step is through, counted from At
	At       time.Time
	Held     time.Time // a limit of GitHub holds the next write back until then; zero: none does
}

// LeftAt is what is left of Left at a later time.
func (p Progress) LeftAt(now time.Time) time.Duration {
	return max(0, p.Left-now.Sub(p.At))
}

// String is "12 of 60 steps, 54 writes a minute, about 3 min left".
func (p Progress) String() string {
	text := fmt.Sprintf("%d of %s", p.Done, countSteps(p.Of))
	if p.Rate > 0 {
		text += fmt.Sprintf(", %d writes a minute", p.Rate)
	}
	if left := About(p.Left); left != "" && p.Done < p.Of {
		text += ", " + left + " left"
	}
	return text
}

func countSteps(n int) string {
	if n == 1 {
		return "1 step"
	}
	return fmt.Sprintf("%d steps", n)
}

// About says a time to come as roughly as it is known: "about 40 s", "about
// 4 min", "about 2 h 10 min". Empty: less than a second.
func About(d time.Duration) string {
	switch {
	case d < time.Second:
		return ""
	case d < 20*time.Second:
		return fmt.Sprintf("about %d s", d.Round(time.Second)/time.Second)
	case d < 90*time.Second:
		return fmt.Sprintf("about %d s", d.Round(5*time.Second)/time.Second)
	case d < time.Hour-30*time.Second:
		return fmt.Sprintf("about %d min", d.Round(time.Minute)/time.Minute)
	}
	d = d.Round(5 * time.Minute)
	h, m := d/time.Hour, d%time.Hour/time.Minute
	if m == 0 {
		return fmt.Sprintf("about %d h", h)
	}
	return fmt.Sprintf("about %d h %d min", h, m)
}

const (
	heldLeast = 3 * time.Second // a shorter hold is no news
	rateLeast = 5 * time.Second // of writing, before a rate means anything
	fading    = 0.97            // weight a measured answer keeps when another comes
)

// meter reckons the time left of an apply: when GitHub's limits let each of the
// remaining writes leave, and how long GitHub takes to answer, as measured.
type meter struct {
	pace  func() flows.Pace // nil: as published
	of    int               // steps in all
	later []flows.Step      // of the plans after the one under way

	underway
	writes []time.Time
	first  time.Time // the first write was through
	answer answers
	told   Progress
}

// underway is the step that a plan carries out.
type underway struct {
	began  time.Time
	hold   time.Duration // its write had to wait so long at the least
	waited bool          // it did for something else: its time says nothing
}

// answers is the mean time of an answer, the newer the weightier.
type answers struct{ took, asked float64 }

func (a *answers) note(took time.Duration, requests int) {
	a.took, a.asked = a.took*fading+float64(took), a.asked*fading+float64(requests)
}

func (a answers) mean() time.Duration {
	if a.asked == 0 {
		return 0
	}
	return time.Duration(a.took / a.asked)
}

func (m *meter) begin(now time.Time, s flows.Step) {
	m.hold, _ = m.allowed().Ahead(now, []flows.Step{s}, 0)
	m.began, m.waited = now, false
}

// allowed is how fast GitHub lets us write.
func (m *meter) allowed() flows.Pace {
	if m.pace == nil {
		return flows.PublishedPace()
	}
	return m.pace()
}

// end measures a step that was carried out. Its looks go on while its write has
// to wait, so that took is the longer of the two and the write's own answer.
func (m *meter) end(now time.Time, c flows.Cost, o Outcome) {
	if o != Done {
		return
	}
	took := now.Sub(m.began)
	if !m.waited && !m.began.IsZero() && c.Requests > 0 && c.Writes <= 1 && took >= m.hold {
		if held := took - m.hold; c.Writes == 1 && held*time.Duration(c.Requests-1) <= m.hold {
			m.answer.note(held, 1)
		} else {
			m.answer.note(took, c.Requests)
		}
	}
	for range c.Writes {
		m.writes = append(m.writes, now)
	}
	if m.first.IsZero() && c.Writes > 0 {
		m.first = now
	}
}

// read tells how far it is at now, when it goes on at until (zero: now), with
// the rest of the plan under way still to do.
func (m *meter) read(now, until time.Time, rest []flows.Step) Progress {
	p := Progress{At: now, Of: m.of, Rate: m.rate(now)}
	rest = append(rest, m.later...)
	p.Done = max(0, m.of-len(rest))
	from := now
	if until.After(now) {
		from = until
	}
	left, next := m.allowed().Ahead(from, rest, m.answer.mean())
	p.Left = max(0, left+from.Sub(now))
	if next.Sub(from) >= heldLeast {
		p.Held = next
	}
	// An answer a little slower than the last moves the end no more than that
	// is worth telling.
	if was := m.told.LeftAt(now); !m.told.At.IsZero() && p.Left > was && p.Left-was < was/20+time.Second {
		p.Left = was
	}
	m.told = p
	return p
}

// rate is how many writes a minute went through within the last minute.
func (m *meter) rate(now time.Time) int {
	for len(m.writes) > 0 && now.Sub(m.writes[0]) > time.Minute {
		m.writes = m.writes[1:]
	}
	n := len(m.writes)
	switch span := now.Sub(m.first); {
	case n < 3 || span < rateLeast:
		return 0
	case span >= time.Minute:
		return n
	}
	span := m.writes[n-1].Sub(m.first)
	if span <= 0 {
		return 0
	}
	return int(float64(n-1)*float64(time.Minute)/float64(span) + 0.5)
}
