package github

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// lookFirst is the hint of every write that may have landed.
const lookFirst = "look at GitHub before sending it again"

// mutate carries out one of queries/mutations.graphql as write does a REST write:
// once, paced, cleared, and with a failure that says whether it was refused or
// whether nobody can know without looking. None of them creates content
// (internal/githubsim/limits).
func (c *Client) mutate(ctx context.Context, doing, operation string, vars map[string]any) error {
	if err := c.signedIn(doing); err != nil {
		return err
	}
	payload, err := json.Marshal(map[string]any{"query": document(operation), "operationName": operation, "variables": vars})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.endpoint.GraphQL.String(), bytes.NewReader(payload))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/vnd.github+json")
	a, err := c.wire.write(req, graphQLLimit, false)
	var kept unsent
	var own *Error
	switch {
	case errors.As(err, &kept):
		return kept.error
	case errors.As(err, &own):
		out := *own
		out.Doing = doing
		return &out
	case err != nil: // the caller's own context, before anything was sent
		return fmt.Errorf("%s: %w", doing, err)
	}
	if e := c.verdict(a); e != nil {
		e.Doing = doing
		return e
	}
	return nil
}

// verdict reads off the answer to a mutation whether it happened (nil), was
// refused for sure, or may have happened all the same.
func (c *Client) verdict(a *answer) *Error {
	doubt := func(message string) *Error {
		return &Error{Kind: KindServer, Status: a.status, Message: message, InDoubt: true, Hint: lookFirst}
	}
	var body struct {
		Data    map[string]json.RawMessage `json:"data"`
		Errors  []gqlError                 `json:"errors"`
		Message string                     `json:"message"` // of an answer that is none of GraphQL's
	}
	decoded := json.Unmarshal(a.body, &body)
	switch {
	case a.status == http.StatusUnauthorized:
		return c.badToken()
	case a.status == http.StatusForbidden:
		return &Error{Kind: KindForbidden, Status: a.status, Message: clip(body.Message), Hint: "check what the token may do: core dev doctor"}
	case a.status >= 500:
		return doubt("GitHub answered " + strconv.Itoa(a.status))
	case a.status >= 300:
		return &Error{Kind: KindServer, Status: a.status, Message: "not a GraphQL answer (HTTP " + strconv.Itoa(a.status) + ")", Hint: "check --api-url"}
	case decoded != nil:
		return doubt("an answer that cannot be read")
	}
	for _, raw := range body.Data { // of the one field there is
		if len(raw) > 0 && string(raw) != "null" {
			return nil // what failed beside it is about the answer
		}
	}
	for _, e := range body.Errors {
		if e.kind() == KindRateLimited {
			limited := c.wire.pacer.learn(graphQLLimit, true, a.status, a.header, rateLimitedType)
			limited.Status = a.status
			return limited
		}
		if !e.refuses() {
			return doubt(clip(e.Message))
		}
	}
	if len(body.Errors) == 0 {
		return doubt("an answer without a result")
	}
	out := body.Errors[0].explain()
	switch {
	case out.Kind != KindInvalid:
	case headMoved(out.Message):
		out.Kind, out.Hint = KindStale, "refresh, and look at the plan again"
	case strings.Contains(out.Message, "not mergeable"):
		out.Kind, out.Hint = KindUnmergeable, "refresh, and look at the plan again"
	case strings.Contains(out.Message, "in clean status"): // GitHub's sentence names its subject twice
		out.Kind, out.Message = KindClean, "nothing stands in the way of merging it at once"
	case strings.Contains(out.Message, "already"):
		out.Kind = KindExists
	}
	return out
}

// refuses tells whether an error of a mutation says for sure that nothing
// happened: a document that was not carried out has a code, and GitHub's own
// checks come before the change. Whatever else went wrong may have done so after.
func (e gqlError) refuses() bool {
	if e.tooMuch() {
		return false
	}
	return e.Extensions.Code != "" || e.kind() != KindServer
}

// headMoved tells GitHub's words for a head that is not the expected one.
func headMoved(message string) bool {
	m := strings.ToLower(message)
	return strings.Contains(m, "expected head") || strings.Contains(m, "expected_head") || strings.Contains(m, "head branch was modified") || strings.Contains(m, "head sha")
}
