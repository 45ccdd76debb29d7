package github

import (
	"context"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"sync"
	"time"
)

const (
	quietFor    = 1500 * time.Millisecond // without a good answer before anything is said
	sayEvery    = 5 * time.Second
	connectTime = 2 * time.Second // to a connection, before it is said that there is none yet
)

// silence tells a person who waits that reads get no good answer.
type silence struct {
	tell func(why string, in time.Duration) // nil: nobody hears

	mu    sync.Mutex
	since time.Time // of the first failure after a good answer; zero: there was none
	until time.Time // nothing more is said before
}

// lasts notes that a read failed and is sent again after a while.
func (s *silence) lasts(now time.Time, again time.Duration, a *answer, err error) {
	if s.tell == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.since.IsZero() {
		s.since = now
	}
	if now.Sub(s.since) < quietFor || now.Before(s.until) {
		return
	}
	s.until = now.Add(max(again, sayEvery))
	if err != nil {
		s.tell("GitHub does not answer: "+cause(err).Error(), again)
	} else {
		s.tell("GitHub answers "+strconv.Itoa(a.status)+" "+http.StatusText(a.status), again)
	}
}

// broken notes a good answer.
func (s *silence) broken() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.since, s.until = time.Time{}, time.Time{}
}

// connecting tells when there is no connection after a while; done ends that.
func (s *silence) connecting(ctx context.Context) (traced context.Context, done func()) {
	if s.tell == nil {
		return ctx, func() {}
	}
	late := time.AfterFunc(connectTime, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.tell("no connection to GitHub yet", 0)
	})
	stop := func() { late.Stop() }
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { stop() }}), stop
}
