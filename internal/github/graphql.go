package github

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const rateLimitedType = "RATE_LIMITED"

// gqlError is one entry of a GraphQL answer's errors.
type gqlError struct {
	Type       string `json:"type"`
	Message    string `json:"message"`
	Path       []any  `json:"path"`
	Extensions struct {
		Code     string          `json:"code"`     // of a document that was not carried out
		Problems json.RawMessage `json:"problems"` // of a variable
	} `json:"extensions"`
}

// at is the n-th step of the path, where that is a name.
func (e gqlError) at(n int) string {
	if n < len(e.Path) {
		s, _ := e.Path[n].(string)
		return s
	}
	return ""
}

// tooMuch tells whether GitHub gave up on the query for its size: asked in
// parts it can be answered.
func (e gqlError) tooMuch() bool {
	switch e.Type {
	case "RESOURCE_LIMITS_EXCEEDED", "MAX_NODE_LIMIT_EXCEEDED", "EXCESSIVE_PAGINATION", "TIMEOUT", "SERVICE_UNAVAILABLE", "INTERNAL":
		return true
	case "":
		m := e.Message
		return strings.Contains(m, "Something went wrong while executing") || strings.Contains(m, "timeout") || strings.Contains(m, "timed out")
	}
	return false
}

// kind maps GitHub's error types.
func (e gqlError) kind() Kind {
	switch e.Type {
	case "NOT_FOUND":
		return KindNotFound
	case "FORBIDDEN":
		return KindForbidden
	case "INSUFFICIENT_SCOPES":
		return KindScope
	case rateLimitedType, "RATE_LIMIT":
		return KindRateLimited
	case "UNAUTHENTICATED":
		return KindBadToken
	case "UNPROCESSABLE": // of a mutation
		return KindInvalid
	}
	if len(e.Extensions.Problems) > 0 {
		return KindInvalid
	}
	switch e.Extensions.Code { // of the validation of a document
	case "undefinedField", "undefinedType", "argumentNotAccepted", "undefinedDirective":
		return KindInvalid
	}
	return KindServer
}

func (e gqlError) explain() *Error {
	out := &Error{Kind: e.kind(), Message: clip(e.Message), Status: http.StatusOK}
	switch out.Kind {
	case KindNotFound:
		out.Hint = "check the name; a private repository is hidden from a token that may not see it"
	case KindForbidden:
		out.Hint = "give the token access to it (organisations may ask for single sign-on)"
	case KindScope:
		out.Hint = "add the scope: gh auth refresh --scopes repo,read:org"
	case KindInvalid:
		if e.Extensions.Code == "" {
			break
		}
		out.Hint = "this GitHub does not know what is asked of it: an Enterprise Server too old"
	}
	return out
}

// errTooMuch is the answer to a query that has to be cut in parts.
var errTooMuch = errors.New("GitHub would not answer the query whole")

var errNotJSON = errors.New("not JSON")

// result is a GraphQL answer with data, possibly in part.
type result struct {
	data   map[string]json.RawMessage
	errors []gqlError
}

type rateCost struct {
	Cost int `json:"cost"`
}

// query sends one document and returns its data with whatever errors came
// beside it. Without any data the errors become the error; a query too large or
// too slow is errTooMuch.
func (c *Client) query(ctx context.Context, operation, document string, variables map[string]any) (*result, error) {
	if err := c.signedIn("ask " + c.endpoint.Host); err != nil {
		return nil, err
	}
	payload, err := json.Marshal(map[string]any{"query": document, "operationName": operation, "variables": variables})
	if err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		a, err := c.wire.read(splitting(ctx), graphQLLimit, func(ctx context.Context) (*answer, error) {
			req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.endpoint.GraphQL.String(), bytes.NewReader(payload))
			if err != nil {
				return nil, err
			}
			req.Header.Set("Content-Type", "application/json")
			req.Header.Set("Accept", "application/vnd.github+json")
			c.wire.count.graphql.Add(1)
			a, err := c.wire.send(c.wire.reads, req)
			if err == nil && a.status == http.StatusOK && !json.Valid(a.body) {
				return nil, errNotJSON // a proxy's doing: read again
			}
			return a, err
		})
		if errors.Is(err, errNotJSON) {
			return nil, &Error{Kind: KindServer, Message: "what " + c.endpoint.Host + " answers is not GraphQL", Hint: "check --api-url"}
		}
		if err != nil {
			return nil, err
		}
		r, err := c.parse(a)
		var limited *Error
		if errors.As(err, &limited) && limited.Kind == KindRateLimited && limited.Status == http.StatusOK && try < readAttempts {
			c.wire.count.retries.Add(1)
			continue // the pacer has learned of it: it waits, or refuses
		}
		return r, err
	}
}

func (c *Client) parse(a *answer) (*result, error) {
	var body struct {
		Data    map[string]json.RawMessage `json:"data"`
		Errors  []gqlError                 `json:"errors"`
		Message string                     `json:"message"` // of an answer that is none of GraphQL's
	}
	decoded := json.Unmarshal(a.body, &body)
	switch {
	case a.status == http.StatusUnauthorized:
		return nil, c.badToken()
	case a.status == http.StatusBadGateway || a.status == http.StatusGatewayTimeout:
		return nil, errTooMuch
	case a.status == http.StatusForbidden:
		return nil, &Error{Kind: KindForbidden, Status: a.status, Message: clip(body.Message), Hint: "check what the token may do: core dev doctor"}
	case a.status >= 500:
		return nil, &Error{Kind: KindServer, Status: a.status, Message: "GitHub answered " + strconv.Itoa(a.status), Hint: "see https://www.githubstatus.com and try again"}
	case a.status != http.StatusOK || decoded != nil:
		return nil, &Error{Kind: KindServer, Status: a.status, Message: "not a GraphQL answer (HTTP " + strconv.Itoa(a.status) + ")", Hint: "check --api-url"}
	}
	c.count(body.Data)
	for _, e := range body.Errors {
		if e.kind() != KindRateLimited {
			continue
		}
		if limited := c.wire.pacer.learn(graphQLLimit, false, a.status, a.header, rateLimitedType); limited != nil {
			limited.Status = http.StatusOK
			return nil, limited
		}
	}
	if body.Data != nil {
		return &result{data: body.Data, errors: body.Errors}, nil
	}
	for _, e := range body.Errors {
		if e.tooMuch() {
			return nil, errTooMuch
		}
	}
	if len(body.Errors) > 0 {
		return nil, body.Errors[0].explain()
	}
	return nil, &Error{Kind: KindServer, Status: a.status, Message: "an answer without data", Hint: "check --api-url"}
}

func (c *Client) count(data map[string]json.RawMessage) {
	var cost rateCost
	if raw, ok := data["rateLimit"]; ok && json.Unmarshal(raw, &cost) == nil && cost.Cost > 0 {
		c.wire.count.points.Add(int64(cost.Cost))
		return
	}
	if data != nil {
		c.wire.count.points.Add(1)
	}
}

func (c *Client) badToken() *Error {
	return &Error{Kind: KindBadToken, Status: http.StatusUnauthorized, Message: c.endpoint.Host + " refused the " + c.token.String(),
		Hint: "it may be expired or revoked: " + signInHint(c.endpoint)}
}

// clip keeps a message of GitHub's to a line a terminal can show.
func clip(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if r := []rune(text); len(r) > 300 {
		text = string(r[:300]) + "…"
	}
	return text
}

// stamp writes a time as GraphQL's DateTime.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
