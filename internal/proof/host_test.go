package proof

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim"
)

// moment is where in a request's life something is done to whoever sent it.
type moment string

const (
	beforeRequest moment = "before the request is handled"
	afterEffect   moment = "after the effect, before the answer"
	afterAnswer   moment = "after the answer was sent"
)

var moments = []moment{beforeRequest, afterEffect, afterAnswer}

// host is a GitHub of a test's own, served over loopback, with a place to stand
// at every boundary of every request.
type host struct {
	sim *githubsim.Server
	url string
	web *http.Server

	mu    sync.Mutex
	idle  *sync.Cond // of mu: when busy becomes 0
	busy  int        // requests being handled
	count int
	seen  []string        // the requests by number, as METHOD PATH
	over  map[string]bool // tokens of processes that are gone
	wrote int             // requests that changed something
	watch func(n int, at moment, r *http.Request) (gone bool)
}

func newHost(t testing.TB, s scene) *host {
	t.Helper()
	sim, err := githubsim.Open(context.Background(), s.options())
	if err != nil {
		t.Fatal(err)
	}
	if s.furnish != nil {
		if err := s.furnish(sim); err != nil {
			t.Fatal(err)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := &host{sim: sim, url: "http://" + l.Addr().String(), over: map[string]bool{}}
	h.idle = sync.NewCond(&h.mu)
	h.web = &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	go func() { _ = h.web.Serve(l) }()
	return h
}

func (h *host) close() {
	h.web.Close()
	h.sim.Close()
}

// at has watch called at every moment of every request from now on; requests
// are numbered from 1. It returns true when whoever sent the request is gone,
// and nothing more is done for it.
func (h *host) at(watch func(n int, at moment, r *http.Request) (gone bool)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.count, h.seen, h.watch = 0, nil, watch
}

func (h *host) handled() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.busy--; h.busy == 0 {
		h.idle.Broadcast()
	}
}

// rest returns when no request is being handled. Whoever got the answer to its
// last request may be gone before that request's last moment has come.
func (h *host) rest() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for h.busy > 0 {
		h.idle.Wait()
	}
}

// end has nothing handled any more that was sent with a token. Whoever got an
// answer has sent its next request before it can be killed, and that would land
// at some later time; the quiet period here is too short to wait for it.
// TestWritesThatLandLate has writes land late, and says when.
func (h *host) end(token string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.over[token] = true
}

// writes are the requests so far that changed something.
func (h *host) writes() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.wrote
}

func bearer(r *http.Request) string {
	return strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
}

// requests are those since the last call of at.
func (h *host) requests() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]string(nil), h.seen...)
}

func (h *host) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/_sim/") {
		h.sim.ServeHTTP(w, r)
		return
	}
	h.mu.Lock()
	if h.over[bearer(r)] {
		h.mu.Unlock()
		panic(http.ErrAbortHandler)
	}
	h.busy++
	defer h.handled()
	h.count++
	n, watch := h.count, h.watch
	h.seen = append(h.seen, r.Method+" "+r.URL.Path)
	h.mu.Unlock()
	if watch == nil {
		watch = func(int, moment, *http.Request) bool { return false }
	}
	if watch(n, beforeRequest, r) {
		panic(http.ErrAbortHandler)
	}
	answer, cut := h.handle(r)
	if changes(r.Method+" "+r.URL.Path) && answer.Code < 300 {
		h.mu.Lock()
		h.wrote++
		h.mu.Unlock()
	}
	if watch(n, afterEffect, r) || cut {
		panic(http.ErrAbortHandler)
	}
	for k, v := range answer.Header() {
		w.Header()[http.CanonicalHeaderKey(k)] = v
	}
	h.shorten(w.Header())
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
	_ = http.NewResponseController(w).Flush()
	watch(n, afterAnswer, r)
}

// shorten lets no limit hold for longer than a second or two: a refusal is a
// refusal, and nobody waits a minute or an hour for its end here.
func (h *host) shorten(a http.Header) {
	if s := a.Get("Retry-After"); s != "" && s != "0" {
		a.Set("Retry-After", "1")
	}
	if a.Get("X-RateLimit-Remaining") != "0" {
		return
	}
	h.sim.Limits().Refund(h.sim.Fleet().Owner, a.Get("X-RateLimit-Resource"), 1<<30)
	if now, err := http.ParseTime(a.Get("Date")); err == nil {
		a.Set("X-RateLimit-Reset", strconv.FormatInt(now.Unix(), 10))
	}
}

// handle has the embedded GitHub answer without sending it; cut tells that it
// closed the connection instead.
func (h *host) handle(r *http.Request) (answer *httptest.ResponseRecorder, cut bool) {
	answer = httptest.NewRecorder()
	answer.Body = &bytes.Buffer{}
	defer func() {
		if v := recover(); v != nil {
			if err, ok := v.(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
				panic(v)
			}
			cut = true
		}
	}()
	h.sim.ServeHTTP(answer, r)
	return answer, false
}
