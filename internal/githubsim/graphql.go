package githubsim

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/faults"
	"github.com/dappcore/core-dev/internal/githubsim/graph"
	"github.com/dappcore/core-dev/internal/githubsim/limits"
	"github.com/dappcore/core-dev/internal/githubsim/requestlog"
	"github.com/dappcore/core-dev/internal/githubsim/rest"
	"github.com/dappcore/core-dev/internal/githubsim/world"
)

const graphDocs = "https://docs.github.com/graphql"

// serveGraphQL answers a request to the GraphQL API: HTTP 200 whatever the document's fate.
func (x *exchange) serveGraphQL() {
	x.record.Route, x.use.Resource, x.record.Resource = "/graphql", limits.GraphQL, limits.GraphQL
	if x.actor.User == nil {
		x.finish(rest.Refuse(http.StatusUnauthorized, "This endpoint requires you to be authenticated.", graphDocs+"/guides/forming-calls-with-graphql#authenticating-with-graphql", nil, nil))
		return
	}
	if x.r.Method != http.MethodPost {
		x.finish(rest.Refuse(http.StatusNotFound, "Not Found", graphDocs, nil, nil))
		return
	}
	var q graph.Request
	d := json.NewDecoder(bytes.NewReader(x.body))
	d.UseNumber()
	if err := d.Decode(&q); err != nil {
		x.finish(rest.Refuse(http.StatusBadRequest, "Problems parsing JSON", graphDocs, nil, nil))
		return
	}
	q.WebURL = x.site.html
	actor := x.actor
	actor.Changed = x.changed

	var instead *rest.Answer
	stopped := false
	opts := graph.Options{WebURL: x.site.html, Rate: x.s.rate, Overrun: x.overrun, Lag: x.lag}
	opts.Admit = func(_ context.Context, _ world.Actor, p graph.Plan) *graph.Error {
		refused, a, stop := x.admit(p)
		instead, stopped = a, stop
		return refused
	}
	opts.Search = x.s.search
	run := func(ctx context.Context, actor world.Actor) graph.Response {
		return graph.New(x.s.world, opts).Execute(ctx, actor, q)
	}
	answer := run(x.r.Context(), actor)
	x.record.Nodes = answer.Nodes
	if stopped {
		if x.fault.Kind == faults.Late {
			opts.Admit = nil
			x.putOff(func(then *requestlog.Record) {
				who := x.actor
				who.Changed = noteIn(then)
				run(context.Background(), who)
				then.Status = http.StatusOK
			})
		}
		x.finish(instead)
		return
	}
	x.at(AfterEffect)
	x.finish(x.faultAfter(&rest.Answer{Status: http.StatusOK, Header: http.Header{}, Body: rest.Encode(answer)}))
}

// admit decides before anything of a document is executed: faults first, then limits. stop tells that the answer is not
// the executor's but a, or none.
func (x *exchange) admit(p graph.Plan) (refused *graph.Error, a *rest.Answer, stop bool) {
	x.record.Operation, x.record.Kind, x.record.Fields = p.Operation, "query", p.Fields
	x.use.Points, x.use.Secondary = max(1, p.Cost), 1
	if len(p.Mutations) > 0 {
		x.record.Kind, x.record.Fields, x.use.Secondary = "mutation", p.Mutations, 5
		x.use.Content = slices.ContainsFunc(p.Mutations, x.s.limiter.CreatesContent)
	}
	x.record.Nodes = p.Nodes
	cut := &graph.Error{Message: "cut"}
	x.fault = x.s.faults.Next(faults.Request{Operation: p.Operation, Fields: x.record.Fields})
	if x.fault != nil {
		x.record.Fault = x.fault.String()
		switch x.fault.Kind {
		case faults.RateLimit:
			return x.limited(x.s.limiter.Exhaust(x.user(), limits.GraphQL)), nil, false
		case faults.Secondary:
			return x.limited(x.s.limiter.Secondary(time.Minute)), nil, false
		case faults.Late:
			if refusal := x.take(); refusal != nil {
				return x.limited(refusal), nil, false
			}
			return cut, nil, true
		case faults.Timeout: // GitHub takes more points for a query it gave up on
			x.use.Points *= 2
			if refusal := x.take(); refusal != nil {
				return x.limited(refusal), nil, false
			}
		}
		if a, done := x.faultBefore(); done {
			return cut, a, true
		}
	}
	if refusal := x.take(); refusal != nil {
		return x.limited(refusal), nil, false
	}
	x.at(BeforeEffect)
	return nil, nil, false
}

// limited is the refusal of a limit on GraphQL: an error within HTTP 200.
func (x *exchange) limited(r *limits.Refusal) *graph.Error {
	x.record.Refused, x.wait = r.Kind, r.RetryAfter
	return &graph.Error{Type: graph.RateLimited, Message: x.limitMessage(r)}
}

// overrun has the fault partial leave the second half of the root fields without data.
func (x *exchange) overrun(p graph.Plan) int {
	if x.fault == nil || x.fault.Kind != faults.Partial {
		return -1
	}
	return len(p.Fields) / 2
}

// rate answers the field rateLimit.
func (s *Server) rate(actor world.Actor) graph.Rate {
	st := s.limiter.State((&exchange{actor: actor}).user(), limits.GraphQL)
	return graph.Rate{Limit: st.Limit, Remaining: st.Remaining, Used: st.Used, ResetAt: st.Reset}
}
