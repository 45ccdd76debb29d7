package githubsim

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/faults"
	"github.com/dappcore/core-dev/internal/githubsim/limits"
	"github.com/dappcore/core-dev/internal/githubsim/requestlog"
	"github.com/dappcore/core-dev/internal/githubsim/rest"
	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// Boundary is a moment in the life of a request at which a test may look, wait or kill.
type Boundary string

const (
	BeforeEffect Boundary = "before" // admitted, nothing has happened yet
	AfterEffect  Boundary = "effect" // it has happened and is on disk; the journal does not have it yet
	BeforeAnswer Boundary = "answer" // it is in the journal, and nothing of the answer has been sent
)

// OnRequest has hook called at each boundary of every API request, in the goroutine that serves it. nil ends that.
func (s *Server) OnRequest(hook func(at Boundary, r requestlog.Record)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hook = hook
}

// resourceGit marks git traffic in the journal; GitHub does not count it.
const resourceGit = "git"

// exchange is one API request on its way to its answer.
type exchange struct {
	s      *Server
	w      http.ResponseWriter
	r      *http.Request
	record requestlog.Record
	start  time.Time
	site   site
	actor  world.Actor
	body   []byte
	fault  *faults.Rule
	use    limits.Use
	wait   time.Duration // retry-after of a refusal
}

// user is how limits and journal name who asks.
func (x *exchange) user() string {
	if x.actor.User == nil {
		return ""
	}
	if x.actor.User.Kind == world.Bot {
		return x.actor.User.Login + "[bot]"
	}
	return x.actor.User.Login
}

func (x *exchange) at(b Boundary) {
	x.s.mu.Lock()
	hook := x.s.hook
	x.s.mu.Unlock()
	if hook != nil {
		hook(b, x.record)
	}
}

// changed notes what an Update of this request changed.
func (x *exchange) changed(kind string, id int64) {
	for _, e := range x.record.Effect {
		if e.Kind == kind && e.ID == id {
			return
		}
	}
	x.record.Effect = append(x.record.Effect, requestlog.Entity{Kind: kind, ID: id})
}

// take charges the request, or tells why it may not proceed.
func (x *exchange) take() *limits.Refusal {
	refused := x.s.limiter.Take(x.user(), x.use)
	if refused == nil {
		x.record.Points, x.record.Secondary, x.record.Content = x.use.Points, x.use.Secondary, x.use.Content
	}
	return refused
}

// refusal is the answer of a limit on REST.
func (x *exchange) refusal(r *limits.Refusal) *rest.Answer {
	x.record.Refused = r.Kind
	x.wait = r.RetryAfter
	docs := "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api"
	if r.Kind != "primary" {
		docs += "#about-secondary-rate-limits"
	}
	return rest.Refuse(r.Status, x.limitMessage(r), docs, nil, nil)
}

func (x *exchange) limitMessage(r *limits.Refusal) string {
	if r.Kind == "primary" && x.actor.User != nil {
		return fmt.Sprintf("API rate limit exceeded for user ID %d. If you reach out to GitHub Support for help, please include the request ID %s and timestamp %s UTC.",
			x.actor.User.ID, x.requestID(), x.record.Time.Format("2006-01-02 15:04:05"))
	}
	return r.Message
}

// requestID is X-GitHub-Request-Id.
func (x *exchange) requestID() string {
	return fmt.Sprintf("%04X:%X:%06X:%06X:%08X", x.record.Seq%0xffff, 0x1a2b, x.record.Seq*7919%0xffffff, x.record.Seq*104729%0xffffff, x.record.Time.Unix()&0xffffffff)
}

