package world

import (
	"sync"
	"time"
)

// Clock tells virtual time. Nothing in the simulator reads another one.
type Clock interface{ Now() time.Time }

// ScaledClock runs from a start at a number of virtual seconds a real second.
type ScaledClock struct {
	mu    sync.Mutex
	start time.Time // virtual
	real  time.Time
	speed float64
}

// NewScaledClock starts at start now; speed 1 is real time, 0 and less count as 1.
func NewScaledClock(start time.Time, speed float64) *ScaledClock {
	if speed <= 0 {
		speed = 1
	}
	return &ScaledClock{start: start.UTC(), real: time.Now(), speed: speed}
}

// Now is the virtual time.
func (c *ScaledClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.start.Add(time.Duration(float64(time.Since(c.real)) * c.speed))
}

// Resume moves the clock forward to t, never back: a reopened world goes on
// from the last time it recorded.
func (c *ScaledClock) Resume(t time.Time) {
	if !t.After(c.Now()) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.start, c.real = t.UTC(), time.Now()
}
