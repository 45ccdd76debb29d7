package githubsim

import (
	"sync"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// steeredClock is a clock that can be put forward while it runs.
type steeredClock struct {
	mu     sync.Mutex
	inner  world.Clock
	offset time.Duration
}

// Now is the virtual time.
func (c *steeredClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.inner.Now().Add(c.offset)
}

// Advance puts the clock forward by d.
func (c *steeredClock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
}

// Resume moves the clock forward to t, never back: a reopened world goes on from the last time it recorded.
func (c *steeredClock) Resume(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.inner.Now().Add(c.offset); t.After(now) {
		c.offset += t.Sub(now)
	}
}
