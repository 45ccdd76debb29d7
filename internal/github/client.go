package github

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"time"

	rest "github.com/google/go-github/v92/github"
)

// Options make a Client.
type Options struct {
	Endpoint  Endpoint
	Token     Token
	UserAgent string        // sent with every request, such as "core/1.2"
	Clock     Clock         // nil: SystemClock
	Store     Store         // of REST answers; nil: in memory
	Gap       time.Duration // between writes; 0: GitHub's second; negative: none, for an embedded GitHub
	MaxWait   time.Duration // longest wait for a limit before giving up with KindRateLimited; 0: two minutes
	// Retrying hears, one call at a time, when a read has had no good answer for
	// a while: why, and in how long it is sent again; 0: it is still waited for.
	// Nil: nobody does.
	Retrying func(why string, in time.Duration)
	// Dial makes the connections; for tests. Nil: the network's.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Clear is asked right before the bytes of a write leave, after every wait; an
	// error refuses it for sure, and is returned as it is. Nil: all may.
	Clear func(context.Context) error
	// Record is shown every request before it leaves, its token included; for tests. Nil: none.
	Record func(*http.Request)
}

// Client talks to one GitHub host as one account. Its methods may be called
// from any goroutine.
type Client struct {
	endpoint Endpoint
	token    Token
	clock    Clock
	wire     *wire
	rest     *rest.Client
	chunk    chunker
}

// New makes a client; it sends nothing yet.
func New(o Options) (*Client, error) {
	if o.Endpoint.REST == nil {
		return nil, &Error{Kind: KindConfig, Message: "no API endpoint", Hint: "give one with --api-url"}
	}
	if bad := o.Token.misformed(); bad != "" {
		return nil, &Error{Kind: KindBadToken, Doing: "sign in to " + o.Endpoint.Host, Message: "the token in " + o.Token.Source + " holds " + bad,
			Hint: "set it anew: the token alone, on one line"}
	}
	if o.Clock == nil {
		o.Clock = SystemClock{}
	}
	if o.Store == nil {
		o.Store = &MemoryStore{}
	}
	if o.UserAgent == "" {
		o.UserAgent = "core"
	}
	if o.Gap == 0 {
		o.Gap = mutationGap
	}
	if o.MaxWait == 0 {
		o.MaxWait = 2 * time.Minute
	}
	c := &Client{endpoint: o.Endpoint, token: o.Token, clock: o.Clock, chunk: chunker{repos: firstChunk}}
	pace := newPacer(o.Clock, max(o.Gap, 0), o.MaxWait, nil)
	c.wire = newWire(o.Endpoint, o.Token, o.UserAgent, pace, o.Clock, o.Store)
	c.wire.record = o.Record
	if o.Dial != nil {
		c.wire.dial(o.Dial)
	}
	pace.clear = o.Clear
	c.wire.silence.tell = o.Retrying
	pace.waited = c.wire.count.wait
	base := o.Endpoint.REST.String()
	client, err := rest.NewClient(rest.WithHTTPClient(&http.Client{Transport: c.wire, CheckRedirect: useLast}),
		rest.WithURLs(&base, nil), rest.WithUserAgent(o.UserAgent), rest.WithDisableRateLimitCheck())
	if err != nil {
		return nil, &Error{Kind: KindConfig, Message: "the REST client cannot be made", Err: err}
	}
	c.rest = client
	return c, nil
}

// useLast leaves redirects to the wire: it follows those of reads itself.
func useLast(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Host is the name of the API host, as a ledger records it.
func (c *Client) Host() string { return c.endpoint.Host }

// Secret is the token's text, for the environment of a program that asks the same
// host, and for nothing else.
func (c *Client) Secret() string { return c.token.text }

// Endpoint is where this client asks.
func (c *Client) Endpoint() Endpoint { return c.endpoint }

// signedIn refuses before anything is sent without a token: GraphQL answers
// nobody, and no write is anonymous.
func (c *Client) signedIn(doing string) error {
	if !c.token.IsZero() {
		return nil
	}
	return &Error{Kind: KindNotSignedIn, Doing: doing, Message: "no token for " + c.endpoint.Host, Hint: signInHint(c.endpoint)}
}

// restMessage is GitHub's own message in an error answer.
func restMessage(a *answer) string {
	if a.status < 400 {
		return ""
	}
	var m struct {
		Message string `json:"message"`
	}
	_ = json.Unmarshal(a.body, &m) // no message: the status alone speaks
	return m.Message
}
