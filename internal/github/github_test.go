package github

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/dappcore/core-dev/inventory"
)

// testClock stands still but for the sleeping done by it.
type testClock struct {
	mu    sync.Mutex
	now   time.Time
	slept []time.Duration
}

func newClock() *testClock { return &testClock{now: time.Date(2026, 2, 4, 10, 0, 0, 0, time.UTC)} }

func (c *testClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *testClock) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	c.slept = append(c.slept, d)
	return nil
}

func (c *testClock) total() (d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.slept {
		d += s
	}
	return d
}

const testToken = "ghp_verysecrettokentext"

// clientOf makes a client of a test server.
func clientOf(t *testing.T, url string, change ...func(*Options)) (*Client, *testClock) {
	t.Helper()
	e, err := ParseEndpoint(url)
	if err != nil {
		t.Fatal(err)
	}
	clock := newClock()
	o := Options{Endpoint: e, Token: NewToken(testToken, "GITHUB_TOKEN"), Clock: clock}
	for _, f := range change {
		f(&o)
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c, clock
}

// serve starts a server that answers with f, called with the number of the request from 1.
func serve(t *testing.T, f func(n int, w http.ResponseWriter, r *http.Request)) (url string, count func() int) {
	t.Helper()
	var mu sync.Mutex
	n := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		n++
		k := n
		mu.Unlock()
		f(k, w, r)
	}))
	t.Cleanup(s.Close)
	return s.URL, func() int {
		mu.Lock()
		defer mu.Unlock()
		return n
	}
}

// cut closes the connection without an answer.
func cut(w http.ResponseWriter) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		conn.Close()
	}
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	switch b := body.(type) {
	case string:
		_, _ = io.WriteString(w, b)
	default:
		_ = json.NewEncoder(w).Encode(b)
	}
}

var (
	home  = inventory.RepoRef{Owner: "o", Name: "r"}
	issue = inventory.Ref{Repo: home, Number: 7}
)

// post posts a comment whose id nobody asks for.
func post(c *Client, ctx context.Context, ref inventory.Ref, text string) error {
	_, err := c.PostComment(ctx, ref, text)
	return err
}
