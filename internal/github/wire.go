package github

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"time"
)

const (
	maxAnswer     = 128 << 20 // bytes of one answer
	readAttempts  = 4
	firstBackoff  = 500 * time.Millisecond
	answerTimeout = 60 * time.Second
)

// answer is a response read to its end.
type answer struct {
	status    int
	header    http.Header
	body      []byte
	unchanged bool // 304
}

// wire sends requests: paced, with the token to its own host only, reads
// retried, writes sent once.
type wire struct {
	endpoint Endpoint
	token    Token
	agent    string
	pacer    *pacer
	clock    Clock
	store    Store
	reads    *http.Client
	writes   *http.Client
	count    counters
	record   func(*http.Request)
	silence  silence
}

// newWire makes the two kinds of connection. That for writes keeps no
// connection alive and speaks no HTTP/2: net/http sends a request again only
// after a failure on a connection used before (or a refused HTTP/2 stream), so
// there it has nothing it could send again.
func newWire(e Endpoint, t Token, agent string, p *pacer, clock Clock, store Store) *wire {
	dialer := &net.Dialer{Timeout: 15 * time.Second, KeepAlive: 30 * time.Second}
	base := &http.Transport{Proxy: http.ProxyFromEnvironment, DialContext: dialer.DialContext, TLSHandshakeTimeout: 15 * time.Second,
		ResponseHeaderTimeout: answerTimeout, MaxIdleConnsPerHost: 4, IdleConnTimeout: 60 * time.Second, ForceAttemptHTTP2: true}
	once := &http.Transport{Proxy: http.ProxyFromEnvironment, DialContext: dialer.DialContext, TLSHandshakeTimeout: 15 * time.Second,
		ResponseHeaderTimeout: answerTimeout, DisableKeepAlives: true,
		TLSNextProto: map[string]func(string, *tls.Conn) http.RoundTripper{}}
	w := &wire{endpoint: e, token: t, agent: agent, pacer: p, clock: clock, store: store}
	w.reads = &http.Client{Transport: base, CheckRedirect: w.sameHost}
	w.writes = &http.Client{Transport: once, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return w
}

// dial has connections made in another way.
func (w *wire) dial(by func(ctx context.Context, network, addr string) (net.Conn, error)) {
	for _, c := range []*http.Client{w.reads, w.writes} {
		c.Transport.(*http.Transport).DialContext = by
	}
}

// sameHost follows a redirect (a renamed repository answers with one) only
// where the token may go.
func (w *wire) sameHost(req *http.Request, via []*http.Request) error {
	if !w.endpoint.owns(req.URL) {
		return &Error{Kind: KindServer, Message: "redirected to another host, " + req.URL.Hostname() + "; not followed, the token stays with " + w.endpoint.Host,
			Hint: "check --api-url"}
	}
	if len(via) >= 5 {
		return &Error{Kind: KindServer, Message: "redirected in a circle"}
	}
	return nil
}

// RoundTrip lets go-github send through the wire: GET is a read, the rest writes.
func (w *wire) RoundTrip(req *http.Request) (*http.Response, error) {
	var a *answer
	var err error
	if req.Method == http.MethodGet {
		a, err = w.get(req)
	} else {
		a, err = w.write(req, restLimit, createsContent(req))
		if o, ok := req.Context().Value(outcomeKey{}).(*outcome); ok {
			o.err = err
		}
	}
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: a.status, Status: http.StatusText(a.status), Header: a.header, Request: req,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Body: io.NopCloser(bytes.NewReader(a.body)), ContentLength: int64(len(a.body))}, nil
}

// dress is for requests to the token's own host only: send sees to that.
func (w *wire) dress(req *http.Request) {
	req.Header.Set("User-Agent", w.agent)
	if !w.token.IsZero() {
		req.Header.Set("Authorization", "Bearer "+w.token.text)
	}
}

func (w *wire) get(req *http.Request) (*answer, error) {
	key := cacheKey(req, w.token)
	free := strings.HasSuffix(req.URL.Path, "/rate_limit")
	return w.read(req.Context(), restLimit, func(ctx context.Context) (*answer, error) {
		r := req.Clone(ctx)
		var c cached
		var had bool
		if w.store != nil {
			c, had = revalidate(w.store, key, r)
		}
		a, err := w.send(w.reads, r)
		if err != nil {
			return nil, err
		}
		if w.store != nil {
			settle(w.store, key, c, had, a)
		}
		w.count.rest.Add(1)
		if !a.unchanged && !free {
			w.count.points.Add(1)
		}
		return a, nil
	})
}

