package githubsim

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/faults"
	"github.com/dappcore/core-dev/internal/githubsim/limits"
	"github.com/dappcore/core-dev/internal/githubsim/requestlog"
	"github.com/dappcore/core-dev/internal/githubsim/rest"
	"github.com/dappcore/core-dev/internal/githubsim/searchindex"
	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// maxBody is the longest request body read; GitHub closes on longer ones with 413.
const maxBody = 25 << 20

// ServeHTTP answers any request: see the package's comment for the paths.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodConnect {
		w.Header().Set("Connection", "close")
		http.Error(w, "this proxy serves http://api.github.localhost and http://github.localhost only; CONNECT is refused", http.StatusMethodNotAllowed)
		return
	}
	s.catchUp()
	if strings.HasPrefix(r.URL.Path, "/_sim/") {
		s.control(w, r)
		return
	}
	st := siteOf(r)
	if repo, service, isGit := gitPath(r); isGit {
		s.serveGit(w, r, repo, service)
		return
	}
	if st.pages {
		s.servePage(w, r, st)
		return
	}
	x := &exchange{s: s, w: w, r: r, start: time.Now(), site: st}
	x.record = requestlog.Record{Seq: s.log.Begin(), Time: s.world.Now(), Method: r.Method, Path: unescaped(st.path), Query: r.URL.RawQuery}
	x.serve()
}

func unescaped(path string) string {
	if p, err := url.PathUnescape(path); err == nil {
		return p
	}
	return path
}

// serve does what comes before both APIs: who asks, how much at once, the body.
func (x *exchange) serve() {
	if x.r.Method == http.MethodOptions {
		x.finish(&rest.Answer{Status: http.StatusNoContent, Header: http.Header{
			"Access-Control-Allow-Methods": {"GET, POST, PATCH, PUT, DELETE"},
			"Access-Control-Allow-Headers": {"Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Accept-Encoding, X-GitHub-OTP, X-Requested-With, User-Agent, GraphQL-Features, X-GitHub-Api-Version"}}})
		return
	}
	if x.r.Header.Get("User-Agent") == "" {
		x.finish(&rest.Answer{Status: http.StatusForbidden, Header: http.Header{}, Type: "text/html; charset=utf-8",
			Body: []byte("\r\nRequest forbidden by administrative rules. Please make sure your request has a User-Agent header (https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required). Check https://developer.github.com for other possible causes.\r\n")})
		return
	}
	actor, known, err := x.s.authenticate(x.r)
	if err != nil {
		x.finish(rest.Refuse(http.StatusInternalServerError, "Server Error", "", nil, nil))
		return
	}
	if !known {
		x.use.Resource = limits.Core
		x.finish(rest.Refuse(http.StatusUnauthorized, "Bad credentials", "", nil, nil))
		return
	}
	x.actor = actor
	x.record.Login = x.user()
	if v := x.r.Header.Get("X-GitHub-Api-Version"); v != "" && !versions[v] {
		x.finish(rest.Refuse(http.StatusBadRequest, fmt.Sprintf("Version %s of the API is not supported.", v), "https://docs.github.com/rest/about-the-rest-api/api-versions", nil, nil))
		return
	}
	leave, refused := x.s.limiter.Enter(x.user())
	if refused != nil {
		x.use.Resource = limits.Core
		x.finish(x.refusal(refused))
		return
	}
	defer leave()
	x.body, err = io.ReadAll(http.MaxBytesReader(x.w, x.r.Body, maxBody))
	if err != nil {
		status, message := http.StatusBadRequest, "Problems reading the request body"
		var long *http.MaxBytesError
		if errors.As(err, &long) {
			status, message = http.StatusRequestEntityTooLarge, "Payload too large"
		}
		x.finish(rest.Refuse(status, message, "", nil, nil))
		return
	}
	if strings.Trim(x.site.path, "/") == "graphql" {
		x.serveGraphQL()
		return
	}
	x.serveREST()
}

// authenticate finds who sends a request; known is false for a token that is none. Like GitHub it takes "token T",
// "Bearer T" and, as basic authentication, T as the password or as the name.
func (s *Server) authenticate(r *http.Request) (actor world.Actor, known bool, err error) {
	header := r.Header.Get("Authorization")
	if header == "" {
		return world.Actor{}, true, nil
	}
	scheme, value, _ := strings.Cut(header, " ")
	value = strings.TrimSpace(value)
	var candidates []string
	switch strings.ToLower(scheme) {
	case "token", "bearer":
		candidates = []string{value}
	case "basic":
		raw, err := base64.StdEncoding.DecodeString(value)
		if err != nil {
			return world.Actor{}, false, nil
		}
		name, password, _ := strings.Cut(string(raw), ":")
		candidates = []string{password, name}
	}
	err = s.world.View(func(tx *world.Tx) error {
		for _, text := range candidates {
			if text == "" {
				continue
			}
			if actor, known = tx.ActorByToken(text); known {
				return nil
			}
		}
		return nil
	})
	return actor, known, err
}

