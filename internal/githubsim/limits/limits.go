// Package limits answers for GitHub's rate limits: the primary ones (requests or points an hour) and the secondary ones
// (concurrency, points a minute, content-creating requests a minute and an hour). All of them are per user and by the
// virtual clock. The numbers are those of GitHub's documentation, "Rate limits for the REST API" and "Rate limits and
// query limits for the GraphQL API".
package limits

import (
	"fmt"
	"sync"
	"time"
)

// Resources with a primary limit of their own, as /rate_limit names them.
const (
	Core    = "core"
	Search  = "search"
	GraphQL = "graphql"
)

// Config sets the limits. A number below 1 switches that limit off.
type Config struct {
	Off           bool            // nothing is ever refused; usage is still counted and told
	Core          int             // REST requests an hour
	Anonymous     int             // REST requests an hour without a token
	GraphQL       int             // GraphQL points an hour
	Search        int             // search requests a minute
	Concurrent    int             // requests at once
	RESTPoints    int             // secondary REST points a minute: a read 1, a write 5
	GraphQLPoints int             // secondary GraphQL points a minute: a query 1, a mutation 5
	ContentMinute int             // content-creating requests a minute
	ContentHour   int             // content-creating requests an hour
	Status        int             // of a refusal on REST: 403 or 429; GitHub uses both
	Content       map[string]bool // overrides of ContentTable, by "METHOD template" or mutation name
}

// Defaults are GitHub's published numbers.
func Defaults() Config {
	return Config{Core: 5000, Anonymous: 60, GraphQL: 5000, Search: 30, Concurrent: 100, RESTPoints: 900, GraphQLPoints: 2000,
		ContentMinute: 80, ContentHour: 500, Status: 403}
}

// Refusal says why a request may not proceed.
type Refusal struct {
	Kind       string        // primary, secondary, content, concurrency
	RetryAfter time.Duration // for the retry-after header; 0: the header is not sent (primary)
	Message    string        // GitHub's words
	Status     int           // of a REST answer
}

// Use is what one request takes.
type Use struct {
	Resource  string
	Points    int  // of the primary limit
	Secondary int  // points of the secondary limit
	Content   bool // creates content
}

// State is one primary limit of a user, as the x-ratelimit headers tell it.
type State struct {
	Limit, Used, Remaining int
	Reset                  time.Time
}

type window struct {
	start time.Time
	used  int
}

type mark struct {
	at     time.Time
	points int
}

type account struct {
	primary map[string]*window
	rest    []mark // of the last minute
	graphql []mark // of the last minute
	content []mark // of the last hour
	open    int
}

// Limiter counts for all users. Its methods may be called from any goroutine.
type Limiter struct {
	mu    sync.Mutex
	cfg   Config
	now   func() time.Time
	users map[string]*account
}

// New returns a limiter that reads the virtual time from now.
func New(cfg Config, now func() time.Time) *Limiter {
	if cfg.Status != 429 {
		cfg.Status = 403
	}
	return &Limiter{cfg: cfg, now: now, users: map[string]*account{}}
}

func (l *Limiter) account(user string) *account {
	a := l.users[user]
	if a == nil {
		a = &account{primary: map[string]*window{}}
		l.users[user] = a
	}
	return a
}

func (l *Limiter) limit(user, resource string) (int, time.Duration) {
	switch {
	case resource == Search:
		return l.cfg.Search, time.Minute
	case resource == GraphQL:
		return l.cfg.GraphQL, time.Hour
	case user == "":
		return l.cfg.Anonymous, time.Hour
	}
	return l.cfg.Core, time.Hour
}

func (l *Limiter) window(user, resource string) *window {
	a, now := l.account(user), l.now()
	_, length := l.limit(user, resource)
	w := a.primary[resource]
	if w == nil || !now.Before(w.start.Add(length)) || now.Before(w.start) {
		w = &window{start: now}
		a.primary[resource] = w
	}
	return w
}

// Enter counts a request in. Without a refusal, leave must be called once when its answer is written.
func (l *Limiter) Enter(user string) (leave func(), refused *Refusal) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.account(user)
	if !l.cfg.Off && l.cfg.Concurrent > 0 && a.open >= l.cfg.Concurrent {
		return nil, l.secondary("concurrency", time.Minute)
	}
	a.open++
	return func() {
		l.mu.Lock()
		a.open--
		l.mu.Unlock()
	}, nil
}