// conditional turns the answer of a read into a 304 where the client has it already. Those are free.
func (x *exchange) conditional(a *rest.Answer) {
	read := x.r.Method == http.MethodGet || x.r.Method == http.MethodHead
	if !read || a.Status != http.StatusOK {
		return
	}
	sum := sha256.Sum256(append([]byte(x.r.Header.Get("Accept")+"\x00"), a.Body...))
	tag := `W/"` + hex.EncodeToString(sum[:]) + `"`
	a.Header.Set("ETag", tag)
	if !a.Modified.IsZero() {
		a.Header.Set("Last-Modified", a.Modified.UTC().Format(http.TimeFormat))
	}
	same := false
	if wanted := x.r.Header.Get("If-None-Match"); wanted != "" {
		for _, t := range strings.Split(wanted, ",") {
			t = strings.TrimSpace(t)
			same = same || t == "*" || strings.TrimPrefix(t, "W/") == strings.TrimPrefix(tag, "W/")
		}
	} else if since, err := http.ParseTime(x.r.Header.Get("If-Modified-Since")); err == nil && !a.Modified.IsZero() {
		same = !a.Modified.Truncate(time.Second).After(since)
	}
	if same {
		a.Status, a.Body = http.StatusNotModified, nil
		x.s.limiter.Refund(x.user(), x.use.Resource, x.record.Points)
		x.record.Points = 0
	}
}

// finish puts the request into the journal and sends the answer, or cuts the connection when a is nil.
func (x *exchange) finish(a *rest.Answer) {
	if a != nil {
		if a.Type == "" && x.record.Route != "/graphql" && readable(x.r) && len(a.Body) > 0 {
			a.Body = layOut(a.Body)
		}
		x.conditional(a)
		x.record.Status = a.Status
	}
	x.record.Wall = time.Since(x.start)
	if err := x.s.log.Add(x.record); err != nil && a != nil {
		a = rest.Refuse(http.StatusInternalServerError, "Server Error: "+err.Error(), "", nil, nil)
	}
	x.at(BeforeAnswer)
	if a == nil {
		panic(http.ErrAbortHandler) // closes the connection without a word
	}
	wait := x.s.opts.Latency
	if x.fault != nil && x.fault.Kind == faults.Slow {
		wait += x.fault.Wait
	}
	if wait > 0 {
		t := time.NewTimer(wait)
		defer t.Stop()
		select {
		case <-t.C:
		case <-x.r.Context().Done():
			return
		}
	}
	x.headers(a)
	spell(x.w.Header())
	x.w.WriteHeader(a.Status)
	if x.r.Method != http.MethodHead && len(a.Body) > 0 {
		_, _ = x.w.Write(a.Body)
	}
}

func (x *exchange) headers(a *rest.Answer) {
	h := x.w.Header()
	for k, v := range a.Header {
		h[k] = v
	}
	if len(a.Body) > 0 {
		mime := a.Type
		if mime == "" {
			mime = "application/json; charset=utf-8"
		}
		h.Set("Content-Type", mime)
		h.Set("Content-Length", strconv.Itoa(len(a.Body)))
	}
	h.Set("Date", x.s.world.Now().Format(http.TimeFormat))
	h.Set("Server", "github.com")
	h.Set("X-GitHub-Request-Id", x.requestID())
	h.Set("X-GitHub-Media-Type", mediaType(x.r.Header.Get("Accept")))
	h.Set("X-GitHub-Api-Version-Selected", apiVersion(x.r))
	if x.site.enterprise {
		h.Set("X-GitHub-Enterprise-Version", rest.EnterpriseVersion)
	}
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Expose-Headers", "ETag, Link, Location, Retry-After, X-GitHub-OTP, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Used, X-RateLimit-Resource, X-RateLimit-Reset, X-OAuth-Scopes, X-Accepted-OAuth-Scopes, X-Poll-Interval, X-GitHub-Media-Type, X-GitHub-Request-Id, Deprecation, Sunset")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "deny")
	h.Set("X-XSS-Protection", "0")
	h.Set("Referrer-Policy", "origin-when-cross-origin, strict-origin-when-cross-origin")
	h.Set("Content-Security-Policy", "default-src 'none'")
	h.Set("Vary", "Accept, Authorization, Cookie, X-GitHub-OTP,Accept-Encoding, Accept, X-Requested-With")
	if a.Header.Get("ETag") != "" {
		visibility := "private"
		if x.actor.User == nil {
			visibility = "public"
		}
		h.Set("Cache-Control", visibility+", max-age=60, s-maxage=60")
	}
	if t := x.actor.Token; t != nil && len(t.Repos) == 0 {
		h.Set("X-OAuth-Scopes", strings.Join(t.Scopes, ", "))
		h.Set("X-Accepted-OAuth-Scopes", acceptedScopes(x.r.Method, x.record.Route))
	}
	if x.use.Resource != "" {
		st := x.s.limiter.State(x.user(), x.use.Resource)
		h.Set("X-RateLimit-Limit", strconv.Itoa(st.Limit))
		h.Set("X-RateLimit-Remaining", strconv.Itoa(st.Remaining))
		h.Set("X-RateLimit-Reset", strconv.FormatInt(st.Reset.Unix(), 10))
		h.Set("X-RateLimit-Used", strconv.Itoa(st.Used))
		h.Set("X-RateLimit-Resource", x.use.Resource)
	}
	if x.wait > 0 {
		h.Set("Retry-After", strconv.Itoa(int((x.wait+time.Second-1)/time.Second)))
	}
}

