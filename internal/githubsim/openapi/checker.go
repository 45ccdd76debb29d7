package openapi

import (
	"bytes"
	"compress/gzip"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sort"
	"strconv"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

//go:embed testdata/github.json.gz
var packed []byte

// Description returns the cut description as JSON.
func Description() ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

var load = sync.OnceValues(func() (*openapi3.T, error) {
	text, err := Description()
	if err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		return nil, err
	}
	doc.Servers = nil
	return doc, nil
})

// Checker judges exchanges and counts them. Its methods may be called from any goroutine.
type Checker struct {
	AnswersOnly bool // the form of requests is not judged: for tests that send wrong ones; set before use

	doc    *openapi3.T
	router routers.Router
	basic  *openapi3.Schema
	excuse map[string]string

	mu     sync.Mutex
	seen   map[string]int // "METHOD template status" -> exchanges
	faults []string
}

// New returns a checker. excuses name what the description lacks and why it is right nevertheless: "METHOD template" for
// an operation, "METHOD template STATUS" for a status ("*" for any operation), where METHOD may be "*", and
// "METHOD template request" for the form of its body.
func New(excuses map[string]string) (*Checker, error) {
	doc, err := load()
	if err != nil {
		return nil, fmt.Errorf("load GitHub's description: %w", err)
	}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		return nil, fmt.Errorf("route by GitHub's description: %w", err)
	}
	basic := doc.Components.Schemas["basic-error"]
	if basic == nil {
		return nil, fmt.Errorf("the description has no basic-error")
	}
	return &Checker{doc: doc, router: router, basic: basic.Value, excuse: excuses, seen: map[string]int{}}, nil
}

// Check judges one exchange. path is that of the request within the API, escaped as sent.
func (c *Checker) Check(r *http.Request, path string, sent []byte, status int, header http.Header, answer []byte) error {
	where := r.Method + " " + path
	routed := r.Clone(context.Background())
	routed.URL = &url.URL{Scheme: "http", Host: "api.github.com", RawQuery: r.URL.RawQuery}
	routed.URL.Path, routed.URL.RawPath = paths(tailed(path))
	routed.Host, routed.RequestURI = "api.github.com", ""
	routed.Body = io.NopCloser(bytes.NewReader(sent))
	if routed.Method == http.MethodHead {
		routed.Method = http.MethodGet
	}
	route, params, err := c.router.FindRoute(routed)
	if err != nil {
		return c.unknown(r.Method, path, status, answer)
	}
	key := fmt.Sprintf("%s %s %d", route.Method, route.Path, status)
	c.mu.Lock()
	c.seen[key]++
	c.mu.Unlock()
	options := &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true}
	for name, value := range params {
		if plain, err := url.PathUnescape(value); err == nil {
			params[name] = plain
		}
	}
	in := &openapi3filter.RequestValidationInput{Request: routed, PathParams: params, Route: route, Options: options}
	if status < 400 && !c.AnswersOnly {
		if len(sent) > 0 {
			routed.Header.Set("Content-Type", "application/json")
		}
		if err := openapi3filter.ValidateRequest(context.Background(), in); err != nil && c.excuse[route.Method+" "+route.Path+" request"] == "" {
			return fmt.Errorf("%s: the request: %w", where, err)
		}
	}
	if route.Operation.Responses.Value(strconv.Itoa(status)) == nil {
		if status >= 400 {
			return c.basicError(where, status, header, answer)
		}
		if c.excused(route.Method, route.Path, status) {
			return nil
		}
		return fmt.Errorf("%s: status %d is not described for %s", where, status, route.Path)
	}
	if r.Method == http.MethodHead || status == http.StatusNotModified || len(answer) == 0 {
		return nil
	}
	if strings.HasPrefix(header.Get("Content-Type"), "application/vnd.github.") {
		return nil // a media type of GitHub's: text, which the description tells of in prose only
	}
	if status >= 400 && !strings.Contains(header.Get("Content-Type"), "json") {
		return c.basicError(where, status, header, answer)
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: status, Header: header, Options: options}
	out.SetBodyBytes(answer)
	err = openapi3filter.ValidateResponse(context.Background(), out)
	if err != nil && status >= 400 && strings.Contains(err.Error(), "more than one oneOf") {
		return c.basicError(where, status, header, answer) // the description's errors overlap
	}
	if err != nil {
		return fmt.Errorf("%s: the answer %d: %w\n%.2000s", where, status, err, answer)
	}
	return nil
}

