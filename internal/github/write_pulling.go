package github

import (
	"context"
	"errors"
	"strings"

	rest "github.com/google/go-github/v92/github"

	"github.com/dappcore/core-dev/inventory"
)

// The writes by which pull requests are followed to their merge
// (orchestrator.Pulling). Names are taken from REST, and so are refusals, where
// REST has the write: a renamed repository is KindMoved. Node ids outlive a name.

// Retarget changes the base branch. KindInvalid: there is none of that name, or
// the pull request is closed; KindExists: another one has these branches.
func (c *Client) Retarget(ctx context.Context, ref inventory.Ref, base string) error {
	return c.editPull(ctx, "change the base of "+ref.String()+" to "+base, ref, &rest.PullRequest{Base: &rest.PullRequestBranch{Ref: &base}})
}

// ClosePull closes a pull request unmerged; one that is closed stays so.
func (c *Client) ClosePull(ctx context.Context, ref inventory.Ref) error {
	state := "closed"
	return c.editPull(ctx, "close "+ref.String(), ref, &rest.PullRequest{State: &state})
}

func (c *Client) editPull(ctx context.Context, doing string, ref inventory.Ref, change *rest.PullRequest) error {
	return c.write(ctx, doing, func(ctx context.Context) (*rest.Response, error) {
		_, resp, err := c.rest.PullRequests.Edit(ctx, ref.Repo.Owner, ref.Repo.Name, ref.Number, change)
		return resp, err
	})
}

// OpenPull opens a pull request of one branch of a repository into another of it
// and returns its number. KindExists: one of the same branches is open.
// KindInvalid: nothing to merge, or no such branch.
func (c *Client) OpenPull(ctx context.Context, repo inventory.RepoRef, head, base, title, body string) (number int, err error) {
	err = c.write(ctx, "open a pull request of "+head+" into "+base+" in "+repo.String(), func(ctx context.Context) (*rest.Response, error) {
		made, resp, err := c.rest.PullRequests.Create(ctx, repo.Owner, repo.Name, rest.CreatePullRequest{Title: &title, Head: head, Base: base, Body: &body})
		number = made.GetNumber()
		return resp, err
	})
	return number, err
}

// MergePull merges a pull request (method squash, merge or rebase) and returns
// the commit that came of it. KindStale: its head is another. KindUnmergeable: it
// conflicts, or the rules of its base are not met.
func (c *Client) MergePull(ctx context.Context, ref inventory.Ref, method, head string) (sha string, err error) {
	err = c.write(ctx, "merge "+ref.String(), func(ctx context.Context) (*rest.Response, error) {
		made, resp, err := c.rest.PullRequests.Merge(ctx, ref.Repo.Owner, ref.Repo.Name, ref.Number, "", &rest.PullRequestOptions{SHA: head, MergeMethod: method})
		sha = made.GetSHA()
		return resp, err
	})
	return sha, err
}

// UpdateBranch has GitHub merge the base into the branch of a pull request; it
// does so some time after its answer. KindStale: its head is another. KindExists:
// the head has all of its base. KindUnmergeable: they conflict.
func (c *Client) UpdateBranch(ctx context.Context, ref inventory.Ref, head string) error {
	err := c.write(ctx, "merge the base into the branch of "+ref.String(), func(ctx context.Context) (*rest.Response, error) {
		_, resp, err := c.rest.PullRequests.UpdateBranch(ctx, ref.Repo.Owner, ref.Repo.Name, ref.Number, &rest.PullRequestBranchUpdateOptions{ExpectedHeadSHA: &head})
		var accepted *rest.AcceptedError
		if errors.As(err, &accepted) {
			err = nil
		}
		return resp, err
	})
	var e *Error
	if !errors.As(err, &e) || e.Kind != KindInvalid {
		return err
	}
	switch m := strings.ToLower(e.Message); {
	case headMoved(m):
		e.Kind, e.Hint = KindStale, "refresh, and look at the plan again"
	case strings.Contains(m, "no new commits"):
		e.Kind = KindExists
	case strings.Contains(m, "conflict"):
		e.Kind, e.Hint = KindUnmergeable, "refresh, and look at the plan again"
	}
	return e
}

// MergeUp merges a branch into another of the same repository, both short names;
// sha is that of the merge, empty where there was nothing to merge.
// KindUnmergeable: they are in conflict. KindNotFound: there is no such branch.
func (c *Client) MergeUp(ctx context.Context, repo inventory.RepoRef, into, from string) (sha string, err error) {
	err = c.write(ctx, "merge "+from+" into "+into+" of "+repo.String(), func(ctx context.Context) (*rest.Response, error) {
		made, resp, err := c.rest.Repositories.Merge(ctx, repo.Owner, repo.Name, rest.RepositoryMergeRequest{Base: into, Head: from})
		sha = made.GetSHA()
		return resp, err
	})
	var e *Error
	if errors.As(err, &e) && strings.Contains(strings.ToLower(e.Message), "conflict") {
		e.Kind, e.Hint = KindUnmergeable, "merge it by hand"
	}
	return sha, err
}

// ResolveThread resolves a review thread by its node id; one that is resolved
// stays so. KindNotFound: there is none.
func (c *Client) ResolveThread(ctx context.Context, ref inventory.Ref, thread string) error {
	return c.mutate(ctx, "resolve a review thread of "+ref.String(), "ResolveThread", map[string]any{"id": thread})
}

// AutoMergeOff takes that back. KindInvalid: it was not on.
func (c *Client) AutoMergeOff(ctx context.Context, ref inventory.Ref, id string) error {
	return c.mutate(ctx, "disable auto-merge for "+ref.String(), "AutoMergeOff", map[string]any{"id": id})
}

// AutoMerge has GitHub merge a pull request, by its node id, as soon as the rules
// of its base are met; method is squash, merge or rebase, or empty where a merge
// queue decides. KindStale: its head is another. KindInvalid: the repository does
// not allow it. KindClean: nothing stands in the way of merging at once.
func (c *Client) AutoMerge(ctx context.Context, ref inventory.Ref, id, method, head string) error {
	vars := map[string]any{"id": id, "head": head}
	if method != "" {
		vars["method"] = strings.ToUpper(method)
	}
	return c.mutate(ctx, "enable auto-merge for "+ref.String(), "AutoMerge", vars)
}

// Enqueue puts a pull request, by its node id, into the merge queue of its base.
// KindStale: its head is another. KindExists: it is queued. KindInvalid: there is
// no queue; KindUnmergeable: it may not be queued.
func (c *Client) Enqueue(ctx context.Context, ref inventory.Ref, id, head string) error {
	return c.mutate(ctx, "put "+ref.String()+" into the merge queue", "Enqueue", map[string]any{"id": id, "head": head})
}