// acceptedScopes are those of which GitHub says one would do for a route.
func acceptedScopes(method, route string) string {
	switch {
	case method == http.MethodDelete && route == "/repos/{owner}/{repo}":
		return "delete_repo"
	case strings.HasPrefix(route, "/repos/"):
		return "repo"
	case strings.HasPrefix(route, "/orgs/") && strings.HasSuffix(route, "/repos"):
		return "admin:org, read:org, repo, user, write:org"
	}
	return ""
}

// mediaType is X-GitHub-Media-Type for what was accepted.
func mediaType(accept string) string {
	for _, part := range strings.Split(accept, ",") {
		name, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		rest, isGitHub := strings.CutPrefix(name, "application/vnd.github.")
		if !isGitHub {
			continue
		}
		param, format, hasFormat := strings.Cut(rest, "+")
		if !strings.HasPrefix(param, "v3") {
			param = "v3; param=" + param
		}
		if hasFormat {
			param += "; format=" + format
		}
		return "github." + param
	}
	return "github.v3; format=json"
}

// versions of the REST API a client may ask for.
var versions = map[string]bool{"2022-11-28": true, "2026-03-10": true}

func apiVersion(r *http.Request) string {
	if v := r.Header.Get("X-GitHub-Api-Version"); versions[v] {
		return v
	}
	return "2022-11-28"
}

// site is how a client reached the server: what its URLs look like.
type site struct {
	api        string // base of REST, without a final slash
	html       string // base of pages and git
	path       string // escaped, without the prefix of the API
	enterprise bool   // under /api/v3 or /api/graphql
	pages      bool   // the host of pages and git only
}

const (
	apiHost  = "api.github.localhost"
	pageHost = "github.localhost"
)

func siteOf(r *http.Request) site {
	host := r.Host
	if host == "" {
		host = r.URL.Host
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	bare := (&url.URL{Host: host}).Hostname()
	self := scheme + "://" + host
	st := site{api: self, html: self, path: r.URL.EscapedPath()}
	switch strings.ToLower(bare) {
	case apiHost, "uploads." + pageHost:
		st.html = scheme + "://" + pageHost
		return st
	case pageHost:
		st.api, st.pages = scheme+"://"+apiHost, true
	}
	for _, prefix := range []string{"/api/v3", "/api/graphql"} {
		if rest, found := strings.CutPrefix(st.path, prefix); found && (rest == "" || rest[0] == '/') {
			st.enterprise, st.pages, st.api = true, false, self+"/api/v3"
			if prefix == "/api/graphql" {
				rest = "/graphql" + rest
			}
			st.path = rest
			break
		}
	}
	if st.path == "" {
		st.path = "/"
	}
	return st
}
