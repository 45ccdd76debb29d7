package tui

import (
	"strconv"
	"time"

	"github.com/dappcore/core-dev/orchestrator"
)

// progress is how far the running send is, as much of it as fits into so many
// cells: what is sent, steps, and then time left and rate, or until when it
// waits and for what.
func (d *drawing) progress(cells int) string {
	s, now := &d.s.send, d.s.date // the engine waits by the world's time
	short := s.name + " " + strconv.Itoa(s.progress.Done) + "/" + strconv.Itoa(s.progress.Of)
	forms := []string{short}
	until, why := s.until, s.waitFor
	if !until.After(now) {
		until, why = s.progress.Held, "GitHub's limit on writes"
	}
	if float64(until.Sub(now)) > d.s.hurry()*float64(2*time.Second) {
		waits := short + ", waits until " + clockWord(until, now)
		forms = append(forms, waits, waits+": "+why)
	} else if left := orchestrator.About(time.Duration(float64(s.progress.LeftAt(now)) / d.s.hurry())); left != "" {
		left = ", " + left + " left"
		forms = append(forms, short+left)
		if n := s.progress.Rate; n > 0 {
			forms = append(forms, short+", "+strconv.Itoa(n)+" writes a minute"+left)
		}
	}
	for k := len(forms) - 1; k > 0; k-- {
		if d.meter.width(forms[k]) <= cells {
			return forms[k]
		}
	}
	return short
}

// clockWord is a time of day, to the second when it is near.
func clockWord(at, now time.Time) string {
	if at.Sub(now) < 2*time.Minute {
		return at.UTC().Format("15:04:05Z")
	}
	return at.UTC().Format("15:04Z")
}