func (c *Checker) excused(method, template string, status int) bool {
	for _, m := range []string{method, "*"} {
		for _, t := range []string{template, "*"} {
			if c.excuse[fmt.Sprintf("%s %s %d", m, t, status)] != "" {
				return true
			}
		}
	}
	return false
}

// unknown judges an exchange about an operation the description lacks: an excuse, or an error in the basic form, will do.
func (c *Checker) unknown(method, path string, status int, answer []byte) error {
	for key := range c.excuse {
		m, template, _ := strings.Cut(key, " ")
		if (m == method || m == "*") && !strings.Contains(template, " ") && likens(template, path) {
			c.mu.Lock()
			c.seen[fmt.Sprintf("%s %s %d (excused)", method, template, status)]++
			c.mu.Unlock()
			return nil
		}
	}
	if status == http.StatusNotFound || status == http.StatusUnauthorized {
		return c.basicError(method+" "+path, status, nil, answer)
	}
	return fmt.Errorf("%s %s: the description knows no such operation (answered %d)", method, path, status)
}

// likens tells whether path is of the form of template; its last parameter may hold slashes.
func likens(template, path string) bool {
	want, have := strings.Split(strings.Trim(template, "/"), "/"), strings.Split(strings.Trim(path, "/"), "/")
	for i, w := range want {
		if i >= len(have) {
			return false
		}
		if strings.HasPrefix(w, "{") {
			if i == len(want)-1 {
				return true
			}
			continue
		}
		if w != have[i] {
			return false
		}
	}
	return len(want) == len(have)
}

// basicError checks an error whose status is not described. A gateway's page is no answer of the API.
func (c *Checker) basicError(where string, status int, header http.Header, answer []byte) error {
	if len(answer) == 0 || (header != nil && !strings.Contains(header.Get("Content-Type"), "json")) {
		if status >= 500 || status == http.StatusForbidden {
			return nil
		}
		return fmt.Errorf("%s: error %d without a JSON body", where, status)
	}
	var v any
	if err := json.Unmarshal(answer, &v); err != nil {
		return fmt.Errorf("%s: error %d is not JSON: %w", where, status, err)
	}
	if err := c.basic.VisitJSON(v); err != nil {
		return fmt.Errorf("%s: error %d: %w", where, status, err)
	}
	if o, isObject := v.(map[string]any); !isObject || o["message"] == nil || o["documentation_url"] == nil {
		return fmt.Errorf("%s: error %d has no message and documentation_url: %.200s", where, status, answer)
	}
	return nil
}

// Counts lists what was checked, "METHOD template STATUS", sorted, each with its number of exchanges.
func (c *Checker) Counts() (lines []string, total int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for key, n := range c.seen {
		lines = append(lines, fmt.Sprintf("%s ×%d", key, n))
		total += n
	}
	sort.Strings(lines)
	return lines, total
}

// Faults are the failed checks of Middleware and RoundTripper so far.
func (c *Checker) Faults() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.faults...)
}

func (c *Checker) note(err error) {
	if err == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults = append(c.faults, err.Error())
}

// starts are what a tail that may hold slashes follows, below /repos/{owner}/{repo}/.
var starts = []string{"git/ref/", "git/refs/", "git/matching-refs/", "contents/", "branches/", "commits/", "compare/"}

// ends are the fixed last segments after such a tail.
var ends = []string{"/protection", "/check-runs", "/check-suites", "/status"}

// tailed writes the slashes in a {ref}, {path} or {branch} as %2F, for routers match single segments only.
func tailed(path string) string {
	part := strings.SplitN(path, "/", 5)
	if len(part) < 5 || part[1] != "repos" {
		return path
	}
	for _, start := range starts {
		tail, found := strings.CutPrefix(part[4], start)
		if !found {
			continue
		}
		end := ""
		if start == "branches/" || start == "commits/" {
			for _, e := range ends {
				if rest, found := strings.CutSuffix(tail, e); found {
					tail, end = rest, e
					break
				}
			}
		}
		return strings.Join(part[:4], "/") + "/" + start + strings.ReplaceAll(tail, "/", "%2F") + end
	}
	return path
}

func paths(escaped string) (path, raw string) {
	plain, err := url.PathUnescape(escaped)
	if err != nil {
		return escaped, ""
	}
	return plain, escaped
}
