package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	rest "github.com/google/go-github/v92/github"

	"github.com/dappcore/core-dev/inventory"
)

// Comment is a comment as made: never its text.
type Comment struct {
	ID        int64
	CreatedAt time.Time
}

// CreateBranch makes refs/heads/name at a commit. KindExists: there is one of
// that name, at whatever commit.
func (c *Client) CreateBranch(ctx context.Context, repo inventory.RepoRef, name, sha string) error {
	doing := "make branch " + name + " in " + repo.String()
	if err := c.signedIn(doing); err != nil {
		return err
	}
	_, resp, err := c.rest.Git.CreateRef(ctx, repo.Owner, repo.Name, rest.CreateRef{Ref: "refs/heads/" + name, SHA: sha})
	return c.written(doing, resp, err)
}

// PostComment comments on an issue or pull request.
func (c *Client) PostComment(ctx context.Context, ref inventory.Ref, text string) (Comment, error) {
	doing := "comment on " + ref.String()
	if err := c.signedIn(doing); err != nil {
		return Comment{}, err
	}
	made, resp, err := c.rest.Issues.CreateComment(ctx, ref.Repo.Owner, ref.Repo.Name, ref.Number, rest.IssueCommentRequest{Body: text})
	if err := c.written(doing, resp, err); err != nil {
		return Comment{}, err
	}
	return Comment{ID: made.GetID(), CreatedAt: made.GetCreatedAt().Time}, nil
}

// AddLabels puts labels on an issue or pull request; those it bears already stay.
func (c *Client) AddLabels(ctx context.Context, ref inventory.Ref, labels ...string) error {
	doing := "label " + ref.String() + " " + strings.Join(labels, ", ")
	if err := c.signedIn(doing); err != nil {
		return err
	}
	_, resp, err := c.rest.Issues.AddLabelsToIssue(ctx, ref.Repo.Owner, ref.Repo.Name, ref.Number, labels)
	return c.written(doing, resp, err)
}

// RemoveLabel takes a label off. KindNotFound: it is not on, or there is no such issue.
func (c *Client) RemoveLabel(ctx context.Context, ref inventory.Ref, label string) error {
	doing := "take label " + label + " off " + ref.String()
	if err := c.signedIn(doing); err != nil {
		return err
	}
	// go-github puts the name into the path as it is.
	resp, err := c.rest.Issues.RemoveLabelForIssue(ctx, ref.Repo.Owner, ref.Repo.Name, ref.Number, url.PathEscape(label))
	return c.written(doing, resp, err)
}

// CreateLabel makes a label in a repository; color is six hex digits.
// KindExists: there is one of that name (names differ by more than case).
func (c *Client) CreateLabel(ctx context.Context, repo inventory.RepoRef, name, color, description string) error {
	doing := "make label " + name + " in " + repo.String()
	if err := c.signedIn(doing); err != nil {
		return err
	}
	_, resp, err := c.rest.Issues.CreateLabel(ctx, repo.Owner, repo.Name, rest.CreateIssueLabelRequest{Name: name, Color: &color, Description: &description})
	return c.written(doing, resp, err)
}

// written turns the outcome of a write into an error of this package: whether
// it was refused, or whether nobody can know without looking.
func (c *Client) written(doing string, resp *rest.Response, err error) error {
	if err == nil {
		return nil
	}
	e := c.restError(err)
	if e == nil { // the caller's own context
		return fmt.Errorf("%s: %w", doing, err)
	}
	e.Doing = doing
	answered := resp != nil && resp.Response != nil
	if answered && e.Status == 0 {
		e.Status = resp.StatusCode
	}
	if answered && (e.Status >= 500 || e.Status < 300) {
		e.InDoubt = true
		e.Hint = "look at GitHub before sending it again"
	}
	return e
}

// restError explains what go-github or the wire reports; nil for the end of the
// caller's context before anything was sent.
func (c *Client) restError(err error) *Error {
	var own *Error
	var moved *rest.RedirectionError
	var refused *rest.ErrorResponse
	switch {
	case errors.As(err, &own):
		out := *own
		return &out
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return nil
	case errors.As(err, &moved):
		return &Error{Kind: KindMoved, Status: moved.StatusCode, Message: "the repository was renamed or the issue transferred; nothing was written",
			Hint: "write the new name in .core/inventory.yaml and refresh", Err: err}
	case errors.As(err, &refused):
		return c.refusal(refused)
	}
	return &Error{Kind: KindServer, Message: "an answer that cannot be read", Err: err}
}

func (c *Client) refusal(r *rest.ErrorResponse) *Error {
	e := &Error{Status: r.Response.StatusCode, Message: clip(r.Message), Err: r}
	if e.Message == "" {
		e.Message = "GitHub answered " + r.Response.Status
	}
	code := func(want string) bool {
		for _, f := range r.Errors {
			if f.Code == want {
				return true
			}
		}
		return false
	}
	switch e.Status {
	case http.StatusUnauthorized:
		out := c.badToken()
		out.Err = r
		return out
	case http.StatusForbidden:
		e.Kind, e.Hint = KindForbidden, "the account needs write access, and the token its scope: core dev doctor"
		if missing := missingScope(r.Response.Header); missing != "" {
			e.Kind, e.Hint = KindScope, "the token lacks a scope ("+missing+"): gh auth refresh --scopes repo"
		}
	case http.StatusNotFound, http.StatusGone:
		e.Kind, e.Hint = KindNotFound, "check the name; what a token may not see looks the same as what is not there"
		if missing := missingScope(r.Response.Header); missing != "" {
			e.Kind, e.Hint = KindScope, "or the token lacks a scope ("+missing+"): gh auth refresh --scopes repo"
		}
	case http.StatusConflict:
		e.Kind, e.Hint = KindStale, "refresh, and look at the plan again"
	case http.StatusUnprocessableEntity:
		e.Kind = KindInvalid
		if code("already_exists") || strings.Contains(e.Message, "already exists") {
			e.Kind = KindExists
		}
		for _, f := range r.Errors {
			if detail := clip(strings.TrimSpace(f.Field + " " + f.Code + " " + f.Message)); detail != "" {
				e.Message += " (" + detail + ")"
			}
		}
	default:
		e.Kind = KindServer
		if e.Status < 500 {
			e.Kind = KindInvalid
		}
	}
	return e
}

// missingScope compares what a classic token has with what GitHub says the call
// accepts; empty for other tokens, and where any accepted scope is there.
func missingScope(h http.Header) string {
	if len(h.Values("X-Oauth-Scopes")) == 0 {
		return ""
	}
	has := scopes(h.Get("X-Oauth-Scopes"))
	want := scopes(h.Get("X-Accepted-Oauth-Scopes"))
	for _, w := range want {
		for _, s := range has {
			if s == w || s == "repo" && strings.HasPrefix(w, "repo") || s == "repo" && w == "public_repo" {
				return ""
			}
		}
	}
	return strings.Join(want, " or ")
}

func scopes(list string) []string {
	var out []string
	for _, s := range strings.Split(list, ",") {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}
