package cmd

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim"
	"github.com/dappcore/core-dev/internal/githubsim/requestlog"
	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// morning is when every test's day is, far from midnight.
var morning = time.Date(2026, 2, 4, 10, 0, 0, 0, time.UTC)

// host is the embedded GitHub of one script, served over loopback. Every REST
// exchange goes by GitHub's description, and every request by the rules of
// what may be read.
type host struct {
	sim    *githubsim.Server
	url    string
	server *http.Server
	since  int64 // request the journal was marked at
	tokens int
}

// offsetClock is the machine's clock, put elsewhere.
type offsetClock time.Duration

func (o offsetClock) Now() time.Time { return time.Now().Add(time.Duration(o)) }

func newHost(fleet string, seed uint64, offset time.Duration) (*host, error) {
	sim, err := githubsim.Open(context.Background(), githubsim.Options{Fleet: fleet, Seed: seed, Clock: offsetClock(offset)})
	if err != nil {
		return nil, err
	}
	h := &host{sim: sim}
	return h, h.serve("127.0.0.1:0")
}

// serve answers at addr until cut.
func (h *host) serve(addr string) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	checker, err := theChecker()
	if err != nil {
		return err
	}
	h.url = "http://" + l.Addr().String()
	h.server = &http.Server{Handler: watchReading(checker.Middleware(h.sim)), ReadHeaderTimeout: time.Minute}
	go func() { _ = h.server.Serve(l) }()
	return nil
}

// cut takes the host off the network; serve puts it back.
func (h *host) cut() { h.server.Close() }

func (h *host) close() {
	h.cut()
	h.sim.Close()
}

// token makes a token of a user with these scopes.
func (h *host) token(login string, scopes []string, expires time.Time) (string, error) {
	h.tokens++
	text := fmt.Sprintf("ghp_%s%024d", secretMark, h.tokens)
	err := h.sim.World().Update(world.System(), func(tx *world.Tx) error {
		u := tx.UserByLogin(login)
		if u == nil {
			return fmt.Errorf("no user %s", login)
		}
		_, err := tx.CreateToken(world.NewToken{Text: text, User: u, Scopes: scopes, Expires: expires})
		return err
	})
	return text, err
}

// requests are those since the last mark, late effects left out.
func (h *host) requests() []requestlog.Record {
	var out []requestlog.Record
	for _, r := range h.sim.Requests().Since(h.since) {
		if r.Lands == 0 {
			out = append(out, r)
		}
	}
	return out
}

// line is one request in a word or two: how it was asked, what came of it.
func line(r requestlog.Record) string {
	name := r.Method + " " + r.Route
	if r.Route == "" {
		name = r.Method + " " + r.Path
	}
	if r.Operation != "" {
		name = "GraphQL " + r.Operation
	}
	if r.Fault != "" {
		name += " (" + r.Fault + ")"
	}
	return fmt.Sprintf("%s %d", name, r.Status)
}

// body reads a request's body and leaves it to be read again.
func body(r *http.Request) []byte {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return nil
	}
	r.Body = io.NopCloser(bytes.NewReader(raw))
	return raw
}

func isGraphQL(r *http.Request) bool {
	return r.Method == http.MethodPost && strings.HasSuffix(strings.TrimSuffix(r.URL.Path, "/"), "/graphql")
}