// Take charges a request before it is carried out, or refuses it and charges nothing.
func (l *Limiter) Take(user string, u Use) *Refusal {
	l.mu.Lock()
	defer l.mu.Unlock()
	a, now := l.account(user), l.now()
	w := l.window(user, u.Resource)
	limit, _ := l.limit(user, u.Resource)
	points, cap := &a.rest, l.cfg.RESTPoints
	if u.Resource == GraphQL {
		points, cap = &a.graphql, l.cfg.GraphQLPoints
	}
	*points = recent(*points, now.Add(-time.Minute))
	a.content = recent(a.content, now.Add(-time.Hour))
	if !l.cfg.Off {
		if limit > 0 && u.Points > 0 && w.used >= limit {
			return &Refusal{Kind: "primary", Status: l.cfg.Status, Message: primaryMessage(user)}
		}
		if wait := full(*points, u.Secondary, cap, now, time.Minute); wait > 0 {
			return l.secondary("secondary", wait)
		}
		if u.Content {
			wait := full(recent(a.content, now.Add(-time.Minute)), 1, l.cfg.ContentMinute, now, time.Minute)
			wait = max(wait, full(a.content, 1, l.cfg.ContentHour, now, time.Hour))
			if wait > 0 {
				r := l.secondary("content", wait)
				r.Message = "You have exceeded a secondary rate limit and have been temporarily blocked from content creation. Please retry your request again later."
				return r
			}
		}
	}
	w.used += u.Points
	if u.Secondary > 0 {
		*points = append(*points, mark{now, u.Secondary})
	}
	if u.Content {
		a.content = append(a.content, mark{now, 1})
	}
	return nil
}

// Refund gives primary points back: a 304 is free.
func (l *Limiter) Refund(user, resource string, points int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	w := l.window(user, resource)
	w.used = max(0, w.used-points)
}

// Restore counts a request of the past again, after a restart.
func (l *Limiter) Restore(user string, at time.Time, u Use) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.account(user)
	_, length := l.limit(user, u.Resource)
	w := a.primary[u.Resource]
	if w == nil || !at.Before(w.start.Add(length)) {
		w = &window{start: at}
		a.primary[u.Resource] = w
	}
	w.used += u.Points
	if u.Resource == GraphQL {
		a.graphql = append(a.graphql, mark{at, u.Secondary})
	} else {
		a.rest = append(a.rest, mark{at, u.Secondary})
	}
	if u.Content {
		a.content = append(a.content, mark{at, 1})
	}
}

// State tells a primary limit without taking from it.
func (l *Limiter) State(user, resource string) State {
	l.mu.Lock()
	defer l.mu.Unlock()
	w := l.window(user, resource)
	limit, length := l.limit(user, resource)
	return State{Limit: limit, Used: w.used, Remaining: max(0, limit-w.used), Reset: w.start.Add(length)}
}

// Exhaust spends what is left of a primary limit: the fault "ratelimit".
func (l *Limiter) Exhaust(user, resource string) *Refusal {
	l.mu.Lock()
	defer l.mu.Unlock()
	w := l.window(user, resource)
	limit, _ := l.limit(user, resource)
	w.used = max(w.used, limit)
	return &Refusal{Kind: "primary", Status: l.cfg.Status, Message: primaryMessage(user)}
}

// Secondary is a refusal by a secondary limit, as the fault "secondary" gives it.
func (l *Limiter) Secondary(wait time.Duration) *Refusal {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.secondary("secondary", wait)
}

func (l *Limiter) secondary(kind string, wait time.Duration) *Refusal {
	return &Refusal{Kind: kind, RetryAfter: wait, Status: l.cfg.Status,
		Message: "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. If you reach out to GitHub Support for help, please include the request ID."}
}

func primaryMessage(user string) string {
	if user == "" {
		return "API rate limit exceeded for 127.0.0.1. (But here's the good news: Authenticated requests get a higher rate limit. Check out the documentation for more details.)"
	}
	return fmt.Sprintf("API rate limit exceeded for user %s.", user)
}

// recent drops the marks that are not after since.
func recent(marks []mark, since time.Time) []mark {
	for len(marks) > 0 && !marks[0].at.After(since) {
		marks = marks[1:]
	}
	return marks
}

// full returns how long to wait until points more fit below cap in a window that slides, 0 when they fit now.
func full(marks []mark, points, cap int, now time.Time, length time.Duration) time.Duration {
	if cap < 1 || points == 0 {
		return 0
	}
	sum := points
	for _, m := range marks {
		sum += m.points
	}
	for _, m := range marks {
		if sum <= cap {
			break
		}
		sum -= m.points
		if sum <= cap {
			return max(m.at.Add(length).Sub(now), time.Second)
		}
	}
	return 0
}
