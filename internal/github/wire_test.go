package github

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// writesOf are all writes the client has.
func writesOf(c *Client) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"comment":      func(ctx context.Context) error { return post(c, ctx, issue, "text") },
		"add label":    func(ctx context.Context) error { return c.AddLabel(ctx, issue, "agent") },
		"remove label": func(ctx context.Context) error { return c.RemoveLabel(ctx, issue, "agent") },
		"branch":       func(ctx context.Context) error { return c.CreateBranch(ctx, home, "epic/7-x", strings.Repeat("a", 40)) },
	}
}

func TestAWriteIsSentOnce(t *testing.T) {
	for name, answer := range map[string]func(http.ResponseWriter, *http.Request){
		"cut before the body is read": func(w http.ResponseWriter, r *http.Request) { cut(w) },
		"cut after": func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			cut(w)
		},
		"502": func(w http.ResponseWriter, r *http.Request) { reply(w, 502, "<html>") },
		"500": func(w http.ResponseWriter, r *http.Request) { reply(w, 500, `{"message":"Server Error"}`) },
		"half an answer": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, `{"id":`)
		},
		"no JSON": func(w http.ResponseWriter, r *http.Request) { reply(w, 201, "<html>fine</html>") },
		"a 307": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", r.URL.Path+"/new")
			reply(w, 307, "{}")
		},
		"a 301": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", r.URL.Path+"/new")
			reply(w, 301, "{}")
		},
		"refused": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", "1")
			reply(w, 403, `{"message":"You have exceeded a secondary rate limit"}`)
		},
		"too many": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", "1")
			reply(w, 429, `{"message":"slow down"}`)
		},
	} {
		url, count := serve(t, func(n int, w http.ResponseWriter, r *http.Request) { answer(w, r) })
		c, _ := clientOf(t, url, func(o *Options) {
			o.Record = func(r *http.Request) { // what lets net/http send again
				if r.GetBody != nil || r.Header.Get("Idempotency-Key") != "" || r.Header.Get("X-Idempotency-Key") != "" {
					t.Error("a write could be sent again")
				}
			}
		})
		sent := 0
		for what, write := range writesOf(c) {
			if name == "no JSON" && what == "remove label" {
				continue // its answer is not looked at
			}
			before := count()
			err := write(t.Context())
			sent++
			if got := count() - before; got != 1 {
				t.Errorf("%s, %s: sent %d times", name, what, got)
			}
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("%s, %s: %v", name, what, err)
			}
			definite := strings.HasPrefix(name, "a 30") || name == "refused" || name == "too many"
			if e.InDoubt == definite {
				t.Errorf("%s, %s: in doubt %v (%v)", name, what, e.InDoubt, e)
			}
			if strings.HasPrefix(name, "a 30") && e.Kind != KindMoved {
				t.Errorf("%s, %s: kind %s", name, what, e.Kind)
			}
		}
		if c.Stats().Writes != sent {
			t.Errorf("%s: %d writes counted, %d sent", name, c.Stats().Writes, sent)
		}
	}
}

// net/http sends a request again when a connection that had served before dies.
// A server that closes after every answer without saying so provokes that.
func TestADyingConnectionSendsNoWriteAgain(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var seen atomic.Int64
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				in := bufio.NewReader(conn)
				for k := 0; ; k++ {
					req, err := http.ReadRequest(in)
					if err != nil {
						return
					}
					if req.Method != http.MethodGet {
						seen.Add(1)
						return // cut: no answer
					}
					body := `{"login":"me"}`
					_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: "+strconv.Itoa(len(body))+"\r\n\r\n"+body)
				}
			}()
		}
	}()
	c, _ := clientOf(t, "http://"+l.Addr().String())
	for what, write := range writesOf(c) {
		if _, _, err := c.rest.Users.Get(t.Context(), ""); err != nil { // a connection that could be used again
			t.Fatal(err)
		}
		before := seen.Load()
		err := write(t.Context())
		var e *Error
		if !errors.As(err, &e) || !e.InDoubt {
			t.Errorf("%s: %v", what, err)
		}
		if got := seen.Load() - before; got != 1 {
			t.Errorf("%s: sent %d times", what, got)
		}
	}
}

func TestAWriteThatCannotLeaveIsNotInDoubt(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	c, _ := clientOf(t, "http://"+addr)
	var e *Error
	if err := post(c, t.Context(), issue, "x"); !errors.As(err, &e) || e.Kind != KindNetwork || e.InDoubt {
		t.Errorf("refused connection: %v", err)
	}
	c.token = Token{}
	if err := post(c, t.Context(), issue, "x"); !errors.As(err, &e) || e.Kind != KindNotSignedIn {
		t.Errorf("without a token: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c, _ = clientOf(t, "http://"+addr)
	if err := post(c, ctx, issue, "x"); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before: %v", err)
	}
}

func TestAWriteCancelledOnItsWayIsInDoubt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	release := make(chan struct{})
	url, _ := serve(t, func(n int, w http.ResponseWriter, r *http.Request) {
		cancel()
		<-release
	})
	defer close(release)
	c, _ := clientOf(t, url)
	var e *Error
	if err := post(c, ctx, issue, "x"); !errors.As(err, &e) || !e.InDoubt {
		t.Errorf("%v", err)
	}
}

