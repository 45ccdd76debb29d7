package cmd

import (
	"context"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dappcore/core-dev/flows/day"
	"github.com/dappcore/core-dev/internal/github"
)

// demoPatience is how long the demo really waits for anything; past that its
// clock is put forward instead. Its GitHub keeps GitHub's limits, an hour's wait
// among them.
const demoPatience = 2 * time.Second

// demoClock is the time of the demo and its GitHub: the machine's, and ahead of
// it by all the waits that were cut short. How far is kept in a file of its own,
// so that the demo's next day does not begin in the past of its log.
type demoClock struct {
	file  string
	speed float64   // seconds of the demo a real one
	start time.Time // when it began to run at that speed

	mu    sync.Mutex
	ahead time.Duration
	kept  time.Time // the machine's, when it was last written down
}

// demoKeeps is how often, in real time, a clock that runs fast is written down: a
// command that is killed leaves it no further behind, and one beside it reads it so.
const demoKeeps = time.Second

func newDemoClock(file string, speed float64) *demoClock {
	c := &demoClock{file: file, speed: max(speed, 1), start: time.Now()}
	if raw, err := os.ReadFile(file); err == nil {
		if d, err := time.ParseDuration(strings.TrimSpace(string(raw))); err == nil && d > 0 {
			c.ahead = d
		}
	}
	return c
}

// Now is the demo's time.
func (c *demoClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.speed > 1 && time.Since(c.kept) >= demoKeeps {
		c.write()
	}
	return c.unjumped().Add(c.ahead)
}

// Resume moves the clock forward to t, never back: its GitHub's newest record, which
// a killed command may have left ahead of what was written down.
func (c *demoClock) Resume(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if behind := t.Sub(c.unjumped().Add(c.ahead)); behind > 0 {
		c.ahead += behind
		c.write()
	}
}

// unjumped is the time without the waits that were cut short.
func (c *demoClock) unjumped() time.Time {
	now := time.Now()
	return now.Add(time.Duration(float64(now.Sub(c.start)) * (c.speed - 1)))
}

// keep writes down how far it is ahead of the machine's time.
func (c *demoClock) keep() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.write()
}

// write does that for who holds the lock. Where it cannot be kept the demo goes on
// from its GitHub's newest record at its next start. Whoever reads the file meanwhile
// finds it whole.
func (c *demoClock) write() {
	c.kept = time.Now()
	ahead := time.Until(c.unjumped().Add(c.ahead))
	if ahead = ahead.Truncate(time.Second) + time.Second; ahead <= time.Second {
		return
	}
	if next := c.file + ".new"; os.WriteFile(next, []byte(ahead.String()+"\n"), 0o600) == nil {
		_ = os.Rename(next, c.file)
	}
}

// Sleep returns when the demo's time is d later, or with the context's error.
// Those who wait at the same time put the clock forward once.
func (c *demoClock) Sleep(ctx context.Context, d time.Duration) error {
	until := c.Now().Add(d)
	if err := (github.SystemClock{}).Sleep(ctx, min(time.Duration(float64(d)/c.speed), demoPatience)); err != nil {
		return err
	}
	c.mu.Lock()
	left := until.Sub(c.unjumped().Add(c.ahead))
	if left > 0 {
		c.ahead += left
	}
	c.mu.Unlock()
	if left > 0 {
		c.keep()
	}
	return nil
}

// demoHour puts the demo's clock forward to the hour of a session, with its people
// at work meanwhile, so that a whole day goes by in three commands. Nobody has to
// wait for agents that work for hours.
func (a *app) demoHour(ctx context.Context, o sessionOptions) error {
	if !a.opt.demo || o.dryRun {
		return nil
	}
	if _, err := a.client(ctx); err != nil { // its GitHub lives on while time goes by
		return err
	}
	now := a.now().UTC()
	r, _, err := a.dayRecord(now)
	if err != nil {
		return err
	}
	until := sessionHour(o.session, r, now)
	if !until.After(now) {
		return nil
	}
	a.notice("the demo's clock goes forward to %s", until.Format("2006-01-02 15:04Z"))
	return a.clock.Sleep(ctx, until.Sub(now))
}

// sessionHour is when a session of the demo is held: the next morning at eight,
// unless one is under way; midday at twelve and evening at six of the same day.
func sessionHour(s day.Session, r day.Record, now time.Time) time.Time {
	at := func(hour int) time.Time {
		return time.Date(now.Year(), now.Month(), now.Day(), hour, 0, 0, 0, time.UTC)
	}
	switch s {
	case day.Midday:
		return at(12)
	case day.Evening:
		return at(18)
	}
	later := slices.ContainsFunc(r.Marks, func(m day.Mark) bool { return m.Step.Session() != day.Morning })
	begun := len(r.Marks) > 0
	switch {
	case now.Before(at(9)) && !later:
		return at(8)
	case begun && !later && now.Before(at(12)):
		return now
	}
	return at(8).AddDate(0, 0, 1)
}
