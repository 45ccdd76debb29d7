package github

import (
	"context"
	"errors"
	"strings"

	rest "github.com/google/go-github/v92/github"

	"github.com/dappcore/core-dev/inventory"
)

// OpenOnce opens a pull request of two branches, short names, of one repository.
// One of them that is open already stands for it: GitHub has one at the most.
func (c *Client) OpenOnce(ctx context.Context, repo inventory.RepoRef, head, base, title, body string) error {
	err := c.write(ctx, "open a pull request in "+repo.String(), func(ctx context.Context) (*rest.Response, error) {
		_, resp, err := c.rest.PullRequests.Create(ctx, repo.Owner, repo.Name, rest.CreatePullRequest{Title: &title, Head: head, Base: base, Body: &body})
		return resp, err
	})
	if errors.Is(err, &Error{Kind: KindExists}) {
		return nil
	}
	return err
}

// Site is where the host's git repositories are, by HTTP.
func (e Endpoint) Site() string {
	u := *e.REST
	u.Host, u.Path = strings.TrimPrefix(u.Host, "api."), strings.TrimSuffix(strings.TrimSuffix(u.Path, "/"), "/api/v3")
	return strings.TrimSuffix(u.String(), "/")
}
