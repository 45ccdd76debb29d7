package github

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// GitHub's published limits (docs "Rate limits for the REST API" and "Best
// practices": mutations a second apart, one at a time).
const (
	mutationGap      = time.Second
	contentPerMinute = 80
	contentPerHour   = 500
	secondaryWait    = time.Minute // where no header says how long, doubled each time
	longestWait      = 15 * time.Minute
	leastPerMinute   = 20              // what no refusal lowers the pace below: few writes of ours are hardly what GitHub refused
	raiseAfter       = 2 * time.Minute // without a refusal, until a lowered pace is tried half as fast again
)

// resource is a primary limit of its own, as x-ratelimit-resource names it.
type resource string

const (
	restLimit    resource = "core"
	graphQLLimit resource = "graphql"
)

// pacer is the one place where waiting for GitHub's limits happens. It refuses
// with KindRateLimited where the wait would be longer than the caller allows:
// a write must leave soon after its intent was noted, or its intent says nothing.
type pacer struct {
	clock   Clock
	gap     time.Duration // between writes
	maxWait time.Duration
	waited  func(time.Duration, string)
	clear   func(context.Context) error // whether a write may leave, asked after every wait; nil: it may

	turn chan struct{} // held by the write under way: mutations go one at a time

	mu        sync.Mutex
	empty     map[resource]time.Time // primary limit used up, until then
	blocked   time.Time              // secondary limit, until then
	strikes   int                    // secondary refusals in a row
	lastWrite time.Time              // when it was sent: GitHub counts requests as they come, not their answers
	content   []time.Time            // content-creating writes of the last hour, when each was answered at the latest
	perMinute int                    // lowered when GitHub refuses earlier than published, raised again with time
	lowered   time.Time              // when perMinute was changed
}

func newPacer(clock Clock, gap, maxWait time.Duration, waited func(time.Duration, string)) *pacer {
	return &pacer{clock: clock, gap: gap, maxWait: maxWait, waited: waited, turn: make(chan struct{}, 1),
		empty: map[resource]time.Time{}, perMinute: contentPerMinute}
}

// read waits until a read may be sent.
func (p *pacer) read(ctx context.Context, r resource) error {
	return p.await(ctx, func() pause { return p.limited(r) })
}

// write waits until a write may be sent and takes the turn; done must be called
// once the answer is there. content: it counts against the content limits.
func (p *pacer) write(ctx context.Context, r resource, content bool) (done func(), err error) {
	select {
	case p.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if err := p.await(ctx, func() pause { return p.pace(r, content) }); err != nil {
		<-p.turn
		return nil, err
	}
	if p.clear != nil {
		if err := p.clear(ctx); err != nil {
			<-p.turn
			return nil, unsent{err}
		}
	}
	p.mu.Lock()
	p.lastWrite = p.clock.Now()
	if content {
		p.content = append(p.content, p.lastWrite)
		if n := len(p.content); n > contentPerHour {
			p.content = p.content[n-contentPerHour:]
		}
	}
	p.mu.Unlock()
	return func() {
		p.mu.Lock()
		if content { // GitHub counted it some time up to now
			p.content[len(p.content)-1] = p.clock.Now()
		}
		p.mu.Unlock()
		<-p.turn
	}, nil
}

// unsent is why a write was not cleared to leave.
type unsent struct{ error }

// pause is how long to wait, and why.
type pause struct {
	until time.Time
	why   string
}

// pace is what the next write waits for.
func (p *pacer) pace(r resource, content bool) pause {
	w := p.limited(r)
	if t := p.lastWrite.Add(p.gap); !p.lastWrite.IsZero() && t.After(w.until) {
		w = pause{t, "writes go a second apart"}
	}
	if !content {
		return w
	}
	if now := p.clock.Now(); p.perMinute < contentPerMinute && now.Sub(p.lowered) >= raiseAfter {
		p.perMinute, p.lowered = min(contentPerMinute, p.perMinute+p.perMinute/2+1), now
	}
	for _, l := range []struct {
		limit int
		span  time.Duration
	}{{p.perMinute, time.Minute}, {contentPerHour, time.Hour}} {
		if len(p.content) < l.limit {
			continue
		}
		if t := p.content[len(p.content)-l.limit].Add(l.span); t.After(w.until) {
			w = pause{t, "GitHub's limit on new content (" + strconv.Itoa(l.limit) + " in " + l.span.String() + ")"}
		}
	}
	return w
}

func (p *pacer) limited(r resource) pause {
	if t := p.empty[r]; t.After(p.blocked) {
		return pause{t, "the hourly limit is used up"}
	}
	return pause{p.blocked, "GitHub's secondary limit"}
}

// await sleeps as long as next says; the clock is asked again afterwards,
// because another answer may have put it off.
func (p *pacer) await(ctx context.Context, next func() pause) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		p.mu.Lock()
		now := p.clock.Now()
		w := next()
		p.mu.Unlock()
		d := w.until.Sub(now)
		if d <= 0 {
			return nil
		}
		if d > p.maxWait {
			return &Error{Kind: KindRateLimited, Message: w.why + ", for another " + d.Round(time.Second).String(),
				Hint: "try again after " + w.until.UTC().Format("15:04 UTC"), RetryAfter: d}
		}
		p.waited(d, w.why)
		if err := p.clock.Sleep(ctx, d); err != nil {
			return err
		}
	}
}

