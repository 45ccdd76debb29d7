package githubsim

import (
	"net/http"
	"slices"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/faults"
	"github.com/dappcore/core-dev/internal/githubsim/limits"
	"github.com/dappcore/core-dev/internal/githubsim/requestlog"
	"github.com/dappcore/core-dev/internal/githubsim/rest"
)

const unicorn = "<html><body><h1>502 Bad Gateway</h1>\nThe server returned an invalid or incomplete response.\n</body></html>\n"

// faultBefore applies a fault that keeps the request from having an effect; done tells that a (nil: a cut) is the end of it.
func (x *exchange) faultBefore() (a *rest.Answer, done bool) {
	if x.fault == nil {
		return nil, false
	}
	x.record.Fault = x.fault.String()
	page := func(status int, body string) (*rest.Answer, bool) {
		return &rest.Answer{Status: status, Header: http.Header{}, Body: []byte(body), Type: "text/html; charset=utf-8"}, true
	}
	switch x.fault.Kind {
	case faults.Error500:
		return rest.Refuse(http.StatusInternalServerError, "Server Error", "", nil, nil), true
	case faults.Error502:
		return page(http.StatusBadGateway, unicorn)
	case faults.Error503:
		return page(http.StatusServiceUnavailable, "<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>\n")
	case faults.Timeout:
		if x.use.Resource == limits.GraphQL {
			return rest.Refuse(http.StatusBadGateway, "We couldn't respond to your request in time. Sorry about that. Please try resubmitting your request and contact us if the problem persists.", "https://docs.github.com/graphql", nil, nil), true
		}
		return rest.Refuse(http.StatusGatewayTimeout, "We couldn't respond to your request in time. Sorry about that. Please try resubmitting your request and contact us if the problem persists.", "", nil, nil), true
	case faults.CutBefore:
		return nil, true
	case faults.RateLimit:
		return x.refusal(x.s.limiter.Exhaust(x.user(), x.use.Resource)), true
	case faults.Secondary:
		return x.refusal(x.s.limiter.Secondary(time.Minute)), true
	}
	return nil, false
}

// faultAfter applies a fault to the answer of a request that had its effect.
func (x *exchange) faultAfter(a *rest.Answer) *rest.Answer {
	if x.fault == nil {
		return a
	}
	switch x.fault.Kind {
	case faults.CutAfter:
		return nil
	case faults.After502:
		return &rest.Answer{Status: http.StatusBadGateway, Header: http.Header{}, Body: []byte(unicorn), Type: "text/html; charset=utf-8"}
	case faults.Garbage:
		a.Body = append([]byte("{\"message\": "), a.Body[:len(a.Body)/2]...)
		a.Header.Del("ETag")
	}
	return a
}

// landing is an effect that comes after its connection was cut.
type landing struct {
	due    time.Time // virtual
	effect func(then *requestlog.Record)
	record requestlog.Record
}

// putOff has the effect of x happen when its fault says.
func (x *exchange) putOff(effect func(then *requestlog.Record)) {
	x.record.Late = true
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	x.s.late = append(x.s.late, landing{due: x.record.Time.Add(x.fault.Wait), effect: effect, record: x.record})
}

// land has every effect happen whose time has come, in the order they were due. It is called before each request and
// whenever the clock is put forward; an effect that is not due when the server is closed never happens.
func (s *Server) land() {
	s.mu.Lock()
	now := s.world.Now()
	var due []landing
	s.late = slices.DeleteFunc(s.late, func(l landing) bool {
		if l.due.After(now) {
			return false
		}
		due = append(due, l)
		return true
	})
	s.mu.Unlock()
	slices.SortStableFunc(due, func(a, b landing) int { return a.due.Compare(b.due) })
	for _, l := range due {
		then := requestlog.Record{Seq: s.log.Begin(), Time: s.world.Now(), Method: l.record.Method, Path: l.record.Path, Route: l.record.Route,
			Operation: l.record.Operation, Kind: l.record.Kind, Fields: l.record.Fields, Login: l.record.Login, Resource: l.record.Resource, Lands: l.record.Seq}
		l.effect(&then)
		_ = s.log.Add(then)
	}
}

// noteIn collects what an Update changes into a record.
func noteIn(r *requestlog.Record) func(kind string, id int64) {
	return func(kind string, id int64) { r.Effect = append(r.Effect, requestlog.Entity{Kind: kind, ID: id}) }
}
