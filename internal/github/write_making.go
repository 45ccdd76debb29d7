package github

import (
	"context"

	rest "github.com/google/go-github/v92/github"

	"github.com/dappcore/core-dev/inventory"
)

// MakeLabel makes a label. KindExists: there is one of that name, without regard
// to case.
func (c *Client) MakeLabel(ctx context.Context, repo inventory.RepoRef, name, color, about string) error {
	return c.write(ctx, "make the label "+name+" in "+repo.String(), func(ctx context.Context) (*rest.Response, error) {
		_, resp, err := c.rest.Issues.CreateLabel(ctx, repo.Owner, repo.Name, rest.CreateIssueLabelRequest{Name: name, Color: &color, Description: &about})
		return resp, err
	})
}

// MakeIssue opens an issue and returns its number. Labels that are not there
// are made by GitHub, in grey.
func (c *Client) MakeIssue(ctx context.Context, repo inventory.RepoRef, title, body string, labels []string) (number int, err error) {
	err = c.write(ctx, "open an issue in "+repo.String(), func(ctx context.Context) (*rest.Response, error) {
		made, resp, err := c.rest.Issues.Create(ctx, repo.Owner, repo.Name, rest.CreateIssueRequest{Title: title, Body: &body, Labels: labels})
		number = made.GetNumber()
		return resp, err
	})
	return number, err
}

// CloseIssue closes an issue; reason is completed or not_planned.
func (c *Client) CloseIssue(ctx context.Context, ref inventory.Ref, reason string) error {
	state := "closed"
	return c.update(ctx, "close "+ref.String(), ref, rest.UpdateIssueRequest{State: &state, StateReason: &reason})
}

// ReopenIssue opens it again.
func (c *Client) ReopenIssue(ctx context.Context, ref inventory.Ref) error {
	state, reason := "open", "reopened"
	return c.update(ctx, "open "+ref.String()+" again", ref, rest.UpdateIssueRequest{State: &state, StateReason: &reason})
}

// WritePage replaces the body of an issue.
func (c *Client) WritePage(ctx context.Context, ref inventory.Ref, body string) error {
	return c.update(ctx, "write the body of "+ref.String(), ref, rest.UpdateIssueRequest{Body: &body})
}

func (c *Client) update(ctx context.Context, doing string, ref inventory.Ref, change rest.UpdateIssueRequest) error {
	return c.write(ctx, doing, func(ctx context.Context) (*rest.Response, error) {
		_, resp, err := c.rest.Issues.Update(ctx, ref.Repo.Owner, ref.Repo.Name, ref.Number, change)
		return resp, err
	})
}

// LinkChild makes an issue, by REST's id of it, a native sub-issue of another.
// KindInvalid: it has a parent, or GitHub's bounds of breadth and depth.
func (c *Client) LinkChild(ctx context.Context, parent inventory.Ref, child int64) error {
	return c.write(ctx, "add a sub-issue to "+parent.String(), func(ctx context.Context) (*rest.Response, error) {
		_, resp, err := c.rest.SubIssue.Add(ctx, parent.Repo.Owner, parent.Repo.Name, int64(parent.Number), rest.SubIssueRequest{SubIssueID: child})
		return resp, err
	})
}

// UnlinkChild takes it out again. KindNotFound: it is none of its sub-issues.
func (c *Client) UnlinkChild(ctx context.Context, parent inventory.Ref, child int64) error {
	return c.write(ctx, "take a sub-issue from "+parent.String(), func(ctx context.Context) (*rest.Response, error) {
		_, resp, err := c.rest.SubIssue.Remove(ctx, parent.Repo.Owner, parent.Repo.Name, int64(parent.Number), rest.SubIssueRequest{SubIssueID: child})
		return resp, err
	})
}

// Block notes that an issue is blocked by another, by REST's id of that.
func (c *Client) Block(ctx context.Context, ref inventory.Ref, by int64) error {
	return c.write(ctx, "note what blocks "+ref.String(), func(ctx context.Context) (*rest.Response, error) {
		_, resp, err := c.rest.Issues.AddBlockedBy(ctx, ref.Repo.Owner, ref.Repo.Name, int64(ref.Number), rest.IssueDependencyRequest{IssueID: by})
		return resp, err
	})
}

// Unblock takes that back. KindNotFound: it is not noted.
func (c *Client) Unblock(ctx context.Context, ref inventory.Ref, by int64) error {
	return c.write(ctx, "note that "+ref.String()+" is blocked no more", func(ctx context.Context) (*rest.Response, error) {
		_, resp, err := c.rest.Issues.RemoveBlockedBy(ctx, ref.Repo.Owner, ref.Repo.Name, int64(ref.Number), by)
		return resp, err
	})
}