// learn takes in what an answer says of the limits. A refusal by a limit is
// returned as an error, with how long it holds.
func (p *pacer) learn(r resource, write bool, status int, h http.Header, message string) *Error {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.clock.Now()
	if name := h.Get("X-Ratelimit-Resource"); name != "" {
		r = resource(name)
	}
	refused := status == http.StatusForbidden || status == http.StatusTooManyRequests || message == rateLimitedType
	left, known := h.Get("X-Ratelimit-Remaining"), h.Get("X-Ratelimit-Reset") != ""
	if left == "0" && known {
		p.empty[r] = resetAt(h, now)
		if refused && h.Get("Retry-After") == "" {
			d := p.empty[r].Sub(now)
			return &Error{Kind: KindRateLimited, Status: status, Message: "the hourly limit is used up", RetryAfter: d,
				Hint: "try again after " + p.empty[r].UTC().Format("15:04 UTC")}
		}
	} else if left != "" {
		delete(p.empty, r)
	}
	if !refused || !secondary(h, message) {
		if status < 400 {
			p.strikes = 0
		}
		return nil
	}
	wait := min(secondaryWait<<min(p.strikes, 8), longestWait)
	if s, err := strconv.Atoi(h.Get("Retry-After")); err == nil && s >= 0 {
		wait = time.Duration(s) * time.Second
	}
	p.strikes++
	if t := now.Add(wait); t.After(p.blocked) {
		p.blocked = t
	}
	if write { // refused before the published number: stay below what GitHub showed
		recent := 0
		for _, t := range p.content {
			if now.Sub(t) < time.Minute {
				recent++
			}
		}
		p.perMinute, p.lowered = max(leastPerMinute, min(p.perMinute, recent-1)), p.blocked
	}
	return &Error{Kind: KindRateLimited, Status: status, Message: "refused by GitHub's secondary limit", RetryAfter: wait,
		Hint: "try again in " + wait.Round(time.Second).String()}
}

func secondary(h http.Header, message string) bool {
	m := strings.ToLower(message)
	return h.Get("Retry-After") != "" || message == rateLimitedType || strings.Contains(m, "secondary rate limit") || strings.Contains(m, "abuse detection")
}

// resetAt is when a primary limit starts anew, by the local clock: GitHub tells
// it by its own, which its Date header shows.
func resetAt(h http.Header, now time.Time) time.Time {
	s, err := strconv.ParseInt(h.Get("X-Ratelimit-Reset"), 10, 64)
	if err != nil {
		return now.Add(secondaryWait)
	}
	reset := time.Unix(s, 0)
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		reset = now.Add(reset.Sub(date))
	}
	return reset.Add(time.Second)
}

// Pace is how fast this account may write now, and what it wrote lately
// through this client. Its fields are flows.Pace's.
type Pace struct {
	Gap       time.Duration
	PerMinute int
	PerHour   int
	Last      time.Time
	Content   []time.Time
	Blocked   time.Time
}

// Pace is a picture of what writes wait for; it holds nothing back itself.
func (c *Client) Pace() Pace {
	p := c.wire.pacer
	p.mu.Lock()
	defer p.mu.Unlock()
	w := p.limited(restLimit)
	return Pace{Gap: p.gap, PerMinute: p.perMinute, PerHour: contentPerHour, Last: p.lastWrite,
		Content: append([]time.Time(nil), p.content...), Blocked: w.until}
}
