package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/dappcore/core-dev/internal/githubsim/searchindex"
	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// object is a JSON object under construction.
type object = map[string]any

// Request is what the server hands over: a request whose user is known.
type Request struct {
	Method string
	Header http.Header
	Query  url.Values
	// RawQuery is Query as the client wrote it.
	RawQuery string
	Body     []byte
	Match    Match
	Actor    world.Actor
	Base     string // of the API as the client wrote it, without a final slash: http://127.0.0.1:1/api/v3
	HTML     string // of the web pages: http://127.0.0.1:1
	Limits   func() object
	Search   *searchindex.Index
	Lag      time.Duration // how far lists of issues and pull requests are behind; for faults
}

// Answer is what the server writes. Body is complete; the server adds ETag and the headers every answer has.
type Answer struct {
	Status   int
	Header   http.Header
	Body     []byte
	Type     string    // content type; empty: JSON
	Modified time.Time // for Last-Modified; zero: GitHub sends none
}

// call is one request within its transaction.
type call struct {
	*Request
	tx     *world.Tx
	params map[string]string
	repo   *world.Repo      // set by c.repository
	repos  map[int64]object // rendered already: a list of pull requests holds each repository many times
}

type reply struct {
	status   int
	body     any
	raw      []byte // instead of body
	mime     string
	header   http.Header
	modified time.Time
}

func ok(body any) (*reply, error) { return &reply{status: http.StatusOK, body: body}, nil }
func noContent() (*reply, error)  { return &reply{status: http.StatusNoContent}, nil }
func created(body object) (*reply, error) {
	r := &reply{status: http.StatusCreated, body: body, header: http.Header{}}
	if u, isText := body["url"].(string); isText {
		r.header.Set("Location", u)
	}
	return r, nil
}

// listed tells whether lists show what was made at a time already.
func (c *call) listed(made time.Time) bool {
	return c.Lag == 0 || !made.After(c.tx.Now().Add(-c.Lag))
}

// Do carries out a request. A refusal is an answer, too; it has changed nothing.
func Do(w *world.World, q *Request) *Answer {
	var r *reply
	run := func(tx *world.Tx) (err error) {
		defer func() { // the world's lock must be given back, and an Update undone
			if p := recover(); p != nil {
				err = fmt.Errorf("%v", p)
			}
		}()
		c := &call{Request: q, tx: tx, params: q.Match.Params}
		r, err = q.Match.route.run(c)
		return err
	}
	var err error
	if q.Match.route.write {
		err = w.Update(q.Actor, run)
	} else {
		err = w.View(run)
	}
	if err != nil {
		f := asFault(err)
		if f.docs == "" {
			return Refuse(f.status, f.message, docsOf(q.Method, q.Match), f.errors, f.header)
		}
		return Refuse(f.status, f.message, f.docs, f.errors, f.header)
	}
	a := &Answer{Status: r.status, Header: r.header, Body: r.raw, Type: r.mime, Modified: r.modified}
	if a.Header == nil {
		a.Header = http.Header{}
	}
	if r.body != nil {
		a.Body = Encode(r.body)
	}
	return a
}

// Refuse makes the answer of a refusal.
func Refuse(status int, message, docs string, errs []any, header http.Header) *Answer {
	if header == nil {
		header = http.Header{}
	}
	if docs == "" {
		docs = Docs
	}
	o := object{"message": message, "documentation_url": docs, "status": strconv.Itoa(status)}
	if len(errs) > 0 {
		o["errors"] = errs
	}
	return &Answer{Status: status, Header: header, Body: Encode(o)}
}

// Encode writes JSON as GitHub does: without escaping <, > and &, and with the keys of objects in its order.
func Encode(v any) []byte {
	var b bytes.Buffer
	if err := write(&b, v); err != nil {
		return []byte(`{"message":"Server Error"}`)
	}
	return b.Bytes()
}

// decode reads the body into v. An absent body reads as {} unless required.
func (c *call) decode(v any, required bool) error {
	text := bytes.TrimSpace(c.Body)
	if len(text) == 0 || bytes.Equal(text, []byte("null")) {
		if required {
			return malformed(`For 'links/0/schema', nil is not an object.`)
		}
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(text))
	if err := d.Decode(v); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			return malformed(fmt.Sprintf("For 'properties/%s', %s is not of the expected type.", wrong.Field, wrong.Value))
		}
		return errJSON
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errJSON
	}
	return nil
}

// numbers in the path that are none, or too large, are a 404 as on GitHub.
func (c *call) number(name string) (int, error) {
	n, err := strconv.Atoi(c.params[name])
	if err != nil || n < 1 {
		return 0, errNotFound
	}
	return n, nil
}

func (c *call) id(name string) (int64, error) {
	n, err := strconv.ParseInt(c.params[name], 10, 64)
	if err != nil || n < 1 {
		return 0, errNotFound
	}
	return n, nil
}

// media is the wanted representation: "", raw, html, full, text, diff, patch, sha or object.
func (c *call) media() string {
	for _, accept := range strings.Split(c.Header.Get("Accept"), ",") {
		name, _, _ := strings.Cut(strings.TrimSpace(accept), ";")
		rest, isGitHub := strings.CutPrefix(name, "application/vnd.github.")
		if !isGitHub {
			continue
		}
		rest, _, _ = strings.Cut(rest, "+")
		rest = strings.TrimPrefix(rest, "v3.")
		switch rest {
		case "raw", "html", "full", "text", "diff", "patch", "sha", "object":
			return rest
		}
	}
	return ""
}

// when reads a query parameter that is a time; absent is the zero time.
func (c *call) when(name string) (time.Time, error) {
	text := c.Query.Get(name)
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, invalid("Issue", name, "invalid")
}

// choice reads a query parameter that has fixed values; the first is the default.
func (c *call) choice(resource, name string, values ...string) (string, error) {
	text := c.Query.Get(name)
	if text == "" {
		return values[0], nil
	}
	for _, v := range values {
		if v == text {
			return v, nil
		}
	}
	return "", invalid(resource, name, "invalid")
}
