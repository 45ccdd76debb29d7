package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	rest "github.com/google/go-github/v92/github"

	"github.com/dappcore/core-dev/inventory"
)

// CreateBranch makes refs/heads/name at a commit. KindExists: there is one of
// that name, at whatever commit.
func (c *Client) CreateBranch(ctx context.Context, repo inventory.RepoRef, name, sha string) error {
	return c.CreateRef(ctx, repo, "refs/heads/"+name, sha)
}

// PostComment comments on an issue or pull request and returns the comment's id.
func (c *Client) PostComment(ctx context.Context, ref inventory.Ref, text string) (id int64, err error) {
	err = c.write(ctx, "comment on "+ref.String(), func(ctx context.Context) (*rest.Response, error) {
		made, resp, err := c.rest.Issues.CreateComment(ctx, ref.Repo.Owner, ref.Repo.Name, ref.Number, rest.IssueCommentRequest{Body: text})
		id = made.GetID()
		return resp, err
	})
	return id, err
}

// DeleteComment deletes a comment by its id. KindNotFound: there is none.
func (c *Client) DeleteComment(ctx context.Context, ref inventory.Ref, id int64) error {
	return c.write(ctx, "delete comment "+strconv.FormatInt(id, 10)+" of "+ref.String(), func(ctx context.Context) (*rest.Response, error) {
		return c.rest.Issues.DeleteComment(ctx, ref.Repo.Owner, ref.Repo.Name, id)
	})
}

// DeleteBranch deletes refs/heads/name, wherever it points.
func (c *Client) DeleteBranch(ctx context.Context, repo inventory.RepoRef, name string) error {
	return c.DeleteRef(ctx, repo, "refs/heads/"+name)
}

// MakeMark makes a commit of our own that nothing refers to yet, with the files
// of a branch and no parent; its text makes it like no other.
func (c *Client) MakeMark(ctx context.Context, repo inventory.RepoRef, branch, text string) (sha string, err error) {
	doing := "make a mark in " + repo.String()
	var j struct {
		Ref *struct {
			Target struct {
				Tree struct {
					OID string `json:"oid"`
				} `json:"tree"`
			} `json:"target"`
		} `json:"ref"`
	}
	vars := map[string]any{"owner": repo.Owner, "name": repo.Name, "ref": "refs/heads/" + branch}
	if err := c.look(ctx, doing, "Tree", vars, &j); err != nil {
		return "", err
	}
	if j.Ref == nil || j.Ref.Target.Tree.OID == "" {
		return "", gone(doing)
	}
	err = c.write(ctx, doing, func(ctx context.Context) (*rest.Response, error) {
		made, resp, err := c.rest.Git.CreateCommit(ctx, repo.Owner, repo.Name, rest.Commit{Message: &text, Tree: &rest.Tree{SHA: &j.Ref.Target.Tree.OID}}, nil)
		sha = made.GetSHA()
		return resp, err
	})
	return sha, err
}

// CreateRef makes a reference by its full name. KindExists: there is one of that
// name, wherever it points.
func (c *Client) CreateRef(ctx context.Context, repo inventory.RepoRef, name, sha string) error {
	return c.write(ctx, "make "+name+" in "+repo.String(), func(ctx context.Context) (*rest.Response, error) {
		_, resp, err := c.rest.Git.CreateRef(ctx, repo.Owner, repo.Name, rest.CreateRef{Ref: name, SHA: sha})
		return resp, err
	})
}

// DeleteRef deletes a reference by its full name, wherever it points.
func (c *Client) DeleteRef(ctx context.Context, repo inventory.RepoRef, name string) error {
	return c.write(ctx, "delete "+name+" of "+repo.String(), func(ctx context.Context) (*rest.Response, error) {
		return c.rest.Git.DeleteRef(ctx, repo.Owner, repo.Name, name)
	})
}

// AddLabel puts a label on an issue or pull request; one that is on already
// stays, without a new LABELED event.
func (c *Client) AddLabel(ctx context.Context, ref inventory.Ref, label string) error {
	return c.write(ctx, "label "+ref.String()+" "+label, func(ctx context.Context) (*rest.Response, error) {
		_, resp, err := c.rest.Issues.AddLabelsToIssue(ctx, ref.Repo.Owner, ref.Repo.Name, ref.Number, []string{label})
		return resp, err
	})
}

// RemoveLabel takes a label off. KindNotFound: it is not on, or there is no such issue.
func (c *Client) RemoveLabel(ctx context.Context, ref inventory.Ref, label string) error {
	return c.write(ctx, "take label "+label+" off "+ref.String(), func(ctx context.Context) (*rest.Response, error) {
		// go-github puts the name into the path as it is.
		return c.rest.Issues.RemoveLabelForIssue(ctx, ref.Repo.Owner, ref.Repo.Name, ref.Number, url.PathEscape(label))
	})
}

// outcome carries what the wire knows of a write past go-github, which puts the
// context's own error in the place of any other.
type outcome struct{ err error }

type outcomeKey struct{}

// write carries a write out and says of its failure whether it was refused, or
// whether nobody can know without looking.
func (c *Client) write(ctx context.Context, doing string, send func(context.Context) (*rest.Response, error)) error {
	if err := c.signedIn(doing); err != nil {
		return err
	}
	var o outcome
	resp, err := send(context.WithValue(ctx, outcomeKey{}, &o))
	if o.err != nil {
		err = o.err
	}
	if err == nil {
		return nil
	}
	var kept unsent
	if errors.As(err, &kept) {
		return kept.error
	}
	e := c.restError(err)
	if e == nil { // the caller's own context, before anything was sent
		return fmt.Errorf("%s: %w", doing, err)
	}
	e.Doing = doing
	answered := o.err == nil && resp != nil && resp.Response != nil
	if answered && e.Status == 0 {
		e.Status = resp.StatusCode
	}
	if answered && (e.Status >= 500 || e.Status < 300) {
		e.InDoubt = true
		e.Hint = lookFirst
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
	case http.StatusMethodNotAllowed: // of a merge alone
		e.Kind, e.Hint = KindUnmergeable, "refresh, and look at the plan again"
	case http.StatusConflict:
		e.Kind, e.Hint = KindStale, "refresh, and look at the plan again"
	case http.StatusUnprocessableEntity:
		e.Kind = KindInvalid
		if code("already_exists") || strings.Contains(e.Message, "already exists") {
			e.Kind = KindExists
		}
		for _, f := range r.Errors {
			if strings.Contains(f.Message, "already exists") { // a pull request
				e.Kind = KindExists
			}
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