func TestReadsAreRetried(t *testing.T) {
	url, count := serve(t, func(n int, w http.ResponseWriter, r *http.Request) {
		switch n {
		case 1:
			cut(w)
		case 2:
			reply(w, 503, "busy")
		case 3:
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, `{"log`)
		default:
			reply(w, 200, `{"login":"me"}`)
		}
	})
	c, clock := clientOf(t, url)
	u, _, err := c.rest.Users.Get(t.Context(), "")
	if err != nil || u.GetLogin() != "me" {
		t.Fatal(u, err)
	}
	if count() != 4 || c.Stats().Retries != 3 {
		t.Errorf("%d requests, %d retries", count(), c.Stats().Retries)
	}
	if clock.total() < 5*time.Second {
		t.Errorf("retried without a pause: %v", clock.slept)
	}
}

func TestReadsGiveUp(t *testing.T) {
	url, count := serve(t, func(n int, w http.ResponseWriter, r *http.Request) { cut(w) })
	c, _ := clientOf(t, url)
	_, err := c.Account(t.Context())
	var e *Error
	if !errors.As(err, &e) || e.Kind != KindNetwork || e.InDoubt || e.Hint == "" {
		t.Fatalf("%v", err)
	}
	if n := count(); n < readAttempts || n > 2*readAttempts { // net/http may add one for a dead idle connection
		t.Errorf("%d attempts", n)
	}
	if strings.Contains(err.Error(), "verysecret") {
		t.Error("the token is in the error")
	}
}

func TestTheTokenStaysWithItsHost(t *testing.T) {
	var leaked atomic.Int64
	other, asked := serve(t, func(n int, w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			leaked.Add(1)
		}
		reply(w, 200, `{"login":"evil"}`)
	})
	url, _ := serve(t, func(n int, w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", other+r.URL.Path)
		reply(w, 302, "{}")
	})
	c, _ := clientOf(t, url)
	if _, err := c.Account(t.Context()); err == nil || !strings.Contains(err.Error(), "another host") {
		t.Errorf("REST: %v", err)
	}
	if _, err := c.Look(t.Context(), issue); err == nil {
		t.Error("GraphQL: followed")
	}
	if asked() != 0 || leaked.Load() != 0 {
		t.Errorf("the other host was asked %d times, %d with the token", asked(), leaked.Load())
	}
}

func TestARenameIsFollowedWhenReading(t *testing.T) {
	url, _ := serve(t, func(n int, w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/user" {
			w.Header().Set("Location", "/user/1")
			reply(w, 301, "{}")
			return
		}
		if r.Header.Get("Authorization") == "" {
			t.Error("the token was lost on the way")
		}
		reply(w, 200, `{"login":"me"}`)
	})
	c, _ := clientOf(t, url)
	if u, _, err := c.rest.Users.Get(t.Context(), ""); err != nil || u.GetLogin() != "me" {
		t.Error(u, err)
	}
}

func TestWhatIsUnchangedIsFree(t *testing.T) {
	url, count := serve(t, func(n int, w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"v1"`)
		w.Header().Set("X-Oauth-Scopes", "repo, read:org")
		if r.Header.Get("If-None-Match") == `"v1"` {
			w.WriteHeader(304)
			return
		}
		reply(w, 200, `{"login":"me"}`)
	})
	store := &MemoryStore{}
	with := func(o *Options) { o.Store = store }
	c, _ := clientOf(t, url, with)
	for range 3 {
		u, resp, err := c.rest.Users.Get(t.Context(), "")
		if err != nil || u.GetLogin() != "me" || resp.Header.Get("X-Oauth-Scopes") == "" {
			t.Fatal(u, err)
		}
	}
	if got := c.Stats(); got.Points != 1 || got.Requests != 3 || count() != 3 {
		t.Errorf("%+v after %d requests", got, count())
	}
	other, _ := clientOf(t, url, with, func(o *Options) { o.Token = NewToken("ghp_another", "GITHUB_TOKEN") })
	if _, _, err := other.rest.Users.Get(t.Context(), ""); err != nil || other.Stats().Points != 1 {
		t.Errorf("another token was served what the first may see: %+v %v", other.Stats(), err)
	}
	for k := range store.m {
		if strings.Contains(k, "verysecret") {
			t.Error("the token is in a key of the store")
		}
	}
}
