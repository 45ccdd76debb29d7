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

// Resume moves the clock forward to t, never back: a reopened world goes on from the
// last time it recorded. A clock that can itself be moved on is: whoever shares it
// would else be behind.
func (c *steeredClock) Resume(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if r, ok := c.inner.(interface{ Resume(time.Time) }); ok && c.offset == 0 {
		r.Resume(t)
	}
	if now := c.inner.Now().Add(c.offset); t.After(now) {
		c.offset += t.Sub(now)
	}
}
