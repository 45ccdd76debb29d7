package github

import (
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Stats counts what a client sent since it was made.
type Stats struct {
	Requests int           // GraphQL and REST
	GraphQL  int           // of them
	Writes   int           // of them
	Points   int           // by GitHub's own account for GraphQL; a REST request is one, unless it was not changed
	Retries  int           // reads sent again
	Splits   int           // queries cut in parts because GitHub would not answer them whole
	Waits    int           // waits for a limit
	Waited   time.Duration // in all
}

type counters struct {
	rest, graphql, writes, points, retries, splits atomic.Int64

	mu      sync.Mutex
	waits   int
	waited  time.Duration
	ahead   time.Duration
	learned bool
}

func (c *counters) wait(d time.Duration, _ string) {
	c.mu.Lock()
	c.waits++
	c.waited += d
	c.mu.Unlock()
}

// skew learns how far GitHub's clock is ahead of ours, to the second its Date
// header tells.
func (c *counters) skew(h http.Header, clock Clock) {
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return
	}
	c.mu.Lock()
	c.ahead, c.learned = date.Sub(clock.Now().Truncate(time.Second)), true
	c.mu.Unlock()
}

func (c *counters) clockSkew() (ahead time.Duration, known bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ahead, c.learned
}

// ClockAhead is how far GitHub's clock was ahead of ours at its last answer, to
// the second, less what the answer took to come; false before the first.
func (c *Client) ClockAhead() (ahead time.Duration, known bool) { return c.wire.count.clockSkew() }

// Stats tells what was sent so far.
func (c *Client) Stats() Stats {
	n := &c.wire.count
	n.mu.Lock()
	defer n.mu.Unlock()
	return Stats{Requests: int(n.rest.Load() + n.graphql.Load()), GraphQL: int(n.graphql.Load()), Writes: int(n.writes.Load()), Points: int(n.points.Load()),
		Retries: int(n.retries.Load()), Splits: int(n.splits.Load()), Waits: n.waits, Waited: n.waited}
}
