package tuitest

import (
	"sync"
	"time"
)

// Clock is a clock that stands still until it is advanced. A driver counts who
// waits on it as idle.
type Clock struct {
	mu      sync.Mutex
	changed *sync.Cond
	now     time.Time
	timers  []timer
}

type timer struct {
	at time.Time
	c  chan time.Time
}

// NewClock is a clock that shows an instant.
func NewClock(at time.Time) *Clock {
	c := &Clock{now: at}
	c.changed = sync.NewCond(&c.mu)
	return c
}

func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// After returns a channel that is sent the time once so much has gone by.
func (c *Clock) After(d time.Duration) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := timer{c.now.Add(d), make(chan time.Time, 1)}
	if d <= 0 {
		t.c <- c.now
		return t.c
	}
	c.timers = append(c.timers, t)
	c.changed.Broadcast()
	return t.c
}

// waiting is how many wait; the lock is held.
func (c *Clock) waiting() int { return len(c.timers) }

// Set moves the clock without firing what became due on the way.
func (c *Clock) Set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = at
}

// next moves on to the first timer that is due by end and fires it; without
// one it moves to end and returns false.
func (c *Clock) next(end time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	first := -1
	for k, t := range c.timers {
		if !t.at.After(end) && (first < 0 || t.at.Before(c.timers[first].at)) {
			first = k
		}
	}
	if first < 0 {
		if end.After(c.now) {
			c.now = end
		}
		return false
	}
	t := c.timers[first]
	c.timers = append(c.timers[:first:first], c.timers[first+1:]...)
	if t.at.After(c.now) {
		c.now = t.at
	}
	t.c <- c.now
	return true
}