// read sends until there is an answer worth having: no failure of the network,
// no 5xx, no limit. What is still wrong after the last attempt is returned: an
// answer with its status, or an error.
func (w *wire) read(ctx context.Context, r resource, send func(context.Context) (*answer, error)) (*answer, error) {
	backoff := firstBackoff
	for try := 1; ; try++ {
		if err := w.pacer.read(ctx, r); err != nil {
			return nil, err
		}
		attempt, cancel := context.WithTimeout(ctx, answerTimeout)
		attempt, connected := w.silence.connecting(attempt)
		a, err := send(attempt)
		connected()
		cancel()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		var final *Error
		if errors.As(err, &final) {
			return nil, err
		}
		again := err != nil
		if err == nil {
			if refused := w.pacer.learn(r, false, a.status, a.header, restMessage(a)); refused != nil {
				if try >= readAttempts {
					return nil, refused
				}
				w.count.retries.Add(1)
				continue // the pacer waits, or refuses
			}
			again = a.status >= 500
		}
		if !again {
			w.silence.broken()
			return a, nil
		}
		if try >= readAttempts || (err == nil && enough(ctx, a.status, try)) {
			if err != nil {
				return nil, w.unreachable(err)
			}
			return a, nil
		}
		w.count.retries.Add(1)
		w.silence.lasts(w.clock.Now(), backoff, a, err)
		if err := w.clock.Sleep(ctx, backoff); err != nil {
			return nil, err
		}
		backoff *= 3
	}
}

// write sends once. Where there is no answer, the error tells whether the
// request can have reached GitHub. content: it counts against the content limits.
func (w *wire) write(req *http.Request, r resource, content bool) (*answer, error) {
	done, err := w.pacer.write(req.Context(), r, content)
	if err != nil {
		return nil, err
	}
	defer done()
	var sent atomic.Bool
	ctx, cancel := context.WithTimeout(req.Context(), answerTimeout)
	defer cancel()
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { sent.Store(true) }})
	once := req.Clone(ctx)
	once.GetBody = nil // and so nothing to send a second time, whatever the transport
	once.Header.Del("Idempotency-Key")
	once.Header.Del("X-Idempotency-Key")
	if r == graphQLLimit {
		w.count.graphql.Add(1)
	} else {
		w.count.rest.Add(1)
	}
	w.count.writes.Add(1)
	a, err := w.send(w.writes, once)
	if err != nil {
		if !sent.Load() {
			if req.Context().Err() != nil {
				return nil, req.Context().Err()
			}
			return nil, w.unreachable(err)
		}
		return nil, &Error{Kind: KindNetwork, Message: "the connection ended before the answer was there", InDoubt: true, Err: cause(err),
			Hint: lookFirst}
	}
	w.count.points.Add(1)
	if refused := w.pacer.learn(r, true, a.status, a.header, restMessage(a)); refused != nil {
		return nil, refused
	}
	return a, nil
}

// send carries one request out and reads its answer to the end: half an answer
// is an error.
func (w *wire) send(client *http.Client, req *http.Request) (*answer, error) {
	if !w.endpoint.owns(req.URL) {
		return nil, &Error{Kind: KindConfig, Message: "not sent: " + req.URL.Hostname() + " is not " + w.endpoint.Host}
	}
	w.dress(req)
	if w.record != nil {
		w.record(req)
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	w.count.skew(resp.Header, w.clock) // before the body, which may take a while
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return nil, err
	}
	if len(body) > maxAnswer {
		return nil, &Error{Kind: KindServer, Status: resp.StatusCode, Message: "the answer is larger than 128 MB"}
	}
	return &answer{status: resp.StatusCode, header: resp.Header, body: body}, nil
}

func (w *wire) unreachable(err error) *Error {
	e := &Error{Kind: KindNetwork, Message: "no answer from " + w.endpoint.REST.Host + ": " + cause(err).Error(), Err: cause(err),
		Hint: "check the network, and --api-url"}
	if w.endpoint.Local() {
		e.Hint = "is the embedded GitHub running? core dev demo serve"
	}
	return e
}

// cause takes the address net/http wraps around an error off it.
func cause(err error) error {
	var u interface{ Unwrap() error }
	if errors.As(err, &u) {
		if inner := u.Unwrap(); inner != nil {
			return inner
		}
	}
	return err
}

// createsContent tells whether a write counts against the content limits. GitHub
// does not publish its list: everything counts but refs (which merging the base
// into a branch moves) and what is taken away.
func createsContent(req *http.Request) bool {
	return req.Method != http.MethodDelete && !strings.Contains(req.URL.Path, "/git/refs") && !strings.HasSuffix(req.URL.Path, "/update-branch") && !strings.HasSuffix(req.URL.Path, "/merges")
}

type splitKey struct{}

// splitting marks a context whose caller would rather split a query than have
// it sent again and again.
func splitting(ctx context.Context) context.Context {
	return context.WithValue(ctx, splitKey{}, true)
}

// enough tells whether a caller that can split takes over: at once where
// GitHub's gateway gave up, else after a second failure.
func enough(ctx context.Context, status, try int) bool {
	if ctx.Value(splitKey{}) == nil {
		return false
	}
	return try > 1 || status == http.StatusBadGateway || status == http.StatusGatewayTimeout
}
