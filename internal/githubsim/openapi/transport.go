package openapi

import (
	"bytes"
	"io"
	"net/http"
	"strings"
)

// RoundTripper checks every REST exchange that passes through next; GraphQL, git and control requests are let through
// unchecked. What fails is in Faults.
func (c *Checker) RoundTripper(next http.RoundTripper) http.RoundTripper {
	return tripper{c, next}
}

type tripper struct {
	c    *Checker
	next http.RoundTripper
}

func (t tripper) RoundTrip(r *http.Request) (*http.Response, error) {
	path, isREST := restPath(r)
	if !isREST {
		return t.next.RoundTrip(r)
	}
	var sent []byte
	if r.Body != nil {
		var err error
		if sent, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		r.Body.Close()
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(sent))
	}
	answer, err := t.next.RoundTrip(r)
	if err != nil {
		return answer, err
	}
	body, err := io.ReadAll(answer.Body)
	answer.Body.Close()
	if err != nil {
		return nil, err
	}
	answer.Body = io.NopCloser(bytes.NewReader(body))
	t.c.note(t.c.Check(r, path, sent, answer.StatusCode, answer.Header, body))
	return answer, nil
}

// Middleware checks every REST exchange that next answers. A cut connection is no exchange.
func (c *Checker) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path, isREST := restPath(r)
		if !isREST || r.Method == http.MethodOptions || r.Method == http.MethodConnect {
			next.ServeHTTP(w, r)
			return
		}
		sent, err := io.ReadAll(r.Body)
		if err != nil {
			next.ServeHTTP(w, r)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(sent))
		rec := &recorder{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(rec, r)
		c.note(c.Check(r, path, sent, rec.status, w.Header(), rec.body.Bytes()))
	})
}

type recorder struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	r.body.Write(b)
	return r.ResponseWriter.Write(b)
}

func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// restPath is the path of a REST request within the API.
func restPath(r *http.Request) (string, bool) {
	path := r.URL.EscapedPath()
	host := r.Host
	if host == "" {
		host = r.URL.Host
	}
	path, api := strings.CutPrefix(path, "/api/v3")
	if !api && (host == "github.localhost" || host == "github.com") {
		return "", false // pages and git
	}
	if path == "" {
		path = "/"
	}
	switch {
	case strings.HasPrefix(path, "/_sim/"), path == "/graphql", strings.HasPrefix(path, "/api/graphql"), strings.Contains(path, ".git/"):
		return "", false
	}
	return path, true
}