// serveREST answers a request to the REST API.
func (x *exchange) serveREST() {
	path := x.site.path
	if tail, found := strings.CutPrefix(path, "/repositories/"); found {
		path = x.byNumber(tail)
	}
	m := rest.Find(x.r.Method, path)
	x.record.Route = m.Template
	x.use = limits.Use{Resource: limits.Core, Points: 1, Secondary: 1, Content: x.s.limiter.CreatesContent(m.Key(x.r.Method))}
	if x.r.Method != http.MethodGet && x.r.Method != http.MethodHead {
		x.use.Secondary = 5
	}
	switch m.Template {
	case "/search/issues", "/search/repositories":
		x.use.Resource = limits.Search
	case "/rate_limit":
		x.use.Points = 0
	}
	x.record.Resource = x.use.Resource
	x.fault = x.s.faults.Next(faults.Request{Method: x.r.Method, Path: x.record.Path})
	if a, done := x.faultBefore(); done {
		x.finish(a)
		return
	}
	if refused := x.take(); refused != nil {
		x.finish(x.refusal(refused))
		return
	}
	if m.Params == nil {
		x.finish(x.noRoute(m))
		return
	}
	actor := x.actor
	actor.Changed = x.changed
	q := &rest.Request{Method: x.r.Method, Header: x.r.Header, Query: x.r.URL.Query(), RawQuery: x.r.URL.RawQuery, Body: x.body, Match: m, Actor: actor,
		Base: x.site.api, HTML: x.site.html, Limits: x.rateLimits, Search: x.index(), Lag: x.lag()}
	x.at(BeforeEffect)
	if x.fault != nil && x.fault.Kind == faults.Late {
		x.putOff(func(then *requestlog.Record) {
			q.Actor.Changed = noteIn(then)
			then.Status = rest.Do(x.s.world, q).Status
		})
		x.finish(nil)
		return
	}
	a := rest.Do(x.s.world, q)
	x.at(AfterEffect)
	x.finish(x.faultAfter(a))
}

// noRoute is the answer to a path or method GitHub does not know.
func (x *exchange) noRoute(m rest.Match) *rest.Answer {
	if len(m.Allowed) > 0 {
		x.record.Route = ""
	}
	return rest.Refuse(http.StatusNotFound, "Not Found", "", nil, nil)
}

// byNumber turns /repositories/ID/... into /repos/OWNER/NAME/..., the form of redirects into the one of the table.
func (x *exchange) byNumber(tail string) string {
	number, rest, _ := strings.Cut(tail, "/")
	id, err := strconv.ParseInt(number, 10, 64)
	out := "/repositories/" + tail
	if err != nil {
		return out
	}
	_ = x.s.world.View(func(tx *world.Tx) error {
		if r := tx.RepoByID(id); r != nil {
			out = "/repos/" + tx.FullName(r)
			if rest != "" {
				out += "/" + rest
			}
		}
		return nil
	})
	return out
}

// index is what searches look into: further behind under the fault stale-search.
func (x *exchange) index() *searchindex.Index {
	if x.fault != nil && x.fault.Kind == faults.StaleSearch {
		return searchindex.New(x.s.opts.SearchDelay + staleBy)
	}
	if lag := x.lag(); lag > 0 {
		return searchindex.New(x.s.opts.SearchDelay + lag)
	}
	return x.s.search
}

// lag is how far lists are behind under the fault of that name.
func (x *exchange) lag() time.Duration {
	if x.fault != nil && x.fault.Kind == faults.Lag {
		return x.fault.Wait
	}
	return 0
}

// rateLimits is the body of GET /rate_limit.
func (x *exchange) rateLimits() map[string]any {
	one := func(resource string) map[string]any {
		st := x.s.limiter.State(x.user(), resource)
		return map[string]any{"limit": st.Limit, "used": st.Used, "remaining": st.Remaining, "reset": st.Reset.Unix(), "resource": resource}
	}
	core := one(limits.Core)
	return map[string]any{"resources": map[string]any{"core": core, "search": one(limits.Search), "graphql": one(limits.GraphQL)}, "rate": core}
}
