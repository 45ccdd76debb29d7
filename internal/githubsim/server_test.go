package githubsim

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/limits"
	"github.com/dappcore/core-dev/internal/githubsim/world"
	"github.com/dappcore/core-dev/internal/githubsim/worldtest"
)

// probe is a server with a small world, reached over loopback.
type probe struct {
	*testing.T
	s     *Server
	clock *worldtest.ManualClock
	url   string
	token string // of ann, who owns the organisation acme
}

// opened serves acme with the repositories widgets (public, with history), vault (private) and attic (archived), the
// people ann (owner), bob (write), cat (nobody) and the bot robo.
func opened(t *testing.T, opts Options) *probe {
	t.Helper()
	clock := worldtest.NewManualClock(time.Date(2026, 2, 4, 10, 0, 0, 0, time.UTC))
	if opts.Clock == nil {
		opts.Clock = clock
	}
	s, err := Open(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.world.Update(world.System(), furnish); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(judge(t).Middleware(s))
	t.Cleanup(server.Close)
	return &probe{T: t, s: s, clock: clock, url: server.URL, token: s.Token("ann")}
}

// unlimited switches limits off, for tests that are about something else.
func unlimited() *limits.Config { c := limits.Defaults(); c.Off = true; return &c }

// answer is what a request got.
type answer struct {
	*probe
	Status int
	Header http.Header
	Body   []byte
}

func (p *probe) request(method, path string, body any) *http.Request {
	p.Helper()
	var r io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		r = strings.NewReader(b)
	default:
		text, err := json.Marshal(b)
		if err != nil {
			p.Fatal(err)
		}
		r = bytes.NewReader(text)
	}
	q, err := http.NewRequestWithContext(p.Context(), method, p.url+path, r)
	if err != nil {
		p.Fatal(err)
	}
	if p.token != "" {
		q.Header.Set("Authorization", "token "+p.token)
	}
	return q
}

// follow never: redirects are answers here.
var client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

func (p *probe) send(q *http.Request) *answer {
	p.Helper()
	a, err := client.Do(q)
	if err != nil {
		p.Fatalf("%s %s: %v", q.Method, q.URL, err)
	}
	defer a.Body.Close()
	body, err := io.ReadAll(a.Body)
	if err != nil {
		p.Fatalf("%s %s: %v", q.Method, q.URL, err)
	}
	return &answer{p, a.StatusCode, a.Header, body}
}

func (p *probe) do(method, path string, body any) *answer {
	p.Helper()
	return p.send(p.request(method, path, body))
}

func (p *probe) as(login string) *probe {
	c := *p
	c.token = ""
	if login != "" {
		c.token = p.s.Token(login)
	}
	return &c
}

func (a *answer) want(status int) *answer {
	a.Helper()
	if a.Status != status {
		a.Fatalf("answered %d, want %d: %.500s", a.Status, status, a.Body)
	}
	return a
}

// object is the body as a JSON object.
func (a *answer) object() map[string]any {
	a.Helper()
	var o map[string]any
	if err := json.Unmarshal(a.Body, &o); err != nil {
		a.Fatalf("not a JSON object: %v: %.300s", err, a.Body)
	}
	return o
}

func (a *answer) list() []map[string]any {
	a.Helper()
	var l []map[string]any
	if err := json.Unmarshal(a.Body, &l); err != nil {
		a.Fatalf("not a JSON list: %v: %.300s", err, a.Body)
	}
	return l
}

// via sends a request with the server as its proxy.
func (p *probe) via(q *http.Request) *answer {
	p.Helper()
	proxy, err := url.Parse(p.url)
	if err != nil {
		p.Fatal(err)
	}
	tr := &http.Transport{Proxy: http.ProxyURL(proxy)}
	defer tr.CloseIdleConnections()
	a, err := tr.RoundTrip(q)
	if err != nil {
		p.Fatal(err)
	}
	defer a.Body.Close()
	body, err := io.ReadAll(a.Body)
	if err != nil {
		p.Fatal(err)
	}
	return &answer{p, a.StatusCode, a.Header, body}
}
